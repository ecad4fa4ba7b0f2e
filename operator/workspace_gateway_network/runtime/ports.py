"""The two sides of the reconciler as protocols: Azure on the one, the cluster on the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.planning.observed import Observed
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.reporting.event import Event


@dataclass(frozen=True, order=True)
class Key:
    """A custom resource by namespace and name: what is queued, locked and counted by."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class Urgency:
    """Who goes first when budget or workers are short: a smaller number is served sooner."""

    CHANGED = 0
    DRIFTED = 1
    RESYNC = 2


class Azure(Protocol):
    """Azure as the reconciler sees it."""

    async def look(self, *, query: Query, urgency: int, fresh: bool = False) -> Observed:
        """Read all that the query names, sharing lists with everybody who looks at the same time. Never raises for what Azure answers.

        `fresh`: nothing that began to be read before this call will do.
        """

    async def apply(self, *, key: Key, plan: Plan, observed: Observed, replan: Callable[[Observed], Plan], urgency: int) -> Outcome:
        """Carry out a plan, step by step, each guarded by a fresh read; stop at the first that has to wait or fails.

        Long-running operations are not waited for: the outcome says when to come back. Never raises for what Azure answers.
        """

    async def poll(self, *, key: Key) -> Outcome | None:
        """See how the operation that this key started is getting on; None where there is none in flight."""

    def forget(self, *, key: Key) -> None:
        """Drop what is remembered for a key whose resource is gone."""


class Cluster(Protocol):
    """The Kubernetes API server as the reconciler sees it. Every write is guarded by the resource version that was read."""

    def get(self, key: Key) -> JsonObject | None:
        """The resource as the watch last saw it; None when it does not exist."""

    def others(self, key: Key) -> Iterable[JsonObject]:
        """All other resources of the kind, as the watch last saw them."""

    async def write_status(self, *, resource: JsonObject, status: JsonObject) -> bool:
        """Replace the status. False when the resource has changed meanwhile: a watch event will bring the key back."""

    async def set_finalizer(self, *, resource: JsonObject, present: bool) -> bool:
        """Add or remove our finalizer. False when the resource has changed meanwhile."""

    async def post(self, *, resource: JsonObject, event: Event) -> None:
        """Tell of something; repeats are folded into one event. Never raises: an event lost is no reason to fail."""
