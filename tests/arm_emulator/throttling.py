"""Azure's token buckets: per region, subscription, service principal and kind of request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from arm_emulator.arm import ArmError, front_door_error
from arm_emulator.clock import Clock

Kind = Literal["reads", "writes", "deletes"]

_SIZES: dict[Kind, tuple[int, int]] = {"reads": (250, 25), "writes": (200, 10), "deletes": (200, 10)}
"""Tokens in a full bucket, and tokens that come back each second (Microsoft's *Throttling requests*, 2025)."""
_SUBSCRIPTION_FACTOR = 15
"""All principals of a subscription together have so many times as much."""
_WAIT_SECONDS = 2.0


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
        if now < self.closed_until or self.level < 1:
            self.closed_until = now + _WAIT_SECONDS
            return False
        self.level -= 1
        return True


class Throttle:
    """The buckets of one emulator, filled by the emulator's time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str, Kind], _Bucket] = {}

    def admit(self, *, method: str, subscription: str, principal: str) -> dict[str, str]:
        """Take a request in and return its headers, or raise the 429 of a subscription that asks too much."""
        kind = _kind(method)
        shared = self._bucket(subscription, "", kind, factor=_SUBSCRIPTION_FACTOR)
        own = self._bucket(subscription, principal, kind)
        now = self._clock.now()
        if not own.take(now) or not shared.take(now):
            raise self._refusal(subscription)
        return {f"x-ms-ratelimit-remaining-subscription-global-{kind}": str(int(shared.level))}

    def _bucket(self, subscription: str, principal: str, kind: Kind, *, factor: int = 1) -> _Bucket:
        key = (subscription.lower(), principal, kind)
        if key not in self._buckets:
            size, refill = (each * factor for each in _SIZES[kind])
            self._buckets[key] = _Bucket(size=size, refill=refill, level=size, at=self._clock.now())
        return self._buckets[key]

    def _refusal(self, subscription: str) -> ArmError:
        wait = self._clock.retry_after(_WAIT_SECONDS)
        return front_door_error(
            429,
            "429",
            f"Request is temporarily throttled because subscription {subscription} has issued too many requests. "
            f"Retry after {wait} seconds.",
            **{"Retry-After": wait},
        )


def _kind(method: str) -> Kind:
    if method in {"GET", "HEAD"}:
        return "reads"
    return "deletes" if method == "DELETE" else "writes"
