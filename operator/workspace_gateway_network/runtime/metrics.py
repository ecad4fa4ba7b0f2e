"""The metrics: our own, and those of controller-runtime, client-go's work queue and client-go's client, which stock dashboards know.

Series about one resource are read from the resources that exist when somebody scrapes, so they end with the resource.
"""

from __future__ import annotations

import importlib.metadata
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from workspace_gateway_network.api.names import SINGULAR
from workspace_gateway_network.model.json import JsonObject, child, items, text
from workspace_gateway_network.runtime.azure_metrics import AzureRequests
from workspace_gateway_network.runtime.ports import Key
from workspace_gateway_network.runtime.queue import WorkQueue
from workspace_gateway_network.runtime.workers import Result

STATUSES: Final = ("True", "False", "Unknown")
PASS_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
WAIT_BUCKETS: Final = (0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300)

_QUEUE: Final = {"name": SINGULAR, "controller": SINGULAR}
_QUEUE_LABELS: Final = tuple(_QUEUE)


class Metrics:
    """All metrics of one process, in a registry of its own, with a method for each thing that happens."""

    def __init__(self) -> None:
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._make_own()
        self.azure = AzureRequests(self.registry)
        self._make_controller_runtime()
        self._make_work_queue()
        self._last_success: dict[Key, float] = {}

    # What is read at each scrape.

    def show_resources(self, resources: Callable[[], Iterable[JsonObject]]) -> None:
        """Export the state of these resources, as it is then."""
        self.registry.register(_Resources(resources, self._last_success))

    def show_queue(self, queue: WorkQueue) -> None:
        """Export how long this queue is and how long its workers take."""
        for name, help_text, value in (
            ("workqueue_depth", "Keys that are due and wait for a worker.", lambda: queue.depth),
            ("workqueue_unfinished_work_seconds", "Seconds that the workers have had their keys.", lambda: queue.unfinished),
            (
                "workqueue_longest_running_processor_seconds",
                "Seconds that the slowest worker has had its key.",
                lambda: queue.longest_running,
            ),
        ):
            gauge = Gauge(name, help_text, _QUEUE_LABELS, registry=self.registry)
            gauge.labels(**_QUEUE).set_function(value)

    # The queue (QueueObserver).

    def queue_added(self) -> None:
        """A key was queued, or marked to be done again."""
        self._queue_adds.inc()

    def queue_taken(self, *, waited: float) -> None:
        """A worker took a key that had been due for so many seconds."""
        self._queue_waits.observe(waited)

    def queue_done(self, *, worked: float) -> None:
        """A worker finished a key after so many seconds."""
        self._queue_work.observe(worked)

    def queue_retried(self) -> None:
        """A key was put off after a failure."""
        self._queue_retries.inc()

    # The workers (PassObserver).

    def workers_started(self, *, count: int) -> None:
        """So many keys may be worked on at a time."""
        self._max_concurrent.set(count)

    def pass_began(self) -> None:
        """A worker calls the reconciler."""
        self._active_workers.inc()

    def pass_ended(self, *, key: Key, result: Result, seconds: float) -> None:
        """The reconciler returned, raised or ran out of time."""
        self._active_workers.dec()
        self._pass_seconds.observe(seconds)
        self._duration.labels(key.namespace, key.name).observe(seconds)
        if result is Result.PANIC:
            self._panics.inc()
        if result is Result.TIMEOUT:
            self._timeouts.inc()
        if result not in (Result.SUCCESS, Result.REQUEUE_AFTER):
            self._errors.inc()
            result = Result.ERROR
        self._passes.labels(SINGULAR, result).inc()
        if result is Result.REQUEUE_AFTER:
            self._last_success[key] = time.time()
        elif result is Result.SUCCESS:
            # Nothing is due any more: the resource is gone, and its series end.
            self._last_success.pop(key, None)
            self._duration.remove(key.namespace, key.name)

    # Drift, and the API server.

    def drift_detected(self, *, resource_type: str, action: str) -> None:
        """Something in Azure was other than it had been made; `action` says whether that was `corrected` or only `reported`."""
        self._drift.labels(resource_type, action).inc()

    def kubernetes_request(self, *, method: str, code: str, host: str) -> None:
        """One exchange with the API server. `code` is the HTTP status, or `<error>` where there was no answer."""
        self._kubernetes_requests.labels(code, method, host).inc()

    # Making them.

    def _counter(self, name: str, help_text: str, labels: tuple[str, ...] = ()) -> Counter:
        return Counter(name, help_text, labels, registry=self.registry)

    def _make_own(self) -> None:
        build = Gauge("wgn_build_info", "The operator's version.", ("version", "python", "kopf"), registry=self.registry)
        build.labels(
            importlib.metadata.version("workspace-gateway-network"),
            platform.python_version(),
            importlib.metadata.version("kopf"),
        ).set(1)
        self._duration = Histogram(
            "wgn_reconcile_duration_seconds",
            "Seconds that one pass over a resource takes.",
            ("namespace", "name"),
            buckets=(0.1, 1, 10, 60),
            registry=self.registry,
        )
        self._drift = self._counter(
            "wgn_drift_detected_total", "Resources in Azure found other than they had been made.", ("resource", "action")
        )

    def _make_controller_runtime(self) -> None:
        prefix, labels = "controller_runtime_", ("controller",)
        self._passes = self._counter(f"{prefix}reconcile_total", "Passes by how they ended.", ("controller", "result"))
        self._errors = self._counter(f"{prefix}reconcile_errors_total", "Passes that failed.", labels).labels(SINGULAR)
        self._panics = self._counter(f"{prefix}reconcile_panics_total", "Passes that failed by a mistake in the operator.", labels).labels(
            SINGULAR
        )
        self._timeouts = self._counter(f"{prefix}reconcile_timeouts_total", "Passes given up for the time they took.", labels).labels(
            SINGULAR
        )
        self._pass_seconds = Histogram(
            f"{prefix}reconcile_time_seconds", "Seconds that a pass takes.", labels, buckets=PASS_BUCKETS, registry=self.registry
        ).labels(SINGULAR)
        self._active_workers = Gauge(f"{prefix}active_workers", "Passes under way.", labels, registry=self.registry).labels(SINGULAR)
        self._max_concurrent = Gauge(
            f"{prefix}max_concurrent_reconciles", "Passes that may be under way at a time.", labels, registry=self.registry
        ).labels(SINGULAR)

    def _make_work_queue(self) -> None:
        self._queue_adds = self._counter("workqueue_adds_total", "Keys queued.", _QUEUE_LABELS).labels(**_QUEUE)
        self._queue_retries = self._counter("workqueue_retries_total", "Keys put off after a failure.", _QUEUE_LABELS).labels(**_QUEUE)
        self._queue_waits = Histogram(
            "workqueue_queue_duration_seconds",
            "Seconds that a key waits for a worker.",
            _QUEUE_LABELS,
            buckets=WAIT_BUCKETS,
            registry=self.registry,
        ).labels(**_QUEUE)
        self._queue_work = Histogram(
            "workqueue_work_duration_seconds",
            "Seconds that a worker has a key.",
            _QUEUE_LABELS,
            buckets=PASS_BUCKETS,
            registry=self.registry,
        ).labels(**_QUEUE)
        self._kubernetes_requests = self._counter(
            "rest_client_requests_total", "Requests to the Kubernetes API server.", ("code", "method", "host")
        )


class _Resources(Collector):
    """The state of the custom resources, in Prometheus' words."""

    def __init__(self, resources: Callable[[], Iterable[JsonObject]], last_success: dict[Key, float]) -> None:
        self._resources = resources
        self._last_success = last_success

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not collect."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """One sample a resource, and one a condition and status."""
        identity = ("namespace", "name")
        info = GaugeMetricFamily("wgn_info", "What a resource is.", labels=(*identity, "mode", "policy"))
        suspended = GaugeMetricFamily("wgn_suspended", "Whether a resource is suspended.", labels=identity)
        conditions = GaugeMetricFamily("wgn_status_condition", "Whether a condition has a status.", labels=(*identity, "type", "status"))
        for resource in self._resources():
            metadata, spec = child(resource, "metadata"), child(resource, "spec")
            labels = (text(metadata, "namespace"), text(metadata, "name"))
            info.add_metric((*labels, text(spec, "mode"), text(spec, "managementPolicy")), 1)
            suspended.add_metric(labels, float(spec.get("suspend") is True))
            for condition in items(child(resource, "status"), "conditions"):
                for status in STATUSES:
                    value = float(text(condition, "status") == status)
                    conditions.add_metric((*labels, text(condition, "type"), status), value)
        last_success = GaugeMetricFamily(
            "wgn_last_success_timestamp_seconds", "When a pass over a resource last succeeded.", labels=identity
        )
        for key, timestamp in tuple(self._last_success.items()):
            last_success.add_metric((key.namespace, key.name), timestamp)
        yield from (info, suspended, conditions, last_success)
