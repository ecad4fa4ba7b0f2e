"""What happens to all packets of a flow: first match over the rules, and what can be said of it though tags hold nobody knows what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workspace_gateway_network.model.security_rule import Access, Direction, SecurityRule
from workspace_gateway_network.planning.access.box import Box, Remainder, beginning
from workspace_gateway_network.planning.access.certainty import Denied, first_certain
from workspace_gateway_network.planning.access.default_rules import DEFAULT_RULES
from workspace_gateway_network.planning.access.facts import Facts, spelled
from workspace_gateway_network.planning.access.flow import Flow
from workspace_gateway_network.planning.access.meaning import PROTOCOLS
from workspace_gateway_network.planning.access.packet import Endpoint, Packet, usable
from workspace_gateway_network.planning.access.space import DESTINATION_PORT, FAR, NEAR, PROTOCOL, SOURCE_PORT, Space


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
        self._flows: dict[int, Flow] = {}

    def overlap(self, flow: SecurityRule, rule: SecurityRule) -> bool:
        """Whether a rule matches some of a flow, or may."""
        return flow.direction is rule.direction and self._flow(flow).box(rule) is not None

    def covers(self, rule: SecurityRule, flow: SecurityRule) -> bool:
        """Whether a rule matches all of a flow, whatever the tags hold."""
        return flow.direction is rule.direction and self._flow(flow).is_within(rule)

    def judge(self, flow: SecurityRule, *, rules: Iterable[SecurityRule]) -> Judgement:
        """What happens to a flow where a group has these custom rules, and the default ones behind them."""
        facing = [rule for rule in (*rules, *DEFAULT_RULES) if rule.direction is flow.direction]
        facing.sort(key=lambda rule: rule.priority)
        seen = self._flow(flow)
        matches = list(_first_matches(seen, facing))
        if all(rule.access is Access.ALLOW for rule, _ in matches):
            return Judgement(verdict=Verdict.ALLOWED)
        if not all(points.counts_hidden for points in seen.points):
            seen = Flow(flow, space=self._spaces[flow.direction], counts_hidden=True)
            matches = list(_first_matches(seen, facing))
        allowed = [box for rule, box in matches if rule.access is Access.ALLOW]
        denied = [Denied(rule, box) for rule, box in matches if rule.access is Access.DENY]
        certain = first_certain(flow=seen, denied=denied, allowed=allowed)
        spots = certain.spots if certain else [points.first(some) for points, some in zip(seen.points, denied[0].box, strict=True)]
        return Judgement(
            verdict=_verdict(is_certain=certain is not None, passes=bool(allowed)),
            offender=certain.rule if certain else denied[0].rule,
            packet=_packet(seen, spots),
        )

    def _flow(self, rule: SecurityRule) -> Flow:
        found = self._flows.get(id(rule))
        if found is None or found.rule is not rule:
            found = self._flows[id(rule)] = Flow(rule, space=self._spaces[rule.direction])
        return found


def _first_matches(flow: Flow, rules: Iterable[SecurityRule]) -> Iterator[tuple[SecurityRule, Box]]:
    """Every part of a flow with the first rule that matches it, in the order of the rules."""
    left = Remainder(flow.boxes)
    for rule in rules:
        box = flow.box(rule)
        if box:
            for each in sorted(left.take(box), key=beginning):
                yield rule, each


def _packet(flow: Flow, spots: Sequence[tuple[int, int | None]]) -> Packet:
    cells = [points.dimension.axis.interval(cell) for points, (cell, _) in zip(flow.points, spots, strict=True)]
    from_, to = (FAR, NEAR) if flow.rule.direction is Direction.INBOUND else (NEAR, FAR)
    source = usable(*cells[from_])
    destination = usable(*cells[to], taken=source)
    tags = [
        frozenset[str]() if way is None else points.dimension.tags.spelled(way) for points, (_, way) in zip(flow.points, spots, strict=True)
    ]
    return Packet(
        protocol=PROTOCOLS[cells[PROTOCOL][0]],
        source=Endpoint(address=spelled(source), port=cells[SOURCE_PORT][0], tags=tags[from_]),
        destination=Endpoint(address=spelled(destination), port=cells[DESTINATION_PORT][0], tags=tags[to]),
    )


def _verdict(*, is_certain: bool, passes: bool) -> Verdict:
    if not passes:
        return Verdict.BLOCKED
    return Verdict.PARTLY_BLOCKED if is_certain else Verdict.MAY_BE_BLOCKED
