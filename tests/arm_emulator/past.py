"""Earlier states of the world, for readers that are to see stale ones."""

from __future__ import annotations

from arm_emulator.clock import Clock
from arm_emulator.store import Store


class Past:
    """What there was just before each change, for as long as somebody may want to see it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._states: list[tuple[float, Store]] = []

    def remember(self, store: Store, *, seconds: float) -> None:
        """Keep the present state, which is about to change, and forget those that changed more than so many seconds ago."""
        now = self._clock.now()
        self._states = [(until, state) for until, state in self._states if until >= now - seconds]
        self._states.append((now, store.copy()))

    def before(self, *, seconds: float) -> Store | None:
        """The state before the first change of the last so many seconds; ``None`` where nothing has changed since."""
        since = self._clock.now() - seconds
        return next((state for until, state in self._states if until >= since), None)
