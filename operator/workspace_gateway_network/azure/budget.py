"""The operator's share of Azure's request limits: token buckets per subscription and kind of request, urgent callers first.

Azure Resource Manager refills 25 reads, 10 writes and 10 deletes a second per subscription and principal, up to 250, 200 and 200
(Microsoft Learn, "Understand how Azure Resource Manager throttles requests"). A request before the end of a Retry-After starts a new
one, so a refused kind waits it out as a whole. Private DNS counts once more for itself, and allows far less.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

REMAINING = "x-ms-ratelimit-remaining-subscription-"
"""Begins the headers that say how much is left; `reads`, `writes`, `deletes` follow, with `global-` for all principals together.

Private DNS says `resource-requests` for whatever kind was asked, and `resource-entities-read` on lists (all recorded answers).
"""


class Kind(StrEnum):
    """What Azure counts apart; the values end the names of its headers."""

    READS = "reads"
    WRITES = "writes"
    DELETES = "deletes"

    @classmethod
    def of(cls, method: str) -> Kind:
        """What a request counts as. Polls of an operation are reads."""
        return {"GET": cls.READS, "DELETE": cls.DELETES}.get(method, cls.WRITES)


class Provider(StrEnum):
    """Who counts requests."""

    RESOURCE_MANAGER = "resource-manager"
    """Everything that is asked of Azure."""
    PRIVATE_DNS = "private-dns"
    """What is asked of private DNS, beside Azure Resource Manager's own count."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one request counts against."""

    subscription: str
    kind: Kind
    provider: Provider = Provider.RESOURCE_MANAGER

    @classmethod
    def of(cls, method: str, path: str) -> Share:
        """The share of a request for an ARM path."""
        is_private_dns = "/providers/microsoft.network/privatedns" in path.lower()
        provider = Provider.PRIVATE_DNS if is_private_dns else Provider.RESOURCE_MANAGER
        return cls(subscription=path.split("/")[2].lower(), kind=Kind.of(method), provider=provider)

    @property
    def counted_by(self) -> tuple[Share, ...]:
        """The shares that the request uses up, the one that is refilled faster first."""
        return (self,) if self.provider is Provider.RESOURCE_MANAGER else (replace(self, provider=Provider.RESOURCE_MANAGER), self)

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers of an answer that say how much of this share is left."""
        if self.provider is Provider.RESOURCE_MANAGER:
            return f"{REMAINING}{self.kind}", f"{REMAINING}global-{self.kind}"
        entities = (f"{REMAINING}resource-entities-read",) if self.kind is Kind.READS else ()
        return f"{REMAINING}resource-requests", *entities


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A bucket's size, and how many requests a second flow into it."""

    capacity: float
    per_second: float

    @classmethod
    def within(cls, *, requests: float, seconds: float) -> Limit:
        """No more than so many requests in any window of so many seconds: half of them at once, the others as time passes."""
        return cls(capacity=requests / 2, per_second=requests / 2 / seconds)


LIMITS: Mapping[Provider, Mapping[Kind, Limit]] = {
    Provider.RESOURCE_MANAGER: {
        Kind.READS: Limit(capacity=250, per_second=25),
        Kind.WRITES: Limit(capacity=200, per_second=10),
        Kind.DELETES: Limit(capacity=200, per_second=10),
    },
    # 500 reads in five minutes by Microsoft's documentation; the smallest count of writes in recorded answers begins at 800.
    Provider.PRIVATE_DNS: {
        Kind.READS: Limit.within(requests=500, seconds=300),
        Kind.WRITES: Limit.within(requests=800, seconds=300),
        Kind.DELETES: Limit.within(requests=800, seconds=300),
    },
}


class Exhausted(Exception):
    """No request is left, and none will be within the caller's patience. `seconds` until there is one."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no request left for {seconds:.1f} s")
        self.seconds = seconds


class Bucket:
    """How many requests are left at a time that the caller gives. Pure arithmetic."""

    def __init__(self, *, limit: Limit, now: float) -> None:
        self._limit = limit
        self._level = limit.capacity
        self._at = now
        self._blocked_until = now

    def level(self, now: float) -> float:
        """Requests left, or those that will be left at a later time."""
        return min(self._limit.capacity, self._level + max(0.0, now - self._at) * self._limit.per_second)

    def wait(self, now: float, *, ahead: int = 0) -> float:
        """Seconds until there is a request for the caller, behind so many others; 0 is now."""
        start = max(now, self._blocked_until)
        lacking = max(0.0, 1 + ahead - self.level(start))
        return start - now + lacking / self._limit.per_second

    def take(self, now: float) -> None:
        """Use one up."""
        self._set(now, self.level(now) - 1)

    def give_back(self, now: float) -> None:
        """One that was not used after all."""
        self._set(now, min(self._limit.capacity, self.level(now) + 1))

    def correct(self, now: float, *, remaining: float) -> None:
        """Azure counts less than we do: others share the bucket. It never counts more, for answers arrive out of order."""
        self._set(now, min(self.level(now), remaining))

    def block(self, now: float, *, seconds: float) -> None:
        """Azure refused: nothing goes out for so long."""
        self._blocked_until = max(self._blocked_until, now + seconds)

    def _set(self, now: float, level: float) -> None:
        self._level, self._at = level, now


@dataclass(order=True)
class _Waiter:
    urgency: int
    number: int
    deadline: float = field(compare=False)
    turn: asyncio.Future[None] = field(compare=False)


@dataclass
class _Line:
    """One bucket and those who wait at it."""

    bucket: Bucket
    waiters: list[_Waiter] = field(default_factory=list)
    server: asyncio.Task[None] | None = None


class Budget:
    """Lets requests go as fast as Azure allows: smaller urgency first, then first come first served."""

    def __init__(
        self,
        *,
        patience: float,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limits: Mapping[Provider, Mapping[Kind, Limit]] = LIMITS,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`patience` is how many seconds a caller may be kept waiting: a worker is better used elsewhere."""
        self._patience = patience
        self._now = now
        self._sleep = sleep
        self._limits = limits
        self._chance = chance
        self._lines: dict[Share, _Line] = {}
        self._numbers = itertools.count()

    async def acquire(self, share: Share, *, urgency: int) -> None:
        """Wait for leave to send one request.

        Raises:
            Exhausted: it would take longer than the patience.
        """
        acquired: list[Share] = []
        try:
            for each in share.counted_by:
                await self._acquire(each, urgency)
                acquired.append(each)
        except BaseException:
            self._give_back(acquired)
            raise

    def give_back(self, share: Share) -> None:
        """Return leave that was not used."""
        self._give_back(share.counted_by)

    def learn(self, share: Share, *, headers: Mapping[str, str]) -> None:
        """Take Azure's own count from an answer."""
        for each in share.counted_by:
            for name in each.headers:
                value = headers.get(name, "")
                if value.isdigit():
                    self._line(each).bucket.correct(self._now(), remaining=float(value))

    def refused(self, share: Share, *, seconds: float) -> None:
        """Azure said no for so many seconds. A little is added, for a request that comes too early starts a new wait."""
        line, now = self._line(share), self._now()
        line.bucket.block(now, seconds=seconds + 0.25 + self._chance())
        self._dismiss(line, now)

    def wait(self, share: Share) -> float:
        """Seconds until a request could go."""
        return max(self._line(each).bucket.wait(self._now()) for each in share.counted_by)

    def scarcity(self, share: Share) -> float:
        """How short requests are: 0 while more than half of the share is left, 1 when nothing is."""
        left = self._line(share).bucket.level(self._now()) / self._limits[share.provider][share.kind].capacity
        return min(1.0, max(0.0, 1.0 - 2.0 * left))

    async def close(self) -> None:
        """End the tasks that serve those who wait."""
        servers = [line.server for line in self._lines.values() if line.server]
        for server in servers:
            server.cancel()
        await asyncio.gather(*servers, return_exceptions=True)
        for waiter in [waiter for line in self._lines.values() for waiter in line.waiters]:
            waiter.turn.cancel()

    async def _acquire(self, share: Share, urgency: int) -> None:
        line, now = self._line(share), self._now()
        ahead = sum(1 for waiter in line.waiters if waiter.urgency <= urgency)
        wait = line.bucket.wait(now, ahead=ahead)
        if wait > self._patience:
            raise Exhausted(wait)
        if not line.waiters and not wait:
            line.bucket.take(now)
            return
        waiter = _Waiter(urgency, next(self._numbers), now + self._patience, asyncio.get_running_loop().create_future())
        heapq.heappush(line.waiters, waiter)
        if line.server is None or line.server.done():
            line.server = asyncio.create_task(self._serve(line), name=f"budget {share.subscription} {share.provider} {share.kind}")
        await waiter.turn

    def _give_back(self, shares: Iterable[Share]) -> None:
        for share in shares:
            self._line(share).bucket.give_back(self._now())

    def _line(self, share: Share) -> _Line:
        if share not in self._lines:
            self._lines[share] = _Line(bucket=Bucket(limit=self._limits[share.provider][share.kind], now=self._now()))
        return self._lines[share]

    async def _serve(self, line: _Line) -> None:
        while line.waiters:
            if wait := line.bucket.wait(self._now()):
                await self._sleep(wait)
                self._dismiss(line, self._now())
                continue
            waiter = heapq.heappop(line.waiters)
            if not waiter.turn.done():
                line.bucket.take(self._now())
                waiter.turn.set_result(None)

    def _dismiss(self, line: _Line, now: float) -> None:
        """Send away whoever would have to wait beyond their patience, and forget who left."""
        wait = line.bucket.wait(now)
        for waiter in line.waiters:
            if wait and not waiter.turn.done() and now + wait > waiter.deadline:
                waiter.turn.set_exception(Exhausted(wait))
        line.waiters[:] = [waiter for waiter in line.waiters if not waiter.turn.done()]
        heapq.heapify(line.waiters)
