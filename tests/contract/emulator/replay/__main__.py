"""``python -m contract.emulator.replay [FILE]``: the table of a file of recordings, and each answer that isn't as recorded."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from arm_emulator.process import EmulatorProcess
from contract.emulator.replay import FILE, replay
from contract.emulator.replay.scores import HEADINGS, Outcome, rows
from documents.markdown import table


def main(file: Path) -> None:
    with tempfile.TemporaryDirectory() as directory, EmulatorProcess(state_dir=Path(directory)) as emulator:
        scores = asyncio.run(replay(emulator, file))
    for score in scores:
        if score.outcome not in (Outcome.EQUAL, Outcome.BY_SETTING):
            print(score)
    print(table(HEADINGS, rows(scores)))


main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
