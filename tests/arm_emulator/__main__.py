"""``python -m arm_emulator``."""

from arm_emulator.cli import main

main(prog_name="arm_emulator")
