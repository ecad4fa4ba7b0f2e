"""Tags as bits, and what follows for the others, and for the cells of a line, from one of them holding an address or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from workspace_gateway_network.planning.access.facts import Facts, Interval, region_of, supersets

Piece = tuple[int, int, int]
"""Cells, the tags that hold what is meant in them, and the tags that do not: one bit for each. Without cells it is empty."""
NOTHING: Piece = (0, 0, 0)


class Tags:
    """Some tags and all that surround them.

    What is known are implications between two tags, or a tag and a cell. So a piece is free of contradictions when none shows after every
    implication was followed from what the piece says of its tags. `if_held` and `if_not_held` are those implications, followed to their
    end: the cells that remain possible, and what holds of the other tags.
    """

    def __init__(self, names: Iterable[str], *, facts: Facts) -> None:
        """The names are in lower case."""
        self.names = tuple(sorted(facts.around(names)))
        self.number = {name: number for number, name in enumerate(self.names)}
        self._facts = facts
        self._around = [self._bits((name, *supersets(name))) for name in self.names]
        self._within = self._reversed(self._around)
        self._apart = self._regions_apart()
        self.if_held: list[Piece] = []
        self.if_not_held: list[Piece] = []
        self.held_for_certain: list[int] = []
        self.never_held: list[int] = []

    def bounds(self) -> list[Interval]:
        """Where the line must be cut for what is known of these tags."""
        return [interval for name in self.names for interval in (*self._facts.holds(name), *self._facts.never_holds(name))]

    def settle(self, cells: Callable[[Iterable[Interval]], int]) -> None:
        """Follow all implications, now that the line is cut."""
        never = {"": 0} | {name: cells(self._facts.never_holds(name)) for name in self.names if self._facts.never_holds(name)}
        self.held_for_certain = [cells(self._facts.holds(name)) for name in self.names]
        self.never_held = [never.get(name, 0) for name in self.names]
        for number in range(len(self.names)):
            around, within = self._around[number], self._within[number]
            nowhere = self._union(self._within, self._union(self._apart, around))
            excluded = self._union(self.never_held, around) | self._union(self.held_for_certain, nowhere)
            self.if_held.append((~excluded, around, nowhere))
            self.if_not_held.append((~self._union(self.held_for_certain, within), 0, within))

    def spelled(self, tags: int) -> frozenset[str]:
        """The names that some bits stand for."""
        return frozenset(self.names[number] for number in _numbers(tags))

    def _regions_apart(self) -> list[int]:
        """For each tag the others that share nothing with it: other regions of its service; the virtual network, or all services."""
        services = self._bits(name for name in self.names if self._facts.is_outside(name))
        network = self._bits(name for name in self.names if self._facts.is_inside(name))
        regions: dict[str, int] = defaultdict(int)
        for name in self.names:
            service, region = region_of(name)
            if region:
                regions[service] |= 1 << self.number[name]
        apart = []
        for name in self.names:
            service, region = region_of(name)
            others = regions[service] & ~(1 << self.number[name]) if region else 0
            apart.append(others | (network if self._facts.is_outside(name) else 0) | (services if self._facts.is_inside(name) else 0))
        return apart

    def _reversed(self, relation: list[int]) -> list[int]:
        found = [0] * len(relation)
        for number, others in enumerate(relation):
            for other in _numbers(others):
                found[other] |= 1 << number
        return found

    def _bits(self, names: Iterable[str]) -> int:
        bits = 0
        for name in names:
            bits |= 1 << self.number[name]
        return bits

    @staticmethod
    def _union(sets: list[int], tags: int) -> int:
        found = 0
        for number in _numbers(tags):
            found |= sets[number]
        return found


def common(piece: Piece, other: Piece) -> Piece:
    """What two pieces share."""
    held, not_held = piece[1] | other[1], piece[2] | other[2]
    return NOTHING if held & not_held else (piece[0] & other[0], held, not_held)


def _numbers(bits: int) -> Iterable[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
