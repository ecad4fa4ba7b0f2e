"""Faults: any request can go wrong in any way, before or after its effect."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from arm_emulator.client import Emulator, EmulatorRefusal
from contract.emulator.azure import CLIENT, NETWORK, RULES, SUBNET, Arm

BODY = {"properties": {"addressPrefix": "10.0.1.0/27"}}
SUBNETS = r"/virtualnetworks/hub/subnets/[^/]+$"


async def prefix(arm: Arm) -> str:
    return str((await arm.get(SUBNET)).properties["addressPrefix"])


async def test_an_answer_of_ones_own_replaces_the_effect(arm: Arm, emulator: Emulator) -> None:
    error = {"error": {"code": "AuthorizationFailed", "message": "No."}}
    emulator.add_fault(method="PUT", path=SUBNETS, answer={"status": 403, "body": error, "headers": {"Retry-After": 7}})
    seen = await arm.put(SUBNET, BODY)
    assert (seen.status, seen.body, seen.headers["retry-after"]) == (403, error, "7")
    assert await prefix(arm) == "10.0.1.0/26"


async def test_an_answer_may_be_html(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(answer={"status": 503, "body": "<h1>Service unavailable</h1>"}, times=1)
    seen = await arm.get(SUBNET)
    assert (seen.status, seen.text, seen.headers["content-type"]) == (503, "<h1>Service unavailable</h1>", "text/html")
    assert (await arm.get(SUBNET)).status == 200


@pytest.mark.parametrize(("moment", "after"), [("before", "10.0.1.0/26"), ("after", "10.0.1.0/27")], ids=["before", "after"])
async def test_a_connection_drops_before_or_after_the_effect(arm: Arm, emulator: Emulator, moment: str, after: str) -> None:
    emulator.add_fault(method="PUT", drop=moment, times=1)
    with pytest.raises(aiohttp.ClientError):
        await arm.put(SUBNET, BODY)
    assert await prefix(arm) == after


@pytest.mark.parametrize(("moment", "after"), [("before", "10.0.1.0/26"), ("after", "10.0.1.0/27")], ids=["before", "after"])
async def test_a_request_hangs_before_or_after_the_effect_until_it_is_let_go(arm: Arm, emulator: Emulator, moment: str, after: str) -> None:
    name = emulator.add_fault(method="PUT", hang=moment, name="stuck")
    hanging = asyncio.create_task(arm.put(SUBNET, BODY))

    def reached(emulator: Emulator) -> Any:
        return next((each for each in emulator.faults() if each["name"] == name and each["hanging"] == 1), None)

    fault = await asyncio.to_thread(emulator.wait_for, reached)
    assert fault == {"name": "stuck", "seen": 1, "hits": 1, "hanging": 1}
    assert await prefix(arm) == after
    assert not hanging.done()
    emulator.clear_faults()
    with pytest.raises(aiohttp.ClientError):
        await hanging


async def test_the_nth_match_alone_is_struck(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(method="GET", path=SUBNETS, nth=2, answer={"status": 500})
    assert [(await arm.get(SUBNET)).status for _ in range(3)] == [200, 500, 200]
    (fault,) = emulator.faults()
    assert (fault["seen"], fault["hits"]) == (3, 1)


async def test_the_path_is_a_pattern_on_the_lower_cased_path(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(path=r"/securityrules/", answer={"status": 500})
    assert (await arm.get(f"{RULES}/deny-the-rest")).status == 500
    assert (await arm.get(NETWORK)).status == 200


async def test_one_principal_alone_can_be_struck(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(principal="other", answer={"status": 500})
    assert (await arm.get(SUBNET)).status == 200
    emulator.add_fault(principal=CLIENT, answer={"status": 500})
    assert (await arm.get(SUBNET)).status == 500


async def test_a_probability_strikes_some(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(method="GET", probability=0.5, answer={"status": 500})
    seen = {(await arm.get(SUBNET)).status for _ in range(40)}
    assert seen == {200, 500}


async def test_somebody_else_may_write_between_a_read_and_a_write(arm: Arm, emulator: Emulator) -> None:
    read = await arm.get(SUBNET)
    change = {"method": "PATCH", "id": SUBNET, "body": {"properties": {"aPropertyOfTomorrow": "theirs"}}}
    emulator.add_fault(method="PUT", path=SUBNETS, meanwhile=[change], times=1)
    seen = await arm.put(SUBNET, BODY, headers={"If-Match": read.body["etag"]})
    assert seen.status == 412
    assert (await arm.get(SUBNET)).properties["aPropertyOfTomorrow"] == "theirs"


async def test_an_operation_may_fail_or_never_end(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(method="PUT", operation={"code": "Canceled", "message": "Superseded."}, times=1)
    failed = await arm.put(SUBNET, BODY)
    assert await arm.status(failed) == {"status": "Failed", "error": {"code": "Canceled", "message": "Superseded.", "details": []}}
    emulator.clear_faults()
    emulator.add_fault(method="PUT", operation="hold")
    held = await arm.put(SUBNET, BODY)
    emulator.advance(3600)
    assert await arm.status(held) == {"status": "InProgress"}


async def test_the_journal_names_the_fault(arm: Arm, emulator: Emulator) -> None:
    since = emulator.seq()
    emulator.add_fault(method="PUT", drop="before", name="cut", times=1)
    emulator.add_fault(method="PUT", drop="after", name="cut-later")
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await arm.put(SUBNET, BODY)
    emulator.clear_faults()
    before, after = emulator.exchanges(since=since)
    assert (before["fault"], before["liveResponse"]) == ("cut", None)
    assert (after["fault"], after["liveResponse"]["statusCode"]) == ("cut-later", "200")


@pytest.mark.parametrize("rule", [{"hang": "sometimes"}, {"answers": {}}, {"path": "("}], ids=["moment", "field", "pattern"])
async def test_a_rule_that_makes_no_sense_is_refused(emulator: Emulator, rule: dict[str, Any]) -> None:
    with pytest.raises(EmulatorRefusal) as refusal:
        emulator.add_fault(**rule)
    assert refusal.value.status == 400
    assert emulator.faults() == []
