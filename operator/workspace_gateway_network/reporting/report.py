"""The status and the events that a pass ends with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from workspace_gateway_network.api.conditions import DETAILS, ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.api.status import (
    MAX_ADDRESSES,
    MAX_CHANGES,
    MAX_HOSTS_ENTRIES,
    MAX_OWNED_RESOURCES,
    MAX_RECORDS,
    DnsStatus,
    DriftState,
    DriftStatus,
    Effective,
    GatewayStatus,
    PlannedChange,
    PlanStatus,
    RecordStatus,
    SecurityRuleStatus,
    Status,
    SubnetStatus,
)
from workspace_gateway_network.model.json import Json, canonical
from workspace_gateway_network.model.private_dns import PRIVATE_DNS_ZONE
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.reporting import conditions
from workspace_gateway_network.reporting.details import state_details
from workspace_gateway_network.reporting.event import Event
from workspace_gateway_network.reporting.events import describe
from workspace_gateway_network.reporting.moment import spell
from workspace_gateway_network.reporting.scene import Scene
from workspace_gateway_network.reporting.verdict import Verdict, judge

_VALUE_LIMIT = 2048


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a pass has to say."""

    status: Status
    verdict: Verdict
    events: tuple[Event, ...]
    corrected: bool = False
    """Whether this pass saw drift undone."""


def report(scene: Scene) -> Report:
    """Report on a pass that looked at Azure."""
    verdict = judge(scene)
    details = tuple(state_details(scene, verdict=verdict))
    statements = (*conditions.summaries(verdict), *details)
    status = Status(
        conditions=conditions.dated(statements, generation=scene.generation, previous=scene.previous.conditions or (), now=scene.now),
        observed_generation=scene.generation,
        effective=_effective(scene),
        subnet=_subnet(scene),
        security_rules=_security_rules(scene),
        gateway=_gateway(scene),
        dns=_dns(scene),
        hosts_entries=_hosts_entries(scene),
        drift=_drift(scene),
        plan=_plan(scene),
        owned_resources=_owned_resources(scene),
        progressing_since=spell(verdict.progressing_since) if verdict.progressing_since else None,
        last_handled_reconcile_at=scene.reconcile_requested_at or scene.previous.last_handled_reconcile_at,
    )
    corrected = _is_corrected(scene)
    rules_message = next(each.message for each in details if each.type is ConditionType.SECURITY_RULES_APPLIED)
    events = tuple(describe(scene, verdict=verdict, corrected=corrected, rules_message=rules_message))
    return Report(status=status, verdict=verdict, events=events, corrected=corrected)


def report_suspended(*, generation: int, digest: str, previous: Status, now: datetime, requested_at: str | None) -> Report:
    """Report on a suspended resource: what was said stays, while it speaks of what the spec still asks for."""
    verdict = Verdict(reason=Reason.SUSPENDED, message="spec.suspend is set, and this spec was not applied before.")
    applies = previous.effective is not None and previous.effective.digest == digest and previous.conditions
    if applies and previous.conditions:
        kept = conditions.followed(previous.conditions, generation=generation)
    else:
        statements = conditions.alone(verdict.reason, verdict.message, details=DETAILS)
        kept = conditions.dated(statements, generation=generation, previous=previous.conditions or (), now=now)
    status = previous.model_copy(
        update={
            "conditions": kept,
            "observed_generation": generation,
            "progressing_since": None,
            "last_handled_reconcile_at": requested_at or previous.last_handled_reconcile_at,
        }
    )
    return Report(status=status, verdict=verdict, events=())


def report_invalid(*, generation: int, problem: str, previous: Status, now: datetime, requested_at: str | None) -> Report:
    """Report on a spec that the models refuse; the API server refuses it too, unless it was stored under another CRD."""
    verdict = Verdict(reason=Reason.INVALID_SPEC, message=f"The spec is invalid: {problem}. Correct it and apply it again.")
    statements = conditions.alone(verdict.reason, verdict.message, details=DETAILS)
    status = previous.model_copy(
        update={
            "conditions": conditions.dated(statements, generation=generation, previous=previous.conditions or (), now=now),
            "observed_generation": generation,
            # What was in force no longer speaks of this spec, nor do these conditions of what was in force.
            "effective": None,
            "progressing_since": None,
            "last_handled_reconcile_at": requested_at or previous.last_handled_reconcile_at,
        }
    )
    return Report(status=status, verdict=verdict, events=())


def _effective(scene: Scene) -> Effective:
    group = scene.plan.network_security_group_id
    before = scene.previous.effective or Effective()
    return Effective(
        digest=scene.digest,
        requirements_version=scene.desired.requirements.version,
        delegation=scene.desired.mode_requirements.delegation,
        network_security_group_id=str(group) if group else before.network_security_group_id,
        zone_names=_zone_names(scene),
    )


def _zone_names(scene: Scene) -> tuple[str, ...] | None:
    if _is_dns_unread(scene):
        return scene.previous.effective.zone_names if scene.previous.effective else None
    return (scene.names.zone_names[:MAX_RECORDS] or None) if scene.names else None


def _subnet(scene: Scene) -> SubnetStatus | None:
    subnet = scene.plan.subnet
    if subnet is None:
        return scene.previous.subnet if scene.plan.is_unread else None
    return SubnetStatus(
        id=str(subnet.id),
        name=subnet.id.name,
        address_prefixes=subnet.address_prefixes,
        delegation=next((delegation.service_name for delegation in subnet.delegations), None),
        network_security_group_id=str(subnet.network_security_group_id) if subnet.network_security_group_id else None,
    )


def _security_rules(scene: Scene) -> tuple[SecurityRuleStatus, ...] | None:
    if not scene.plan.rules:
        return scene.previous.security_rules
    return tuple(
        SecurityRuleStatus(
            name=rule.name,
            requirement=rule.requirement,
            direction=rule.direction,
            priority=rule.priority,
            state=rule.state.value,
            by_rule=rule.by_rule or None,
        )
        for rule in scene.plan.rules
    )


def _gateway(scene: Scene) -> GatewayStatus | None:
    gateway, before = scene.gateway, scene.previous.gateway
    if gateway is None:
        return before if scene.plan.is_unread else _last_gateway(scene)
    if _is_dns_unread(scene) and before and ResourceId(before.id) == gateway.id:
        return before.model_copy(update={"provisioning_state": gateway.provisioning_state})
    names = scene.names
    return GatewayStatus(
        id=str(gateway.id),
        name=gateway.name,
        provisioning_state=gateway.provisioning_state,
        hostnames=(names.hostnames[:MAX_RECORDS] or None) if names else None,
        private_ip_addresses=(names.addresses[:MAX_ADDRESSES] or None) if names else None,
    )


def _last_gateway(scene: Scene) -> GatewayStatus | None:
    """The gateway that was there last: what it has in private DNS goes only when just that one is known to be gone."""
    before = scene.previous.gateway
    has_names = any(owned.type.startswith(PRIVATE_DNS_ZONE.lower()) for owned in scene.plan.owned)
    return before.model_copy(update={"provisioning_state": None}) if before and has_names else None


def _dns(scene: Scene) -> DnsStatus | None:
    if _is_dns_unread(scene):
        return scene.previous.dns
    if scene.names is None or not scene.names.records:
        return None
    return DnsStatus(
        records=tuple(
            RecordStatus(
                fqdn=record.fqdn,
                zone_id=str(record.zone_id) if record.zone_id else None,
                ip_addresses=record.addresses[:MAX_ADDRESSES],
                state=record.state.value,
            )
            for record in scene.names.records[:MAX_RECORDS]
        )
    )


def _hosts_entries(scene: Scene) -> tuple[str, ...] | None:
    """Lines of a hosts file: one for each name and address."""
    if _is_dns_unread(scene):
        return scene.previous.hosts_entries
    records = scene.names.records if scene.names else ()
    return tuple(sorted({f"{address} {record.fqdn}" for record in records for address in record.addresses}))[:MAX_HOSTS_ENTRIES] or None


def _is_dns_unread(scene: Scene) -> bool:
    """Whether this look is no reason to tell anything else of DNS than the last one."""
    return scene.needs_private_dns and (scene.names is None or scene.plan.is_unread)


def _drift(scene: Scene) -> DriftStatus:
    before = scene.previous.drift or DriftStatus(state=DriftState.IN_SYNC)
    if scene.observes:
        drifted = bool(scene.plan.steps)
        since = before.detected_at if before.state is DriftState.DRIFTED else spell(scene.now)
        return DriftStatus(
            state=DriftState.DRIFTED if drifted else DriftState.IN_SYNC,
            detected_at=since if drifted else before.detected_at,
            count=before.count,
        )
    if scene.is_correcting_drift or scene.plan.withheld or (scene.was_drifted and scene.obstacles):
        return DriftStatus(state=DriftState.DRIFTED, detected_at=spell(scene.drift_seen_at), count=before.count)
    if _is_corrected(scene):
        return DriftStatus(state=DriftState.IN_SYNC, detected_at=spell(scene.drift_seen_at), count=before.count + 1)
    return DriftStatus(state=DriftState.IN_SYNC, detected_at=before.detected_at, count=before.count)


def _is_corrected(scene: Scene) -> bool:
    began = bool(scene.drifted) or scene.was_drifted
    return began and not scene.unfinished and not scene.obstacles and not scene.observes


def _plan(scene: Scene) -> PlanStatus | None:
    if not scene.observes or not scene.plan.steps:
        return None
    changes = tuple(_changes(scene.plan))
    digest = hashlib.sha256(canonical([change.model_dump(mode="json") for change in changes]).encode()).hexdigest()[:16]
    before = scene.previous.plan
    more = len(changes) - MAX_CHANGES
    return PlanStatus(
        id=digest,
        created_at=before.created_at if before and before.id == digest else spell(scene.now),
        changes=changes[:MAX_CHANGES],
        more=f"and {more} more" if more > 0 else None,
    )


def _changes(plan: Plan) -> Iterator[PlannedChange]:
    for step in plan.steps:
        for change in step.changes:
            yield PlannedChange.model_validate(
                {
                    "action": step.action.value,
                    "resource": str(step.target),
                    "path": change.path or None,
                    "from": _value(change.before),
                    "to": _value(change.after),
                }
            )


def _value(value: Json) -> str | None:
    text = canonical(value)
    return None if value is None else text if len(text) <= _VALUE_LIMIT else text[: _VALUE_LIMIT - 1] + "…"


def _owned_resources(scene: Scene) -> tuple[str, ...] | None:
    if scene.plan.is_unread:
        return scene.previous.owned_resources
    return tuple(str(owned) for owned in scene.plan.owned[:MAX_OWNED_RESOURCES])
