"""The plan for a resource that lives: from every world to the wanted one, or the sentence that says why not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.desired import Desired, new_group_name
from workspace_gateway_network.planning.marks import merged
from workspace_gateway_network.planning.neighbours import Neighbour, Neighbours
from workspace_gateway_network.planning.observed import Gateways, NetworkSecurityGroups, Unreadable
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.planning.step import Action, Change, Step
from worlds import documents
from worlds.azure import World, absent, body_of, forbidden, trouble
from worlds.documents import NETWORK_GROUP, NETWORK_ID, SUBNET_ID, closing_deny, delegation, gateway, group, group_id, rule
from worlds.resources import (
    INTERNET,
    LOAD_BALANCER,
    MARK,
    OUR_GROUP,
    OUR_GROUP_ID,
    OUR_TAGS,
    OWNER,
    PREFIX,
    additional,
    desired,
    neighbour,
    neighbours,
)

THEIRS = group_id("theirs")
WITH_THEIRS: dict[str, Any] = {"networkSecurityGroup": {"id": THEIRS}}
RIGHT = [delegation("0", "microsoft.web/SERVERFARMS")]


def planned(world: World, wanted: Desired | None = None, *, among: Neighbours | None = None, **parts: Any) -> Plan:
    return plan(desired=wanted or desired(), observed=world.observed(**parts), neighbours=among or neighbours())


def told(steps: tuple[Step, ...]) -> list[str]:
    return [f"{step.action} {step.target.name}" for step in steps]


def reasons(result: Plan) -> list[tuple[str, str]]:
    return [(finding.condition.value, finding.reason.value) for finding in result.findings]


def only_message(result: Plan) -> str:
    (finding,) = result.findings
    assert result.blocked
    assert result.steps == ()
    return finding.message


def settled(world: World, wanted: Desired | None = None) -> World:
    for _ in range(4):
        result = planned(world, wanted)
        assert result.findings == ()
        world.apply(*result.steps)
    assert planned(world, wanted).steps == ()
    return world


# From nothing.


def test_a_fresh_subnet_gets_a_complete_group_and_then_one_put() -> None:
    world = World()
    result = planned(world)

    assert told(result.steps) == [f"Create {OUR_GROUP}", "Update team-a"]
    create, put = result.steps
    assert str(create.target) == OUR_GROUP_ID
    assert body_of(create)["location"] == "uksouth"
    assert body_of(create)["tags"] == OUR_TAGS
    assert [(change.path, change.before, change.after) for change in create.changes] == [
        ("", None, {"securityRules": [LOAD_BALANCER, INTERNET]})
    ]
    assert create.locks == {ResourceId(OUR_GROUP_ID)}
    assert create.reads.subnet
    assert [(change.path, change.before, change.after) for change in put.changes] == [
        ("properties.delegations", [], [{"name": f"wgn-{MARK}", "serviceName": "Microsoft.Web/serverFarms"}]),
        ("properties.networkSecurityGroup.id", None, OUR_GROUP_ID),
    ]
    assert put.etag == 'W/"subnet-1"'
    assert put.locks == {ResourceId(NETWORK_ID), ResourceId(OUR_GROUP_ID)}
    assert put.reads.subnet
    assert not put.reads.gateways
    assert result.network_security_group_id == ResourceId(OUR_GROUP_ID)
    assert result.owned == ()


def test_the_put_keeps_every_other_field_of_the_subnet() -> None:
    mine = {
        "routeTable": {"id": "/rt"},
        "natGateway": {"id": "/nat"},
        "serviceEndpoints": [{"service": "Microsoft.Storage"}],
        "novelty": {"a": [1]},
    }
    world = World(subnet=documents.subnet(**mine))

    put = planned(world).steps[1]

    assert put.body == {
        **world.subnet,
        "properties": {
            **world.subnet["properties"],
            "delegations": [{"name": f"wgn-{MARK}", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}],
            "networkSecurityGroup": {"id": OUR_GROUP_ID},
        },
    }


def test_once_applied_there_is_nothing_more_to_do() -> None:
    world = settled(World())

    result = planned(world)

    assert [str(owned) for owned in result.owned] == [f"{SUBNET_ID}/delegations/wgn-{MARK}", OUR_GROUP_ID]
    assert [report.state.value for report in result.rules] == ["NotEnforced", "NotEnforced"]


def test_a_group_is_made_in_the_resource_group_of_the_spec() -> None:
    elsewhere = NETWORK_GROUP.replace("network", "elsewhere")

    result = planned(World(), desired(resourceGroupId=elsewhere))

    assert str(result.steps[0].target) == group_id(OUR_GROUP, resource_group=elsewhere)


def test_tags_of_the_spec_go_on_what_is_created() -> None:
    (create, _) = planned(World(), desired(tags={"costCentre": "4711"})).steps

    assert body_of(create)["tags"] == {"costCentre": "4711", **OUR_TAGS}


def test_the_name_of_a_group_is_cut_where_azure_would_refuse_it() -> None:
    long = neighbour("n" * 63).owner

    assert new_group_name(OWNER) == f"wgn-team-a-{MARK}"
    assert new_group_name(long) == f"wgn-{'n' * 59}-{long.mark}"
    assert len(new_group_name(long)) == 80


# With a group that is somebody else's.


def test_an_attached_group_is_used_rule_by_rule() -> None:
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}), groups=[group("theirs", rule("deny", 200), closing_deny())])

    result = planned(world)

    assert told(result.steps) == [f"Create {LOAD_BALANCER}", f"Create {INTERNET}", "Update team-a"]
    assert [change.path for change in result.steps[2].changes] == ["properties.delegations"]
    settled(world)
    assert [str(owned) for owned in planned(world).owned] == [
        f"{SUBNET_ID}/delegations/wgn-{MARK}",
        f"{THEIRS}/securityRules/{INTERNET}",
        f"{THEIRS}/securityRules/{LOAD_BALANCER}",
    ]


def test_the_group_in_the_spec_is_filled_and_then_attached() -> None:
    world = World(subnet=documents.subnet(delegations=RIGHT), groups=[group("theirs")])

    result = planned(world, desired(**WITH_THEIRS))

    assert told(result.steps) == [f"Create {LOAD_BALANCER}", f"Create {INTERNET}", "Update team-a"]
    assert [(change.path, change.before, change.after) for change in result.steps[2].changes] == [
        ("properties.networkSecurityGroup.id", None, THEIRS)
    ]


def test_the_group_in_the_spec_must_exist() -> None:
    assert only_message(planned(World(), desired(**WITH_THEIRS))) == (
        "Network security group theirs does not exist in resource group network. Create it, correct spec.networkSecurityGroup.id, or leave"
        " the field out to have a group made."
    )


def test_another_attached_group_is_not_swapped_unasked() -> None:
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("attached")}), groups=[group("theirs"), group("attached")])
    result = planned(world, desired(**WITH_THEIRS))

    assert only_message(result) == (
        "Subnet team-a has network security group attached attached, but theirs is wanted. Set spec.networkSecurityGroup.attach to Replace"
        " to have it swapped, or spec.networkSecurityGroup.id to the attached one."
    )
    assert reasons(result) == [("SecurityRulesApplied", "NetworkSecurityGroupConflict")]


def test_replace_swaps_the_group_in_one_put() -> None:
    world = World(
        subnet=documents.subnet(networkSecurityGroup={"id": group_id("attached")}, delegations=RIGHT),
        groups=[group("theirs"), group("attached", rule("x", 100))],
    )
    wanted = desired(networkSecurityGroup={"id": THEIRS, "attach": "Replace"})

    result = planned(world, wanted)

    put = result.steps[-1]
    assert [(change.path, change.before, change.after) for change in put.changes] == [
        ("properties.networkSecurityGroup.id", group_id("attached"), THEIRS)
    ]
    assert put.locks == {ResourceId(NETWORK_ID), ResourceId(THEIRS), ResourceId(group_id("attached"))}
    settled(world, wanted)
    assert world.group(group_id("attached"))["properties"]["securityRules"] == [rule("x", 100)]


def test_replace_alone_uses_the_attached_group() -> None:
    """Without an id in the spec the attached group is the wanted one, and there is nothing to replace."""
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}, delegations=RIGHT), groups=[group("theirs")])

    assert planned(world, desired(networkSecurityGroup={"attach": "Replace"})).network_security_group_id == ResourceId(THEIRS)


def test_a_group_of_ours_is_swapped_without_asking() -> None:
    world = settled(World())
    world.groups[ResourceId(THEIRS)] = group("theirs")

    settled(world, desired(**WITH_THEIRS))

    assert world.subnet["properties"]["networkSecurityGroup"] == {"id": THEIRS}
    assert ResourceId(OUR_GROUP_ID) in world.groups


def test_rules_are_taken_out_of_a_group_only_once_the_subnet_has_the_other() -> None:
    world = settled(World(groups=[group("first"), group("second")]), desired(networkSecurityGroup={"id": group_id("first")}))
    wanted = desired(networkSecurityGroup={"id": group_id("second"), "attach": "Replace"})

    first_pass = planned(world, wanted)
    world.apply(*first_pass.steps)
    second_pass = planned(world, wanted)

    assert told(first_pass.steps) == [f"Create {LOAD_BALANCER}", f"Create {INTERNET}", "Update team-a"]
    assert [f"{step.action} {step.target}" for step in second_pass.steps] == [
        f"Delete {group_id('first')}/securityRules/{INTERNET}",
        f"Delete {group_id('first')}/securityRules/{LOAD_BALANCER}",
    ]
    settled(world, wanted)
    assert world.rules(group_id("first")) == {}


def test_a_group_in_another_region_cannot_be_attached() -> None:
    assert only_message(planned(World(groups=[group("theirs", location="ukwest")]), desired(**WITH_THEIRS))) == (
        "Network security group theirs is in ukwest, but virtual network hub is in uksouth. Use a group in the network's region."
    )


# With our own group.


def test_our_group_is_found_by_its_marks_under_any_name() -> None:
    world = World(groups=[group("renamed", tags=OUR_TAGS)])

    result = planned(world)

    assert told(result.steps) == [f"Create {LOAD_BALANCER}", f"Create {INTERNET}", "Update team-a"]
    assert result.network_security_group_id == ResourceId(group_id("renamed"))


def test_of_two_groups_of_ours_the_attached_one_serves() -> None:
    both = [group("a", tags=OUR_TAGS), group("b", tags=OUR_TAGS)]

    assert planned(World(groups=both)).network_security_group_id == ResourceId(group_id("a"))
    attached = World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("b").upper()}), groups=both)
    assert planned(attached).network_security_group_id == ResourceId(group_id("b"))


def test_a_namesake_without_our_marks_is_left_alone() -> None:
    result = planned(World(groups=[group(OUR_GROUP)]))

    assert only_message(result) == (
        f"Network security group {OUR_GROUP} already exists in resource group network without this resource's marks, so it is left alone."
        " Rename or delete it, or name the group to use in spec.networkSecurityGroup.id."
    )
    assert reasons(result) == [("SecurityRulesApplied", "OwnershipConflict")]


def test_our_group_is_attached_again_when_somebody_detached_it() -> None:
    world = settled(World())
    del world.subnet["properties"]["networkSecurityGroup"]

    assert told(planned(world).steps) == ["Update team-a"]


def test_our_group_does_not_push_out_one_that_somebody_attached_instead() -> None:
    world = settled(World(groups=[group("theirs")]))
    world.subnet["properties"]["networkSecurityGroup"] = {"id": THEIRS}

    assert reasons(planned(world)) == [("SecurityRulesApplied", "NetworkSecurityGroupConflict")]


def test_tags_of_ours_are_put_back_and_those_of_others_stay() -> None:
    world = settled(World(), desired(tags={"CostCentre": "4711"}))
    world.group(OUR_GROUP_ID)["tags"] = {"WGN-Owner": MARK, "costcentre": "0815", "theirs": "x"}

    (step,) = planned(world, desired(tags={"CostCentre": "4711"})).steps

    assert step.action == "Tag"
    assert step.body == {"tags": {"WGN-Owner": MARK, "costcentre": "4711", "theirs": "x", "wgn-resource": "prod-1/apim/team-a"}}
    put_back = {"costcentre": "4711", "wgn-resource": "prod-1/apim/team-a"}
    assert step.changes == (Change(path="tags", before={"costcentre": "0815"}, after=put_back),)
    assert step.owned == {"tags.WGN-Owner", "tags.wgn-resource", "tags.costcentre"}
    assert step.etag == world.group(OUR_GROUP_ID)["etag"]


def test_a_tag_keeps_the_spelling_that_it_has() -> None:
    assert merged({"A": "1", "b": "2"}, {"a": "3", "C": "4"}) == {"A": "3", "b": "2", "C": "4"}


@pytest.mark.parametrize("left", [{}, {"wgn-resource": "prod-1/apim/team-a"}, {"costCentre": "1"}], ids=["none", "one", "others"])
def test_a_mark_that_somebody_removed_is_put_back_where_the_rest_is_right(left: dict[str, str]) -> None:
    world = settled(World())
    world.group(OUR_GROUP_ID)["tags"] = left

    result = planned(world, desired(owned=[OUR_GROUP_ID.upper()]))

    assert told(result.steps) == [f"Tag {OUR_GROUP}"]
    assert ResourceId(OUR_GROUP_ID) in result.owned
    settled(world, desired(owned=[OUR_GROUP_ID]))
    assert world.group(OUR_GROUP_ID)["tags"] == {**left, **OUR_TAGS}


def test_a_lost_mark_is_remembered_until_the_rest_is_right_again() -> None:
    world = settled(World())
    world.group(OUR_GROUP_ID)["tags"] = {}
    world.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Deny"

    result = planned(world, desired(owned=[OUR_GROUP_ID]))

    assert told(result.steps) == [f"Update {INTERNET}"]
    assert ResourceId(OUR_GROUP_ID) in result.owned


@pytest.mark.parametrize(
    ("owned", "tags"),
    [
        ([], {}),
        ([THEIRS], {}),
        ([OUR_GROUP_ID], neighbour("team-b").owner.tags),
        ([OUR_GROUP_ID], {"wgn-owner": neighbour("team-b").owner.mark}),
        ([OUR_GROUP_ID], {"wgn-resource": "prod-1/apim/team-b"}),
    ],
    ids=["not remembered", "another remembered", "another's marks", "another's owner", "another's resource"],
)
def test_a_group_without_our_mark_is_foreign_otherwise(owned: list[str], tags: dict[str, str]) -> None:
    world = settled(World())
    world.group(OUR_GROUP_ID)["tags"] = tags

    result = planned(world, desired(owned=owned))

    assert result.steps == ()
    assert ResourceId(OUR_GROUP_ID) not in result.owned


def test_a_group_without_our_mark_that_the_subnet_no_longer_has_is_foreign() -> None:
    world = settled(World())
    world.group(OUR_GROUP_ID)["tags"] = {}
    del world.subnet["properties"]["networkSecurityGroup"]

    result = planned(world, desired(owned=[OUR_GROUP_ID]))

    assert reasons(result) == [("SecurityRulesApplied", "OwnershipConflict")]
    assert ResourceId(OUR_GROUP_ID) not in result.owned


# The delegation.


def test_a_right_delegation_of_somebody_else_is_used() -> None:
    world = World(subnet=documents.subnet(delegations=RIGHT, networkSecurityGroup={"id": THEIRS}), groups=[group("theirs")])

    settled(world)

    assert world.subnet["properties"]["delegations"] == RIGHT


def test_a_delegation_of_ours_for_the_wrong_service_is_replaced_after_another_look_at_the_gateways() -> None:
    world = settled(World())
    world.subnet["properties"]["delegations"] = [delegation(f"WGN-{MARK}", "Microsoft.Web/hostingEnvironments")]

    (step,) = planned(world).steps

    assert step.reads.gateways
    assert [(change.before, change.after) for change in step.changes] == [
        (
            [{"name": f"WGN-{MARK}", "serviceName": "Microsoft.Web/hostingEnvironments"}],
            [{"name": f"wgn-{MARK}", "serviceName": "Microsoft.Web/serverFarms"}],
        )
    ]


def test_a_delegation_is_not_replaced_while_a_service_still_says_that_it_uses_the_subnet() -> None:
    world = World(
        subnet=documents.subnet(
            delegations=[delegation(f"wgn-{MARK}", "Microsoft.Web/hostingEnvironments")],
            serviceAssociationLinks=[documents.service_association_link("left-over")],
        )
    )

    result = planned(world)

    assert only_message(result) == (
        "Subnet team-a is to be delegated to Microsoft.Web/serverFarms instead of Microsoft.Web/hostingEnvironments, but the service"
        " association link left-over says that it is still used. Wait until the link is gone (it can outlive its gateway by hours), or"
        " use another subnet."
    )
    assert reasons(result) == [("SubnetDelegated", "ResourceInUse")]


@pytest.mark.parametrize(
    ("service", "remark"),
    [
        ("Microsoft.Sql/managedInstances", ""),
        (
            "Microsoft.ApiManagement/service",
            " The portal offers Microsoft.ApiManagement/service, but it is not what workspace gateways use.",
        ),
    ],
)
def test_a_delegation_to_another_service_is_a_conflict(service: str, remark: str) -> None:
    result = planned(World(subnet=documents.subnet(delegations=[delegation("theirs", service)])))

    assert only_message(result) == (
        f"Subnet team-a is delegated to {service} (delegation 'theirs'), but the gateway needs Microsoft.Web/serverFarms.{remark} Remove"
        " that delegation if nothing needs it, or use another subnet."
    )
    assert reasons(result) == [("SubnetDelegated", "DelegationConflict")]


def test_several_delegations_are_a_conflict_even_with_ours_among_them() -> None:
    several = [delegation(f"wgn-{MARK}"), delegation("1", "Microsoft.Sql/managedInstances")]

    result = planned(World(subnet=documents.subnet(delegations=several)))

    assert only_message(result) == (
        "Subnet team-a is delegated to Microsoft.Web/serverFarms and Microsoft.Sql/managedInstances. A workspace gateway needs the subnet to"
        " itself: use another subnet."
    )


DEAD = neighbour("gone").owner


def test_the_mark_of_a_resource_that_is_gone_is_taken_over() -> None:
    world = World(subnet=documents.subnet(delegations=[delegation(DEAD.delegation_name)]))

    step = planned(world).steps[-1]

    assert step.reads.gateways
    assert step.changes[0].after == [{"name": f"wgn-{MARK}", "serviceName": "Microsoft.Web/serverFarms"}]
    settled(world)


def test_the_mark_of_a_resource_that_is_gone_stays_while_somebody_is_in_the_subnet() -> None:
    in_use = documents.subnet(
        delegations=[delegation(DEAD.delegation_name)], serviceAssociationLinks=[documents.service_association_link()]
    )

    result = planned(World(subnet=in_use, gateways=[gateway()]))

    assert "properties.delegations" not in [change.path for step in result.steps for change in step.changes]
    assert not result.blocked


def test_the_mark_of_a_living_neighbour_is_its_own() -> None:
    other = neighbour("team-b", created="2026-09-09T00:00:00Z")
    world = World(subnet=documents.subnet(delegations=[delegation(other.owner.delegation_name)]))

    result = planned(world, among=neighbours(other))

    assert only_message(result) == (
        "The delegation of subnet team-a belongs to WorkspaceGatewayNetwork apim/team-b. A subnet serves one gateway: delete one of the two"
        " resources."
    )
    assert reasons(result) == [("PrerequisitesMet", "OwnershipConflict")]


def test_the_mark_of_another_cluster_is_its_own() -> None:
    result = planned(World(subnet=documents.subnet(delegations=[delegation("wgn-000000dc79bafdf5")])))

    assert only_message(result) == (
        "The delegation 'wgn-000000dc79bafdf5' of subnet team-a carries the mark of an operator in another cluster (WGN_CLUSTER_ID). A subnet"
        " serves one gateway: delete the resource there, or use another subnet."
    )
    assert reasons(result) == [("PrerequisitesMet", "OwnershipConflict")]


def test_a_name_that_only_looks_like_a_mark_is_somebodys_name() -> None:
    world = World(subnet=documents.subnet(delegations=[delegation("wgn-team-a")]))

    settled(world)

    assert [entry["name"] for entry in world.subnet["properties"]["delegations"]] == ["wgn-team-a"]


# Neighbours.

OLDER, YOUNGER = "2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z"


def test_of_two_that_want_a_subnet_the_older_gets_it() -> None:
    result = planned(World(), among=neighbours(neighbour("team-b", created=OLDER)))

    assert only_message(result) == (
        "Subnet team-a belongs to WorkspaceGatewayNetwork apim/team-b. A subnet serves one gateway: delete one of the two resources."
    )


@pytest.mark.parametrize(
    ("other", "wins"),
    [
        (neighbour("team-b", created=YOUNGER), False),
        (neighbour("team-b"), False),
        (neighbour("aaa"), True),
        (neighbour("zzz", namespace="aaa"), True),
        (neighbour("team-b", created=OLDER, subnet_id=SUBNET_ID.upper()), True),
        (neighbour("team-b", created=OLDER, subnet_id=f"{SUBNET_ID}-2"), False),
        (replace(neighbour("team-b", created=OLDER), may_have_subnet=False), False),
    ],
    ids=[
        "younger",
        "same second, later name",
        "same second, earlier name",
        "earlier namespace",
        "other case",
        "other subnet",
        "out of scope",
    ],
)
def test_who_is_older(other: Neighbour, wins: bool) -> None:
    assert planned(World(), among=neighbours(other)).blocked is wins


def test_the_holder_of_the_mark_keeps_the_subnet_against_an_older_one() -> None:
    world = settled(World())

    assert planned(world, among=neighbours(neighbour("team-b", created=OLDER))).findings == ()


# Gateways.


@pytest.mark.parametrize("mode", ["Integration", "Injection"])
def test_a_gateway_that_does_not_say_how_it_sits_in_its_network_forbids_everything_for_now(mode: str) -> None:
    result = planned(World(gateways=[gateway(kind="")]), desired(mode=mode))

    assert only_message(result) == (
        "Azure does not say how gateway gw sits in its network (virtualNetworkType), so nothing is touched until it does."
    )
    assert reasons(result) == [("AzureAccess", "AzureUnavailable")]


def test_the_mark_of_a_resource_that_is_gone_stays_while_a_gateway_is_in_the_subnet_though_its_link_is_not_shown() -> None:
    world = World(subnet=documents.subnet(delegations=[delegation(DEAD.delegation_name)]), gateways=[gateway()])

    result = planned(world)

    assert "properties.delegations" not in [change.path for step in result.steps for change in step.changes]
    assert not result.blocked


def test_a_gateway_of_the_other_mode_forbids_everything() -> None:
    result = planned(World(gateways=[gateway(kind="Internal", state="Failed")]))

    assert only_message(result) == (
        "Gateway gw sits in the subnet with virtualNetworkType Internal, but the spec's mode needs External. A gateway's network cannot be"
        " changed, so nothing is touched: set spec.mode to the gateway's, or delete the gateway and create it anew once this resource has"
        " converged."
    )
    assert reasons(result) == [("PrerequisitesMet", "GatewayReplacementRequired")]
    assert [found.name for found in result.gateways] == ["gw"]


def test_a_gateway_elsewhere_is_none_of_our_business() -> None:
    world = World(
        gateways=[gateway("elsewhere", kind="Internal", subnet_id=f"{SUBNET_ID}-2"), gateway("outside", kind="None", subnet_id=None)]
    )

    assert planned(world).gateways == ()
    assert not planned(world).blocked


def test_a_gateway_of_the_right_mode_does_not_hinder_repairs() -> None:
    world = settled(World(gateways=[gateway()]))
    world.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Deny"

    assert told(planned(world).steps) == [f"Update {INTERNET}"]


def test_a_group_may_be_swapped_under_a_live_gateway() -> None:
    world = settled(World(gateways=[gateway()], groups=[group("theirs")]))

    settled(world, desired(**WITH_THEIRS))


def test_two_gateways_in_one_subnet() -> None:
    assert only_message(planned(World(gateways=[gateway("two"), gateway("one")]))) == (
        "Gateways one and two both name subnet team-a. A subnet serves one gateway: delete one of them."
    )


def test_without_the_list_of_gateways_a_subnet_with_no_link_is_free() -> None:
    assert not planned(World(), gateways=Gateways(found=(), incomplete=forbidden())).blocked


def test_without_the_list_of_gateways_a_link_says_that_there_may_be_one() -> None:
    linked = World(subnet=documents.subnet(serviceAssociationLinks=[documents.service_association_link()]))

    result = planned(linked, gateways=Gateways(found=(), incomplete=forbidden()))

    assert only_message(result) == "The operator's identity may not read it."
    assert reasons(result) == [("AzureAccess", "AuthorizationFailed")]


def test_a_link_is_explained_by_a_gateway_that_is_known() -> None:
    world = World(subnet=documents.subnet(serviceAssociationLinks=[documents.service_association_link()]), gateways=[gateway()])
    known = world.observed().gateways.found

    assert not planned(world, gateways=Gateways(found=known, incomplete=forbidden())).blocked


def test_a_list_of_gateways_that_broke_is_no_list() -> None:
    assert only_message(planned(World(), gateways=Gateways(found=(), incomplete=trouble()))) == "Azure could not be reached."


# What cannot be read.


@pytest.mark.parametrize("part", ["virtual_network", "subnet", "api_management"])
def test_nothing_is_done_without_a_look_at_everything(part: str) -> None:
    hidden: dict[str, Any] = {part: Unreadable(trouble())}

    result = planned(World(), **hidden)

    assert only_message(result) == "Azure could not be reached."
    assert reasons(result) == [("AzureAccess", "AzureUnavailable")]
    assert (result.subnet is None) is (part == "subnet")


def test_what_is_positively_missing_is_a_prerequisite() -> None:
    result = planned(World(), subnet=absent(), api_management=absent(Reason.API_MANAGEMENT_NOT_FOUND, "There is no service."))

    assert reasons(result) == [("PrerequisitesMet", "SubnetNotFound"), ("PrerequisitesMet", "ApiManagementNotFound")]
    assert result.blocked


@pytest.mark.parametrize("wanted", [desired(), desired(**WITH_THEIRS)], ids=["ours", "the spec's"])
def test_a_group_that_cannot_be_read_may_exist(wanted: Desired) -> None:
    result = planned(World(), wanted, network_security_groups=NetworkSecurityGroups(found=(), unreadable=trouble()))

    assert only_message(result) == "Azure could not be reached."
    assert reasons(result) == [("AzureAccess", "AzureUnavailable")]
    assert result.rules == ()


def test_a_group_that_was_asked_for_and_is_absent_can_be_made_whatever_else_cannot_be_read() -> None:
    known = NetworkSecurityGroups(found=(), unreadable=forbidden(), absent=frozenset({ResourceId(OUR_GROUP_ID)}))

    assert told(planned(World(), network_security_groups=known).steps) == [f"Create {OUR_GROUP}", "Update team-a"]


def test_an_attached_group_is_not_used_while_our_own_cannot_be_read() -> None:
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}), groups=[group("theirs"), group(OUR_GROUP, tags=OUR_TAGS)])

    result = planned(world, network_security_groups=world.without(OUR_GROUP_ID))

    assert reasons(result) == [("AzureAccess", "AzureUnavailable")]
    assert result.steps == ()


def test_an_attached_group_that_cannot_be_read_may_be_ours() -> None:
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}), groups=[group("theirs"), group("a", tags=OUR_TAGS)])

    assert reasons(planned(world, network_security_groups=world.without(THEIRS))) == [("AzureAccess", "AzureUnavailable")]


def test_the_groups_of_remembered_rules_are_looked_at() -> None:
    wanted = desired(owned=[f"{group_id('first')}/securityRules/{INTERNET}", f"{SUBNET_ID}/delegations/wgn-{MARK}", group_id("second")])

    assert wanted.query.network_security_group_ids == {
        ResourceId(OUR_GROUP_ID),
        ResourceId(group_id("first")),
        ResourceId(group_id("second")),
    }
    assert desired(**WITH_THEIRS).query.network_security_group_ids == {ResourceId(OUR_GROUP_ID), ResourceId(THEIRS)}


# Prerequisites.


def test_the_network_is_in_the_services_region() -> None:
    result = planned(World(network=documents.network(location="ukwest")))

    assert only_message(result) == (
        "Virtual network hub is in ukwest, but API Management service contoso is in UK South. Use a network in the service's region."
    )
    assert reasons(result) == [("PrerequisitesMet", "LocationMismatch")]


@pytest.mark.parametrize("tier", ["Developer", "DEVELOPER"])
def test_a_tier_without_workspace_gateways(tier: str) -> None:
    result = planned(World(service=documents.service(tier=tier)))

    assert only_message(result) == (
        f"API Management service contoso has the tier {tier}, which has no workspace gateways. Under requirements 2025-06-18 use Premium."
    )
    assert reasons(result) == [("PrerequisitesMet", "TierUnsupported")]


def test_the_tiers_of_a_later_version_are_named() -> None:
    result = planned(World(service=documents.service(tier="Basic")), desired(requirementsVersion="2026-05-20"))

    assert only_message(result).endswith("Under requirements 2026-05-20 use Premium or BasicV2 or StandardV2 or PremiumV2.")


def test_a_tier_that_no_list_knows_is_azures_to_decide() -> None:
    assert not planned(World(service=documents.service(tier="Isolated"))).blocked


NEEDS = "a workspace gateway needs /27 to /24, /24 recommended. Use another subnet; the prefix of a subnet in use cannot be changed."


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"addressPrefix": "10.1.0.0/28"}, f"Subnet 10.1.0.0/28 is too small: {NEEDS}"),
        ({"addressPrefix": "10.1.0.0/23"}, f"Subnet 10.1.0.0/23 is too large: {NEEDS}"),
        ({"addressPrefix": "10.1.0.7"}, f"Subnet 10.1.0.7 is too small: {NEEDS}"),
        ({"addressPrefix": None}, f"Subnet team-a has no address prefix: {NEEDS}"),
        (
            {"addressPrefix": None, "addressPrefixes": ["10.1.0.0/26", "fd00::/64"]},
            "Subnet team-a has the IPv6 prefix fd00::/64: workspace gateways are not known to work in IPv6 subnets. Use a subnet with IPv4 prefixes only.",
        ),
    ],
)
def test_the_size_of_the_subnet(properties: dict[str, Any], message: str) -> None:
    result = planned(World(subnet=documents.subnet(**properties)))

    assert only_message(result) == message
    assert reasons(result) == [("PrerequisitesMet", "SubnetSizeUnsupported")]


def test_every_prefix_of_a_subnet_is_served() -> None:
    world = settled(World(subnet=documents.subnet(addressPrefix=None, addressPrefixes=["10.1.0.0/26", "10.2.0.0/24"])))

    assert world.rules(OUR_GROUP_ID)[INTERNET]["destinationAddressPrefixes"] == ["10.1.0.0/26", "10.2.0.0/24"]


NIC = f"{NETWORK_GROUP}/providers/Microsoft.Network/networkInterfaces/VM/ipConfigurations/X"


@pytest.mark.parametrize(
    ("properties", "who"),
    [
        ({"ipConfigurations": [{"id": NIC}]}, NIC),
        ({"privateEndpoints": [{"id": "/pe"}]}, "/pe"),
        ({"ipConfigurations": [{"id": NIC}, {"id": "/b"}], "privateEndpoints": [{"id": "/pe"}]}, f"{NIC} and 2 more"),
    ],
)
def test_somebody_else_is_in_the_subnet(properties: dict[str, Any], who: str) -> None:
    result = planned(World(subnet=documents.subnet(**properties)))

    assert only_message(result) == (
        f"Subnet team-a is used by {who}. A workspace gateway needs the subnet to itself: move them out, or use another subnet."
    )
    assert reasons(result) == [("PrerequisitesMet", "SubnetNotDedicated")]


def test_what_is_in_the_subnet_of_a_gateway_may_be_the_gateways() -> None:
    assert not planned(World(subnet=documents.subnet(ipConfigurations=[{"id": NIC}]), gateways=[gateway()])).blocked


def test_all_obstacles_are_told_at_once() -> None:
    world = World(
        network=documents.network(location="ukwest"),
        service=documents.service(tier="Developer"),
        subnet=documents.subnet(addressPrefix="10.1.0.0/29", delegations=[delegation("x", "Other/thing")]),
    )

    assert reasons(planned(world, desired(**WITH_THEIRS))) == [
        ("PrerequisitesMet", "LocationMismatch"),
        ("PrerequisitesMet", "TierUnsupported"),
        ("PrerequisitesMet", "SubnetSizeUnsupported"),
        ("SubnetDelegated", "DelegationConflict"),
        ("SecurityRulesApplied", "NetworkSecurityGroupNotFound"),
    ]


# A conflict of numbers stops nothing else.


def test_a_rule_without_a_number_does_not_keep_the_rest_from_being_done() -> None:
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}), groups=[group("theirs", rule("x", 300))])

    result = planned(world, desired(additional("office", 300)))

    assert told(result.steps) == [f"Create {LOAD_BALANCER}", f"Create {INTERNET}", "Update team-a"]
    assert reasons(result) == [("SecurityRulesApplied", "PriorityConflict")]
    assert not result.blocked


def test_a_change_of_version_adds_before_it_removes() -> None:
    world = settled(World())

    result = planned(world, desired(requirementsVersion="2026-05-20"))

    assert told(result.steps) == [
        f"Create {PREFIX}gateway-storage",
        f"Create {PREFIX}gateway-key-vault",
        f"Delete {INTERNET}",
        f"Delete {LOAD_BALANCER}",
    ]


def test_which_conditions_a_step_concerns() -> None:
    create, put = planned(World()).steps

    assert {kind.value for kind in create.concerns} == {"SecurityRulesApplied"}
    assert {kind.value for kind in put.concerns} == {"SubnetDelegated", "SecurityRulesApplied"}
    assert planned(World()).steps_for(put.condition) == (put,)


def test_a_group_of_ours_whose_last_change_failed_is_written_once_more_as_it_is() -> None:
    world = settled(World())
    world.group(OUR_GROUP_ID)["properties"]["provisioningState"] = "Failed"

    (repair,) = planned(world).steps

    assert (repair.action, str(repair.target)) == (Action.UPDATE, OUR_GROUP_ID)
    assert repair.body == world.group(OUR_GROUP_ID)
    assert repair.etag
    assert [(change.path, change.before, change.after) for change in repair.changes] == [
        ("properties.provisioningState", "Failed", "Succeeded")
    ]


def test_a_group_of_somebody_else_whose_last_change_failed_is_theirs_to_repair() -> None:
    theirs = group("theirs")
    theirs["properties"]["provisioningState"] = "Failed"
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}), groups=[theirs])

    assert THEIRS not in {str(step.target) for step in planned(world).steps}


def test_a_subnet_of_ours_whose_last_change_failed_is_written_once_more_as_it_is() -> None:
    world = settled(World())
    world.subnet["properties"]["provisioningState"] = "Failed"

    (repair,) = planned(world).steps

    assert (repair.action, str(repair.target), repair.condition.value) == (Action.UPDATE, SUBNET_ID, "SubnetDelegated")
    assert repair.body == world.subnet
    assert [(change.path, change.before, change.after) for change in repair.changes] == [
        ("properties.provisioningState", "Failed", "Succeeded")
    ]
    world.apply(repair)
    assert planned(world).steps == ()


def test_a_subnet_that_is_delegated_by_somebody_else_is_theirs_to_repair() -> None:
    world = settled(World(subnet=documents.subnet(delegations=[delegation("theirs", "Microsoft.Web/serverFarms")])))
    world.subnet["properties"]["provisioningState"] = "Failed"

    assert planned(world).steps == ()


def test_a_rule_of_ours_whose_last_write_failed_is_written_once_more() -> None:
    world = settled(World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}), groups=[group("theirs")]))
    rule_of_ours = world.group(THEIRS)["properties"]["securityRules"][0]
    rule_of_ours["properties"]["provisioningState"] = "Failed"

    (repair,) = planned(world).steps

    assert (repair.action, repair.target.name) == (Action.UPDATE, rule_of_ours["name"])
    assert [(change.path, change.before, change.after) for change in repair.changes] == [
        ("properties.provisioningState", "Failed", "Succeeded")
    ]
