"""The metrics of the way to Azure: requests and their answers, and the budget that they draw on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

WAIT_BUCKETS: Final = (0.1, 0.5, 1, 2.5, 5, 10, 15, 30)


@dataclass(frozen=True, kw_only=True)
class Count:
    """One of Azure's counts, as the operator knows it."""

    scope: str
    """Subscription, who counts, and what: `reads`, `writes` or `deletes`, with slashes between."""
    left: float
    waiting: int


class AzureRequests:
    """Requests to Azure Resource Manager."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._requests = Counter(
            "wgn_azure_requests_total",
            "Requests to Azure Resource Manager.",
            ("operation", "method", "code"),
            registry=registry,
        )
        self._seconds = Histogram(
            "wgn_azure_request_duration_seconds",
            "Seconds that Azure Resource Manager takes to answer.",
            ("operation", "method"),
            registry=registry,
        )
        self._throttled = Counter(
            "wgn_azure_throttled_total",
            "Requests that Azure refused for their number, by what it counts (operation) and who counts.",
            ("operation", "provider"),
            registry=registry,
        )
        self._put_off = Counter(
            "wgn_azure_put_off_total",
            "Requests that the operator put off, to stay within Azure's limits.",
            ("operation", "provider"),
            registry=registry,
        )
        self._waits = Histogram(
            "wgn_azure_wait_seconds",
            "Seconds that requests were held back to stay within Azure's limits; those that went at once are not among them.",
            ("operation", "provider"),
            buckets=WAIT_BUCKETS,
            registry=registry,
        )

    def request(self, *, method: str, resource_type: str, status: int, seconds: float) -> None:
        """One request was answered; status 0 is no answer at all."""
        self._requests.labels(resource_type, method, str(status)).inc()
        self._seconds.labels(resource_type, method).observe(seconds)

    def throttled(self, *, provider: str, kind: str) -> None:
        """Azure refused a request for the number of them."""
        self._throttled.labels(kind, provider).inc()

    def put_off(self, *, provider: str, kind: str) -> None:
        """A request was not sent: it would have had to wait for too long."""
        self._put_off.labels(kind, provider).inc()

    def waited(self, *, provider: str, kind: str, seconds: float) -> None:
        """A request was held back for so long."""
        self._waits.labels(kind, provider).observe(seconds)

    def show_budget(self, counts: Callable[[], Iterable[Count]]) -> None:
        """Export these counts, as they are when somebody scrapes."""
        self._registry.register(_Counts(counts))


class _Counts(Collector):
    """The budget, in Prometheus' words."""

    def __init__(self, counts: Callable[[], Iterable[Count]]) -> None:
        self._counts = counts

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not collect."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """What is left of each count, and how many requests wait for it."""
        left = GaugeMetricFamily("wgn_azure_ratelimit_remaining", "Requests that Azure would take now, as far as known.", labels=("scope",))
        waiting = GaugeMetricFamily("wgn_azure_waiting", "Requests that are held back to stay within Azure's limits.", labels=("scope",))
        for count in self._counts():
            left.add_metric((count.scope,), count.left)
            waiting.add_metric((count.scope,), count.waiting)
        yield from (left, waiting)
