"""The real Azure SDK takes the emulator for Azure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ClientSecretCredential
from azure.mgmt.apimanagement.aio import ApiManagementClient
from azure.mgmt.network.aio import NetworkManagementClient
from azure.mgmt.network.models import NetworkSecurityGroup, SecurityRule, Subnet

from arm_emulator.client import Emulator
from contract.emulator.azure import ALLOW_HTTPS, GATEWAY, SECURITY_GROUP, SUBNET, SUBSCRIPTION, TENANT


@pytest.fixture
async def clients(emulator: Emulator) -> AsyncIterator[tuple[NetworkManagementClient, ApiManagementClient]]:
    def transport() -> AioHttpTransport:
        return AioHttpTransport(connection_verify=emulator.ca)

    options: dict[str, Any] = {"base_url": emulator.url, "credential_scopes": [f"{emulator.url}/.default"]}
    credential = ClientSecretCredential(
        TENANT, "sdk", "made-up", authority=emulator.url, disable_instance_discovery=True, transport=transport()
    )
    network = NetworkManagementClient(credential, SUBSCRIPTION, transport=transport(), polling_interval=0, **options)
    api_management = ApiManagementClient(credential, SUBSCRIPTION, transport=transport(), **options)
    async with credential, network, api_management:
        yield network, api_management


@pytest.fixture
async def network(clients: tuple[NetworkManagementClient, ApiManagementClient]) -> NetworkManagementClient:
    return clients[0]


async def test_a_subnet_is_read_changed_and_polled_to_its_end(network: NetworkManagementClient, emulator: Emulator) -> None:
    emulator.settings(latency="lan")
    subnet = (await network.subnets.get("net-rg", "hub", "gateways")).as_dict()
    assert subnet["properties"]["aPropertyOfTomorrow"] == {"kept": [1, None]}
    subnet["properties"]["networkSecurityGroup"] = {"id": SECURITY_GROUP}
    subnet["properties"]["delegations"] = [{"name": "x", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}]
    since = emulator.seq()
    _ = await network.subnets.begin_create_or_update("net-rg", "hub", "gateways", Subnet(subnet), polling=False)
    operation = emulator.exchanges(since=since)[-1]["liveResponse"]["headers"]["azure-asyncoperation"]
    assert operation.startswith(emulator.url)
    emulator.advance(1.1)
    after = await network.subnets.get("net-rg", "hub", "gateways")
    assert after.provisioning_state == "Succeeded"
    assert after.delegations is not None
    assert after.delegations[0].service_name == "Microsoft.Web/serverFarms"
    assert after.as_dict()["properties"]["aPropertyOfTomorrow"] == {"kept": [1, None]}


async def test_the_sdks_own_poller_reaches_the_end(network: NetworkManagementClient) -> None:
    poller = await network.security_rules.begin_create_or_update("Net-RG", "Shield", "https", SecurityRule({"properties": ALLOW_HTTPS}))
    rule = await poller.result()
    assert (rule.provisioning_state, rule.destination_port_ranges) == ("Succeeded", ["80", "443"])
    await (await network.security_rules.begin_delete("Net-RG", "Shield", "https")).result()
    with pytest.raises(ResourceNotFoundError) as missing:
        await network.security_rules.get("Net-RG", "Shield", "https")
    assert missing.value.error is not None
    assert missing.value.error.code == "NotFound"


async def test_a_group_is_created_and_deleted(network: NetworkManagementClient) -> None:
    poller = await network.network_security_groups.begin_create_or_update("Net-RG", "born", NetworkSecurityGroup(location="westeurope"))
    group = await poller.result()
    assert group.default_security_rules is not None
    assert len(group.default_security_rules) == 6
    await (await network.network_security_groups.begin_delete("Net-RG", "born")).result()
    assert [each.name async for each in network.network_security_groups.list_all()] == ["Shield"]


async def test_pages_are_followed(network: NetworkManagementClient, emulator: Emulator) -> None:
    for number in range(5):
        emulator.put(f"{SECURITY_GROUP}-{number}", {"location": "westeurope"})
    emulator.settings(page_size=2)
    assert len([each async for each in network.network_security_groups.list("net-rg")]) == 6


async def test_a_failed_operation_is_the_pollers_error(network: NetworkManagementClient, emulator: Emulator) -> None:
    emulator.add_fault(method="PUT", operation={"code": "CanceledAndSupersededDueToAnotherOperation", "message": "Later one."})
    poller = await network.subnets.begin_create_or_update(
        "net-rg", "hub", "gateways", Subnet({"properties": {"addressPrefix": "10.0.1.0/27"}})
    )
    with pytest.raises(HttpResponseError) as failed:
        await poller.result()
    assert failed.value.error is not None
    assert failed.value.error.code == "CanceledAndSupersededDueToAnotherOperation"


async def test_if_match_arrives(network: NetworkManagementClient) -> None:
    with pytest.raises(HttpResponseError) as refused:
        _ = await network.subnets.begin_create_or_update(
            "net-rg", "hub", "gateways", Subnet({"properties": {"addressPrefix": "10.0.1.0/27"}}), headers={"If-Match": 'W/"stale"'}
        )
    assert refused.value.status_code == 412


async def test_gateways_are_listed(clients: tuple[NetworkManagementClient, ApiManagementClient], emulator: Emulator) -> None:
    _, api_management = clients
    body = {"location": "x", "sku": {"name": "WorkspaceGatewayPremium"}, "properties": {"backend": {"subnet": {"id": SUBNET}}}}
    emulator.put(GATEWAY, body)
    (gateway,) = [each async for each in api_management.api_gateway.list()]
    assert gateway.backend is not None
    assert gateway.backend.subnet is not None
    assert gateway.backend.subnet.id == SUBNET
    (service,) = [each async for each in api_management.api_management_service.list()]
    assert service.name == "apim"
