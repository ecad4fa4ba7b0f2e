"""Which number every wanted rule gets: first match ends, so a rule's place decides what it does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.api.spec import OnDeny
from workspace_gateway_network.model.security_rule import HIGHEST_PRIORITY, LOWEST_PRIORITY, Access, Direction, SecurityRule
from workspace_gateway_network.planning.desired import Desired, WantedRule
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.flows import Flows
from workspace_gateway_network.requirements.requirements import RuleKind

FIRST_NUMBER = 1000
"""Where new rules of ours are counted from."""


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """The number of every wanted rule, by the rule's name in Azure; a rule without one is named by a finding."""

    numbers: Mapping[str, int]
    findings: tuple[Finding, ...]


def number_rules(*, desired: Desired, flows: Flows, existing: Sequence[SecurityRule], unneeded: Collection[str] = ()) -> Numbering:
    """Number the wanted rules among the existing ones of a group, but for the unneeded, which are names in Azure.

    The organisation's own numbers stand. A rule of the requirements keeps the number it has, if that still works; a new one takes the first
    free number from 1000 up, behind every Deny that overlaps with it and before a closing one. Under `onDeny: Precede` what the gateway
    depends on goes before every Deny that it meets.
    """
    numbers: dict[str, int] = {}
    findings: list[Finding] = []
    for direction in Direction:
        space = _NumberSpace.of(direction, desired=desired, flows=flows, existing=existing)
        rules = [rule for rule in desired.rules if rule.direction is direction and rule.name(desired.owner) not in unneeded]
        for name, number, finding in space.assign(rules, desired=desired, existing=existing):
            if number is not None:
                numbers[name] = number
            if finding:
                findings.append(finding)
    return Numbering(numbers=numbers, findings=tuple(findings))


Assignment = tuple[str, int | None, Finding | None]


@dataclass(frozen=True, kw_only=True)
class _Room:
    """Where among the numbers a rule does what it shall: behind the floor and before the ceiling."""

    floor: SecurityRule | None
    """The last Deny that a new rule must come behind."""
    ceiling: SecurityRule | None
    """The first Deny that the rule must come before."""

    @property
    def end(self) -> int:
        """The first number that is too large."""
        return self.ceiling.priority if self.ceiling else HIGHEST_PRIORITY + 1

    def candidates(self) -> Iterator[int]:
        """Numbers for a new rule, the best first: from 1000 up; where it goes before somebody's Deny, then from there down."""
        start = max(FIRST_NUMBER, self.floor.priority + 1 if self.floor else 0)
        goes_before = self.ceiling is not None and not self.ceiling.is_closing_deny
        below = range(min(self.end, start) - 1, LOWEST_PRIORITY - 1, -1) if goes_before else ()
        return chain(range(start, self.end), below)

    def __str__(self) -> str:
        floor, ceiling = self.floor, self.ceiling
        before = f"before {ceiling.name} ({ceiling.priority})" if ceiling else ""
        if ceiling and not ceiling.is_closing_deny:
            return before
        after = f"behind {floor.name} ({floor.priority})" if floor and floor.priority >= FIRST_NUMBER else f"at {FIRST_NUMBER} or behind"
        return " and ".join(filter(None, (after, before)))


@dataclass(kw_only=True)
class _NumberSpace:
    """The numbers of one direction, which are independent of the other's."""

    direction: Direction
    flows: Flows
    precedes: bool
    holders: Mapping[int, str]
    """Foreign rules by number."""
    denies: Sequence[SecurityRule]
    """Every Deny that is not ours, and the organisation's own at their chosen numbers; in their order."""
    taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, direction: Direction, *, desired: Desired, flows: Flows, existing: Sequence[SecurityRule]) -> _NumberSpace:
        foreign = [rule for rule in foreign_rules(existing, desired=desired) if rule.direction is direction]
        chosen = [rule for rule in chosen_rules(desired=desired, flows=flows) if rule.direction is direction]
        names = {rule.name.lower() for rule in chosen}
        return cls(
            direction=direction,
            flows=flows,
            precedes=desired.on_deny is OnDeny.PRECEDE,
            holders={rule.priority: rule.name for rule in foreign},
            denies=sorted((rule for rule in (*foreign, *chosen) if rule.access is Access.DENY), key=lambda rule: rule.priority),
            # Where a rule with a chosen number is now, it may have to stay, when the chosen one is somebody's.
            taken={rule.priority for rule in (*foreign, *chosen)} | {rule.priority for rule in existing if rule.name.lower() in names},
        )

    def assign(self, rules: Sequence[WantedRule], *, desired: Desired, existing: Sequence[SecurityRule]) -> Iterator[Assignment]:
        for rule in rules:
            if rule.priority is not None:
                yield self._as_chosen(rule, name=rule.name(desired.owner), number=rule.priority)
        unnumbered = {rule.name(desired.owner): rule for rule in rules if rule.priority is None}
        rooms = {name: self._room(rule) for name, rule in unnumbered.items()}
        present = {rule.name.lower(): rule.priority for rule in existing if rule.direction is self.direction}
        current = {name: present.get(name.lower(), 0) for name in unnumbered}
        # Every remembered number before any that a rule merely has: somebody may have moved one rule to another's.
        for numbers in (desired.numbers, current):
            for name in tuple(unnumbered):
                if self._works(number := numbers.get(name, 0), room=rooms[name]):
                    self.taken.add(number)
                    del unnumbered[name]
                    yield name, number, None
        for name, rule in unnumbered.items():
            yield self._first_free(rule, name=name, room=rooms[name])

    def _room(self, rule: WantedRule) -> _Room:
        met = [deny for deny in self.denies if self.flows.meets(rule, deny)]
        if self.precedes and rule.kind is RuleKind.DEPENDENCY:
            return _Room(floor=None, ceiling=next((deny for deny in met if self.flows.concerns(rule, deny)), None))
        closing = next((deny for deny in met if deny.is_closing_deny), None)
        before = met[: met.index(closing)] if closing else met
        return _Room(floor=before[-1] if before else None, ceiling=closing)

    def _works(self, number: int, *, room: _Room) -> bool:
        return LOWEST_PRIORITY <= number < room.end and number not in self.taken

    def _as_chosen(self, rule: WantedRule, *, name: str, number: int) -> Assignment:
        holder = self.holders.get(number)
        if holder is None:
            return name, number, None
        return name, None, _taken(rule.requirement, number=number, direction=self.direction, holder=holder)

    def _first_free(self, rule: WantedRule, *, name: str, room: _Room) -> Assignment:
        number = next((number for number in room.candidates() if number not in self.taken), None)
        if number is not None:
            self.taken.add(number)
            return name, number, None
        message = (
            f"No number is free for rule {rule.requirement}: {rule.direction} it must come {room}. Free a number there, or move"
            " the Deny rules around it."
        )
        return name, None, _conflict(message)


def chosen_rules(*, desired: Desired, flows: Flows) -> list[SecurityRule]:
    """The rules whose numbers the organisation chose, at those numbers."""
    return [flows.placed(rule, priority=rule.priority) for rule in desired.rules if rule.priority is not None]


def is_ours(rule: SecurityRule, *, desired: Desired) -> bool:
    """Whether a rule carries this owner's mark: its name decides, which Azure compares without case."""
    return rule.name.lower().startswith(desired.owner.name_prefix)


def foreign_rules(rules: Iterable[SecurityRule], *, desired: Desired) -> list[SecurityRule]:
    """Everybody's rules but this owner's, other resources' rules among them."""
    return [rule for rule in rules if not is_ours(rule, desired=desired)]


def held_by(rule: SecurityRule, *, holder: SecurityRule) -> Finding:
    """The finding that a rule of ours waits for the number of another rule of ours, which cannot leave it."""
    return _taken(rule.name, number=rule.priority, direction=rule.direction, holder=holder.name)


def _taken(name: str, *, number: int, direction: Direction, holder: str) -> Finding:
    return _conflict(f"Rule {name} wants number {number} {direction}, which rule {holder} has. Choose another number, or move that rule.")


def _conflict(message: str) -> Finding:
    return Finding(condition=ConditionType.SECURITY_RULES_APPLIED, reason=Reason.PRIORITY_CONFLICT, message=message)
