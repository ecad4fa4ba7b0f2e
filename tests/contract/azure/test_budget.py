"""The request budget under Azure's documented limits: hundreds of resources, over HTTPS, judged by Azure's journal.

Operator and Azure have one clock, which stands still while Azure answers: minutes of waiting cost no time.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.rival import Rival
from fleet.run import Exchange, Fleet, exchanges, operate, throttling_azure
from fleet.seed import OPERATOR, Member, members
from workspace_gateway_network.runtime.ports import Urgency

WAIT_OF_DNS = 250
PRIVATE_DNS = "/privatedns"
OFFICE = {
    "name": "office",
    "priority": 300,
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "Tcp",
    "peer": {"prefixes": ["203.0.113.0/24"]},
    "ports": ["443"],
}


@dataclass(frozen=True)
class Ran:
    """What a story came to, and what the operator has asked of Azure meanwhile."""

    told: Any
    asked: list[Exchange]


def run(story: Callable[[Fleet], Any], *, fleet: list[Member], directory: Path, latency: str = "lan", **options: int) -> Ran:
    """Run a fleet's operator against an Azure that throttles as documented, while a story goes on."""
    with throttling_azure(fleet, directory=directory, latency=latency) as emulator:
        told = operate(story, fleet=fleet, emulator=emulator, **options)
    return Ran(told, [each for each in exchanges(directory) if each.principal == OPERATOR])


def refused_although_told(asked: Sequence[Exchange]) -> list[str]:
    """The 429s that came after Azure had shown how much was left."""
    first = next(number for number, each in enumerate(asked) if each.counters)
    return [f"{each.method} {each.path}" for each in asked[first:] if each.status == 429]


def seconds(asked: Sequence[Exchange], each: Exchange) -> float:
    """When something was asked, from the first request on."""
    return (each.at - asked[0].at).total_seconds()


def test_a_fleet_comes_up_without_one_429_and_none_waits_for_ever(tmp_path: Path) -> None:
    async def story(operator: Fleet) -> float:
        operator.apply()
        return await operator.until(operator.all_ready, seconds=600, what="the last Ready")

    ran = run(story, fleet=members(300, subnets=3), directory=tmp_path, latency="instant")

    asked, took = ran.asked, ran.told
    reads = sum(each.method == "GET" for each in asked)
    assert refused_although_told(asked) == []
    assert {each.status for each in asked} == {200, 201, 404}
    assert reads / 300 < 15
    assert took < 1.1 * (reads - 250) / 25, "as fast as 25 reads a second allow, after the 250 that go at once"


def test_what_somebody_else_uses_up_is_left_to_them(tmp_path: Path) -> None:
    async def story(operator: Fleet) -> list[int]:
        operator.emulator.settings(limits={"private_dns_reads": 120})
        answers = []

        async def list_zones_all_the_time() -> None:
            with closing(Rival(operator.emulator)) as rival:
                while not operator.all_ready():
                    answers.append(rival.list_zones())
                    await asyncio.sleep(5)

        operator.apply()
        listing = asyncio.create_task(list_zones_all_the_time())
        await operator.until(operator.all_ready, seconds=1800, what="the last Ready")
        await listing
        return answers

    ran = run(story, fleet=members(8, published=4), directory=tmp_path, latency="instant")

    assert refused_although_told(ran.asked) == []
    assert 429 in ran.told, "there was less than both wanted"


def test_a_type_that_is_throttled_waits_its_time_and_stops_no_other(tmp_path: Path) -> None:
    limit = {"code": "TooManyRequests", "message": "The limit of 500 reads of private DNS in 5 minutes has been reached."}
    answer = {"status": 429, "headers": {"Retry-After": f"{WAIT_OF_DNS}"}, "body": limit}

    async def story(operator: Fleet) -> tuple[float, float, str]:
        operator.emulator.add_fault(method="GET", path=PRIVATE_DNS, answer=answer, times=1)
        operator.apply()
        others = [member.key for member in operator.members if not member.published]
        first = await operator.until(lambda: set(others) <= operator.cluster.ready_at.keys(), seconds=100, what="those without a name")
        scraped = operator.scraped()
        return first, await operator.until(operator.all_ready, seconds=1800, what="the last Ready"), scraped

    ran = run(story, fleet=members(12, published=4, subnets=1), directory=tmp_path, latency="instant")

    (others_ready, all_ready, scraped), asked = ran.told, ran.asked
    of_dns = [seconds(asked, each) for each in asked if PRIVATE_DNS in each.path.lower() and each.method == "GET"]
    assert others_ready < WAIT_OF_DNS < all_ready
    assert of_dns[1] >= WAIT_OF_DNS, "nothing is asked of private DNS before its time"
    assert [each.status for each in asked].count(429) == 1
    subnets = [each for each in asked if each.method == "PUT" and "/subnets/" in each.path]
    assert len(subnets) == 12
    assert seconds(asked, subnets[-1]) < WAIT_OF_DNS, "the networks of the published ones are made right meanwhile"
    assert 'wgn_azure_throttled_total{operation="reads",provider="private-dns"} 1.0' in scraped


def test_what_has_changed_goes_before_drift_and_drift_before_the_periodic_look(tmp_path: Path) -> None:
    fleet = members(12, subnets=1)
    resynced, drifted, changed = fleet[:4], fleet[4:8], fleet[8:]

    async def story(operator: Fleet) -> int:
        operator.apply()
        await operator.until(operator.all_ready, seconds=300, what="the last Ready")
        await asyncio.sleep(10)  # Azure's time, in which the lists from before grow too old to serve
        since = operator.emulator.seq()
        for member in resynced + drifted:
            operator.emulator.patch(member.subnet, {"properties": {"delegations": []}})
        for member in resynced:
            operator.queue.add(member.key, Urgency.RESYNC)
        for member in drifted:
            operator.queue.add(member.key, Urgency.DRIFTED)
        for member in changed:
            operator.cluster.change(member.key, networkSecurityGroup={"additionalRules": [OFFICE]})
            operator.queue.add(member.key, Urgency.CHANGED)
        await operator.until(lambda: not operator.queue.depth and operator.all_ready(), seconds=40, what="the last of them")
        return since

    ran = run(story, fleet=fleet, directory=tmp_path, workers=1)

    writes = [each for each in ran.asked[ran.told :] if each.method != "GET"]
    order = list(dict.fromkeys(int(re.findall(r"team-(\d+)", each.path)[0]) for each in writes))
    turns = ["resynced" if number < 4 else "drifted" if number < 8 else "changed" for number in order]
    assert turns == ["changed"] * 4 + ["drifted"] * 4 + ["resynced"] * 4
