"""What Flux and Helm 4 make of a status: the judge of every status that the operator writes is worth its word."""

from __future__ import annotations

from typing import Any

import pytest

from oracles import kstatus
from oracles.kstatus import Verdict

Document = dict[str, Any]
READY, BUSY = ("Ready", "True"), ("Reconciling", "True")


def resource(*conditions: tuple[str, str], generation: int = 1, observed: int | None = 1, **metadata: str) -> Document:
    said = [{"type": kind, "status": status, "reason": "Any", "message": f"About {kind}."} for kind, status in conditions]
    return {
        "apiVersion": "workspacegateway.dev/v1alpha1",
        "kind": "WorkspaceGatewayNetwork",
        "metadata": {"name": "team-a", "generation": generation, **metadata},
        "status": {"conditions": said, **({} if observed is None else {"observedGeneration": observed})},
    }


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param({**resource(), "status": {}}, ("Current", "Resource is current"), id="no status is green too early"),
        pytest.param(
            resource(observed=-1),
            ("InProgress", "WorkspaceGatewayNetwork generation is 1, but latest observed generation is -1"),
            id="the CRD's default is not",
        ),
        pytest.param(resource(("Ready", "Unknown"), BUSY), ("InProgress", "About Reconciling."), id="working"),
        pytest.param(resource(READY), ("Current", "Resource is Ready"), id="good"),
        pytest.param(resource(("Ready", "False"), BUSY), ("InProgress", "About Reconciling."), id="will retry"),
        pytest.param(resource(("Ready", "False"), ("Stalled", "True")), ("Failed", "About Stalled."), id="needs a person"),
        pytest.param(resource(("Ready", "False")), ("InProgress", "About Ready."), id="not ready for ever"),
        pytest.param(
            resource(READY, generation=2),
            ("InProgress", "WorkspaceGatewayNetwork generation is 2, but latest observed generation is 1"),
            id="an old status",
        ),
        pytest.param(
            resource(READY, deletionTimestamp="2026-01-31T10:20:30Z"),
            ("Terminating", "Resource scheduled for deletion"),
            id="being deleted",
        ),
    ],
)
def test_a_status_means(document: Document, expected: tuple[str, str]) -> None:
    status, message = expected
    assert kstatus.compute([document]) == [Verdict(status=status, message=message)]


def test_many_are_judged_in_their_order() -> None:
    documents = [resource(READY, generation=1 + number % 2) for number in range(200)]
    assert [verdict.status for verdict in kstatus.compute(documents)] == ["Current", "InProgress"] * 100


def test_none_are_judged_as_none() -> None:
    assert kstatus.compute([]) == []


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"^kstatus: Object 'Kind' is missing in "):
        kstatus.compute([{"metadata": {"name": "team-a"}}])
