"""Status and finalizer as a real API server takes them: over the version that was read, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from contract.cluster.world import Requests, Team
from workspace_gateway_network.cluster.client import StatusError
from workspace_gateway_network.cluster.cluster import KubernetesCluster
from workspace_gateway_network.cluster.store import Store

pytestmark = pytest.mark.xdist_group("cluster")

FINALIZER = "workspacegateway.dev/finalizer"
READY = {
    "type": "Ready",
    "status": "True",
    "reason": "Reconciled",
    "message": "All is as it should be.",
    "observedGeneration": 1,
    "lastTransitionTime": "2026-01-01T00:00:00Z",
}


def status(**more: Any) -> dict[str, Any]:
    return {"observedGeneration": 1, "conditions": [READY], **more}


async def test_a_status_is_written_whole_and_in_the_store_at_once(team: Team, cluster: KubernetesCluster, store: Store) -> None:
    resource = team.make()
    store.seen(resource)
    assert await cluster.write_status(resource=resource, status=status(ownedResources=["/subscriptions/1"]))
    held = store.get(team.key())
    assert held is not None
    assert held["status"] == status(ownedResources=["/subscriptions/1"])
    assert await cluster.write_status(resource=held, status=status())
    assert team.get()["status"] == status()
    assert team.get()["spec"] == resource["spec"]
    assert team.get()["metadata"]["generation"] == 1


async def test_a_status_that_is_there_already_is_not_written(
    team: Team, cluster: KubernetesCluster, store: Store, requests: Requests
) -> None:
    resource = team.make()
    store.seen(resource)
    assert await cluster.write_status(resource=resource, status=status())
    before = list(requests.seen)
    held = store.get(team.key())
    assert held is not None
    assert await cluster.write_status(resource=held, status=dict(reversed(status().items())))
    assert requests.seen == before == [("PATCH", "200")]


async def test_a_status_made_from_an_older_version_is_not_written(team: Team, cluster: KubernetesCluster, store: Store) -> None:
    stale = team.make()
    store.seen(stale)
    changed = team.annotate("somebody=else")
    assert not await cluster.write_status(resource=stale, status=status())
    assert team.get()["status"] == {"observedGeneration": -1}
    assert store.get(team.key()) == stale
    assert await cluster.write_status(resource=changed, status=status())


async def test_a_status_of_a_resource_that_is_gone_is_not_written(team: Team, cluster: KubernetesCluster) -> None:
    resource = team.make()
    team.delete()
    assert not await cluster.write_status(resource=resource, status=status())
    team.make()
    assert not await cluster.write_status(resource=resource, status=status())


async def test_a_status_that_the_crd_refuses_is_a_mistake_and_not_a_conflict(team: Team, cluster: KubernetesCluster) -> None:
    with pytest.raises(StatusError, match=r"422 Invalid: .*status\.conditions") as raised:
        await cluster.write_status(resource=team.make(), status={"conditions": [{"type": "Ready"}]})
    assert (raised.value.code, raised.value.reason) == (422, "Invalid")


async def test_the_finalizer_comes_and_goes_and_others_stay(team: Team, cluster: KubernetesCluster, store: Store) -> None:
    resource = team.make(finalizers=["example.com/theirs"])
    store.seen(resource)
    assert await cluster.set_finalizer(resource=resource, present=True)
    assert team.get()["metadata"]["finalizers"] == ["example.com/theirs", FINALIZER]
    held = store.get(team.key())
    assert held is not None
    assert await cluster.set_finalizer(resource=held, present=False)
    assert team.get()["metadata"]["finalizers"] == ["example.com/theirs"]


async def test_the_first_finalizer_needs_no_list_of_others(team: Team, cluster: KubernetesCluster) -> None:
    assert await cluster.set_finalizer(resource=team.make(), present=True)
    assert team.get()["metadata"]["finalizers"] == [FINALIZER]


async def test_a_finalizer_that_is_as_wanted_makes_no_request(team: Team, cluster: KubernetesCluster, requests: Requests) -> None:
    assert await cluster.set_finalizer(resource=team.make("a"), present=False)
    assert await cluster.set_finalizer(resource=team.make("b", finalizers=[FINALIZER]), present=True)
    assert requests.seen == []


async def test_a_finalizer_is_not_set_over_somebodys_change(team: Team, cluster: KubernetesCluster) -> None:
    stale = team.make()
    team.annotate("somebody=else")
    assert not await cluster.set_finalizer(resource=stale, present=True)
    assert "finalizers" not in team.get()["metadata"]


async def test_removing_the_finalizer_lets_a_deleted_resource_go(team: Team, cluster: KubernetesCluster, store: Store) -> None:
    assert await cluster.set_finalizer(resource=team.make(), present=True)
    team.delete()
    deleting = team.get()
    store.seen(deleting)
    assert await cluster.set_finalizer(resource=deleting, present=False)
    assert team.names() == []
    assert not await cluster.set_finalizer(resource=deleting, present=False)


async def test_nothing_but_status_and_finalizers_is_ever_patched(team: Team, cluster: KubernetesCluster, store: Store) -> None:
    resource = team.make()
    store.seen(resource)
    assert await cluster.set_finalizer(resource=resource, present=True)
    held = store.get(team.key())
    assert held is not None
    assert await cluster.write_status(resource=held, status=status())
    patches = [(event.subresource, [operation["path"] for operation in event.request_object]) for event in team.writes()]
    assert patches == [(None, ["/metadata/resourceVersion", "/metadata/finalizers"]), ("status", ["/metadata/resourceVersion", "/status"])]
