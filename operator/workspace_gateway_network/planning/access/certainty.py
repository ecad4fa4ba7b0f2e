"""What is denied for certain, though service tags hold nobody knows what.

A packet is denied for certain when no way of filling the tags lets it pass. There are two kinds of packets that are in a flow for
certain: those of known addresses, and the one that a tag must have somewhere, whose address nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from workspace_gateway_network.planning.access.dimension import Dimension, Term
from workspace_gateway_network.planning.access.facts import EVERYWHERE
from workspace_gateway_network.planning.access.meaning import INTERNET
from workspace_gateway_network.planning.access.space import DESTINATION, SOURCE, Box, Footprint, Space
from workspace_gateway_network.planning.access.tags import Piece, common

Shadow = tuple[int, int, int, int, int]
"""A box without its tags: cells of each dimension. Of a side that is seen by a witness there is one cell only: its address is not known."""


@dataclass(frozen=True)
class View:
    """How one side of a packet is known: by its address, which is one of some cells, or as something that is in a piece somewhere."""

    cells: int = 0
    witness: Piece | None = None

    def shadow(self, piece: Piece) -> int:
        """What is seen of a piece; 0 for nothing."""
        if self.witness is None:
            return piece[0] & self.cells
        return 1 if common(piece, self.witness)[0] else 0

    def surely(self, term: Term, dimension: Dimension) -> int:
        """What is seen to be in a set whatever the tags hold."""
        if self.witness is None:
            return dimension.known(term)
        return 0 if dimension.outside(self.witness, term) else 1


@dataclass(frozen=True)
class Denied:
    """What a rule is the first to match, and denies."""

    number: int
    """Its place in the order of the rules."""
    box: Box
    footprint: Footprint
    """All that the rule matches."""


@dataclass(frozen=True)
class Certain:
    """Something that is denied for certain."""

    number: int
    """Of the denied box that it is a part of."""
    box: Box
    is_by_itself: bool
    """Whether the rule would deny it whatever the tags hold, also without the others."""


def first_certain(*, space: Space, flow: Footprint, denied: Sequence[Denied], allowed: Sequence[Box]) -> Certain | None:
    """Of what is denied for certain the first, in the order of the rules: what one rule denies by itself before what takes several."""
    found = (
        certain
        for source, destination in product(views(space, flow, SOURCE), views(space, flow, DESTINATION))
        for certain in _certain(space, source, destination, denied=denied, allowed=allowed)
    )
    return min(found, key=lambda each: (not each.is_by_itself, each.number), default=None)


def views(space: Space, flow: Footprint, side: int) -> Iterator[View]:
    """The ways in which something of a flow is known to be there."""
    dimension, term = space.dimensions[side], flow[side]
    if known := dimension.known(term):
        yield View(cells=known)
    for witness in dimension.witnesses(term, others=dimension.term(INTERNET), within=dimension.axis.cells(EVERYWHERE[:1])):
        yield View(witness=witness)


def _certain(space: Space, source: View, destination: View, *, denied: Iterable[Denied], allowed: Iterable[Box]) -> Iterator[Certain]:
    """The first that takes several rules, where it comes before the first that one denies by itself; and that one."""
    passing = _merged(filter(None, (_shadow(box, source, destination) for box in allowed)))
    is_first = True
    for each in denied:
        shadow = _shadow(each.box, source, destination)
        left = _left(shadow, passing) if shadow else []
        if not left:
            continue
        sure = _sure(space, each.footprint, source, destination)
        both = next((part for part in (_meet(part, sure) for part in left) if all(part)), None)
        if both or is_first:
            box = _cut_down(each.box, both or left[0], source, destination)
            yield Certain(number=each.number, box=box, is_by_itself=both is not None)
        if both:
            return
        is_first = False


def _sure(space: Space, footprint: Footprint, source: View, destination: View) -> Shadow:
    """What a rule matches whatever the tags hold."""
    known = [dimension.known(term) for dimension, term in zip(space.dimensions[:DESTINATION], footprint[:DESTINATION], strict=True)]
    to = destination.surely(footprint[DESTINATION], space.dimensions[DESTINATION])
    from_ = source.surely(footprint[SOURCE], space.dimensions[SOURCE])
    return (known[0], known[1], known[2], to, from_)


def _meet(shadow: Shadow, other: Shadow) -> Shadow:
    return (shadow[0] & other[0], shadow[1] & other[1], shadow[2] & other[2], shadow[3] & other[3], shadow[4] & other[4])


def _shadow(box: Box, source: View, destination: View) -> Shadow | None:
    protocol, destination_port, source_port, to, from_ = box
    seen_to = destination.shadow(to)
    seen_from = source.shadow(from_)
    return (protocol[0], destination_port[0], source_port[0], seen_to, seen_from) if seen_to and seen_from else None


def _merged(shadows: Iterable[Shadow]) -> list[Shadow]:
    """The same cells in fewer shadows: many rules differ in one side's addresses only."""
    by_source: dict[tuple[int, int, int, int], int] = {}
    for *rest, from_ in shadows:
        key = (rest[0], rest[1], rest[2], rest[3])
        by_source[key] = by_source.get(key, 0) | from_
    by_destination: dict[tuple[int, int, int, int], int] = {}
    for (protocol, destination_port, source_port, to), from_ in by_source.items():
        other = (protocol, destination_port, source_port, from_)
        by_destination[other] = by_destination.get(other, 0) | to
    return [(key[0], key[1], key[2], to, key[3]) for key, to in by_destination.items()]


def _left(shadow: Shadow, passing: Iterable[Shadow]) -> list[Shadow]:
    """What of a shadow nothing passes through, in parts."""
    left = [shadow]
    for other in passing:
        left = [part for each in left for part in (_cut(each, other) if all(_meet(each, other)) else (each,))]
    return left


def _cut(shadow: Shadow, other: Shadow) -> Iterator[Shadow]:
    """A shadow without another, dimension by dimension."""
    kept = list(shadow)
    for place, its in enumerate(other):
        if beyond := kept[place] & ~its:
            part = [*kept[:place], beyond, *kept[place + 1 :]]
            yield (part[0], part[1], part[2], part[3], part[4])
        kept[place] &= its


def _cut_down(box: Box, left: Shadow, source: View, destination: View) -> Box:
    protocol, destination_port, source_port, to, from_ = box
    return (
        (left[0], *protocol[1:]),
        (left[1], *destination_port[1:]),
        (left[2], *source_port[1:]),
        _cut_piece(to, left[3], destination),
        _cut_piece(from_, left[4], source),
    )


def _cut_piece(piece: Piece, cells: int, view: View) -> Piece:
    return (cells, 0, 0) if view.witness is None else common(piece, view.witness)
