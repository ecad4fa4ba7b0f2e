"""Judges every status that the operator ever wrote, from the API server's audit log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from controlplane import AuditEvent
from oracles import kstatus

REPOSITORY = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| `(?P<reason>[A-Za-z]+)`(?P<only> with `readyWhen: [A-Za-z]+`)? \|", re.MULTILINE)
_HEADING = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)

DETAILS = ("AzureAccess", "PrerequisitesMet", "SubnetDelegated", "SecurityRulesApplied", "GatewayAttached", "DNSRecordsPublished")
_READY_BY_CLASS = {"good": "True", "working": "Unknown", "will retry": "False", "needs a person": "False"}
_KSTATUS_BY_CLASS = {"good": "Current", "working": "InProgress", "will retry": "InProgress", "needs a person": "Failed"}
_WRITABLE = {("workspacegatewaynetworks", "status"), ("workspacegatewaynetworks", ""), ("events", "")}


class BadStatusError(AssertionError):
    """A status write that breaks a rule."""


def judge(events: Iterable[AuditEvent], *, user: str, namespace: str) -> int:
    """Judge all writes of a user in a namespace, by our rules and by kstatus; returns how many statuses were seen.

    Raises:
        BadStatusError: for the first write that breaks a rule.
    """
    classes = reason_classes()
    written: list[dict[str, Any]] = []
    before: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.user != user or event.namespace != namespace or event.verb in {"get", "list", "watch"}:
            continue
        if (event.resource, event.subresource or "") not in _WRITABLE:
            raise BadStatusError(f"the operator wrote {event.resource}/{event.subresource}")
        if event.resource != "workspacegatewaynetworks" or event.code != 200 or not isinstance(event.response_object, dict):
            continue
        _judge_metadata(event)
        if event.subresource == "status":
            resource = event.response_object
            written.append(resource)
            _judge_status(resource, classes=classes)
            uid = resource["metadata"]["uid"]
            _judge_transition(before.get(uid), resource["status"])
            before[uid] = resource["status"]
    for resource, verdict in zip(written, kstatus.compute(written), strict=True):
        _judge_verdict(resource, verdict, classes=classes)
    return len(written)


def reason_classes() -> dict[str, str]:
    """Every documented reason with its class, from `docs/reasons.md`: a heading a class, a table row a reason.

    One that has another class with another `readyWhen` is there twice, the second time with ``with `readyWhen: …` `` behind it.
    """
    text = (REPOSITORY / "docs" / "reasons.md").read_text()
    found: dict[str, str] = {}
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=True):
        for row in _ROW.finditer(text, heading.end(), end):
            found[row["reason"] + (row["only"] or "")] = heading["title"].lower()
    return found


def _judge_metadata(event: AuditEvent) -> None:
    annotations = event.response_object["metadata"].get("annotations", {})
    foreign = [name for name in annotations if "kopf" in name]
    if foreign:
        raise BadStatusError(f"kopf left annotations behind: {foreign}")


def _class(resource: dict[str, Any], *, classes: dict[str, str]) -> str:
    """The class of the reason of Ready, for a resource with its `readyWhen`."""
    reason = next(condition["reason"] for condition in resource["status"]["conditions"] if condition["type"] == "Ready")
    return classes.get(f"{reason} with `readyWhen: {resource['spec'].get('readyWhen')}`", classes[reason])


def _judge_status(resource: dict[str, Any], *, classes: dict[str, str]) -> None:
    status, generation = resource["status"], resource["metadata"]["generation"]
    conditions = {condition["type"]: condition for condition in status["conditions"]}
    order = [condition["type"] for condition in status["conditions"]]
    if order[0] != "Ready" or tuple(kind for kind in order if kind in DETAILS) != DETAILS:
        raise BadStatusError(f"conditions in wrong order: {order}")
    if "Reconciling" in conditions and "Stalled" in conditions:
        raise BadStatusError("Reconciling together with Stalled")
    if status["observedGeneration"] > generation:
        raise BadStatusError(f"observedGeneration {status['observedGeneration']} is ahead of generation {generation}")
    for condition in conditions.values():
        if condition["observedGeneration"] != status["observedGeneration"]:
            raise BadStatusError(f"{condition['type']} speaks of another generation than the status")
        if condition["reason"] not in classes:
            raise BadStatusError(f"{condition['reason']} is not in docs/reasons.md")
    ready = conditions["Ready"]
    kind = _class(resource, classes=classes)
    if ready["status"] != _READY_BY_CLASS[kind]:
        raise BadStatusError(f"Ready is {ready['status']} with {ready['reason']}, which is of class {kind!r}")
    if ("Reconciling" in conditions) is not (kind in {"working", "will retry"}):
        raise BadStatusError(f"Reconciling does not fit {ready['reason']}")
    if ("Stalled" in conditions) is not (kind == "needs a person"):
        raise BadStatusError(f"Stalled does not fit {ready['reason']}")


def _judge_transition(before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    if before is None:
        return
    if before == after:
        raise BadStatusError("a status was written that says nothing new")
    earlier = {condition["type"]: condition for condition in before["conditions"]}
    for condition in after["conditions"]:
        previous = earlier.get(condition["type"])
        if previous and previous["status"] == condition["status"] and previous["lastTransitionTime"] != condition["lastTransitionTime"]:
            raise BadStatusError(f"lastTransitionTime of {condition['type']} moved without its status")


def _judge_verdict(resource: dict[str, Any], verdict: kstatus.Verdict, *, classes: dict[str, str]) -> None:
    """Whoever waits for the resource waits as long as it makes sense, and is told why."""
    ready = next(condition for condition in resource["status"]["conditions"] if condition["type"] == "Ready")
    deleting = "deletionTimestamp" in resource["metadata"]
    expected = "Terminating" if deleting else _KSTATUS_BY_CLASS[_class(resource, classes=classes)]
    if verdict.status != expected:
        raise BadStatusError(f"kstatus says {verdict.status} ({verdict.message}) of {ready['reason']}, and not {expected}")
    if expected in {"InProgress", "Failed"} and verdict.message != ready["message"]:
        raise BadStatusError(f"kstatus says {verdict.message!r}, but Ready says {ready['message']!r}")
