"""Client, sweep and watch against a real API server, under the rights that ship."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from contract.cluster.world import CRDS, OPERATOR, STRANGER, Ear, Requests, Team, until
from controlplane import ControlPlane
from workspace_gateway_network.cluster import sweep as sweep_module
from workspace_gateway_network.cluster.client import KubernetesClient, StatusError
from workspace_gateway_network.cluster.cluster import KubernetesCluster
from workspace_gateway_network.cluster.store import Store
from workspace_gateway_network.cluster.sweep import Sweep
from workspace_gateway_network.cluster.watch import Watch
from workspace_gateway_network.model.json import JsonObject, child

pytestmark = pytest.mark.xdist_group("cluster")

PATH = "/apis/workspacegateway.dev/v1alpha1/workspacegatewaynetworks"


def with_token(plane: ControlPlane, path: Path, token: str) -> None:
    document = json.loads(plane.kubeconfig_for(OPERATOR).read_text())
    document["users"][0]["user"]["token"] = token
    path.write_text(json.dumps(document))


async def test_a_token_that_is_refused_is_read_again(
    plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, requests: Requests
) -> None:
    kubeconfig = tmp_path / "kubeconfig.json"
    with_token(plane, kubeconfig, "revoked")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    async with KubernetesClient.open(observer=requests) as client:
        with pytest.raises(StatusError, match="401 Unauthorized"):
            await client.get(PATH)
        assert requests.counted() == [("GET", "401"), ("GET", "401")]
        kubeconfig.write_bytes(plane.kubeconfig_for(OPERATOR).read_bytes())
        assert (await client.get(PATH))["kind"] == "WorkspaceGatewayNetworkList"
    assert requests.counted()[2:] == [("GET", "401"), ("GET", "200")]


async def test_a_sweep_reads_every_page(
    team: Team, client: KubernetesClient, store: Store, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_module, "PAGE", 2)
    names = ["a", "b", "c", "d", "e"]
    for name in names:
        team.make(name)
    sweep = Sweep(client=client, store=store, interval=60)
    await sweep.first()
    assert [store.get(team.key(name)) is not None for name in names] == [True] * 5
    assert len(requests.seen) == 1 + 3  # discovery, and three pages


async def test_sweeps_go_on_and_find_what_nobody_told_of(team: Team, client: KubernetesClient, store: Store, ear: Ear) -> None:
    team.make("a")
    sweep = Sweep(client=client, store=store, interval=0.05)
    await sweep.first()
    running = asyncio.create_task(sweep.run())
    team.make("b")
    team.delete("a")
    await until(lambda: ear.about(team.key("a")) == ["changed", "gone"], "the deletion")
    await until(lambda: ear.about(team.key("b")) == ["changed"], "the creation")
    running.cancel()


async def test_without_the_right_to_list_the_sweep_says_so_and_waits(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, requests: Requests, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(plane.kubeconfig_for(STRANGER)))
    async with KubernetesClient.open(observer=requests) as client:
        sweeping = asyncio.create_task(Sweep(client=client, store=store, interval=60).first())
        await until(lambda: caplog.records, "a word")
        sweeping.cancel()
    assert (
        "the API server doesn't let the operator list workspacegatewaynetworks.workspacegateway.dev; check its ClusterRole "
        '(403 Forbidden: workspacegatewaynetworks.workspacegateway.dev is forbidden: User "stranger" cannot list resource'
    ) in caplog.records[-1].getMessage()


def without_managed_fields(resource: JsonObject) -> JsonObject:
    metadata = {name: value for name, value in child(resource, "metadata").items() if name != "managedFields"}
    return {**resource, "metadata": metadata}


@asynccontextmanager
async def watching(store: Store, requests: Requests) -> AsyncIterator[Watch]:
    watch = Watch(store=store, observer=requests)
    running = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watch.stop()
        await asyncio.wait_for(running, 15)


async def test_the_watch_tells_of_what_a_reconcile_depends_on(team: Team, store: Store, ear: Ear, requests: Requests) -> None:
    key = team.key()
    async with watching(store, requests):
        team.make()
        await until(lambda: ear.about(key) == ["changed"], "the creation")
        team.annotate("workspacegateway.dev/reconcile-requested-at=1")
        await until(lambda: len(ear.about(key)) == 2, "the request")
        last = team.annotate("workspacegateway.dev/reconcile-requested-at-", "somebody=else")
        await until(lambda: store.get(key) == without_managed_fields(last), "the removal")
        assert ear.about(key) == ["changed"] * 2
        team.delete()
        await until(lambda: ear.about(key) == ["changed", "changed", "gone"], "the deletion")
        assert store.get(key) is None


async def test_our_own_status_is_seen_and_not_told(
    team: Team, cluster: KubernetesCluster, store: Store, ear: Ear, requests: Requests
) -> None:
    key = team.key()
    async with watching(store, requests):
        team.make()
        resource = await until(lambda: store.get(key), "the creation")
        assert await cluster.write_status(resource=resource, status={"observedGeneration": 1})
        await asyncio.to_thread(team.make, "b")  # whatever the watch brought before this one has arrived when it has
        await until(lambda: store.get(team.key("b")), "a later resource")
        assert ear.about(key) == ["changed"]
        held = store.get(key)
        assert held is not None
        assert held["status"] == {"observedGeneration": 1}


async def test_the_watch_only_reads_and_leaves_no_trace(team: Team, store: Store, requests: Requests) -> None:
    async with watching(store, requests):
        made = team.make()
        await until(lambda: store.get(team.key()), "the creation")
    assert team.get() == made
    assert team.writes() == []
    assert {method for method, _ in requests.seen} == {"GET"}
    read = {(event.resource, event.verb) for event in team.plane.audit_events(OPERATOR) if event.user_agent and event.resource}
    assert {resource for resource, verb in read if verb in ("list", "watch")} == {"workspacegatewaynetworks"}


async def test_the_watch_survives_an_outage_and_brings_what_happened_meanwhile(
    team: Team, store: Store, ear: Ear, requests: Requests
) -> None:
    async with watching(store, requests) as watch:
        team.make("a")
        await until(lambda: store.get(team.key("a")), "the creation")
        heard_before = watch.heard_at
        await asyncio.to_thread(team.plane.apiserver_stop)
        await until(lambda: ("GET", "<error>") in requests.seen, "the watch to notice")
        await asyncio.to_thread(team.plane.apiserver_start)
        team.make("b")
        await until(lambda: store.get(team.key("b")), "the second creation")
        assert watch.heard_at > heard_before
        assert ear.about(team.key("a")) == ["changed"]


async def test_the_watch_logs_in_again_when_its_token_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, team: Team, store: Store, requests: Requests
) -> None:
    plane, kubeconfig = team.plane, tmp_path / "kubeconfig.json"
    with_token(plane, kubeconfig, "revoked")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    team.make()
    async with watching(store, requests):
        await until(lambda: ("GET", "401") in requests.seen, "a refusal")
        kubeconfig.write_bytes(plane.kubeconfig_for(OPERATOR).read_bytes())
        await until(lambda: store.get(team.key()), "the resource")
        assert requests.seen.count(("GET", "401")) < 10


async def test_until_the_crd_is_there_the_sweep_says_so_and_waits(
    monkeypatch: pytest.MonkeyPatch, store: Store, requests: Requests, caplog: pytest.LogCaptureFixture
) -> None:
    with ControlPlane.start() as bare:
        monkeypatch.setenv("KUBECONFIG", str(bare.admin_kubeconfig))
        async with KubernetesClient.open(observer=requests) as client:
            sweep = Sweep(client=client, store=store, interval=60)
            sweeping = asyncio.create_task(sweep.first())
            with caplog.at_level(logging.WARNING):
                await until(lambda: caplog.records, "a word")
            assert (
                caplog.records[0]
                .getMessage()
                .endswith("the API server doesn't know workspacegatewaynetworks.workspacegateway.dev; apply crds/, and wait a moment")
            )
            await asyncio.to_thread(bare.apply_crds, CRDS)
            await asyncio.wait_for(sweeping, 40)
            assert sweep.done_once
