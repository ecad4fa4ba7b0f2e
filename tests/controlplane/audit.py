"""The API server's audit log: who did what, and what was written into our resources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

_GROUP: Final = "workspacegateway.dev"
_RESOURCE: Final = "workspacegatewaynetworks"
_WRITES: Final = ["create", "update", "patch", "delete", "deletecollection"]

POLICY: Final[Mapping[str, object]] = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "RequestResponse", "resources": [{"group": _GROUP, "resources": [f"{_RESOURCE}/status"]}]},
        {
            "level": "Request",
            "verbs": _WRITES,
            "resources": [
                {"group": _GROUP, "resources": [_RESOURCE]},
                {"group": "events.k8s.io", "resources": ["events"]},
                {"group": "", "resources": ["events"]},
            ],
        },
        {"level": "Metadata"},
    ],
}
"""Everything is logged; with both bodies for the status subresource, with the request's body for writes of the
resource itself and of events. (https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One request. ``None`` stands for what it doesn't have: a name in a list, any resource in ``/readyz``."""

    user: str
    """The user that the request counts as: the impersonated one when there is one."""
    user_agent: str | None
    verb: str
    uri: str
    group: str | None
    """API group; ``""`` is the core group."""
    resource: str | None
    subresource: str | None
    namespace: str | None
    name: str | None
    code: int | None
    """HTTP status; ``None`` when the connection ended before there was one."""
    request_object: Any
    """The body as sent, so a patch for ``patch``; only where ``POLICY`` asks for it."""
    response_object: Any
    stage_timestamp: datetime


def parse(log: str, *, mentioning: str = "") -> list[AuditEvent]:
    """The requests of an audit log (one JSON document a line), each once, ordered by when it was first logged.

    Lines that do not mention a text are left out without being parsed.

    A watch is logged when it starts and again when it ends: the later line replaces the earlier. A last line
    without its end is still being written, and left out.
    """
    events: dict[str, AuditEvent] = {}
    for line in log.split("\n")[:-1]:
        if mentioning not in line:
            continue
        document = json.loads(line)
        events[document["auditID"]] = _event(document)
    return list(events.values())


def _event(document: Mapping[str, Any]) -> AuditEvent:
    reference = document.get("objectRef") or {}
    return AuditEvent(
        user=(document.get("impersonatedUser") or document["user"]).get("username", ""),
        user_agent=document.get("userAgent"),
        verb=document["verb"],
        uri=document["requestURI"],
        group=reference.get("apiGroup", "") if "resource" in reference else None,
        resource=reference.get("resource"),
        subresource=reference.get("subresource"),
        namespace=reference.get("namespace"),
        name=reference.get("name"),
        code=(document.get("responseStatus") or {}).get("code"),
        request_object=document.get("requestObject"),
        response_object=document.get("responseObject"),
        stage_timestamp=datetime.fromisoformat(document["stageTimestamp"]),
    )
