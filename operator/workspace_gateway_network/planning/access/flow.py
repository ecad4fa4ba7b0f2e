"""The packets of one flow, and what rules have of them."""

from __future__ import annotations

from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.planning.access.box import Box, meet
from workspace_gateway_network.planning.access.facts import EVERYWHERE
from workspace_gateway_network.planning.access.points import Points
from workspace_gateway_network.planning.access.space import FAR, NEAR, Footprint, Space


class Flow:
    """A flow, told as the rule that would match it."""

    def __init__(self, rule: SecurityRule, *, space: Space, counts_hidden: bool = False) -> None:
        """`space` tells the rule apart from those that will be asked about. What is hidden only counts for what is certain."""
        self.rule = rule
        self._space = space
        self._footprint = space.footprint(rule)
        self.points = tuple(
            Points(dimension, term, is_address=side in {FAR, NEAR}, counts_hidden=counts_hidden)
            for side, (dimension, term) in enumerate(zip(space.dimensions, self._footprint, strict=True))
        )
        far, protocol, destination_port, source_port, near = self.points
        families = [space.dimensions[side].axis.cells for side in (FAR, NEAR)]
        boxes = [
            (far.within(families[0]([family])), protocol.flow, destination_port.flow, source_port.flow, near.within(families[1]([family])))
            for family in EVERYWHERE
        ]
        self.boxes = [box for box in boxes if all(box)]
        """All its packets, in boxes that share nothing. A packet's two addresses are of one family."""

    def box(self, rule: SecurityRule) -> Box | None:
        """What the flow has of each dimension of a rule; None where that is nothing."""
        far, protocol, destination_port, source_port, near = self._space.footprint(rule)
        its = self._footprint
        if not (
            far.possible & its[0].possible
            and near.possible & its[4].possible
            and source_port.possible & its[3].possible
            and protocol.possible & its[1].possible
            and destination_port.possible & its[2].possible
        ):
            return None
        mine = self.points
        box = (mine[0].of(far), mine[1].of(protocol), mine[2].of(destination_port), mine[3].of(source_port), mine[4].of(near))
        return box if any(all(meet(box, each)) for each in self.boxes) else None

    def is_within(self, rule: SecurityRule) -> bool:
        """Whether a rule matches all of it, whatever the tags hold."""
        box = self.box(rule)
        return box is not None and all(not each & ~its for whole in self.boxes for each, its in zip(whole, box, strict=True))

    def footprint(self, rule: SecurityRule) -> Footprint:
        """All that a rule matches, of other flows as well."""
        return self._space.footprint(rule)
