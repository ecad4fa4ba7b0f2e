"""Long-running operations: what a write starts, and a poll asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from arm_emulator.arm import Document, OperationFault
from arm_emulator.clock import Clock, Timeline
from arm_emulator.settings import LATENCIES, Latency, Settings
from arm_emulator.store import new_guid

State = Literal["InProgress", "Succeeded", "Failed"]


@dataclass(slots=True, kw_only=True)
class Operation:
    """One operation.

    ``kind`` is Azure's name for it (``PutSubnetOperation``), ``duration`` its seconds under the latency ``azure``,
    ``locks`` the lower-cased ids of the resources that it keeps from other writes. ``judge`` is asked when it is about to
    end, and gives the error that it ends with, if any. ``finish`` is called once, with ``True`` when it succeeded.
    """

    kind: str
    subscription: str
    location: str
    target: str
    duration: float
    locks: frozenset[str]
    finish: Callable[[bool], None]
    judge: Callable[[], Document | None] = lambda: None
    deletes: bool = False
    id: str = field(default_factory=new_guid)
    state: State = "InProgress"
    error: Document | None = None
    held: bool = False
    polls: int = 0
    polls_wanted: int = 0
    due: float = 0.0

    @property
    def reported(self) -> State:
        """What a poll is told. An operation that ended unattended still says ``InProgress`` to its first pollers
        where the latency wants that: Azure's operation status may lag behind the resource.
        """
        if self.state == "Succeeded" and self.polls <= self.polls_wanted:
            return "InProgress"
        return self.state

    def summary(self) -> Document:
        shown: Document = {
            "id": self.id,
            "kind": self.kind,
            "target": self.target,
            "state": self.state,
            "held": self.held,
            "polls": self.polls,
        }
        return shown | ({"error": self.error} if self.error else {})


class Operations:
    """All operations of one emulator, running and ended."""

    def __init__(self, *, clock: Clock, timeline: Timeline) -> None:
        self._clock = clock
        self._timeline = timeline
        self._operations: dict[str, Operation] = {}
        self._running: dict[str, list[Operation]] = {}

    def __iter__(self) -> Iterator[Operation]:
        return iter(list(self._operations.values()))

    def get(self, id: str) -> Operation | None:
        return self._operations.get(id.lower())

    def running_on(self, key: str) -> Sequence[Operation]:
        """The operations that hold this resource, oldest first."""
        return self._running.get(key, ())

    def start(
        self,
        operation: Operation,
        *,
        settings: Settings,
        fault: OperationFault | None = None,
        lasting: bool = False,
    ) -> Operation:
        """Set an operation going. A ``lasting`` one takes its duration under every latency (a gateway's hours)."""
        latency = LATENCIES["azure"] if lasting else settings.profile
        if fault and fault.code:
            operation.error = {"code": fault.code, "message": fault.message, "details": []}
        operation.held = settings.hold_operations or bool(fault and fault.hold)
        operation.polls_wanted = latency.polls
        self._operations[operation.id] = operation
        for key in operation.locks:
            self._running.setdefault(key, []).append(operation)
        self._end_unattended(operation, after=_unattended(operation, latency))
        return operation

    def ended(self, operation: Operation) -> Operation:
        """Keep the operation of a write that changed nothing: it has succeeded already."""
        operation.state = "Succeeded"
        self._operations[operation.id] = operation
        return operation

    def poll(self, operation: Operation, *, settings: Settings) -> State:
        """Count one poll, end the operation when it has had enough of them, and say where it stands."""
        operation.polls += 1
        if operation.state == "InProgress" and operation.polls_wanted and not operation.held:
            if operation.polls > operation.polls_wanted:
                self._end(operation)
            else:
                operation.due = self._clock.now() + _unattended(operation, settings.profile)
        return operation.reported

    def hold(self, operation: Operation) -> None:
        """Keep a running operation InProgress until somebody decides otherwise."""
        operation.held = True

    def release(self, operation: Operation) -> None:
        """Let a held operation end by itself again, now if its time has passed."""
        operation.held = False
        self._end_unattended(operation, after=max(0.0, operation.due - self._clock.now()))

    def succeed(self, operation: Operation) -> None:
        operation.error = None
        self._end(operation)
        operation.polls_wanted = 0

    def fail(self, operation: Operation, *, code: str, message: str) -> None:
        operation.error = {"code": code, "message": message, "details": []}
        self._end(operation)

    def _end_unattended(self, operation: Operation, *, after: float) -> None:
        operation.due = self._clock.now() + after
        self._timeline.at(operation.due, lambda: self._end_if_due(operation))

    def _end_if_due(self, operation: Operation) -> None:
        if operation.state != "InProgress" or operation.held:
            return
        if self._clock.now() < operation.due:  # a poll has put the end off
            self._timeline.at(operation.due, lambda: self._end_if_due(operation))
            return
        self._end(operation)

    def _end(self, operation: Operation) -> None:
        if operation.state != "InProgress":
            return
        operation.error = operation.error or operation.judge()
        operation.state = "Failed" if operation.error else "Succeeded"
        operation.held = False
        for key in operation.locks:
            self._running[key].remove(operation)
        operation.finish(operation.state == "Succeeded")


def _unattended(operation: Operation, latency: Latency) -> float:
    return operation.duration if latency.unattended is None else latency.unattended
