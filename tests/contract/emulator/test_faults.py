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


async def test_an_answer_may_come_after_the_effect(arm: Arm, emulator: Emulator) -> None:
    error = {"error": {"code": "GatewayTimeout", "message": "The gateway did not receive a response."}}
    emulator.add_fault(method="PUT", answer={"status": 504, "body": error, "moment": "after"}, times=1)
    seen = await arm.put(SUBNET, BODY)
    assert seen.refusal == (504, error)
    assert await prefix(arm) == "10.0.1.0/27"


async def test_a_delay_comes_before_the_effect(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(method="PUT", delay=3600, times=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await arm.put(SUBNET, BODY)
    assert emulator.faults()[0]["hits"] == 1
    assert await prefix(arm) == "10.0.1.0/26"
    emulator.clear_faults()
    emulator.add_fault(method="PUT", delay=0.01)
    assert (await arm.put(SUBNET, BODY)).status == 200


async def test_a_slow_answer_is_whole_in_the_end(arm: Arm, emulator: Emulator) -> None:
    quick = await arm.get(NETWORK)
    emulator.add_fault(method="GET", slow=0.05, times=1)
    slow = await arm.get(NETWORK)
    assert (slow.status, slow.text, slow.headers["content-length"]) == (200, quick.text, quick.headers["content-length"])


async def test_a_client_that_does_not_wait_for_a_slow_answer_has_had_its_effect(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(method="PUT", slow=3600, times=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await arm.put(SUBNET, BODY)
    assert await prefix(arm) == "10.0.1.0/27"


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


async def test_a_probability_strikes_some_and_the_same_ones_for_the_same_seed(arm: Arm, emulator: Emulator) -> None:
    async def struck(seed: int) -> list[bool]:
        emulator.clear_faults()
        emulator.add_fault(method="GET", probability=0.5, seed=seed, answer={"status": 500})
        return [(await arm.get(SUBNET)).status == 500 for _ in range(24)]

    first = await struck(7)
    assert set(first) == {True, False}
    assert await struck(7) == first
    assert await struck(8) != first


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


async def test_a_token_may_have_expired_for_one_request(arm: Arm, emulator: Emulator) -> None:
    emulator.add_fault(method="PUT", expired_token=True, times=1)
    seen = await arm.put(SUBNET, BODY)
    assert seen.refusal == (401, {"error": {"code": "ExpiredAuthenticationToken", "message": "The access token has expired."}})
    assert seen.headers["www-authenticate"].startswith("Bearer ")
    assert await prefix(arm) == "10.0.1.0/26"
    assert (await arm.put(SUBNET, BODY)).status == 200


async def test_all_tokens_may_expire_and_new_ones_are_good(arm: Arm, emulator: Emulator) -> None:
    assert emulator.expire_tokens() >= 1
    assert (await arm.get(SUBNET)).code == "ExpiredAuthenticationToken"
    await arm.log_in()
    assert (await arm.get(SUBNET)).status == 200


async def test_entra_is_struck_only_where_it_is_meant(arm: Arm, emulator: Emulator) -> None:
    error = {"error": "temporarily_unavailable", "error_description": "AADSTS90033: A transient error has occurred."}
    emulator.add_fault(service="entra", answer={"status": 503, "body": error}, times=1)
    assert (await arm.get(SUBNET)).status == 200
    seen = await arm.sign_in({})
    assert seen.refusal == (503, error)
    assert (await arm.sign_in({})).status == 200


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


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"hang": "sometimes"}, "hang is either before or after"),
        ({"answer": {"status": 500, "moment": "never"}}, "moment of an answer is either before or after"),
        ({"answer": {"status": 99}}, "the status of an answer is from 200 to 599"),
        ({"answers": {}}, "a fault has no answers"),
        ({"path": "("}, "path is no regular expression"),
        ({"service": "graph"}, "service is one of arm, entra"),
    ],
    ids=["moment", "moment of an answer", "status", "field", "pattern", "service"],
)
async def test_a_rule_that_makes_no_sense_is_refused(emulator: Emulator, rule: dict[str, Any], problem: str) -> None:
    with pytest.raises(EmulatorRefusal, match=problem) as refusal:
        emulator.add_fault(**rule)
    assert refusal.value.status == 400
    assert emulator.faults() == []
