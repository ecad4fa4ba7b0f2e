"""Carrying out a plan: each step is computed again from a fresh read and written only if it is still the same, with nothing in between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.arm import Arm
from workspace_gateway_network.azure.errors import Meaning, finding, is_absence, judge
from workspace_gateway_network.azure.failure import AzureError, Failure, Origin
from workspace_gateway_network.azure.inventory import Inventory
from workspace_gateway_network.azure.look import Look, is_registering, registering, unreadable, updated
from workspace_gateway_network.azure.operations import Locks, Operation, Operations, State
from workspace_gateway_network.azure.overlay import Gone, Single
from workspace_gateway_network.azure.targets import document_of, in_motion, is_moving, locks_of, part_of, state_of, touched_by
from workspace_gateway_network.azure.wire import foreign_changes, writable
from workspace_gateway_network.model.json import JsonObject, child
from workspace_gateway_network.model.resource_provider import web_provider_of
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.outcome import ConcurrentChange, Outcome
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import Action, Step
from workspace_gateway_network.runtime.ports import Key, Urgency

logger = logging.getLogger(__name__)

_METHODS = {Action.CREATE: "PUT", Action.UPDATE: "PUT", Action.TAG: "PATCH", Action.DELETE: "DELETE", Action.REGISTER: "POST"}
_LOCK_RETRY = 1.0
"""Seconds until a lock of ours is worth another try: most writes hold it for a moment, the others for an operation."""
_STALE_RETRY = 5.0
"""Seconds until Azure should agree with itself about what exists."""
_REGISTERING_RETRY = 10.0
"""Seconds until a registration that is under way may have come to the region."""


@dataclass(frozen=True)
class _Carried:
    """How one step went, and the look as it is now."""

    outcome: Outcome
    look: Look


class Executor:
    """Writes. Never raises for what Azure answers."""

    def __init__(self, *, arm: Arm, inventory: Inventory, operations: Operations) -> None:
        self._arm = arm
        self._inventory = inventory
        self._operations = operations
        self._locks = Locks()

    async def apply(self, *, key: Key, plan: Plan, look: Look, replan: Callable[[Look], Plan], urgency: int) -> Outcome:
        """Carry out the steps in their order, up to the first that has to wait, fails, or is no longer what the plan says."""
        if operation := self._operations.get(key):
            return Outcome(waiting_for=operation.step.target, retry_after=self._operations.wait(operation))
        sum_ = Outcome()
        for step in plan.steps:
            carried = await self._locked(key, step, look, replan, urgency)
            sum_ = carried.outcome.after(sum_)
            if not carried.outcome.completed or carried.outcome.problem:
                break
            look = carried.look
        return sum_

    async def poll(self, *, key: Key) -> Outcome | None:
        """How the key's operation stands; at its end, what came of it."""
        operation = self._operations.get(key)
        if operation is None:
            return None
        if wait := self._operations.wait(operation):
            return Outcome(waiting_for=operation.step.target, retry_after=wait)
        if operation.succeeded:
            return await self._read_back(key, operation)
        try:
            progress = await self._operations.poll(operation, urgency=Urgency.CHANGED)
        except AzureError as error:
            return self._unknown_yet(key, operation, error.failure)
        operation = progress.operation
        if progress.state is State.RUNNING:
            self._operations.keep(key, operation)
            return Outcome(waiting_for=operation.step.target, retry_after=self._operations.wait(operation))
        if progress.state is State.UNKNOWN:
            return await self._by_its_own_state(key, operation)
        self._ended(key, operation)
        if progress.failure is not None and not _calls_it_gone(operation.step, progress.failure):
            self._operations.end(key)
            return _refused(operation.step, progress.failure)
        return await self._read_back(key, replace(operation, succeeded=True))

    async def refusals(self, look: Look, *, urgency: int) -> tuple[Finding, ...]:
        """What could not be polled for want of a right, in the subscriptions that a look is about: resources' own states had to do."""
        subscriptions = {look.query.subnet_id.subscription, *(zone_id.subscription for zone_id in look.zones)}
        return tuple(map(finding, await self._operations.refusals(subscriptions, urgency=urgency)))

    def forget(self, *, key: Key) -> None:
        """Drop what a key has in flight: Azure ends it by itself, and its resources' own states tell."""
        self._operations.end(key)
        self._locks.release(key)

    # --- one step -------------------------------------------------------------------------------------------------

    async def _locked(self, key: Key, step: Step, look: Look, replan: Callable[[Look], Plan], urgency: int) -> _Carried:
        """Hold the step's locks from before its guarding read until its operation has ended, or it has none."""
        for abandoned in self._operations.abandoned():
            self.forget(key=abandoned)
        if busy := self._locks.take(locks_of(step), key=key):
            return _Carried(Outcome(waiting_for=busy, retry_after=_LOCK_RETRY), look)
        try:
            return await self._reserved(key, step, look, replan, urgency)
        finally:
            if self._operations.get(key) is None:
                self._locks.release(key)

    async def _reserved(self, key: Key, step: Step, look: Look, replan: Callable[[Look], Plan], urgency: int) -> _Carried:
        """Have the write's share of the budget before its guarding read, so that the write need not wait for it."""
        method, path = _METHODS[step.action], step.target.text
        try:
            await self._arm.reserve(method=method, path=path, urgency=urgency)
        except AzureError as error:
            return _Carried(_refused(step, error.failure), look)
        sent = False
        try:
            fresh = await self._inventory.refresh(look=look, reads=step.reads, target=step.target, urgency=urgency)
            guarded = _guard(step, fresh, replan)
            if isinstance(guarded, Outcome):
                return _Carried(guarded, fresh)
            sent = True
            return await self._write(key, guarded, method, fresh)
        finally:
            if not sent:
                self._arm.give_back(method=method, path=path)

    async def _write(self, key: Key, step: Step, method: str, look: Look) -> _Carried:
        body = None if step.body is None else writable(step.target, step.body)
        logger.info("%s %s", method, step.target, extra={"action": step.action, "changes": [change.path for change in step.changes]})
        answer, refusal = None, None
        try:
            answer = await self._arm.write(method, step.target.text, body=body, headers=_conditions(step), action=_action(step))
        except AzureError as error:
            refusal = error.failure
        finally:
            # Also where the answer was lost or the pass was cancelled: the write may have happened.
            self._inventory.touch(touched_by(step))
        if refusal and not _calls_it_gone(step, refusal):
            refused = _refused(step, refusal, registering=is_registering(look))
            if refused.problem and refused.problem.reason is Reason.RESOURCE_PROVIDER_NOT_REGISTERED:
                # It was believed to be registered for an hour.
                self._inventory.touch([web_provider_of(step.target.subscription)])
            return _Carried(refused, look)
        if answer and step.action is Action.REGISTER:
            return _Carried(Outcome(completed=(step,)), registering(look, answer.body))
        operation = self._operations.start(key=key, step=step, method=method, body=body, answer=answer) if answer else None
        if operation is not None:
            return _Carried(Outcome(waiting_for=step.target, retry_after=self._operations.wait(operation)), look)
        single = await self._inventory.read(document_of(step.target), urgency=Urgency.CHANGED)
        if refusal and isinstance(single, Failure):
            return _Carried(_refused(step, single), look)
        return _Carried(_verified(step, body, single), updated(look, document_of(step.target), single))

    # --- operations -----------------------------------------------------------------------------------------------

    def _ended(self, key: Key, operation: Operation) -> None:
        self._locks.release(key)
        self._inventory.touch(touched_by(operation.step))

    async def _read_back(self, key: Key, operation: Operation) -> Outcome:
        self._operations.keep(key, operation)
        single = await self._inventory.read(document_of(operation.step.target), urgency=Urgency.CHANGED)
        if isinstance(single, Failure):
            return self._unknown_yet(key, operation, single)
        self._operations.end(key)
        return _verified(operation.step, operation.body, single)

    async def _by_its_own_state(self, key: Key, operation: Operation) -> Outcome:
        """The operation's address is gone, refused or not Azure's: what the resource says of itself has to do."""
        step = operation.step
        self._operations.keep(key, operation)
        single = await self._inventory.read(document_of(step.target), urgency=Urgency.CHANGED)
        if isinstance(single, Failure):
            return self._unknown_yet(key, operation, single)
        state = "" if isinstance(single, Gone) else state_of(single)
        if is_moving(state):
            later = self._operations.later(operation)
            self._operations.keep(key, later)
            return Outcome(waiting_for=step.target, retry_after=self._operations.wait(later))
        self._ended(key, operation)
        self._operations.end(key)
        if state.lower() == "failed":
            return _refused(step, _failed_silently(operation))
        return _verified(step, operation.body, single)

    def _unknown_yet(self, key: Key, operation: Operation, failure: Failure) -> Outcome:
        later = self._operations.later(operation)
        self._operations.keep(key, later)
        verdict = judge(failure, condition=operation.step.condition)
        wait = self._operations.wait(later)
        return Outcome(problem=verdict.finding, retry_after=max(wait, verdict.retry_after or 0.0))


def _guard(step: Step, fresh: Look, replan: Callable[[Look], Plan]) -> Step | Outcome:
    """The step as the fresh look has it, or why it is not written now."""
    if problem := unreadable(fresh, step.reads):
        return Outcome(problem=problem, retry_after=problem.retry_after)
    if busy := in_motion(step, fresh):
        return Outcome(waiting_for=busy, retry_after=_STALE_RETRY)
    steps = replan(fresh).steps
    if not steps or steps[0].intent != step.intent:
        return Outcome(moved=True)
    return steps[0]


def _calls_it_gone(step: Step, failure: Failure) -> bool:
    """Whether Azure says that what was to be deleted is not there: reading it decides, for what is let go of is not looked for again."""
    return step.action is Action.DELETE and is_absence(failure)


def _action(step: Step) -> str:
    """What follows the path of a target that is told to do something itself."""
    return "register" if step.action is Action.REGISTER else ""


def _conditions(step: Step) -> Mapping[str, str]:
    """The headers by which Azure refuses the write if somebody was faster, where it honours them."""
    if step.action is Action.CREATE:
        return {"If-None-Match": "*"}
    return {"If-Match": step.etag} if step.etag else {}


def _refused(step: Step, failure: Failure, *, registering: bool = False) -> Outcome:
    removing = step.action is Action.DELETE or all(change.after in (None, []) for change in step.changes)
    verdict = judge(failure, condition=step.condition, removing=removing)
    if registering and verdict.finding.reason is Reason.RESOURCE_PROVIDER_NOT_REGISTERED:
        # Registering proceeds region by region, and nothing tells how far it is in this one.
        return Outcome(waiting_for=step.target, retry_after=_REGISTERING_RETRY)
    match verdict.meaning:
        case Meaning.ABSENT if step.action is Action.CREATE and verdict.finding.reason is Reason.RESOURCE_GROUP_NOT_FOUND:
            # No look reads a resource group, so the plan would stay the same.
            return Outcome(problem=verdict.finding)
        case Meaning.ABSENT:
            return Outcome(moved=True, retry_after=_STALE_RETRY)
        case Meaning.MOVED:
            return Outcome(moved=True, retry_after=verdict.retry_after)
        case Meaning.BUSY:
            return Outcome(waiting_for=step.target, retry_after=verdict.retry_after)
        case Meaning.PROBLEM:
            return Outcome(problem=verdict.finding, retry_after=verdict.retry_after)


def _verified(step: Step, body: JsonObject | None, single: Single) -> Outcome:
    """What a write that ended well turns out to be when it is read back."""
    if isinstance(single, Failure):
        return Outcome(completed=(step,), problem=judge(single, condition=step.condition).finding)
    found = None if isinstance(single, Gone) else part_of(step.target, single)
    if step.action is Action.DELETE:
        return Outcome(completed=(step,)) if found is None else Outcome(moved=True, retry_after=_STALE_RETRY)
    if found is None:
        return Outcome(moved=True, undone=(step,))
    return Outcome(completed=(step,), concurrent_changes=_concurrent_changes(step, body, found))


def _concurrent_changes(step: Step, body: JsonObject | None, found: JsonObject) -> tuple[ConcurrentChange, ...]:
    """Of something created nothing was anybody else's, and of tags only tags were sent."""
    if body is None or step.action is Action.CREATE:
        return ()
    seen = {"tags": child(found, "tags")} if step.action is Action.TAG else found
    return tuple(foreign_changes(step.target, sent=body, read=seen, owned=step.owned))


def _failed_silently(operation: Operation) -> Failure:
    return Failure(
        origin=Origin.OPERATION,
        method=operation.method,
        path=operation.step.target.text,
        codes=("Failed",),
        message="the operation has failed, and its own account of it cannot be read.",
    )
