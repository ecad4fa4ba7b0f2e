"""How many requests are left of one of Azure's counts, at a time that the caller gives. Pure arithmetic."""

from __future__ import annotations

import math
from typing import Final

from workspace_gateway_network.azure.limits import WINDOW_SECONDS, Limit

_DUST: Final = 1e-9
"""What rounding may take from a request that has flowed in: waiting for that would be waiting for no time at all, over and over."""

_SURELY_OVER: Final = WINDOW_SECONDS + 1
"""Seconds after which a provider has begun to count anew: a little late rather than a little early."""
_OTHERS: Final = 0.1
"""The part of a resource provider's count that is left to others in the subscription: so much they may use between two of its words."""


class Bucket:
    """Requests that flow in steadily, up to so many, and are used up one by one."""

    def __init__(self, *, limit: Limit, now: float) -> None:
        self.limit = limit
        self._level = limit.capacity
        self._at = now
        self._blocked_until = now

    def level(self, now: float) -> float:
        """Requests left, or those that will be left at a later time. Below zero, some that were sent are more than there were."""
        return min(self.limit.capacity, self._level + max(0.0, now - self._at) * self.limit.per_second)

    def wait(self, now: float, *, ahead: float = 0) -> float:
        """Seconds until there is a request for the caller, behind so many others; 0 is now."""
        start = max(now, self._blocked_until)
        lacking = 1 + ahead - self.level(start)
        if lacking < _DUST:
            return start - now
        return start - now + lacking / self.limit.per_second if self.limit.per_second else math.inf

    def take(self, now: float) -> None:
        """Use one up."""
        self._set(now, self.level(now) - 1)

    def give_back(self, now: float) -> None:
        """One that was not used after all."""
        self._set(now, min(self.limit.capacity, self.level(now) + 1))

    def correct(self, now: float, *, remaining: float) -> None:
        """Azure counts less than we do: others share the bucket. It never counts more, for answers arrive out of order."""
        self._set(now, min(self.level(now), remaining))

    def block(self, now: float, *, seconds: float) -> None:
        """Azure refused, so there was nothing left: nothing goes out for so long, and then no more than has flowed in."""
        self.correct(now, remaining=0)
        self._blocked_until = max(self._blocked_until, now + seconds)

    def _set(self, now: float, level: float) -> None:
        self._level, self._at = level, now


class Window:
    """What a resource provider has left until its five minutes are over, by its own word.

    Neither when they began nor how many requests they hold is known, only what the headers of answers say. So no more than that is sent
    until a header says more, or five minutes are over: half of it at once, the rest spread over the time, so that something always
    flows and its answers tell when the count begins anew.
    """

    def __init__(self) -> None:
        self._until = math.inf
        self._bucket = Bucket(limit=Limit(capacity=math.inf, per_second=0), now=0)
        self._most = 0.0
        self._said = -math.inf
        self._said_at = -math.inf

    def left(self, now: float) -> float:
        """Requests that may go until the end; infinite before the first word."""
        self._renew(now)
        level, per_second = self._bucket.level(now), self._bucket.limit.per_second
        return level + per_second * (self._until - now) if per_second else level

    def wait(self, now: float, *, ahead: float = 0) -> float:
        """Seconds until one may go, behind so many others; 0 is now."""
        self._renew(now)
        return min(self._until - now, self._bucket.wait(now, ahead=ahead))

    def take(self, now: float) -> None:
        """Use one up."""
        self._renew(now)
        self._bucket.take(now)

    def give_back(self, now: float) -> None:
        """One that was not used after all."""
        self._bucket.give_back(now)

    def learn(self, now: float, *, remaining: float, in_flight: int, sent: float) -> None:
        """Take the provider's word from the answer to a request of `sent`. `in_flight`: what it may not have counted yet."""
        # Of two answers the later need not be the newer. It is where its request was sent after the other had arrived, and then
        # a count that has gone up has begun anew.
        is_newer = sent >= self._said_at
        self._most = max(self._most, remaining)
        sure = max(0.0, remaining - in_flight - _OTHERS * self._most)
        if is_newer and remaining > self._said:
            self._spread(now, sure, at_once=sure / 2, until=now + _SURELY_OVER)
        elif sure < self.left(now):
            self._spread(now, sure, at_once=min(sure / 2, max(0.0, self._bucket.level(now))), until=self._until)
        if is_newer:
            self._said, self._said_at = remaining, now

    def _renew(self, now: float) -> None:
        """After five minutes the provider has begun anew. Until its next word, what it once had is what it has; one, where it had none."""
        if now >= self._until:
            most = max(1.0, self._most * (1 - _OTHERS))
            self._spread(now, most, at_once=max(1.0, most / 2), until=now + _SURELY_OVER)

    def _spread(self, now: float, requests: float, *, at_once: float, until: float) -> None:
        self._until = until
        self._bucket = Bucket(limit=Limit(capacity=max(1.0, requests), per_second=(requests - at_once) / (until - now)), now=now)
        self._bucket.correct(now, remaining=at_once)
