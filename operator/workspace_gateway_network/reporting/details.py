"""The detail conditions: each part of the network in positive polarity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from workspace_gateway_network.api.conditions import DETAILS, ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.planning.plan import NamesReport, RuleState
from workspace_gateway_network.reporting.scene import Scene
from workspace_gateway_network.reporting.verdict import Verdict, awaiting_gateway

Truth = Literal["True", "False", "Unknown"]

_TAKEN_AWAY = frozenset({ConditionType.SUBNET_DELEGATED, ConditionType.SECURITY_RULES_APPLIED, ConditionType.GATEWAY_ATTACHED})


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a condition says, before it gets generation and time."""

    type: ConditionType
    truth: Truth
    reason: Reason
    message: str


def state_details(scene: Scene, *, verdict: Verdict) -> Iterator[Statement]:
    """A statement for every detail, always, in the order in which they are written."""
    for kind in DETAILS:
        yield (
            _bad(scene, kind=kind)
            or _going(scene, kind=kind, verdict=verdict)
            or _kept(scene, kind=kind, verdict=verdict)
            or _unfinished(scene, kind=kind, verdict=verdict)
            or _GOOD[kind](scene)
        )


def _bad(scene: Scene, *, kind: ConditionType) -> Statement | None:
    findings = [finding for finding in scene.findings if finding.condition is kind]
    if not findings:
        return None
    message = " ".join(dict.fromkeys((*(finding.message for finding in findings), *_noted(scene, kind=kind))))
    return Statement(type=kind, truth="False", reason=findings[0].reason, message=message)


def _going(scene: Scene, *, kind: ConditionType, verdict: Verdict) -> Statement | None:
    """What a deletion takes away, or waited for, is no longer what the last pass said; but where it may not begin, all is as it was."""
    is_taken_away = kind in _TAKEN_AWAY or (kind is ConditionType.DNS_RECORDS_PUBLISHED and scene.keeps_private_dns)
    if not scene.deleting or scene.plan.blocked or not is_taken_away:
        return None
    return Statement(type=kind, truth="Unknown", reason=verdict.reason, message=verdict.message)


def _kept(scene: Scene, *, kind: ConditionType, verdict: Verdict) -> Statement | None:
    """What the last pass said, where this pass could not or did not judge; Unknown where the last pass spoke of another spec."""
    if not _is_unjudged(scene, kind=kind):
        return None
    previous = scene.previous_condition(kind)
    current = previous is not None and (previous.observed_generation == scene.generation or scene.deleting)
    if previous and current and previous.reason in frozenset(Reason):
        return Statement(type=kind, truth=previous.status, reason=Reason(previous.reason), message=previous.message)
    if not scene.obstacles:
        return Statement(type=kind, truth="Unknown", reason=verdict.reason, message=verdict.message) if scene.deleting else None
    worst = scene.obstacles[0]
    return Statement(type=kind, truth="Unknown", reason=worst.reason, message=f"Not judged: see {worst.condition}.")


def _is_unjudged(scene: Scene, *, kind: ConditionType) -> bool:
    if not scene.plan.looked:
        return True
    if scene.deleting or scene.repairs_silently:
        return kind is not ConditionType.AZURE_ACCESS
    unread = scene.plan.is_unread
    if kind is ConditionType.PREREQUISITES_MET:
        return unread
    if kind in {ConditionType.SUBNET_DELEGATED, ConditionType.SECURITY_RULES_APPLIED}:
        return scene.plan.blocked
    if kind is ConditionType.DNS_RECORDS_PUBLISHED:
        return scene.needs_private_dns and (unread or scene.plan.blocked)
    return kind is ConditionType.GATEWAY_ATTACHED and unread and not scene.plan.gateways


def _unfinished(scene: Scene, *, kind: ConditionType, verdict: Verdict) -> Statement | None:
    if scene.plan.steps_for(kind):
        truth: Truth = "False" if scene.observes else "Unknown"
        return Statement(type=kind, truth=truth, reason=verdict.reason, message=verdict.message)
    waits = scene.outcome.waiting_for is not None or scene.outcome.moved
    may_wait = {ConditionType.SUBNET_DELEGATED, ConditionType.SECURITY_RULES_APPLIED}
    if scene.keeps_private_dns and not scene.awaited:
        may_wait.add(ConditionType.DNS_RECORDS_PUBLISHED)
    if waits and kind in may_wait and not scene.plan.steps:
        return Statement(type=kind, truth="Unknown", reason=verdict.reason, message=verdict.message)
    return None


def _azure_access(scene: Scene) -> Statement:
    return _true(
        ConditionType.AZURE_ACCESS, " ".join(("Azure answers what is asked of it.", *_noted(scene, kind=ConditionType.AZURE_ACCESS)))
    )


def _prerequisites_met(scene: Scene) -> Statement:
    met = f"Subnet {scene.desired.subnet_id.name} has the size and the region that a workspace gateway needs, and serves nobody else."
    return _true(ConditionType.PREREQUISITES_MET, " ".join((met, *_noted(scene, kind=ConditionType.PREREQUISITES_MET))))


def _noted(scene: Scene, *, kind: ConditionType) -> tuple[str, ...]:
    """What is worth knowing; but for security rules, with a word in front that tells it from what is wrong."""
    notes = tuple(note.message for note in scene.plan.notes_on(kind))
    return ("Note:", *notes) if notes and kind is not ConditionType.SECURITY_RULES_APPLIED else notes


def _subnet_delegated(scene: Scene) -> Statement:
    delegation = scene.desired.mode_requirements.delegation
    return _true(ConditionType.SUBNET_DELEGATED, f"Subnet {scene.desired.subnet_id.name} is delegated to {delegation}.")


def _security_rules_applied(scene: Scene) -> Statement:
    group = scene.plan.network_security_group_id
    name = group.name if group else ""
    unenforced = sum(rule.state is RuleState.NOT_ENFORCED for rule in scene.plan.rules)
    served = [f"Rule {rule.by_rule} serves for {rule.requirement}." for rule in scene.plan.rules if rule.state is RuleState.SATISFIED]
    remark = [f"Azure does not enforce {unenforced} of them in this mode today."] if unenforced else []
    count = len(scene.plan.rules)
    rules = "the one wanted rule" if count == 1 else f"all {count} wanted rules"
    message = f"Network security group {name} is attached and holds {rules}."
    notes = _noted(scene, kind=ConditionType.SECURITY_RULES_APPLIED)
    return _true(ConditionType.SECURITY_RULES_APPLIED, " ".join((message, *remark, *served, *notes)))


def _gateway_attached(scene: Scene) -> Statement:
    gateway = scene.gateway
    if gateway and gateway.is_up:
        return _true(ConditionType.GATEWAY_ATTACHED, f"Gateway {gateway.name} is in the subnet.")
    return Statement(
        type=ConditionType.GATEWAY_ATTACHED,
        truth="Unknown",
        reason=Reason.AWAITING_GATEWAY,
        message=awaiting_gateway(scene),
    )


def _dns_records_published(scene: Scene) -> Statement:
    kind, names, awaited = ConditionType.DNS_RECORDS_PUBLISHED, scene.names, scene.awaited
    if not scene.needs_private_dns or names is None:
        message = "An Integration gateway is reached through public DNS."
        return Statement(type=kind, truth="True", reason=Reason.NOT_REQUIRED, message=message)
    if awaited:
        return Statement(type=kind, truth="Unknown", reason=awaited.reason, message=awaited.message)
    if names.managed_externally:
        message = "DNS is managed elsewhere; status.hostsEntries says what it has to answer."
        return Statement(type=kind, truth="True", reason=Reason.MANAGED_EXTERNALLY, message=message)
    return _true(kind, _published(names))


def _published(names: NamesReport) -> str:
    if len(names.records) > 1:
        return f"All {len(names.records)} names of the gateway are published in private DNS."
    return " ".join(f"{record.fqdn} is published in private DNS with {' and '.join(record.addresses)}." for record in names.records)


def _true(kind: ConditionType, message: str) -> Statement:
    return Statement(type=kind, truth="True", reason=Reason.RECONCILED, message=message)


_GOOD: Mapping[ConditionType, Callable[[Scene], Statement]] = {
    ConditionType.AZURE_ACCESS: _azure_access,
    ConditionType.PREREQUISITES_MET: _prerequisites_met,
    ConditionType.SUBNET_DELEGATED: _subnet_delegated,
    ConditionType.SECURITY_RULES_APPLIED: _security_rules_applied,
    ConditionType.GATEWAY_ATTACHED: _gateway_attached,
    ConditionType.DNS_RECORDS_PUBLISHED: _dns_records_published,
}
