"""What a pass says of a gateway's names, and what it does in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Unreadable
from workspace_gateway_network.planning.plan import NamesReport, Plan
from worlds import documents
from worlds.azure import trouble
from worlds.documents import record, zone, zone_id
from worlds.injection import GATEWAY_ID, SHARED_ZONE, ZONE, Memory, dns_steps, injection_gateway, planned, wanted, world
from worlds.names import ADDRESS, HOST, OTHER_HOST


def told(result: Plan) -> NamesReport:
    assert result.names is not None
    return result.names


def records(result: Plan) -> list[tuple[str, Any, tuple[str, ...], str]]:
    return [(each.fqdn, each.zone_id.name if each.zone_id else None, each.addresses, each.state.value) for each in told(result).records]


def test_without_a_gateway_nothing_is_published_and_the_network_is_prepared() -> None:
    result = planned(world(gateways=[], connections=()), wanted())

    assert dns_steps(result) == []
    assert result.steps
    assert told(result).waiting is not None
    assert records(result) == []


def test_with_both_in_the_spec_names_are_published_before_there_is_a_gateway() -> None:
    memory = Memory(world(gateways=[], connections=()))
    wishes = wanted(gateway={"hostnames": [HOST], "privateIPAddresses": ["10.1.0.7"]})

    result = memory.settle(wishes)

    assert records(result) == [(HOST, HOST, ("10.1.0.7",), "Published")]
    assert [each["properties"]["metadata"].keys() for each in memory.world.names().values() if each["type"].endswith("/A")] == [
        {"wgn-owner", "wgn-resource"}
    ]


def test_every_name_has_a_record_in_its_zone() -> None:
    memory = Memory(world(zone(SHARED_ZONE), connections=(HOST, OTHER_HOST)))

    result = memory.settle(wanted(dns={"zones": [{"id": SHARED_ZONE}]}))

    assert told(result).zone_names == ("azure-api.net",)
    assert records(result) == [
        (HOST, "azure-api.net", (ADDRESS,), "Published"),
        (OTHER_HOST, "azure-api.net", (ADDRESS,), "Published"),
    ]


def test_an_address_that_changed_is_followed() -> None:
    memory = Memory(world())
    memory.settle(wanted())
    memory.world.gateways[:] = [injection_gateway(addresses=["10.1.0.6"])]

    assert dns_steps(memory.plan(wanted())) == ["Update @"]
    assert records(memory.settle(wanted())) == [(HOST, HOST, ("10.1.0.6",), "Published")]


def test_an_address_that_vanished_changes_nothing_and_is_waited_for() -> None:
    memory = Memory(world())
    memory.settle(wanted())
    memory.world.gateways[:] = [injection_gateway(addresses=[])]

    result = memory.plan(wanted())

    assert result.steps == ()
    assert told(result).waiting is not None
    assert told(result).addresses == ()


def test_names_kept_elsewhere_are_told_and_not_written() -> None:
    result = planned(world(), wanted(dns={"management": "Manual"}))

    assert dns_steps(result) == []
    assert told(result).managed_externally
    assert records(result) == [(HOST, None, (ADDRESS,), "ManagedExternally")]


def test_a_name_that_is_forbidden_holds_up_all_names_and_none_of_the_network() -> None:
    memory = Memory(world(gateways=[injection_gateway(addresses=["10.9.0.5"])]))

    result = memory.plan(wanted())

    assert dns_steps(result) == []
    assert result.steps
    assert [finding.reason for finding in result.findings] == ["ScopeNotAllowed"]
    assert not result.blocked


def test_with_a_conflict_in_one_zone_the_other_is_published_and_nothing_goes() -> None:
    memory = Memory(world(zone(ZONE), connections=(HOST, OTHER_HOST)))

    result = memory.settle(wanted())

    assert sorted(each.name for each in memory.world.zone_ids()) == sorted([HOST, OTHER_HOST])
    assert [finding.reason for finding in result.findings] == ["RecordConflict"]
    states = {host: state for host, _, _, state in records(result)}
    assert states == {HOST: "Conflict", OTHER_HOST: "Published"}


def test_a_conflict_is_told_of_the_record_that_has_it_and_of_no_other() -> None:
    regional = zone_id("uksouth-01.azure-api.net")
    names = (HOST, OTHER_HOST)
    theirs = record(regional, "10.1.9.9", name=f"{HOST.partition('.')[0]}.gateway")
    azure = world(zone(regional), theirs, connections=names)

    states = {host: state for host, _, _, state in records(planned(azure, wanted(dns={"zones": [{"id": regional}]})))}

    assert states == {HOST: "Conflict", OTHER_HOST: "Missing"}


def test_a_zone_that_cannot_be_read_is_no_conflict() -> None:
    azure = world(zone(SHARED_ZONE))
    asks = wanted(dns={"zones": [{"id": SHARED_ZONE}]})
    (zone_id,) = azure.zone_ids()
    hidden = {zone_id: replace(azure.zone(zone_id), records=Unreadable(trouble()))}

    assert [state for *_, state in records(planned(azure, asks, zones=hidden))] == ["Missing"]


def test_connections_that_cannot_be_read_hold_up_names_and_say_why() -> None:
    result = planned(world(), wanted(), hostnames=Unreadable(trouble()))

    assert dns_steps(result) == []
    assert [(finding.condition, finding.reason) for finding in result.findings] == [("AzureAccess", "AzureUnavailable")]


def test_integration_has_no_names() -> None:
    assert planned(world(gateways=[]), wanted(mode="Integration")).names is None


# The gateway in question.


@pytest.mark.parametrize("spec", [{}, {"hostnames": [HOST]}, {"id": GATEWAY_ID}, {"id": GATEWAY_ID, "hostnames": [HOST]}])
@pytest.mark.parametrize("remembers", [True, False])
def test_a_gateway_that_does_not_say_where_it_is_for_one_look_keeps_its_names(spec: Any, remembers: bool) -> None:
    memory = Memory(world(gateways=[injection_gateway(hostname=HOST)]))
    wishes = wanted(gateway=spec or None)
    memory.settle(wishes)
    memory.world.gateways[:] = [injection_gateway(hostname=HOST, subnet_id=None)]
    if not remembers:
        memory.gateways = frozenset()

    result = memory.plan(wishes)

    assert (result.steps, result.findings, result.blocked) == ((), (), False)
    assert [gateway.name for gateway in result.gateways] == ["gw"]
    assert records(result) == [(HOST, HOST, (ADDRESS,), "Published")]


def test_names_of_another_gateway_are_not_published_for_the_one_that_the_spec_names() -> None:
    azure = world(gateways=[injection_gateway(hostname=HOST)])

    result = planned(azure, wanted(gateway={"id": f"{GATEWAY_ID}-2"}))

    assert dns_steps(result) == []
    assert told(result).waiting is not None
    assert told(result).hostnames == ()


def test_of_two_known_gateways_that_do_not_say_where_they_are_none_is_published_for() -> None:
    unplaced = [injection_gateway(name=name, hostname=HOST, subnet_id=None) for name in ("gw", "another")]
    known = [unplaced[0]["id"], unplaced[1]["id"]]

    result = planned(world(gateways=unplaced), wanted(known=known))

    assert dns_steps(result) == []
    assert [finding.reason for finding in result.findings] == []


def test_a_name_that_only_another_gateways_connection_tells_is_not_taken() -> None:
    other = documents.gateway("other", kind="Internal", subnet_id=f"{documents.SUBNET_ID}-2")
    azure = world(gateways=[other], connections=())
    wishes = wanted(gateway={"hostnames": [OTHER_HOST], "privateIPAddresses": [ADDRESS]})
    seen = replace(azure.looked(wishes.query).gateways, hostnames={ResourceId(other["id"]): (OTHER_HOST.upper(),)})

    result = planned(azure, wishes, gateways=seen)

    assert dns_steps(result) == []
    assert [finding.message for finding in result.findings] == [
        f"Hostname {OTHER_HOST} belongs to gateway other, not to this gateway. Set spec.gateway.hostnames to the gateway's own names."
    ]
