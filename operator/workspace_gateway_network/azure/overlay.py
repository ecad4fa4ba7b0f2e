"""What single reads know better than lists: the newest reading of each resource, and which resources we wrote.

A list may have begun before a write, or lag behind it. So whatever was read alone later than a list began stands in front of it, and
what was written is read alone again until a list that began after the write says the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from workspace_gateway_network.azure.failure import Failure
from workspace_gateway_network.azure.wire import same_content
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.model.resource_id import ResourceId

_KEPT = 3600.0
"""Seconds that a reading is kept when no list replaces it; nobody asks for one that old."""


@dataclass(frozen=True)
class Gone:
    """Azure said that it does not exist; the failure says whether it or a parent is missing."""

    failure: Failure


Single = JsonObject | Gone | Failure
"""One resource, read alone: its document, its absence, or why neither is known."""


@dataclass(frozen=True)
class Reading:
    """A resource as it was at some time, or its absence."""

    began: float
    content: JsonObject | Gone


class Overlay:
    """Readings and writes by resource id. Times are those of one monotonic clock."""

    def __init__(self) -> None:
        self._readings: dict[ResourceId, Reading] = {}
        self._written: dict[ResourceId, float] = {}

    def record(self, resource_id: ResourceId, *, began: float, content: JsonObject | Gone) -> None:
        """Keep a reading, unless a later one is there already."""
        known = self._readings.get(resource_id)
        if known is None or known.began <= began:
            self._readings[resource_id] = Reading(began, content)
        for old in [other for other, reading in self._readings.items() if reading.began < began - _KEPT]:
            del self._readings[old]

    def touch(self, resource_id: ResourceId, *, at: float) -> None:
        """It was written, or may have been: what was read before says nothing any more."""
        self._written[resource_id] = max(at, self._written.get(resource_id, at))

    def written_at(self, resource_id: ResourceId) -> float | None:
        """When we last wrote it, while lists do not show that yet."""
        return self._written.get(resource_id)

    def newer_than(self, resource_id: ResourceId, *, began: float) -> Reading | None:
        """The reading that stands in front of a list begun then. An older one is dropped, for the list knows better."""
        known = self._readings.get(resource_id)
        if known is None:
            return None
        if known.began > began:
            return known
        if resource_id not in self._written:
            del self._readings[resource_id]
        return None

    def settle(self, resource_id: ResourceId, *, began: float, listed: JsonObject | None, alone: Single) -> None:
        """Compare a list with a single read, both from after the write: where they agree, lists are good enough again."""
        written = self._written.get(resource_id)
        if written is None or began <= written or isinstance(alone, Failure):
            return
        if same_content(listed, None if isinstance(alone, Gone) else alone):
            del self._written[resource_id]

    def ids_below(self, parent: ResourceId, kind: str) -> tuple[ResourceId, ...]:
        """The children of one kind that more is known of than lists show."""
        prefix = f"{parent.key}/{kind.lower()}/"
        return tuple(known for known in {**self._readings, **self._written} if known.key.startswith(prefix))
