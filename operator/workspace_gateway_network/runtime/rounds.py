"""Looking, planning and writing, round after round, until a pass can do no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from workspace_gateway_network.planning.observed import Observed
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.runtime.ports import Azure, Key

_ROUNDS: Final = 5
"""Looks in one pass: steps that end at once are followed by another look, a long-running one ends the pass."""

_IN_MOTION_SECONDS: Final = 5.0
"""Until something that somebody else's operation holds is looked at again."""

Planner = Callable[[Observed], Plan]


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """What the rounds of one pass came to."""

    first_plan: Plan
    plan: Plan
    outcome: Outcome

    @classmethod
    def none(cls, plan: Plan) -> Rounds:
        """Those of a pass that must not look."""
        return cls(first_plan=plan, plan=plan, outcome=Outcome())


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the rounds are for."""

    key: Key
    query: Query
    planner: Planner
    writes: bool
    """Whether the plan is carried out."""
    urgency: int
    fresh: bool
    """Whether the first look must read everything anew."""
    was_ready: bool
    """Whether the last pass left nothing to be done."""
    is_current: Callable[[], bool]
    """Whether the resource still asks for this."""


async def go_round(azure: Azure, task: Task) -> Rounds:
    """Look, plan and write until nothing is left to write, Azure has to be waited for, or the resource asks for something else."""

    def still_wanted(observed: Observed) -> Plan:
        return task.planner(observed) if task.is_current() else Plan()

    outcome = await azure.poll(key=task.key) or Outcome()
    first_plan: Plan | None = None
    for _ in range(_ROUNDS):
        observed = await azure.look(query=task.query, urgency=task.urgency, fresh=task.fresh and first_plan is None)
        planned = task.planner(observed)
        first_plan = first_plan or planned
        must_stop = outcome.waiting_for or outcome.problem or outcome.moved
        if must_stop or not planned.steps or not task.writes:
            break
        done = await azure.apply(key=task.key, plan=planned, observed=observed, replan=still_wanted, urgency=task.urgency)
        outcome = done.after(outcome)
        if not done.completed or done.waiting_for or done.problem or done.moved:
            break
    if planned.in_motion and _is_idle(planned, outcome) and not task.was_ready:
        # Perhaps the write of a process that was killed: whether it ends well is not known before Azure is done with it.
        outcome = replace(outcome, waiting_for=planned.in_motion, retry_after=_IN_MOTION_SECONDS)
    return Rounds(first_plan=first_plan or planned, plan=planned, outcome=outcome)


def _is_idle(planned: Plan, outcome: Outcome) -> bool:
    return not (planned.steps or planned.blocked or outcome.waiting_for or outcome.problem or outcome.moved)
