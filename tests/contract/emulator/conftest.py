"""One emulator for all, put back to its seed for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from arm_emulator.client import Emulator
from arm_emulator.process import EmulatorProcess
from contract.emulator.azure import Arm, seed
from oracles.openapi import journals


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Emulator]:
    process = EmulatorProcess(state_dir=tmp_path_factory.mktemp("emulator"), seed=seed())
    with process as emulator:
        yield emulator
    journals.keep(process.journal, name=f"contract/emulator {worker_id}")


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    running.reset()
    return running


@pytest.fixture
async def arm(emulator: Emulator) -> AsyncIterator[Arm]:
    async with Arm(emulator) as arm:
        await arm.log_in()
        yield arm
