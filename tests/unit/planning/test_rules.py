"""Bringing a group's rules to what is wanted, with every number in one hand at most at every moment."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import VirtualNetwork
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.rules import RulePlan, delete_rules, plan_rules
from workspace_gateway_network.planning.step import Action, Step
from worlds import documents
from worlds.azure import World
from worlds.documents import Document, closing_deny, group, group_id, rule
from worlds.resources import INTERNET, LOAD_BALANCER, PREFIX, additional, desired

THEIRS = ResourceId(group_id("theirs"))


def plan(wanted: Desired, world: World) -> RulePlan:
    return plan_rules(
        desired=wanted,
        group=NetworkSecurityGroup.from_arm(world.group(THEIRS)),
        prefixes=["10.1.0.0/26"],
        network=VirtualNetwork.from_arm(world.network),
        group_id=THEIRS,
    )


def world_with(*rules: Document) -> World:
    return World(groups=[group("theirs", *rules)])


def settled(wanted: Desired, *foreign: Document) -> World:
    """A world in which all that is wanted is in place."""
    world = world_with(*foreign)
    rules = plan(wanted, world)
    assert rules.findings == ()
    world.apply(*rules.writes, *rules.removals)
    return world


def told(steps: tuple[Step, ...]) -> list[str]:
    return [f"{step.action} {step.target.name}{_number(step)}" for step in steps]


def _number(step: Step) -> str:
    priority = next((change.after for change in step.changes if change.path == "properties.priority"), None)
    return f" → {priority}" if priority else ""


def numbers(world: World) -> dict[str, int]:
    return {name: properties["priority"] for name, properties in world.rules(THEIRS).items()}


def remembering(world: World, *rules: Document) -> Desired:
    return desired(*rules, numbers=numbers(world))


def test_missing_rules_are_created_one_by_one() -> None:
    world = world_with(rule("foreign", 500))
    rules = plan(desired(), world)

    assert told(rules.writes) == [f"Create {LOAD_BALANCER}", f"Create {INTERNET}"]
    first = rules.writes[0]
    assert str(first.target) == f"{THEIRS}/securityRules/{LOAD_BALANCER}"
    assert first.body == {
        "name": LOAD_BALANCER,
        "properties": {
            "direction": "Inbound",
            "priority": 1000,
            "access": "Allow",
            "protocol": "Tcp",
            "description": "Health probes of the internal load balancer",
            "sourceAddressPrefix": "AzureLoadBalancer",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "10.1.0.0/26",
            "destinationPortRange": "80",
        },
    }
    assert first.etag == ""
    assert first.locks == {THEIRS}
    assert first.reads.network_security_groups == {THEIRS}
    assert first.owned == {"properties"}


def test_a_settled_group_needs_nothing() -> None:
    wanted = desired(additional("office", 300), additional("out", 300, direction="Outbound", peer={"serviceTag": "Internet"}))
    world = settled(wanted, rule("foreign", 1000), closing_deny())

    rules = plan(wanted, world)

    assert rules.writes == rules.removals == ()
    assert {report.state.value for report in rules.reports} == {"NotEnforced", "Enforced"}


def test_a_changed_rule_is_put_back_in_one_write() -> None:
    world = settled(desired())
    mine = world.rules(THEIRS)[INTERNET]
    mine.update(access="Deny", destinationPortRanges=["443"], description="rewritten")

    (step,) = plan(desired(), world).writes

    assert step.action is Action.UPDATE
    assert step.etag == 'W/"group-1"'
    assert [(change.path, change.before, change.after) for change in step.changes] == [
        ("properties.access", "Deny", "Allow"),
        ("properties.destinationPortRange", "443", "80,443"),
        ("properties.description", "rewritten", "Calls to the gateway from the internet"),
    ]


def test_a_rule_that_azure_spells_in_another_case_is_changed_under_that_name() -> None:
    world = settled(desired())
    entry = next(each for each in world.group(THEIRS)["properties"]["securityRules"] if each["name"] == INTERNET)
    entry["name"] = INTERNET.upper()
    entry["properties"]["access"] = "Deny"

    (step,) = plan(desired(), world).writes

    assert step.target.name == INTERNET.upper()


def test_outbound_rules_begin_at_the_subnet() -> None:
    world = settled(
        desired(additional("out", 300, direction="Outbound", peer={"prefixes": ["203.0.113.7", "198.51.100.0/24"]}, protocol="*"))
    )

    written = world.rules(THEIRS)[f"{PREFIX}out"]

    assert written["sourceAddressPrefix"] == "10.1.0.0/26"
    assert written["destinationAddressPrefixes"] == ["198.51.100.0/24", "203.0.113.7"]
    assert written["protocol"] == "*"


def test_rules_that_are_no_longer_wanted_go_last() -> None:
    world = settled(desired(additional("office", 300)))

    rules = plan(desired(additional("guests", 310)), world)

    assert told(rules.writes) == [f"Create {PREFIX}guests"]
    assert told(rules.removals) == [f"Delete {PREFIX}office"]
    assert [(change.path, change.after) for change in rules.removals[0].changes] == [("", None)]


def test_an_obsolete_rule_goes_first_where_it_holds_a_wanted_number() -> None:
    world = settled(desired(additional("office", 300), additional("old", 310)))

    rules = plan(desired(additional("guests", 300)), world)

    assert told(rules.writes) == [f"Delete {PREFIX}office", f"Create {PREFIX}guests"]
    assert told(rules.removals) == [f"Delete {PREFIX}old"]
    world.apply(*rules.writes, *rules.removals)
    assert plan(desired(additional("guests", 300)), world).writes == ()


def test_two_rules_swap_their_numbers_by_way_of_a_third() -> None:
    world = settled(desired(additional("a", 300), additional("b", 310)))
    wanted = remembering(world, additional("a", 310), additional("b", 300))

    rules = plan(wanted, world)

    assert told(rules.writes) == [f"Update {PREFIX}b → 311", f"Update {PREFIX}a → 310", f"Update {PREFIX}b → 300"]
    world.apply(*rules.writes)
    assert numbers(world) == {LOAD_BALANCER: 1000, INTERNET: 1001, f"{PREFIX}a": 310, f"{PREFIX}b": 300}


def test_a_swap_never_parks_an_allow_behind_the_closing_deny() -> None:
    world = settled(desired(additional("a", 300), additional("b", 310)), closing_deny(3000), rule("next", 311, access="Allow"))

    rules = plan(remembering(world, additional("a", 310), additional("b", 300)), world)

    assert told(rules.writes)[0] == f"Update {PREFIX}b → 312"


def test_a_swap_at_the_end_of_the_numbers_parks_before_them() -> None:
    world = settled(desired(additional("a", 4095), additional("b", 4096)))

    rules = plan(remembering(world, additional("a", 4096), additional("b", 4095)), world)

    assert told(rules.writes)[0] == f"Update {PREFIX}b → 4094"


@pytest.mark.parametrize("places", list(itertools.permutations(range(3))))
def test_three_rules_in_any_new_order(places: tuple[int, ...]) -> None:
    world = settled(desired(*(additional(name, 300 + n) for n, name in enumerate("abc"))))
    wanted = remembering(world, *(additional(name, 300 + places[n]) for n, name in enumerate("abc")))

    rules = plan(wanted, world)
    world.apply(*rules.writes)

    assert rules.findings == ()
    assert {name.removeprefix(PREFIX): number for name, number in numbers(world).items() if number < 1000} == {
        name: 300 + places[n] for n, name in enumerate("abc")
    }
    assert plan(wanted, world).writes == ()


def test_every_rest_of_a_swap_is_planned_again_as_the_same_rest() -> None:
    """Whoever carries out the steps plans again before each of them, and goes on only with what has stayed the same."""
    world = settled(desired(*(additional(name, 300 + n) for n, name in enumerate("abc"))))
    wanted = remembering(world, *(additional(name, 300 + (n + 1) % 3) for n, name in enumerate("abc")))
    steps = plan(wanted, world).writes

    for done, step in enumerate(steps):
        assert [each.intent for each in plan(wanted, world).writes] == [each.intent for each in steps[done:]]
        world.apply(step)


def test_rules_whose_numbers_were_swapped_by_somebody_swap_back() -> None:
    world = settled(desired())
    wanted = remembering(world)
    rules = world.rules(THEIRS)
    rules[LOAD_BALANCER]["priority"], rules[INTERNET]["priority"] = 1001, 1000

    world.apply(*plan(wanted, world).writes)

    assert numbers(world) == {LOAD_BALANCER: 1000, INTERNET: 1001}


def test_a_rule_that_was_turned_to_the_other_direction_comes_back() -> None:
    world = settled(desired())
    wanted = remembering(world)
    world.rules(THEIRS)[INTERNET]["direction"] = "Outbound"

    world.apply(*plan(wanted, world).writes)

    assert world.rules(THEIRS)[INTERNET]["direction"] == "Inbound"
    assert plan(wanted, world).writes == ()


def test_a_rule_waits_for_the_number_of_one_that_cannot_leave() -> None:
    world = settled(desired(additional("a", 300)))
    foreign = rule("foreign", 310, access="Allow")
    world.group(THEIRS)["properties"]["securityRules"].append(foreign)

    rules = plan(remembering(world, additional("a", 310), additional("b", 300)), world)

    assert rules.writes == rules.removals == ()
    assert [finding.message for finding in rules.findings] == [
        "Rule a wants number 310 Inbound, which rule foreign has. Choose another number, or move that rule.",
        f"Rule {PREFIX}b wants number 300 Inbound, which rule {PREFIX}a has. Choose another number, or move that rule.",
    ]
    assert {report.requirement: (report.priority, report.state.value) for report in rules.reports if report.requirement in "ab"} == {
        "a": (None, "Missing"),
        "b": (300, "Missing"),
    }


def test_a_rule_that_waits_for_one_that_waits_is_not_parked_out_of_its_place() -> None:
    world = settled(desired(additional("a", 300), additional("b", 310), additional("c", 320)))
    world.group(THEIRS)["properties"]["securityRules"].append(rule("foreign", 299, access="Allow"))
    wanted = remembering(world, additional("a", 299), additional("b", 300), additional("c", 310))

    rules = plan(wanted, world)

    assert rules.writes == ()
    assert [finding.message.split(" wants")[0] for finding in rules.findings] == ["Rule a", f"Rule {PREFIX}b", f"Rule {PREFIX}c"]


def test_other_rules_go_on_while_one_is_stuck() -> None:
    world = world_with(rule("foreign", 300, access="Allow"))

    rules = plan(desired(additional("office", 300)), world)

    assert told(rules.writes) == [f"Create {LOAD_BALANCER}", f"Create {INTERNET}"]
    assert len(rules.findings) == 1


@pytest.mark.parametrize(
    "foreign", [rule("mine", 100), closing_deny(), rule("wgn-6d7d570123456789-x", 101), rule("wgn-6d7d57dc79bafdf5", 102)]
)
def test_foreign_rules_are_never_a_target(foreign: dict[str, Any]) -> None:
    world = world_with(foreign)
    before = world.rules(THEIRS)[foreign["name"]].copy()
    rules = plan(desired(), world)

    world.apply(*rules.writes, *rules.removals)

    assert world.rules(THEIRS)[foreign["name"]] == before
    assert delete_rules(desired=desired(), group=NetworkSecurityGroup.from_arm(documents.group("theirs", foreign))) == ()


# What is told of the rules.


def test_a_new_rule_has_no_number_to_tell_before_it_is_written() -> None:
    """What is told is remembered, and a remembered number goes before a Deny that came after it: it must have been there first."""
    rules = plan(desired(), world_with())

    assert [(report.priority, report.state.value) for report in rules.reports] == [(None, "Missing"), (None, "Missing")]


def test_a_rule_tells_the_number_that_it_goes_back_to() -> None:
    world = settled(desired())
    wanted = remembering(world)
    world.rules(THEIRS)[INTERNET]["priority"] = 4000
    del world.group(THEIRS)["properties"]["securityRules"][0]

    assert [(report.name, report.priority, report.state.value) for report in plan(wanted, world).reports] == [
        (LOAD_BALANCER, 1000, "Missing"),
        (INTERNET, 1001, "Missing"),
    ]


def test_rules_that_azure_does_not_enforce_say_so() -> None:
    assert [report.state.value for report in plan(desired(), settled(desired())).reports] == ["NotEnforced", "NotEnforced"]
    later = desired(additional("office", 300), requirementsVersion="2026-08-26")
    assert [
        (report.requirement, report.direction.value, report.priority, report.state.value) for report in plan(later, settled(later)).reports
    ] == [
        ("gateway-key-vault", "Outbound", 1000, "Enforced"),
        ("office", "Inbound", 300, "Enforced"),
    ]


def test_taking_our_rules_away_touches_no_other() -> None:
    world = settled(desired(additional("office", 300)), rule("foreign", 500))

    world.apply(*delete_rules(desired=desired(), group=NetworkSecurityGroup.from_arm(world.group(THEIRS))))

    assert numbers(world) == {"foreign": 500}
