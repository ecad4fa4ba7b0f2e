"""One dimension of the space of packets: a line cut into cells, and the tags that may hold some of them.

A line is cut wherever any set begins or ends, so that a set of cells is an integer with one bit for each: unions, intersections and
differences are single operations on integers, however many rules there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from workspace_gateway_network.planning.access.facts import Facts, Interval
from workspace_gateway_network.planning.access.meaning import Meaning
from workspace_gateway_network.planning.access.tags import Tags


class Term(NamedTuple):
    """A set of a dimension: `cells`, and of further cells what a tag holds, or does not hold."""

    cells: int
    possible: int
    """The cells in which there may be something of it."""
    conditional: tuple[tuple[int, int, bool], ...]
    """Cells, the number of a tag, and whether it holds them."""

    def under(self, way: int) -> int:
        """The cells that are in the set where tags hold them in this way."""
        cells = self.cells
        for some, tag, holds in self.conditional:
            if bool(way >> tag & 1) is holds:
                cells |= some
        return cells


class Axis:
    """A line, cut into cells."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        """`intervals` are all that will ever be asked for."""
        self._cuts = sorted({end for interval in intervals for end in interval})
        self._number = {cut: number for number, cut in enumerate(self._cuts)}

    def __len__(self) -> int:
        """How many cells there are."""
        return len(self._cuts) - 1

    def cells(self, intervals: Iterable[Interval]) -> int:
        """The cells of some intervals."""
        found = 0
        for low, high in intervals:
            found |= (1 << self._number[high]) - (1 << self._number[low])
        return found

    def interval(self, cell: int) -> Interval:
        """What a cell holds, the cell told by its bit."""
        number = cell.bit_length() - 1
        return self._cuts[number], self._cuts[number + 1]


class Dimension:
    """An axis with its tags."""

    def __init__(self, meanings: Iterable[Meaning], *, facts: Facts) -> None:
        """`meanings` are all that will ever be asked for."""
        parts = {part for meaning in meanings for part in meaning}
        self.tags = Tags({part.tag for part in parts if part.tag}, facts=facts)
        self.axis = Axis([*self.tags.bounds(), *(interval for part in parts for interval in part.intervals)])
        self.tags.settle(self.axis.cells)
        self._terms: dict[Meaning, Term] = {}

    def term(self, meaning: Meaning) -> Term:
        """A meaning in cells."""
        found = self._terms.get(meaning)
        if found is None:
            found = self._terms[meaning] = self._in_cells(meaning)
        return found

    def _in_cells(self, meaning: Meaning) -> Term:
        certain = possible = 0
        conditional = []
        for part in meaning:
            cells = self.axis.cells(part.intervals)
            possible |= cells
            if part.tag:
                conditional.append((cells, self.tags.number[part.tag], part.holds))
            else:
                certain |= cells
        return Term(certain, possible, tuple(conditional))

    def known(self, term: Term) -> int:
        """The cells that are in a set whatever the tags hold."""
        beyond = 0
        for way in (0, self.tags.network):
            beyond |= self.tags.possible(way) & ~term.under(way)
        return term.possible & ~beyond
