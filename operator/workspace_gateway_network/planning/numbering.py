"""Which number every wanted rule gets: first match ends, so a rule's place decides what it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.security_rule import HIGHEST_PRIORITY, LOWEST_PRIORITY, Access, Direction, SecurityRule
from workspace_gateway_network.planning.desired import Desired, WantedRule
from workspace_gateway_network.planning.finding import Finding

FIRST_NUMBER = 1000
"""Where new rules of ours are counted from."""


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """The number of every wanted rule, by the rule's name in Azure; a rule without one is named by a finding."""

    numbers: Mapping[str, int]
    findings: tuple[Finding, ...]


def number_rules(*, desired: Desired, prefixes: Sequence[str], existing: Sequence[SecurityRule]) -> Numbering:
    """Number the wanted rules among the existing ones of a group.

    The organisation's own numbers stand. A rule of the requirements keeps the number it has, if that still works; a new one takes the first
    free number from 1000 up, behind every other Deny and before a closing one.
    """
    numbers: dict[str, int] = {}
    findings: list[Finding] = []
    for direction in Direction:
        space = _NumberSpace.of(direction, desired=desired, prefixes=prefixes, existing=existing)
        for name, number, finding in space.assign(desired=desired, existing=existing):
            if number is not None:
                numbers[name] = number
            if finding:
                findings.append(finding)
    return Numbering(numbers=numbers, findings=tuple(findings))


Assignment = tuple[str, int | None, Finding | None]


@dataclass(kw_only=True)
class _NumberSpace:
    """The numbers of one direction, which are independent of the other's."""

    direction: Direction
    holders: Mapping[int, str]
    """Foreign rules by number."""
    floor: int
    """The largest number of a Deny that a new rule must come behind; 0 where there is none."""
    ceiling: int
    """The number of the closing Deny, which every rule must come before; beyond the last number where there is none."""
    floor_name: str
    closing_name: str
    taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, direction: Direction, *, desired: Desired, prefixes: Sequence[str], existing: Sequence[SecurityRule]) -> _NumberSpace:
        foreign = [rule for rule in existing if rule.direction is direction and not is_ours(rule, desired=desired)]
        chosen = [
            rule.numbered(owner=desired.owner, priority=rule.priority, prefixes=prefixes)
            for rule in desired.rules
            if rule.direction is direction and rule.priority is not None
        ]
        names = {rule.name.lower() for rule in chosen}
        denies = [rule for rule in (*foreign, *chosen) if rule.access is Access.DENY]
        closing = min((rule for rule in denies if rule.is_closing_deny), key=lambda rule: rule.priority, default=None)
        ceiling = closing.priority if closing else HIGHEST_PRIORITY + 1
        last = max((rule for rule in denies if rule.priority < ceiling), key=lambda rule: rule.priority, default=None)
        return cls(
            direction=direction,
            holders={rule.priority: rule.name for rule in foreign},
            floor=last.priority if last else 0,
            ceiling=ceiling,
            floor_name=last.name if last else "",
            closing_name=closing.name if closing else "",
            # Where a rule with a chosen number is now, it may have to stay, when the chosen one is somebody's.
            taken={rule.priority for rule in (*foreign, *chosen)} | {rule.priority for rule in existing if rule.name.lower() in names},
        )

    def assign(self, *, desired: Desired, existing: Sequence[SecurityRule]) -> Iterator[Assignment]:
        rules = [rule for rule in desired.rules if rule.direction is self.direction]
        for rule in rules:
            if rule.priority is not None:
                yield self._as_chosen(rule, name=rule.name(desired.owner), number=rule.priority)
        unnumbered = {rule.name(desired.owner): rule for rule in rules if rule.priority is None}
        present = {rule.name.lower(): rule.priority for rule in existing if rule.direction is self.direction}
        current = {name: present.get(name.lower(), 0) for name in unnumbered}
        # Every remembered number before any that a rule merely has: somebody may have moved one rule to another's.
        for numbers in (desired.numbers, current):
            for name in tuple(unnumbered):
                if self._works(number := numbers.get(name, 0)):
                    self.taken.add(number)
                    del unnumbered[name]
                    yield name, number, None
        for name, rule in unnumbered.items():
            yield self._first_free(rule, name=name)

    def _works(self, number: int) -> bool:
        return LOWEST_PRIORITY <= number < self.ceiling and number not in self.taken

    def _as_chosen(self, rule: WantedRule, *, name: str, number: int) -> Assignment:
        holder = self.holders.get(number)
        if holder is None:
            return name, number, None
        return name, None, _taken(rule.requirement, number=number, direction=self.direction, holder=holder)

    def _first_free(self, rule: WantedRule, *, name: str) -> Assignment:
        lowest = max(FIRST_NUMBER, self.floor + 1)
        number = next((number for number in range(lowest, self.ceiling) if number not in self.taken), None)
        if number is not None:
            self.taken.add(number)
            return name, number, None
        after = f"behind {self.floor_name} ({self.floor})" if self.floor >= FIRST_NUMBER else f"at {FIRST_NUMBER} or behind"
        before = f" and before {self.closing_name} ({self.ceiling})" if self.closing_name else ""
        message = (
            f"No number is free for rule {rule.requirement}: {rule.direction} it must come {after}{before}. Free a number there, or move"
            " the Deny rules around it."
        )
        return name, None, _conflict(message)


def is_ours(rule: SecurityRule, *, desired: Desired) -> bool:
    """Whether a rule carries this owner's mark: its name decides, which Azure compares without case."""
    return rule.name.lower().startswith(desired.owner.name_prefix)


def held_by(rule: SecurityRule, *, holder: SecurityRule) -> Finding:
    """The finding that a rule of ours waits for the number of another rule of ours, which cannot leave it."""
    return _taken(rule.name, number=rule.priority, direction=rule.direction, holder=holder.name)


def _taken(name: str, *, number: int, direction: Direction, holder: str) -> Finding:
    return _conflict(f"Rule {name} wants number {number} {direction}, which rule {holder} has. Choose another number, or move that rule.")


def _conflict(message: str) -> Finding:
    return Finding(condition=ConditionType.SECURITY_RULES_APPLIED, reason=Reason.PRIORITY_CONFLICT, message=message)
