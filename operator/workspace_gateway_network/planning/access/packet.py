"""An example of what a rule does: one packet, in words for people."""

from __future__ import annotations

from dataclasses import dataclass

_FIRST_USABLE = 4
"""Azure keeps the first four addresses of a subnet: the example is one that a machine can have, where there is room."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One end of a packet. Where tags are named it has an address that they hold: which one is known to Azure alone."""

    address: str
    """The address, or one that it may be."""
    port: int
    tags: frozenset[str] = frozenset()
    """Service tags in lower case."""


@dataclass(frozen=True, kw_only=True)
class Packet:
    """One packet: its protocol in lower case, and both its ends."""

    protocol: str
    source: Endpoint
    destination: Endpoint


def usable(low: int, high: int, *, taken: int | None = None) -> int:
    """An address from the first number up to, and without, the second; not the taken one where there is another."""
    first = low + _FIRST_USABLE if high - low > _FIRST_USABLE else low
    return first + 1 if first == taken and first + 1 < high else first
