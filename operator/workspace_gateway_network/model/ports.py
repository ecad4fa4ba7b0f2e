"""Sets of ports as security rules spell them: `*`, `443`, `1000-2000`, several entries, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

ANY_PORT = "*"
_FIRST, _LAST = 0, 65535
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)


@dataclass(frozen=True)
class Ports:
    """A set of port numbers as sorted, disjoint, non-adjacent closed ranges; and what could not be read as ports.

    Azure stores odd strings unchecked, so entries that are no ports are kept aside as `unknown` and never taken for "no port".
    """

    ranges: tuple[tuple[int, int], ...]
    unknown: frozenset[str] = frozenset()

    @staticmethod
    def parse(entries: Iterable[str]) -> Ports:
        """Read the entries of `…PortRange` and `…PortRanges`; an entry with commas counts as several."""
        return _parsed(tuple(entries))

    @property
    def is_any(self) -> bool:
        """Whether every port is in the set."""
        return self.ranges == ((_FIRST, _LAST),)

    def spell(self) -> tuple[str, ...]:
        """The entries to write: `*` for all, else one entry a range."""
        if self.is_any:
            return (ANY_PORT,)
        known = (str(low) if low == high else f"{low}-{high}" for low, high in self.ranges)
        return (*known, *sorted(self.unknown))

    def __str__(self) -> str:
        return ",".join(self.spell())


@lru_cache(maxsize=4096)
def _parsed(entries: tuple[str, ...]) -> Ports:
    found: list[tuple[int, int]] = []
    unknown: set[str] = set()
    for entry in (part.strip() for whole in entries for part in whole.split(",")):
        if entry == ANY_PORT:
            found.append((_FIRST, _LAST))
        elif (match := _RANGE.fullmatch(entry)) and (bounds := _bounds(match)):
            found.append(bounds)
        elif entry:
            unknown.add(entry)
    return Ports(ranges=_merged(found), unknown=frozenset(unknown))


def _bounds(match: re.Match[str]) -> tuple[int, int] | None:
    low = int(match[1])
    high = int(match[2] or match[1])
    return (low, high) if low <= high <= _LAST else None


def _merged(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)
