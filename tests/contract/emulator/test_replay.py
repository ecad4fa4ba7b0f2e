"""The emulator answers recorded requests as real Azure did."""

from __future__ import annotations

from pathlib import Path

import pytest

from arm_emulator.process import EmulatorProcess
from contract.emulator.replay import FILE, replay
from contract.emulator.replay.scores import HEADINGS, Outcome, counted, judged, rows
from documents import DOCS, emulator
from documents.markdown import table
from oracles.openapi import journals

EXCHANGES = {
    "networks": 154,
    "subnets": 130,
    "security rules": 86,
    "security groups": 71,
    "zones": 62,
    "A records": 42,
    "links": 35,
    "available delegations": 4,
    "polls": 189,
}
"""Everything in the file that is about these types: 584 exchanges, and the polls of operations that the file has a write for."""
LEAST_SHARE = 0.98
MOST_NOT_APPLICABLE = 20


@pytest.mark.skipif(not FILE.exists(), reason="the recordings of real Azure are not beside this repository")
async def test_recorded_requests_get_the_recorded_answers(tmp_path: Path) -> None:
    process = EmulatorProcess(state_dir=tmp_path)
    with process as fresh:
        scores = await replay(fresh)
    journals.keep(process.journal, name="contract/emulator replay")
    ours = judged(scores)
    print(table(HEADINGS, rows(scores)))
    assert counted(ours) == EXCHANGES
    different = [str(each) for each in scores if each.outcome is Outcome.DIFFERENT]
    assert not different, "\n".join(different)
    assert sum(each.outcome is Outcome.EQUAL for each in ours) >= LEAST_SHARE * len(ours)
    assert sum(each.outcome is Outcome.NOT_APPLICABLE for each in ours) <= MOST_NOT_APPLICABLE
    assert emulator.section(scores) in (DOCS / "emulator.md").read_text(encoding="utf-8"), "run 'make docs'"
