"""What is worth an event: transitions and writes, never a state that merely lasts."""

from __future__ import annotations

from collections.abc import Iterator

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.json import Json, canonical
from workspace_gateway_network.planning.described import described
from workspace_gateway_network.planning.note import Note
from workspace_gateway_network.planning.step import Action, Change, Step
from workspace_gateway_network.reporting.event import Event, EventType
from workspace_gateway_network.reporting.scene import Scene
from workspace_gateway_network.reporting.verdict import Verdict

NOTE_LIMIT = 1024
"""Bytes of an event's note that the API server takes (Kubernetes, `validateEvent`); an arrow has three."""
_VALUE_LIMIT = 200
_DONE = {Action.CREATE: "Created", Action.UPDATE: "Updated", Action.TAG: "Tagged", Action.DELETE: "Deleted", Action.REGISTER: "Registered"}


def describe(scene: Scene, *, verdict: Verdict, corrected: bool, rules_message: str) -> Iterator[Event]:
    """The events of a pass, in the order in which things happened; `rules_message` is what the condition says of the security rules."""
    if scene.drifted:
        yield _event(EventType.WARNING, "DriftDetected", "Compare", _drift(scene.drifted))
    for step in scene.outcome.completed:
        yield _event(EventType.NORMAL, _DONE[step.action], step.action.value, _written(step))
    for change in scene.outcome.concurrent_changes:
        yield _event(
            EventType.WARNING,
            "ConcurrentChange",
            "Verify",
            f"{change.path} of {described(change.resource)} was sent as {_short(change.sent)} and reads {_short(change.read)}: somebody"
            " wrote at the same time. It is not this resource's, so it stays.",
        )
    if corrected:
        yield _event(EventType.NORMAL, "DriftCorrected", "Correct", "Azure is as the spec wants it again.")
    for note in _new_notes(scene, said=rules_message):
        yield _event(EventType.WARNING, note.reason, "Judge", note.message)
    before = scene.previous_condition(ConditionType.READY)
    is_new = before is None or before.reason != verdict.reason
    if is_new:
        kind = EventType.WARNING if scene.findings or verdict.reason.needs_a_person else EventType.NORMAL
        yield _event(kind, verdict.reason.value, "Reconcile", verdict.message)
    yield from _other_findings(scene, leads=is_new)


def _new_notes(scene: Scene, *, said: str) -> Iterator[Note]:
    """The notes on security rules that the condition tells now and did not tell before."""
    kind = ConditionType.SECURITY_RULES_APPLIED
    previous = scene.previous_condition(kind)
    before = previous.message if previous else ""
    return (note for note in scene.plan.notes_on(kind) if note.message in said and note.message not in before)


def _other_findings(scene: Scene, *, leads: bool) -> Iterator[Event]:
    """`Ready` leads with the worst finding and counts the rest; the events list them all, each when it comes up.

    What could not be read is told only beside a new reason: it is another thing at every look while Azure is in trouble.
    """
    told = {condition.message for condition in scene.previous.conditions or ()}
    for finding in scene.findings[1:] if leads else scene.findings:
        is_known = any(finding.message in message for message in told)
        if not is_known and (leads or finding.condition is not ConditionType.AZURE_ACCESS):
            yield _event(EventType.WARNING, finding.reason.value, "Reconcile", finding.message)


def _written(step: Step) -> str:
    changes = "; ".join(f"{change.path}: {_short(change.before)} → {_short(change.after)}" for change in step.changes if change.path)
    return f"{_DONE[step.action]} {described(step.target)}{': ' if changes else ''}{changes}."


def _drift(steps: tuple[Step, ...]) -> str:
    parts = (f"{described(step.target)} ({', '.join(map(_drifted, step.changes))})" for step in steps)
    return f"Somebody changed {'; '.join(parts)}."


def _drifted(change: Change) -> str:
    """A repair told from the other side: what it was, and what somebody made of it."""
    if not change.path:
        return "gone" if change.before is None else "not wanted"
    return f"{change.path}: {_short(change.after)} → {_short(change.before)}"


def _short(value: Json) -> str:
    text = "none" if value is None else value if isinstance(value, str) else canonical(value)
    return text if len(text) <= _VALUE_LIMIT else text[: _VALUE_LIMIT - 1] + "…"


def _event(kind: EventType, reason: str, action: str, note: str) -> Event:
    return Event(type=kind, reason=reason, action=action, note=_cut(note))


def _cut(note: str) -> str:
    encoded = note.encode()
    if len(encoded) <= NOTE_LIMIT:
        return note
    return encoded[: NOTE_LIMIT - len("…".encode())].decode(errors="ignore") + "…"
