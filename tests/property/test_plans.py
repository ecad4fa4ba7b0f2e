"""The safety rules, for any world and any spec."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workspace_gateway_network.model.json import canonical
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.deletion import plan_deletion
from workspace_gateway_network.planning.observed import Gateways, NetworkSecurityGroups, Unreadable
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.planning.step import Action, Step
from worlds import documents
from worlds.azure import RULES, World, forbidden, trouble
from worlds.documents import SUBNET_ID, Document
from worlds.resources import MARK, OUR_GROUP_ID, PREFIX, desired, neighbours
from worlds.strategies import GATEWAYS, specs, subnets, worlds

NO_GATEWAYS: st.SearchStrategy[list[Document]] = st.just([])
SUBNET = ResourceId(SUBNET_ID)
READ_ONLY = frozenset({"delegations", "networkSecurityGroup"})


def subnet_steps(steps: tuple[Step, ...]) -> list[Step]:
    return [step for step in steps if step.target == SUBNET]


def takes_away(step: Step) -> bool:
    """Whether something is deleted, unlinked or undelegated."""
    gone = [change for change in step.changes if change.before and not change.after]
    return step.action is Action.DELETE or (step.target == SUBNET and bool(gone))


# Rule 1: a live gateway is never cut off.


@given(world=worlds(), fields=specs())
def test_nothing_is_done_under_a_gateway_of_another_mode(world: World, fields: Document) -> None:
    world.gateways.append(documents.gateway("three", kind="Internal"))

    result = plan(desired=desired(**fields), observed=world.observed(), neighbours=neighbours())

    assert result.steps == ()
    assert "GatewayReplacementRequired" in {finding.reason.value for finding in result.findings}


@given(world=worlds(), fields=specs(), owned=st.lists(st.sampled_from([OUR_GROUP_ID, documents.group_id("theirs")])))
def test_nothing_is_taken_away_while_a_gateway_is_there(world: World, fields: Document, owned: list[str]) -> None:
    world.gateways.append(documents.gateway("three", state="Failed"))

    result = plan_deletion(desired=desired(owned=owned, **fields), observed=world.observed())

    assert result.steps == ()
    assert result.blocked


@given(world=worlds(), fields=specs())
def test_nothing_is_taken_away_while_a_service_is_linked(world: World, fields: Document) -> None:
    world.subnet["properties"]["serviceAssociationLinks"] = [documents.service_association_link()]

    assert plan_deletion(desired=desired(**fields), observed=world.observed()).steps == ()


# Rule 2: unknown never removes.


@given(world=worlds(gateways=NO_GATEWAYS), fields=specs(), part=st.sampled_from(["virtual_network", "subnet", "api_management"]))
def test_without_a_look_at_everything_nothing_is_planned(world: World, fields: Document, part: str) -> None:
    hidden: dict[str, Any] = {part: Unreadable(trouble())}

    assert plan(desired=desired(**fields), observed=world.observed(**hidden), neighbours=neighbours()).steps == ()


@given(world=worlds(), fields=specs())
def test_a_subnet_that_cannot_be_read_loses_nothing(world: World, fields: Document) -> None:
    assert plan_deletion(desired=desired(**fields), observed=world.observed(subnet=Unreadable(trouble()))).steps == ()


@given(world=worlds(), fields=specs())
def test_gateways_that_cannot_be_read_may_be_there(world: World, fields: Document) -> None:
    unlisted = world.observed(gateways=Gateways(found=(), incomplete=trouble()))

    assert plan(desired=desired(**fields), observed=unlisted, neighbours=neighbours()).steps == ()
    assert plan_deletion(desired=desired(**fields), observed=unlisted).steps == ()


@given(world=worlds(), fields=specs())
def test_gateways_that_may_not_be_listed_may_be_there_where_a_service_is_linked(world: World, fields: Document) -> None:
    world.subnet["properties"]["serviceAssociationLinks"] = [documents.service_association_link()]
    unlisted = world.observed(gateways=Gateways(found=(), incomplete=forbidden()))

    assert plan(desired=desired(**fields), observed=unlisted, neighbours=neighbours()).steps == ()
    assert plan_deletion(desired=desired(**fields), observed=unlisted).steps == ()


@given(world=worlds(), fields=specs(), hidden=st.sets(st.sampled_from(["theirs", "others", OUR_GROUP_ID.rpartition("/")[2]]), min_size=1))
def test_groups_that_cannot_be_read_lose_nothing(world: World, fields: Document, hidden: set[str]) -> None:
    ids = {ResourceId(documents.group_id(name)) for name in hidden}
    wanted = desired(**fields)
    partly = world.observed(network_security_groups=world.without(*map(str, ids)))

    for steps in (
        plan(desired=wanted, observed=partly, neighbours=neighbours()).steps,
        plan_deletion(desired=wanted, observed=partly).steps,
    ):
        assert all(step.target not in ids and step.target.parent not in ids for step in steps)
        if ids & wanted.query.network_security_group_ids and wanted.network_security_group_id is None:
            assert not any(takes_away(step) for step in steps if step.target.type != RULES)


@given(world=worlds(), fields=specs())
def test_with_no_group_readable_nothing_is_done(world: World, fields: Document) -> None:
    blind = world.observed(network_security_groups=NetworkSecurityGroups(found=(), unreadable=trouble()))

    assert plan(desired=desired(**fields), observed=blind, neighbours=neighbours()).steps == ()
    assert plan_deletion(desired=desired(**fields), observed=blind).steps == ()


# Rule 3: what is not ours keeps every property.


@given(subnet=subnets(groups=[documents.group_id("theirs")]), fields=specs())
def test_the_put_of_the_subnet_changes_nothing_but_what_is_ours(subnet: Document, fields: Document) -> None:
    world = World(subnet=subnet, groups=[documents.group("theirs")])
    before = copy.deepcopy(world.subnet)

    for result in (
        plan(desired=desired(**fields), observed=world.observed(), neighbours=neighbours()),
        plan_deletion(desired=desired(**fields), observed=world.observed()),
    ):
        for step in subnet_steps(result.steps):
            assert step.body is not None
            body: Any = step.body
            assert canonical({**body, "properties": _others(body)}) == canonical({**before, "properties": _others(before)})
            kept = [entry for entry in before["properties"]["delegations"] if not entry["name"].lower().startswith("wgn-")]
            assert [entry for entry in body["properties"].get("delegations", []) if entry in kept] == kept


def _others(document: Any) -> dict[str, Any]:
    return {key: value for key, value in document["properties"].items() if key not in READ_ONLY}


@given(world=worlds(), fields=specs())
def test_no_plan_touches_a_group_or_rule_of_somebody_else(world: World, fields: Document) -> None:
    wanted = desired(**fields)
    marked = {group_id for group_id, each in world.groups.items() if (each.get("tags") or {}).get("wgn-owner") == MARK}

    for steps in (
        plan(desired=wanted, observed=world.observed(), neighbours=neighbours()).steps,
        plan_deletion(desired=wanted, observed=world.observed()).steps,
    ):
        for step in steps:
            is_rule = step.target.name.lower().startswith(PREFIX)
            is_new_group = step.action is Action.CREATE and step.target not in world.groups
            assert step.target == SUBNET or step.target in marked or is_rule or is_new_group


# Every plan can be carried out, comes to its end, and leaves what was there.


@given(world=worlds(gateways=NO_GATEWAYS | GATEWAYS), fields=specs())
def test_a_plan_comes_to_its_end(world: World, fields: Document) -> None:
    wanted = desired(**fields)
    for _ in range(6):
        result = plan(desired=wanted, observed=world.observed(), neighbours=neighbours())
        if not result.steps:
            break
        world.apply(*result.steps)

    assert plan(desired=wanted, observed=world.observed(), neighbours=neighbours()).steps == ()


def without_marks(world: World) -> World:
    """The world as it is for somebody whose marks are nowhere yet."""
    for document in world.groups.values():
        kept = [each for each in document["properties"]["securityRules"] if not each["name"].startswith(PREFIX)]
        document["properties"]["securityRules"] = kept
        if document.get("tags") == dict(document.get("tags") or {}, **{"wgn-owner": MARK}):
            document["tags"] = {"theirs": "x"}
    properties = world.subnet["properties"]
    properties["delegations"] = [each for each in properties["delegations"] if not each["name"].lower().startswith("wgn-")]
    properties.pop("serviceAssociationLinks", None)
    return world


@given(world=worlds(gateways=NO_GATEWAYS), fields=specs())
def test_a_deletion_leaves_the_world_as_it_was_before(world: World, fields: Document) -> None:
    fields["networkSecurityGroup"]["attach"] = "IfAbsent"  # a swapped group is not swapped back: the subnet's old one is nobody's to guess
    without_marks(world)
    attached = world.subnet["properties"].get("networkSecurityGroup")
    before = _settled_snapshot(world)
    wanted = desired(**fields)
    for _ in range(6):
        world.apply(*plan(desired=wanted, observed=world.observed(), neighbours=neighbours()).steps)

    for _ in range(4):
        world.apply(*plan_deletion(desired=wanted, observed=world.observed()).steps)

    left = plan_deletion(desired=wanted, observed=world.observed())
    assert (left.steps, left.findings, left.owned) == ((), (), ())
    linked = world.subnet["properties"].get("networkSecurityGroup")
    if attached is None and linked:
        # A group of somebody else that the spec named stays attached, for it is not ours to take away.
        assert linked == {"id": fields["networkSecurityGroup"]["id"]}
        del world.subnet["properties"]["networkSecurityGroup"]
    assert _settled_snapshot(world) == before


def _settled_snapshot(world: World) -> str:
    world.apply()
    for document in world.groups.values():
        document["properties"]["securityRules"].sort(key=lambda each: str(each["name"]))
    return world.snapshot()
