"""When one look proves that no gateway is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workspace_gateway_network.planning.absence import is_gateway_gone
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Gateways, Unreadable
from worlds import documents
from worlds.azure import absent, forbidden, trouble
from worlds.documents import Document, record, zone
from worlds.injection import GATEWAY_ID, OUR_METADATA, ZONE, Memory, dns_steps, injection_gateway, planned, wanted, world
from worlds.names import ADDRESS
from worlds.resources import MARK, OUR_TAGS

KNOWN = [GATEWAY_ID]
LINKED = documents.subnet(serviceAssociationLinks=[documents.service_association_link()])


def is_gone(*gateways: Document, subnet: Document | None = None, known: list[str] = KNOWN, incomplete: Finding | None = None) -> bool:
    azure = world(gateways=gateways, subnet=subnet)
    look = azure.looked(wanted(known=known).query)
    return is_gateway_gone(desired=wanted(known=known), observed=replace(look, gateways=replace(look.gateways, incomplete=incomplete)))


def test_a_known_gateway_that_is_missing_from_a_complete_list_is_gone_though_its_link_lingers() -> None:
    assert is_gone(subnet=LINKED)


def test_a_gateway_in_the_subnet_is_there() -> None:
    assert not is_gone(injection_gateway())
    assert not is_gone(injection_gateway(name="another"))


def test_a_known_gateway_is_there_wherever_it_is() -> None:
    assert not is_gone(injection_gateway(subnet_id=None))
    assert not is_gone(injection_gateway(subnet_id=f"{documents.SUBNET_ID}-2"))


def test_a_list_that_is_broken_proves_nothing() -> None:
    assert not is_gone(incomplete=trouble())


def test_a_list_that_is_not_permitted_is_made_up_for_by_a_subnet_without_a_link() -> None:
    assert is_gone(incomplete=forbidden())
    assert not is_gone(subnet=LINKED, incomplete=forbidden())


def test_where_no_gateway_is_known_the_subnet_must_have_no_link() -> None:
    assert is_gone(known=[])
    assert not is_gone(subnet=LINKED, known=[])


def test_a_subnet_that_cannot_be_read_proves_nothing_and_one_that_does_not_exist_all() -> None:
    azure = world(gateways=[])
    assert not is_gateway_gone(desired=wanted(), observed=azure.observed(subnet=Unreadable(trouble())))
    assert is_gateway_gone(desired=wanted(), observed=azure.observed(subnet=absent()))


def test_a_known_gateway_that_may_not_be_read_is_not_gone() -> None:
    unread = Gateways(found=(), incomplete=forbidden())

    assert not is_gateway_gone(desired=wanted(known=[GATEWAY_ID]), observed=world(gateways=[]).observed(gateways=unread))


def test_a_gateway_that_was_not_asked_for_is_not_gone() -> None:
    azure = world(gateways=[])

    assert not is_gateway_gone(desired=wanted(known=KNOWN), observed=azure.observed())


# What only records of ours tell.


OURS = [zone(ZONE, tags=OUR_TAGS), record(ZONE, ADDRESS, metadata=OUR_METADATA)]


def look_without_status(*gateways: Document, **parts: Any) -> bool:
    azure = world(*OURS, gateways=gateways, subnet=LINKED)
    return is_gateway_gone(desired=wanted(), observed=azure.looked(wanted().query, **parts))


def test_a_gateway_that_a_record_of_ours_was_made_for_is_known() -> None:
    assert look_without_status()
    assert not look_without_status(injection_gateway(subnet_id=None))
    assert not look_without_status(injection_gateway(subnet_id=f"{documents.SUBNET_ID}-2"))
    assert not look_without_status(gateways=Gateways(found=()))


def test_records_that_cannot_be_read_may_tell_of_a_gateway() -> None:
    azure = world(*OURS, gateways=[])
    look = azure.looked(wanted().query)
    unread = {each: replace(contents, records=Unreadable(trouble())) for each, contents in look.zones.items()}

    assert is_gateway_gone(desired=wanted(), observed=look)
    assert not is_gateway_gone(desired=wanted(), observed=replace(look, zones=unread))


def test_zones_that_a_broken_list_may_hide_may_tell_of_a_gateway() -> None:
    assert not look_without_status(unlisted_zones=trouble())


# Another mode.


def settled() -> Memory:
    memory = Memory(world())
    memory.settle(wanted())
    assert memory.world.subnet["properties"]["delegations"][0]["name"] == f"wgn-{MARK}"
    return memory


def test_another_mode_needs_one_look_without_a_gateway() -> None:
    memory = settled()
    memory.world.gateways.clear()

    assert memory.settle(wanted(mode="Integration")).findings == ()
    assert memory.world.names() == {}
    assert memory.world.subnet["properties"]["delegations"][0]["properties"]["serviceName"] == "Microsoft.Web/serverFarms"


def test_another_mode_waits_for_a_gateway_that_does_not_say_where_it_is() -> None:
    memory = settled()
    memory.world.gateways[:] = [injection_gateway(subnet_id=None)]

    result = memory.plan(wanted(mode="Integration"))

    assert result.steps == ()
    assert [finding.reason for finding in result.findings] == ["GatewayReplacementRequired"]


def test_another_mode_waits_for_a_gateway_that_moved() -> None:
    memory = settled()
    memory.world.gateways[:] = [injection_gateway(subnet_id=f"{documents.SUBNET_ID}-2")]

    result = memory.plan(wanted(mode="Integration"))

    assert result.steps == ()
    assert [finding.message for finding in result.findings] == [
        (
            "Gateway gw is, or was, in subnet team-a and still exists, so nothing that it may need is taken away. Delete the gateway, or use"
            " another subnet."
        )
    ]


def test_another_mode_waits_for_a_known_gateway_that_may_not_be_read() -> None:
    memory = settled()
    unread = Gateways(found=(), incomplete=forbidden())

    result = memory.plan(wanted(mode="Integration"), gateways=unread)

    assert result.steps == ()
    assert [(finding.condition, finding.reason) for finding in result.findings] == [("AzureAccess", "AuthorizationFailed")]


@pytest.mark.parametrize("known", [[], [GATEWAY_ID]])
def test_names_stay_while_a_link_may_mean_a_gateway(known: list[str]) -> None:
    memory = settled()
    memory.world.gateways.clear()
    memory.world.subnet["properties"]["serviceAssociationLinks"] = [documents.service_association_link()]

    result = planned(memory.world, wanted(mode="Integration", known=known))

    assert dns_steps(result) == []
    assert [finding.reason for finding in result.findings] == ["ResourceInUse"]
