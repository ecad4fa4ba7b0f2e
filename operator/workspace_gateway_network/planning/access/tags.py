"""Tags as bits, and which of them can hold an address together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from workspace_gateway_network.planning.access.facts import VIRTUAL_NETWORK, Facts, Interval, region_of, supersets


class Tags:
    """Some tags and all that surround them.

    A *way* is one answer to which tags hold an address: one bit for each that does, and no other tag does. A way that holds a tag holds
    all that surround it.
    """

    def __init__(self, names: Iterable[str], *, facts: Facts) -> None:
        """The names are in lower case."""
        self.names = tuple(sorted(facts.around(names)))
        self.number = {name: number for number, name in enumerate(self.names)}
        self.alone = tuple(self._bits((name, *supersets(name))) for name in self.names)
        """For each tag the way in which it holds an address, and nothing else does that need not."""
        self.network = 1 << self.number[VIRTUAL_NETWORK] if VIRTUAL_NETWORK in self.number else 0
        """The way of the virtual network, as far as it is one of these tags."""
        self._facts = facts
        self._apart = self._regions_apart()
        self._held: list[int] = []
        self._never_held: list[int] = []

    def bounds(self) -> list[Interval]:
        """Where the line must be cut for what is known of these tags."""
        return [interval for name in self.names for interval in (*self._facts.holds(name), *self._facts.never_holds(name))]

    def settle(self, cells: Callable[[Iterable[Interval]], int]) -> None:
        """Learn the cells of what is known, now that the line is cut."""
        known: dict[tuple[Interval, ...], int] = defaultdict(int)
        for name in self.names:
            for intervals in (self._facts.holds(name), self._facts.never_holds(name)):
                if intervals not in known:
                    known[intervals] = cells(intervals)
        self._held = [known[self._facts.holds(name)] for name in self.names]
        self._never_held = [known[self._facts.never_holds(name)] for name in self.names]

    def ways(self, bases: Iterable[int]) -> list[int]:
        """Ways enough to tell all that can happen to an address that is held in one of some ways, those of fewer tags first.

        A rule matches when a tag holds an address; only `Internet` matches when one does not, the virtual network. So if a rule can be
        the first to match at all, it is where no tag holds the address but its own, or the virtual network as well.
        """
        found = {base | more | network for base in bases for more in (0, *self.alone) for network in (0, self.network)}
        return sorted(found, key=lambda way: (way.bit_count(), way))

    def possible(self, way: int) -> int:
        """Where an address can be held in this way, as cells; -1 is everywhere, and 0 nowhere: the tags contradict each other."""
        cells = -1
        for number in _numbers(way):
            if self._apart[number] & way:
                return 0
            cells &= ~self._never_held[number]
        if self.network and not way & self.network:
            cells &= ~self._held[self.number[VIRTUAL_NETWORK]]
        return cells

    def spelled(self, way: int) -> frozenset[str]:
        """The names of the tags that hold an address; `internet` where the virtual network doesn't, and nothing else does."""
        if not way and self.network:
            return frozenset({"internet"})
        return frozenset(self.names[number] for number in _numbers(way))

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

    def _bits(self, names: Iterable[str]) -> int:
        bits = 0
        for name in names:
            bits |= 1 << self.number[name]
        return bits


def _numbers(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
