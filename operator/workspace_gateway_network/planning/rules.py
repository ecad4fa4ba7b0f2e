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
from workspace_gateway_network.model.subnet import VirtualNetwork
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.flows import Flows
from workspace_gateway_network.planning.limits import MAX_RULES, fit
from workspace_gateway_network.planning.not_needed import unneeded_rules
from workspace_gateway_network.planning.note import Note
from workspace_gateway_network.planning.numbering import foreign_rules, held_by, is_ours, number_rules
from workspace_gateway_network.planning.plan import RuleReport
from workspace_gateway_network.planning.rule_states import differs, state_rules
from workspace_gateway_network.planning.satisfaction import satisfied_rules
from workspace_gateway_network.planning.step import REPAIRED, Action, Change, ReadSet, Step

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
    notes: tuple[Note, ...]


def plan_rules(
    *, desired: Desired, group: NetworkSecurityGroup | None, prefixes: Sequence[str], network: VirtualNetwork, group_id: ResourceId
) -> RulePlan:
    """Compare and order. Without a group nothing exists yet, and the caller creates the group with the wanted rules in it."""
    existing = group.rules if group else ()
    flows = Flows(desired=desired, prefixes=prefixes, network=network, existing=existing)
    satisfied = satisfied_rules(desired=desired, flows=flows, existing=existing)
    numbering = number_rules(desired=desired, flows=flows, existing=existing, unneeded=satisfied)
    numbered = [
        flows.placed(rule, priority=numbering.numbers[name])
        for rule in desired.rules
        if (name := rule.name(desired.owner)) in numbering.numbers
    ]
    others = foreign_rules(existing, desired=desired)
    fitting = fit(wanted=numbered, others=others, group_id=group_id)
    names = {rule.name(desired.owner).lower() for rule in desired.rules}
    obsolete = [rule for rule in our_rules(existing, desired=desired) if rule.name.lower() not in names]
    ordering = _Ordering(group_id=group_id, entries=_entries(group), slots={_slot(rule): rule for rule in existing})
    writes = tuple(ordering.puts(wanted=fitting.rules, existing=existing, obsolete=obsolete)) if group else ()
    removals = tuple(ordering.deletion(rule) for rule in obsolete if rule.name not in ordering.deleted)
    states = state_rules(desired=desired, flows=flows, wanted=fitting.rules, existing=existing, satisfied=satisfied)
    waiting = (held_by(rule, holder=holder) for rule, holder in ordering.stuck)
    return RulePlan(
        wanted=fitting.rules,
        writes=writes,
        removals=removals,
        reports=states.reports,
        findings=(*numbering.findings, *fitting.findings, *waiting, *states.findings),
        notes=(*states.notes, *(unneeded_rules(group=group, subnet_id=desired.subnet_id, rules=others) if group else ())),
    )


def delete_rules(*, desired: Desired, group: NetworkSecurityGroup) -> tuple[Step, ...]:
    """Take every rule of ours out of a group."""
    ordering = _Ordering(group_id=group.id, entries=_entries(group), slots={})
    return tuple(ordering.deletion(rule) for rule in our_rules(group.rules, desired=desired))


class _Ordering:
    """Orders the writes to one group so that at every moment each number of a direction belongs to one rule at most."""

    def __init__(self, *, group_id: ResourceId, entries: Mapping[str, JsonObject], slots: dict[Slot, SecurityRule]) -> None:
        """`entries` are the group's rules as Azure shows them, by name in lower case."""
        self._group_id = group_id
        self._entries = entries
        self._slots = slots
        self.deleted: set[str] = set()
        self.stuck: list[tuple[SecurityRule, SecurityRule]] = []
        """Rules whose number is held by a rule of ours that cannot go where it shall; and that holder."""

    def puts(self, *, wanted: Sequence[SecurityRule], existing: Sequence[SecurityRule], obsolete: Sequence[SecurityRule]) -> Iterator[Step]:
        current = {rule.name.lower(): rule for rule in existing}
        names = {rule.name.lower() for rule in wanted}
        pending = [rule for rule in wanted if differs(current.get(rule.name.lower()), rule) or self._has_failed(rule)]
        while pending:
            ready = next((rule for rule in pending if self._holder(rule) is None), None)
            if ready:
                is_full = ready.name.lower() not in current and len(self._slots) >= MAX_RULES
                old = next((rule for rule in obsolete if rule.name not in self.deleted), None) if is_full else None
                if old:
                    yield self.deletion(old)
                    continue
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
            etag=text(self._entries.get(rule.name.lower(), {}), "etag"),
        )

    def _has_failed(self, rule: SecurityRule) -> bool:
        """Whether the rule's last write has failed: what it says it is may not be in force until it is written once more."""
        return text(child(self._entries.get(rule.name.lower(), {}), "properties"), "provisioningState") == "Failed"

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
        changes = [Change(path=f"properties.{path}", before=was, after=to) for path, was, to in before.differences(rule)] if before else []
        if before and not changes:
            changes.append(REPAIRED)
        return Step(
            action=Action.UPDATE if before else Action.CREATE,
            target=self._group_id.child("securityRules", before.name if before else rule.name),
            condition=ConditionType.SECURITY_RULES_APPLIED,
            changes=tuple(changes) or (Change(path="", before=None, after=rule.to_arm()),),
            reads=ReadSet(network_security_groups=frozenset({self._group_id})),
            locks=frozenset({self._group_id}),
            body=rule_document(rule),
            etag=text(self._entries.get(rule.name.lower(), {}), "etag") if before else "",
            owned=frozenset({"properties"}),
        )


def rule_document(rule: SecurityRule) -> JsonObject:
    """A rule as it stands in the body of its group's PUT."""
    return {"name": rule.name, "properties": rule.to_arm()}


def our_rules(rules: Iterable[SecurityRule], *, desired: Desired) -> list[SecurityRule]:
    """This owner's rules by name: Azure promises no order, and the same world must make the same plan."""
    return sorted((rule for rule in rules if is_ours(rule, desired=desired)), key=lambda rule: rule.name.lower())


def _slot(rule: SecurityRule) -> Slot:
    return (rule.direction, rule.priority)


def _entries(group: NetworkSecurityGroup | None) -> Mapping[str, JsonObject]:
    rules = items(child(group.document, "properties"), "securityRules") if group else ()
    return {text(rule, "name").lower(): rule for rule in rules}
