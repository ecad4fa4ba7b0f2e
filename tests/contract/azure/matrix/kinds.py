"""The kinds of requests that the operator makes, and whether the matrix has them all.

A kind is a method, a resource type, and whether it is about one resource or a list, of a subscription, a resource group or a resource.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

KINDS = frozenset(
    """
    GET list of microsoft.network/virtualnetworks in a subscription
    GET list of microsoft.network/virtualnetworks in a resource group
    GET microsoft.network/virtualnetworks
    GET microsoft.network/virtualnetworks/subnets
    PUT microsoft.network/virtualnetworks/subnets
    GET list of microsoft.network/networksecuritygroups in a subscription
    GET list of microsoft.network/networksecuritygroups in a resource group
    GET microsoft.network/networksecuritygroups
    PUT microsoft.network/networksecuritygroups
    PATCH microsoft.network/networksecuritygroups
    DELETE microsoft.network/networksecuritygroups
    PUT microsoft.network/networksecuritygroups/securityrules
    DELETE microsoft.network/networksecuritygroups/securityrules
    GET microsoft.network/locations/operations
    GET list of microsoft.network/privatednszones in a subscription
    GET list of microsoft.network/privatednszones in a resource group
    GET microsoft.network/privatednszones
    PUT microsoft.network/privatednszones
    PATCH microsoft.network/privatednszones
    DELETE microsoft.network/privatednszones
    GET list of microsoft.network/privatednszones/virtualnetworklinks
    GET microsoft.network/privatednszones/virtualnetworklinks
    PUT microsoft.network/privatednszones/virtualnetworklinks
    PATCH microsoft.network/privatednszones/virtualnetworklinks
    DELETE microsoft.network/privatednszones/virtualnetworklinks
    GET list of microsoft.network/privatednszones/a
    GET microsoft.network/privatednszones/a
    PUT microsoft.network/privatednszones/a
    DELETE microsoft.network/privatednszones/a
    GET microsoft.network/privatednsoperationstatuses
    GET microsoft.apimanagement/service
    GET list of microsoft.apimanagement/gateways in a subscription
    GET list of microsoft.apimanagement/gateways in a resource group
    GET microsoft.apimanagement/gateways
    GET list of microsoft.apimanagement/gateways/configconnections
    GET microsoft.apimanagement/gateways/configconnections
    GET microsoft.web
    POST microsoft.web/register
    GET list of microsoft.authorization/locks in a subscription
    """.strip().split("\n    ")
)
"""All there are. What the operator asks for beside these has no fault tested: give it a row in `REQUESTS`."""

_OPERATOR = "workspace-gateway-network/"
"""What the operator calls itself in its User-Agent."""


def kind(method: str, path: str) -> str:
    """The kind of one request; empty for the next page of a list, whose address is Azure's own."""
    parts = path.partition("?")[0].lower().strip("/").split("/")
    if "providers" not in parts:
        return ""
    at = max(index for index, part in enumerate(parts) if part == "providers")
    resource_type = "/".join((parts[at + 1], *parts[at + 2 :: 2]))
    if method == "POST" or (len(parts) - at) % 2 == 0:
        return f"{method} {resource_type}"
    scopes = {2: " in a subscription", 4: " in a resource group"}
    return f"{method} list of {resource_type}{scopes[at] if len(parts) == at + 3 else ''}"


def kinds(exchanges: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The kind and the path of each of the operator's requests."""
    for exchange in exchanges:
        request = exchange["liveRequest"]
        if _OPERATOR in request["headers"].get("user-agent", ""):
            path = "/" + request["url"].partition("://")[2].partition("/")[2] if "://" in request["url"] else request["url"]
            if found := kind(request["method"], path):
                yield found, path


def read(journals: Path) -> Iterator[dict[str, Any]]:
    """The exchanges of all journals in a directory."""
    for journal in sorted(journals.glob("*.jsonl")):
        with journal.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
