"""Taking back what is ours, in safe order, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.deletion import plan_deletion
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.observed import Gateways, NetworkSecurityGroups, Unreadable
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.planning.step import Step
from worlds import documents
from worlds.azure import World, absent, body_of, forbidden, trouble
from worlds.documents import NETWORK_ID, SUBNET_ID, delegation, gateway, group, group_id, rule
from worlds.resources import INTERNET, LOAD_BALANCER, MARK, OUR_GROUP, OUR_GROUP_ID, OUR_TAGS, desired, neighbours

THEIRS = group_id("theirs")


def deletion(world: World, wanted: Desired | None = None, **parts: Any) -> Plan:
    return plan_deletion(desired=wanted or desired(), observed=world.observed(**parts))


def settled(world: World, wanted: Desired | None = None) -> World:
    for _ in range(3):
        world.apply(*plan(desired=wanted or desired(), observed=world.observed(), neighbours=neighbours()).steps)
    return world


def told(steps: tuple[Step, ...]) -> list[str]:
    return [f"{step.action} {step.target.name}" for step in steps]


def only_message(result: Plan, *, blocked: bool = True) -> str:
    (finding,) = result.findings
    assert result.steps == ()
    assert result.blocked is blocked
    return finding.message


def reasons(result: Plan) -> list[tuple[str, str]]:
    return [(finding.condition.value, finding.reason.value) for finding in result.findings]


def test_the_subnet_is_left_in_one_put_and_then_our_group_goes() -> None:
    world = settled(World())

    result = deletion(world)

    assert told(result.steps) == ["Update team-a", f"Delete {OUR_GROUP}"]
    put, delete = result.steps
    assert [(change.path, change.before, change.after) for change in put.changes] == [
        ("properties.delegations", [{"name": f"wgn-{MARK}", "serviceName": "Microsoft.Web/serverFarms"}], []),
        ("properties.networkSecurityGroup.id", OUR_GROUP_ID, None),
    ]
    assert put.reads.subnet
    assert put.reads.gateways
    assert put.locks == {ResourceId(NETWORK_ID), ResourceId(OUR_GROUP_ID)}
    assert delete.reads.gateways
    assert delete.etag == 'W/"group-1"'
    assert [(change.path, change.before, change.after) for change in delete.changes] == [
        ("", {"securityRules": [LOAD_BALANCER, INTERNET]}, None)
    ]


def test_in_the_end_nothing_of_ours_is_left() -> None:
    world = World(subnet=documents.subnet(routeTable={"id": "/rt"}))
    before = world.snapshot()
    settled(world)

    world.apply(*deletion(world).steps)

    assert world.snapshot() == before
    assert deletion(world) == Plan(subnet=deletion(world).subnet)


def test_a_group_of_somebody_else_stays_attached_and_loses_only_our_rules() -> None:
    foreign = rule("foreign", 500)
    world = settled(World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}), groups=[group("theirs", foreign)]))

    result = deletion(world)

    assert told(result.steps) == ["Update team-a", f"Delete {INTERNET}", f"Delete {LOAD_BALANCER}"]
    assert [change.path for change in result.steps[0].changes] == ["properties.delegations"]
    world.apply(*result.steps)
    assert world.subnet["properties"]["networkSecurityGroup"] == {"id": THEIRS}
    assert world.group(THEIRS)["properties"]["securityRules"] == [foreign]


def test_rules_go_from_every_group_that_has_them() -> None:
    world = settled(World(groups=[group("first"), group("second")]), desired(networkSecurityGroup={"id": group_id("first")}))
    moved = desired(networkSecurityGroup={"id": group_id("second"), "attach": "Replace"})
    world.apply(*plan(desired=moved, observed=world.observed(), neighbours=neighbours()).steps)

    targets = [str(step.target.parent) for step in deletion(world, moved).steps if step.action == "Delete"]

    assert targets == [group_id("first")] * 2 + [group_id("second")] * 2


def test_a_delegation_of_somebody_else_stays() -> None:
    world = settled(World(subnet=documents.subnet(delegations=[delegation("0")])))

    (put, _) = deletion(world).steps

    assert [change.path for change in put.changes] == ["properties.networkSecurityGroup.id"]
    assert body_of(put)["properties"]["delegations"] == [delegation("0")]


def test_of_several_delegations_only_ours_goes() -> None:
    world = World(subnet=documents.subnet(delegations=[delegation("0", "Other/thing"), delegation(f"WGN-{MARK}")]))

    (put,) = deletion(world).steps

    assert body_of(put)["properties"]["delegations"] == [delegation("0", "Other/thing")]


def test_another_group_in_place_of_ours_stays_attached() -> None:
    world = settled(World(groups=[group("theirs")]))
    world.subnet["properties"]["networkSecurityGroup"] = {"id": THEIRS}
    world.apply()
    world.group(OUR_GROUP_ID)["properties"].pop("subnets", None)

    result = deletion(world)

    assert told(result.steps) == ["Update team-a", f"Delete {OUR_GROUP}"]
    assert [change.path for change in result.steps[0].changes] == ["properties.delegations"]


@pytest.mark.parametrize("use", [{"subnets": [{"id": f"{SUBNET_ID}-2"}]}, {"networkInterfaces": [{"id": f"{SUBNET_ID}-2"}]}])
def test_our_group_waits_until_others_have_left_it(use: dict[str, Any]) -> None:
    world = settled(World())
    world.group(OUR_GROUP_ID)["properties"] |= use
    world.apply()

    first = deletion(world)
    assert told(first.steps) == ["Update team-a"]
    world.apply(*first.steps)
    result = deletion(world)

    assert only_message(result, blocked=False) == (
        f"Network security group {OUR_GROUP} is still used by {SUBNET_ID}-2, so it is not removed. Attach another group there, or set the"
        " annotation workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
    )
    assert reasons(result) == [("SecurityRulesApplied", "ResourceInUse")]


def test_our_group_goes_when_others_have_left_it() -> None:
    world = World(groups=[group(OUR_GROUP, tags=OUR_TAGS)])

    assert told(deletion(world).steps) == [f"Delete {OUR_GROUP}"]


@pytest.mark.parametrize("kind", ["External", "Internal", "None", ""])
@pytest.mark.parametrize("state", ["Succeeded", "Failed", "Deleting", ""])
def test_a_gateway_in_any_state_forbids_everything(kind: str, state: str) -> None:
    world = settled(World())
    world.gateways.append(gateway(kind=kind, state=state, subnet_id=SUBNET_ID.upper()))

    result = deletion(world)

    assert only_message(result) == (
        "Gateway gw still uses subnet team-a, so nothing is removed. Delete the gateway, or set the annotation"
        " workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
    )
    assert reasons(result) == [("GatewayAttached", "GatewayStillAttached")]


def test_every_gateway_is_named() -> None:
    world = settled(World(gateways=[gateway("two"), gateway("one")]))

    assert [finding.message.split(" still")[0] for finding in deletion(world).findings] == ["Gateway one", "Gateway two"]


def test_a_link_without_a_gateway_in_the_list_is_no_proof_that_nobody_is_there() -> None:
    """Also where a delegation of somebody else would let Azure take our group away from under whoever it is."""
    world = settled(World(subnet=documents.subnet(delegations=[delegation("0")])))
    world.subnet["properties"]["serviceAssociationLinks"] = [documents.service_association_link("left-over")]

    result = deletion(world)

    assert only_message(result) == (
        "Subnet team-a has the service association link left-over, so something may still use it and nothing is removed. Wait until the"
        " link is gone (it can outlive its gateway by hours), or set the annotation workspacegateway.dev/deletion-policy-override: Retain to"
        " leave Azure as it is."
    )
    assert reasons(result) == [("SubnetDelegated", "ResourceInUse")]


def test_a_link_does_not_hinder_where_nothing_of_ours_is_left() -> None:
    world = World(subnet=documents.subnet(serviceAssociationLinks=[documents.service_association_link()]))

    assert deletion(world).findings == ()


def test_a_subnet_that_is_gone_means_that_only_our_group_is_left() -> None:
    world = settled(World())
    world.group(OUR_GROUP_ID)["properties"].pop("subnets")

    result = deletion(world, subnet=absent())

    assert told(result.steps) == [f"Delete {OUR_GROUP}"]


def test_with_everything_gone_the_deletion_is_complete() -> None:
    result = deletion(World(), subnet=absent(), virtual_network=absent(), api_management=absent())

    assert result == Plan()


def test_neither_the_service_nor_the_network_has_to_be_readable() -> None:
    world = settled(World())

    assert deletion(world, api_management=Unreadable(trouble()), virtual_network=Unreadable(trouble())).steps != ()


# What cannot be read is not gone.


def test_a_subnet_that_cannot_be_read_may_be_ours() -> None:
    result = deletion(settled(World()), subnet=Unreadable(trouble()))

    assert only_message(result) == "Azure could not be reached."
    assert reasons(result) == [("AzureAccess", "AzureUnavailable")]


def test_a_group_that_cannot_be_read_may_be_ours() -> None:
    world = settled(World())

    result = deletion(world, network_security_groups=world.without(OUR_GROUP_ID))

    assert only_message(result) == "Azure could not be reached."
    assert reasons(result) == [("AzureAccess", "AzureUnavailable")]


def test_groups_that_nobody_asked_for_need_not_be_readable() -> None:
    world = settled(World(groups=[group("theirs")]))

    assert told(deletion(world, network_security_groups=world.without(THEIRS)).steps) == ["Update team-a", f"Delete {OUR_GROUP}"]


def test_a_group_that_is_known_to_be_gone_is_gone_whatever_else_cannot_be_read() -> None:
    gone = NetworkSecurityGroups(found=(), unreadable=trouble(), absent=frozenset({ResourceId(OUR_GROUP_ID)}))

    assert deletion(World(), network_security_groups=gone) == Plan(subnet=deletion(World()).subnet)


def test_a_list_of_gateways_that_broke_proves_nothing() -> None:
    result = deletion(settled(World()), gateways=Gateways(found=(), incomplete=trouble()))

    assert only_message(result) == "Azure could not be reached."


def test_without_permission_to_list_gateways_the_missing_link_is_the_proof() -> None:
    result = deletion(settled(World()), gateways=Gateways(found=(), incomplete=forbidden()))

    assert told(result.steps) == ["Update team-a", f"Delete {OUR_GROUP}"]


def test_without_permission_to_list_gateways_a_link_is_the_proof_of_the_contrary() -> None:
    world = settled(World())
    world.subnet["properties"]["serviceAssociationLinks"] = [documents.service_association_link()]

    result = deletion(world, gateways=Gateways(found=(), incomplete=forbidden()))

    assert ("AzureAccess", "AuthorizationFailed") in reasons(result)
    assert result.blocked
    assert result.steps == ()


def test_without_permission_to_list_gateways_an_absent_subnet_has_none() -> None:
    world = settled(World())
    world.group(OUR_GROUP_ID)["properties"].pop("subnets")

    result = deletion(world, subnet=absent(), gateways=Gateways(found=(), incomplete=forbidden()))

    assert told(result.steps) == [f"Delete {OUR_GROUP}"]


def test_a_subnet_that_a_write_has_left_failed_is_written_once_more_before_the_last_of_ours_goes() -> None:
    world = settled(World())
    leave, *_ = deletion(world).steps
    world.apply(leave)
    world.subnet["properties"]["provisioningState"] = "Failed"

    assert told(deletion(world).steps) == ["Update team-a", f"Delete {OUR_GROUP}"]
    world.apply(*deletion(world).steps)
    world.subnet["properties"]["provisioningState"] = "Failed"
    assert deletion(world).steps == (), "with nothing of ours there it is somebody else's"
