"""If-Match and If-None-Match, in the three ways that Azure may take them, and what etags do."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import ALLOW_HTTPS, NEIGHBOUR, NETWORK, RULES, SECURITY_GROUP, SUBNET, Arm

BODY = {"properties": {"addressPrefix": "10.0.1.0/26", "defaultOutboundAccess": False}}


async def etag(arm: Arm, path: str) -> str:
    return str((await arm.get(path)).body["etag"])


@pytest.mark.parametrize("mode", ["own", "network"])
async def test_a_matching_etag_is_accepted_and_a_stale_one_is_412(arm: Arm, emulator: Emulator, mode: str) -> None:
    emulator.settings(if_match=mode)
    before = await etag(arm, SUBNET)
    assert (await arm.put(SUBNET, BODY, headers={"If-Match": before})).status == 200
    now = await etag(arm, SUBNET)
    seen = await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/27"}}, headers={"If-Match": before})
    assert seen.status == 412
    assert seen.body["error"] == {
        "code": "PreconditionFailed",
        "message": "Precondition failed.",
        "details": [
            {
                "code": "PreconditionFailedEtagMismatch",
                "message": f"Etag provided in if-match header {before} does not match etag {now} of resource {SUBNET} in NRP data store.",
            }
        ],
    }
    assert (await arm.get(SUBNET)).properties["addressPrefix"] == "10.0.1.0/26"


async def test_a_stale_etag_on_a_subnet_may_be_ignored_but_never_on_a_network(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(if_match="ignored")
    assert (await arm.put(SUBNET, BODY, headers={"If-Match": 'W/"stale"'})).status == 200
    network = (await arm.get(NETWORK)).body
    assert (await arm.put(NETWORK, network, headers={"If-Match": 'W/"stale"'})).status == 412
    assert (await arm.put(f"{RULES}/mine", {"properties": ALLOW_HTTPS}, headers={"If-Match": 'W/"stale"'})).status == 201
    group = (await arm.get(SECURITY_GROUP)).body
    assert (await arm.put(SECURITY_GROUP, group, headers={"If-Match": 'W/"stale"'})).status == 412


@pytest.mark.parametrize(("mode", "status"), [("own", 200), ("network", 412), ("ignored", 200)], ids=["own", "network", "ignored"])
async def test_a_siblings_write_costs_a_412_where_the_network_has_one_etag(arm: Arm, emulator: Emulator, mode: str, status: int) -> None:
    emulator.settings(if_match=mode)
    before = await etag(arm, SUBNET)
    await arm.put(NEIGHBOUR, {"properties": {"addressPrefix": "10.0.2.0/25"}})
    await arm.get(NEIGHBOUR)
    assert (await arm.put(SUBNET, BODY, headers={"If-Match": before})).status == status


@pytest.mark.parametrize(("mode", "status"), [("own", 201), ("network", 412)], ids=["own", "network"])
async def test_the_same_holds_for_rules(arm: Arm, emulator: Emulator, mode: str, status: int) -> None:
    emulator.settings(if_match=mode)
    await arm.put(f"{RULES}/one", {"properties": ALLOW_HTTPS})
    before = await etag(arm, f"{RULES}/one")
    await arm.put(f"{RULES}/two", {"properties": {**ALLOW_HTTPS, "priority": 1001}})
    seen = await arm.put(f"{RULES}/one", {"properties": {**ALLOW_HTTPS, "priority": 1002}}, headers={"If-Match": before})
    assert seen.status == (200 if status == 201 else 412)


async def test_where_the_network_has_one_etag_subnets_show_it(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(if_match="network")
    await arm.put(SUBNET, BODY)
    network = (await arm.get(NETWORK)).body
    assert {each["etag"] for each in network["properties"]["subnets"]} == {network["etag"]}


async def test_a_subnets_write_moves_its_networks_etag_in_every_mode(arm: Arm, emulator: Emulator) -> None:
    for mode in ("own", "network", "ignored"):
        emulator.reset()
        emulator.settings(if_match=mode)
        before = await etag(arm, NETWORK)
        await arm.put(SUBNET, BODY)
        assert await etag(arm, NETWORK) != before


async def test_an_etag_in_the_body_is_no_condition(arm: Arm) -> None:
    assert (await arm.put(SUBNET, {**BODY, "etag": 'W/"stale"'})).status == 200


async def test_the_star_matches_what_is_there_and_nothing_else(arm: Arm) -> None:
    assert (await arm.put(SUBNET, BODY, headers={"If-Match": "*"})).status == 200
    new = f"{NETWORK}/subnets/new"
    assert (await arm.put(new, {"properties": {"addressPrefix": "10.0.9.0/24"}}, headers={"If-Match": "*"})).status == 412


@pytest.mark.parametrize("path", [SUBNET, NETWORK, SECURITY_GROUP, f"{RULES}/deny-the-rest"], ids=["subnet", "network", "group", "rule"])
async def test_if_none_match_creates_and_never_replaces(arm: Arm, path: str) -> None:
    body = (await arm.get(path)).body
    seen = await arm.put(path, body, headers={"If-None-Match": "*"})
    assert (seen.status, seen.code) == (412, "PreconditionFailed")
    new = f"{RULES}/new"
    assert (await arm.put(new, {"properties": ALLOW_HTTPS}, headers={"If-None-Match": "*"})).status == 201


async def test_a_delete_can_be_conditional(arm: Arm) -> None:
    assert (await arm.delete(f"{RULES}/deny-the-rest", headers={"If-Match": 'W/"stale"'})).status == 412
    now = await etag(arm, f"{RULES}/deny-the-rest")
    assert (await arm.delete(f"{RULES}/deny-the-rest", headers={"If-Match": now})).status == 202
