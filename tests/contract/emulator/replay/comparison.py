"""What of two answers has to be the same, and where they are not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from contract.emulator.replay.recordings import DELEGATIONS, Recorded, parsed

HEADERS = frozenset({"etag", "azure-asyncoperation", "azure-asyncnotification", "location", "retry-after", "x-ms-failure-cause"})
"""The headers that say something about a resource; whether they are there is compared, not their values."""
TAKEN_OUT_BY_RECORDER = {
    "Azure/azure-cli": frozenset({"retry-after"}),
    "kubernetes-sigs/cloud-provider-azure": frozenset({"retry-after"}),
}
"""Headers that a recorder never keeps (``FILTER_HEADERS`` in azure-cli-testsdk's ``scenario_tests/base.py``, ``pkg/azclient/recording``)."""
_MADE_BY_AZURE = frozenset({"etag", "internalId", "resourceGuid", "subnetId"})
"""Fields whose values nobody can foresee."""
_WITHOUT_ORDER = frozenset({"value", "securityRules", "subnets", "virtualNetworkPeerings"})
"""Lists of resources, whose order means nothing."""
_GUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_CHANGING = (
    (re.compile(r"https?://\S+"), "{url}"),
    (re.compile(r"/subscriptions/[^\s,']+[^\s,'.]"), "{id}"),
    (re.compile(r"'[^']*'"), "''"),
    (_GUID, "{guid}"),
    (re.compile(r"\d+ seconds"), "{n} seconds"),
)
"""What differs between the messages of one kind of error."""


def differences(recorded: Recorded, *, status: int, headers: Mapping[str, str], text: str) -> list[str]:
    """Where an answer is not as recorded, each as ``place: recorded, emulated``."""
    found = []
    if status != recorded.status:
        found.append(f"status: {recorded.status}, {status}")
    ignored = TAKEN_OUT_BY_RECORDER.get(recorded.recorder, frozenset())
    expected, actual = _headers(recorded.answer_headers) - ignored, _headers(headers) - ignored
    found += [f"header {each}: {each in expected}, {each in actual}" for each in sorted(expected ^ actual)]
    body = parsed(text)
    if recorded.type == DELEGATIONS and status == 200:
        body["value"] = _offered(body["value"], then=recorded.answer["value"])
    found += _differing(_comparable(recorded.answer), _comparable(body), "")
    if recorded.method == "GET" and status == 200 and "etag" in headers and headers["etag"] != body.get("etag"):
        found.append(f"header etag is not that of the body: {body.get('etag')}, {headers['etag']}")
    return found


def _offered(services: list[Any], *, then: list[Any]) -> list[Any]:
    """The services that were offered when it was recorded: which there are depends on the day and the region."""
    names = {each["name"] for each in then}
    return [each for each in services if each["name"] in names]


def _headers(headers: Mapping[str, str]) -> frozenset[str]:
    return frozenset(each.lower() for each in headers) & HEADERS


def _comparable(value: Any, name: str = "") -> Any:
    """A body without what cannot be the same: etags and guids of Azure's, what messages name, the order of lists of resources, and
    the case of ids.
    """
    if name in _MADE_BY_AZURE:
        return bool(value)
    if isinstance(value, dict):
        return {each: _comparable(inner, each) for each, inner in value.items()}
    if isinstance(value, list):
        items = [_comparable(each) for each in value]
        return sorted(items, key=json.dumps) if name in _WITHOUT_ORDER else items
    if not isinstance(value, str):
        return value
    if name == "message":
        return _shape(value)
    return value.lower() if name in ("id", "name") else value


def _shape(message: str) -> str:
    for pattern, stands_for in _CHANGING:
        message = pattern.sub(stands_for, message)
    return message


def _differing(expected: Any, actual: Any, place: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for each in sorted(expected.keys() | actual.keys()):
            yield from _differing(expected.get(each, "nothing"), actual.get(each, "nothing"), f"{place}.{each}".lstrip("."))
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for number, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _differing(one, other, f"{place}[{number}]")
    elif expected != actual:
        yield f"{place or 'body'}: {json.dumps(expected)}, {json.dumps(actual)}"
