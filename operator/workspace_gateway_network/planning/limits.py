"""What a network security group can hold (Microsoft Learn, "Azure subscription and service limits"): seen before Azure has to refuse it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.planning.finding import Finding

MAX_RULES = 1000
MAX_PREFIXES = 4000
"""Of all rules together, sources and destinations each for itself."""


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """The wanted rules that the group has room for."""

    rules: tuple[SecurityRule, ...]
    findings: tuple[Finding, ...]


def fit(*, wanted: Sequence[SecurityRule], others: Sequence[SecurityRule], group_id: ResourceId) -> Fitting:
    """The first of the wanted rules, beside all rules that are not ours; those of the requirements come before the organisation's."""
    kept: list[SecurityRule] = []
    left_out: list[SecurityRule] = []
    exceeded = ""
    load = _Load()
    for rule in others:
        load = load.with_rule(rule)
    for rule in wanted:
        fuller = load.with_rule(rule)
        if problem := fuller.exceeded:
            left_out.append(rule)
            exceeded = exceeded or problem
        else:
            kept.append(rule)
            load = fuller
    findings = (_no_room(left_out, exceeded=exceeded, group_id=group_id),) if left_out else ()
    return Fitting(rules=tuple(kept), findings=findings)


@dataclass(frozen=True, kw_only=True)
class _Load:
    """What counts against the limits."""

    rules: int = 0
    sources: int = 0
    destinations: int = 0

    def with_rule(self, rule: SecurityRule) -> _Load:
        return _Load(
            rules=self.rules + 1,
            sources=self.sources + len(rule.source.addresses),
            destinations=self.destinations + len(rule.destination.addresses),
        )

    @property
    def exceeded(self) -> str:
        """The limit that is exceeded; empty where none is."""
        if self.rules > MAX_RULES:
            return f"{MAX_RULES:,} rules"
        side = "source" if self.sources > MAX_PREFIXES else "destination" if self.destinations > MAX_PREFIXES else ""
        return side and f"{MAX_PREFIXES:,} {side} addresses and prefixes in all its rules"


def _no_room(rules: Sequence[SecurityRule], *, exceeded: str, group_id: ResourceId) -> Finding:
    first, more = rules[0].name, len(rules) - 1
    others = f" and {more} {'other' if more == 1 else 'others'}" if more else ""
    return Finding(
        condition=ConditionType.SECURITY_RULES_APPLIED,
        reason=Reason.QUOTA_EXCEEDED,
        message=(
            f"Network security group {group_id.name} has no room for rule {first}{others}: Azure takes at most {exceeded}."
            " Remove rules that are no longer used, or merge them."
        ),
    )
