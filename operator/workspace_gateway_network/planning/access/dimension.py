"""One dimension of the space of packets: a line cut into cells, and the tags that may hold some of them.

A line is cut wherever any set begins or ends, so that a set of cells is an integer with one bit for each: unions, intersections and
differences are single operations on integers, however many rules there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from workspace_gateway_network.planning.access.facts import Facts, Interval, has_some
from workspace_gateway_network.planning.access.meaning import Meaning
from workspace_gateway_network.planning.access.tags import NOTHING, Piece, Tags

WHOLE: Piece = (-1, 0, 0)


class Term(NamedTuple):
    """A set of a dimension: `cells`, and of further cells what a tag holds, or does not hold."""

    cells: int
    possible: int
    """The cells in which there may be something of it."""
    conditional: tuple[tuple[int, int, bool], ...]
    """Cells, the number of a tag, and whether it holds them."""


class Axis:
    """A line, cut into cells."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        """`intervals` are all that will ever be asked for."""
        self._cuts = sorted({end for interval in intervals for end in interval})
        self._number = {cut: number for number, cut in enumerate(self._cuts)}

    def cells(self, intervals: Iterable[Interval]) -> int:
        """The cells of some intervals."""
        found = 0
        for low, high in intervals:
            found |= (1 << self._number[high]) - (1 << self._number[low])
        return found

    def first(self, cells: int) -> Interval:
        """The first of some cells."""
        number = (cells & -cells).bit_length() - 1
        return self._cuts[number], self._cuts[number + 1]


class Dimension:
    """An axis with its tags. A piece that contradicts what is known of them is empty."""

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

    def inside(self, piece: Piece, term: Term) -> list[Piece]:
        """What of a piece is in a set, as pieces that share nothing; none is empty."""
        cells, held, not_held = piece
        found = [(cells & term.cells, held, not_held)] if cells & term.cells else []
        if term.conditional:
            found += self._conditionally(piece, term)
        return found

    def _conditionally(self, piece: Piece, term: Term) -> Iterator[Piece]:
        rest = [(piece[0] & ~term.cells, piece[1], piece[2])]
        for cells, tag, holds in term.conditional:
            for one in rest:
                new = self._narrowed(one, cells, tag, holds=holds)
                if new[0]:
                    yield new
            rest = list(self._beyond(rest, cells, tag, holds=holds))

    def outside(self, piece: Piece, term: Term) -> list[Piece]:
        """What of a piece is not in a set, as pieces that share nothing; none is empty."""
        left = piece[0] & ~term.cells
        rest = [(left, piece[1], piece[2])] if left else []
        for cells, tag, holds in term.conditional:
            rest = list(self._beyond(rest, cells, tag, holds=holds))
        return rest

    def known(self, term: Term) -> int:
        """The cells that are in a set whatever the tags hold."""
        cells = term.cells
        for some, tag, holds in term.conditional:
            cells |= some & (self.tags.held_for_certain if holds else self.tags.never_held)[tag]
        return cells

    def witnesses(self, term: Term, *, others: Term, within: int) -> Iterator[Piece]:
        """Of some cells, pieces that are in a set whatever the tags hold, and in which there is something, though nobody knows where.

        Every service has addresses, and the virtual network, and so have `others`, which is what is outside of the network.
        """
        tags = [(within, tag, True) for tag, name in enumerate(self.tags.names) if has_some(name)]
        for cells, tag, holds in (*tags, *((within & some, tag, holds) for some, tag, holds in others.conditional)):
            piece = self._narrowed(WHOLE, cells, tag, holds=holds)
            if piece[0] and not self.outside(piece, term):
                yield piece

    def _narrowed(self, piece: Piece, cells: int, tag: int, *, holds: bool) -> Piece:
        """What of some cells of a piece a tag holds, or does not hold."""
        possible, then_held, then_not_held = (self.tags.if_held if holds else self.tags.if_not_held)[tag]
        held, not_held = piece[1] | then_held, piece[2] | then_not_held
        return NOTHING if held & not_held else (piece[0] & cells & possible, held, not_held)

    def _beyond(self, pieces: Iterable[Piece], cells: int, tag: int, *, holds: bool) -> Iterator[Piece]:
        for piece in pieces:
            if elsewhere := piece[0] & ~cells:
                yield (elsewhere, piece[1], piece[2])
            new = self._narrowed(piece, cells, tag, holds=not holds)
            if new[0]:
                yield new
