"""Where a gateway's name is published: in a zone of its own or the organisation's, seen from the networks that are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from stage import seeds
from stage.injection import (
    SWIFT,
    addresses_of,
    bring_gateway,
    dns_writes,
    linked_networks,
    links,
    look,
    private_dns,
    publish,
    record,
)
from stage.stage import CLIENT_ID, SetTheStage, Stage
from stage.zones import IN_NAMED, NAMED, RELATIVE, SUFFIX, a_record, with_named_zone, zone_of_others

Document = dict[str, Any]


def of_others(stage: Stage) -> Document:
    """What private DNS holds that is not the operator's."""
    return {id: document for id, document in private_dns(stage).items() if "wgn-" not in str(document)}


@pytest.fixture
def stage(set_the_stage: SetTheStage) -> Stage:
    return set_the_stage(seed=with_named_zone(), **SWIFT)


# Zones.


def test_the_record_goes_into_a_zone_of_the_organisation_and_nothing_else_changes(stage: Stage) -> None:
    before = private_dns(stage)
    publish(stage, dns=IN_NAMED)
    assert addresses_of(record(stage, NAMED, RELATIVE)) == [seeds.ADDRESS]
    assert linked_networks(stage, NAMED) == {"hub", "spoke"}
    assert of_others(stage) == before
    (link,) = [link["name"] for link in links(stage, NAMED) if link["name"] != "by-hand"]
    assert dns_writes(stage) == [("PUT", f"{SUFFIX}/A/{RELATIVE}"), ("PUT", f"{SUFFIX}/virtualNetworkLinks/{link}")]
    assert stage.status()["effective"]["zoneNames"] == [SUFFIX]


def test_a_zone_that_is_not_there_is_said_before_there_is_a_gateway(stage: Stage) -> None:
    missing = zone_of_others("gateway.uksouth-01.azure-api.net")
    stage.apply(mode="Injection", dns={"zones": [{"id": missing}]})
    ready = stage.wait_reason("PrivateDnsZoneNotFound")
    assert ready["message"] == (
        "Private DNS zone gateway.uksouth-01.azure-api.net does not exist in resource group dns. Create it, or correct spec.dns.zones."
    )
    assert dns_writes(stage) == []


def moved(stage: Stage, *, since: int, to: tuple[str, str], away_from: tuple[str, str]) -> None:
    """Judge by the journal that the name never was without an answer."""
    exchanges = [
        (each["liveRequest"]["method"], each["liveRequest"]["url"].split("?")[0].lower())
        for each in stage.azure.exchanges(since=since, principal=CLIENT_ID)
    ]
    (new_zone, new_name), (old_zone, old_name) = to, away_from
    new_record, old_record = f"{new_zone}/a/{new_name}".lower(), f"{old_zone}/a/{old_name}".lower()
    is_link = f"{new_zone}/virtualnetworklinks/".lower()
    first_loss = next(number for number, (method, _) in enumerate(exchanges) if method == "DELETE")
    recorded = exchanges.index(("PUT", new_record))
    linked = next(number for number, (method, url) in enumerate(exchanges) if method == "PUT" and url.startswith(is_link))
    assert recorded < linked < first_loss
    assert any(method == "GET" and url.startswith(f"{new_zone}/".lower()) for method, url in exchanges[linked:first_loss])
    assert ("DELETE", old_record) in exchanges


def test_a_name_moves_between_zones_without_a_moment_unpublished(stage: Stage) -> None:
    before = private_dns(stage)
    publish(stage)
    in_own_zone, since = private_dns(stage), stage.azure.seq()
    own, named = (seeds.zone_id(), "@"), (NAMED, RELATIVE)
    (own_link,) = links(stage)

    stage.apply(mode="Injection", dns=IN_NAMED)
    stage.wait_reason("Reconciled")
    stage.wait_for(lambda: stage.azure.get(seeds.zone_id()) is None, what="the end of the zone of its own")
    moved(stage, since=since, to=named, away_from=own)
    assert [path for method, path in dns_writes(stage, since=since) if method == "DELETE"] == [
        f"{seeds.HOSTNAME}/virtualNetworkLinks/{own_link['name']}",
        f"{seeds.HOSTNAME}/A/@",
        seeds.HOSTNAME,
    ], "a linked zone without the record would hide the name that is published elsewhere"
    assert of_others(stage) == before

    since = stage.azure.seq()
    stage.apply(mode="Injection")
    stage.wait_reason("Reconciled")
    stage.wait_for(lambda: record(stage, NAMED, RELATIVE) is None, what="the end of the record in the named zone")
    stage.wait_for(lambda: linked_networks(stage, NAMED) == {"spoke"}, what="the end of the link of the named zone")
    moved(stage, since=since, to=own, away_from=named)
    assert private_dns(stage) == in_own_zone


# Networks, TTL, and a DNS of the organisation's own.


def test_networks_come_and_go(stage: Stage) -> None:
    publish(stage, dns={"linkedVirtualNetworkIds": [seeds.SPOKE]})
    assert linked_networks(stage) == {"hub", "spoke"}
    since = stage.azure.seq()
    stage.apply(mode="Injection")
    stage.wait_for(lambda: linked_networks(stage) == {"hub"}, what="the end of the link to the spoke")
    stage.wait_reason("Reconciled")
    stage.apply(mode="Injection", dns={"linkedVirtualNetworkIds": [seeds.SPOKE]})
    stage.wait_for(lambda: linked_networks(stage) == {"hub", "spoke"}, what="the link to the spoke")
    stage.wait_reason("Reconciled")
    assert {path.split("/")[1] for _, path in dns_writes(stage, since=since)} == {"virtualNetworkLinks"}
    assert [method for method, _ in dns_writes(stage, since=since)] == ["DELETE", "PUT"]


def test_a_new_ttl_is_one_write(stage: Stage) -> None:
    publish(stage)
    since = stage.azure.seq()
    stage.apply(mode="Injection", dns={"ttlSeconds": 60})
    stage.wait_for(lambda: (record(stage) or {})["properties"]["ttl"] == 60, what="the new TTL")
    stage.wait_reason("Reconciled")
    assert dns_writes(stage, since=since) == [("PUT", f"{seeds.HOSTNAME}/A/@")]


def test_manual_writes_nothing_and_says_what_to_answer(stage: Stage) -> None:
    before = private_dns(stage)
    publish(stage, dns={"management": "Manual"})
    assert dns_writes(stage) == []
    assert private_dns(stage) == before
    published = stage.condition("DNSRecordsPublished")
    assert (published["status"], published["reason"], published["message"]) == (
        "True",
        "ManagedExternally",
        "DNS is managed elsewhere; status.hostsEntries says what it has to answer.",
    )
    assert stage.status()["hostsEntries"] == [f"10.1.0.5 {seeds.HOSTNAME}"]
    (entry,) = stage.status()["dns"]["records"]
    assert (entry["fqdn"], entry["state"]) == (seeds.HOSTNAME, "ManagedExternally")


def test_manual_takes_back_what_was_ours(stage: Stage) -> None:
    before = private_dns(stage)
    publish(stage)
    stage.apply(mode="Injection", dns={"management": "Manual"})
    stage.wait_for(lambda: stage.azure.get(seeds.zone_id()) is None, what="the end of the zone")
    stage.wait_reason("Reconciled")
    assert private_dns(stage) == before
    assert stage.status()["hostsEntries"] == [f"10.1.0.5 {seeds.HOSTNAME}"]


# What somebody else has.


def test_a_record_in_the_way_is_left_alone_until_it_may_be_adopted(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=with_named_zone(a_record(f"{NAMED}/A/{RELATIVE}", "10.7.7.7")), **SWIFT)
    before = private_dns(stage)
    bring_gateway(stage, dns=IN_NAMED)
    ready = stage.wait_reason("RecordConflict")
    assert ready["message"] == (
        f"Record {seeds.HOSTNAME} in zone {SUFFIX} points to 10.7.7.7, but the gateway is at 10.1.0.5; it is not this resource's record."
        " Delete it, or set spec.dns.onConflict to Adopt."
    )
    assert stage.condition("Stalled")["status"] == "True"
    look(stage)
    assert of_others(stage) == before
    assert [entry["state"] for entry in stage.status()["dns"]["records"]] == ["Conflict"]

    stage.apply(mode="Injection", dns={**IN_NAMED, "onConflict": "Adopt"})
    stage.wait_reason("Reconciled")
    adopted = record(stage, NAMED, RELATIVE)
    assert adopted
    assert addresses_of(adopted) == [seeds.ADDRESS]
    assert adopted["properties"]["metadata"]["by"] == "hand"
    assert adopted["properties"]["metadata"]["wgn-owner"] == stage.mark()


def test_a_right_record_of_somebody_else_is_used(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=with_named_zone(a_record(f"{NAMED}/A/{RELATIVE}", seeds.ADDRESS)), **SWIFT)
    before = private_dns(stage)
    publish(stage, dns=IN_NAMED)
    assert of_others(stage) == before


def test_a_zone_in_the_way_is_left_alone_until_it_may_be_adopted(set_the_stage: SetTheStage) -> None:
    zone = {"id": seeds.zone_id(), "location": "global", "tags": {"team": "dns"}, "properties": {}}
    stage = set_the_stage(seed=with_named_zone(zone), **SWIFT)
    before = private_dns(stage)
    bring_gateway(stage)
    ready = stage.wait_reason("RecordConflict")
    assert ready["message"] == (
        f"Private DNS zone {seeds.HOSTNAME} already exists in resource group networks and is not this resource's. Name it in spec.dns.zones"
        " to have the record put into it, or set spec.dns.onConflict to Adopt."
    )
    assert private_dns(stage) == before
    stage.apply(mode="Injection", dns={"onConflict": "Adopt"})
    stage.wait_reason("Reconciled")
    assert addresses_of(record(stage)) == [seeds.ADDRESS]
    assert private_dns(stage)[seeds.zone_id()]["tags"] == {"team": "dns"}
