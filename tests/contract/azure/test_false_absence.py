"""A DELETE that Azure answers with 404 though the thing is there: it is read before it counts as gone, and the finalizer stays."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from contract.azure.life import Life, attach_shared, bring_gateway, rich_seed, take_gateway
from contract.azure.world import World

NOT_FOUND: Mapping[str, Any] = {"code": "NotFound", "message": "It does not exist."}
PASSES = 4


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One kind of what is deleted: its lower-cased id as a regular expression, how it comes about, and whether its end takes an operation."""

    noun: str
    path: str
    story: Callable[[World], Awaitable[Life]]
    has_operation: bool = True

    def ids(self, world: World) -> list[str]:
        """Those that are there."""
        return [each["id"] for each in world.emulator.resources() if re.search(self.path, each["id"].lower())]


async def own_group(world: World) -> Life:
    return await rested(Life(world, deletionPolicy="Delete"))


async def shared_group(world: World) -> Life:
    attach_shared(world.emulator)
    return await rested(Life(world, deletionPolicy="Delete"))


async def injection(world: World) -> Life:
    bring_gateway(world.emulator)
    life = await rested(Life(world, mode="Injection", deletionPolicy="Delete"))
    take_gateway(world.emulator)
    return life


async def rested(life: Life) -> Life:
    assert await life.settle()
    assert life.said()[1] in {"AwaitingGateway", "Reconciled"}, life.said()
    return life


THINGS: Mapping[str, Thing] = {
    "group": Thing(noun="network security group", path="/networksecuritygroups/wgn-[^/]+$", story=own_group),
    "rule": Thing(noun="security rule", path="/securityrules/wgn-[^/]+$", story=shared_group),
    "record": Thing(noun="A record", path="/a/@$", story=injection, has_operation=False),
    "link": Thing(noun="virtual network link", path="/virtualnetworklinks/[^/]+$", story=injection),
    "zone": Thing(noun="private DNS zone", path="/privatednszones/[^/]+$", story=injection),
}


CASES = {
    **{f"{name} at once": (thing, {"answer": {"status": 404, "body": {"error": NOT_FOUND}}}) for name, thing in THINGS.items()},
    **{f"{name} later": (thing, {"operation": NOT_FOUND}) for name, thing in THINGS.items() if thing.has_operation},
}


@pytest.mark.parametrize(("thing", "fault"), CASES.values(), ids=CASES.keys())
async def test_what_is_said_not_to_be_there_is_looked_at_before_it_is_let_go(world: World, thing: Thing, fault: Mapping[str, Any]) -> None:
    world.emulator.reset(rich_seed())
    world.emulator.settings(latency="instant")
    life = await thing.story(world)
    life.delete()
    there = thing.ids(world)
    assert there
    world.emulator.add_fault(method="DELETE", path=thing.path, **fault)
    since = world.emulator.seq()

    await life.settle(passes=PASSES)

    assert life.has_finalizer
    assert thing.ids(world) == there
    assert not [event.note for event in life.cluster.events if event.note.startswith(f"Deleted {thing.noun}")]
    assert len([each for each in world.emulator.exchanges(since=since) if each["fault"]]) <= PASSES
    world.emulator.clear_faults()
    life.wait(700)
    await life.settle()
    assert life.is_gone
    assert thing.ids(world) == []
