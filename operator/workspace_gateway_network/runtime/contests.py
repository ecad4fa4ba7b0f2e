"""Which fields somebody keeps changing back, and when each may be put right again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from workspace_gateway_network.planning.step import Field, Step
from workspace_gateway_network.runtime.ports import Key

_HOUR: Final = timedelta(hours=1)
_MOST: Final = 3
"""Corrections of one field in an hour that are nothing out of the ordinary."""
_OVER: Final = 2 * _HOUR
"""Without a correction for so long a fight is over: the longest wait, and an hour in which nobody changed it."""


@dataclass(frozen=True, kw_only=True)
class _Field:
    """What is remembered of one field."""

    corrections: tuple[datetime, ...] = ()
    """Those of the last hour."""
    wait: timedelta | None = None
    """The last one that it had to wait; None where there is no fight."""
    until: datetime | None = None

    def corrected(self, now: datetime, *, first_wait: timedelta) -> _Field:
        recent = (*(at for at in self.corrections if now - at < _HOUR), now)
        if self.wait is None and len(recent) <= _MOST:
            return replace(self, corrections=recent)
        wait = min(2 * self.wait, _HOUR) if self.wait else first_wait
        return _Field(corrections=recent, wait=wait, until=now + wait)


class Contests:
    """What was put right, how often. In memory: a restart counts anew, which only lets a fight go on for a few rounds more."""

    def __init__(self, *, first_wait_seconds: float, clock: Callable[[], datetime]) -> None:
        """Times are the clock's. Each wait is twice the one before, up to an hour."""
        self._first_wait = timedelta(seconds=first_wait_seconds)
        self._clock = clock
        self._fields: dict[Key, dict[Field, tuple[datetime, _Field]]] = {}

    def contested(self, key: Key) -> frozenset[Field]:
        """What must not be put right yet."""
        return frozenset(self._waits(key))

    def wait(self, key: Key) -> float | None:
        """Seconds until the first of these may be put right; None where there is none."""
        return min(self._waits(key).values(), default=None)

    def _waits(self, key: Key) -> Mapping[Field, float]:
        now = self._clock()
        known = {field: state.until for field, (_, state) in self._fields.get(key, {}).items()}
        return {field: (until - now).total_seconds() for field, until in known.items() if until is not None and now < until}

    def note(self, key: Key, steps: Iterable[Step], *, repairs: bool) -> None:
        """Steps that were carried out. What sets a field to a value that it was set to before is a correction, as is every repair."""
        now = self._clock()
        fields = {field: state for field, state in self._fields.get(key, {}).items() if now - state[0] < _OVER}
        for field in (field for step in steps for field in step.fields):
            known = fields.get(field)
            state = known[1] if known else _Field()
            fields[field] = (now, state.corrected(now, first_wait=self._first_wait) if known or repairs else state)
        if fields:
            self._fields[key] = fields
        else:
            self.forget(key)

    def forget(self, key: Key) -> None:
        """Drop what was noted for a resource."""
        self._fields.pop(key, None)
