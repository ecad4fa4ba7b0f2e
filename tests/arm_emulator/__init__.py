"""An emulator of Azure Resource Manager that keeps state.

It serves the resource types of a workspace gateway's network over HTTPS on loopback, with asynchronous operations,
ETags, in-use rules and Azure's own error bodies, and can be told to fail in any way. Start it with
``python -m arm_emulator``, from Python with :class:`arm_emulator.process.EmulatorProcess`.
"""
