"""Rest: what an operator does that has nothing to do."""

from __future__ import annotations

from controlplane import AuditEvent
from stage.stage import CLIENT_ID, OPERATOR_USER, Stage

RESYNCS = 5


def assert_only_reads_at_rest(stage: Stage, *, listed: str) -> None:
    """Five periodic resyncs of the one resource there is read Azure and write nothing, to Azure or to the API server.

    `listed`: what each of them has listed, such as ``virtualNetworks``.
    """
    resource_version, reason = stage.get()["metadata"]["resourceVersion"], stage.condition("Ready")["reason"]
    rested_from = stage.wait_for(
        lambda: next((number for number, event in enumerate(_asked(stage), start=1) if _tells(event, reason=reason)), None),
        what="the last event of the convergence in the audit log",
    )
    since = stage.azure.seq()

    def looks() -> int:
        exchanges = stage.azure.exchanges(since=since, principal=CLIENT_ID)
        return sum(f"/{listed}?" in exchange["liveRequest"]["url"] for exchange in exchanges)

    stage.wait_for(lambda: looks() >= RESYNCS, seconds=200, what=f"{RESYNCS} resyncs")
    exchanges = stage.azure.exchanges(since=since, principal=CLIENT_ID)
    assert {exchange["liveRequest"]["method"] for exchange in exchanges} == {"GET"}
    assert {event.verb for event in _asked(stage)[rested_from:] if event.resource != "leases"} <= {"get", "list", "watch"}
    assert stage.get()["metadata"]["resourceVersion"] == resource_version


def _asked(stage: Stage) -> list[AuditEvent]:
    """What the operator asked of the API server, about this stage or about all namespaces."""
    return [event for event in stage.control_plane.audit_events(OPERATOR_USER) if event.namespace in {None, "", stage.namespace}]


def _tells(event: AuditEvent, *, reason: str) -> bool:
    """Whether this is the event that ends the convergence."""
    return event.resource == "events" and (event.request_object or {}).get("reason") == reason
