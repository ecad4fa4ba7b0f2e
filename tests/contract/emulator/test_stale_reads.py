"""Stale reads: for a while after a change, readers are shown what was there before it."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import GROUP, NETWORK, RECORD, RULES, SUBNET, ZONE, Arm

BODY = {"properties": {"addressPrefix": "10.0.1.0/27"}}
SUBNETS_BEFORE = [f"{NETWORK}/subnets/Gateways", f"{NETWORK}/subnets/machines"]


@pytest.fixture
def stale(emulator: Emulator) -> str:
    """Every read lags a minute behind every change."""
    return emulator.add_fault(method="GET", stale=60)


async def prefix(arm: Arm) -> str:
    return str((await arm.get(SUBNET)).properties["addressPrefix"])


async def test_a_read_shows_what_was_there_before_a_write_until_the_time_has_passed(arm: Arm, emulator: Emulator, stale: str) -> None:
    before = await arm.get(SUBNET)
    await arm.put(SUBNET, BODY)
    assert (await arm.get(SUBNET)).body == before.body
    emulator.advance(59)
    assert await prefix(arm) == "10.0.1.0/26"
    emulator.advance(2)
    assert await prefix(arm) == "10.0.1.0/27"


async def test_a_stale_etag_costs_the_writer_a_412(arm: Arm, stale: str) -> None:
    await arm.put(SUBNET, BODY)
    read = await arm.get(SUBNET)
    assert (await arm.put(SUBNET, BODY, headers={"If-Match": read.body["etag"]})).code == "PreconditionFailed"


async def test_what_is_new_is_not_there_yet_and_what_is_gone_still_is(arm: Arm, emulator: Emulator, stale: str) -> None:
    await arm.put(f"{NETWORK}/subnets/new", {"properties": {"addressPrefix": "10.0.3.0/24"}})
    await arm.delete(f"{RULES}/deny-the-rest")
    assert (await arm.get(f"{NETWORK}/subnets/new")).status == 404
    assert (await arm.get(f"{RULES}/deny-the-rest")).status == 200
    assert [each["id"] for each in (await arm.get(f"{NETWORK}/subnets")).body["value"]] == SUBNETS_BEFORE
    assert [each["id"] for each in (await arm.get(NETWORK)).properties["subnets"]] == SUBNETS_BEFORE
    emulator.advance(61)
    assert (await arm.get(f"{NETWORK}/subnets/new")).status == 200
    assert (await arm.get(f"{RULES}/deny-the-rest")).status == 404


async def test_of_several_changes_the_first_ones_are_seen_first(arm: Arm, emulator: Emulator, stale: str) -> None:
    await arm.put(SUBNET, BODY)
    emulator.advance(40)
    await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/28"}})
    assert await prefix(arm) == "10.0.1.0/26"
    emulator.advance(21)
    assert await prefix(arm) == "10.0.1.0/27"
    emulator.advance(40)
    assert await prefix(arm) == "10.0.1.0/28"


async def test_a_foreign_change_is_seen_late_as_well(arm: Arm, emulator: Emulator, stale: str) -> None:
    emulator.patch(SUBNET, {"properties": {"aPropertyOfTomorrow": "theirs"}})
    assert (await arm.get(SUBNET)).properties["aPropertyOfTomorrow"] == {"kept": [1, None]}
    emulator.advance(61)
    assert (await arm.get(SUBNET)).properties["aPropertyOfTomorrow"] == "theirs"


async def test_operations_and_other_readers_are_up_to_date(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(latency="lan")
    emulator.add_fault(method="GET", principal="writer", stale=60)
    rule = f"{RULES}/deny-the-rest"
    for write in (await arm.put(SUBNET, BODY), await arm.delete(rule)):
        assert [(await arm.status(write))["status"] for _ in range(3)] == ["InProgress", "InProgress", "Succeeded"]
    assert await prefix(arm) == "10.0.1.0/26"
    assert (await arm.get(rule)).status == 200
    async with Arm(emulator, client_id="somebody-else") as other:
        await other.log_in()
        assert await prefix(other) == "10.0.1.0/27"
        assert (await other.get(rule)).status == 404


async def test_private_dns_lags_behind_too(arm: Arm, emulator: Emulator) -> None:
    emulator.put(ZONE, {"location": "global"})
    emulator.add_fault(method="GET", path="/privatednszones/", stale=60)
    await arm.put(RECORD, {"properties": {"ttl": 300, "aRecords": [{"ipv4Address": "10.0.1.5"}]}}, version="2024-06-01")
    assert (await arm.get(RECORD, version="2024-06-01")).status == 404
    names = [each["name"] for each in (await arm.get(f"{ZONE}/ALL", version="2024-06-01")).body["value"]]
    assert names == ["@"]  # the start of authority
    assert (await arm.get(f"{GROUP}/providers/Microsoft.Network/virtualNetworks")).status == 200
    emulator.advance(61)
    assert (await arm.get(RECORD, version="2024-06-01")).status == 200


async def test_without_the_rule_there_is_nothing_to_remember(arm: Arm, emulator: Emulator) -> None:
    await arm.put(SUBNET, BODY)
    emulator.add_fault(method="GET", stale=60)
    assert await prefix(arm) == "10.0.1.0/27"
