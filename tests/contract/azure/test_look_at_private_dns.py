"""Looking at private DNS zones: what is in them, what is absent, and what stays unknown."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.azure.names import (
    LINK,
    NAMES_QUERY,
    OTHER_ZONE,
    RECORD,
    ZONE,
    asking_for,
    contents_of,
    put_link,
    put_record,
    put_zone,
    records_of,
)
from contract.azure.world import GROUP, NETWORK, OPERATOR, SUBSCRIPTION, TENANT, World, fault_403, seed
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.limits import Kind, Provider, Share
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Absent, Found, Unreadable

ZONES = ("GET", f"subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/privateDnsZones")
GROUP_ZONES = ("GET", f"{GROUP[1:]}/providers/Microsoft.Network/privateDnsZones")
ALONE = ("GET", ZONE[1:])
LINKS = ("GET", f"{ZONE[1:]}/virtualNetworkLinks")
RECORDS = ("GET", f"{ZONE[1:]}/A")
LIST = "^/subscriptions/[^/]+/providers/microsoft.network/privatednszones$"
HUB = "99999999-1111-1111-1111-111111111111"
HUB_ZONE = ZONE.replace(SUBSCRIPTION, HUB)


@pytest.fixture
def zone(emulator: Emulator) -> None:
    put_zone(emulator)
    put_link(emulator)
    put_record(emulator, team="network")
    put_record(emulator, "mail", address="10.9.9.10")


def of_private_dns(world: World) -> list[tuple[str, str]]:
    return [each for each in world.sent() if "/privateDns" in each[1]]


async def test_a_zone_is_read_with_all_that_is_in_it(zone: None, world: World) -> None:
    observed = await world.look(NAMES_QUERY)

    contents = contents_of(observed)
    assert isinstance(contents.zone, Found)
    assert contents.zone.value.record_sets == 2
    assert isinstance(contents.links, Found)
    assert [(link.name, link.virtual_network_id) for link in contents.links.value] == [("wgn-hub", ResourceId(NETWORK))]
    assert records_of(observed) == {"@": ("10.9.9.9",), "mail": ("10.9.9.10",)}
    assert sorted(of_private_dns(world)) == sorted([ZONES, LINKS, RECORDS])


async def test_ids_in_another_spelling_are_the_same_zone(zone: None, world: World) -> None:
    query = asking_for(ZONE.replace("resourceGroups/net", "resourcegroups/NET").upper().replace("SUBSCRIPTIONS", "subscriptions"))

    observed = await world.look(query)

    assert records_of(observed)["@"] == ("10.9.9.9",)


async def test_a_hundred_looks_at_a_zone_share_its_lists(zone: None, lazy_world: World) -> None:
    await asyncio.gather(*(lazy_world.look(NAMES_QUERY) for _ in range(100)))

    assert Counter(of_private_dns(lazy_world)) == {ZONES: 1, LINKS: 1, RECORDS: 1}


async def test_zones_of_one_subscription_share_one_list(zone: None, world: World) -> None:
    put_zone(world.emulator, OTHER_ZONE)

    observed = await world.look(asking_for(ZONE, OTHER_ZONE))

    assert len(observed.zones) == 2
    assert records_of(observed, OTHER_ZONE) == {}
    assert of_private_dns(world).count(ZONES) == 1


async def test_every_page_of_records_is_read_or_none(zone: None, world: World) -> None:
    for number in range(5):
        put_record(world.emulator, f"host-{number}")
    world.emulator.settings(page_size=2)
    assert len(records_of(await world.look(NAMES_QUERY))) == 7

    world.emulator.add_fault(method="GET", path="/a$", nth=3, answer={"status": 503, "body": "<html></html>"})
    contents = contents_of(await world.look(NAMES_QUERY))

    assert isinstance(contents.records, Unreadable)
    assert contents.records.finding.reason is Reason.AZURE_UNAVAILABLE
    assert contents.records.finding.message.startswith("Azure failed to read the A records of private DNS zone team-a-0123.gateway.")
    assert isinstance(contents.zone, Found)
    assert isinstance(contents.links, Found)


# --- what is absent -----------------------------------------------------------------------------------------------------------


async def test_an_absent_zone_is_confirmed_by_a_get_and_has_nothing_in_it(world: World) -> None:
    observed = await world.look(NAMES_QUERY)
    await world.look(NAMES_QUERY)

    contents = contents_of(observed)
    assert isinstance(contents.zone, Absent)
    assert contents.zone.finding.reason is Reason.PRIVATE_DNS_ZONE_NOT_FOUND
    assert contents.zone.finding.condition is ConditionType.PREREQUISITES_MET
    assert contents.zone.finding.message == (
        "There is no private DNS zone team-a-0123.gateway.uksouth-01.azure-api.net in resource group net. Create it,"
        " or correct spec.dns.zones. (ResourceNotFound)"
    )
    assert isinstance(contents.links, Absent)
    assert isinstance(contents.records, Absent)
    assert Counter(of_private_dns(world)) == {ZONES: 2, ALONE: 1}


async def test_a_zone_that_a_filtered_list_lacks_is_found_by_a_get(zone: None, world: World) -> None:
    world.emulator.add_fault(method="GET", path=LIST, answer={"status": 200, "body": {"value": []}})

    assert records_of(await world.look(NAMES_QUERY))["@"] == ("10.9.9.9",)


async def test_a_zone_that_goes_while_it_is_read_is_no_empty_zone(zone: None, world: World) -> None:
    world.emulator.add_fault(method="GET", path="/a$", meanwhile=[{"method": "DELETE", "id": ZONE}], times=1)

    contents = contents_of(await world.look(NAMES_QUERY))

    assert isinstance(contents.zone, Absent)
    assert isinstance(contents.records, Absent)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "<html>404</html>", "headers": {"Content-Type": "text/html"}},
        {"status": 500, "body": {"code": "InternalServerError", "message": "An error occurred."}},
        {"status": 403, "body": {"error": {"code": "AuthorizationFailed", "message": "No."}}},
        {"status": 429, "body": {"code": "TooManyRequests", "message": "Slow down."}},
    ],
    ids=["404 in html", "500", "403", "429"],
)
@pytest.mark.parametrize("part", ["zone", "links", "records"])
async def test_no_error_is_ever_taken_for_an_empty_zone(zone: None, world: World, part: str, answer: dict[str, Any]) -> None:
    path = {"zone": "/privatednszones(/team-a[^/]*)?$", "links": "/virtualnetworklinks$", "records": "/a$"}[part]
    world.emulator.add_fault(method="GET", path=path, answer=answer)

    contents = contents_of(await world.look(NAMES_QUERY))

    assert isinstance(getattr(contents, part), Unreadable)
    if part == "zone":
        assert isinstance(contents.links, Unreadable)
        assert isinstance(contents.records, Unreadable)


# --- less may be permitted --------------------------------------------------------------------------------------------------


async def test_the_resource_groups_list_stands_in_for_a_refused_one(zone: None, world: World) -> None:
    refusal = fault_403("Microsoft.Network/privateDnsZones/read", f"/subscriptions/{SUBSCRIPTION}")
    world.emulator.add_fault(method="GET", path=LIST, answer=refusal)

    for _ in range(2):
        assert records_of(await world.look(NAMES_QUERY))["@"] == ("10.9.9.9",)

    assert Counter(of_private_dns(world)) == {ZONES: 1, GROUP_ZONES: 2, LINKS: 2, RECORDS: 2}, "a refusal is remembered"


async def test_a_get_stands_in_where_no_list_is_permitted(zone: None, world: World) -> None:
    world.emulator.add_fault(method="GET", path="/privatednszones$", answer=fault_403("Microsoft.Network/privateDnsZones/read", GROUP))

    assert records_of(await world.look(NAMES_QUERY))["@"] == ("10.9.9.9",)
    assert ALONE in of_private_dns(world)


async def test_a_zone_of_another_subscription_may_be_all_that_is_permitted_there(emulator: Emulator, world: World) -> None:
    with_hub = seed()
    with_hub["subscriptions"].append({"subscriptionId": HUB, "tenantId": TENANT})
    emulator.reset(with_hub)
    put_zone(emulator, HUB_ZONE)
    put_record(emulator, zone_id=HUB_ZONE)
    refusal = fault_403("Microsoft.Network/privateDnsZones/read", f"/subscriptions/{HUB}")
    emulator.add_fault(method="GET", path=f"^/subscriptions/{HUB}/.*/privatednszones$", answer=refusal)

    observed = await world.look(asking_for(HUB_ZONE))

    assert records_of(observed, HUB_ZONE) == {"@": ("10.9.9.9",)}
    assert ("GET", HUB_ZONE[1:]) in world.sent()
    assert {exchange["principal"] for exchange in emulator.exchanges(since=world.since)} <= {OPERATOR, None}


async def test_records_that_may_not_be_read_are_unknown_until_the_grant(zone: None, world: World) -> None:
    world.emulator.add_fault(method="GET", path="/a$", answer=fault_403("Microsoft.Network/privateDnsZones/A/read", ZONE))
    contents = contents_of(await world.look(NAMES_QUERY))
    assert isinstance(contents.records, Unreadable)
    assert contents.records.finding.reason is Reason.AUTHORIZATION_FAILED
    assert "it lacks the action Microsoft.Network/privateDnsZones/A/read at" in contents.records.finding.message

    world.emulator.clear_faults()

    assert len(records_of(await world.look(NAMES_QUERY))) == 2


# --- few reads are allowed ------------------------------------------------------------------------------------------------------


async def test_the_fewer_reads_are_left_the_longer_a_list_serves(zone: None, world: World) -> None:
    await world.look(NAMES_QUERY)
    before = Counter(of_private_dns(world))
    line = world.azure._inventory._arm._budget._line(Share(subscription=SUBSCRIPTION, kind=Kind.READS, provider=Provider.PRIVATE_DNS))
    line.bucket.correct(world.clock(), remaining=20)
    put_record(world.emulator, address="10.9.9.10")

    observed = await world.look(NAMES_QUERY)

    assert records_of(observed)["@"] == ("10.9.9.9",), "scarce, so the list from before serves once more"
    assert Counter(of_private_dns(world)) - before == {ZONES: 1}
    fresh = await world.azure.look(query=NAMES_QUERY, urgency=0, fresh=True)
    assert records_of(fresh)["@"] == ("10.9.9.10",), "who wants it fresh gets it fresh"

    put_record(world.emulator, "newer")
    world.clock.advance(300)
    assert "newer" in records_of(await world.look(NAMES_QUERY)), "there are reads again"


async def test_private_dns_that_throttles_holds_up_nothing_else(zone: None, world: World) -> None:
    world.emulator.add_fault(
        method="GET",
        path="/a$",
        answer={"status": 429, "headers": {"Retry-After": "200"}, "body": {"code": "TooManyRequests", "message": "Slow down."}},
        times=1,
    )
    first = await world.look(NAMES_QUERY)
    assert isinstance(contents_of(first).records, Unreadable)
    sent = len(of_private_dns(world))

    second = await world.look(NAMES_QUERY)

    assert len(of_private_dns(world)) == sent, "nothing is asked before its time"
    assert isinstance(contents_of(second).zone, Unreadable)
    assert isinstance(second.subnet, Found)


async def test_the_records_own_names_go_out_as_they_are(zone: None, world: World) -> None:
    await world.azure._inventory.read(ResourceId(RECORD), urgency=0)
    await world.azure._inventory.read(ResourceId(LINK), urgency=0)

    assert ("GET", RECORD[1:]) in world.sent()
    assert {request["url"].split("api-version=")[1] for request in world.requests()} == {"2024-06-01"}
    request = world.azure._inventory._arm._request("GET", RECORD, url=None, body=None, headers=None)
    assert "/A/@?" in request.url


async def test_what_was_read_alone_long_ago_is_left_to_the_lists(zone: None, world: World) -> None:
    alone = ("GET", RECORD[1:])
    await world.azure._inventory.read(ResourceId(RECORD), urgency=0)
    world.emulator.delete(RECORD)

    for _ in range(2):
        assert "@" not in records_of(await world.look(NAMES_QUERY))

    assert world.sent().count(alone) == 1


# --- zones that only their mark tells of ----------------------------------------------------------------------------------------

MARKED = asking_for(owner_mark="us")


async def test_a_zone_with_our_mark_is_read_though_nothing_else_tells_of_it(zone: None, world: World) -> None:
    world.emulator.patch(ZONE, {"tags": {"WGN-Owner": "us"}})
    put_zone(world.emulator, OTHER_ZONE)
    world.emulator.patch(OTHER_ZONE, {"tags": {"wgn-owner": "them"}})

    observed = await world.look(MARKED)

    assert [zone_id.name for zone_id in observed.zones] == [ZONE.rpartition("/")[2]]
    assert records_of(observed)["@"] == ("10.9.9.9",)
    assert observed.unlisted_zones is None


async def test_a_list_of_zones_that_broke_may_hide_one_of_ours(zone: None, world: World) -> None:
    world.emulator.patch(ZONE, {"tags": {"wgn-owner": "us"}})
    world.emulator.add_fault(method="GET", path=LIST, answer={"status": 503, "body": "<html></html>"})

    observed = await world.look(MARKED)

    assert observed.zones == {}
    assert observed.unlisted_zones is not None
    assert observed.unlisted_zones.reason is Reason.AZURE_UNAVAILABLE


async def test_where_zones_may_not_be_listed_our_mark_is_found_in_the_networks_group(zone: None, world: World) -> None:
    world.emulator.patch(ZONE, {"tags": {"wgn-owner": "us"}})
    refusal = fault_403("Microsoft.Network/privateDnsZones/read", f"/subscriptions/{SUBSCRIPTION}")
    world.emulator.add_fault(method="GET", path=LIST, answer=refusal)

    observed = await world.look(MARKED)

    assert len(observed.zones) == 1
    assert observed.unlisted_zones is None
