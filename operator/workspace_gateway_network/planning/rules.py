"""The steps that bring a network security group's rules to what is wanted, with no collision on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.json import JsonObject, child, items, text
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import HIGHEST_PRIORITY, LOWEST_PRIORITY, Direction, SecurityRule
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.numbering import held_by, is_ours, number_rules
from workspace_gateway_network.planning.plan import RuleReport, RuleState
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step
from workspace_gateway_network.requirements.requirements import RuleKind

Slot = tuple[Direction, int]


@dataclass(frozen=True, kw_only=True)
class RulePlan:
    """What becomes of the rules of one group."""

    wanted: tuple[SecurityRule, ...]
    writes: tuple[Step, ...]
    """Puts, and the deletions that must come before them."""
    removals: tuple[Step, ...]
    """Deletions that can wait until everything else is in place."""
    reports: tuple[RuleReport, ...]
    findings: tuple[Finding, ...]


def plan_rules(*, desired: Desired, group: NetworkSecurityGroup | None, prefixes: Sequence[str], group_id: ResourceId) -> RulePlan:
    """Compare and order. Without a group nothing exists yet, and the caller creates the group with the wanted rules in it."""
    existing = group.rules if group else ()
    numbering = number_rules(desired=desired, prefixes=prefixes, existing=existing)
    wanted = tuple(
        rule.numbered(owner=desired.owner, priority=numbering.numbers[name], prefixes=prefixes)
        for rule in desired.rules
        if (name := rule.name(desired.owner)) in numbering.numbers
    )
    names = {rule.name(desired.owner).lower() for rule in desired.rules}
    obsolete = [rule for rule in our_rules(existing, desired=desired) if rule.name.lower() not in names]
    ordering = _Ordering(group_id=group_id, etags=_etags(group), slots={_slot(rule): rule for rule in existing})
    writes = tuple(ordering.puts(wanted=wanted, existing=existing, obsolete=obsolete)) if group else ()
    removals = tuple(ordering.deletion(rule) for rule in obsolete if rule.name not in ordering.deleted)
    return RulePlan(
        wanted=wanted,
        writes=writes,
        removals=removals,
        reports=tuple(_reports(desired=desired, wanted=wanted, existing=existing)),
        findings=(*numbering.findings, *(held_by(rule, holder=holder) for rule, holder in ordering.stuck)),
    )


def delete_rules(*, desired: Desired, group: NetworkSecurityGroup) -> tuple[Step, ...]:
    """Take every rule of ours out of a group."""
    ordering = _Ordering(group_id=group.id, etags=_etags(group), slots={})
    return tuple(ordering.deletion(rule) for rule in our_rules(group.rules, desired=desired))


class _Ordering:
    """Orders the writes to one group so that at every moment each number of a direction belongs to one rule at most."""

    def __init__(self, *, group_id: ResourceId, etags: Mapping[str, str], slots: dict[Slot, SecurityRule]) -> None:
        self._group_id = group_id
        self._etags = etags
        self._slots = slots
        self.deleted: set[str] = set()
        self.stuck: list[tuple[SecurityRule, SecurityRule]] = []
        """Rules whose number is held by a rule of ours that cannot go where it shall; and that holder."""

    def puts(self, *, wanted: Sequence[SecurityRule], existing: Sequence[SecurityRule], obsolete: Sequence[SecurityRule]) -> Iterator[Step]:
        current = {rule.name.lower(): rule for rule in existing}
        names = {rule.name.lower() for rule in wanted}
        pending = [rule for rule in wanted if _differs(current.get(rule.name.lower()), rule)]
        while pending:
            ready = next((rule for rule in pending if self._holder(rule) is None), None)
            if ready:
                pending.remove(ready)
                yield self._put(ready, current)
                continue
            blocked = pending[0]
            holder = self._slots[_slot(blocked)]
            if holder in obsolete:
                yield self.deletion(holder)
            elif holder.name.lower() in names and not self._is_stuck(holder):
                # Rules of ours that swap numbers: one is parked at a free number, and gets its own once that is free.
                yield self._put(replace(holder, priority=self._free_number(holder, wanted=wanted)), current)
            else:
                self.stuck.append((blocked, holder))
                pending.remove(blocked)

    def deletion(self, rule: SecurityRule) -> Step:
        self.deleted.add(rule.name)
        self._slots.pop(_slot(rule), None)
        return Step(
            action=Action.DELETE,
            target=self._group_id.child("securityRules", rule.name),
            condition=ConditionType.SECURITY_RULES_APPLIED,
            changes=(Change(path="", before=rule.to_arm(), after=None),),
            reads=ReadSet(network_security_groups=frozenset({self._group_id})),
            locks=frozenset({self._group_id}),
            etag=self._etags.get(rule.name.lower(), ""),
        )

    def _is_stuck(self, rule: SecurityRule) -> bool:
        return any(stuck.name.lower() == rule.name.lower() for stuck, _ in self.stuck)

    def _holder(self, wanted: SecurityRule) -> SecurityRule | None:
        holder = self._slots.get(_slot(wanted))
        return None if holder is None or holder.name.lower() == wanted.name.lower() else holder

    def _free_number(self, rule: SecurityRule, *, wanted: Sequence[SecurityRule]) -> int:
        """The next number behind a rule that nobody has or wants: as near as can be, so that it passes as few other rules as can be."""
        reserved = {*self._slots, *map(_slot, wanted)}
        behind = range(rule.priority + 1, HIGHEST_PRIORITY + 1)
        before = range(rule.priority - 1, LOWEST_PRIORITY - 1, -1)
        return next(number for number in chain(behind, before) if (rule.direction, number) not in reserved)

    def _put(self, rule: SecurityRule, current: dict[str, SecurityRule]) -> Step:
        before = current.get(rule.name.lower())
        if before:
            self._slots.pop(_slot(before), None)
        self._slots[_slot(rule)] = rule
        current[rule.name.lower()] = rule
        changes = (
            tuple(Change(path=f"properties.{path}", before=was, after=to) for path, was, to in before.differences(rule)) if before else ()
        )
        return Step(
            action=Action.UPDATE if before else Action.CREATE,
            target=self._group_id.child("securityRules", before.name if before else rule.name),
            condition=ConditionType.SECURITY_RULES_APPLIED,
            changes=changes or (Change(path="", before=None, after=rule.to_arm()),),
            reads=ReadSet(network_security_groups=frozenset({self._group_id})),
            locks=frozenset({self._group_id}),
            body=rule_document(rule),
            etag=self._etags.get(rule.name.lower(), "") if before else "",
            owned=frozenset({"properties"}),
        )


def rule_document(rule: SecurityRule) -> JsonObject:
    """A rule as it stands in the body of its group's PUT."""
    return {"name": rule.name, "properties": rule.to_arm()}


def our_rules(rules: Iterable[SecurityRule], *, desired: Desired) -> list[SecurityRule]:
    """This owner's rules by name: Azure promises no order, and the same world must make the same plan."""
    return sorted((rule for rule in rules if is_ours(rule, desired=desired)), key=lambda rule: rule.name.lower())


def _differs(existing: SecurityRule | None, wanted: SecurityRule) -> bool:
    return existing is None or any(existing.differences(wanted))


def _slot(rule: SecurityRule) -> Slot:
    return (rule.direction, rule.priority)


def _etags(group: NetworkSecurityGroup | None) -> dict[str, str]:
    rules = items(child(group.document, "properties"), "securityRules") if group else ()
    return {text(rule, "name").lower(): text(rule, "etag") for rule in rules}


def _reports(*, desired: Desired, wanted: Sequence[SecurityRule], existing: Sequence[SecurityRule]) -> Iterator[RuleReport]:
    current = {rule.name.lower(): rule for rule in existing}
    numbered = {rule.name: rule for rule in wanted}
    for rule in desired.rules:
        name = rule.name(desired.owner)
        target, present = numbered.get(name), current.get(name.lower())
        is_there = target is not None and not _differs(present, target)
        there = RuleState.NOT_ENFORCED if rule.kind is RuleKind.NOT_ENFORCED else RuleState.ENFORCED
        # A number is told, and so remembered, only once the rule has it: by the time of the write there may be a Deny to come behind.
        known = {rule.priority, desired.numbers.get(name), present.priority if present else None}
        yield RuleReport(
            name=name,
            requirement=rule.requirement,
            direction=rule.direction,
            priority=target.priority if target and target.priority in known else None,
            state=there if is_there else RuleState.MISSING,
        )
