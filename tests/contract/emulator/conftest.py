"""One emulator for all, put back to its seed for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from arm_emulator.client import Emulator
from arm_emulator.process import EmulatorProcess
from contract.emulator.azure import Arm, seed


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with EmulatorProcess(state_dir=tmp_path_factory.mktemp("emulator"), seed=seed()) as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    running.reset()
    return running


@pytest.fixture
async def arm(emulator: Emulator) -> AsyncIterator[Arm]:
    async with Arm(emulator) as arm:
        await arm.log_in()
        yield arm
