"""The API server, and the operator's client to it under the rights that ship."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from contract.cluster.world import CRDS, OPERATOR, STRANGER, Ear, Requests, Team, bind_role
from controlplane import ControlPlane
from workspace_gateway_network.cluster.client import KubernetesClient
from workspace_gateway_network.cluster.cluster import KubernetesCluster
from workspace_gateway_network.cluster.store import Store


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    with ControlPlane.start(users={OPERATOR: [], STRANGER: []}) as plane:
        plane.apply_crds(CRDS)
        bind_role(plane)
        plane.kubectl("get", "wgn")  # waits while the storage of a new kind is made
        yield plane


@pytest.fixture(autouse=True)
def _as_operator(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(plane.kubeconfig_for(OPERATOR)))


@pytest.fixture
def team(plane: ControlPlane) -> Iterator[Team]:
    team = Team(plane)
    yield team
    for name in team.names():
        team.kubectl("patch", name, "--type=merge", '--patch={"metadata":{"finalizers":null}}')
        team.kubectl("delete", name)


@pytest.fixture
def requests() -> Requests:
    return Requests()


@pytest.fixture
async def client(requests: Requests) -> AsyncIterator[KubernetesClient]:
    async with KubernetesClient.open(observer=requests) as client:
        yield client


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def store(ear: Ear) -> Store:
    return Store(listener=ear)


@pytest.fixture
def cluster(client: KubernetesClient, store: Store) -> KubernetesCluster:
    return KubernetesCluster(client=client, store=store)
