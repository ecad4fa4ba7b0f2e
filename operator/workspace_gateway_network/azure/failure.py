"""What went wrong with a request to Azure, as a value: read from every shape of error body that Azure answers with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workspace_gateway_network.model.json import Json, JsonObject, child, items, text


class Origin(StrEnum):
    """Where a request came to its end."""

    ANSWER = "answer"
    """Azure answered with a status that is not what was asked for."""
    OPERATION = "operation"
    """Azure accepted a write and later ended its operation as Failed or Canceled."""
    MALFORMED = "malformed"
    """Azure's answer makes no sense: no JSON, no list, no id, an address of another host."""
    CONNECTION = "connection"
    """There was no answer: no connection, a dropped one, or no end within the time allowed."""
    CREDENTIAL = "credential"
    """There was no token to ask with."""
    BUDGET = "budget"
    """It was not sent: the operator's own share of the subscription's requests is used up."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A request that did not succeed. `path` is the ARM id or collection that it was about, `method` what was tried."""

    origin: Origin
    method: str
    path: str
    status: int = 0
    codes: tuple[str, ...] = ()
    """Azure's error codes, the outer one first: the precise one often sits in the details."""
    message: str = ""
    retry_after: float | None = None
    """Seconds that Azure asks to wait."""
    policies: tuple[str, ...] = ()
    """The names of the Azure Policy assignments that refused the request."""

    @property
    def code(self) -> str:
        """The code to show: Azure's outermost, or the bare status."""
        return self.codes[0] if self.codes else str(self.status or self.origin)


class AzureError(Exception):
    """A request to Azure failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.method} {failure.path}: {failure.code}: {failure.message}")
        self.failure = failure


def from_answer(*, method: str, path: str, status: int, headers: Mapping[str, str], body: str) -> Failure:
    """Read an answer that is no success.

    Three shapes of body occur: `{"error": {…}}` of the front door and of the network provider, the latter with `details`, and a bare
    `{"code", "message"}` of private DNS. The edge answers in HTML (all recorded answers).
    """
    error = _error_of(body)
    return Failure(
        origin=Origin.ANSWER,
        method=method,
        path=path,
        status=status,
        codes=tuple(_codes(error)),
        message=_message(error),
        retry_after=seconds(headers.get("Retry-After")),
        policies=tuple(_policies(error)),
    )


def from_operation(*, method: str, path: str, body: JsonObject) -> Failure:
    """Read the end of an asynchronous operation: HTTP 200 with `"status": "Failed"` and an `error`."""
    error = child(body, "error")
    return Failure(
        origin=Origin.OPERATION,
        method=method,
        path=path,
        status=200,
        codes=tuple(_codes(error)) or (text(body, "status"),),
        message=_message(error),
        policies=tuple(_policies(error)),
    )


def seconds(value: str | None) -> float | None:
    """A Retry-After header as seconds. Azure sends whole seconds; the date form of HTTP is read as "not said"."""
    return float(value) if value and re.fullmatch(r"\d{1,6}(\.\d+)?", value.strip()) else None


def _error_of(body: str) -> JsonObject:
    try:
        document: Json = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(document, Mapping):
        return {}
    return child(document, "error") or document


def _codes(error: JsonObject) -> Iterator[str]:
    if code := text(error, "code"):
        yield code
    for detail in items(error, "details"):
        yield from _codes(detail)


def _message(error: JsonObject) -> str:
    """The outer message, and the first inner one where the outer says less ("Precondition failed.")."""
    outer = text(error, "message").strip()
    inner = next((text(detail, "message").strip() for detail in items(error, "details") if text(detail, "message")), "")
    return " ".join(filter(None, [outer, inner if inner not in outer else ""]))


_ASSIGNMENT = re.compile(r'"policyAssignment":\{"name":"([^"]+)"')


def _policies(error: JsonObject) -> Iterator[str]:
    for info in items(error, "additionalInfo"):
        details = child(info, "info")
        if name := text(details, "policyAssignmentDisplayName") or text(details, "policyAssignmentName"):
            yield name
    if not items(error, "additionalInfo"):
        yield from dict.fromkeys(_ASSIGNMENT.findall(text(error, "message")))
    for detail in items(error, "details"):
        yield from _policies(detail)
