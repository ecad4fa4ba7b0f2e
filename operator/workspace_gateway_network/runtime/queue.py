"""The work queue: which key is worked on next, and when a key is due again.

Made like the one of client-go, with urgencies: a key is in it once, however often it was added; it is never given to two workers at a
time; and what is added while a worker has it is done again afterwards, so that no change is missed. Everything happens on one event
loop, whose clock is the only one.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from workspace_gateway_network.runtime.backoff import Backoff
from workspace_gateway_network.runtime.ports import Key, Urgency

YIELDING: Final = 60.0
"""Seconds for which a key lets those of the next higher urgency pass, so that a busy operator still looks at all."""

RESYNC_JITTER: Final = 0.1
"""A resync comes earlier by up to this part of its interval, and never later than asked."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """A key that a worker has, and how urgent it was."""

    key: Key
    urgency: int


class QueueObserver(Protocol):
    """Who counts what the queue does."""

    def queue_added(self) -> None:
        """A key was queued, or marked to be done again."""

    def queue_taken(self, *, waited: float) -> None:
        """A worker took a key that had been due for so many seconds."""

    def queue_done(self, *, worked: float) -> None:
        """A worker finished a key after so many seconds."""

    def queue_retried(self) -> None:
        """A key was put off after a failure."""


@dataclass(frozen=True)
class _Queued:
    urgency: int
    turn: int
    since: float


@dataclass(frozen=True)
class _Delayed:
    due: float
    urgency: int
    timer: asyncio.TimerHandle


class WorkQueue:
    """Keys that are due now, by urgency and then in turn, but none for ever behind others; and keys that will be due later.

    Made inside the event loop that uses it.
    """

    def __init__(self, *, observer: QueueObserver, backoff: Backoff | None = None, draw: Callable[[], float] = random.random) -> None:
        """`draw` gives numbers from 0 to 1 for the jitter of resyncs."""
        self._loop = asyncio.get_running_loop()
        self._observer = observer
        self._backoff = backoff or Backoff()
        self._draw = draw
        self._turns = itertools.count()
        self._heap: list[tuple[float, int, Key]] = []
        self._queued: dict[Key, _Queued] = {}
        self._delayed: dict[Key, _Delayed] = {}
        self._worked_on: dict[Key, float] = {}
        self._again: dict[Key, int] = {}
        self._arrival = asyncio.Event()
        self._closed = False

    # Adding.

    def add(self, key: Key, urgency: int) -> None:
        """Make a key due now. It goes up in the order where it is queued already and was less urgent."""
        if self._closed:
            return
        if key in self._worked_on:
            if key not in self._again:
                self._observer.queue_added()
            self._again[key] = min(urgency, self._again.get(key, urgency))
        elif (queued := self._queued.get(key)) is None:
            self._observer.queue_added()
            self._push(key, urgency, since=self._loop.time())
        elif urgency < queued.urgency:
            self._push(key, urgency, since=queued.since)

    def add_after(self, key: Key, delay: float, urgency: int) -> None:
        """Make a key due in so many seconds. Of several such requests the earliest counts."""
        due = self._loop.time() + max(0.0, delay)
        earlier = self._delayed.get(key)
        if self._closed or (earlier is not None and earlier.due <= due):
            return
        self._drop_delayed(key)
        self._delayed[key] = _Delayed(due, urgency, self._loop.call_at(due, self._fall_due, key))

    def resync_after(self, key: Key, interval: float) -> None:
        """Make a key due for a look within the interval, in its last tenth."""
        self.add_after(key, interval * (1 - RESYNC_JITTER * self._draw()), Urgency.RESYNC)

    def retry(self, key: Key, urgency: int, *, at_most: float | None = None, at_least: float = 0.0) -> float:
        """Put a key off after a failure, and return for how many seconds: longer with every failure in a row."""
        delay = max(self._backoff.next(key), at_least)
        if at_most is not None:
            delay = min(delay, at_most)
        self._observer.queue_retried()
        self.add_after(key, delay, urgency)
        return delay

    def forget(self, key: Key) -> None:
        """End the key's row of failures."""
        self._backoff.forget(key)

    # Working.

    async def get(self) -> Work | None:
        """Wait for the next key and take it; None once the queue is closed, whatever is left in it. `done` gives it back."""
        while not self._closed:
            if (work := self._take()) is not None:
                return work
            self._arrival.clear()
            await self._arrival.wait()
        return None

    def done(self, key: Key) -> None:
        """Give a key back. It is due at once if it was added meanwhile."""
        now = self._loop.time()
        self._observer.queue_done(worked=now - self._worked_on.pop(key))
        if (urgency := self._again.pop(key, None)) is not None and not self._closed:
            self._push(key, urgency, since=now)

    def close(self) -> None:
        """Give no more keys, and take none. Keys that workers have are finished by them."""
        self._closed = True
        for key in tuple(self._delayed):
            self._drop_delayed(key)
        self._arrival.set()

    # What is measured. Copies, because a scrape reads them from another thread.

    @property
    def depth(self) -> int:
        """How many keys are due and wait for a worker."""
        return len(self._queued)

    @property
    def longest_running(self) -> float:
        """The seconds that the slowest worker has had its key; 0 when none has one."""
        now = self._loop.time()
        return max((now - since for since in tuple(self._worked_on.values())), default=0.0)

    @property
    def unfinished(self) -> float:
        """The seconds that all workers together have had their keys."""
        now = self._loop.time()
        return sum(now - since for since in tuple(self._worked_on.values()))

    # Inside.

    def _push(self, key: Key, urgency: int, *, since: float) -> None:
        turn = next(self._turns)
        self._queued[key] = _Queued(urgency, turn, since)
        heapq.heappush(self._heap, (since + urgency * YIELDING, turn, key))
        self._arrival.set()

    def _take(self) -> Work | None:
        while self._heap:
            _, turn, key = heapq.heappop(self._heap)
            queued = self._queued.get(key)
            if queued is None or queued.turn != turn:
                continue  # left behind when the key was lifted
            del self._queued[key]
            # Its worker will say when it is due again, so what was asked for earlier is void: else an old resync
            # would come on top of each new one.
            self._drop_delayed(key)
            now = self._loop.time()
            self._worked_on[key] = now
            self._observer.queue_taken(waited=now - queued.since)
            return Work(key=key, urgency=queued.urgency)
        return None

    def _fall_due(self, key: Key) -> None:
        self.add(key, self._delayed.pop(key).urgency)

    def _drop_delayed(self, key: Key) -> None:
        if (delayed := self._delayed.pop(key, None)) is not None:
            delayed.timer.cancel()
