"""Private DNS zones and their links to networks: accepted always, refused later, consistent at last."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import GROUP, LINK, NETWORK, RECORD, SUBSCRIPTION, TENANT, ZONE, ZONES, Arm, Document, Seen

GLOBAL: Document = {"location": "global"}
VERSION = "2024-06-01"


def link(network: str = NETWORK, **properties: Any) -> Document:
    return {"location": "global", "properties": {"registrationEnabled": False, "virtualNetwork": {"id": network}, **properties}}


async def ended(arm: Arm, write: Seen) -> Document:
    """The status of a write's operation, which has to have been accepted."""
    assert write.status == 202, write.text
    return await arm.status(write)


@pytest.fixture
def zone(emulator: Emulator) -> Emulator:
    """A zone without a link."""
    emulator.put(ZONE, GLOBAL)
    return emulator


@pytest.fixture
def linked(zone: Emulator) -> Emulator:
    zone.put(LINK, link())
    return zone


async def test_a_zone_is_there_when_its_operation_has_ended(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(latency="lan")
    write = await arm.put(ZONE, GLOBAL, version=VERSION)
    assert (write.status, write.text, write.headers["retry-after"]) == (202, "{}", "30")
    status, result = write.headers["azure-asyncoperation"], write.headers["location"]
    assert "etag" not in write.headers
    token = status.partition("?")[0].rsplit("/", 1)[1]
    assert status == f"{emulator.url}{GROUP}/providers/Microsoft.Network/privateDnsOperationStatuses/{token}?api-version={VERSION}"
    assert result == f"{emulator.url}{GROUP}/providers/Microsoft.Network/privateDnsOperationResults/{token}?api-version={VERSION}"
    assert base64.b64decode(token).startswith(b"FrontEndAsyncOperation;UpsertPrivateDnsZone;")
    assert (await arm.get(ZONE)).code == "ResourceNotFound"
    for _ in range(2):
        poll = await arm.get(status)
        assert (poll.status, poll.body, poll.headers["retry-after"]) == (202, {"status": "InProgress"}, "30")
        assert (poll.headers["azure-asyncoperation"], poll.headers["location"]) == (status, result)
    poll = await arm.get(status)
    assert (poll.status, poll.body) == (200, {"status": "Succeeded"})
    assert "retry-after" not in poll.headers
    seen = await arm.get(ZONE, version=VERSION)
    assert seen.headers["etag"] == seen.body["etag"]
    assert '"' not in seen.body["etag"]
    assert base64.b64decode(seen.properties.pop("internalId")).startswith(b"ImmutableZoneIdentity;")
    assert (await arm.get(result)).body == seen.body
    assert {name: value for name, value in seen.properties.items() if name != "internalId"} == {
        "maxNumberOfRecordSets": 25000,
        "maxNumberOfVirtualNetworkLinks": 1000,
        "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
        "numberOfRecordSets": 1,
        "numberOfVirtualNetworkLinks": 0,
        "numberOfVirtualNetworkLinksWithRegistration": 0,
        "provisioningState": "Succeeded",
    }


async def test_slashes_are_escaped_and_older_versions_know_less(arm: Arm, zone: Emulator) -> None:
    seen = await arm.get(ZONE, version="2020-06-01")
    assert '"type":"Microsoft.Network\\/privateDnsZones"' in seen.text
    assert "internalId" not in seen.properties


async def test_a_put_that_changes_nothing_is_an_operation_too(arm: Arm, zone: Emulator) -> None:
    assert await ended(arm, await arm.put(ZONE, GLOBAL)) == {"status": "Succeeded"}


async def test_tags_are_replaced(arm: Arm, zone: Emulator) -> None:
    await ended(arm, await arm.put(ZONE, GLOBAL | {"tags": {"a": "1"}}))
    assert (await arm.get(ZONE)).body["tags"] == {"a": "1"}
    await ended(arm, await arm.send("PATCH", ZONE, {"tags": {"b": "2"}}))
    assert (await arm.get(ZONE)).body["tags"] == {"b": "2"}
    await ended(arm, await arm.put(ZONE, GLOBAL))
    assert "tags" not in (await arm.get(ZONE)).body


async def test_what_exists_is_refused_afterwards(arm: Arm, linked: Emulator) -> None:
    name = ZONE.rsplit("/", 1)[1]
    seen = await ended(arm, await arm.put(ZONE, GLOBAL | {"tags": {"a": "1"}}, headers={"If-None-Match": "*"}))
    message = f"The Zone {name} exists already and hence cannot be created again."
    assert seen == {"error": {"code": "PreconditionFailed", "message": message}, "status": "Failed"}
    assert "tags" not in (await arm.get(ZONE)).body
    seen = await ended(arm, await arm.put(LINK, link(), headers={"If-None-Match": "*"}))
    message = f"The Virtual Network link Hub for the Private DNS zone {name} exists already and hence cannot be created again."
    assert seen == {"error": {"code": "PreconditionFailed", "message": message}, "status": "Failed"}


@pytest.mark.parametrize("target", [ZONE, LINK], ids=["zone", "link"])
async def test_etags_count_with_and_without_quotes_and_fail_afterwards(arm: Arm, linked: Emulator, target: str) -> None:
    body = GLOBAL if target == ZONE else link()
    stale = str((await arm.get(target)).body["etag"])
    await ended(arm, await arm.put(target, body | {"tags": {"a": "1"}}, headers={"If-Match": f'"{stale.strip(chr(34))}"'}))
    assert (await arm.get(target)).body["tags"] == {"a": "1"}
    seen = await ended(arm, await arm.put(target, body, headers={"If-Match": stale}))
    assert (seen["status"], seen["error"]["code"]) == ("Failed", "PreconditionFailed")
    assert seen["error"]["message"].endswith("has been modified (etag mismatch).")
    seen = await ended(arm, await arm.delete(LINK, headers={"If-Match": "stale"}))
    assert seen["error"]["code"] == "PreconditionFailed"
    assert (await arm.get(target)).body["tags"] == {"a": "1"}
    fresh = str((await arm.get(target)).body["etag"]).strip('"')
    assert (await ended(arm, await arm.put(target, body, headers={"If-Match": fresh})))["status"] == "Succeeded"


async def test_of_two_creations_the_later_one_fails(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True)
    writes = [await arm.put(ZONE, GLOBAL, headers={"If-None-Match": "*"}) for _ in range(2)]
    for each in emulator.operations():
        emulator.release_operation(each["id"])
    assert [(await arm.status(each))["status"] for each in writes] == ["Succeeded", "Failed"]


async def test_an_operation_can_be_made_to_fail(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(method="PUT", path="/privatednszones/", operation={"code": "InternalError", "message": "Sorry."})
    failed = {"error": {"code": "InternalError", "message": "Sorry."}, "status": "Failed"}
    assert await ended(arm, await arm.put(ZONE, GLOBAL)) == failed
    assert (await arm.get(ZONE)).status == 404


# --- links --------------------------------------------------------------------------------------------------------


async def test_a_link_is_in_progress_until_its_operation_has_ended(arm: Arm, zone: Emulator) -> None:
    zone.settings(latency="lan")
    write = await arm.put(LINK, link(), version=VERSION)
    seen = await arm.get(LINK)
    assert (seen.properties["provisioningState"], seen.properties["virtualNetworkLinkState"]) == ("Creating", "InProgress")
    for _ in range(3):
        poll = await arm.get(write.headers["azure-asyncoperation"])
    assert poll.body == {"status": "Succeeded"}
    seen = await arm.get(LINK, version=VERSION)
    assert seen.body == {
        "id": f"{GROUP.replace('Net-RG', 'net-rg')}/providers/Microsoft.Network/privateDnsZones/{ZONE.rsplit('/', 1)[1]}"
        "/virtualNetworkLinks/hub",
        "name": "hub",
        "type": "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        "etag": seen.headers["etag"],
        "location": "global",
        "properties": {
            "provisioningState": "Succeeded",
            "registrationEnabled": False,
            "virtualNetwork": {"id": NETWORK},
            "virtualNetworkLinkState": "Completed",
        },
    }
    assert seen.body["etag"].startswith('"')
    assert seen.body["etag"].endswith('"')
    assert (await arm.get(ZONE)).properties["numberOfVirtualNetworkLinks"] == 1


async def test_ids_can_keep_their_creators_spelling(arm: Arm, linked: Emulator) -> None:
    linked.settings(private_dns={"lower_case_ids": False})
    assert (await arm.get(LINK.lower())).body["id"] == LINK


async def test_a_link_whose_creation_fails_is_gone(arm: Arm, zone: Emulator) -> None:
    zone.add_fault(method="PUT", operation={"code": "InternalError", "message": "Sorry."})
    write = await arm.put(LINK, link())
    assert (await arm.status(write))["status"] == "Failed"
    assert (await arm.get(LINK)).code == "ResourceNotFound"


async def test_a_network_is_linked_to_one_zone_of_a_name(arm: Arm, linked: Emulator) -> None:
    other = ZONE.replace("Net-RG", "Other-RG")
    linked.put(other, GLOBAL)
    name = ZONE.rsplit("/", 1)[1]
    assert (await arm.put(f"{other}/virtualNetworkLinks/hub", link())).refusal == (
        400,
        {
            "code": "BadRequest",
            "message": "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link "
            f"virtual network with '{name}' and '{name}' zones.",
        },
    )
    nested = f"{ZONES}/gateway.westeurope-01.azure-api.net"
    linked.put(nested, GLOBAL)
    assert (await ended(arm, await arm.put(f"{nested}/virtualNetworkLinks/hub", link())))["status"] == "Succeeded"


async def test_a_zone_has_one_link_to_a_network(arm: Arm, linked: Emulator) -> None:
    seen = await ended(arm, await arm.put(f"{LINK}-again", link()))
    message = f"Private zone '{ZONE.rsplit('/', 1)[1]}' is already linked to the virtual network '{NETWORK}'."
    assert seen == {"error": {"code": "Conflict", "message": message}, "status": "Failed"}
    assert (await arm.get(f"{LINK}-again")).status == 404


async def test_a_network_of_another_subscription_can_be_linked(arm: Arm, zone: Emulator) -> None:
    network = NETWORK.replace(SUBSCRIPTION, "11111111-0000-4000-8000-00000000000b")
    zone.put(network, {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}})
    assert (await ended(arm, await arm.put(LINK, link(network))))["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (link(f"{NETWORK}-gone"), "BadRequest"),
        (link("hub"), "LinkedInvalidPropertyId"),
        ({"location": "global", "properties": {"virtualNetwork": {"id": NETWORK}}}, "BadRequest"),
        (link(resolutionPolicy="NxDomainRedirect"), "BadRequest"),
        (link() | {"location": "westeurope"}, "LocationNotAvailableForResourceType"),
        ({"properties": link()["properties"]}, "LocationRequired"),
    ],
    ids=["no such network", "no id", "no registration setting", "policy outside privatelink", "a region", "no location"],
)
async def test_malformed_links_are_refused_at_once(arm: Arm, zone: Emulator, body: Document, code: str) -> None:
    seen = await arm.put(LINK, body)
    assert (seen.status, seen.body.get("error", seen.body)["code"]) == (400, code)
    assert (await arm.get(LINK)).status == 404


async def test_the_network_of_a_link_never_changes(arm: Arm, linked: Emulator) -> None:
    linked.put(f"{NETWORK}-2", {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}})
    assert (await arm.put(LINK, link(f"{NETWORK}-2"))).status == 400


async def test_a_network_registers_with_one_zone(arm: Arm, linked: Emulator) -> None:
    linked.patch(LINK, {"properties": {"registrationEnabled": True}})
    assert (await arm.get(ZONE)).properties["numberOfVirtualNetworkLinksWithRegistration"] == 1
    linked.put(f"{ZONES}/second.example", GLOBAL)
    seen = await arm.put(f"{ZONES}/second.example/virtualNetworkLinks/hub", link(registrationEnabled=True))
    assert (seen.status, seen.body["code"]) == (400, "BadRequest")


async def test_privatelink_zones_have_a_resolution_policy(arm: Arm, emulator: Emulator) -> None:
    id = f"{ZONES}/privatelink.blob.core.windows.net/virtualNetworkLinks/hub"
    emulator.put(id.rsplit("/", 2)[0], GLOBAL)
    emulator.put(id, link())
    assert (await arm.get(id, version=VERSION)).properties["resolutionPolicy"] == "Default"
    assert "resolutionPolicy" not in (await arm.get(id, version="2020-06-01")).properties


# --- deleting -----------------------------------------------------------------------------------------------------


async def test_a_zone_with_a_link_cannot_be_deleted_even_while_the_link_is(arm: Arm, linked: Emulator) -> None:
    linked.settings(latency="lan")
    nested = f"Microsoft.Network/privateDnsZones/{ZONE.rsplit('/', 1)[1]}/virtualNetworkLinks/Hub"
    message = (
        f"Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '{nested}'. Please delete "
        "all nested resources before deleting this resource."
    )
    refused = await arm.delete(ZONE)
    assert refused.refusal == (409, {"error": {"code": "CannotDeleteResource", "message": message}})
    assert refused.headers["x-ms-failure-cause"] == "gateway"
    deletion = await arm.delete(LINK)
    assert (deletion.status, deletion.text) == (202, "")
    assert "content-type" not in deletion.headers
    assert (await arm.get(LINK)).properties["provisioningState"] == "Deleting"
    assert (await arm.delete(ZONE)).code == "CannotDeleteResource"
    for _ in range(3):
        poll = await arm.get(deletion.headers["azure-asyncoperation"])
    assert poll.body == {"status": "Succeeded"}
    assert (await arm.get(deletion.headers["location"])).text == "{}"
    assert (await arm.delete(ZONE)).status == 202
    linked.advance(2)
    assert (await arm.get(ZONE)).code == "ResourceNotFound"


@pytest.mark.parametrize("target", [ZONE, LINK], ids=["zone", "link"])
async def test_deleting_what_is_not_there_is_204(arm: Arm, zone: Emulator, target: str) -> None:
    assert (await arm.delete(target.replace("team-a", "team-b") if target == ZONE else target)).status == 204


async def test_a_zone_takes_its_records_with_it(arm: Arm, zone: Emulator) -> None:
    zone.put(RECORD, {"properties": {"ttl": 60}})
    await ended(arm, await arm.delete(ZONE))
    await ended(arm, await arm.put(ZONE, GLOBAL))
    assert (await arm.get(ZONE)).properties["numberOfRecordSets"] == 1


# --- lists --------------------------------------------------------------------------------------------------------


async def test_zones_are_listed_by_group_and_subscription_in_pages(arm: Arm, zone: Emulator) -> None:
    zone.put(f"{ZONES.replace('Net-RG', 'Other-RG')}/second.example", GLOBAL)
    zone.put(f"{ZONES}/third.example", GLOBAL)
    zone.settings(page_size=1)
    names = []
    url = f"{zone.url}/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/privateDnsZones?api-version={VERSION}&$top=2"
    while url:
        page = await arm.get(url)
        assert len(page.body["value"]) == 1
        names += [each["name"] for each in page.body["value"]]
        url = page.body.get("nextLink", "")
        assert "$top=2" in url or not url
    assert names == ["second.example", ZONE.rsplit("/", 1)[1], "third.example"]
    zone.settings(page_size=50)
    assert [each["name"] for each in (await arm.get(ZONES)).body["value"]] == [ZONE.rsplit("/", 1)[1], "third.example"]


async def test_links_are_listed(arm: Arm, linked: Emulator) -> None:
    (listed,) = (await arm.get(f"{ZONE}/virtualNetworkLinks")).body["value"]
    assert listed == (await arm.get(LINK)).body


async def test_lists_can_lag_behind(arm: Arm, zone: Emulator) -> None:
    zone.settings(private_dns={"list_lag": 20})
    links = f"{ZONE}/virtualNetworkLinks"
    await ended(arm, await arm.put(LINK, link()))
    await arm.put(RECORD, {"properties": {"ttl": 60}})
    assert (await arm.get(LINK)).status == 200
    assert (await arm.get(links)).body["value"] == (await arm.get(f"{ZONE}/A")).body["value"] == []
    assert len((await arm.get(f"{ZONE}/ALL")).body["value"]) == 1
    zone.advance(20)
    assert [each["name"] for each in (await arm.get(links)).body["value"]] == ["hub"]
    assert len((await arm.get(f"{ZONE}/ALL")).body["value"]) == 2
    await arm.put(RECORD, {"properties": {"ttl": 61}})
    await ended(arm, await arm.delete(LINK))
    assert (await arm.get(LINK)).status == 404
    (listed,) = (await arm.get(links)).body["value"]
    assert listed["properties"]["virtualNetworkLinkState"] == "Completed"
    assert (await arm.get(f"{ZONE}/A")).body["value"][0]["properties"]["ttl"] == 60
    zone.advance(20)
    assert (await arm.get(links)).body["value"] == []
    assert (await arm.get(f"{ZONE}/A")).body["value"][0]["properties"]["ttl"] == 61


# --- names and limits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["com", "a..b", "-a.b", "a" * 64 + ".b", ".".join(["a"] * 35)], ids=["one", "empty", "dash", "long", "many"]
)
async def test_zone_names_have_2_to_34_labels(arm: Arm, emulator: Emulator, name: str) -> None:
    seen = await arm.put(f"{ZONES}/{name}", GLOBAL)
    assert (seen.status, seen.body["code"]) == (400, "BadRequest")
    assert (await arm.put(f"{ZONES}/{'.'.join(['a'] * 34)}", GLOBAL)).status == 202


async def test_reserved_names_are_refused(arm: Arm, emulator: Emulator) -> None:
    refused = "The Private DNS zone name 'Azure.com' is not permitted as it is a reserved Azure infrastucture domain.."
    assert (await arm.put(f"{ZONES}/Azure.com", GLOBAL)).refusal == (400, {"code": "BadRequest", "message": refused})
    assert (await arm.put(f"{ZONES}/azure-api.net", GLOBAL)).status == 202
    emulator.settings(private_dns={"reserves_azure_api": True})
    assert (await arm.put(f"{ZONES}/azure-api.net", GLOBAL)).status == 400


async def test_a_subscription_has_room_for_a_thousand_zones(arm: Arm, emulator: Emulator) -> None:
    zones = [{"id": f"{ZONES}/{number}.example", **GLOBAL} for number in range(1000)]
    emulator.reset({"subscriptions": [{"subscriptionId": SUBSCRIPTION, "tenantId": TENANT}], "resources": zones})
    assert (await arm.put(f"{ZONES}/1000.example", GLOBAL)).status == 400
    assert (await arm.put(f"{ZONES}/999.example", GLOBAL)).status == 202


# --- which 404 ----------------------------------------------------------------------------------------------------


async def test_a_link_below_a_missing_zone(arm: Arm, emulator: Emulator) -> None:
    read = await arm.get(LINK)
    nested = f"Microsoft.Network/privateDnsZones/{ZONE.rsplit('/', 1)[1]}/virtualNetworkLinks/Hub"
    assert (read.status, read.code) == (404, "ResourceNotFound")
    assert f"'{nested}'" in read.message
    write = await arm.put(LINK, link())
    assert (write.status, write.code) == (404, "ParentResourceNotFound")
    assert (await arm.delete(LINK)).status == 204
    assert (await arm.get(f"{ZONE}/virtualNetworkLinks")).code == "ResourceNotFound"
    missing = await arm.put(ZONE.replace("Net-RG", "nowhere"), GLOBAL)
    assert (missing.status, missing.code) == (404, "ResourceGroupNotFound")


async def test_a_zone_that_goes_meanwhile_takes_its_new_link_along(arm: Arm, zone: Emulator) -> None:
    zone.settings(hold_operations=True)
    write = await arm.put(LINK, link())
    zone.delete(ZONE)
    zone.release_operation(zone.operations()[0]["id"])
    seen = await arm.status(write)
    assert (seen["status"], seen["error"]["code"]) == ("Failed", "ParentResourceNotFound")
    assert zone.get(LINK) is None


async def test_a_link_that_registers_machines_is_completed_a_minute_after_its_operation(arm: Arm, linked: Emulator) -> None:
    assert await ended(arm, await arm.put(LINK, link(registrationEnabled=True))) == {"status": "Succeeded"}
    properties = (await arm.get(LINK)).properties
    assert (properties["provisioningState"], properties["virtualNetworkLinkState"]) == ("Succeeded", "InProgress")
    linked.advance(60)
    assert (await arm.get(LINK)).properties["virtualNetworkLinkState"] == "Completed"


async def test_a_zone_is_private_links_by_any_label_of_its_name(arm: Arm, emulator: Emulator) -> None:
    zone = f"{ZONES}/cluster.privatelink.westeurope.azmk8s.io"
    emulator.put(zone, GLOBAL)
    emulator.put(f"{zone}/virtualNetworkLinks/hub", link())
    assert (await arm.get(f"{zone}/virtualNetworkLinks/hub", version=VERSION)).properties["resolutionPolicy"] == "Default"
