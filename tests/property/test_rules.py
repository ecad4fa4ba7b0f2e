"""Whatever is in a group: no step ever collides, foreign rules stay, and the end is what was wanted."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workspace_gateway_network.model.json import canonical
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import Access, Address, Direction, SecurityRule
from workspace_gateway_network.model.subnet import VirtualNetwork
from workspace_gateway_network.planning.access.facts import Facts
from workspace_gateway_network.planning.access.judgement import EffectiveAccess
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.plan import RuleState
from workspace_gateway_network.planning.rules import RulePlan, plan_rules
from workspace_gateway_network.requirements.requirements import RuleKind
from worlds import documents
from worlds.azure import World
from worlds.documents import Document, group, group_id
from worlds.resources import PREFIX, desired
from worlds.strategies import NUMBERS, OUR_NAMES, properties_of_rules, rules, specs

THEIRS = ResourceId(group_id("theirs"))
PREFIXES = ["10.1.0.0/26"]
MEMORIES = st.dictionaries(st.sampled_from(OUR_NAMES), NUMBERS, max_size=4)


@st.composite
def specs_of_both_modes(draw: st.DrawFn) -> Document:
    return {**draw(specs()), "mode": draw(st.sampled_from(["Integration", "Injection"]))}


def plan(wanted: Desired, world: World) -> RulePlan:
    read = NetworkSecurityGroup.from_arm(copy.deepcopy(world.group(THEIRS)))
    network = VirtualNetwork.from_arm(world.network)
    return plan_rules(desired=wanted, group=read, prefixes=PREFIXES, network=network, group_id=THEIRS)


def foreign(world: World) -> dict[str, str]:
    return {name: canonical(properties) for name, properties in world.rules(THEIRS).items() if not name.startswith(PREFIX)}


def from_spec(fields: Document, **remembered: Any) -> Desired:
    return desired(**remembered, **fields)


@given(found=rules(names=OUR_NAMES), fields=specs_of_both_modes(), numbers=MEMORIES)
def test_steps_never_collide_and_end_at_what_was_wanted(found: list[Document], fields: Document, numbers: dict[str, int]) -> None:
    world = World(groups=[group("theirs", *found)])
    wanted = from_spec(fields, numbers=numbers)
    untouched = foreign(world)
    result = plan(wanted, world)

    world.apply(*result.writes, *result.removals)  # raises on any number taken twice

    assert foreign(world) == untouched
    in_place = {name.lower(): SecurityRule.from_arm({"name": name, "properties": each}) for name, each in world.rules(THEIRS).items()}
    told = {report.name for report in result.reports}
    stuck = {finding.message.split(" ")[1] for finding in result.findings if finding.message.startswith("Rule ")}
    for rule in result.wanted:
        assert rule.name in told
        if rule.name not in stuck:
            assert list(in_place[rule.name.lower()].differences(rule)) == []
    ours = {name for name in in_place if name.startswith(PREFIX)}
    assert ours <= {name.lower() for name in told}


@given(found=rules(names=OUR_NAMES), fields=specs_of_both_modes())
def test_what_was_done_need_not_be_done_again(found: list[Document], fields: Document) -> None:
    world = World(groups=[group("theirs", *found)])
    first = plan(from_spec(fields), world)
    world.apply(*first.writes, *first.removals)

    second = plan(from_spec(fields), world)

    if not first.findings:
        assert second.writes == second.removals == ()


@given(found=rules(names=OUR_NAMES), fields=specs_of_both_modes(), numbers=MEMORIES)
def test_it_comes_to_rest(found: list[Document], fields: Document, numbers: dict[str, int]) -> None:
    """A rule that moves may free the number that another waits for, or remembers: that takes one more pass for each of them."""
    world = World(groups=[group("theirs", *found)])

    for _ in range(len(OUR_NAMES)):
        result = plan(from_spec(fields, numbers=numbers), world)
        world.apply(*result.writes, *result.removals)
        told = plan(from_spec(fields, numbers=numbers), world).reports
        numbers = {report.name: report.priority for report in told if report.priority is not None}

    last = plan(from_spec(fields, numbers=numbers), world)
    assert last.writes == last.removals == ()


@given(found=rules(names=OUR_NAMES), fields=specs_of_both_modes(), numbers=MEMORIES)
def test_each_rest_of_a_plan_is_the_plan_of_the_rest(found: list[Document], fields: Document, numbers: dict[str, int]) -> None:
    """Before each step the plan is made again, and it is only carried on where it begins with that step."""
    world = World(groups=[group("theirs", *found)])
    wanted = from_spec(fields, numbers=numbers)

    for _ in range(60):
        result = plan(wanted, world)
        steps = (*result.writes, *result.removals)
        if not steps:
            break
        world.apply(steps[0])
    else:
        raise AssertionError("one step at a time never ends")


@given(found=rules(names=OUR_NAMES), fields=specs_of_both_modes(), numbers=MEMORIES, seed=st.integers(0, 99))
def test_the_order_of_the_list_means_nothing(found: list[Document], fields: Document, numbers: dict[str, int], seed: int) -> None:
    shuffled = random.Random(seed).sample(found, len(found))
    wanted = from_spec(fields, numbers=numbers)

    one, other = (plan(wanted, World(groups=[group("theirs", *order)])) for order in (found, shuffled))

    assert one.wanted == other.wanted
    assert one.reports == other.reports
    assert one.findings == other.findings
    assert [step.intent for step in one.writes] == [step.intent for step in other.writes]
    assert [step.intent for step in one.removals] == [step.intent for step in other.removals]


@given(
    found=rules(),
    fields=specs_of_both_modes(),
    number=NUMBERS,
    direction=st.sampled_from(["Inbound", "Outbound"]),
    newcomer=properties_of_rules(),
)
def test_numbers_in_place_do_not_move_for_a_newcomer(
    found: list[Document], fields: Document, number: int, direction: str, newcomer: Document
) -> None:
    world = World(groups=[group("theirs", *found)])
    wanted = from_spec(fields)
    first = plan(wanted, world)
    world.apply(*first.writes)
    taken = {(each["direction"], each["priority"]) for each in world.rules(THEIRS).values()}
    added = documents.rule("newcomer", number, direction=direction, **newcomer)
    closes = SecurityRule.from_arm(added).is_closing_deny
    is_preceded = fields["networkSecurityGroup"]["onDeny"] == "Precede" and added["properties"]["access"] == "Deny"
    if (direction, number) in taken or closes or is_preceded or first.findings:
        return
    world.group(THEIRS)["properties"]["securityRules"].append(added)

    assert plan(wanted, world).writes == ()


@given(found=rules(), fields=specs_of_both_modes())
def test_new_rules_come_behind_every_deny_that_they_meet_and_before_the_closing_one(found: list[Document], fields: Document) -> None:
    world = World(groups=[group("theirs", *found)])
    wanted = from_spec(fields)
    result = plan(wanted, world)
    chosen = {f"{PREFIX}{each['name']}" for each in fields["networkSecurityGroup"]["additionalRules"]}

    for rule in result.wanted:
        if rule.name in chosen:
            continue
        denies = [SecurityRule.from_arm(each) for each in found if each["properties"]["access"] == "Deny"]
        denies += [each for each in result.wanted if each.access == "Deny"]
        network = documents.network()["properties"]["addressSpace"]["addressPrefixes"]
        access = EffectiveAccess([*denies, rule, part := needed(rule)], facts=Facts.of([*network, *PREFIXES]))
        same = [each for each in denies if access.overlap(rule, each)]
        closing = min((each.priority for each in same if each.is_closing_deny), default=5000)
        if fields["networkSecurityGroup"]["onDeny"] == "Precede" and rule.name in dependencies(wanted):
            met = [each.priority for each in same if access.overlap(part, each)]
            assert rule.priority < min(met, default=5000)
        else:
            assert rule.priority >= 1000
            assert rule.priority < closing
            assert all(each.priority < rule.priority for each in same if each.priority < closing)


def dependencies(wanted: Desired) -> set[str]:
    return {rule.name(wanted.owner) for rule in wanted.rules if rule.kind is RuleKind.DEPENDENCY}


def needed(rule: SecurityRule) -> SecurityRule:
    """Of a service's addresses those in the network's region, as that is what a dependency needs."""
    if rule.direction is Direction.INBOUND:
        return rule
    (peer,) = rule.destination.addresses
    return replace(rule, destination=replace(rule.destination, addresses=frozenset({Address(f"{peer}.uksouth")})))


@given(found=rules(names=OUR_NAMES), fields=specs_of_both_modes())
def test_whatever_serves_for_a_rule_is_somebody_elses_allow_and_lets_all_pass(found: list[Document], fields: Document) -> None:
    world = World(groups=[group("theirs", *found)])
    result = plan(from_spec(fields), world)
    by_name = {each["name"]: SecurityRule.from_arm(each) for each in found}

    for report in result.reports:
        if report.state is RuleState.SATISFIED:
            server = by_name[report.by_rule]
            assert server.access is Access.ALLOW
            assert not server.name.startswith("wgn-")
            assert report.name.lower() not in {name.lower() for name in by_name}
            assert report.name not in {rule.name for rule in result.wanted}
            assert report.priority is None
