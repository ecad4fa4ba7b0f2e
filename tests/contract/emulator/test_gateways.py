"""API Management: services to be read, and the long life of a workspace gateway."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import GATEWAY, GATEWAYS, GROUP, NETWORK, SECURITY_GROUP, SERVICE, SUBNET, SUBSCRIPTION, Arm, Document

HOUR = 3600


def gateway(mode: str = "Internal", subnet: str = SUBNET) -> Document:
    return {
        "location": "West Europe",
        "sku": {"name": "WorkspaceGatewayPremium", "capacity": 1},
        "properties": {"virtualNetworkType": mode, "backend": {"subnet": {"id": subnet}}},
    }


@pytest.fixture
def prepared(emulator: Emulator) -> Emulator:
    """The subnet as a gateway with private inbound access needs it."""
    delegation = {"name": "d", "properties": {"serviceName": "Microsoft.Web/hostingEnvironments"}}
    emulator.patch(SUBNET, {"properties": {"delegations": [delegation], "networkSecurityGroup": {"id": SECURITY_GROUP}}})
    return emulator


async def links(arm: Arm) -> list[Document]:
    return list((await arm.get(SUBNET)).properties.get("serviceAssociationLinks", []))


async def test_services_can_be_read_and_listed(arm: Arm) -> None:
    seen = (await arm.get(SERVICE)).body
    assert (seen["sku"], seen["location"]) == ({"name": "Premium", "capacity": 1}, "West Europe")
    assert seen["properties"]["provisioningState"] == "Succeeded"
    for scope in (GROUP, f"/subscriptions/{SUBSCRIPTION}"):
        (listed,) = (await arm.get(f"{scope}/providers/Microsoft.ApiManagement/service")).body["value"]
        assert listed == seen


async def test_a_service_has_a_hostname_until_it_is_given_others(arm: Arm, emulator: Emulator) -> None:
    (built_in,) = (await arm.get(SERVICE)).properties["hostnameConfigurations"]
    assert (built_in["type"], built_in["hostName"]) == ("Proxy", "apim.azure-api.net")
    own = [{"type": "Proxy", "hostName": "api.example.com"}]
    emulator.patch(SERVICE, {"properties": {"hostnameConfigurations": own}})
    assert (await arm.get(SERVICE)).properties["hostnameConfigurations"] == own


async def test_creating_a_gateway_takes_hours_and_its_address_comes_later_still(arm: Arm, prepared: Emulator) -> None:
    created = await arm.put(GATEWAY, gateway())
    assert (created.status, created.body["type"]) == (201, "Microsoft.ApiManagement/gateway")
    assert created.headers["location"] == created.headers["azure-asyncoperation"]
    assert (created.properties["provisioningState"], created.properties["targetProvisioningState"]) == ("Created", "Activating")
    assert len(await links(arm)) == 1
    prepared.advance(2 * HOUR)
    running = await arm.get(created.headers["azure-asyncoperation"])
    assert (running.status, running.body["status"]) == (202, "InProgress")
    seen = (await arm.get(GATEWAY)).body
    assert (seen["type"], seen["properties"]["provisioningState"]) == ("Microsoft.ApiManagement/gateways", "Activating")
    prepared.advance(HOUR)
    assert (await arm.get(created.headers["azure-asyncoperation"])).body["status"] == "Succeeded"
    seen = (await arm.get(GATEWAY)).body
    assert (seen["properties"]["provisioningState"], seen["properties"]["targetProvisioningState"]) == ("Succeeded", "")
    assert "frontend" not in seen["properties"]
    prepared.advance(120)
    assert (await arm.get(GATEWAY)).properties["frontend"] == {"inboundIPAddresses": {"private": ["10.0.1.5"]}}


async def test_a_gateways_link_is_there_before_any_list_shows_it(arm: Arm, prepared: Emulator) -> None:
    await arm.put(GATEWAY, gateway())
    assert len(await links(arm)) == 1
    assert (await arm.get(GATEWAYS)).body["value"] == []
    assert (await arm.get(GATEWAY)).properties["provisioningState"] == "Created"
    prepared.advance(20)
    (listed,) = (await arm.get(GATEWAYS)).body["value"]
    assert listed["properties"]["provisioningState"] == "Activating"


async def test_an_external_gateway_never_has_a_private_address(arm: Arm, prepared: Emulator) -> None:
    delegation = {"name": "d", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}
    prepared.patch(SUBNET, {"properties": {"delegations": [delegation]}})
    assert (await arm.put(GATEWAY, gateway(mode="External"))).status == 201
    prepared.advance(4 * HOUR)
    seen = (await arm.get(GATEWAY)).properties
    assert seen["provisioningState"] == "Succeeded"
    assert "frontend" not in seen


async def test_the_address_may_be_shown_at_preview_versions_only(arm: Arm, prepared: Emulator) -> None:
    prepared.put(GATEWAY, gateway())
    address = {"inboundIPAddresses": {"private": ["10.0.1.9"]}}
    prepared.patch(GATEWAY, {"properties": {"frontend": address}})
    assert (await arm.get(GATEWAY)).properties["frontend"] == address
    prepared.settings(gateway_address="preview")
    assert "frontend" not in (await arm.get(GATEWAY)).properties
    assert "frontend" not in (await arm.get(GATEWAYS)).body["value"][0]["properties"]
    assert (await arm.get(GATEWAY, version="2024-06-01-preview")).properties["frontend"] == address
    prepared.patch(GATEWAY, {"properties": {"frontend": address | {"defaultHostname": "a.example"}}})
    assert (await arm.get(GATEWAY)).properties["frontend"] == {"defaultHostname": "a.example"}


async def test_the_address_is_a_free_one_and_stays_until_somebody_changes_it(arm: Arm, prepared: Emulator) -> None:
    prepared.put(f"{GATEWAY}-2", gateway())
    prepared.patch(f"{GATEWAY}-2", {"properties": {"frontend": {"inboundIPAddresses": {"private": ["10.0.1.5"]}}}})
    prepared.patch(SUBNET, {"properties": {"serviceAssociationLinks": []}})
    await arm.put(GATEWAY, gateway())
    prepared.advance(4 * HOUR)
    assert (await arm.get(GATEWAY)).properties["frontend"] == {"inboundIPAddresses": {"private": ["10.0.1.6"]}}
    scaled = await arm.send("PATCH", GATEWAY, {"sku": {"name": "WorkspaceGatewayPremium", "capacity": 2}})
    assert (scaled.status, scaled.properties["provisioningState"]) == (202, "Updating")
    assert scaled.properties["frontend"] == {"inboundIPAddresses": {"private": ["10.0.1.6"]}}
    prepared.patch(GATEWAY, {"properties": {"frontend": {"inboundIPAddresses": {"private": ["10.0.1.7"]}}}})
    prepared.advance(HOUR)
    assert (await arm.get(GATEWAY)).properties["frontend"] == {"inboundIPAddresses": {"private": ["10.0.1.7"]}}


async def test_a_creation_that_fails_leaves_a_failed_gateway_in_its_subnet(arm: Arm, prepared: Emulator) -> None:
    created = await arm.put(GATEWAY, gateway())
    prepared.fail_operation(prepared.operations()[0]["id"], code="ActivationFailed", message="No capacity.")
    poll = (await arm.get(created.headers["azure-asyncoperation"])).body
    assert (poll["status"], poll["error"]["code"]) == ("Failed", "ActivationFailed")
    seen = (await arm.get(GATEWAY)).properties
    assert (seen["provisioningState"], seen["targetProvisioningState"]) == ("Failed", "")
    assert len(await links(arm)) == 1
    prepared.advance(4 * HOUR)
    assert "frontend" not in (await arm.get(GATEWAY)).properties


async def test_one_that_is_activating_takes_no_other_write_but_its_deletion(arm: Arm, prepared: Emulator) -> None:
    await arm.put(GATEWAY, gateway())
    assert (await arm.put(GATEWAY, gateway())).refusal[0] == 409
    assert (await arm.delete(GATEWAY)).status == 202
    prepared.advance(900)
    assert (await arm.get(GATEWAY)).status == 404
    prepared.advance(4 * HOUR)
    assert (await arm.get(GATEWAY)).status == 404
    assert await links(arm) == []


async def test_a_deleted_gateways_link_lingers(arm: Arm, prepared: Emulator) -> None:
    prepared.put(GATEWAY, gateway())
    deletion = await arm.delete(GATEWAY)
    assert (deletion.status, deletion.properties["provisioningState"]) == (202, "Terminating")
    assert (await arm.get(GATEWAY)).body == deletion.body
    prepared.advance(900)
    assert (await arm.get(GATEWAY)).status == 404
    assert len(await links(arm)) == 1
    prepared.advance(2 * HOUR)
    assert await links(arm) == []


async def test_its_network_configuration_never_changes(arm: Arm, prepared: Emulator) -> None:
    prepared.put(GATEWAY, gateway())
    for changed in (gateway(mode="External"), gateway(subnet=f"{NETWORK}/subnets/machines")):
        assert (await arm.put(GATEWAY, changed)).status == 400
    same = gateway(subnet=SUBNET.lower())
    same["sku"]["capacity"] = 2
    scaled = await arm.put(GATEWAY, same)
    assert (scaled.status, scaled.properties["provisioningState"]) == (200, "Updating")
    prepared.advance(HOUR)
    seen = (await arm.get(GATEWAY)).body
    assert (seen["sku"]["capacity"], seen["properties"]["provisioningState"]) == (2, "Succeeded")


@pytest.mark.parametrize(
    "lacking",
    [{"delegations": []}, {"networkSecurityGroup": None}, {"serviceAssociationLinks": [{"name": "other", "properties": {}}]}],
    ids=["delegation", "security group", "a subnet of its own"],
)
async def test_a_subnet_that_lacks_something_is_refused(arm: Arm, prepared: Emulator, lacking: Document) -> None:
    prepared.patch(SUBNET, {"properties": lacking})
    assert (await arm.put(GATEWAY, gateway())).status == 400
    assert (await arm.get(GATEWAY)).status == 404


async def test_gateways_are_listed_by_group_and_subscription(arm: Arm, emulator: Emulator) -> None:
    emulator.put(GATEWAY, gateway(mode="External"))
    for path in (GATEWAYS, f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ApiManagement/gateways"):
        (listed,) = (await arm.get(path)).body["value"]
        assert listed["properties"]["backend"]["subnet"]["id"] == SUBNET


async def test_a_gateway_taken_away_by_the_control_endpoint_leaves_no_link(arm: Arm, emulator: Emulator) -> None:
    emulator.put(GATEWAY, gateway())
    assert len(await links(arm)) == 1
    emulator.delete(GATEWAY)
    assert await links(arm) == []


async def test_config_connections_can_be_placed_and_read(arm: Arm, emulator: Emulator) -> None:
    emulator.put(GATEWAY, gateway())
    host = "team-a-123.gateway.westeurope-01.azure-api.net"
    connection = {"properties": {"sourceId": f"{SERVICE}/workspaces/a", "defaultHostname": host}}
    emulator.put(f"{GATEWAY}/configConnections/a", connection)
    (listed,) = (await arm.get(f"{GATEWAY}/configConnections")).body["value"]
    assert (listed["name"], listed["properties"]["defaultHostname"]) == ("a", host)
    assert (await arm.get(f"{GATEWAY}x/configConnections")).status == 404


@pytest.mark.parametrize("name", ["1st", "x-", "a" * 46], ids=["digit first", "dash last", "too long"])
async def test_gateway_names_follow_the_pattern(arm: Arm, prepared: Emulator, name: str) -> None:
    assert (await arm.put(f"{GATEWAYS}/{name}", gateway())).status == 400
