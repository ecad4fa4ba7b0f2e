"""Every resource that the emulated Azure holds, in one object."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from arm_emulator.arm import Document, copied

_FAMILY = f"{random.getrandbits(32):08x}-{random.getrandbits(16):04x}-4{random.getrandbits(12):03x}-a{random.getrandbits(12):03x}"
_numbers = itertools.count(random.getrandbits(40))


def new_guid() -> str:
    """A guid that nothing else has, as Azure names operations, etags and resources. Counting is cheaper than chance."""
    return f"{_FAMILY}-{next(_numbers):012x}"


@dataclass(slots=True, kw_only=True)
class Resource:
    """One resource.

    ``document`` is what its writer may set, whole and unknown fields included (``location``, ``tags``, ``sku``,
    ``properties`` …); ``generated`` are the properties that Azure makes. ``id`` keeps the spelling of its creator, ``key`` is the
    same in lower case.
    """

    id: str
    type: str
    document: Document
    generated: Document = field(default_factory=dict)
    provisioning_state: str = "Succeeded"
    etag: str = field(default_factory=new_guid)
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = self.id.lower()

    def copy(self) -> Resource:
        return replace(self, document=copied(self.document), generated=copied(self.generated))

    @property
    def name(self) -> str:
        return self.id.rsplit("/", 1)[1]

    @property
    def properties(self) -> Document:
        properties: Document = self.document.setdefault("properties", {})
        return properties

    @property
    def location(self) -> str:
        return str(self.document.get("location", ""))


class Store:
    """Resources by lower-cased id, with their children, their types, and who refers to whom.

    ``removed`` is told the key of each resource that goes.
    """

    def __init__(self, *, removed: Callable[[str], None] = lambda _key: None) -> None:
        self._removed = removed
        self._resources: dict[str, Resource] = {}
        self._by_type: dict[str, dict[str, Resource]] = {}
        self._children: dict[str, dict[str, Resource]] = {}
        self._referrers: dict[str, dict[str, Resource]] = {}
        self._references: dict[str, set[str]] = {}

    def snapshot(self, *, like: Mapping[str, Resource]) -> dict[str, Resource]:
        """Copies of all resources as they are now; those of an earlier snapshot serve again where they are still the same."""
        return {key: like[key] if like.get(key) == each else each.copy() for key, each in self._resources.items()}

    @classmethod
    def holding(cls, resources: Iterable[Resource], *, removed: Callable[[str], None] = lambda _key: None) -> Store:
        """A store of these resources."""
        store = cls(removed=removed)
        for each in resources:
            store.put(each)
        return store

    def __len__(self) -> int:
        return len(self._resources)

    def __iter__(self) -> Iterator[Resource]:
        return iter(list(self._resources.values()))

    def get(self, id: str) -> Resource | None:
        return self._resources.get(id.lower())

    def put(self, resource: Resource) -> None:
        """Add a resource, or note that its document has changed."""
        key = resource.key
        if key not in self._resources:
            self._resources[key] = resource
            self._by_type.setdefault(resource.type.lower(), {})[key] = resource
            self._children.setdefault(_parent(key), {})[key] = resource
        self._refer(resource)

    def remove(self, id: str) -> None:
        """Take a resource out, with everything nested in it."""
        key = id.lower()
        for child in list(self._children.get(key, ())):
            self.remove(child)
        resource = self._resources.pop(key, None)
        if resource is None:
            return
        del self._by_type[resource.type.lower()][key]
        del self._children[_parent(key)][key]
        self._children.pop(key, None)
        self._forget_references(key)
        self._removed(key)

    def of_type(self, type: str, *, below: str = "") -> list[Resource]:
        """All resources of a type, oldest first, whose id lies below a subscription or resource group."""
        start = below.lower() + "/"
        return [each for key, each in self._by_type.get(type.lower(), {}).items() if key.startswith(start)]

    def children(self, id: str, type: str) -> list[Resource]:
        """The resources of one type directly in a resource, oldest first."""
        wanted = type.lower()
        return [each for each in self._children.get(id.lower(), {}).values() if each.type.lower() == wanted]

    def count_children(self, id: str) -> int:
        """How many resources of all types are directly in a resource."""
        return len(self._children.get(id.lower(), ()))

    def referrers(self, id: str) -> list[Resource]:
        """The resources whose document names this id."""
        return list(self._referrers.get(id.lower(), {}).values())

    def _refer(self, resource: Resource) -> None:
        references: set[str] = set()
        _collect_references(resource.document, references)
        if references == self._references.get(resource.key, set()):
            return
        self._forget_references(resource.key)
        self._references[resource.key] = references
        for target in references:
            self._referrers.setdefault(target, {})[resource.key] = resource

    def _forget_references(self, key: str) -> None:
        for target in self._references.pop(key, ()):
            self._referrers[target].pop(key, None)


def _collect_references(value: Document | list[Any], found: set[str]) -> None:
    """Add the lower-cased ARM ids that a document refers to: the ``id`` of a nested object."""
    if isinstance(value, list):
        for each in value:
            if isinstance(each, (dict, list)):
                _collect_references(each, found)
        return
    for name, each in value.items():
        if isinstance(each, (dict, list)):
            _collect_references(each, found)
        elif name == "id" and isinstance(each, str) and each[:15].lower() == "/subscriptions/":
            found.add(each.lower())


def _parent(key: str) -> str:
    return key.rsplit("/", 2)[0]
