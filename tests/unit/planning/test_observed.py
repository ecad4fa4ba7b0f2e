"""A look, and what becomes of it when a part is read again."""

from __future__ import annotations

from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import NetworkSecurityGroups
from worlds.azure import World, trouble
from worlds.documents import SUBNET_ID, gateway, group, group_id, rule

ONE, TWO = ResourceId(group_id("one")), ResourceId(group_id("two"))


def read(name: str, *rules: str) -> NetworkSecurityGroup:
    return NetworkSecurityGroup.from_arm(group(name, *(rule(each, 100 + n) for n, each in enumerate(rules))))


def test_a_group_read_again_takes_the_place_of_the_one_before() -> None:
    groups = NetworkSecurityGroups(found=(read("one"), read("two"))).with_group(ONE, read("one", "new"))

    known = groups.get(ResourceId(group_id("ONE")))
    assert known is not None
    assert [each.name for each in known.rules] == ["new"]
    assert len(groups.found) == 2


def test_a_group_that_is_gone_is_known_to_be_gone() -> None:
    groups = NetworkSecurityGroups(found=(read("one"),), unreadable=trouble()).with_group(ONE, None)

    assert groups.get(ONE) is None
    assert groups.problem_with(ONE) is None
    assert groups.problem_with(TWO) == trouble()


def test_a_group_that_came_back_is_no_longer_gone() -> None:
    groups = NetworkSecurityGroups(found=(), unreadable=trouble(), absent=frozenset({ONE})).with_group(ONE, read("one"))

    assert groups.absent == frozenset()
    assert groups.get(ONE) is not None


def test_where_all_was_read_what_was_not_found_does_not_exist() -> None:
    assert NetworkSecurityGroups(found=()).problem_with(ONE) is None


def test_the_gateways_of_a_subnet_are_in_the_order_of_their_ids() -> None:
    everywhere = [gateway("b"), gateway("elsewhere", subnet_id=f"{SUBNET_ID}-2"), gateway("A", subnet_id=SUBNET_ID.upper())]

    found = World(gateways=everywhere).observed().gateways

    assert [each.name for each in found.in_subnet(ResourceId(SUBNET_ID))] == ["A", "b"]
