"""What a resource says of itself."""

from __future__ import annotations

import pytest

from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.runtime.subject import Subject

READY: JsonObject = {"conditions": [], "observedGeneration": 1}


@pytest.mark.parametrize(
    ("requested", "handled", "asked"),
    [(None, None, False), (None, "1", False), ("1", None, True), ("2", "1", True), ("1", "1", False)],
    ids=["never", "no-longer", "first", "again", "answered"],
)
def test_asked_to_look_until_the_very_request_is_answered(requested: str | None, handled: str | None, asked: bool) -> None:
    annotations: JsonObject = {"workspacegateway.dev/reconcile-requested-at": requested} if requested else {}
    status: JsonObject = {**READY, "lastHandledReconcileAt": handled} if handled else dict(READY)

    assert Subject({"metadata": {"annotations": annotations}, "status": status}).is_asked_to_look is asked
