"""The flow of every wanted rule, and what the rules of a group do with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workspace_gateway_network.model.security_rule import Address, Direction, SecurityRule
from workspace_gateway_network.model.subnet import VirtualNetwork
from workspace_gateway_network.planning.access.facts import Facts
from workspace_gateway_network.planning.access.judgement import EffectiveAccess, Judgement
from workspace_gateway_network.planning.desired import Desired, WantedRule


class Flows:
    """What one resource wants to pass between its subnet and others, asked about among the rules of one group."""

    def __init__(self, *, desired: Desired, prefixes: Sequence[str], network: VirtualNetwork, existing: Sequence[SecurityRule]) -> None:
        """`prefixes` are the subnet's, `existing` all custom rules of the group."""
        self.prefixes = prefixes
        self._whole = {rule.requirement: rule.numbered(owner=desired.owner, priority=0, prefixes=prefixes) for rule in desired.rules}
        self._needed = {rule.requirement: _needed(rule, self._whole[rule.requirement], region=_region(network)) for rule in desired.rules}
        shapes = [*existing, *self._whole.values(), *self._needed.values()]
        self._access = EffectiveAccess(shapes, facts=Facts.of((*network.address_prefixes, *prefixes)))

    def placed(self, rule: WantedRule, *, priority: int) -> SecurityRule:
        """A wanted rule at a number."""
        return replace(self._whole[rule.requirement], priority=priority)

    def needed(self, rule: WantedRule) -> SecurityRule:
        """What has to pass, told as the rule that would match it: of a service with regions, its part in the network's own region."""
        return self._needed[rule.requirement]

    def meets(self, rule: WantedRule, other: SecurityRule) -> bool:
        """Whether another rule matches some of what a wanted one matches, or may."""
        return self._access.overlap(self._whole[rule.requirement], other)

    def concerns(self, rule: WantedRule, other: SecurityRule) -> bool:
        """Whether another rule matches some of what has to pass, or may."""
        return self._access.overlap(self._needed[rule.requirement], other)

    def covers(self, other: SecurityRule, rule: WantedRule) -> bool:
        """Whether another rule matches all of what has to pass."""
        return self._access.covers(other, self._needed[rule.requirement])

    def judge(self, rule: WantedRule, *, rules: Iterable[SecurityRule]) -> Judgement:
        """What happens to what has to pass, under these custom rules."""
        return self._access.judge(self._needed[rule.requirement], rules=rules)


def _region(network: VirtualNetwork) -> str:
    """The region as tags spell it, case aside: `UK South` and `uksouth` are one."""
    return network.location.replace(" ", "")


def _needed(rule: WantedRule, whole: SecurityRule, *, region: str) -> SecurityRule:
    if not rule.regional or not region:
        return whole
    peer = replace(whole.peer, addresses=frozenset(Address(f"{address}.{region}") for address in rule.peer))
    return replace(whole, source=peer) if rule.direction is Direction.INBOUND else replace(whole, destination=peer)
