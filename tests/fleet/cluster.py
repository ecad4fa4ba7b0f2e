"""A cluster in memory that holds many resources, and knows when each became Ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.reporting.event import Event
from workspace_gateway_network.runtime.ports import Key

Document = dict[str, Any]


class FleetCluster:
    """Resources are replaced and never changed, so that nothing has to be copied."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self.resources: dict[Key, Document] = {}
        self.ready_at: dict[Key, float] = {}
        """When a resource became Ready, and has stayed so."""
        self.reasons: dict[Key, list[str]] = {}
        """Ready's reasons, each when it changed."""
        self._now = now

    def add(self, key: Key, spec: Document) -> None:
        """Apply a resource."""
        metadata = {"namespace": key.namespace, "name": key.name, "uid": f"uid-{key.name}", "generation": 1}
        self.resources[key] = {
            "metadata": {**metadata, "creationTimestamp": "2026-01-02T03:04:05Z"},
            "spec": spec,
            "status": {"observedGeneration": -1},
        }

    def change(self, key: Key, **spec: Any) -> None:
        """Apply another spec."""
        known = self.resources[key]
        metadata = {**known["metadata"], "generation": known["metadata"]["generation"] + 1}
        self.resources[key] = {**known, "metadata": metadata, "spec": {**known["spec"], **spec}}
        self.ready_at.pop(key, None)

    def get(self, key: Key) -> JsonObject | None:
        """The resource as it was last seen."""
        return self.resources.get(key)

    def others(self, key: Key) -> Iterable[JsonObject]:
        """All other resources."""
        return [resource for other, resource in self.resources.items() if other != key]

    async def write_status(self, *, resource: JsonObject, status: JsonObject) -> bool:
        """Replace the status."""
        key = _key(resource)
        if self.resources[key]["metadata"]["generation"] != resource["metadata"]["generation"]:  # type: ignore[call-overload,index]
            return False
        self.resources[key] = {**self.resources[key], "status": dict(status)}
        ready: Any = next(each for each in status["conditions"] if each["type"] == "Ready")  # type: ignore[call-overload,index,union-attr]
        reasons = self.reasons.setdefault(key, [])
        if reasons[-1:] != [ready["reason"]]:
            reasons.append(ready["reason"])
        if ready["status"] == "True":
            self.ready_at.setdefault(key, self._now())
        else:
            self.ready_at.pop(key, None)
        return True

    async def set_finalizer(self, *, resource: JsonObject, present: bool) -> bool:
        """Add or remove our finalizer."""
        key = _key(resource)
        finalizers = ["workspacegateway.dev/finalizer"] if present else []
        self.resources[key] = {**self.resources[key], "metadata": {**self.resources[key]["metadata"], "finalizers": finalizers}}
        return True

    async def post(self, *, resource: JsonObject, event: Event) -> None:
        """Nobody listens."""


def _key(resource: JsonObject) -> Key:
    metadata: Any = resource["metadata"]
    return Key(metadata["namespace"], metadata["name"])
