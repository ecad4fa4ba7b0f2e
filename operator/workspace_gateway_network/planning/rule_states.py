"""How it stands with every wanted rule once the plan is carried out: what the others of the group make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.planning.access.judgement import Judgement, Verdict
from workspace_gateway_network.planning.access.sentence import sentence
from workspace_gateway_network.planning.desired import Desired, WantedRule
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.flows import Flows
from workspace_gateway_network.planning.note import Note
from workspace_gateway_network.planning.numbering import foreign_rules
from workspace_gateway_network.planning.plan import RuleReport, RuleState
from workspace_gateway_network.requirements.requirements import RuleKind

ACCESS_RESTRICTED = "AccessRestricted"
MAY_BE_BLOCKED = "MayBeBlocked"


@dataclass(frozen=True, kw_only=True)
class RuleStates:
    """A report for each wanted rule, what is wrong, and what is worth telling."""

    reports: tuple[RuleReport, ...]
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]


def state_rules(
    *,
    desired: Desired,
    flows: Flows,
    wanted: Sequence[SecurityRule],
    existing: Sequence[SecurityRule],
    satisfied: Mapping[str, SecurityRule],
) -> RuleStates:
    """Judge the wanted rules among those of others. What Azure does not enforce, and what the organisation numbered, is not judged."""
    others = foreign_rules(existing, desired=desired)
    placed = {rule.name: rule for rule in wanted}
    judged = {
        name: flows.judge(rule, rules=(*others, *wanted))
        for rule in desired.rules
        if rule.kind in {RuleKind.DEPENDENCY, RuleKind.ACCESS} and (name := rule.name(desired.owner)) in placed
    }
    current = {rule.name.lower(): rule for rule in existing}
    reports: list[RuleReport] = []
    findings: list[Finding] = []
    notes: list[Note] = []
    for rule in desired.rules:
        name = rule.name(desired.owner)
        server, judgement = satisfied.get(name), judged.get(name)
        if server:
            reports.append(_report(rule, name=name, priority=None, state=RuleState.SATISFIED, by_rule=server.name))
            continue
        target, present = placed.get(name), current.get(name.lower())
        is_there = target is not None and not differs(present, target)
        state, by_rule = _state(rule, judgement=judgement) if is_there else (RuleState.MISSING, "")
        # A number is told, and so remembered, only once the rule has it: by the time of the write there may be a Deny to come behind.
        known = {rule.priority, desired.numbers.get(name), present.priority if present else None}
        priority = target.priority if target and target.priority in known else None
        reports.append(_report(rule, name=name, priority=priority, state=state, by_rule=by_rule))
        if target and judgement and judgement.verdict is not Verdict.ALLOWED:
            said = sentence(judgement, rule=target, flow=flows.needed(rule))
            findings.extend(_findings(rule, judgement, said))
            notes.extend(_notes(rule, judgement, said))
    return RuleStates(reports=tuple(reports), findings=tuple(findings), notes=tuple(notes))


def differs(existing: SecurityRule | None, wanted: SecurityRule) -> bool:
    """Whether a rule is not there as it is wanted."""
    return existing is None or any(existing.differences(wanted))


def _report(rule: WantedRule, *, name: str, priority: int | None, state: RuleState, by_rule: str) -> RuleReport:
    return RuleReport(name=name, requirement=rule.requirement, direction=rule.direction, priority=priority, state=state, by_rule=by_rule)


def _state(rule: WantedRule, *, judgement: Judgement | None) -> tuple[RuleState, str]:
    if rule.kind is RuleKind.NOT_ENFORCED:
        return RuleState.NOT_ENFORCED, ""
    if judgement is None or judgement.offender is None or judgement.verdict is Verdict.MAY_BE_BLOCKED:
        return RuleState.ENFORCED, ""
    blocked = RuleState.SHADOWED if rule.kind is RuleKind.DEPENDENCY else RuleState.RESTRICTED
    return blocked, judgement.offender.name


def _findings(rule: WantedRule, judgement: Judgement, said: str) -> Iterator[Finding]:
    if rule.kind is RuleKind.DEPENDENCY and judgement.verdict is not Verdict.MAY_BE_BLOCKED:
        yield Finding(
            condition=ConditionType.SECURITY_RULES_APPLIED,
            reason=Reason.SHADOWED_BY_DENY,
            message=(
                f"{said}, and the gateway depends on it. Allow it before that rule, move or narrow the"
                " rule, or set spec.networkSecurityGroup.onDeny to Precede."
            ),
        )


def _notes(rule: WantedRule, judgement: Judgement, said: str) -> Iterator[Note]:
    if judgement.verdict is Verdict.MAY_BE_BLOCKED:
        yield _note(MAY_BE_BLOCKED, f"{said}.")
    elif rule.kind is RuleKind.ACCESS:
        yield _note(ACCESS_RESTRICTED, f"{said}: whom to let in is the organisation's to decide.")


def _note(reason: str, message: str) -> Note:
    return Note(condition=ConditionType.SECURITY_RULES_APPLIED, reason=reason, message=message)
