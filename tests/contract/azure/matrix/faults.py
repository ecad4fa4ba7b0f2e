"""Everything that can go wrong with one request to Azure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def answer(status: int, code: str = "", message: str = "As recorded.", **headers: str) -> dict[str, Any]:
    """An answer in place of Azure's."""
    return {"answer": {"status": status, "body": {"error": {"code": code or str(status), "message": message}}, "headers": headers}}


FAULTS: Mapping[str, Mapping[str, Any]] = {
    "400": answer(400, "InvalidRequestFormat"),
    "401": answer(401, "InvalidAuthenticationToken"),
    "403": answer(403, "AuthorizationFailed"),
    "404": answer(404, "NotFound"),
    "409": answer(409, "AnotherOperationInProgress"),
    "412": answer(412, "PreconditionFailed"),
    "429": answer(429),
    "429 with Retry-After": answer(429, **{"Retry-After": "7"}),
    "500": answer(500, "InternalServerError"),
    "503 in HTML": {"answer": {"status": 503, "body": "<html>Service Unavailable</html>"}},
    "dropped before": {"drop": "before"},
    "dropped after": {"drop": "after"},
    "operation failed": {"operation": {"code": "InternalServerError", "message": "An error occurred."}},
    "operation never ends": {"operation": "hold"},
}
"""By name, as rules of the emulator."""

OF_OPERATIONS = ("operation failed", "operation never ends")
"""Those that only a write with an operation can have."""
