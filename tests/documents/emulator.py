"""The table of the replay in `docs/emulator.md`. The rest of that document is written by hand."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from arm_emulator.process import EmulatorProcess
from contract.emulator.replay import FILE, replay
from contract.emulator.replay.explanations import reasons
from contract.emulator.replay.scores import HEADINGS, Score, rows
from documents.markdown import document, table

_START = "<!-- The table that follows is made by `make docs` from a replay. -->"
_END = "<!-- End of the table. -->"


def write(file: Path) -> None:
    """Replay the recordings and put the table into the document; where there are no recordings, leave it as it is."""
    if FILE.exists():
        text = file.read_text(encoding="utf-8")
        before, rest = text.split(_START)
        _, after = rest.split(_END)
        file.write_text(before + section(_replayed()) + after, encoding="utf-8")


def section(scores: Sequence[Score]) -> str:
    """The table, and what remains different, between its two marks."""
    remaining = [f"- {count} × {reason}" for reason, count in reasons(scores).items()]
    return document(_START, table(HEADINGS, rows(scores)), "\n".join(remaining), _END).strip()


def _replayed() -> list[Score]:
    with tempfile.TemporaryDirectory() as directory, EmulatorProcess(state_dir=Path(directory)) as emulator:
        return asyncio.run(replay(emulator))
