"""Private DNS as read from ARM, in the shapes that Azure answers."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.model.private_dns import PrivateZone, RecordSet, VirtualNetworkLink, relative_name
from workspace_gateway_network.model.resource_id import ResourceId
from worlds.documents import NETWORK_ID, link, record, zone, zone_id
from worlds.resources import MARK, OUR_TAGS, OWNER

ZONE = zone_id("contoso.com")


@pytest.mark.parametrize(("count", "others"), [(1, 0), (3, 2), (0, 0), (None, None)])
def test_a_zone_counts_what_is_in_it_besides_its_soa(count: int | None, others: int | None) -> None:
    assert PrivateZone.from_arm(zone(ZONE, record_sets=count)).record_sets == others


def test_marks_are_tags_of_zones_and_links_whatever_their_case() -> None:
    tags = {"WGN-Owner": MARK, "Wgn-Resource": "prod-1/apim/team-a"}

    for thing in (PrivateZone.from_arm(zone(ZONE, tags=tags)), VirtualNetworkLink.from_arm(link(ZONE, "l", tags=tags))):
        assert thing.is_marked_by(OWNER)
        assert (thing.owner_mark, thing.resource_mark, thing.notes) == (MARK, "prod-1/apim/team-a", tags)


def test_marks_are_metadata_of_records() -> None:
    ours = RecordSet.from_arm(record(ZONE, "10.1.0.5", metadata=OUR_TAGS))

    assert ours.is_marked_by(OWNER)
    assert ours.notes == OUR_TAGS


def test_without_marks_a_thing_is_nobodys() -> None:
    for thing in (PrivateZone.from_arm(zone(ZONE)), VirtualNetworkLink.from_arm(link(ZONE, "l")), RecordSet.from_arm(record(ZONE))):
        assert (thing.owner_mark, thing.resource_mark, thing.notes) == ("", "", {})
        assert not thing.is_marked_by(OWNER)


def test_a_tag_that_is_no_text_is_passed_over() -> None:
    document: dict[str, Any] = {**zone(ZONE), "tags": {"a": None, "b": "c"}}

    assert PrivateZone.from_arm(document).notes == {"b": "c"}


def test_a_link_knows_its_network_and_its_zone() -> None:
    found = VirtualNetworkLink.from_arm(link(ZONE.lower(), "l", network_id=NETWORK_ID.lower(), registrationEnabled=True))

    assert found.virtual_network_id == ResourceId(NETWORK_ID)
    assert found.zone_id == ResourceId(ZONE)
    assert (found.name, found.etag, found.registers) == ("l", '"link-1"', True)


def test_a_link_registers_only_where_azure_says_so() -> None:
    assert not VirtualNetworkLink.from_arm(link(ZONE, "l", registrationEnabled=None)).registers


def test_the_order_of_addresses_means_nothing() -> None:
    found = RecordSet.from_arm(record(ZONE, "10.1.0.9", "10.1.0.5", name="www", ttl=60))

    assert (found.name, found.addresses, found.ttl, found.zone_id) == ("www", ("10.1.0.5", "10.1.0.9"), 60, ResourceId(ZONE))


def test_a_record_may_lack_its_parts() -> None:
    found = RecordSet.from_arm({"id": f"{ZONE}/A/@"})

    assert (found.addresses, found.ttl, found.notes) == ((), 0, {})


@pytest.mark.parametrize(
    ("hostname", "name"),
    [
        ("contoso.com", "@"),
        ("Contoso.COM.", "@"),
        ("a.b.contoso.com", "a.b"),
        ("acontoso.com", None),
        ("com", None),
        ("contoso.com.example", None),
    ],
)
def test_a_host_has_a_name_in_the_zones_that_it_lies_in(hostname: str, name: str | None) -> None:
    assert relative_name(hostname=hostname, zone="contoso.com") == name
