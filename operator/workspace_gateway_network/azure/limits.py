"""What Azure counts requests by, and how many it lets through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

REMAINING: Final = "x-ms-ratelimit-remaining-subscription-"
"""Begins the headers that say how much is left; `reads`, `writes`, `deletes` follow, with `global-` for all principals together.

Private DNS says `resource-requests` for whatever kind was asked, and `resource-entities-read` on lists (all recorded answers).
"""

WINDOW_SECONDS: Final = 300.0
"""The time over which resource providers count (Microsoft Learn, "Understand how Azure Resource Manager throttles requests")."""


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
    """Azure Resource Manager: everything, by subscription and identity."""
    NETWORK = "network"
    """Microsoft.Network: what it is asked for, by subscription, whoever asks."""
    PRIVATE_DNS = "private-dns"
    """Private DNS: the same for itself, and far less."""
    OTHER = "other"
    """The other providers. No limits of theirs are documented, but they may refuse all the same."""

    @classmethod
    def of(cls, path: str) -> Provider:
        """The resource provider of an ARM path; that of the innermost resource."""
        _, _, resource_type = path.lower().rpartition("/providers/")
        if resource_type.startswith("microsoft.network/privatedns"):
            return cls.PRIVATE_DNS
        return cls.NETWORK if resource_type.startswith("microsoft.network/") else cls.OTHER


@dataclass(frozen=True, kw_only=True)
class Share:
    """One of Azure's counts that the operator draws on."""

    subscription: str
    kind: Kind
    provider: Provider = Provider.RESOURCE_MANAGER

    def __str__(self) -> str:
        return f"{self.subscription}/{self.provider}/{self.kind}"

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers of an answer that say how much of this share is left."""
        if self.provider is Provider.RESOURCE_MANAGER:
            return f"{REMAINING}{self.kind}", f"{REMAINING}global-{self.kind}"
        if self.provider is not Provider.PRIVATE_DNS:
            return ()
        entities = (f"{REMAINING}resource-entities-read",) if self.kind is Kind.READS else ()
        return f"{REMAINING}resource-requests", *entities


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What one request draws on: Azure Resource Manager's count, and that of the resource provider."""

    manager: Share
    provider: Share

    @classmethod
    def of(cls, method: str, path: str) -> Draft:
        """The draft of a request for an ARM path. Resource providers count deletions among the writes."""
        manager = Share(subscription=path.split("/")[2].lower(), kind=Kind.of(method))
        kind = Kind.READS if manager.kind is Kind.READS else Kind.WRITES
        return cls(manager=manager, provider=replace(manager, kind=kind, provider=Provider.of(path)))

    @property
    def shares(self) -> tuple[Share, Share]:
        """Both, the one that is refilled faster first."""
        return self.manager, self.provider


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A bucket's size, and how many requests a second flow into it."""

    capacity: float
    per_second: float

    @classmethod
    def within(cls, *, requests: float, seconds: float, at_once: float) -> Limit:
        """No more than so many requests in any window of so many seconds: some of them at once, the others as time passes."""
        return cls(capacity=at_once, per_second=(requests - at_once) / seconds)

    def part(self, percent: float) -> Limit:
        """A part of it, but for one request at a time."""
        return Limit(capacity=max(1.0, self.capacity * percent / 100), per_second=self.per_second * percent / 100)


Limits = Mapping[Provider, Mapping[Kind, Limit]]

_FREE: Final = Limit(capacity=250, per_second=25)
"""Never short before Azure Resource Manager's own count is."""

LIMITS: Final[Limits] = {
    Provider.RESOURCE_MANAGER: {
        Kind.READS: Limit(capacity=250, per_second=25),
        Kind.WRITES: Limit(capacity=200, per_second=10),
        Kind.DELETES: Limit(capacity=200, per_second=10),
    },
    Provider.NETWORK: {
        # 10,000 reads in five minutes are more than Azure Resource Manager lets through.
        Kind.READS: _FREE,
        Kind.WRITES: Limit.within(requests=1000, seconds=WINDOW_SECONDS, at_once=700),
    },
    # 500 reads in five minutes by Microsoft's documentation; the smallest count of writes in recorded answers begins at 800.
    Provider.PRIVATE_DNS: {
        Kind.READS: Limit.within(requests=500, seconds=WINDOW_SECONDS, at_once=250),
        Kind.WRITES: Limit.within(requests=800, seconds=WINDOW_SECONDS, at_once=400),
    },
    Provider.OTHER: dict.fromkeys((Kind.READS, Kind.WRITES), _FREE),
}
"""Microsoft Learn, "Understand how Azure Resource Manager throttles requests", of 2025; headers correct them downwards."""


def part_of(limits: Limits, *, percent: float) -> Limits:
    """The same limits, with so much of each for the operator."""
    return {provider: {kind: limit.part(percent) for kind, limit in each.items()} for provider, each in limits.items()}
