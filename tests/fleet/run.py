"""An operator of a fleet: everything between the two ports of the reconciler, as `wgn run` puts it together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp.connector
from prometheus_client import generate_latest

from arm_emulator.client import Emulator
from arm_emulator.process import EmulatorProcess
from fleet.azure_time import AzureTimeLoop
from fleet.cluster import FleetCluster
from fleet.seed import OPERATOR, TENANT, Member, seed
from workspace_gateway_network.azure import ArmAzure
from workspace_gateway_network.azure.options import AzureEndpoints, AzureIdentity, AzureOptions
from workspace_gateway_network.azure.session import connect
from workspace_gateway_network.runtime.metrics import Metrics
from workspace_gateway_network.runtime.ports import Urgency
from workspace_gateway_network.runtime.queue import WorkQueue
from workspace_gateway_network.runtime.reconciler import Identity, Reconciler
from workspace_gateway_network.runtime.settings import Credential
from workspace_gateway_network.runtime.workers import Workers

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
WORKERS = 8
"""As by default."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One line of Azure's journal, by what a count is about."""

    at: datetime
    principal: str
    method: str
    path: str
    type: str
    status: int
    counters: Mapping[str, int]
    """What the answer says is left, by the ends of its headers' names."""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """A running operator, and the two worlds that it is between."""

    members: list[Member]
    emulator: Emulator
    cluster: FleetCluster
    queue: WorkQueue
    metrics: Metrics
    azure: ArmAzure

    def apply(self) -> None:
        """Apply every resource, as a rebuilt cluster does."""
        for member in self.members:
            self.cluster.add(member.key, member.spec)
            self.queue.add(member.key, Urgency.CHANGED)

    async def until(self, condition: Callable[[], bool], *, seconds: float, what: str) -> float:
        """Let time pass until something holds, and give the time; raises AssertionError when it does not within so many seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not condition():
            assert loop.time() < deadline, f"{what} did not come within {seconds:g} s of Azure's time"
            await asyncio.sleep(0.5)
        return loop.time()

    def all_ready(self) -> bool:
        """Whether every resource is Ready."""
        return len(self.cluster.ready_at) == len(self.members)

    def scraped(self) -> str:
        """The text of `/metrics`."""
        return generate_latest(self.metrics.registry).decode()


@contextmanager
def throttling_azure(fleet: list[Member], *, directory: Path, latency: str = "lan") -> Iterator[Emulator]:
    """An emulated Azure for these that throttles as documented, and whose clock stands still."""
    process = EmulatorProcess(state_dir=directory, seed=seed(fleet), options=("--latency", latency, "--throttle", "on"))
    with process as emulator:
        emulator.stop_clock()
        # aiohttp makes its TLS context when it is imported, before this certificate authority existed.
        aiohttp.connector._SSL_CONTEXT_VERIFIED.load_verify_locations(emulator.ca)
        yield emulator


def operate(story: Callable[[Fleet], Any], *, fleet: list[Member], emulator: Emulator, workers: int = WORKERS, percent: float = 100) -> Any:
    """Run an operator in Azure's time while a story goes on, and give what it comes to. `percent`: its part of Azure's limits."""

    async def play() -> Any:
        async with _operator(fleet, emulator, workers, percent) as operator:
            return await story(operator)

    loop = AzureTimeLoop(emulator)
    with asyncio.Runner(loop_factory=lambda: loop) as runner, loop.standing_still_for_requests():
        return runner.run(play())


@asynccontextmanager
async def _operator(fleet: list[Member], emulator: Emulator, count: int, percent: float) -> AsyncIterator[Fleet]:
    loop, metrics = asyncio.get_running_loop(), Metrics()
    cluster, queue = FleetCluster(now=loop.time), WorkQueue(observer=metrics)
    options = AzureOptions(
        endpoints=AzureEndpoints(resource_manager=emulator.url, audience=emulator.url, authority_host=emulator.url),
        identity=AzureIdentity(credential=Credential.CLIENT_SECRET, tenant_id=TENANT, client_id=OPERATOR, client_secret="made-up"),
        budget_percent=percent,
    )
    async with connect(options=options, metrics=metrics.azure, now=loop.time) as azure:
        reconciler = Reconciler(
            cluster=cluster,
            azure=azure,
            identity=Identity(cluster_id="fleet", default_tags={}),
            absence_seconds=600,
            contest_seconds=60,
            observer=metrics,
            clock=lambda: BEGIN + timedelta(seconds=loop.time()),
        )
        workers = Workers(queue=queue, reconcile=reconciler.reconcile, observer=metrics, count=count, pass_seconds=120)
        working = asyncio.create_task(workers.run())
        try:
            yield Fleet(members=fleet, emulator=emulator, cluster=cluster, queue=queue, metrics=metrics, azure=azure)
        finally:
            queue.close()
            await working


def exchanges(directory: Path) -> Iterator[Exchange]:
    """What an Azure with this directory was asked and has answered, oldest first."""
    start = "x-ms-ratelimit-remaining-subscription-"
    with (directory / "exchanges.jsonl").open() as lines:
        for line in map(json.loads, lines):
            request, response = line["liveRequest"], line["liveResponse"]
            yield Exchange(
                at=datetime.fromisoformat(line["at"][:26] + "+00:00"),
                principal=line["principal"],
                method=request["method"],
                path="/" + request["url"].split("?")[0].split("/", 3)[-1],
                type=line["type"],
                status=int(response["statusCode"]),
                counters={name.removeprefix(start): int(value) for name, value in response["headers"].items() if name.startswith(start)},
            )
