"""The emulator's time: it can run faster than the wall's, jump ahead, and stand still."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Seconds since 1970, running ``scale`` times as fast as real time."""

    def __init__(self, *, scale: float = 1.0) -> None:
        if scale <= 0:
            raise ValueError("the time scale must be positive")
        self.scale = scale
        self._started = time.monotonic()
        self._origin = time.time()
        self._runs = True

    def now(self) -> float:
        return self._origin + (time.monotonic() - self._started) * self.scale if self._runs else self._origin

    def stop(self) -> None:
        """Stand still: from now on time moves only by :meth:`advance`."""
        self._origin, self._runs = self.now(), False

    def start(self) -> None:
        """Run again, from where it stands."""
        self._origin, self._started, self._runs = self.now(), time.monotonic(), True

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time only moves ahead")
        self._origin += seconds

    def real(self, seconds: float) -> float:
        """How long ``seconds`` of the emulator's time take on the wall."""
        return seconds / self.scale

    def retry_after(self, seconds: float) -> str:
        """A Retry-After header for a wait of emulator seconds: what the client really has to wait, rounded."""
        return str(round(self.real(seconds)))

    def at_least(self, seconds: float) -> str:
        """A Retry-After header for a wait that must not be cut short: the same, rounded up."""
        return str(math.ceil(self.real(seconds)))

    def timestamp(self) -> str:
        """Now, as ARM writes times: ``2026-01-31T10:20:30.1234567Z``."""
        return datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


class Timeline:
    """What is going to happen by itself, in order of time.

    Nothing runs in the background: whoever is about to look at the world calls :meth:`settle` first, so that
    everything due has happened by then.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._moment: float | None = None

    def at(self, when: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._due, (when, next(self._order), happen))

    def after(self, seconds: float, happen: Callable[[], None]) -> None:
        """Let something happen some seconds after what is happening, or after now."""
        self.at((self._clock.now() if self._moment is None else self._moment) + seconds, happen)

    def settle(self) -> None:
        """Let everything due happen, in its order, with what follows from it however far time has jumped."""
        try:
            while self._due and self._due[0][0] <= self._clock.now():
                self._moment, _, happen = heapq.heappop(self._due)
                happen()
        finally:
            self._moment = None
