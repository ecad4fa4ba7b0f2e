"""What may be taken back in private DNS, and on what evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.deletion import plan_deletion
from workspace_gateway_network.planning.observed import Gateways, Unreadable
from worlds import documents
from worlds.azure import World, forbidden, trouble
from worlds.documents import link, record, zone, zone_id
from worlds.injection import (
    OUR_METADATA,
    RELATIVE_HOST,
    SHARED_ZONE,
    SPOKE_ID,
    ZONE,
    Memory,
    dns_steps,
    injection_gateway,
    planned,
    wanted,
    world,
)
from worlds.names import ADDRESS, HOST, OTHER_HOST
from worlds.resources import MARK, OUR_TAGS, neighbour, neighbours

OTHER_ZONE = zone_id(OTHER_HOST)
OTHER_GROUP = documents.NETWORK_GROUP.removesuffix("network") + "dns"
NAMESAKE = zone_id("azure-api.net", resource_group=OTHER_GROUP)
REGIONAL = zone_id("uksouth-01.azure-api.net")
TEAM_B = neighbour("team-b")


def settled(*, connections: tuple[str, ...] = (HOST,), **dns: Any) -> Memory:
    memory = Memory(world(connections=connections))
    memory.settle(wanted(dns=dns or None))
    return memory


def deletions(memory: Memory, **changes: Any) -> list[str]:
    parts = {name: changes.pop(name) for name in ("zones", "gateways", "hostnames") if name in changes}
    return [each for each in dns_steps(memory.plan(wanted(**changes), **parts)) if each.startswith("Delete")]


# The gateway is gone.


def test_one_look_without_the_gateway_takes_nothing_back() -> None:
    memory = settled()
    memory.world.gateways.clear()
    memory.world.connections.clear()

    assert deletions(memory) == []


def test_a_gateway_that_is_gone_for_long_enough_leaves_nothing_behind() -> None:
    memory = settled()
    memory.world.gateways.clear()
    memory.world.connections.clear()

    steps = deletions(memory, is_gone=True)

    (our_link,) = (each.name for each in memory.world.private_dns if "virtualnetworklinks" in each.type)
    assert steps == ["Delete @", f"Delete {our_link}", f"Delete {HOST}"]


def test_every_deletion_rereads_its_zone_and_the_gateways() -> None:
    memory = settled()
    memory.world.gateways.clear()
    memory.world.connections.clear()

    steps = memory.plan(wanted(is_gone=True)).steps

    assert all(step.reads.gateways and {each.name for each in step.reads.zones} == {HOST} for step in steps)
    assert [step.etag for step in steps] == ["record-1", '"link-1"', "zone-1"]


# The complete list of connections of a gateway that works names other hosts.


def test_a_host_that_a_complete_list_no_longer_names_goes_once_the_other_is_published() -> None:
    memory = settled()
    memory.world.connections[:] = [OTHER_HOST]

    assert deletions(memory) == [], "what replaces it is not there yet"

    memory.settle(wanted())
    assert [each["name"] for each in memory.world.names().values() if each["type"].endswith("/A")] == ["@"]
    assert [each.name for each in memory.world.zone_ids()] == [OTHER_HOST]


@pytest.mark.parametrize("state", ["Updating", "Failed", "Activating", "Deleting", ""])
def test_only_a_gateway_that_succeeded_has_a_complete_list(state: str) -> None:
    memory = settled(connections=(HOST, OTHER_HOST))
    memory.world.gateways[:] = [injection_gateway(state=state)]
    memory.world.connections[:] = [HOST]

    assert deletions(memory) == []


def test_an_empty_list_is_not_evidence() -> None:
    memory = settled()
    memory.world.connections.clear()

    assert deletions(memory) == []


def test_an_empty_list_is_not_evidence_beside_a_name_of_the_gateways_own() -> None:
    memory = settled()
    memory.world.gateways[:] = [injection_gateway(hostname=OTHER_HOST)]
    memory.world.connections.clear()

    assert not any(each.startswith("Delete") for each in dns_steps(memory.settle(wanted())))
    assert {each.name for each in memory.world.zone_ids()} == {HOST, OTHER_HOST}


def test_a_list_with_a_connection_that_has_no_name_yet_is_not_complete() -> None:
    memory = settled(connections=(HOST, OTHER_HOST))
    memory.world.connections[:] = [HOST, ""]

    assert deletions(memory) == []


def test_connections_that_name_none_of_our_hosts_are_not_evidence() -> None:
    memory = settled()
    memory.world.connections[:] = ["api.contoso.com"]

    assert deletions(memory) == []


@pytest.mark.parametrize("problem", [trouble(), forbidden()])
def test_connections_that_cannot_be_read_are_not_evidence(problem: Any) -> None:
    memory = settled(connections=(HOST, OTHER_HOST))

    assert deletions(memory, hostnames=Unreadable(problem)) == []


def test_without_an_address_nothing_goes() -> None:
    memory = settled(connections=(HOST, OTHER_HOST))
    memory.world.gateways[:] = [injection_gateway(addresses=[])]
    memory.world.connections[:] = [HOST]

    assert deletions(memory) == []


def test_what_replaces_it_must_have_been_looked_at() -> None:
    memory = settled()
    memory.world.connections[:] = [OTHER_HOST]
    ours = memory.remembering(wanted())
    look = memory.world.looked(ours.query)
    unread = {each: contents for each, contents in look.zones.items() if each.name == HOST}

    result = planned(_Blind(memory.world), ours, zones=unread)

    assert dns_steps(result) == []


class _Blind(World):
    """The same world through a look that does not know of the zones that new names need."""

    def __init__(self, world: World) -> None:
        self.__dict__.update(world.__dict__)

    def looked(self, query: Any, **parts: Any) -> Any:  # noqa: ARG002
        return self.observed(**parts)


# The spec no longer asks for it.


def test_a_network_that_is_no_longer_listed_loses_its_link() -> None:
    memory = settled(linkedVirtualNetworkIds=[SPOKE_ID])
    assert len([each for each in memory.world.private_dns if "links" in each.type]) == 2

    memory.settle(wanted())

    links = [each for each in memory.world.names().values() if each["type"].endswith("virtualNetworkLinks")]
    assert [each["properties"]["virtualNetwork"]["id"] for each in links] == [documents.NETWORK_ID]


def test_manual_takes_back_all_of_ours() -> None:
    memory = settled()

    memory.settle(wanted(dns={"management": "Manual"}))

    assert memory.world.names() == {}


def test_an_integration_resource_keeps_no_names() -> None:
    memory = settled()
    memory.world.gateways.clear()

    memory.settle(wanted(mode="Integration"))

    assert memory.world.names() == {}


def test_a_named_zone_gets_the_record_before_the_default_one_goes() -> None:
    memory = settled()
    memory.world.private_dns |= world(zone(SHARED_ZONE)).private_dns
    moved = wanted(dns={"zones": [{"id": SHARED_ZONE}]})

    first = dns_steps(memory.plan(moved))
    memory.settle(moved)

    assert first[0] == f"Create {RELATIVE_HOST}"
    assert not any(each.startswith("Delete") for each in first)
    assert [each.name for each in memory.world.zone_ids()] == ["azure-api.net"]


def test_the_old_link_goes_before_the_old_record_lest_it_hide_the_new_one() -> None:
    memory = settled()
    memory.world.private_dns |= world(zone(SHARED_ZONE)).private_dns
    moved: dict[str, Any] = {"dns": {"zones": [{"id": SHARED_ZONE}]}}
    memory.world.private_dns |= world(
        record(SHARED_ZONE, ADDRESS, name=RELATIVE_HOST, metadata=OUR_METADATA), link(SHARED_ZONE, "ours", network_id=documents.NETWORK_ID)
    ).private_dns

    (first,) = deletions(memory, **moved)
    memory.world.apply(*memory.plan(wanted(**moved)).steps)

    assert first.startswith("Delete wgn-")
    assert deletions(memory, **moved) == ["Delete @", f"Delete {HOST}"]


def moved_beside_team_b(**dns: Any) -> Memory:
    """Names that moved out of a zone whose link another owner's record holds."""
    theirs = record(REGIONAL, "10.1.9.9", name="team-b", metadata=TEAM_B.owner.tags)
    memory = Memory(world(zone(SHARED_ZONE), zone(REGIONAL), zone(NAMESAKE), theirs))
    memory.settle(wanted(dns={"zones": [{"id": REGIONAL}]}))
    memory.settle(wanted(dns=dns))
    return memory


def addresses_in(memory: Memory, zone: str) -> list[list[str]]:
    """The addresses of our records in a zone."""
    records = (each for each in memory.world.names().values() if each["id"].startswith(f"{zone}/A/"))
    return [
        [entry["ipv4Address"] for entry in each["properties"]["aRecords"]]
        for each in records
        if each["properties"].get("metadata", {}).get("wgn-owner") == MARK
    ]


def test_a_record_stays_and_follows_the_gateway_while_its_zone_hides_the_new_one() -> None:
    to: dict[str, Any] = {"zones": [{"id": SHARED_ZONE}]}
    memory = moved_beside_team_b(**to)
    assert addresses_in(memory, REGIONAL) == [[ADDRESS]]
    assert addresses_in(memory, SHARED_ZONE) == [[ADDRESS]]

    memory.world.gateways[:] = [injection_gateway(addresses=["10.1.0.6"])]
    memory.settle(wanted(dns=to))

    assert addresses_in(memory, REGIONAL) == [["10.1.0.6"]]
    assert addresses_in(memory, SHARED_ZONE) == [["10.1.0.6"]]


def test_a_hiding_record_goes_once_its_zone_is_linked_to_no_network_of_ours() -> None:
    to: dict[str, Any] = {"zones": [{"id": SHARED_ZONE}]}
    memory = moved_beside_team_b(**to)

    (theirs,) = (each for each in memory.world.private_dns if each.name == "team-b")
    del memory.world.private_dns[theirs]
    memory.settle(wanted(dns=to))

    assert addresses_in(memory, REGIONAL) == []
    assert [each for each in memory.world.private_dns if "links" in each.type and each.parent.name.startswith("uksouth")] == []


def test_a_record_goes_at_once_from_a_zone_that_the_new_one_hides() -> None:
    memory = moved_beside_team_b()

    assert addresses_in(memory, REGIONAL) == []
    assert addresses_in(memory, ZONE) == [[ADDRESS]]


def test_a_record_follows_the_gateway_where_a_zone_of_the_same_name_cannot_be_linked() -> None:
    theirs = record(SHARED_ZONE, "10.1.9.9", name="team-b", metadata=TEAM_B.owner.tags)
    memory = Memory(world(zone(SHARED_ZONE), zone(NAMESAKE), theirs))
    memory.settle(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))
    memory.settle(wanted(dns={"zones": [{"id": NAMESAKE}]}))
    memory.world.gateways[:] = [injection_gateway(addresses=["10.1.0.6"])]

    result = memory.settle(wanted(dns={"zones": [{"id": NAMESAKE}]}))

    assert [finding.reason for finding in result.findings] == ["ResourceInUse"]
    assert addresses_in(memory, SHARED_ZONE) == [["10.1.0.6"]]


def test_a_record_stays_while_somebody_else_has_linked_our_network_to_its_zone() -> None:
    memory = settled()
    (ours,) = (each for each in memory.world.private_dns if "links" in each.type)
    del memory.world.private_dns[ours]
    memory.world.private_dns |= world(link(ZONE, "theirs", network_id=documents.NETWORK_ID), zone(SHARED_ZONE)).private_dns

    memory.settle(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))

    assert addresses_in(memory, ZONE) == [[ADDRESS]]
    assert addresses_in(memory, SHARED_ZONE) == [[ADDRESS]]


def test_between_zones_of_one_name_the_old_link_goes_before_the_new_one_comes() -> None:
    memory = Memory(world(zone(SHARED_ZONE), zone(NAMESAKE)))
    memory.settle(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))
    (old,) = (each for each in memory.world.private_dns if "links" in each.type)

    result = memory.plan(wanted(dns={"zones": [{"id": NAMESAKE}]}))

    record_step, old_link, new_link = result.steps
    assert (record_step.action, record_step.target.parent.resource_group.name) == ("Create", "dns")
    assert (old_link.action, old_link.target, old_link.etag) == ("Delete", old, '"link-1"')
    assert (new_link.action, new_link.target.parent.resource_group.name) == ("Create", "dns")
    memory.settle(wanted(dns={"zones": [{"id": NAMESAKE}]}))
    assert {each.resource_group.name for each in memory.world.private_dns if each.type.count("/") == 2} == {"dns"}


def test_an_old_link_that_others_need_stays_and_is_told_of() -> None:
    theirs = record(SHARED_ZONE, "10.1.9.9", name="team-b", metadata=TEAM_B.owner.tags)
    memory = Memory(world(zone(SHARED_ZONE), zone(NAMESAKE), theirs))
    memory.settle(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))

    result = memory.settle(wanted(dns={"zones": [{"id": NAMESAKE}]}))

    assert [finding.reason for finding in result.findings] == ["ResourceInUse"]
    (finding,) = result.findings
    assert finding.message == (
        "Virtual network hub is linked to private DNS zone azure-api.net in resource group network, where others have records, and cannot be"
        " linked to another zone of that name. Move those records first, or keep the zone in spec.dns.zones."
    )
    assert [each.parent.resource_group.name for each in memory.world.private_dns if "links" in each.type] == ["network"]


def test_nothing_goes_while_the_link_of_the_new_zone_is_only_being_made() -> None:
    memory = Memory(world(zone(REGIONAL)))
    memory.settle(wanted())
    moved = wanted(dns={"zones": [{"id": REGIONAL}]})
    memory.world.apply(*memory.plan(moved).steps)
    (new_link,) = (each for each in memory.world.private_dns if "links" in each.type and each.parent == ResourceId(REGIONAL))
    memory.world.private_dns[new_link]["properties"]["provisioningState"] = "Creating"

    assert deletions(memory, dns={"zones": [{"id": REGIONAL}]}) == []

    memory.world.private_dns[new_link]["properties"]["provisioningState"] = "Succeeded"
    assert deletions(memory, dns={"zones": [{"id": REGIONAL}]}) != []


def test_an_old_link_stays_while_the_new_zone_holds_somebody_elses_record() -> None:
    theirs = record(NAMESAKE, "10.1.9.9", name=RELATIVE_HOST)
    memory = Memory(world(zone(SHARED_ZONE), zone(NAMESAKE), theirs))
    memory.settle(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))

    result = memory.settle(wanted(dns={"zones": [{"id": NAMESAKE}]}))

    assert [finding.reason for finding in result.findings] == ["RecordConflict"]
    assert [each.parent.resource_group.name for each in memory.world.private_dns if "links" in each.type] == ["network"]


@pytest.mark.parametrize("part", ["links", "records"])
def test_an_old_link_stays_while_its_zone_is_not_read_whole(part: str) -> None:
    memory = Memory(world(zone(SHARED_ZONE), zone(NAMESAKE)))
    memory.settle(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))
    moved = wanted(dns={"zones": [{"id": NAMESAKE}]})
    hidden = _hidden(memory.world, SHARED_ZONE, part)

    assert not any(each.startswith("Delete") for each in dns_steps(memory.plan(moved, zones=hidden)))


def test_a_default_zone_in_another_group_gets_the_link_of_the_old_one() -> None:
    memory = settled()
    moved = wanted(resourceGroupId=OTHER_GROUP)

    memory.world.apply(*memory.plan(moved).steps)
    memory.settle(moved)

    assert {each.resource_group.name for each in memory.world.private_dns} == {"dns"}


# What others rely on stays.


def test_a_link_in_a_zone_that_is_not_ours_stays_while_another_owner_has_a_record_in_it() -> None:
    theirs = record(SHARED_ZONE, "10.1.9.9", name="team-b", metadata=TEAM_B.owner.tags)
    memory = Memory(world(zone(SHARED_ZONE), theirs))
    memory.settle(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))

    memory.settle(wanted(dns={"management": "Manual"}))

    left = [each["name"] for each in memory.world.names().values()]
    assert "team-b" in left
    assert RELATIVE_HOST not in left
    assert len([each for each in memory.world.private_dns if "links" in each.type]) == 1
    (record_id,) = (each for each in memory.world.private_dns if each.name == "team-b")
    del memory.world.private_dns[record_id]
    memory.settle(wanted(dns={"management": "Manual"}))
    assert [each.name for each in memory.world.private_dns] == ["azure-api.net"]


def test_a_zone_of_ours_stays_while_somebody_has_a_record_of_any_type_in_it() -> None:
    memory = settled()
    memory.world.other_record_sets = {memory.world.zone_ids()[0]: 1}

    memory.settle(wanted(dns={"management": "Manual"}))

    assert [each.name for each in memory.world.zone_ids()] == [HOST]
    assert len([each for each in memory.world.private_dns if "links" in each.type]) == 1


def test_a_zone_of_ours_stays_while_it_is_not_said_how_much_is_in_it() -> None:
    memory = settled()
    del memory.world.private_dns[memory.world.zone_ids()[0]]["properties"]["numberOfRecordSets"]

    memory.settle(wanted(dns={"management": "Manual"}))

    assert [each.name for each in memory.world.zone_ids()] == [HOST]


def test_a_zone_of_ours_stays_while_somebody_has_linked_it() -> None:
    memory = settled()
    theirs = link(ZONE, "theirs", network_id=SPOKE_ID)
    memory.world.private_dns |= world(theirs).private_dns

    memory.settle(wanted(dns={"management": "Manual"}))

    assert [each.name for each in memory.world.private_dns] == [HOST, "theirs"]


def _hidden(azure: World, zone: str, part: str) -> Any:
    (zone_id,) = (each for each in azure.zone_ids() if str(each).lower() == zone.lower())
    return {zone_id: replace(azure.zone(zone_id), **{part: Unreadable(trouble())})}


@pytest.mark.parametrize("part", ["zone", "links", "records"])
def test_a_zone_that_was_not_read_whole_keeps_all(part: str) -> None:
    memory = settled()
    memory.world.gateways.clear()

    assert deletions(memory, is_gone=True, zones=_hidden(memory.world, ZONE, part)) == []


# Deletion.


def test_deletion_says_who_still_has_something_in_our_zone() -> None:
    memory = settled()
    memory.world.gateways.clear()
    memory.world.private_dns |= world(link(ZONE, "theirs", network_id=SPOKE_ID)).private_dns

    result = memory.delete(wanted())

    assert [finding.message for finding in result.findings] == [
        (
            f"Private DNS zone {HOST} still holds link theirs, so it is not removed. Remove them, or set the annotation"
            " workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
        )
    ]


def test_deletion_says_that_others_have_records_in_our_zone() -> None:
    memory = settled()
    memory.world.gateways.clear()
    memory.world.private_dns |= world(record(ZONE, "10.1.9.9", name="theirs")).private_dns

    result = memory.delete(wanted())

    assert [finding.message for finding in result.findings] == [
        (
            f"Private DNS zone {HOST} still holds records of others, so it is not removed. Remove them, or set the annotation"
            " workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
        )
    ]


@pytest.mark.parametrize("part", ["zone", "links", "records"])
def test_deletion_waits_for_a_zone_that_cannot_be_read(part: str) -> None:
    memory = settled()
    memory.world.gateways.clear()

    result = memory.plan_deletion(wanted(), zones=_hidden(memory.world, ZONE, part))

    assert result.steps == ()
    assert [(finding.condition, finding.reason) for finding in result.findings] == [("AzureAccess", "AzureUnavailable")]


def test_deletion_waits_for_a_known_gateway_that_does_not_say_where_it_is() -> None:
    memory = settled()
    memory.world.gateways[:] = [injection_gateway(subnet_id=None)]

    result = memory.plan_deletion(wanted())

    assert result.steps == ()
    assert [finding.reason for finding in result.findings] == ["GatewayStillAttached"]


def test_deletion_does_not_take_a_refusal_for_the_absence_of_a_known_gateway() -> None:
    memory = settled()
    unread = Gateways(found=(), incomplete=forbidden())

    result = memory.plan_deletion(wanted(), gateways=unread)

    assert result.steps == ()
    assert [finding.reason for finding in result.findings] == ["AuthorizationFailed"]


def test_deletion_waits_for_a_gateway_that_only_a_record_tells_of_and_that_does_not_say_where_it_is() -> None:
    memory = settled()
    memory.world.gateways[:] = [injection_gateway(subnet_id=None)]

    result = plan_deletion(desired=wanted(), observed=memory.world.looked(wanted().query))

    assert [finding.reason for finding in result.findings] == ["GatewayStillAttached"]
    assert result.steps == ()


def test_deletion_finds_what_is_marked_without_a_status() -> None:
    memory = settled()
    memory.world.gateways.clear()
    without_memory = Memory(memory.world)

    without_memory.delete(wanted(mode="Integration"))

    assert memory.world.names() == {}


def test_deletion_waits_for_a_list_that_may_hide_zones_of_ours() -> None:
    memory = settled()
    memory.world.gateways.clear()

    result = memory.plan_deletion(wanted(), unlisted_zones=trouble())

    assert result.steps == ()
    assert [(finding.condition, finding.reason) for finding in result.findings] == [("AzureAccess", "AzureUnavailable")]


def test_deletion_goes_on_beside_a_known_gateway_that_is_elsewhere() -> None:
    memory = settled()
    memory.world.gateways[:] = [injection_gateway(subnet_id=f"{documents.SUBNET_ID}-2")]

    assert memory.delete(wanted()).findings == ()
    assert memory.world.names() == {}


def test_deletion_leaves_records_of_others_as_they_are() -> None:
    foreign = (
        zone(SHARED_ZONE, tags={"theirs": "x"}),
        record(SHARED_ZONE, ADDRESS, name="theirs"),
        record(SHARED_ZONE, "10.1.9.9", name="team-b", metadata=TEAM_B.owner.tags),
        link(SHARED_ZONE, "theirs", network_id=SPOKE_ID),
    )
    memory = Memory(world(*foreign))
    before = memory.world.names()
    memory.settle(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))
    memory.world.gateways.clear()

    memory.delete(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))

    left = {key: value for key, value in memory.world.names().items() if value.get("tags") != OUR_TAGS}
    assert left == before
    assert neighbours(TEAM_B).with_mark(TEAM_B.owner.mark) is not None
    assert OUR_METADATA not in [each["properties"].get("metadata") for each in left.values()]
