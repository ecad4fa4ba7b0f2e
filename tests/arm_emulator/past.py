"""Earlier states of the world, for readers that are to see stale ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arm_emulator.clock import Clock
from arm_emulator.store import Resource, Store


@dataclass(slots=True)
class _State:
    """What there was until a change, put into a store when somebody looks at it."""

    until: float
    resources: Mapping[str, Resource]
    store: Store | None = None


class Past:
    """What there was just before each change, for as long as somebody may want to see it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._states: list[_State] = []

    def remember(self, store: Store, *, seconds: float) -> None:
        """Keep the present state, which is about to change, and forget those that changed more than so many seconds ago."""
        now = self._clock.now()
        latest = self._states[-1].resources if self._states else {}
        self._states = [each for each in self._states if each.until >= now - seconds]
        self._states.append(_State(now, store.snapshot(like=latest)))

    def before(self, *, seconds: float) -> Store | None:
        """The state before the first change of the last so many seconds, only to be read; ``None`` where nothing has changed since."""
        since = self._clock.now() - seconds
        state = next((each for each in self._states if each.until >= since), None)
        if state is not None and state.store is None:
            state.store = Store.holding(state.resources.values())
        return state.store if state else None
