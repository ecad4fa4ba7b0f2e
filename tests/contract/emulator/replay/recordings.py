"""Exchanges with real Azure, recorded by other open-source projects: which belong together, and what they are about."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FILE = Path(__file__).resolve().parents[5] / "shared/azure/recordings/arm-exchanges.jsonl.gz"

NETWORK = "Microsoft.Network/virtualNetworks"
SUBNET = f"{NETWORK}/subnets"
GROUP = "Microsoft.Network/networkSecurityGroups"
RULE = f"{GROUP}/securityRules"
ZONE = "Microsoft.Network/privateDnsZones"
RECORD = f"{ZONE}/A"
LINK = f"{ZONE}/virtualNetworkLinks"
DELEGATIONS = "Microsoft.Network/locations/availableDelegations"
OPERATIONS = frozenset(
    {
        "Microsoft.Network/locations/operations",
        "Microsoft.Network/locations/operationResults",
        "Microsoft.Network/privateDnsOperationStatuses",
        "Microsoft.Network/privateDnsOperationResults",
    }
)
"""What the operation of a write is polled by."""
_OPERATION = re.compile(r"/(?:operations|operationResults|privateDnsOperationStatuses|privateDnsOperationResults)/([^?]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One recorded exchange.

    ``path`` is with the query. ``headers`` of the request are the conditional ones only. ``text`` is the answer's body as it was
    sent. ``recorder`` is the project that recorded it.
    """

    recorder: str
    recording: str
    index: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    status: int
    answer_headers: Mapping[str, str]
    text: str
    answer: Any = field(repr=False)

    @property
    def id(self) -> str:
        """The path without the query."""
        return urlsplit(self.path).path

    @property
    def type(self) -> str:
        """The resource type, that of a collection too: ``Microsoft.Network/virtualNetworks/subnets``."""
        segments = self.id.rpartition("/providers/")[2].split("/")
        return "/".join([segments[0], *segments[1::2]])

    @property
    def is_resource(self) -> bool:
        """Whether it is about one resource, and not a collection."""
        return len(self.id.rpartition("/providers/")[2].split("/")) % 2 == 1

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def accepted(self) -> bool:
        return self.status < 300

    @property
    def operation(self) -> str:
        """The id of the operation that a poll asks for; nothing for other requests."""
        return operation_id(self.path) if self.type in OPERATIONS else ""

    @property
    def started(self) -> frozenset[str]:
        """The ids of the operation that a write started, one for each of its two URLs."""
        urls = [self.answer_headers.get(each, "") for each in ("azure-asyncoperation", "location")] if self.writes else []
        return frozenset(filter(None, map(operation_id, urls)))

    @property
    def state(self) -> str:
        """The provisioning state that the answer shows, or the status of an operation."""
        body = self.answer if isinstance(self.answer, dict) else {}
        properties = body.get("properties")
        return str((properties if isinstance(properties, dict) else {}).get("provisioningState") or body.get("status") or "")

    @property
    def code(self) -> str:
        """The code of the error, wrapped or not."""
        body = self.answer if isinstance(self.answer, dict) else {}
        error = body.get("error", body)
        return str(error.get("code", "")) if isinstance(error, dict) else ""

    @property
    def name(self) -> str:
        return f"{self.recording} {self.index} {self.method} {self.path}"


def runs(file: Path = FILE) -> list[list[Recorded]]:
    """The recorded exchanges that belong together, in their order."""
    found: list[list[Recorded]] = []
    for each in _exchanges(file):
        last = found[-1][-1] if found else None
        if last is None or each.recording != last.recording or each.index <= last.index:
            found.append([])
        found[-1].append(each)
    return found


def parsed(text: str | None) -> Any:
    """A body as JSON; as its text where it is something else, such as a page of HTML."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def operation_id(url: str) -> str:
    """The id in the URL of an operation."""
    found = _OPERATION.search(url)
    return found[1] if found else ""


def _exchanges(file: Path) -> Iterator[Recorded]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)
            url = urlsplit(raw["url"])
            yield Recorded(
                recorder=raw["origin"].partition(" ")[0],
                recording=raw["recording"],
                index=raw["index"],
                method=raw["method"],
                path=f"{url.path}?{url.query}",
                headers=raw["request_headers"],
                body=parsed(raw["request_body"]),
                status=raw["status"],
                answer_headers=raw["response_headers"],
                text=raw["response_body"],
                answer=parsed(raw["response_body"]),
            )
