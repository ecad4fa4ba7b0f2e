"""How much Azure lets through: ARM's token buckets, and what its resource providers count for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from arm_emulator.arm import ArmError, Call, front_door_error
from arm_emulator.clock import Clock
from arm_emulator.settings import Limits

Kind = Literal["reads", "writes", "deletes"]

_SUBSCRIPTION_FACTOR = 15
"""All principals of a subscription together have so many times as much."""
_WAIT_SECONDS = 2.0
_WINDOW_SECONDS = 300.0
_GRAIN = 0.001
"""What a token may lack: a clock of seconds since 1970 is no finer than a quarter of a microsecond, in which hundreds flow in a second."""


@dataclass(slots=True)
class _Bucket:
    size: int
    refill: int
    level: float
    at: float
    closed_until: float = 0.0

    def take(self, now: float) -> bool:
        """Take one token. An empty bucket stays closed for a while, and asking meanwhile starts that anew."""
        self.level = min(float(self.size), self.level + (now - self.at) * self.refill)
        self.at = now
        if now < self.closed_until or self.level < 1 - _GRAIN:
            self.closed_until = now + _WAIT_SECONDS
            return False
        self.level -= 1
        return True


@dataclass(slots=True, kw_only=True)
class Window:
    """So many of something in five minutes, which begin with the first."""

    clock: Clock
    limit: int
    used: int = 0
    until: float = 0.0

    def take(self, amount: int = 1) -> bool:
        """Count something, unless there is nothing left of it."""
        now = self.clock.now()
        if now >= self.until:
            self.used, self.until = 0, now + _WINDOW_SECONDS
        if self.used >= self.limit:
            return False
        self.used += amount
        return True

    @property
    def remaining(self) -> str:
        return str(max(0, self.limit - self.used))

    @property
    def retry_after(self) -> str:
        """A Retry-After header until there is something again."""
        return self.clock.at_least(max(1.0, self.until - self.clock.now()))


class Throttle:
    """The buckets and windows of one emulator, filled by the emulator's time."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self.limits = limits
        self._buckets: dict[tuple[str, str, Kind], _Bucket] = {}
        self._windows: dict[tuple[str, str], Window] = {}

    def admit(self, call: Call) -> dict[str, str]:
        """Take a request in and return its headers, or raise the 429 of a caller that asks too much.

        Microsoft's *Throttling requests* (2025): for each principal in a subscription, or in its tenant where none is named.
        """
        now, kind = self._clock.now(), kind_of(call)
        client = call.principal.client_id if call.principal else ""
        if call.path.subscription is None:
            tenant = call.principal.tenant_id if call.principal else ""
            own = self._bucket(f"tenant {tenant}", client, kind, now=now)
            if not own.take(now):
                raise self._refusal(f"tenant {tenant}")
            return {f"x-ms-ratelimit-remaining-tenant-{kind}": str(int(own.level))}
        own = self._bucket(call.path.subscription, client, kind, now=now)
        shared = self._bucket(call.path.subscription, "", kind, now=now, factor=_SUBSCRIPTION_FACTOR)
        if not own.take(now) or not shared.take(now):
            raise self._refusal(f"subscription {call.path.subscription}")
        return {
            f"x-ms-ratelimit-remaining-subscription-{kind}": str(int(own.level)),
            f"x-ms-ratelimit-remaining-subscription-global-{kind}": str(int(shared.level)),
        }

    def window(self, call: Call, counted: str, *, limit: int) -> Window:
        """What a resource provider counts of something in a subscription."""
        key = (str(call.path.subscription).lower(), counted)
        return self._windows.setdefault(key, Window(clock=self._clock, limit=limit))

    def _bucket(self, scope: str, principal: str, kind: Kind, *, now: float, factor: int = 1) -> _Bucket:
        key = (scope.lower(), principal, kind)
        if key not in self._buckets:
            size = getattr(self.limits, kind) * factor
            refill = getattr(self.limits, f"{kind}_a_second") * factor
            self._buckets[key] = _Bucket(size=size, refill=refill, level=size, at=now)
        return self._buckets[key]

    def _refusal(self, whose: str) -> ArmError:
        wait = self._clock.at_least(_WAIT_SECONDS)
        return front_door_error(
            429,
            "429",
            f"Request is temporarily throttled because {whose} has issued too many requests. Retry after {wait} seconds.",
            **{"Retry-After": wait},
        )


def kind_of(call: Call) -> Kind:
    """What a request counts as; polls are reads."""
    if call.method in ("GET", "HEAD"):
        return "reads"
    return "deletes" if call.method == "DELETE" else "writes"
