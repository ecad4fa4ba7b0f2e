"""Writes that Azure has accepted and not finished, and who holds what meanwhile. In memory only: after a restart Azure itself tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from workspace_gateway_network.azure.arm import Answer, Arm
from workspace_gateway_network.azure.errors import is_refusal
from workspace_gateway_network.azure.failure import AzureError, Failure, from_operation
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.model.json import JsonObject, child, text
from workspace_gateway_network.model.private_dns import PRIVATE_DNS_ZONE
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.step import Step
from workspace_gateway_network.runtime.ports import Key

_ACCEPTED = 202
_ABANDONED = 600.0
"""Seconds without a poll that was due, after which an operation holds nobody up any more."""


class Locks:
    """Virtual networks, network security groups and private DNS zones, each held by at most one key: overlapping writes meet refusals.

    Taking is all or nothing and never waits, so there are no deadlocks.
    """

    def __init__(self) -> None:
        self._holders: dict[ResourceId, Key] = {}

    def take(self, resource_ids: Iterable[ResourceId], *, key: Key) -> ResourceId | None:
        """Hold all of these for a key. If another key holds one of them nothing is taken, and that one is the answer."""
        wanted = sorted(resource_ids, key=lambda resource_id: resource_id.key)
        busy = next((each for each in wanted if self._holders.get(each, key) != key), None)
        if busy is None:
            self._holders.update(dict.fromkeys(wanted, key))
        return busy

    def release(self, key: Key) -> None:
        """Let go of everything that a key holds."""
        self._holders = {held: holder for held, holder in self._holders.items() if holder != key}


class State(StrEnum):
    """How an operation stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Azure does not tell, or no longer: the resource itself has to."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One write under way. `url` is None where Azure gave no address, or one of another host: then the resource's own state tells."""

    step: Step
    method: str
    body: JsonObject | None
    url: str | None
    due: float
    """Not to be asked about before."""
    succeeded: bool = False
    """It ended well, and its result has not been read yet."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What one poll learned."""

    state: State
    operation: Operation
    failure: Failure | None = None


@dataclass(frozen=True, kw_only=True)
class _Refusal:
    """An operation that could not be asked about, for want of a right."""

    failure: Failure
    url: str
    at: float


class Operations:
    """The operation in flight of each key; a key has at most one."""

    def __init__(self, *, arm: Arm, options: AzureOptions, now: Callable[[], float]) -> None:
        self._arm = arm
        self._options = options
        self._now = now
        self._running: dict[Key, Operation] = {}
        self._refusals: dict[tuple[str, str], _Refusal] = {}

    def get(self, key: Key) -> Operation | None:
        """What this key has in flight."""
        return self._running.get(key)

    def wait(self, operation: Operation) -> float:
        """Seconds until it may be asked about again."""
        return max(0.0, operation.due - self._now())

    def start(self, *, key: Key, step: Step, method: str, body: JsonObject | None, answer: Answer) -> Operation | None:
        """Remember what an accepted write set going; None when it has ended with its answer.

        Whether there is an operation says the header and not the status: Azure answers 200 and 201 alike for finished and unfinished
        writes, and names an operation even for one that changed nothing (all recorded answers).
        """
        url = answer.headers.get("Azure-AsyncOperation") or answer.headers.get("Location")
        state = text(child(answer.body or {}, "properties"), "provisioningState")
        if url is None and answer.status != _ACCEPTED and state in {"", "Succeeded"}:
            return None
        own = None if url is None else self._options.endpoints.own(url)
        operation = Operation(step=step, method=method, body=body, url=own, due=self._due(answer))
        self._running[key] = operation
        return operation

    def end(self, key: Key) -> None:
        """Forget a key's operation."""
        self._running.pop(key, None)

    def keep(self, key: Key, operation: Operation) -> None:
        """Remember what changed about a key's operation."""
        self._running[key] = operation

    def abandoned(self) -> tuple[Key, ...]:
        """The keys that no longer ask about what they started: suspended, or lost from the queue."""
        before = self._now() - _ABANDONED
        return tuple(key for key, operation in self._running.items() if operation.due < before)

    async def poll(self, operation: Operation, *, urgency: int) -> Progress:
        """Ask how it stands.

        Raises:
            AzureError: Azure could not be asked; nothing is known, and the operation goes on.
        """
        path = operation.step.target.text
        if operation.url is None:
            return Progress(state=State.UNKNOWN, operation=operation)
        try:
            answer = await self._arm.poll(path, operation.url, urgency=urgency)
        except AzureError as error:
            if is_refusal(error.failure):
                self._refusals[_polled(operation)] = _Refusal(failure=error.failure, url=operation.url, at=self._now())
            if error.failure.status == 404 or is_refusal(error.failure):
                return Progress(state=State.UNKNOWN, operation=replace(operation, url=None))
            raise
        self._refusals.pop(_polled(operation), None)
        status = text(answer.body or {}, "status").lower()
        if status in {"failed", "canceled"}:
            failure = from_operation(method=operation.method, path=path, body=answer.body or {})
            return Progress(state=State.FAILED, operation=operation, failure=failure)
        if answer.status == _ACCEPTED or status not in {"", "succeeded"}:
            return Progress(state=State.RUNNING, operation=replace(operation, due=self._due(answer)))
        return Progress(state=State.SUCCEEDED, operation=operation)

    async def refusals(self, subscriptions: Iterable[str], *, urgency: int) -> tuple[Failure, ...]:
        """Why operations in these subscriptions may not be asked about. One that was refused is asked about again after a while."""
        among = frozenset(subscriptions)
        for polled, refusal in sorted(self._refusals.items()):
            if polled[0] in among and refusal.at < self._now() - self._options.refusal_memory:
                await self._ask_again(polled, refusal, urgency=urgency)
        return tuple(_of_all(refusal.failure, *polled) for polled, refusal in sorted(self._refusals.items()) if polled[0] in among)

    async def _ask_again(self, polled: tuple[str, str], refusal: _Refusal, *, urgency: int) -> None:
        self._refusals[polled] = replace(refusal, at=self._now())
        try:
            await self._arm.poll(refusal.failure.path, refusal.url, urgency=urgency)
        except AzureError as error:
            if error.failure.status != 404:
                return
        self._refusals.pop(polled, None)

    def later(self, operation: Operation) -> Operation:
        """The operation, to be asked about again after the usual interval."""
        return replace(operation, due=self._now() + self._options.poll_interval)

    def _due(self, answer: Answer) -> float:
        wait = answer.retry_after
        return self._now() + (self._options.poll_interval if wait is None else wait)


def _polled(operation: Operation) -> tuple[str, str]:
    """The subscription that an operation is in, and the type that it is of: each has an action of its own."""
    target = operation.step.target
    is_private_dns = target.type.startswith(PRIVATE_DNS_ZONE.lower())
    return target.subscription, "privateDnsOperationStatuses" if is_private_dns else "operations"


def _of_all(failure: Failure, subscription: str, kind: str) -> Failure:
    """What was said of one operation, as said of all: their ids tell people nothing."""
    scope = f"/subscriptions/{subscription}"
    message = re.sub(r"over scope '[^']+'", f"over scope '{scope}'", failure.message)
    return replace(failure, path=f"{scope}/providers/Microsoft.Network/{kind}", message=message)
