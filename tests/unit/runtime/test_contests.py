"""No fights: what somebody keeps changing back is put right ever more rarely, and nothing else suffers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.runtime.contests import Contests
from workspace_gateway_network.runtime.ports import Urgency
from workspace_gateway_network.runtime.requeue import Requeue
from worlds import documents
from worlds.azure import World
from worlds.documents import SUBNET_ID, Document, gateway
from worlds.life import BEGIN
from worlds.ports import KEY, Stage
from worlds.resources import INTERNET, LOAD_BALANCER, MARK, OUR_GROUP, OUR_GROUP_ID, PREFIX, additional, desired, neighbours

ACCESS = (
    f"Somebody keeps changing properties.access of security rule {INTERNET} in network security group {OUR_GROUP}: it was put right more"
    " than 3 times within an hour, so that is done ever more rarely now, down to once an hour. See the activity log in Azure for"
    " who it is, and have one of the two leave it alone."
)


async def settled(world: World | None = None, **spec: Any) -> Stage:
    stage = Stage(world or World(subnet=documents.subnet(addressPrefix="10.1.0.0/24")), **spec)
    await stage.settle()
    stage.log.clear()
    return stage


def deny(stage: Stage) -> None:
    stage.azure.world.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Deny"


def is_right(stage: Stage) -> bool:
    return bool(stage.azure.world.rules(OUR_GROUP_ID)[INTERNET]["access"] == "Allow")


def message(stage: Stage, kind: str = "Ready") -> str:
    said: str = next(each["message"] for each in stage.document["status"]["conditions"] if each["type"] == kind)
    return said


def rule_of(stage: Stage, name: str) -> Document:
    properties: Document = stage.azure.world.rules(OUR_GROUP_ID)[name]
    return properties


async def fought(stage: Stage, rounds: int = 4, *, change: Callable[[], None] | None = None) -> None:
    """A rival that changes it every 30 s, as often as it is put right without delay; without `change` it denies."""
    right = stage.azure.world.snapshot()
    for _ in range(rounds):
        stage.wait(30)
        change() if change else deny(stage)
        assert stage.azure.world.snapshot() != right
        await stage.reconcile()
        assert stage.said() == ("True", "AwaitingGateway")
    stage.log.clear()


async def test_the_fifth_time_the_field_waits_and_is_named() -> None:
    stage = await settled()
    await fought(stage)

    stage.wait(30)
    deny(stage)
    due = await stage.reconcile()

    assert not is_right(stage)
    assert stage.said() == ("False", "Contested")
    assert message(stage) == ACCESS
    assert stage.said("SecurityRulesApplied") == ("False", "Contested")
    assert stage.said("SubnetDelegated") == ("True", "Reconciled")
    assert stage.document["status"]["drift"]["state"] == "Drifted"
    assert due == Requeue(after=30, urgency=Urgency.DRIFTED), "exactly when it may be put right, which is before the next resync"


async def test_each_wait_is_twice_the_one_before_up_to_an_hour() -> None:
    stage = await settled()
    await fought(stage)
    waits = []
    for _ in range(9):
        deny(stage)
        begun = stage.now
        while not is_right(stage):
            stage.wait(30)
            await stage.reconcile()
        waits.append((stage.now - begun).total_seconds() / 60)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert stage.said() == ("True", "AwaitingGateway")


async def test_nobody_looks_later_for_a_fight() -> None:
    stage = await settled(resyncIntervalSeconds=45)
    await fought(stage)
    deny(stage)
    assert await stage.reconcile() == Requeue(after=45)


async def test_a_fight_is_over_when_nobody_changes_it_for_long_enough() -> None:
    stage = await settled()
    await fought(stage)
    stage.wait(2 * 3600)
    await stage.reconcile()

    await fought(stage)


def test_a_fight_may_last_for_weeks() -> None:
    now, step = BEGIN, plan(desired=desired(), observed=World().observed(), neighbours=neighbours()).steps[0]
    contests = Contests(first_wait_seconds=60, clock=lambda: now)
    for minutes in [0] * 4 + [60] * 24 * 14:
        now += timedelta(minutes=minutes)
        contests.note(KEY, [step], repairs=True)

    now += timedelta(minutes=59)
    assert contests.contested(KEY) == step.fields
    now += timedelta(minutes=1)
    assert contests.contested(KEY) == frozenset()


async def test_corrections_that_are_far_enough_apart_are_no_fight() -> None:
    stage = await settled()
    for _ in range(12):
        stage.wait(1200)
        deny(stage)
        await stage.reconcile()
        assert is_right(stage)


async def test_everything_else_is_still_put_right_meanwhile() -> None:
    stage = await settled()
    await fought(stage)
    stage.wait(10)
    deny(stage)
    stage.azure.world.rules(OUR_GROUP_ID)[LOAD_BALANCER]["access"] = "Deny"
    stage.azure.world.subnet["properties"]["delegations"] = []
    stage.log.clear()
    await stage.reconcile()

    assert stage.writes() == [f"Update {LOAD_BALANCER}", "Update team-a"]
    assert stage.said() == ("False", "Contested")


async def test_another_rule_is_put_right_though_an_earlier_one_waits() -> None:
    stage = await settled()
    await fought(stage, change=lambda: rule_of(stage, LOAD_BALANCER).update(access="Deny"))
    stage.wait(10)
    rule_of(stage, LOAD_BALANCER)["access"] = "Deny"
    rule_of(stage, INTERNET)["access"] = "Deny"
    await stage.reconcile()

    assert stage.writes() == [f"Update {INTERNET}"]
    assert is_right(stage)
    assert message(stage) == ACCESS.replace(INTERNET, LOAD_BALANCER)


async def test_rules_whose_numbers_are_in_the_way_of_each_other_wait_for_each_other() -> None:
    """A rule that waits keeps its number, so nobody else can have it meanwhile."""
    stage = await settled(networkSecurityGroup={"additionalRules": [additional("partner", 300)]})
    partner = f"{PREFIX}partner"
    await fought(stage, change=lambda: rule_of(stage, partner).update(priority=301))
    rule_of(stage, partner)["priority"] = 301
    stage.edit(networkSecurityGroup={"additionalRules": [additional("partner", 300), additional("office", 301)]})
    stage.log.clear()
    await stage.reconcile()

    assert stage.writes() == []
    assert stage.said() == ("False", "Contested")


async def test_marks_that_somebody_keeps_removing_hold_up_nothing() -> None:
    stage = await settled()
    await fought(stage, change=lambda: stage.azure.world.group(OUR_GROUP_ID).update(tags={"wgn-owner": MARK}))
    stage.wait(10)
    stage.azure.world.group(OUR_GROUP_ID)["tags"] = {"wgn-owner": MARK}
    deny(stage)
    await stage.reconcile()

    assert stage.writes() == [f"Update {INTERNET}"]
    assert message(stage).startswith(f"Somebody keeps changing tags of network security group {OUR_GROUP}: it was put right")


async def test_other_peoples_tags_make_no_other_field_of_ours() -> None:
    """A pipeline that leaves our mark out may set another build number each time."""
    stage, builds = await settled(), count()

    def retag() -> None:
        stage.azure.world.group(OUR_GROUP_ID)["tags"] = {"wgn-owner": MARK, "build": str(next(builds))}

    await fought(stage, change=retag)
    stage.wait(30)
    retag()
    await stage.reconcile()

    assert stage.said() == ("False", "Contested")
    assert stage.writes() == []


async def test_a_delegation_that_waits_does_not_keep_the_group_off_the_subnet() -> None:
    stage = await settled()

    def undelegate() -> None:
        stage.azure.world.subnet["properties"]["delegations"] = []

    await fought(stage, change=undelegate)
    stage.wait(10)
    undelegate()
    stage.azure.world.subnet["properties"]["networkSecurityGroup"] = None
    await stage.reconcile()

    properties = stage.azure.world.subnet["properties"]
    assert stage.writes() == ["Update team-a"]
    assert ResourceId(properties["networkSecurityGroup"]["id"]) == ResourceId(OUR_GROUP_ID)
    assert properties["delegations"] == []
    assert stage.said("SubnetDelegated") == ("False", "Contested")
    assert stage.said("SecurityRulesApplied") == ("True", "Reconciled")


async def test_a_group_that_is_taken_off_again_and_again_is_no_matter_of_the_delegation() -> None:
    stage = await settled()

    def detach() -> None:
        stage.azure.world.subnet["properties"]["networkSecurityGroup"] = None

    await fought(stage, change=detach)
    stage.wait(10)
    detach()
    stage.azure.world.subnet["properties"]["delegations"] = []
    await stage.reconcile()

    assert stage.said("SubnetDelegated") == ("True", "Reconciled")
    assert stage.said("SecurityRulesApplied") == ("False", "Contested")
    assert message(stage).startswith("Somebody keeps changing properties.networkSecurityGroup.id of subnet team-a: it was put right")


async def test_a_rule_that_waits_does_not_keep_the_delegation_off_the_subnet() -> None:
    stage = await settled()
    await fought(stage)
    stage.wait(10)
    deny(stage)
    stage.azure.world.subnet["properties"] |= {"delegations": [], "networkSecurityGroup": None}
    await stage.reconcile()

    properties = stage.azure.world.subnet["properties"]
    assert stage.writes() == ["Update team-a"]
    assert [each["name"] for each in properties["delegations"]] == [f"wgn-{MARK}"]
    assert properties["networkSecurityGroup"] is None


async def test_what_depends_on_it_and_what_would_be_taken_away_waits_too() -> None:
    stage = await settled()
    await fought(stage)
    stage.wait(10)
    deny(stage)
    stage.azure.world.subnet["properties"]["networkSecurityGroup"] = None
    stage.log.clear()
    await stage.reconcile()

    assert stage.writes() == []
    assert stage.said("SecurityRulesApplied") == ("False", "Contested")


async def test_a_rule_that_is_taken_out_again_and_again_is_named_as_a_whole() -> None:
    stage = await settled(World(subnet=documents.subnet(addressPrefix="10.1.0.0/24"), gateways=[gateway(subnet_id=SUBNET_ID)]))
    for _ in range(5):
        stage.wait(30)
        properties = stage.azure.world.group(OUR_GROUP_ID)["properties"]
        properties["securityRules"] = [each for each in properties["securityRules"] if each["name"] != INTERNET]
        await stage.reconcile()

    assert INTERNET not in stage.azure.world.rules(OUR_GROUP_ID)
    assert message(stage).startswith(f"Somebody keeps changing security rule {INTERNET} in network security group {OUR_GROUP}: it was put")


async def test_another_process_counts_anew() -> None:
    stage = await settled()
    await fought(stage)
    stage.restart()

    await fought(stage)


async def test_what_is_made_for_the_first_time_is_no_correction() -> None:
    """A group that is made, deleted by hand with its mark, and made again is put right three times like everything else."""
    stage = Stage(World(subnet=documents.subnet(addressPrefix="10.1.0.0/24")))
    await stage.settle()
    made = 0
    for _ in range(8):
        stage.wait(30)
        del stage.azure.world.groups[next(iter(stage.azure.world.groups))]
        stage.azure.world.subnet["properties"]["networkSecurityGroup"] = None
        await stage.settle()
        if not stage.azure.world.groups:
            break
        made += 1

    assert made == 4
    assert stage.said() == ("False", "Contested")


async def test_what_is_taken_away_again_before_it_is_read_back_counts_as_well() -> None:
    stage = await settled()
    stage.azure.world.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Deny"
    observed = stage.azure.world.observed()
    (repair,) = plan(desired=desired(), observed=observed, neighbours=neighbours()).steps
    stage.azure.answers = [Outcome(moved=True, undone=(repair,)) for _ in range(4)]
    for _ in range(5):
        stage.wait(30)
        await stage.reconcile()

    assert stage.said() == ("False", "Contested")
    assert message(stage) == ACCESS
