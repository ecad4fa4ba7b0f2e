"""Virtual networks, with their subnets inline."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import GROUP, NETWORK, NETWORKS, SUBNET, SUBSCRIPTION, Arm, Document

SPACE: Document = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}


def network(**properties: object) -> Document:
    return {"location": "westeurope", "properties": {**SPACE, **properties}}


async def subnets(arm: Arm, path: str = NETWORK) -> list[str]:
    return [each["name"] for each in (await arm.get(path)).properties["subnets"]]


async def test_a_new_network_is_201_updating(arm: Arm) -> None:
    seen = await arm.put(f"{NETWORKS}/new", network())
    assert seen.status == 201
    assert seen.properties == {
        "provisioningState": "Updating",
        "resourceGuid": seen.properties["resourceGuid"],
        **SPACE,
        "privateEndpointVNetPolicies": "Disabled",
        "subnets": [],
        "virtualNetworkPeerings": [],
        "enableDdosProtection": False,
    }
    assert seen.headers["retry-after"] == "3"
    assert "etag" not in seen.headers
    after = await arm.get(f"{NETWORKS}/new")
    assert after.properties["provisioningState"] == "Succeeded"
    assert after.headers["etag"] == after.body["etag"] != seen.body["etag"]


async def test_subnets_come_inline_as_they_are_on_their_own(arm: Arm) -> None:
    inline = (await arm.get(NETWORK)).properties["subnets"][0]
    assert inline == (await arm.get(SUBNET)).body
    assert (await arm.get(f"{NETWORK}/subnets")).body["value"][0] == inline


async def test_a_network_is_created_with_its_subnets(arm: Arm) -> None:
    inline = [{"name": "a", "properties": {"addressPrefix": "10.0.0.0/24"}}, {"name": "b", "properties": {"addressPrefix": "10.0.1.0/24"}}]
    seen = await arm.put(f"{NETWORKS}/new", network(subnets=inline))
    assert [each["properties"]["provisioningState"] for each in seen.properties["subnets"]] == ["Updating", "Updating"]
    assert (await arm.get(f"{NETWORKS}/new/subnets/b")).properties["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(("version", "left"), [("2023-06-01", []), ("2023-09-01", ["Gateways", "machines"])], ids=["before", "since"])
async def test_leaving_subnets_out_deletes_them_before_2023_09_and_keeps_them_since(arm: Arm, version: str, left: list[str]) -> None:
    await arm.put(NETWORK, network(), version=version)
    assert await subnets(arm) == left


async def test_an_empty_list_deletes_all_subnets(arm: Arm) -> None:
    await arm.put(NETWORK, network(subnets=[]))
    assert await subnets(arm) == []
    assert (await arm.get(SUBNET)).code == "NotFound"


async def test_a_subnet_that_is_left_out_is_deleted_unless_it_is_in_use(arm: Arm, emulator: Emulator) -> None:
    kept = {"name": "machines", "properties": {"addressPrefix": "10.0.2.0/24"}}
    emulator.patch(SUBNET, {"properties": {"ipConfigurations": [{"id": f"{GROUP}/x"}]}})
    assert (await arm.put(NETWORK, network(subnets=[kept]))).code == "InUseSubnetCannotBeDeleted"
    emulator.patch(SUBNET, {"properties": {"ipConfigurations": None}})
    assert (await arm.put(NETWORK, network(subnets=[kept]))).status == 200
    assert await subnets(arm) == ["machines"]


async def test_a_put_of_what_is_there_changes_nothing(arm: Arm) -> None:
    before = (await arm.get(NETWORK)).body
    seen = await arm.put(NETWORK, before)
    assert (seen.status, seen.properties["provisioningState"]) == (200, "Succeeded")
    assert (await arm.get(NETWORK)).body == before


async def test_changing_tags_alone_is_done_at_once(arm: Arm) -> None:
    before = (await arm.get(NETWORK)).body
    seen = await arm.put(NETWORK, {**before, "tags": {"new": "tag"}})
    assert (seen.status, seen.properties["provisioningState"], seen.body["tags"]) == (200, "Succeeded", {"new": "tag"})
    assert "retry-after" not in seen.headers
    assert (await arm.get(NETWORK)).body["etag"] == seen.body["etag"] != before["etag"]


async def test_old_api_versions_show_subnets_without_later_properties(arm: Arm) -> None:
    old = (await arm.get(NETWORK, version="2018-11-01")).properties["subnets"][0]
    assert old == (await arm.get(SUBNET, version="2018-11-01")).body
    new = (await arm.get(SUBNET)).properties
    assert new.keys() - old["properties"].keys() == {"privateEndpointNetworkPolicies", "privateLinkServiceNetworkPolicies"}


async def test_vm_protection_is_accepted_and_not_shown(arm: Arm) -> None:
    await arm.put(f"{NETWORKS}/new", network(enableVmProtection=False))
    assert "enableVmProtection" not in (await arm.get(f"{NETWORKS}/new")).properties


async def test_the_address_space_must_hold_the_subnets(arm: Arm) -> None:
    smaller = network()
    smaller["properties"]["addressSpace"] = {"addressPrefixes": ["10.0.1.0/24"]}
    assert (await arm.put(NETWORK, smaller)).code == "NetcfgInvalidSubnet"


async def test_subnets_of_one_put_must_not_overlap(arm: Arm) -> None:
    inline = [
        {"name": "a", "properties": {"addressPrefix": "10.0.0.0/24"}},
        {"name": "b", "properties": {"addressPrefix": "10.0.0.128/25"}},
    ]
    assert (await arm.put(f"{NETWORKS}/new", network(subnets=inline))).code == "NetcfgSubnetRangesOverlap"
    assert (await arm.get(f"{NETWORKS}/new")).status == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"location": "westeurope"}, network(subnets=["text"]), network(subnets=[{"properties": {}}]), network(subnets={})],
    ids=["empty", "no space", "text as subnet", "nameless subnet", "no list"],
)
async def test_a_body_that_makes_no_sense_is_400(arm: Arm, body: Document) -> None:
    assert (await arm.put(f"{NETWORKS}/new", body)).status == 400


async def test_a_patch_changes_tags_and_nothing_else(arm: Arm) -> None:
    seen = await arm.send("PATCH", NETWORK, {"tags": {"a": "b"}, "properties": {"subnets": []}})
    assert (seen.status, seen.body["tags"]) == (200, {"a": "b"})
    assert await subnets(arm) == ["Gateways", "machines"]


async def test_a_deleted_network_takes_its_subnets_along(arm: Arm) -> None:
    assert (await arm.delete(NETWORK)).status == 202
    assert (await arm.get(NETWORK)).code == "ResourceNotFound"
    assert (await arm.get(SUBNET)).code == "ResourceNotFound"


@pytest.mark.parametrize("scope", [GROUP, f"/subscriptions/{SUBSCRIPTION}"], ids=["group", "subscription"])
async def test_lists_come_in_pages(arm: Arm, emulator: Emulator, scope: str) -> None:
    for number in range(4):
        emulator.put(f"{NETWORKS}/n{number}", network())
    emulator.settings(page_size=2)
    names, link, pages = [], f"{emulator.url}{scope}/providers/Microsoft.Network/virtualNetworks?api-version=2024-05-01", 0
    while link:
        page = (await arm.get(link)).body
        names += [each["name"] for each in page["value"]]
        link, pages = page.get("nextLink", ""), pages + 1
    assert (names, pages) == (["Hub", "n0", "n1", "n2", "n3"], 3)


async def test_a_list_of_a_group_holds_nothing_of_another(arm: Arm, emulator: Emulator) -> None:
    emulator.put(NETWORK.replace("Net-RG", "Net-RG-2"), network())
    value = (await arm.get(NETWORKS)).body["value"]
    assert [each["id"] for each in value] == [NETWORK]
    value = (await arm.get(f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks")).body["value"]
    assert len(value) == 2


async def test_the_etag_header_of_a_get_can_be_left_out_as_azure_does_since_2026(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(network_etag_header=False)
    seen = await arm.get(NETWORK)
    assert seen.body["etag"].startswith('W/"')
    assert "etag" not in seen.headers
    assert "etag" in (await arm.get(SUBNET)).headers


@pytest.mark.parametrize(
    ("version", "unknown"),
    [
        ("2016-12-01", {"enableDdosProtection", "privateEndpointVNetPolicies"}),
        ("2020-11-01", {"privateEndpointVNetPolicies"}),
        ("2024-03-01", set()),
    ],
)
async def test_older_api_versions_know_less(arm: Arm, version: str, unknown: set[str]) -> None:
    newest = (await arm.get(NETWORK)).properties
    assert newest.keys() - (await arm.get(NETWORK, version=version)).properties.keys() == unknown


async def test_a_put_of_what_is_there_without_its_subnets_is_201(arm: Arm) -> None:
    seen = await arm.put(NETWORK, {**network(), "tags": {"team": "network"}})
    assert (seen.status, seen.properties["provisioningState"]) == (201, "Succeeded")
    assert "azure-asyncoperation" in seen.headers


async def test_a_network_stays_in_its_region_whose_name_is_kept_short(arm: Arm) -> None:
    assert (await arm.put(f"{NETWORKS}/new", {**network(), "location": "West Europe"})).body["location"] == "westeurope"
    refused = await arm.put(NETWORK, {**network(), "location": "eastus"})
    assert (refused.status, refused.code, refused.message) == (
        409,
        "InvalidResourceLocation",
        (
            "The resource 'Hub' already exists in location 'westeurope' in resource group 'Net-RG'. A resource with the same name cannot be "
            "created in location 'eastus'. Please select a new resource name."
        ),
    )


async def test_a_prefix_with_host_bits_is_told_which_one_is_meant(arm: Arm) -> None:
    refused = await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.7/26"}})
    assert (refused.code, refused.message) == (
        "InvalidCIDRNotation",
        (
            f"The address prefix 10.0.1.7/26 in resource {SUBNET} has an invalid CIDR notation. For the given prefix length, the address prefix "
            "should be 10.0.1.0/26."
        ),
    )
