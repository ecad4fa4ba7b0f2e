"""Microsoft's OpenAPI documents as a judge: of what the emulator answers, and of what the operator asks for.

Their own validator, oav (npm), reads the exchanges that tests have left in journals. `python -m oracles.openapi` runs it.
"""
