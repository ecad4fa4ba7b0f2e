"""Keeping out of a fight: what somebody changes back again and again is left alone for a while, and the rest goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.planning.described import described
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import Action, Field, Step


def withhold(plan: Plan, *, contested: Collection[Field]) -> Plan:
    """The same plan without the steps that set a contested field, and with a finding for each such field.

    What would have come after them in the same part waits too, and so does everything that would be taken away: it may only go once what
    replaces it is there.
    """
    fought_over = [step for step in plan.steps if step.fields.intersection(contested)]
    if not fought_over:
        return plan
    kept, withheld = _divided(plan.steps, fought_over)
    fields = dict.fromkeys((step.condition, field) for step in fought_over for field in _ordered(step) if field in contested)
    findings = tuple(_finding(condition, field) for condition, field in fields)
    return replace(plan, steps=kept, withheld=withheld, findings=(*plan.findings, *findings))


def _divided(steps: tuple[Step, ...], fought_over: list[Step]) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    kept: list[Step] = []
    withheld: list[Step] = []
    stuck: frozenset[ConditionType] = frozenset()
    for step in steps:
        depends = bool(stuck & step.concerns) or (bool(stuck) and step.action is Action.DELETE)
        if step in fought_over or depends:
            withheld.append(step)
            stuck |= step.concerns
        else:
            kept.append(step)
    return tuple(kept), tuple(withheld)


def _ordered(step: Step) -> Iterator[Field]:
    yield from sorted(step.fields, key=lambda field: field.path)


def _finding(condition: ConditionType, field: Field) -> Finding:
    what = f"{field.path} of {described(field.target)}" if field.path else described(field.target)
    return Finding(
        condition=condition,
        reason=Reason.CONTESTED,
        message=(
            f"Somebody keeps changing {what}: it was put right more than 3 times within an hour, so that is done ever more rarely now, down"
            " to once an hour. See the activity log in Azure for who it is, and have one of the two leave it alone."
        ),
    )
