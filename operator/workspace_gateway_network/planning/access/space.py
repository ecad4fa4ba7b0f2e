"""The space of all packets of one direction, cut as finely as some rules need it."""

from __future__ import annotations

from collections.abc import Iterable

from workspace_gateway_network.model.security_rule import Direction, SecurityRule
from workspace_gateway_network.planning.access import meaning
from workspace_gateway_network.planning.access.dimension import Dimension, Term
from workspace_gateway_network.planning.access.facts import EVERYWHERE, Facts
from workspace_gateway_network.planning.access.meaning import Meaning

FAR, PROTOCOL, DESTINATION_PORT, SOURCE_PORT, NEAR = range(5)
"""The dimensions of a packet. Far and near are its addresses; near is the subnet's."""

Footprint = tuple[Term, Term, Term, Term, Term]
"""The packets that a rule matches: a term for each dimension."""


class Space:
    """The packets that a set of rules can tell apart."""

    def __init__(self, rules: Iterable[SecurityRule], *, facts: Facts) -> None:
        """`rules` are all whose footprints will be asked for, those that only describe a flow included."""
        columns = zip(*map(_meanings, rules), strict=True)
        always: Meaning = (*meaning.INTERNET, *(meaning.Part((family,)) for family in EVERYWHERE))
        extra: tuple[Meaning, ...] = (always, (), (), (), always)
        self.dimensions = tuple(Dimension({also, *column}, facts=facts) for column, also in zip(columns, extra, strict=True))
        # By the rules' identities, as hashing a thousand rules takes longer than judging by them.
        self._footprints: dict[int, tuple[SecurityRule, Footprint]] = {}

    def footprint(self, rule: SecurityRule) -> Footprint:
        """The packets that a rule matches."""
        known = self._footprints.get(id(rule))
        if known and known[0] is rule:
            return known[1]
        far, protocol, destination_port, source_port, near = map(Dimension.term, self.dimensions, _meanings(rule))
        found = (far, protocol, destination_port, source_port, near)
        self._footprints[id(rule)] = (rule, found)
        return found


def _meanings(rule: SecurityRule) -> tuple[Meaning, Meaning, Meaning, Meaning, Meaning]:
    return (
        meaning.addresses(rule.peer),
        meaning.protocol(rule.protocol),
        meaning.ports(rule.destination.ports),
        meaning.ports(rule.source.ports),
        meaning.addresses(rule.destination if rule.direction is Direction.INBOUND else rule.source),
    )
