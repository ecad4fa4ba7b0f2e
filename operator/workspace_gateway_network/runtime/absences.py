"""How long each resource's gateway has been gone: one look that does not find it is not enough to take its record away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from workspace_gateway_network.runtime.ports import Key


class Absences:
    """Since when every look has proved that a resource's gateway is gone. In memory: a restart begins anew, which only waits longer."""

    def __init__(self, *, seconds: float, clock: Callable[[], datetime]) -> None:
        """`seconds` is how far apart two looks must lie."""
        self._apart = timedelta(seconds=seconds)
        self._clock = clock
        self._since: dict[Key, datetime] = {}

    def is_confirmed(self, key: Key, *, is_gone: bool) -> bool:
        """Note one look, and say whether looks that lie far enough apart agree. One that does not prove it begins anew."""
        if not is_gone:
            self.forget(key)
            return False
        now = self._clock()
        return now - self._since.setdefault(key, now) >= self._apart

    def forget(self, key: Key) -> None:
        """Drop what was noted for a resource."""
        self._since.pop(key, None)
