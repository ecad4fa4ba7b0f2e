"""`az` as people install it, told that there is one more cloud: the emulator."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from arm_emulator.client import Emulator
from arm_emulator.process import EmulatorProcess
from az.command_line import RunAz, run
from stage import seeds

_ENDPOINTS = (
    *("resourceManager", "management", "activeDirectory", "activeDirectoryResourceId"),
    *("activeDirectoryGraphResourceId", "microsoftGraphResourceId"),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """One for each module, which says how fast its time runs: not so fast that a Retry-After becomes 0, for then az waits half a minute."""
    options = ("--time-scale", request.module.TIME_SCALE)
    with EmulatorProcess(state_dir=tmp_path_factory.mktemp("azure"), seed=seeds.hub_with_shared_group(), options=options) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def environment(running: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of an az that is logged in."""
    directory = tmp_path_factory.mktemp("az")
    cloud = {"name": "Emulated", "endpoints": dict.fromkeys(_ENDPOINTS, running.url), "suffixes": {"storageEndpoint": "localhost"}}
    (directory / "cloud.json").write_text(json.dumps(cloud))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "AZURE_CONFIG_DIR": str(directory / "config"),
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
        "AZURE_CORE_INSTANCE_DISCOVERY": "false",  # else it asks Microsoft whether this address is one of theirs
        "AZURE_CORE_ONLY_SHOW_ERRORS": "true",
        "REQUESTS_CA_BUNDLE": running.ca,
    }
    for command in (
        f"cloud register --name Emulated --cloud-config @{directory / 'cloud.json'} --skip-endpoint-discovery",
        "cloud set --name Emulated",
        f"login --service-principal --username somebody --password made-up --tenant {seeds.TENANT}",
    ):
        run(command, environment=environment)
    return environment


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    """The emulator, back at its seed."""
    running.reset()
    return running


@pytest.fixture
def az(emulator: Emulator, environment: dict[str, str]) -> RunAz:
    """az, logged in to the emulator."""
    return lambda command: run(command, environment=environment)
