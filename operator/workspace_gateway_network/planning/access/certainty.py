"""What is denied for certain, though service tags hold nobody knows what.

A packet is denied for certain when no way of filling the tags lets it pass. There are two kinds of packets that are in a flow for
certain: those of known addresses, and the one that a tag must have somewhere, whose address nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.planning.access.box import Box, Remainder, beginning, meet
from workspace_gateway_network.planning.access.dimension import Term
from workspace_gateway_network.planning.access.flow import Flow
from workspace_gateway_network.planning.access.points import Points
from workspace_gateway_network.planning.access.space import Footprint


@dataclass(frozen=True)
class View:
    """How one side of a packet is known: by its cell, or as something that is at one of some points, where there is one cell only."""

    points: Points
    witness: int = 0

    def shadow(self, points: int) -> int:
        """What is seen of some points; 0 for nothing."""
        if self.witness:
            return 1 if points & self.witness else 0
        return self.points.cells(points) & self.points.known

    def surely(self, term: Term) -> int:
        """What is seen to be in a set whatever the tags hold."""
        if self.witness:
            return 0 if self.witness & ~self.points.of(term) else 1
        return self.points.dimension.known(term) & self.points.known

    def spot(self, points: int, seen: int) -> tuple[int, int | None]:
        """Of some points the first that is seen: its cell, and the tags that hold it where it is known by them."""
        return self.points.first(points & self.witness) if self.witness else (seen & -seen, None)


@dataclass(frozen=True)
class Denied:
    """What a rule is the first to match, and denies."""

    rule: SecurityRule
    box: Box


Spots = tuple[tuple[int, int | None], ...]
"""A packet: of each dimension a cell, and the tags that hold it; None where it does not matter which do."""


@dataclass(frozen=True)
class Certain:
    """Something that is denied for certain."""

    number: int
    """Of what is denied, in the order of the rules."""
    rule: SecurityRule
    is_by_itself: bool
    """Whether the rule would deny it whatever the tags hold, also without the others."""
    spots: Spots


def first_certain(*, flow: Flow, denied: Sequence[Denied], allowed: Sequence[Box]) -> Certain | None:
    """Of what is denied for certain the first, in the order of the rules: what one rule denies by itself before what takes several."""
    found = (certain for views in product(*map(_views, flow.points)) for certain in _certain(flow, views, denied=denied, allowed=allowed))
    return min(found, key=lambda each: (not each.is_by_itself, each.number), default=None)


def _views(points: Points) -> list[View]:
    """The ways in which something of a flow is known to be there."""
    known = [View(points)] if points.known else []
    return [*known, *(View(points, witness) for witness in points.witnesses)]


def _certain(flow: Flow, views: Sequence[View], *, denied: Iterable[Denied], allowed: Iterable[Box]) -> Iterator[Certain]:
    """The first that takes several rules, where it comes before the first that one denies by itself; and that one."""
    blocked = _blocked(flow, views, allowed=allowed)
    is_first = True
    for number, each in enumerate(denied if blocked else ()):
        shadow = _shadow(each.box, views)
        parts = [part for box in blocked if all(part := meet(shadow, box))]
        if not parts:
            continue
        sure = _surely(flow.footprint(each.rule), views)
        by_itself = min((part for one in parts if all(part := meet(one, sure))), key=beginning, default=None)
        if by_itself or is_first:
            seen = by_itself or min(parts, key=beginning)
            spots = tuple(view.spot(points, cells) for view, points, cells in zip(views, each.box, seen, strict=True))
            yield Certain(number=number, rule=each.rule, is_by_itself=by_itself is not None, spots=spots)
        if by_itself:
            return
        is_first = False


def _blocked(flow: Flow, views: Sequence[View], *, allowed: Iterable[Box]) -> list[Box]:
    """What of a flow nothing passes through."""
    left = Remainder(filter(all, (_shadow(box, views) for box in flow.boxes)))
    for box in allowed:
        if all(shadow := _shadow(box, views)):
            left.take(shadow)
    return left.boxes


def _surely(footprint: Footprint, views: Sequence[View]) -> Box:
    far, protocol, destination_port, source_port, near = (view.surely(term) for view, term in zip(views, footprint, strict=True))
    return (far, protocol, destination_port, source_port, near)


def _shadow(box: Box, views: Sequence[View]) -> Box:
    return (
        views[0].shadow(box[0]),
        views[1].shadow(box[1]),
        views[2].shadow(box[2]),
        views[3].shadow(box[3]),
        views[4].shadow(box[4]),
    )
