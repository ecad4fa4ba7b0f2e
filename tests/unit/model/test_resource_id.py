from __future__ import annotations

import pytest

from workspace_gateway_network.model.resource_id import MalformedResourceIdError, ResourceId

SUBNET = "/subscriptions/AAAA-1/resourceGroups/Net/providers/Microsoft.Network/virtualNetworks/Hub/subnets/team-a"


def test_ids_are_equal_and_hash_alike_whatever_their_case() -> None:
    shouted = ResourceId.parse(SUBNET.upper())

    assert shouted == ResourceId.parse(SUBNET)
    assert len({shouted, ResourceId.parse(SUBNET), ResourceId.parse(SUBNET.lower())}) == 1


def test_an_id_keeps_the_spelling_that_it_was_made_from() -> None:
    assert str(ResourceId.parse(SUBNET)) == SUBNET
    assert str(ResourceId.parse(SUBNET.upper())) == SUBNET.upper()


def test_an_id_is_not_equal_to_its_text() -> None:
    assert ResourceId.parse(SUBNET) != SUBNET
    assert ResourceId.parse(SUBNET) != ResourceId.parse(SUBNET + "x")


def test_the_parts_of_a_subnet_id() -> None:
    subnet = ResourceId.parse(SUBNET)

    assert subnet.subscription == "aaaa-1"
    assert str(subnet.resource_group) == "/subscriptions/AAAA-1/resourceGroups/Net"
    assert subnet.name == "team-a"
    assert subnet.type == "microsoft.network/virtualnetworks/subnets"
    assert str(subnet.parent) == "/subscriptions/AAAA-1/resourceGroups/Net/providers/Microsoft.Network/virtualNetworks/Hub"
    assert subnet.parent.type == "microsoft.network/virtualnetworks"


def test_a_resource_group_is_an_id_without_a_type() -> None:
    group = ResourceId.parse("/subscriptions/s/resourceGroups/g")

    assert group.type == ""
    assert group.name == "g"
    assert group.resource_group == group


def test_ids_are_built_downwards() -> None:
    group = ResourceId.parse("/subscriptions/s/resourceGroups/g")
    nsg = group.resource("Microsoft.Network/networkSecurityGroups", "n")

    assert str(nsg) == "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n"
    assert str(nsg.child("securityRules", "r")) == f"{nsg}/securityRules/r"
    assert nsg.child("securityRules", "r").parent == nsg


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "team-a",
        "/subscriptions/s",
        "/subscriptions/s/resourceGroups",
        "/subscriptions/s/resourceGroups/g/",
        "/subscriptions/s/resourceGroups/g/providers",
        "/subscriptions/s/resourceGroups/g/providers/N",
        "/subscriptions/s/resourceGroups/g/providers/N/t",
        "/subscriptions/s/resourceGroups/g/providers/N/t/",
        "/subscriptions/s/resourceGroups/g/providers//t/n",
        "/subscriptions/s/resourceGroups/g/providers/N/t/n/",
        "/subscriptions/s/resourceGroups/g/providers/N/t/n/c",
        "/subscriptions/s/resourceGroups/g/suppliers/N/t/n",
        "subscriptions/s/resourceGroups/g",
        "x/subscriptions/s/resourceGroups/g",
        "/subscriptions//resourceGroups/g",
    ],
)
def test_what_is_no_id_is_refused_by_name(text: str) -> None:
    with pytest.raises(MalformedResourceIdError) as refusal:
        ResourceId.parse(text)

    assert str(refusal.value) == f"{text!r} is not an ARM resource id"


@pytest.mark.parametrize("text", ["/subscription/s/resourceGroups/g", "/subscriptions/s/resourceGroup/g", "/tenants/s/groups/g"])
def test_what_begins_wrongly_is_refused_by_name(text: str) -> None:
    with pytest.raises(MalformedResourceIdError) as refusal:
        ResourceId.parse(text)

    assert str(refusal.value) == f"{text!r} does not begin with /subscriptions/…/resourceGroups/…"
