"""When one look proves that no gateway is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.absence import is_gateway_gone
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Gateways, Unreadable
from worlds import documents
from worlds.azure import absent, forbidden, trouble
from worlds.documents import Document
from worlds.injection import GATEWAY_ID, Memory, dns_steps, injection_gateway, planned, wanted, world
from worlds.resources import MARK

KNOWN = [GATEWAY_ID]
LINKED = documents.subnet(serviceAssociationLinks=[documents.service_association_link()])


def is_gone(*gateways: Document, subnet: Document | None = None, known: list[str] = KNOWN, incomplete: Finding | None = None) -> bool:
    azure = world(gateways=gateways, subnet=subnet)
    listed = replace(azure.observed().gateways, incomplete=incomplete)
    return is_gateway_gone(desired=wanted(known=known), observed=azure.observed(gateways=listed))


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
    unread = Gateways(found=(), incomplete=forbidden(), unread=frozenset({ResourceId(GATEWAY_ID)}))

    assert not is_gateway_gone(desired=wanted(known=[GATEWAY_ID]), observed=world(gateways=[]).observed(gateways=unread))


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
    assert [finding.message for finding in result.findings] == [
        (
            "The gateway that was in subnet team-a still exists, but Azure does not say in which subnet, so the delegation is not changed. Wait"
            " until Azure says it again, or delete the gateway."
        )
    ]


def test_another_mode_waits_for_a_known_gateway_that_may_not_be_read() -> None:
    memory = settled()
    unread = Gateways(found=(), incomplete=forbidden(), unread=frozenset({ResourceId(GATEWAY_ID)}))

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
