"""What locks forbid, told before it is tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.lock import Lock
from workspace_gateway_network.planning.described import described
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import Action, Step

_VERBS = {Action.TAG: "tag", Action.DELETE: "delete", Action.REGISTER: "register"}


def heed(plan: Plan, *, locks: Iterable[Lock], deleting: bool = False) -> Plan:
    """The same plan without what locks forbid, and with a finding for it.

    The steps for the network go together, and those for all zones of a name; a deletion is one whole. What a lock forbids in one of them
    does not hold up the others.
    """
    known = tuple(locks)
    held = [(step, lock) for step in plan.steps if (lock := _lock_on(step, locks=known))]
    if not held:
        return plan
    findings = (*plan.findings, *dict.fromkeys(_findings(held)))
    if deleting:
        return replace(plan, steps=(), findings=findings, blocked=True)
    parts = {step.zone_name for step, _ in held}
    return replace(plan, steps=tuple(step for step in plan.steps if step.zone_name not in parts), findings=findings)


def _lock_on(step: Step, *, locks: Iterable[Lock]) -> Lock | None:
    return next((lock for lock in locks if lock.forbids(deletes=step.action is Action.DELETE, target=step.target)), None)


def _findings(held: Iterable[tuple[Step, Lock]]) -> Iterator[Finding]:
    for step, lock in held:
        attempt = f"{_VERBS.get(step.action, 'write')} {described(step.target)}"
        yield Finding(
            condition=step.condition,
            reason=Reason.SCOPE_LOCKED,
            message=(
                f"The lock {lock.name} ({lock.level}) on {lock.scope} does not allow the operator to {attempt}. Remove the lock, or lift it"
                " for a while."
            ),
        )
