"""How long each resource's gateways have been gone: one look that does not find them is not enough to take their records away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.runtime.ports import Key


class Absences:
    """Since when every look has proved that a resource's gateways are gone. In memory: a restart begins anew, which only waits longer."""

    def __init__(self, *, seconds: float, clock: Callable[[], datetime]) -> None:
        """`seconds` is how far apart two looks must lie."""
        self._apart = timedelta(seconds=seconds)
        self._clock = clock
        self._since: dict[Key, Mapping[ResourceId | None, datetime]] = {}

    def is_confirmed(self, key: Key, *, is_gone: bool, gateway_ids: Collection[ResourceId]) -> bool:
        """Note one look, and say whether looks that lie far enough apart agree.

        Args:
            key: Whose gateways.
            is_gone: Whether the look proved that none is there; one that does not prove it begins anew.
            gateway_ids: Those that are known by id. What was proved of others says nothing of one that came to be known since.
        """
        if not is_gone:
            self.forget(key)
            return False
        now, before = self._clock(), self._since.get(key, {})
        since = {each: before.get(each, now) for each in (None, *gateway_ids)}
        self._since[key] = since
        return now - max(since.values()) >= self._apart

    def forget(self, key: Key) -> None:
        """Drop what was noted for a resource."""
        self._since.pop(key, None)
