"""The judge of status writes sees every kind of mistake that it is there to see."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from controlplane import AuditEvent
from oracles import kstatus, status_writes
from oracles.kstatus import Verdict
from oracles.status_writes import DETAILS, BadStatusError, judge

Document = dict[str, Any]
DOCUMENTED = status_writes.reason_classes
USER, NAMESPACE = "operator", "team"
SPEC = {"readyWhen": "NetworkPrepared"}
CLASSES = {"Reconciled": "good", "Progressing": "working", "AzureThrottled": "will retry", "PolicyDenied": "needs a person"}
SAID = {
    "Reconciled": Verdict(status="Current", message="Resource is Ready"),
    "Progressing": Verdict(status="InProgress", message="Because."),
    "AzureThrottled": Verdict(status="InProgress", message="Because."),
    "PolicyDenied": Verdict(status="Failed", message="Because."),
}


@pytest.fixture(autouse=True)
def documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four reasons, and a kstatus that agrees with them."""
    monkeypatch.setattr(status_writes, "reason_classes", lambda: CLASSES)
    monkeypatch.setattr(kstatus, "compute", lambda objects: [_agreeing(document) for document in objects])


def _agreeing(document: Document) -> Verdict:
    if "deletionTimestamp" in document["metadata"]:
        return Verdict(status="Terminating", message="Resource scheduled for deletion")
    return SAID[document["status"]["conditions"][0]["reason"]]


def condition(kind: str, status: str, reason: str, *, since: str = "2026-01-31T10:20:30Z") -> Document:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": "Because.",
        "observedGeneration": 3,
        "lastTransitionTime": since,
    }


def status(reason: str = "Reconciled") -> Document:
    ready = {"good": "True", "working": "Unknown"}.get(CLASSES[reason], "False")
    summary = {"good": [], "needs a person": [condition("Stalled", "True", reason)]}
    conditions = [
        condition("Ready", ready, reason),
        *summary.get(CLASSES[reason], [condition("Reconciling", "True", reason)]),
        *(condition(kind, "True", "Reconciled") for kind in DETAILS),
    ]
    return {"observedGeneration": 3, "conditions": conditions}


def written(body: Document, **changes: Any) -> AuditEvent:
    event = AuditEvent(
        user=USER,
        user_agent=None,
        verb="patch",
        uri="",
        group="workspacegateway.dev",
        resource="workspacegatewaynetworks",
        subresource="status",
        namespace=NAMESPACE,
        name="team-a",
        code=200,
        request_object=None,
        response_object={"metadata": {"uid": "1", "generation": 3}, "spec": SPEC, "status": body},
        stage_timestamp=datetime(2026, 1, 31, tzinfo=UTC),
    )
    return replace(event, **changes)


def judged(*events: AuditEvent) -> int:
    return judge(events, user=USER, namespace=NAMESPACE)


def test_good_statuses_pass_and_are_counted() -> None:
    assert judged(*(written(status(reason)) for reason in ("Progressing", "AzureThrottled", "PolicyDenied", "Reconciled"))) == 4


@pytest.mark.parametrize(("ready_when", "kind"), [("NetworkPrepared", "good"), ("GatewayPublished", "working")])
def test_a_reason_of_two_classes_is_judged_by_the_one_of_its_resource(monkeypatch: pytest.MonkeyPatch, ready_when: str, kind: str) -> None:
    monkeypatch.setitem(CLASSES, "Reconciled with `readyWhen: GatewayPublished`", "working")
    seen = written(
        status(), response_object={"metadata": {"uid": "1", "generation": 3}, "spec": {"readyWhen": ready_when}, "status": status()}
    )
    if kind == "good":
        assert judged(seen) == 1
    else:
        with pytest.raises(BadStatusError, match=r"^Ready is True with Reconciled, which is of class 'working'$"):
            judged(seen)


def test_the_documentation_has_every_reason_and_both_classes_of_two() -> None:
    classes = DOCUMENTED()
    assert len(classes) > 40
    assert [name for name in classes if " " in name] == [
        "AwaitingGateway with `readyWhen: GatewayPublished`",
        "AwaitingHostname with `readyWhen: GatewayPublished`",
    ]
    assert classes["AwaitingGateway"] == "good"


def test_others_writes_and_refused_ones_are_not_judged() -> None:
    assert judged(written({}, user="kubectl"), written({}, namespace="other"), written({}, code=422), written({}, verb="get")) == 0


def _swap(body: Document) -> None:
    body["conditions"][-1], body["conditions"][-2] = body["conditions"][-2], body["conditions"][-1]


def _both(body: Document) -> None:
    body["conditions"][1:1] = [condition("Reconciling", "True", "Progressing"), condition("Stalled", "True", "PolicyDenied")]


MISTAKES: list[tuple[Callable[[Document], object], str]] = [
    (_swap, "conditions in wrong order: "),
    (_both, "Reconciling together with Stalled"),
    (lambda body: body.update(observedGeneration=4), "observedGeneration 4 is ahead of generation 3"),
    (lambda body: body["conditions"][2].update(observedGeneration=2), "PrerequisitesMet speaks of another generation than the status"),
    (lambda body: body["conditions"][3].update(reason="Invented"), "Invented is not in docs/reasons.md"),
    (lambda body: body["conditions"][0].update(status="False"), "Ready is False with Reconciled, which is of class 'good'"),
    (lambda body: body["conditions"].insert(1, condition("Reconciling", "True", "Reconciled")), "Reconciling does not fit Reconciled"),
    (lambda body: body["conditions"].insert(1, condition("Stalled", "True", "Reconciled")), "Stalled does not fit Reconciled"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_a_mistake_is_seen(mistake: Callable[[Document], object], message: str) -> None:
    body = status()
    mistake(body)
    with pytest.raises(BadStatusError, match=f"^{message}"):
        judged(written(body))


def test_a_status_that_says_nothing_new_is_seen() -> None:
    with pytest.raises(BadStatusError, match=r"^a status was written that says nothing new$"):
        judged(written(status()), written(status()))


def test_a_resource_made_anew_may_say_the_same() -> None:
    again = written(status(), response_object={"metadata": {"uid": "2", "generation": 3}, "spec": SPEC, "status": status()})
    assert judged(written(status()), again) == 2


def test_a_time_that_moves_alone_is_seen() -> None:
    later = copy.deepcopy(status())
    later["conditions"][0]["lastTransitionTime"] = "2026-01-31T10:20:31Z"
    with pytest.raises(BadStatusError, match=r"^lastTransitionTime of Ready moved without its status$"):
        judged(written(status()), written(later))


@pytest.mark.parametrize(
    ("resource", "subresource"), [("workspacegatewaynetworks", "scale"), ("secrets", None), ("leases", None), ("configmaps", "status")]
)
def test_a_write_of_anything_else_is_seen(resource: str, subresource: str | None) -> None:
    with pytest.raises(BadStatusError, match=f"^the operator wrote {resource}/"):
        judged(written({}, resource=resource, subresource=subresource))


def test_events_and_the_resource_itself_may_be_written() -> None:
    assert judged(written({}, resource="events", subresource=None), written({}, subresource=None, response_object=None)) == 0


def test_an_annotation_of_kopf_is_seen() -> None:
    metadata = {"uid": "1", "generation": 3, "annotations": {"kopf.zalando.org/last-handled-configuration": "{}"}}
    with pytest.raises(BadStatusError, match=r"^kopf left annotations behind: "):
        judged(written(status(), response_object={"metadata": metadata, "spec": SPEC, "status": status()}))


@pytest.mark.parametrize(
    ("reason", "verdict", "message"),
    [
        ("Reconciled", Verdict(status="InProgress", message="x"), r"kstatus says InProgress \(x\) of Reconciled, and not Current"),
        ("Progressing", Verdict(status="Current", message="x"), r"kstatus says Current \(x\) of Progressing, and not InProgress"),
        ("AzureThrottled", Verdict(status="Failed", message="x"), r"kstatus says Failed \(x\) of AzureThrottled, and not InProgress"),
        ("PolicyDenied", Verdict(status="InProgress", message="x"), r"kstatus says InProgress \(x\) of PolicyDenied, and not Failed"),
        ("PolicyDenied", Verdict(status="Failed", message="x"), r"kstatus says 'x', but Ready says 'Because\.'"),
    ],
)
def test_another_verdict_of_kstatus_is_seen(monkeypatch: pytest.MonkeyPatch, reason: str, verdict: Verdict, message: str) -> None:
    monkeypatch.setattr(kstatus, "compute", lambda objects: [verdict for _ in objects])
    with pytest.raises(BadStatusError, match=f"^{message}$"):
        judged(written(status(reason)))


def test_what_is_being_deleted_is_terminating_whatever_it_says() -> None:
    metadata = {"uid": "1", "generation": 3, "deletionTimestamp": "2026-01-31T10:20:30Z"}
    assert judged(written({}, response_object={"metadata": metadata, "spec": SPEC, "status": status("AzureThrottled")})) == 1
