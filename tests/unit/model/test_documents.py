"""The other Azure documents, and tolerant access to JSON."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.model.gateway import ApiManagementService, Gateway, VirtualNetworkType, same_region
from workspace_gateway_network.model.json import canonical, child, items, referenced_id, text, texts
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import Delegation, Subnet, SubnetUser, VirtualNetwork
from worlds import documents
from worlds.resources import OUR_TAGS, OWNER

OTHER = Owner(cluster_id="prod-1", namespace="apim", name="team-b")


@pytest.mark.parametrize("value", [None, "", 0, [], ["x"], {"a": 1}, True])
def test_what_is_of_the_wrong_kind_reads_as_missing(value: Any) -> None:
    document = {"k": value}

    assert child(document, "k") == (value if isinstance(value, dict) else {})
    assert items(document, "k") == ()
    assert text(document, "k") == ""
    assert texts(document, "k") == (("x",) if value == ["x"] else ())
    assert referenced_id(document, "k") == ""


def test_a_text_is_no_list() -> None:
    assert items({"k": "abc"}, "k") == ()
    assert texts({"k": "abc"}, "k") == ()


def test_lists_are_read_without_what_does_not_belong_there() -> None:
    assert items({"k": [{"a": 1}, None, "x"]}, "k") == ({"a": 1},)
    assert texts({"k": ["x", None, 1]}, "k") == ("x",)
    assert referenced_id({"k": {"id": "/x"}}, "k") == "/x"


def test_canonical_json_knows_no_order_of_keys_and_keeps_that_of_lists() -> None:
    assert canonical({"b": [2, 1], "a": "ä"}) == '{"a":"ä","b":[2,1]}'


# Subnets.


def test_a_subnet_is_read() -> None:
    subnet = Subnet.from_arm(
        documents.subnet(
            delegations=[documents.delegation()],
            networkSecurityGroup={"id": documents.group_id("theirs")},
            serviceAssociationLinks=[documents.service_association_link()],
            ipConfigurations=[{"id": "/a"}, {"id": "/b"}],
            applicationGatewayIPConfigurations=[{"id": "/d"}],
            resourceNavigationLinks=[documents.service_association_link("cache", link=documents.SERVICE_ID)],
            privateEndpoints=[{"id": "/c"}],
        )
    )

    assert subnet.id == ResourceId(documents.SUBNET_ID)
    assert subnet.etag == 'W/"subnet-1"'
    assert subnet.provisioning_state == "Succeeded"
    assert subnet.address_prefixes == ("10.1.0.0/26",)
    assert subnet.delegations == (Delegation(name="0", service_name="Microsoft.Web/serverFarms"),)
    assert subnet.network_security_group_id == ResourceId(documents.group_id("THEIRS"))
    assert subnet.service_association_links == (SubnetUser(name="AppServiceLink", linked_type="Microsoft.Web/serverFarms", linked=None),)
    assert subnet.has_service_association_link
    assert subnet.ip_configuration_ids == ("/a", "/b", "/d")
    assert [link.linked for link in subnet.resource_navigation_links] == [ResourceId(documents.SERVICE_ID)]
    assert subnet.private_endpoint_ids == ("/c",)


def test_a_bare_subnet_has_nothing() -> None:
    subnet = Subnet.from_arm({"id": documents.SUBNET_ID})

    assert subnet.etag == ""
    assert subnet.address_prefixes == ()
    assert subnet.delegations == ()
    assert subnet.network_security_group_id is None
    assert not subnet.has_service_association_link


@pytest.mark.parametrize(
    ("properties", "prefixes"),
    [
        ({"addressPrefix": "10.0.0.0/24"}, ("10.0.0.0/24",)),
        ({"addressPrefix": None, "addressPrefixes": ["10.0.0.0/24", "10.0.1.0/24"]}, ("10.0.0.0/24", "10.0.1.0/24")),
        ({"addressPrefix": "10.0.0.0/24", "addressPrefixes": ["10.0.0.0/24"]}, ("10.0.0.0/24",)),
        ({"addressPrefix": "10.0.0.0/24", "addressPrefixes": []}, ("10.0.0.0/24",)),
        ({"addressPrefix": None}, ()),
    ],
)
def test_prefixes_are_read_from_either_field(properties: dict[str, Any], prefixes: tuple[str, ...]) -> None:
    assert Subnet.from_arm(documents.subnet(**properties)).address_prefixes == prefixes


def test_properties_are_set_and_left_out_without_touching_others() -> None:
    document = documents.subnet(networkSecurityGroup={"id": "/x"}, routeTable={"id": "/r"})
    document["properties"]["natGateway"] = None

    changed = Subnet.from_arm(document).with_properties(networkSecurityGroup=None, delegations=[])

    expected = {**document["properties"], "delegations": []}
    del expected["networkSecurityGroup"]
    assert canonical(changed) == canonical({**document, "properties": expected})
    assert document["properties"]["networkSecurityGroup"] == {"id": "/x"}


def test_a_delegation_is_for_a_service_in_any_case() -> None:
    assert Delegation(name="0", service_name="MICROSOFT.WEB/serverfarms").is_for("Microsoft.Web/serverFarms")
    assert not Delegation(name="0", service_name="Microsoft.Web/hostingEnvironments").is_for("Microsoft.Web/serverFarms")


def test_a_virtual_network_is_read() -> None:
    network = VirtualNetwork.from_arm(documents.network())

    assert (network.id, network.location, network.provisioning_state) == (ResourceId(documents.NETWORK_ID), "uksouth", "Succeeded")


# Network security groups.


def test_a_group_is_read() -> None:
    group = NetworkSecurityGroup.from_arm(
        documents.group(
            "theirs",
            documents.rule("one", 100),
            tags={"a": "b"},
            subnets=[{"id": documents.SUBNET_ID}],
            networkInterfaces=[{"id": "/nic"}],
        )
    )

    assert group.id == ResourceId(documents.group_id("theirs"))
    assert (group.etag, group.location, group.provisioning_state) == ('W/"group-1"', "uksouth", "Succeeded")
    assert group.tags == {"a": "b"}
    assert [rule.name for rule in group.rules] == ["one"]
    assert group.subnet_ids == (ResourceId(documents.SUBNET_ID),)
    assert group.network_interface_ids == ("/nic",)


@pytest.mark.parametrize(
    ("tags", "owner", "resource"),
    [
        (None, "", ""),
        ({"costCentre": "1"}, "", ""),
        (OUR_TAGS, OWNER.mark, "prod-1/apim/team-a"),
        ({"WGN-Owner": OWNER.mark}, OWNER.mark, ""),
        ({"wgn-resource": OWNER.resource}, "", "prod-1/apim/team-a"),
        (OTHER.tags, OTHER.mark, "prod-1/apim/team-b"),
        ({"wgn-owner": ""}, "", ""),
    ],
)
def test_a_groups_tags_say_whose_it_is(tags: dict[str, str] | None, owner: str, resource: str) -> None:
    group = NetworkSecurityGroup.from_arm(documents.group("g", tags=tags))

    assert (group.owner_mark, group.resource_mark) == (owner, resource)
    assert group.is_marked_by(OWNER) is (owner == OWNER.mark)


# Gateways and their service.


def test_a_gateway_is_read() -> None:
    gateway = Gateway.from_arm(documents.gateway("gw"))

    assert gateway.name == "gw"
    assert gateway.subnet_id == ResourceId(documents.SUBNET_ID)
    assert gateway.is_of_type(VirtualNetworkType.EXTERNAL)
    assert not gateway.is_of_type(VirtualNetworkType.INTERNAL)


@pytest.mark.parametrize(
    ("state", "up"), [("Succeeded", True), ("Updating", True), ("Created", False), ("Activating", False), ("Failed", False), ("", False)]
)
def test_which_gateways_are_up(state: str, up: bool) -> None:
    assert Gateway.from_arm(documents.gateway(state=state)).is_up is up


def test_a_gateways_type_has_no_case() -> None:
    assert Gateway.from_arm(documents.gateway(kind="external")).is_of_type(VirtualNetworkType.EXTERNAL)


@pytest.mark.parametrize("subnet_id", [None, "", "nonsense"])
def test_a_gateway_without_a_readable_subnet_is_in_none(subnet_id: str | None) -> None:
    assert Gateway.from_arm(documents.gateway(subnet_id=subnet_id)).subnet_id is None


def test_a_service_is_read() -> None:
    service = ApiManagementService.from_arm(documents.service())

    assert (service.id, service.location, service.sku) == (ResourceId(documents.SERVICE_ID), "UK South", "Premium")


def test_a_service_has_the_hosts_of_its_configurations_and_of_its_addresses_in_lower_case() -> None:
    document = documents.service()
    document["properties"] |= {
        "hostnameConfigurations": [{"type": "Proxy", "hostName": "Contoso.azure-api.net"}, {"type": "Proxy"}],
        "gatewayUrl": "https://contoso.azure-api.net",
        "managementApiUrl": "https://Contoso.management.azure-api.net:443/",
        "portalUrl": None,
    }

    assert ApiManagementService.from_arm(document).hostnames == ("contoso.azure-api.net", "contoso.management.azure-api.net")


@pytest.mark.parametrize(
    ("one", "other", "same"), [("UK South", "uksouth", True), ("East US 2", "EASTUS2", True), ("UK South", "ukwest", False)]
)
def test_regions_are_compared_without_spaces_and_case(one: str, other: str, same: bool) -> None:
    assert same_region(one, other) is same
