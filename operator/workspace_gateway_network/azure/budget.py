"""The operator's share of Azure's request limits: reads and writes of one identity, by subscription, the urgent first.

A request that Azure refuses for its number costs more than one that waits: asking before the end of a Retry-After starts a new one
(Microsoft Learn, "Understand how Azure Resource Manager throttles requests"). So the operator counts along, takes Azure's own counts from
the headers of every answer, and lets go what Azure will take. Who would have to wait for long is told when to come back.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from workspace_gateway_network.azure.bucket import Bucket, Window
from workspace_gateway_network.azure.limits import LIMITS, WINDOW_SECONDS, Draft, Limit, Limits, Provider, Share
from workspace_gateway_network.runtime.azure_metrics import Count

_YIELDING = 1 / 3
"""The part of the patience for which a request lets those of the next higher urgency pass: even the least urgent gets its turn in time."""

_LATE = 0.001
"""Seconds by which a turn comes late rather than early: Azure's arithmetic rounds differently."""


_SHORTEST_UNSAID, _LONGEST_UNSAID = 5.0, 60.0
"""Seconds to wait after a refusal that does not say how long: at first, and at most."""
_SOON = 5.0
"""Seconds that a pass may come later than its wait is over."""


class Exhausted(Exception):
    """No request is left, and none will be within the caller's patience. `seconds` until it is the caller's turn."""

    def __init__(self, share: Share, seconds: float) -> None:
        super().__init__(f"no request of {share} left for {seconds:.1f} s")
        self.share = share
        self.seconds = seconds


@dataclass(order=True)
class _Waiter:
    place: float
    number: int
    since: float = field(compare=False)
    deadline: float = field(compare=False)
    turn: asyncio.Future[None] = field(compare=False)


class _Line:
    """One share: what is left of it, who waits for it, and what is under way."""

    def __init__(self, *, share: Share, limit: Limit, now: float) -> None:
        self.share = share
        self.bucket = Bucket(limit=limit, now=now)
        self.window = Window() if share.provider is Provider.PRIVATE_DNS else None
        self.waiters: list[_Waiter] = []
        self.server: asyncio.Task[None] | None = None
        self.in_flight = 0
        self._unsaid, self._refused_at = 0.0, now
        self._put_off = Bucket(limit=limit, now=now)

    def left(self, now: float) -> float:
        left = self.bucket.level(now)
        return min(left, self.window.left(now)) if self.window else left

    def wait(self, now: float, *, ahead: float = 0) -> float:
        wait = self.bucket.wait(now, ahead=ahead)
        return max(wait, self.window.wait(now, ahead=ahead)) if self.window else wait

    def take(self, now: float) -> None:
        self.in_flight += 1
        self.bucket.take(now)
        if self.window:
            self.window.take(now)

    def give_back(self, now: float) -> None:
        self.in_flight -= 1
        self.bucket.give_back(now)
        if self.window:
            self.window.give_back(now)

    def settle(self, now: float, *, headers: Mapping[str, str], sent: float) -> None:
        self.in_flight -= 1
        said = [float(value) for name in self.share.headers if (value := headers.get(name, "")).isdigit()]
        if not said:
            return
        self.bucket.correct(now, remaining=min(said) - self.in_flight)
        if self.window:
            self.window.learn(now, remaining=min(said), in_flight=self.in_flight, sent=sent)

    def put_off(self, now: float, *, ahead: float) -> Exhausted:
        """Tell one to come back when it is its turn, behind all who were told so: else they would come together, and in vain."""
        promised = self._put_off.limit.capacity - self._put_off.level(now)
        self._put_off.take(now)
        soonest = self.wait(now, ahead=ahead)
        return Exhausted(self.share, min(self.wait(now, ahead=ahead + promised), max(soonest, WINDOW_SECONDS)))

    def longer_wait(self, now: float) -> float:
        """Seconds to wait after a refusal that does not say: twice those of the last one where that was just now."""
        is_again = now - self._refused_at < 2 * self._unsaid + _SOON
        self._unsaid = min(2 * self._unsaid, _LONGEST_UNSAID) if is_again and self._unsaid else _SHORTEST_UNSAID
        self._refused_at = now
        return self._unsaid


class Budget:
    """Lets requests go as fast as Azure allows: the more urgent first, then first come first served, and nobody yields for ever."""

    def __init__(
        self,
        *,
        patience: float,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limits: Limits = LIMITS,
        chance: Callable[[], float] = random.random,
        waited: Callable[[Share, float], None] = lambda share, seconds: None,  # noqa: ARG005
    ) -> None:
        """`patience` is how many seconds a caller may be kept waiting: a worker is better used elsewhere. `waited` hears of each wait."""
        self._patience = patience
        self.now = now
        self._sleep = sleep
        self._limits = limits
        self._chance = chance
        self._waited = waited
        self._lines: dict[Share, _Line] = {}
        self._numbers = itertools.count()

    async def acquire(self, draft: Draft, *, urgency: int) -> None:
        """Wait for leave to send one request. Afterwards it is settled, or given back.

        Raises:
            Exhausted: it would take longer than the patience.
        """
        acquired: list[Share] = []
        try:
            for each in draft.shares:
                await self._acquire(self._line(each), urgency)
                acquired.append(each)
        except BaseException:
            self._give_back(acquired)
            raise

    def give_back(self, draft: Draft) -> None:
        """Return leave that was not used."""
        self._give_back(draft.shares)

    def settle(self, draft: Draft, *, headers: Mapping[str, str], sent: float) -> None:
        """A request that was sent at a time is over; the headers of its answer, none where it had none, tell of Azure's own counts."""
        now = self.now()
        for each in draft.shares:
            self._line(each).settle(now, headers=headers, sent=sent)

    def refused(self, share: Share, *, seconds: float | None) -> float:
        """Azure said no for so many seconds, or did not say for how many: then the wait doubles as long as it keeps saying no.

        A little is added, for a request that comes too early starts a new wait. Returns the seconds until the share is open again.
        """
        line, now = self._line(share), self.now()
        wait = (line.longer_wait(now) if seconds is None else seconds) + 0.25 + self._chance()
        line.bucket.block(now, seconds=wait)
        self._dismiss(line, now)
        return wait

    def wait(self, draft: Draft) -> float:
        """Seconds until a request could go."""
        return max(self._line(each).wait(self.now()) for each in draft.shares)

    def scarcity(self, draft: Draft) -> float:
        """How short the provider's requests are: 0 while more than half of them is left, 1 when nothing is."""
        line = self._line(draft.provider)
        return min(1.0, max(0.0, 1.0 - 2.0 * line.left(self.now()) / line.bucket.limit.capacity))

    def counts(self) -> Iterable[Count]:
        """What is left of each share that was drawn on, and how many wait for it."""
        now = self.now()
        for share, line in tuple(self._lines.items()):
            waiting = sum(1 for waiter in line.waiters if not waiter.turn.done())
            yield Count(scope=str(share), left=max(0.0, line.left(now)), waiting=waiting)

    async def close(self) -> None:
        """End the tasks that serve those who wait, and the waits."""
        servers = [line.server for line in self._lines.values() if line.server]
        for server in servers:
            server.cancel()
        await asyncio.gather(*servers, return_exceptions=True)
        for waiter in [waiter for line in self._lines.values() for waiter in line.waiters]:
            waiter.turn.cancel()

    async def _acquire(self, line: _Line, urgency: int) -> None:
        now = self.now()
        place = now + urgency * self._patience * _YIELDING
        ahead = sum(1 for waiter in line.waiters if waiter.place <= place)
        wait = line.wait(now, ahead=ahead)
        if wait > self._patience:
            raise line.put_off(now, ahead=ahead)
        if not line.waiters and not wait:
            line.take(now)
            return
        waiter = _Waiter(place, next(self._numbers), now, now + self._patience, asyncio.get_running_loop().create_future())
        heapq.heappush(line.waiters, waiter)
        if line.server is None or line.server.done():
            line.server = asyncio.create_task(self._serve(line), name=f"budget of {line.share}")
        try:
            await waiter.turn
        except asyncio.CancelledError:
            # The turn may have come in the same moment.
            if waiter.turn.done() and not waiter.turn.cancelled() and waiter.turn.exception() is None:
                line.give_back(self.now())
            raise
        finally:
            self._waited(line.share, self.now() - now)

    def _give_back(self, shares: Iterable[Share]) -> None:
        for share in shares:
            self._line(share).give_back(self.now())

    def _line(self, share: Share) -> _Line:
        if share not in self._lines:
            self._lines[share] = _Line(share=share, limit=self._limits[share.provider][share.kind], now=self.now())
        return self._lines[share]

    async def _serve(self, line: _Line) -> None:
        while line.waiters:
            if wait := line.wait(self.now()):
                await self._sleep(wait + _LATE)
                self._dismiss(line, self.now())
                continue
            waiter = heapq.heappop(line.waiters)
            if not waiter.turn.done():
                line.take(self.now())
                waiter.turn.set_result(None)

    def _dismiss(self, line: _Line, now: float) -> None:
        """Send away whoever would have to wait beyond their patience, and forget who left."""
        wait = line.wait(now)
        line.waiters[:] = sorted(waiter for waiter in line.waiters if not waiter.turn.done())
        for ahead, waiter in enumerate(tuple(line.waiters)):
            if wait and now + wait > waiter.deadline:
                waiter.turn.set_exception(line.put_off(now, ahead=ahead))
        line.waiters[:] = [waiter for waiter in line.waiters if not waiter.turn.done()]
