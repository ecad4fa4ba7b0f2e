"""No fights: what somebody keeps changing back is put right ever more rarely, and nothing else suffers."""

from __future__ import annotations

from typing import Any

from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.planner import plan
from worlds import documents
from worlds.azure import World
from worlds.documents import SUBNET_ID, gateway
from worlds.ports import Stage
from worlds.resources import INTERNET, LOAD_BALANCER, OUR_GROUP_ID, desired, neighbours

ACCESS = (
    f"Somebody keeps changing properties.access of security rule {INTERNET}: it was put right more than 3 times within an hour, so that is"
    " done ever more rarely now, down to once an hour. See the activity log in Azure for who it is, and have one of the two leave it alone."
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


async def fought(stage: Stage, rounds: int = 4) -> None:
    """A rival that undoes it every 30 s, as often as it is put right without delay."""
    for _ in range(rounds):
        stage.wait(30)
        deny(stage)
        await stage.reconcile()
        assert is_right(stage)
        assert stage.said() == ("True", "AwaitingGateway")


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
    assert due.after == 60


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


async def test_a_fight_is_over_when_nobody_changes_it_for_long_enough() -> None:
    stage = await settled()
    await fought(stage)
    stage.wait(2 * 3600)
    await stage.reconcile()

    await fought(stage)


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
    assert message(stage).startswith(f"Somebody keeps changing security rule {INTERNET}: it was put right more than 3 times within an hour")


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
