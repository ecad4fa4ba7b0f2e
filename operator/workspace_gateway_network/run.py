"""Puts the operator together and runs it: the one place that knows all the parts."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Final

from workspace_gateway_network.azure import open_azure
from workspace_gateway_network.cluster.client import KubernetesClient
from workspace_gateway_network.cluster.cluster import KubernetesCluster
from workspace_gateway_network.cluster.store import Store
from workspace_gateway_network.cluster.sweep import Sweep
from workspace_gateway_network.cluster.watch import SILENCE_SECONDS, Watch
from workspace_gateway_network.runtime import endpoints, logs
from workspace_gateway_network.runtime.backoff import Backoff
from workspace_gateway_network.runtime.metrics import Metrics
from workspace_gateway_network.runtime.ports import Azure, Key, Urgency
from workspace_gateway_network.runtime.queue import WorkQueue
from workspace_gateway_network.runtime.reconciler import Identity, Reconciler
from workspace_gateway_network.runtime.settings import Settings
from workspace_gateway_network.runtime.workers import Workers

logger = logging.getLogger(__name__)

STUCK_PASSES: Final = 2.0
"""A pass is given up after its time; one that goes on for twice as long cannot be, and holds its worker for ever."""


def run(settings: Settings) -> None:
    """Run the operator until SIGTERM or SIGINT. What ends it otherwise is logged, and the exit status is 1."""
    logs.configure(log_format=settings.log_format, level=settings.log_level)
    try:
        asyncio.run(_run(settings))
    except Exception:
        logger.exception("The operator failed")
        sys.exit(1)


async def _run(settings: Settings) -> None:
    stopping = _stop_on_signal()
    metrics = Metrics()
    async with AsyncExitStack() as parts:
        client = await parts.enter_async_context(KubernetesClient.open(observer=metrics))
        azure = await parts.enter_async_context(open_azure(settings=settings, metrics=metrics.azure))
        operator = Operator(settings=settings, metrics=metrics, client=client, azure=azure)
        port = await parts.enter_async_context(
            endpoints.serve(
                host=settings.http_host,
                port=settings.http_port,
                registry=metrics.registry,
                live=operator.live,
                ready={**operator.ready, "running": lambda: "the operator is stopping" if stopping.is_set() else None},
            )
        )
        logger.info("Serving metrics and probes on %s:%d", settings.http_host, port)
        await operator.run(stopping)


class Operator:
    """The moving parts, and how they start and stop."""

    def __init__(self, *, settings: Settings, metrics: Metrics, client: KubernetesClient, azure: Azure) -> None:
        self._settings = settings
        self._client = client
        self._queue = WorkQueue(observer=metrics, backoff=Backoff(first=settings.retry_seconds))
        self._store = Store(listener=self)
        self._sweep = Sweep(client=client, store=self._store, interval=settings.sweep_seconds)
        self._watch = Watch(store=self._store, observer=metrics)
        reconciler = Reconciler(
            cluster=KubernetesCluster(client=client, store=self._store),
            azure=azure,
            identity=Identity(
                cluster_id=settings.cluster_id,
                default_tags=settings.default_tags,
                gateway_suffixes=settings.gateway_suffixes,
                scopes=settings.scopes,
                max_policy=settings.max_policy,
            ),
            absence_seconds=settings.absence_seconds,
            contest_seconds=settings.contest_seconds,
            observer=metrics,
            clock=lambda: datetime.now(UTC),
        )
        self._workers = Workers(
            queue=self._queue,
            reconcile=reconciler.reconcile,
            observer=metrics,
            count=settings.workers,
            pass_seconds=settings.pass_seconds,
        )
        metrics.show_queue(self._queue)
        metrics.show_resources(self._store.all)
        metrics.workers_started(count=settings.workers)

    async def run(self, stopping: asyncio.Event) -> None:
        """List, watch and work until told to stop; then let passes end, for so long as the settings say."""
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(self._serve(), name="serve")
            await stopping.wait()
            logger.info("Stopping: passes that have begun may end")
            self._queue.close()
            self._watch.stop()
            await asyncio.wait((serving,), timeout=self._settings.shutdown_seconds if self._sweep.done_once else 0)
            serving.cancel()
        logger.info("Stopped")

    async def _serve(self) -> None:
        await self._sweep.first()
        logger.info("Started with %d resources", len(self._store.all()))
        async with asyncio.TaskGroup() as group:
            sweeping = group.create_task(self._sweep.run(), name="sweep")
            group.create_task(self._watch.run(), name="watch")
            await self._workers.run()
            sweeping.cancel()

    # What the store has learned (cluster.store.Listener).

    def changed(self, key: Key) -> None:
        """A resource is new, or something has changed that a reconcile depends on."""
        self._queue.add(key, Urgency.CHANGED)

    def gone(self, key: Key) -> None:
        """A resource does not exist any more. A last pass, after any that is running, sees that for itself."""
        self._queue.add(key, Urgency.CHANGED)

    # Probes.

    @property
    def live(self) -> Mapping[str, endpoints.Probe]:
        """What a restart can cure."""
        return {"workers": self._workers_stuck, "watch": self._watch_silent}

    @property
    def ready(self) -> Mapping[str, endpoints.Probe]:
        """What has to have happened once."""
        return {"listed": lambda: None if self._sweep.done_once else "not all resources have been listed yet"}

    def _workers_stuck(self) -> str | None:
        longest = self._queue.longest_running
        return f"a pass goes on since {longest:.0f} s" if longest > STUCK_PASSES * self._settings.pass_seconds else None

    def _watch_silent(self) -> str | None:
        # Not when the API server is silent to everybody: a restart wouldn't make it talk.
        if self._sweep.done_once and self._client.answered_at - self._watch.heard_at > SILENCE_SECONDS:
            return f"has brought nothing for {time.monotonic() - self._watch.heard_at:.0f} s, though the API server answers"
        return None


def _stop_on_signal() -> asyncio.Event:
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping
