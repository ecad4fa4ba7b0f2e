"""What locks forbid, told before it is tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.lock import Lock
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.described import described
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.note import Note
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import Action, Step

_VERBS = {Action.TAG: "tag", Action.DELETE: "delete", Action.REGISTER: "register"}


def heed(plan: Plan, *, locks: Iterable[Lock], zone_ids: Sequence[ResourceId] = (), deleting: bool = False) -> Plan:
    """The same plan without what locks forbid, and with a finding for it, or a note where nothing has to be written yet.

    The steps for the network go together, and those for all zones of a name; a deletion is one whole. What a lock forbids in one of them
    does not hold up the others. `zone_ids` are the spec's own zones: records will be written there once a gateway has its name.
    """
    known = tuple(locks)
    locked = [(step, lock) for step in plan.due for lock in known if lock.forbids(deletes=step.action is Action.DELETE, target=step.target)]
    findings = (*plan.findings, *_findings(locked))
    if deleting:
        return replace(plan, steps=(), findings=findings, blocked=True) if locked else plan
    parts = {step.zone_name for step, _ in locked}
    steps = tuple(step for step in plan.steps if step.zone_name not in parts)
    told = {lock for _, lock in locked}
    ahead = _ahead([lock for lock in known if lock not in told], targets=(*([plan.subnet.id] if plan.subnet else []), *zone_ids))
    return replace(plan, steps=steps, findings=findings, notes=(*plan.notes, *ahead))


def _findings(locked: Iterable[tuple[Step, Lock]]) -> Iterator[Finding]:
    """One for each lock and part: the rules of a group, say, are told together."""
    attempts: dict[tuple[Lock, ConditionType, str], dict[str, None]] = {}
    for step, lock in locked:
        verb = _VERBS.get(step.action, "write")
        attempts.setdefault((lock, step.condition, verb), {})[described(step.target)] = None
    for (lock, condition, verb), things in attempts.items():
        first, *others = things
        attempt = f"{verb} {first}{f' and {len(others)} more' if others else ''}"
        yield Finding(
            condition=condition,
            reason=Reason.SCOPE_LOCKED,
            message=(
                f"The lock {lock.name} ({lock.level}) on {lock.scope} does not allow the operator to {attempt}. Remove the lock, or lift it"
                " for a while."
            ),
        )


def _ahead(locks: Iterable[Lock], *, targets: Sequence[ResourceId]) -> Iterator[Note]:
    """Locks that forbid nothing that is due, and will forbid what comes: a repair, a gateway, its records."""
    for lock in locks:
        held = [described(target) for target in targets if lock.forbids(deletes=False, target=target)]
        if held:
            yield Note(
                condition=ConditionType.PREREQUISITES_MET,
                reason="LockAhead",
                message=(
                    f"The lock {lock.name} ({lock.level}) on {lock.scope} holds {' and '.join(held)}. Nothing has to be written there now;"
                    " remove the lock before that changes, and before a gateway is created."
                ),
            )
