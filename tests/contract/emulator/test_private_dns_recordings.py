"""Private DNS as real Azure answered it: the recorded requests get the recorded answers from the emulator.

Compared are status, presence of headers, keys and values of bodies, code, shape and wrapping of errors, escaped slashes; not
the values of etags and guids, the names in messages, and Retry-After.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from arm_emulator.client import Document, Emulator
from contract.emulator.azure import Arm
from contract.emulator.recordings import FILE, AnswerShape, Recorded, runs

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
ZONES = "/providers/Microsoft.Network/privateDnsZones"
OPERATIONS = "/providers/Microsoft.Network/privateDnsOperation"
GONE = {"ResourceGroupNotFound", "ParentResourceNotFound", "ResourceNotFound"}
"""What is told at the end of a recording, by how far the deletion of the whole group has come."""

ALLOWED = {"the answers of 2023 have no Retry-After": 31}
"""Known differences, and how often they may occur at most."""


def of_private_dns() -> list[list[Recorded]]:
    return [wanted for run in runs() if (wanted := [each for each in run if kind(each)])]


def kind(exchange: Recorded) -> str:
    """``zone``, ``link``, a record type, ``operation``, or nothing for what is not private DNS."""
    if OPERATIONS in exchange.path:
        return "operation"
    _, found, rest = exchange.id.partition(ZONES)
    if not found:
        return ""
    segments = rest.strip("/").split("/")
    return "zone" if len(segments) == 1 else segments[1].replace("virtualNetworkLinks", "link")


class Replay:
    """One run of requests, sent in order; each operation lasts as long as it did in the recording."""

    def __init__(self, *, arm: Arm, emulator: Emulator) -> None:
        self.arm = arm
        self.emulator = emulator
        self.operations: dict[str, str] = {}
        self.group_deleted = False
        self.differences: list[str] = []
        self.allowed: Counter[str] = Counter()
        self.compared: Counter[str] = Counter()

    async def play(self, run: list[Recorded]) -> None:
        self.emulator.reset(presupposed(run))
        self.emulator.settings(hold_operations=True)
        self.operations.clear()
        self.group_deleted = False
        await self.arm.log_in()
        for exchange in run:
            if kind(exchange) != "operation":
                await self._resource(exchange)
            elif token(exchange.path) in self.operations:
                await self._poll(exchange)

    async def _resource(self, exchange: Recorded) -> None:
        if exchange.answer.status == 200 and exchange.method == "GET":
            self._end(target=exchange.id)
        if code(exchange.answer) in GONE and self.emulator.get(exchange.id) is not None:
            self._delete_group(exchange)
        answer = await self._send(exchange, exchange.path)
        for header in ("azure-asyncoperation", "location"):
            if header in exchange.response_headers and header in answer.headers:
                self.operations[token(exchange.response_headers[header])] = token(answer.headers[header])
        if exchange.method == "GET" and answer.status == 200 and "etag" in answer.headers:
            assert answer.headers["etag"] == answer.body["etag"]

    async def _poll(self, exchange: Recorded) -> None:
        recorded = token(exchange.path)
        if exchange.answer.status == 200:
            self._end(target=None)
        await self._send(exchange, exchange.path.replace(recorded, self.operations[recorded]))

    async def _send(self, exchange: Recorded, path: str) -> Any:
        url = f"{self.emulator.url}{path}"
        answer = await self.arm.send(exchange.method, url, exchange.body, headers=exchange.headers)
        self._compare(exchange, AnswerShape.of(answer.status, answer.headers, answer.text))
        return answer

    def _compare(self, exchange: Recorded, actual: AnswerShape) -> None:
        self.compared[kind(exchange)] += 1
        expected = exchange.answer
        if self.group_deleted and {code(expected), code(actual)} <= GONE:
            actual = replace(actual, body=expected.body)
        if actual.headers - expected.headers == {"retry-after"} and exchange.recording.startswith("test_"):
            self.allowed["the answers of 2023 have no Retry-After"] += 1
            actual = replace(actual, headers=expected.headers)
        if actual != expected:
            self.differences.append(f"{exchange.name}\n  recorded {expected}\n  emulated {actual}")

    def _end(self, *, target: str | None) -> None:
        for each in self.emulator.operations():
            if each["held"] and target in (None, each["target"]):
                self.emulator.release_operation(each["id"])

    def _delete_group(self, exchange: Recorded) -> None:
        """The recorded client deleted its resource group with all that was left in it, in a call that is not in the file."""
        self.emulator.delete(exchange.id.partition("/providers/")[0])
        self.group_deleted = True


def presupposed(run: list[Recorded]) -> Document:
    """The resource groups, the networks to be linked, and the zones of others that a list shows."""
    groups = {each.id.partition("/providers/")[0] for each in run} - {f"/subscriptions/{SUBSCRIPTION}"}
    links = [each.body["properties"] for each in run if each.method == "PUT" and kind(each) == "link"]
    networks = {each["virtualNetwork"]["id"] for each in links}
    written = {each.id for each in run if each.method == "PUT"}
    listed = [item for each in run if each.answer.status == 200 and each.response_body for item in each.response_body.get("value", [])]
    crowded = [item["id"] for item in listed if item.get("properties", {}).get("numberOfRecordSets") == 2]
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    return {
        "subscriptions": [{"subscriptionId": SUBSCRIPTION}],
        "resources": [
            *({"id": group, "location": "westus"} for group in groups),
            *({"id": network, "location": "westus", "properties": space} for network in networks),
            *(item for item in listed if item["id"] not in written),
            *({"id": f"{zone}/A/somebody", "properties": {"ttl": 10}} for zone in crowded),
        ],
    }


def token(url: str) -> str:
    """The operation id in base64."""
    found = re.search(r"privateDnsOperation(?:Statuses|Results)/([^?]+)", url)
    return found[1] if found else ""


def code(answer: AnswerShape) -> str:
    body = answer.body if isinstance(answer.body, dict) else {}
    return str((body.get("error") or body).get("code", ""))


@pytest.mark.skipif(not FILE.exists(), reason="the recordings of real Azure are not beside this repository")
async def test_recorded_requests_get_the_recorded_answers(emulator: Emulator) -> None:
    async with Arm(emulator) as arm:
        replay = Replay(arm=arm, emulator=emulator)
        for run in of_private_dns():
            await replay.play(run)
    assert replay.differences == [], "\n".join(replay.differences)
    assert not {each: count for each, count in replay.allowed.items() if count > ALLOWED[each]}
    assert (replay.compared["zone"], replay.compared["A"], replay.compared["link"]) == (62, 42, 35)
