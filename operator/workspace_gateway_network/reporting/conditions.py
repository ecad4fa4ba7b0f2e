"""The list of conditions, in the one order and shape that kstatus, Flux, Argo CD and `kubectl wait` all read alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason, ReasonClass
from workspace_gateway_network.api.status import Condition
from workspace_gateway_network.reporting.details import Statement, Truth
from workspace_gateway_network.reporting.moment import spell
from workspace_gateway_network.reporting.verdict import Verdict

_READY: dict[ReasonClass, Truth] = {
    ReasonClass.GOOD: "True",
    ReasonClass.WORKING: "Unknown",
    ReasonClass.WILL_RETRY: "False",
    ReasonClass.NEEDS_A_PERSON: "False",
}


def summaries(verdict: Verdict) -> Iterator[Statement]:
    """`Ready`, and with it `Reconciling` or `Stalled`: at most one of the two, and only while it is True."""
    kind = verdict.reason_class
    yield Statement(type=ConditionType.READY, truth=_READY[kind], reason=verdict.reason, message=verdict.message)
    if kind in {ReasonClass.WORKING, ReasonClass.WILL_RETRY}:
        yield Statement(type=ConditionType.RECONCILING, truth="True", reason=verdict.reason, message=verdict.message)
    elif kind is ReasonClass.NEEDS_A_PERSON:
        yield Statement(type=ConditionType.STALLED, truth="True", reason=verdict.reason, message=verdict.message)


def dated(statements: Iterable[Statement], *, generation: int, previous: Iterable[Condition], now: datetime) -> tuple[Condition, ...]:
    """Conditions from statements: `lastTransitionTime` moves only where the status does."""
    before = {condition.type: condition for condition in previous}
    return tuple(
        Condition(
            type=statement.type,
            status=statement.truth,
            observed_generation=generation,
            last_transition_time=_since(before.get(statement.type), truth=statement.truth, now=now),
            reason=statement.reason,
            message=statement.message,
        )
        for statement in statements
    )


def followed(previous: Iterable[Condition], *, generation: int) -> tuple[Condition, ...]:
    """The same conditions, speaking of a newer generation that asks for the same."""
    return tuple(condition.model_copy(update={"observed_generation": generation}) for condition in previous)


def alone(reason: Reason, message: str, *, details: Iterable[ConditionType]) -> Iterator[Statement]:
    """One reason for everything, where there is nothing else to say: all details are Unknown."""
    yield from summaries(Verdict(reason=reason, message=message))
    for kind in details:
        yield Statement(type=kind, truth="Unknown", reason=reason, message=message)


def _since(previous: Condition | None, *, truth: Truth, now: datetime) -> str:
    return previous.last_transition_time if previous and previous.status == truth else spell(now)
