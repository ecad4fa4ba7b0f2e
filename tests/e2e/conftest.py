"""One real API server for all scenes of a worker, and for each test a scene of its own, judged when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from controlplane import ControlPlane
from oracles.openapi import journals
from oracles.status_writes import judge
from stage.stage import OPERATOR_USER, SetTheStage, Stage, install


@pytest.fixture(scope="session")
def control_plane() -> Iterator[ControlPlane]:
    """An API server with what we ship installed, and the controllers that make namespaces go."""
    with ControlPlane.start(controller_manager=True) as started:
        install(started)
        yield started


@pytest.fixture
def set_the_stage(control_plane: ControlPlane, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SetTheStage]:
    """Make a stage; `seed`, `emulator_options` and `settings` as in `Stage`. Every status that was written on it is judged at the end."""
    stages: list[Stage] = []

    def make(*, running: bool = True, **options: object) -> Stage:
        number = len(stages)
        name = request.node.name.split("[")[0].replace("_", "-")[:40].strip("-")
        namespace = f"{name}-{abs(hash((request.node.nodeid, number))) % 10**8:08d}"
        stage = Stage(control_plane=control_plane, directory=tmp_path / str(number), namespace=namespace, **options)  # type: ignore[arg-type]
        stages.append(stage)
        if running:
            stage.start_operator()
        return stage

    yield make
    for number, stage in enumerate(stages):
        stage.close()
        journals.keep(stage.journal, name=f"{request.node.nodeid} {number}")
    for namespace in (seen.namespace for stage in stages for seen in (stage, *stage.beside)):
        judge(control_plane.audit_events(namespace=namespace), user=OPERATOR_USER, namespace=namespace)


@pytest.fixture
def stage(set_the_stage: SetTheStage) -> Stage:
    """A stage with the plain seed and a running operator."""
    return set_the_stage()
