"""The space of all packets of one direction, cut as finely as some rules need it, and sets of packets in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import TypeVar

from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.planning.access import meaning
from workspace_gateway_network.planning.access.dimension import WHOLE, Dimension, Term
from workspace_gateway_network.planning.access.facts import EVERYWHERE, Facts
from workspace_gateway_network.planning.access.meaning import Meaning
from workspace_gateway_network.planning.access.tags import Piece

T = TypeVar("T")

PROTOCOL, DESTINATION_PORT, SOURCE_PORT, DESTINATION, SOURCE = range(5)
"""The dimensions of a packet. What is cut away is cut along the first of them first: protocols and ports make few different pieces."""

Footprint = tuple[Term, Term, Term, Term, Term]
"""The packets that a rule matches: a term for each dimension."""
Box = tuple[Piece, Piece, Piece, Piece, Piece]
"""Some packets: a piece for each dimension. No piece is empty."""


class Space:
    """The packets that a set of rules can tell apart."""

    def __init__(self, rules: Iterable[SecurityRule], *, facts: Facts) -> None:
        """`rules` are all whose footprints will be asked for, those that only describe a flow included."""
        columns = zip(*map(_meanings, rules), strict=True)
        always: Meaning = (*meaning.INTERNET, *(meaning.Part((family,)) for family in EVERYWHERE))
        extra: tuple[Meaning, ...] = ((), (), (), always, always)
        self.dimensions = tuple(Dimension({also, *column}, facts=facts) for column, also in zip(columns, extra, strict=True))

    def footprint(self, rule: SecurityRule) -> Footprint:
        """The packets that a rule matches."""
        return _five([dimension.term(each) for dimension, each in zip(self.dimensions, _meanings(rule), strict=True)])

    def boxes(self, footprint: Footprint) -> list[Box]:
        """A footprint as boxes that share nothing. A packet's two addresses are of one family."""
        found: list[Box] = []
        for family in EVERYWHERE:
            pieces = [WHOLE] * len(self.dimensions)
            for side in (DESTINATION, SOURCE):
                pieces[side] = (self.dimensions[side].axis.cells([family]), 0, 0)
            found += self.split(_five(pieces), footprint)[0]
        return found

    def meets(self, box: Box, footprint: Footprint) -> bool:
        """Whether a footprint has something of a box."""
        return self._inside(box, footprint) is not None

    def split(self, box: Box, footprint: Footprint) -> tuple[list[Box], list[Box]]:
        """A box in two: what a footprint has of it, and the rest."""
        inside = self._inside(box, footprint)
        if inside is None:
            return [], [box]
        return list(product(*_five(inside))), list(self._rest(box, footprint, inside))

    def _inside(self, box: Box, footprint: Footprint) -> list[list[Piece]] | None:
        """What a footprint has of each piece of a box; None where it has nothing of one of them."""
        if not may_meet(box, footprint):
            return None
        inside: list[list[Piece]] = []
        for dimension, piece, term in zip(self.dimensions, box, footprint, strict=True):
            found = dimension.inside(piece, term) if piece[0] & ~term.cells else [piece]
            if not found:
                return None
            inside.append(found)
        return inside

    def _rest(self, box: Box, footprint: Footprint, inside: list[list[Piece]]) -> Iterator[Box]:
        for cut, (piece, term) in enumerate(zip(box, footprint, strict=True)):
            if piece[0] & ~term.cells:
                for outside in self.dimensions[cut].outside(piece, term):
                    for before in product(*inside[:cut]):
                        yield _five((*before, outside, *box[cut + 1 :]))


def may_meet(box: Box, footprint: Footprint) -> bool:
    """Whether a footprint has something of a box as far as cells tell, tags aside."""
    return bool(
        box[3][0] & footprint[3].possible
        and box[4][0] & footprint[4].possible
        and box[0][0] & footprint[0].possible
        and box[1][0] & footprint[1].possible
        and box[2][0] & footprint[2].possible
    )


def _five(each: Sequence[T]) -> tuple[T, T, T, T, T]:
    protocol, destination_port, source_port, destination, source = each
    return (protocol, destination_port, source_port, destination, source)


def _meanings(rule: SecurityRule) -> tuple[Meaning, Meaning, Meaning, Meaning, Meaning]:
    return (
        meaning.protocol(rule.protocol),
        meaning.ports(rule.destination.ports),
        meaning.ports(rule.source.ports),
        meaning.addresses(rule.destination),
        meaning.addresses(rule.source),
    )
