from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.crd.apiserver import ApiServer
from controlplane import ControlPlane

CRD = Path(__file__).parents[3] / "crds" / "workspacegatewaynetworks.yaml"


@pytest.fixture(scope="session")
def cluster() -> Iterator[ControlPlane]:
    """A cluster with our CRD and nothing else."""
    with ControlPlane.start() as started:
        started.apply_crds(CRD)
        yield started


@pytest.fixture(scope="session")
def server(cluster: ControlPlane) -> ApiServer:
    return ApiServer(cluster)
