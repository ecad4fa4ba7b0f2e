"""Config connections of a gateway: where its hostname comes from."""

from __future__ import annotations

import re
from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import GATEWAY, SERVICE, SUBNET, Arm, Document

CONNECTIONS = f"{GATEWAY}/configConnections"
HOSTNAME = re.compile(r"team-a-[a-z2-7]{16}\.gateway\.westeurope-01\.azure-api\.net")


def connection(workspace: str = "a", **properties: Any) -> Document:
    return {"properties": {"sourceId": f"{SERVICE}/workspaces/{workspace}", **properties}}


@pytest.fixture
def gateway(emulator: Emulator) -> Emulator:
    properties = {"virtualNetworkType": "Internal", "backend": {"subnet": {"id": SUBNET}}}
    emulator.put(GATEWAY, {"location": "West Europe", "sku": {"name": "WorkspaceGatewayPremium"}, "properties": properties})
    return emulator


async def test_a_connection_has_its_gateways_hostname_when_its_operation_has_ended(arm: Arm, gateway: Emulator) -> None:
    gateway.settings(latency="azure")
    created = await arm.put(f"{CONNECTIONS}/a", connection(hostnames=["api.example.com"]))
    assert (created.status, created.properties["provisioningState"]) == (201, "Created")
    assert "defaultHostname" not in created.properties
    assert created.headers["location"] == created.headers["azure-asyncoperation"]
    poll = await arm.get(created.headers["azure-asyncoperation"])
    assert (poll.status, poll.body["status"]) == (202, "InProgress")
    gateway.advance(60)
    assert (await arm.get(created.headers["azure-asyncoperation"])).body["status"] == "Succeeded"
    seen = await arm.get(f"{CONNECTIONS}/a")
    assert HOSTNAME.fullmatch(seen.properties["defaultHostname"])
    assert (seen.properties["hostnames"], seen.properties["provisioningState"]) == (["api.example.com"], "Succeeded")
    assert (await arm.get(CONNECTIONS)).body["value"] == [seen.body]


async def test_all_connections_of_a_gateway_have_one_hostname(arm: Arm, gateway: Emulator) -> None:
    for name in ("a", "b"):
        await arm.status(await arm.put(f"{CONNECTIONS}/{name}", connection(name)))
    hostnames = [each["properties"]["defaultHostname"] for each in (await arm.get(CONNECTIONS)).body["value"]]
    assert len(hostnames) == 2
    assert len(set(hostnames)) == 1


async def test_a_gateway_takes_one_write_at_a_time(arm: Arm, gateway: Emulator) -> None:
    gateway.settings(hold_operations=True)
    assert (await arm.put(f"{CONNECTIONS}/a", connection())).status == 201
    second = await arm.put(f"{CONNECTIONS}/b", connection("b"))
    assert (second.status, second.code) == (409, "Conflict")
    gateway.release_operation(gateway.operations()[0]["id"])
    assert (await arm.put(f"{CONNECTIONS}/b", connection("b"))).status == 201


async def test_hostnames_change_and_the_workspace_does_not(arm: Arm, gateway: Emulator) -> None:
    await arm.put(f"{CONNECTIONS}/a", connection())
    changed = await arm.put(f"{CONNECTIONS}/a", connection(hostnames=["api.example.com"]))
    assert (changed.status, changed.properties["provisioningState"]) == (200, "Updating")
    await arm.status(changed)
    moved = await arm.put(f"{CONNECTIONS}/a", connection("b"))
    assert (moved.status, moved.code) == (400, "PropertyChangeNotAllowed")


async def test_deleting_needs_a_condition(arm: Arm, gateway: Emulator) -> None:
    await arm.put(f"{CONNECTIONS}/a", connection())
    etag = (await arm.get(f"{CONNECTIONS}/a")).body["etag"]
    assert (await arm.delete(f"{CONNECTIONS}/a")).status == 400
    assert (await arm.delete(f"{CONNECTIONS}/a", headers={"If-Match": "stale"})).status == 412
    deleted = await arm.delete(f"{CONNECTIONS}/a", headers={"If-Match": etag})
    assert deleted.status == 202
    assert (await arm.get(deleted.headers["location"])).body["status"] == "Succeeded"
    assert (await arm.get(CONNECTIONS)).body["value"] == []
    assert (await arm.delete(f"{CONNECTIONS}/a", headers={"If-Match": "*"})).status == 204


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a" * 31, connection()),
        ("a", {"properties": {"sourceId": SERVICE}}),
        ("a", {"properties": {"sourceId": f"{SERVICE}-gone/workspaces/a"}}),
        ("a", connection(hostnames="api.example.com")),
    ],
    ids=["name", "no workspace", "no such service", "hostnames"],
)
async def test_malformed_connections_are_refused(arm: Arm, gateway: Emulator, name: str, body: Document) -> None:
    seen = await arm.put(f"{CONNECTIONS}/{name}", body)
    assert (seen.status, seen.code) == (400, "ValidationError")


async def test_there_are_none_of_a_gateway_that_is_not_there(arm: Arm, emulator: Emulator) -> None:
    for seen in (await arm.get(CONNECTIONS), await arm.put(f"{CONNECTIONS}/a", connection())):
        assert (seen.status, seen.code) == (404, "ResourceNotFound")
