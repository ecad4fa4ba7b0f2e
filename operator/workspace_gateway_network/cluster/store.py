"""The custom resources as they were last seen: by the watch, by a sweep, or in the answer to our own write.

These three bring versions of a resource in any order. A watch event may be older than the answer to a patch that we have just seen, and a
list may have been made before a deletion that the watch has told us of. So the newer resourceVersion wins. Since Kubernetes 1.35 they may
be compared as numbers (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions), which they have always been; one
that isn't a number is taken to be newer, as if versions could not be compared at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, Protocol

from workspace_gateway_network.api.names import DELETION_POLICY_OVERRIDE, RECONCILE_REQUESTED_AT
from workspace_gateway_network.model.json import JsonObject, child, text, texts
from workspace_gateway_network.runtime.ports import Key

_UNKNOWN_VERSION: Final = float("inf")


class Listener(Protocol):
    """Who acts on what the store has learned."""

    def changed(self, key: Key) -> None:
        """A resource is new, or something has changed that a reconcile depends on."""

    def gone(self, key: Key) -> None:
        """A resource does not exist any more."""


class Store:
    """Every custom resource by its key. Filled on one event loop only."""

    def __init__(self, *, listener: Listener) -> None:
        self._listener = listener
        self._resources: dict[Key, JsonObject] = {}
        self._graves: dict[Key, float] = {}

    def get(self, key: Key) -> JsonObject | None:
        """The resource as it was last seen; None when it does not exist."""
        return self._resources.get(key)

    def all(self) -> tuple[JsonObject, ...]:
        """All resources."""
        return tuple(self._resources.values())

    def others(self, key: Key) -> Iterable[JsonObject]:
        """All resources but this one."""
        return [resource for other, resource in self._resources.items() if other != key]

    def seen(self, resource: JsonObject) -> None:
        """Take a resource from the watch."""
        key, before = key_of(resource), self._resources.get(key_of(resource))
        if before is not None and version_of(before) >= version_of(resource) != _UNKNOWN_VERSION:
            return
        self._resources[key] = _slim(resource)
        if before is not None and uid_of(before) != uid_of(resource):
            self._listener.gone(key)  # deleted and made anew, and the watch was away meanwhile
        if before is None or _calls_for_a_reconcile(before, resource):
            self._listener.changed(key)

    def written(self, resource: JsonObject) -> None:
        """Take a resource from the answer to our own patch, and tell nobody.

        Only in place of an older version: where the resource is missing, the watch has told of its deletion already.
        """
        key = key_of(resource)
        before = self._resources.get(key)
        if before is not None and uid_of(before) == uid_of(resource) and version_of(before) < version_of(resource):
            self._resources[key] = _slim(resource)

    def deleted(self, resource: JsonObject) -> None:
        """Take the watch's word that a resource is gone; the body is its last, with the resourceVersion of the deletion."""
        key = key_of(resource)
        self._graves[key] = version_of(resource)
        before = self._resources.get(key)
        if before is not None and version_of(before) <= version_of(resource):
            del self._resources[key]
            self._listener.gone(key)

    def sweep_begins(self) -> None:
        """Remember deletions from now on: the list that is about to be asked for may still have what they deleted."""
        self._graves.clear()

    def swept(self, resources: Collection[JsonObject], *, version: str) -> None:
        """Take a complete list, made at that resourceVersion: what it lacks and was last seen before is gone."""
        listed = {key_of(resource) for resource in resources}
        for resource in resources:
            if version_of(resource) > self._graves.get(key_of(resource), -1.0):
                self.seen(resource)
        for key in self._resources.keys() - listed:
            if version_of(self._resources[key]) <= as_number(version):
                del self._resources[key]
                self._listener.gone(key)


def key_of(resource: JsonObject) -> Key:
    """The namespace and name of a resource."""
    metadata = child(resource, "metadata")
    return Key(namespace=text(metadata, "namespace"), name=text(metadata, "name"))


def uid_of(resource: JsonObject) -> str:
    """What tells a resource from a later one of the same name."""
    return text(child(resource, "metadata"), "uid")


def version_of(resource: JsonObject) -> float:
    """The resourceVersion of a resource as a number."""
    return as_number(text(child(resource, "metadata"), "resourceVersion"))


def as_number(version: str) -> float:
    """A resourceVersion as a number; infinite where it is none."""
    return int(version) if version.isdecimal() else _UNKNOWN_VERSION


def _calls_for_a_reconcile(before: JsonObject, after: JsonObject) -> bool:
    """Whether something changed that a reconcile depends on. Our own status writes change none of it, nor do labels."""
    if _asked_for(before) != _asked_for(after):
        return True
    # Whoever removes the request asks for nothing: Flux does it when it reverts a person's `kubectl annotate`.
    request = _annotation(after, RECONCILE_REQUESTED_AT)
    return bool(request) and request != _annotation(before, RECONCILE_REQUESTED_AT)


def _asked_for(resource: JsonObject) -> tuple[object, ...]:
    metadata = child(resource, "metadata")
    return (
        uid_of(resource),
        metadata.get("generation"),
        metadata.get("deletionTimestamp"),
        texts(metadata, "finalizers"),
        _annotation(resource, DELETION_POLICY_OVERRIDE),
    )


def _annotation(resource: JsonObject, name: str) -> str:
    return text(child(child(resource, "metadata"), "annotations"), name)


def _slim(resource: JsonObject) -> JsonObject:
    """The resource without who manages which field, which is half of its size and nothing to us."""
    metadata = {name: value for name, value in child(resource, "metadata").items() if name != "managedFields"}
    return {**resource, "metadata": metadata}
