"""Somebody else writes to the same group all the time, also between our guarding read and our write: nothing of theirs is ever lost.

`RACES` says how many races are run for each way in which Azure may treat If-Match: `make races` runs 100.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.azure.world import KEY, NSG, SERVICE, SUBNET, World
from workspace_gateway_network.api.spec import Spec
from workspace_gateway_network.model.json import canonical
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.planning.desired import Desired, desire
from workspace_gateway_network.planning.neighbours import Neighbours
from workspace_gateway_network.planning.observed import Observed
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.runtime.ports import Urgency

RACES = int(os.environ.get("RACES", "4"))
OWNER = Owner(cluster_id="races", namespace="apim", name="team-a")
OF_AZURE = {"gateway-load-balancer", "gateway-virtual-network", "gateway-storage"}
MADE_BY_AZURE = {"provisioningState", "etag"}


def office(number: int) -> dict[str, Any]:
    peer = {"prefixes": [f"203.0.{number}.0/24"]}
    return {
        "name": f"office{number}",
        "priority": 1000 + number,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "peer": peer,
        "ports": ["443"],
    }


def wanted() -> Desired:
    group = {"id": NSG, "attach": "Replace", "onDeny": "Precede", "additionalRules": [office(number) for number in range(3)]}
    spec = {"mode": "Injection", "apiManagement": {"id": SERVICE}, "subnet": {"id": SUBNET}, "networkSecurityGroup": group}
    return desire(spec=Spec.model_validate(spec), owner=OWNER, default_tags={})


class Rival:
    """Writes what it likes, but for rules of ours, and remembers it."""

    def __init__(self, emulator: Emulator, chance: Random) -> None:
        self._emulator = emulator
        self._chance = chance
        self.made = 0
        self.wrote = foreign(emulator)

    def act(self) -> None:
        """One write, or none, once it is sure that all is as this one left it."""
        assert foreign(self._emulator) == self.wrote
        choice = self._chance.choice([self._create, self._change, self._delete, self._retag, None, None])
        if choice:
            choice()
            self.made += 1
            self.wrote = foreign(self._emulator)

    def _create(self) -> None:
        taken = {each["properties"]["priority"] for each in rules(self._emulator).values()}
        number = self._chance.choice(
            [number for number in (*range(100, 110), *range(990, 1010), *range(3990, 4097)) if number not in taken]
        )
        properties = {**self._any_rule(), "priority": number}
        self._emulator.put(f"{NSG}/securityRules/theirs-{number}-{self.made}", {"properties": properties})

    def _change(self) -> None:
        if self.wrote:
            name = self._chance.choice(sorted(self.wrote))
            self._emulator.patch(f"{NSG}/securityRules/{name}", {"properties": {"description": f"changed {self.made}"}})

    def _delete(self) -> None:
        if self.wrote:
            self._emulator.delete(f"{NSG}/securityRules/{self._chance.choice(sorted(self.wrote))}")

    def _retag(self) -> None:
        self._emulator.patch(NSG, {"tags": {"round": str(self.made)}, "properties": {"flushConnection": self.made % 2 == 0}})

    def _any_rule(self) -> dict[str, Any]:
        return {
            "direction": "Inbound",
            "access": self._chance.choice(["Allow", "Deny"]),
            "protocol": "Tcp",
            "sourceAddressPrefix": self._chance.choice(["10.2.0.0/16", "Internet", "203.0.113.0/24"]),
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRanges": ["22", "443"],
        }


def rules(emulator: Emulator) -> dict[str, dict[str, Any]]:
    group = emulator.get(NSG)
    assert group is not None
    return {each["name"]: each for each in group["properties"]["securityRules"]}


def foreign(emulator: Emulator) -> dict[str, str]:
    """Every writable property of everybody's rules but ours, in canonical JSON."""
    found = {name: each["properties"] for name, each in rules(emulator).items() if not name.startswith("wgn-")}
    return {name: canonical({key: value for key, value in each.items() if key not in MADE_BY_AZURE}) for name, each in found.items()}


def taken(emulator: Emulator) -> set[int]:
    """The numbers that the rival's rules have: a rule that is to have one of them, and no other, is not made."""
    return {each["properties"]["priority"] for name, each in rules(emulator).items() if name.startswith("theirs-")}


async def race(world: World, rival: Rival, planner: Callable[[Observed], Plan]) -> None:
    """Passes, with the rival in every gap of them, until nothing is left to do once the rival is done."""

    def racing(observed: Observed) -> Plan:
        """Called between the guarding read and the write."""
        rival.act()
        return planner(observed)

    for attempt in range(60):
        observed = await world.look(wanted().query)
        planned = planner(observed)
        if attempt < 15:
            rival.act()
        elif not planned.steps:
            return
        replan = racing if attempt < 15 else planner
        outcome = await world.azure.apply(key=KEY, plan=planned, observed=observed, replan=replan, urgency=Urgency.CHANGED)
        if outcome.waiting_for:
            if attempt < 15:
                rival.act()
            await world.finish()
        world.clock.advance(6)
    raise AssertionError("it does not come to rest")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("if_match", ["own", "network", "ignored"])
async def test_a_racing_writer_loses_nothing(world: World, if_match: str) -> None:
    world.emulator.settings(if_match=if_match)
    for number in range(RACES):
        rival = Rival(world.emulator, Random(number))

        await race(
            world, rival, lambda observed: plan(desired=wanted(), observed=observed, neighbours=Neighbours.of(created="", others=()))
        )

        assert rival.made > 5
        assert foreign(world.emulator) == rival.wrote
        ours = {name.removeprefix(OWNER.name_prefix) for name in rules(world.emulator) if name.startswith(OWNER.name_prefix)}
        assert ours == OF_AZURE | {f"office{number}" for number in range(3) if 1000 + number not in taken(world.emulator)}
        for name in ours:
            world.emulator.delete(f"{NSG}/securityRules/{OWNER.name_prefix}{name}")
