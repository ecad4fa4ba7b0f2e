"""Where the packets of a flow can be in one dimension: in a cell, held by some tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workspace_gateway_network.planning.access.dimension import Dimension, Term
from workspace_gateway_network.planning.access.facts import EVERYWHERE, has_some
from workspace_gateway_network.planning.access.meaning import INTERNET

Hidden = tuple[int, int]
"""Something of which nobody knows where it is: the tags that hold it, and the cells of which it is in one."""


class Points:
    """The cells, once for every way in which tags may hold them. A set of points is an integer with one bit for each.

    So a rule matches a set of points whatever the tags hold. There are enough ways for every question about this flow, and far fewer than
    there are answers to which tag holds what: twice as many as tags, for most flows.
    """

    def __init__(self, dimension: Dimension, flow: Term, *, is_address: bool, counts_hidden: bool) -> None:
        """`flow` is what the flow has of the dimension. What is hidden in it costs many more points, if these are many services."""
        self.dimension = dimension
        self.known = dimension.known(flow)
        """The cells that are in the flow whatever the tags hold."""
        hidden = list(hidden_in(flow, dimension=dimension)) if is_address else []
        bases = {dimension.tags.alone[tag] if holds else 0 for _, tag, holds in flow.conditional}
        self.counts_hidden = counts_hidden or all(way in bases for way, _ in hidden)
        """Whether there are enough ways to tell what happens to each of the hidden."""
        bases |= {way for way, _ in hidden} if counts_hidden else set()
        ways = dimension.tags.ways(bases | {0} if flow.cells else bases)
        possible = {way: dimension.tags.possible(way) & flow.under(way) for way in ways}
        self._ways = [way for way in ways if possible[way]]
        self._octets = len(dimension.axis) // 8 + 1
        self.flow = self._joined(possible[way] for way in self._ways)
        """The points that are in the flow."""
        self.witnesses = tuple(self._held_in(way) & self.within(cells) for way, cells in hidden)
        """For each of the hidden the points at which it can be."""
        self._holding: dict[int, int] = {}
        self._found: dict[Term, int] = {}

    def of(self, term: Term) -> int:
        """What the flow has of a set."""
        found = self._found.get(term)
        if found is None:
            found = self._throughout(term.cells)
            for cells, tag, holds in term.conditional:
                holding = self._held_by(tag)
                found |= self._throughout(cells) & (holding if holds else ~holding)
            found = self._found[term] = found & self.flow
        return found

    def within(self, cells: int) -> int:
        """What the flow has of some cells."""
        return self._throughout(cells) & self.flow

    def cells(self, points: int) -> int:
        """The cells that some points are in."""
        if len(self._ways) == 1:
            return points
        found = 0
        for cells in self._by_way(points):
            found |= cells
        return found

    def first(self, points: int) -> tuple[int, int]:
        """Of the first cell the point that is held by the fewest tags: the cell, and these tags."""
        cells = self.cells(points)
        first = cells & -cells
        return first, next(way for way, some in zip(self._ways, self._by_way(points), strict=True) if some & first)

    def _held_in(self, way: int) -> int:
        """The points that these tags hold, and perhaps others; not the virtual network where they are none."""
        network = 0 if way else self.dimension.tags.network
        return self._each(way, without=network)

    def _held_by(self, tag: int) -> int:
        found = self._holding.get(tag)
        if found is None:
            found = self._holding[tag] = self._each(1 << tag)
        return found

    def _each(self, tags: int, *, without: int = 0) -> int:
        """All points that some tags hold, without those that another does."""
        whole, bits = (1 << 8 * self._octets) - 1, 8 * self._octets
        found = 0
        for number, way in enumerate(self._ways):
            if way & tags == tags and not way & without:
                found |= whole << number * bits
        return found

    def _throughout(self, cells: int) -> int:
        """The points of some cells, in whichever way tags hold them."""
        return int.from_bytes(cells.to_bytes(self._octets, "little") * len(self._ways), "little") if len(self._ways) > 1 else cells

    def _by_way(self, points: int) -> Iterator[int]:
        octets = points.to_bytes(self._octets * len(self._ways), "little")
        return (int.from_bytes(octets[at : at + self._octets], "little") for at in range(0, len(octets), self._octets))

    def _joined(self, cells: Iterable[int]) -> int:
        return int.from_bytes(b"".join(each.to_bytes(self._octets, "little") for each in cells), "little")


def hidden_in(flow: Term, *, dimension: Dimension) -> Iterator[Hidden]:
    """What is in a flow whatever the tags hold, though nobody knows where.

    Every service has addresses, at least of IPv4, and the virtual network, and so has what is outside of that.
    """
    tags = dimension.tags
    ipv4 = dimension.axis.cells(EVERYWHERE[:1])
    internet = (0, ipv4 & dimension.term(INTERNET).possible)
    for way, cells in (*((tags.alone[tag], ipv4) for tag, name in enumerate(tags.names) if has_some(name)), internet):
        possible = tags.possible(way) & cells
        if possible and not possible & ~flow.under(way):
            yield way, cells
