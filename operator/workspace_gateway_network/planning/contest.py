"""Keeping out of a fight: what somebody changes back again and again is left alone for a while, and the rest goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.network_security_group import NETWORK_SECURITY_GROUP
from workspace_gateway_network.planning.described import described
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import Action, Field, Step


def withhold(plan: Plan, *, contested: Collection[Field]) -> Plan:
    """The same plan without what sets a contested field, and with a finding for each such field.

    A subnet or a record set is written without that field; a security rule, which means something only as a whole, is not written. What
    must not be done before that waits too, and so does everything that would be taken away: it may only go once what replaces it is there.
    """
    kept: list[Step] = []
    withheld: list[Step] = []
    for step in plan.steps:
        waiting = {field for field in step.fields if field in contested}.union(*(_held_up(step, by=other) for other in withheld))
        left = step.without(waiting)
        if left is not None:
            kept.append(left)
        if left is not step:
            withheld.append(replace(step, changes=tuple(change for change in step.changes if left is None or change not in left.changes)))
    if not withheld:
        return plan
    findings = tuple(dict.fromkeys(finding for step in withheld for finding in _findings(step, contested=contested)))
    return replace(plan, steps=tuple(kept), withheld=tuple(withheld), findings=(*plan.findings, *findings))


def _held_up(step: Step, *, by: Step) -> frozenset[Field]:
    """What of a step must not be set before another one is done."""
    if by.action is Action.TAG:
        return frozenset()
    if step.action is Action.DELETE:
        return step.fields
    if step.zone_name != by.zone_name:
        return frozenset()
    if step.target.type == by.target.type and step.target.parent == by.target.parent:
        # Nothing depends on its siblings, but for a rule that is to have the number of another one.
        frees_number = by.action is Action.DELETE or any(change.path == "properties.priority" for change in by.changes)
        return step.fields if frees_number else frozenset()
    return step.fields if step.zone_name else step.fields_of(by.concerns)


def _findings(step: Step, *, contested: Collection[Field]) -> Iterator[Finding]:
    for condition in sorted(step.concerns):
        for field in sorted(step.fields_of({condition}).intersection(contested), key=lambda field: field.path):
            yield _finding(condition, field)


def _finding(condition: ConditionType, field: Field) -> Finding:
    what = f"{field.path} of {described(field.target)}" if field.path else described(field.target)
    if field.target.type == f"{NETWORK_SECURITY_GROUP.lower()}/securityrules":
        # Groups that the subnet had before may hold rules of the same names.
        what = f"{what} in {described(field.target.parent)}"
    return Finding(
        condition=condition,
        reason=Reason.CONTESTED,
        message=(
            f"Somebody keeps changing {what}: it was put right more than 3 times within an hour, so that is done ever more rarely now, down"
            " to once an hour. See the activity log in Azure for who it is, and have one of the two leave it alone."
        ),
    )
