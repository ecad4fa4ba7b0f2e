"""What happens to all packets of a flow: first match over the rules, and what can be said of it though tags hold nobody knows what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from workspace_gateway_network.model.security_rule import Access, Direction, SecurityRule
from workspace_gateway_network.planning.access.certainty import Denied, first_certain
from workspace_gateway_network.planning.access.default_rules import DEFAULT_RULES
from workspace_gateway_network.planning.access.facts import VIRTUAL_NETWORK, Facts, spelled
from workspace_gateway_network.planning.access.meaning import PROTOCOLS
from workspace_gateway_network.planning.access.packet import Endpoint, Packet, usable
from workspace_gateway_network.planning.access.space import (
    DESTINATION,
    DESTINATION_PORT,
    PROTOCOL,
    SOURCE,
    SOURCE_PORT,
    Box,
    Footprint,
    Space,
    may_meet,
)


class Verdict(StrEnum):
    """What happens to a flow. Tags may hold whatever is not known to be otherwise."""

    ALLOWED = "Allowed"
    """Every packet passes, whatever the tags hold."""
    BLOCKED = "Blocked"
    """No packet passes, whatever the tags hold."""
    PARTLY_BLOCKED = "PartlyBlocked"
    """Some packet does not pass, whatever the tags hold."""
    MAY_BE_BLOCKED = "MayBeBlocked"
    """Some packet may not pass: it depends on what the tags hold."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What happens to one flow."""

    verdict: Verdict
    offender: SecurityRule | None = None
    """The first rule that denies some of it, for certain where the verdict is for certain; None where all is allowed."""
    packet: Packet | None = None
    """A packet that the offender denies."""


class EffectiveAccess:
    """Judges flows by rules. A flow is told as the rule that would match it: only direction, protocol and both sides count."""

    def __init__(self, shapes: Iterable[SecurityRule], *, facts: Facts) -> None:
        """`shapes` are all rules and flows that will be asked about; what they are named and numbered does not matter."""
        rules = (*shapes, *DEFAULT_RULES)
        # One for each direction: a tag that only the other one names must not make a verdict more certain.
        self._spaces = {way: Space([rule for rule in rules if rule.direction is way], facts=facts) for way in Direction}
        # By the rules' identities, as hashing a thousand rules takes longer than judging by them.
        self._footprints: dict[int, tuple[SecurityRule, Footprint]] = {}
        self._flows: dict[int, tuple[SecurityRule, list[Box]]] = {}

    def overlap(self, flow: SecurityRule, rule: SecurityRule) -> bool:
        """Whether a rule matches some of a flow, or may."""
        if flow.direction is not rule.direction:
            return False
        footprint = self._footprint(rule)
        return any(self._spaces[flow.direction].meets(box, footprint) for box in self._boxes(flow))

    def covers(self, rule: SecurityRule, flow: SecurityRule) -> bool:
        """Whether a rule matches all of a flow, whatever the tags hold."""
        if flow.direction is not rule.direction:
            return False
        footprint = self._footprint(rule)
        return not any(self._spaces[flow.direction].split(box, footprint)[1] for box in self._boxes(flow))

    def judge(self, flow: SecurityRule, *, rules: Iterable[SecurityRule]) -> Judgement:
        """What happens to a flow where a group has these custom rules, and the default ones behind them."""
        facing = [rule for rule in (*rules, *DEFAULT_RULES) if rule.direction is flow.direction]
        matches = list(self._first_matches(flow, sorted(facing, key=lambda rule: rule.priority)))
        allowed = [box for rule, box in matches if rule.access is Access.ALLOW]
        denied = [(rule, box) for rule, box in matches if rule.access is Access.DENY]
        if not denied:
            return Judgement(verdict=Verdict.ALLOWED)
        certain = first_certain(
            space=self._spaces[flow.direction],
            flow=self._footprint(flow),
            denied=[Denied(number, box, self._footprint(rule)) for number, (rule, box) in enumerate(denied)],
            allowed=allowed,
        )
        number, box = (certain.number, certain.box) if certain else (0, denied[0][1])
        return Judgement(
            verdict=_verdict(is_certain=certain is not None, passes=bool(allowed)),
            offender=denied[number][0],
            packet=_packet(self._spaces[flow.direction], box),
        )

    def _first_matches(self, flow: SecurityRule, rules: Iterable[SecurityRule]) -> Iterator[tuple[SecurityRule, Box]]:
        """Every part of a flow with the first rule that matches it, in the order of the rules."""
        left = flow_boxes = self._boxes(flow)
        for rule in rules:
            footprint = self._footprint(rule)
            if not any(may_meet(box, footprint) for box in flow_boxes):
                continue
            rest: list[Box] = []
            for box in left:
                matched, beyond = self._spaces[flow.direction].split(box, footprint)
                rest += beyond
                for each in matched:
                    yield rule, each
            left = rest

    def _footprint(self, rule: SecurityRule) -> Footprint:
        found = self._footprints.get(id(rule))
        if found is None or found[0] is not rule:
            found = self._footprints[id(rule)] = (rule, self._spaces[rule.direction].footprint(rule))
        return found[1]

    def _boxes(self, flow: SecurityRule) -> list[Box]:
        found = self._flows.get(id(flow))
        if found is None or found[0] is not flow:
            found = self._flows[id(flow)] = (flow, self._spaces[flow.direction].boxes(self._footprint(flow)))
        return found[1]


def _packet(space: Space, box: Box) -> Packet:
    cells = [dimension.axis.first(piece[0]) for dimension, piece in zip(space.dimensions, box, strict=True)]
    source = usable(*cells[SOURCE])
    destination = usable(*cells[DESTINATION], taken=source)
    return Packet(
        protocol=PROTOCOLS[cells[PROTOCOL][0]],
        source=Endpoint(address=spelled(source), port=cells[SOURCE_PORT][0], tags=_tags(space, box, SOURCE)),
        destination=Endpoint(address=spelled(destination), port=cells[DESTINATION_PORT][0], tags=_tags(space, box, DESTINATION)),
    )


def _tags(space: Space, box: Box, side: int) -> frozenset[str]:
    tags = space.dimensions[side].tags
    _, held, not_held = box[side]
    is_outside = not held and VIRTUAL_NETWORK in tags.spelled(not_held)
    return frozenset({"internet"}) if is_outside else tags.spelled(held)


def _verdict(*, is_certain: bool, passes: bool) -> Verdict:
    if not passes:
        return Verdict.BLOCKED
    return Verdict.PARTLY_BLOCKED if is_certain else Verdict.MAY_BE_BLOCKED
