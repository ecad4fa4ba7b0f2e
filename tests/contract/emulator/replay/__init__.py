"""Real Azure as the judge: recorded requests are sent to the emulator, and its answers held to the recorded ones."""

from __future__ import annotations

from pathlib import Path

from arm_emulator.client import Emulator
from contract.emulator.azure import Arm
from contract.emulator.replay.player import Player
from contract.emulator.replay.recordings import FILE, runs
from contract.emulator.replay.scores import Score

__all__ = ["FILE", "replay"]


async def replay(emulator: Emulator, file: Path = FILE) -> list[Score]:
    """Play every recording of a file, each in a world of its own."""
    async with Arm(emulator) as arm:
        player = Player(arm=arm, emulator=emulator)
        for run in runs(file):
            await player.play(run)
    return player.scores
