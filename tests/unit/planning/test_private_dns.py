"""Whose a zone, a record or a link is, and what is done with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.network_links import link_name
from workspace_gateway_network.planning.observed import Unreadable
from workspace_gateway_network.planning.plan import Plan
from worlds.azure import trouble
from worlds.documents import NETWORK_ID, Document, link, record, zone
from worlds.injection import OUR_METADATA, RELATIVE_HOST, SHARED_ZONE, SPOKE_ID, ZONE, Memory, dns_steps, planned, wanted, world
from worlds.names import ADDRESS, HOST, OTHER_HOST
from worlds.resources import OUR_TAGS, OWNER, neighbour, neighbours

LINK = link_name(OWNER, ResourceId(NETWORK_ID))
SPOKE_LINK = link_name(OWNER, ResourceId(SPOKE_ID))
RECORD_ID = f"{ZONE}/A/@"
TEAM_B = neighbour("team-b")
GONE = Owner(cluster_id=OWNER.cluster_id, namespace="apim", name="gone").tags
ELSEWHERE = Owner(cluster_id="prod-2", namespace="apim", name="team-x").tags


def look(
    *,
    zone_tags: dict[str, str] | None = OUR_TAGS,
    link_tags: dict[str, str] | None = OUR_TAGS,
    metadata: dict[str, str] | None = OUR_METADATA,
    addresses: tuple[str, ...] = (ADDRESS,),
    ttl: int = 300,
    registers: bool = False,
    link_state: str = "Succeeded",
    owned: list[str] | None = None,
    **dns: Any,
) -> Plan:
    """The plan over a zone, a record and a link that are right unless told otherwise."""
    azure = world(
        zone(ZONE, tags=zone_tags),
        record(ZONE, *addresses, metadata=metadata, ttl=ttl),
        link(ZONE, LINK, tags=link_tags, registrationEnabled=registers, provisioningState=link_state),
    )
    desired = wanted(dns=dns or None)
    desired = replace(desired, owned_hint=frozenset(map(ResourceId, owned or [])))
    return planned(azure, desired, neighbours=neighbours(TEAM_B))


def says(result: Plan) -> tuple[str, str]:
    (finding,) = result.findings
    assert dns_steps(result) == []
    return finding.reason.value, finding.message


def state(result: Plan) -> str:
    assert result.names is not None
    (told,) = result.names.records
    return told.state.value


# What is written where there is nothing.


def test_the_zone_comes_first_then_the_record_and_then_the_links() -> None:
    result = planned(world(), wanted(dns={"linkedVirtualNetworkIds": [SPOKE_ID], "ttlSeconds": 60}))

    assert dns_steps(result) == [f"Create {HOST}", "Create @", f"Create {LINK}", f"Create {SPOKE_LINK}"]
    made, put, linked, _ = [step for step in result.steps if "privatednszones" in step.target.type]
    assert made.body == {"location": "global", "tags": OUR_TAGS}
    assert put.body == {"properties": {"ttl": 60, "metadata": OUR_METADATA, "aRecords": [{"ipv4Address": ADDRESS}]}}
    assert linked.body == {
        "location": "global",
        "tags": OUR_TAGS,
        "properties": {"registrationEnabled": False, "virtualNetwork": {"id": NETWORK_ID}},
    }
    assert [step.etag for step in (made, put, linked)] == ["", "", ""]
    assert state(result) == "Missing"


def test_everything_in_its_place_needs_nothing() -> None:
    result = look()

    assert dns_steps(result) == []
    assert result.findings == ()
    assert state(result) == "Published"


@pytest.mark.parametrize("state", ["Creating", "Updating", "Deleting"])
def test_a_link_that_azure_is_at_work_on_is_waited_for(state: str) -> None:
    result = look(link_state=state)

    assert dns_steps(result) == []
    assert result.in_motion == ResourceId(f"{ZONE}/virtualNetworkLinks/{LINK}")
    assert look().in_motion is None


def test_a_link_of_ours_that_was_turned_to_another_network_makes_room_for_the_right_one() -> None:
    turned = link(ZONE, LINK, network_id=SPOKE_ID, tags=OUR_TAGS)
    result = planned(world(zone(ZONE, tags=OUR_TAGS), record(ZONE, ADDRESS, metadata=OUR_METADATA), turned), wanted())

    assert dns_steps(result) == [f"Delete {LINK}", f"Create {LINK}"]


def test_a_link_of_somebody_else_under_the_name_of_ours_is_a_conflict() -> None:
    theirs = link(ZONE, LINK, network_id=SPOKE_ID, tags={})
    result = planned(world(zone(ZONE, tags=OUR_TAGS), record(ZONE, ADDRESS, metadata=OUR_METADATA), theirs), wanted())

    assert dns_steps(result) == []
    assert says(result) == (
        "RecordConflict",
        (
            f"Virtual network link {LINK} in private DNS zone {HOST} has the name that the link of virtual network hub needs, but links"
            " spoke and is not this resource's. Delete it, or link hub by hand."
        ),
    )


# Records.


def test_a_record_of_ours_is_repointed_and_keeps_what_others_added() -> None:
    result = look(addresses=("10.1.9.9",), ttl=5, metadata={**OUR_METADATA, "theirs": "x"})

    (step,) = [step for step in result.steps if step.target.name == "@"]
    assert [(change.path, change.before, change.after) for change in step.changes] == [
        ("properties.aRecords", ["10.1.9.9"], [ADDRESS]),
        ("properties.ttl", 5, 300),
    ]
    assert step.etag == "record-1"
    assert step.body is not None
    properties: Any = step.body["properties"]
    assert properties["metadata"] == {**OUR_METADATA, "theirs": "x"}


def test_a_record_that_lost_its_mark_gets_it_back_where_it_is_right() -> None:
    assert dns_steps(look(metadata=None, owned=[RECORD_ID])) == ["Update @"]


def test_a_record_that_lost_its_mark_and_points_elsewhere_is_somebody_elses() -> None:
    assert says(look(metadata=None, addresses=("10.1.9.9",), owned=[RECORD_ID]))[0] == "RecordConflict"


def test_a_record_that_lost_its_mark_and_has_another_ttl_is_used_as_it_is() -> None:
    result = look(metadata=None, ttl=5, owned=[RECORD_ID])

    assert dns_steps(result) == []
    assert state(result) == "Published"


def test_a_right_record_of_somebody_else_is_used_and_stays_theirs() -> None:
    for on_conflict in ("Fail", "Adopt"):
        result = look(metadata={"theirs": "x"}, ttl=5, onConflict=on_conflict)

        assert dns_steps(result) == []
        assert state(result) == "Published"


def test_a_record_of_somebody_else_that_points_elsewhere_is_a_conflict() -> None:
    result = look(metadata=None, addresses=("10.1.9.9",))

    assert says(result) == (
        "RecordConflict",
        (
            f"Record {HOST} in zone {HOST} points to 10.1.9.9, but the gateway is at {ADDRESS}; it is not this resource's record. Delete it, or"
            " set spec.dns.onConflict to Adopt."
        ),
    )
    assert state(result) == "Conflict"


def test_a_record_of_somebody_else_is_adopted_where_the_spec_says_so() -> None:
    result = look(metadata={"theirs": "x"}, addresses=("10.1.9.9",), onConflict="Adopt")

    (step,) = [step for step in result.steps if step.target.name == "@"]
    assert step.body is not None
    properties: Any = step.body["properties"]
    assert properties["metadata"] == {"theirs": "x", **OUR_METADATA}


def test_a_record_of_a_resource_that_no_longer_exists_is_taken_over() -> None:
    assert dns_steps(look(metadata=GONE)) == ["Update @"]


@pytest.mark.parametrize("on_conflict", ["Fail", "Adopt"])
def test_a_record_of_a_living_neighbour_is_never_taken(on_conflict: str) -> None:
    assert says(look(metadata=TEAM_B.owner.tags, onConflict=on_conflict)) == (
        "OwnershipConflict",
        (
            f"Record {HOST} in zone {HOST} belongs to WorkspaceGatewayNetwork prod-1/apim/team-b. Delete one of the two resources, or have them"
            " use different zones."
        ),
    )


@pytest.mark.parametrize("on_conflict", ["Fail", "Adopt"])
def test_a_record_of_another_cluster_is_never_taken(on_conflict: str) -> None:
    metadata = {"wgn-owner": ELSEWHERE["wgn-owner"]}

    assert says(look(metadata=metadata, onConflict=on_conflict)) == (
        "OwnershipConflict",
        (
            f"Record {HOST} in zone {HOST} belongs to another WorkspaceGatewayNetwork. Delete one of the two resources, or have them use"
            " different zones."
        ),
    )


# Zones.


@pytest.mark.parametrize("tags", [{**GONE, "theirs": "x"}, {**OUR_TAGS, "wgn-resource": "changed", "theirs": "x"}])
def test_a_zone_of_ours_or_of_nobody_any_more_gets_our_tags(tags: dict[str, str]) -> None:
    result = look(zone_tags=tags)

    assert dns_steps(result) == [f"Tag {HOST}"]
    (step,) = [step for step in result.steps if step.action == "Tag"]
    assert step.body == {"tags": {"theirs": "x", **OUR_TAGS}}


def test_a_zone_that_lost_its_mark_gets_it_back() -> None:
    assert dns_steps(look(zone_tags=None, owned=[ZONE])) == [f"Tag {HOST}"]


def test_a_zone_of_somebody_else_under_the_default_name_is_a_conflict() -> None:
    assert says(look(zone_tags=None)) == (
        "RecordConflict",
        (
            f"Private DNS zone {HOST} already exists in resource group network and is not this resource's. Name it in spec.dns.zones to have the"
            " record put into it, or set spec.dns.onConflict to Adopt."
        ),
    )


def test_a_zone_of_somebody_else_is_used_untagged_where_the_spec_says_so() -> None:
    assert dns_steps(look(zone_tags=None, onConflict="Adopt", metadata=None, addresses=("10.1.9.9",))) == ["Update @"]


@pytest.mark.parametrize("tags", [TEAM_B.owner.tags, ELSEWHERE])
@pytest.mark.parametrize("on_conflict", ["Fail", "Adopt"])
def test_a_zone_of_another_owner_is_never_taken(tags: dict[str, str], on_conflict: str) -> None:
    assert says(look(zone_tags=tags, onConflict=on_conflict)) == (
        "OwnershipConflict",
        (
            f"Private DNS zone {HOST} belongs to WorkspaceGatewayNetwork {tags['wgn-resource']}. Delete one of the two resources, or have them"
            " use different zones."
        ),
    )


def test_a_named_zone_is_used_whoever_has_it_and_never_tagged() -> None:
    azure = world(zone(SHARED_ZONE, tags=TEAM_B.owner.tags))

    result = planned(azure, wanted(dns={"zones": [{"id": SHARED_ZONE}]}), neighbours=neighbours(TEAM_B))

    assert dns_steps(result) == [f"Create {RELATIVE_HOST}", f"Create {LINK}"]


def test_a_named_zone_must_exist() -> None:
    assert says(planned(world(), wanted(dns={"zones": [{"id": SHARED_ZONE}]}))) == (
        "PrivateDnsZoneNotFound",
        "Private DNS zone azure-api.net does not exist in resource group network. Create it, or correct spec.dns.zones.",
    )


@pytest.mark.parametrize("part", ["zone", "links", "records"])
def test_a_zone_that_cannot_be_read_is_told_of(part: str) -> None:
    memory = Memory(world())
    memory.settle(wanted())
    (zone_id,) = memory.world.zone_ids()
    hidden = replace(memory.world.zone(zone_id), **{part: Unreadable(trouble())})

    result = memory.plan(wanted(), zones={zone_id: hidden})

    assert dns_steps(result) == []
    assert [(finding.condition, finding.reason) for finding in result.findings] == [("AzureAccess", "AzureUnavailable")]


# Links.


@pytest.mark.parametrize("metadata", [None, TEAM_B.owner.tags, ELSEWHERE])
def test_a_network_is_not_linked_to_a_zone_that_leads_elsewhere(metadata: dict[str, str] | None) -> None:
    azure = world(zone(SHARED_ZONE), record(SHARED_ZONE, "10.8.0.5", name=RELATIVE_HOST, metadata=metadata))

    result = planned(azure, wanted(dns={"zones": [{"id": SHARED_ZONE}]}), neighbours=neighbours(TEAM_B))

    assert dns_steps(result) == []
    assert state(result) == "Conflict"


def test_a_zone_that_leads_to_the_gateway_under_one_of_its_names_is_linked() -> None:
    theirs = record(SHARED_ZONE, "10.8.0.5", name=RELATIVE_HOST, metadata=ELSEWHERE)
    azure = world(zone(SHARED_ZONE), theirs, connections=[HOST, OTHER_HOST])

    result = planned(azure, wanted(dns={"zones": [{"id": SHARED_ZONE}]}))

    assert dns_steps(result) == [f"Create {OTHER_HOST.removesuffix('.azure-api.net')}", f"Create {LINK}"]


def test_a_zone_whose_records_cannot_be_read_is_not_linked() -> None:
    hidden = replace(world(zone(SHARED_ZONE)).zone(ResourceId(SHARED_ZONE)), records=Unreadable(trouble()))

    result = planned(world(), wanted(dns={"zones": [{"id": SHARED_ZONE}]}), zones={ResourceId(SHARED_ZONE): hidden})

    assert dns_steps(result) == []


def test_links_match_by_their_network_whatever_their_name() -> None:
    azure = world(zone(ZONE, tags=OUR_TAGS), record(ZONE, ADDRESS, metadata=OUR_METADATA), link(ZONE, "hub", network_id=NETWORK_ID.upper()))

    assert dns_steps(planned(azure, wanted())) == []


def test_a_link_of_ours_stops_registering_machines() -> None:
    result = look(registers=True)

    (step,) = [step for step in result.steps if step.target.name == LINK]
    assert [(change.path, change.before, change.after) for change in step.changes] == [("properties.registrationEnabled", True, False)]
    assert step.etag == '"link-1"'


@pytest.mark.parametrize("tags", [None, TEAM_B.owner.tags, ELSEWHERE])
def test_a_link_of_somebody_else_is_used_as_it_is(tags: dict[str, str] | None) -> None:
    result = look(link_tags=tags, registers=True)

    assert dns_steps(result) == []
    assert state(result) == "Published"


def test_a_link_that_lost_its_mark_gets_it_back_only_where_it_is_right() -> None:
    owned = [f"{ZONE}/virtualNetworkLinks/{LINK}"]

    assert dns_steps(look(link_tags=None, owned=owned)) == [f"Tag {LINK}"]
    assert dns_steps(look(link_tags=None, owned=owned, registers=True)) == []


def test_a_link_of_a_resource_that_no_longer_exists_is_taken_over() -> None:
    assert dns_steps(look(link_tags=GONE)) == [f"Tag {LINK}"]


def test_a_gateway_id_in_another_case_is_the_same_gateway() -> None:
    metadata: Document = {name: value.lower() if name == "wgn-gateway" else value for name, value in OUR_METADATA.items()}

    assert dns_steps(look(metadata=metadata)) == []


# What is known to be ours while its mark is lost.


def test_what_lost_its_mark_stays_known_as_ours_until_it_is_put_back() -> None:
    result = look(metadata=None, owned=[RECORD_ID])

    assert ResourceId(RECORD_ID) in result.owned
