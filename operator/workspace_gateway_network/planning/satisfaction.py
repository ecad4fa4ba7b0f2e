"""Which requirements a rule of somebody else already serves: a right thing that is there is used, not doubled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workspace_gateway_network.model.owner import MARK_PREFIX
from workspace_gateway_network.model.security_rule import Access, SecurityRule
from workspace_gateway_network.planning.access.judgement import Verdict
from workspace_gateway_network.planning.desired import Desired, WantedRule
from workspace_gateway_network.planning.flows import Flows
from workspace_gateway_network.planning.numbering import chosen_rules, foreign_rules
from workspace_gateway_network.requirements.requirements import RuleKind

_JUDGED = frozenset({RuleKind.DEPENDENCY, RuleKind.ACCESS})


def satisfied_rules(*, desired: Desired, flows: Flows, existing: Sequence[SecurityRule]) -> Mapping[str, SecurityRule]:
    """By the name that ours would have, the rule that serves for it. A rule of ours that is there stays, so it is not among them.

    A rule serves where it allows all of a flow by itself, and nobody's Deny takes any of it away first. Rules with a mark never serve:
    their owner would take them along. Neither do default rules, which the requirements ask to be independent of.
    """
    present = {rule.name.lower() for rule in existing}
    others = foreign_rules(existing, desired=desired)
    allows = [rule for rule in others if rule.access is Access.ALLOW and not rule.name.lower().startswith(MARK_PREFIX)]
    denies = [rule for rule in (*others, *chosen_rules(desired=desired, flows=flows)) if rule.access is Access.DENY]
    found: dict[str, SecurityRule] = {}
    for rule in desired.rules:
        name = rule.name(desired.owner)
        if rule.kind in _JUDGED and name.lower() not in present:
            server = _server(rule, flows=flows, allows=allows, denies=denies)
            if server:
                found[name] = server
    return found


def _server(rule: WantedRule, *, flows: Flows, allows: Sequence[SecurityRule], denies: Sequence[SecurityRule]) -> SecurityRule | None:
    whole = [other for other in allows if flows.covers(other, rule)]
    if not whole or flows.judge(rule, rules=(*allows, *denies)).verdict is not Verdict.ALLOWED:
        return None
    return min(whole, key=lambda other: other.priority)
