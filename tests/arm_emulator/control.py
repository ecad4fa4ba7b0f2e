"""The control endpoints below ``/_emulator``: the world behind everybody's back, faults, time and the journal."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from arm_emulator.arm import Answer, Document
from arm_emulator.faults import Faults
from arm_emulator.journal import Journal
from arm_emulator.providers import Registry
from arm_emulator.seed import place, sow
from arm_emulator.store import Resource
from arm_emulator.world import World

PREFIX = "/_emulator"
_CONTROL_API_VERSION = "9999-12-31"
"""Resources are shown as the newest api-version would show them."""


class Control:
    def __init__(
        self, *, world: World, registry: Registry, faults: Faults, journal: Journal, seed: Document | None
    ) -> None:
        self.world = world
        self.registry = registry
        self.faults = faults
        self.journal = journal
        self.seed = seed or {}

    def answer(self, method: str, path: str, *, query: Mapping[str, str], body: Any) -> Answer:
        """Answer one control request. 400 explains a request that makes no sense, 404 says that there is nothing."""
        self.world.timeline.settle()
        endpoint, _, rest = path.removeprefix(PREFIX).lstrip("/").partition("/")
        try:
            result = self._endpoint(method, endpoint, rest, query, body)
        except (ValueError, TypeError, KeyError) as problem:
            return Answer(status=400, body={"error": f"{type(problem).__name__}: {problem}"})
        if result is None:
            return Answer(status=404, body={"error": f"nothing at {method} {path}"})
        return Answer(status=200, body=result)

    def _endpoint(self, method: str, endpoint: str, rest: str, query: Mapping[str, str], body: Any) -> Any:
        since = int(query.get("since", 0))
        match (method, endpoint):
            case (_, "resources") if rest:
                return self._resource(method, f"/{rest}", body)
            case ("GET", "resources"):
                return {"resources": [self.show(each) for each in self.world.store]}
            case ("GET", "faults"):
                return {"faults": self.faults.summary()}
            case ("POST", "faults"):
                rules = body if isinstance(body, list) else body.get("faults", [body])
                return {"faults": [fault.summary() for fault in self.faults.add(rules)]}
            case ("DELETE", "faults"):
                self.faults.clear()
                return {"faults": []}
            case ("GET" | "POST", "clock"):
                return self._clock(body)
            case ("GET", "operations"):
                return {"operations": [each.summary() for each in self.world.operations]}
            case ("POST", "operations"):
                return self._operation(rest, body)
            case ("GET", "requests"):
                return {"latest": self.journal.latest, "counts": self.journal.counts(since)}
            case ("GET", "exchanges"):
                return {"latest": self.journal.latest, "exchanges": list(self.journal.since(since))}
            case ("GET" | "PATCH", "settings"):
                return self._settings(body if method == "PATCH" else {})
            case ("POST", "reset"):
                self.reset(body if isinstance(body, dict) and body else None)
                return {"resources": len(self.world.store)}
        return None

    def reset(self, seed: Document | None = None) -> None:
        """Start anew from a seed, or the one that the emulator was started with. The journal goes on."""
        self.faults.clear()
        self.world.reset()
        sow(self.seed if seed is None else seed, world=self.world, registry=self.registry)

    def change(self, changes: list[Document]) -> None:
        """Play what a fault says that somebody else does meanwhile."""
        for each in changes:
            self._resource(each.get("method", "PATCH"), each["id"], each.get("body"))

    def show(self, resource: Resource) -> Document:
        type = self.registry.find(resource.type)
        assert type is not None
        return type.render(resource, api_version=_CONTROL_API_VERSION)

    def _resource(self, method: str, id: str, body: Any) -> Document | None:
        resource = self.world.store.get(id)
        if method == "PUT":
            return self.show(place(id, _object(body), world=self.world, registry=self.registry))
        if resource is None:
            return None
        if method == "PATCH":
            return self.show(self._merge(resource, _object(body)))
        if method == "DELETE":
            type = self.registry.find(resource.type)
            assert type is not None
            type.displace(resource)
            return {"deleted": resource.id}
        return self.show(resource) if method == "GET" else None

    def _merge(self, resource: Resource, patch: Document) -> Resource:
        """Apply a JSON merge patch (RFC 7396); read-only properties can be changed and removed as well."""
        properties = {"provisioningState": resource.provisioning_state, **resource.generated, **resource.properties}
        merged = merge_patch({**resource.document, "properties": properties}, patch)
        for name in list(resource.generated):
            if name not in merged["properties"]:
                del resource.generated[name]
        return place(resource.id, merged, world=self.world, registry=self.registry)

    def _clock(self, body: Any) -> Document:
        if body:
            self.world.clock.advance(float(body["advance"]))
            self.world.timeline.settle()
        return {"now": self.world.clock.timestamp(), "scale": self.world.clock.scale}

    def _operation(self, id: str, body: Any) -> Document | None:
        operation = self.world.operations.get(id)
        if operation is None:
            return None
        decision, rest = _decision(body)
        operations = self.world.operations
        if decision == "fail":
            operations.fail(
                operation, code=rest.get("code", "InternalServerError"), message=rest.get("message", "An error occurred.")
            )
        else:
            {"hold": operations.hold, "release": operations.release, "succeed": operations.succeed}[decision](operation)
        return operation.summary()

    def _settings(self, changes: Any) -> Document:
        self.world.change_settings(_object(changes))
        settings = self.world.settings
        return {
            "latency": settings.latency,
            "time_scale": settings.time_scale,
            "throttle": settings.throttle,
            "if_match": settings.if_match,
            "network_conflict": settings.network_conflict,
            "security_group_conflict": settings.security_group_conflict,
            "page_size": settings.page_size,
            "hold_operations": settings.hold_operations,
            "gateways": {name: getattr(settings.gateways, name) for name in settings.gateways.__slots__},
        }


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _decision(body: Any) -> tuple[str, Document]:
    """``"hold"`` | ``{"succeed": …}`` | ``{"fail": {"code", "message"}}``."""
    if isinstance(body, str):
        return body, {}
    ((decision, rest),) = _object(body).items()
    return decision, rest if isinstance(rest, dict) else {}


def _object(body: Any) -> Document:
    if not isinstance(body, dict):
        raise ValueError("a JSON object is required")
    return body


