"""The control endpoints below ``/_emulator``: the world behind everybody's back, faults, time and the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from arm_emulator.arm import Answer, Document, copied
from arm_emulator.faults import Faults
from arm_emulator.journal import Journal
from arm_emulator.operations import Operation
from arm_emulator.providers import Registry
from arm_emulator.seed import place, sow
from arm_emulator.store import Resource
from arm_emulator.world import World

PREFIX = "/_emulator"


_Handler = Callable[[str, str, Mapping[str, str], Any], Document | None]


class Control:
    """Answers control requests. They need no token and are not in the journal."""

    def __init__(self, *, world: World, registry: Registry, faults: Faults, journal: Journal, seed: Document | None) -> None:
        self.world = world
        self.registry = registry
        self.faults = faults
        self.journal = journal
        self.seed = seed or {}
        self._handlers: dict[str, _Handler] = {
            "resources": self._resources,
            "faults": self._faults,
            "clock": self._clock,
            "tokens": self._tokens,
            "operations": self._operations,
            **{kind: partial(self._governance, kind) for kind in world.governance.kinds()},
            "requests": self._requests,
            "exchanges": self._exchanges,
            "settings": self._settings,
            "reset": self._reset,
            "states": self._states,
        }

    def answer(self, method: str, path: str, *, query: Mapping[str, str], body: Any) -> Answer:
        """Answer one control request. 400 explains a request that makes no sense, 404 says that there is nothing."""
        self.world.timeline.settle()
        endpoint, _, rest = path.removeprefix(PREFIX).lstrip("/").partition("/")
        handler = self._handlers.get(endpoint)
        try:
            result = None if handler is None else handler(method, rest, query, body)
        except (ValueError, TypeError, KeyError) as problem:
            return Answer(status=400, body={"error": f"{type(problem).__name__}: {problem}"})
        if result is None:
            return Answer(status=404, body={"error": f"nothing at {method} {path}"})
        return Answer(status=200, body=result)

    def _resources(self, method: str, rest: str, _query: Mapping[str, str], body: Any) -> Document | None:
        if rest:
            return self._resource(method, f"/{rest}", body)
        return {"resources": [self.show(each) for each in self.world.store]} if method == "GET" else None

    def _faults(self, method: str, _rest: str, _query: Mapping[str, str], body: Any) -> Document | None:
        if method == "POST":
            added = self.faults.add(body if isinstance(body, list) else [body])
            return {"faults": [fault.summary() for fault in added]}
        if method == "DELETE":
            self.faults.clear()
        return {"faults": self.faults.summary()}

    def _clock(self, method: str, _rest: str, _query: Mapping[str, str], body: Any) -> Document:
        clock = self.world.clock
        if method == "POST":
            self._set_clock(_object(body))
            self.world.timeline.settle()
        return {"now": clock.timestamp(), "scale": clock.scale}

    def _set_clock(self, changes: Document) -> None:
        """``{"advance": seconds}``, ``{"stopped": true}`` or ``{"stopped": false}``."""
        ((change, value),) = changes.items()
        clock = self.world.clock
        if change == "advance":
            clock.advance(float(value))
        elif change == "stopped" and value in (True, False):
            (clock.stop if value else clock.start)()
        else:
            raise ValueError(f"{change} {value!r} makes no sense: a clock can be advanced, and stopped or not")

    def _tokens(self, method: str, _rest: str, _query: Mapping[str, str], body: Any) -> Document | None:
        if method != "POST" or _object(body) != {"expire": True}:
            return None
        return {"expired": self.world.tokens.expire()}

    def _operations(self, method: str, rest: str, _query: Mapping[str, str], body: Any) -> Document | None:
        if method == "GET" and not rest:
            return {"operations": [each.summary() for each in self.world.operations]}
        operation = self.world.operations.get(rest)
        if operation is None:
            return None
        if method == "POST":
            self._decide(operation, body)
        return operation.summary()

    def _decide(self, operation: Operation, body: Any) -> None:
        """``{"hold": true}``, ``{"release": true}``, ``{"succeed": true}`` or ``{"fail": {"code", "message"}}``."""
        ((decision, rest),) = _object(body).items()
        operations = self.world.operations
        if decision == "fail":
            error = {"code": "InternalServerError", "message": "An error occurred.", **_object(rest)}
            operations.fail(operation, code=error["code"], message=error["message"])
        else:
            decide = {"hold": operations.hold, "release": operations.release, "succeed": operations.succeed}
            decide[decision](operation)

    def _governance(self, kind: str, method: str, name: str, _query: Mapping[str, str], body: Any) -> Document | None:
        """Principals, locks and policies: listed, put one by one as a seed has them, and removed."""
        known = self.world.governance.kinds()[kind]
        if method == "GET" and not name:
            return {kind: known.documents()}
        if method == "PUT" and name:
            known.put(name, _object(body))
            return {kind: known.documents()}
        return {kind: known.documents()} if method == "DELETE" and known.remove(name) else None

    def _requests(self, _method: str, _rest: str, query: Mapping[str, str], _body: Any) -> Document:
        return {"latest": self.journal.latest, "counts": self.journal.counts(int(query.get("since", 0)))}

    def _exchanges(self, _method: str, _rest: str, query: Mapping[str, str], _body: Any) -> Document:
        return {"latest": self.journal.latest, "exchanges": list(self.journal.since(int(query.get("since", 0))))}

    def _settings(self, method: str, _rest: str, _query: Mapping[str, str], body: Any) -> Document:
        if method == "PATCH":
            self.world.change_settings(_object(body))
        return asdict(self.world.settings)

    def _reset(self, method: str, _rest: str, _query: Mapping[str, str], body: Any) -> Document | None:
        if method != "POST":
            return None
        self.reset(body or None)
        return {"resources": len(self.world.store)}

    def _states(self, method: str, name: str, _query: Mapping[str, str], _body: Any) -> Document | None:
        """PUT keeps the present state of all resources under a name, POST starts anew from it."""
        if method == "PUT" and name:
            self.world.keep(name)
        elif method == "POST" and name:
            self.reset()
            self.world.go_back(name)
        else:
            return None
        return {"resources": len(self.world.store)}

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
        return type.show(resource)

    def _resource(self, method: str, id: str, body: Any) -> Document | None:
        if method != "GET":
            self.world.remember(seconds=self.faults.longest_stale)
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


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return copied(patch)
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _object(body: Any) -> Document:
    if not isinstance(body, dict):
        raise TypeError("a JSON object is required")
    return body
