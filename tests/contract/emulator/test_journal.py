"""The journal: every exchange, as Microsoft's validator reads it, before its answer is on its way."""

from __future__ import annotations

import json
from pathlib import Path

from arm_emulator.client import Emulator
from arm_emulator.process import EmulatorProcess
from contract.emulator.azure import CLIENT, NETWORK, RULES, SUBNET, Arm, seed

BODY = {"properties": {"addressPrefix": "10.0.1.0/27"}}


def lines(emulator: Emulator) -> list[str]:
    return (Path(emulator.ca).parent / "exchanges.jsonl").read_text().splitlines()


async def test_an_exchange_is_whole(arm: Arm, emulator: Emulator) -> None:
    write = await arm.put(SUBNET, BODY, headers={"If-Match": "*"})
    exchange = json.loads(lines(emulator)[-1])
    assert exchange.keys() == {"liveRequest", "liveResponse", "seq", "at", "principal", "type", "fault"}
    request, response = exchange["liveRequest"], exchange["liveResponse"]
    assert (request["method"], request["url"]) == ("PUT", f"{SUBNET}?api-version=2024-05-01")
    assert (request["query"], request["body"]) == ({"api-version": "2024-05-01"}, BODY)
    assert request["headers"]["if-match"] == "*"
    assert (response["statusCode"], response["body"]) == ("200", write.body)
    assert response["headers"]["content-type"] == "application/json; charset=utf-8"
    assert response["headers"]["azure-asyncoperation"] == write.headers["azure-asyncoperation"]
    assert (exchange["principal"], exchange["fault"]) == (CLIENT, None)
    assert exchange["type"] == "Microsoft.Network/virtualNetworks/subnets"


async def test_bodies_that_are_not_there_are_left_out(arm: Arm, emulator: Emulator) -> None:
    await arm.delete(f"{RULES}/deny-the-rest")
    exchange = json.loads(lines(emulator)[-1])
    assert "body" not in exchange["liveRequest"]
    assert "body" not in exchange["liveResponse"]


async def test_refusals_are_in_it_and_tokens_are_not(arm: Arm, emulator: Emulator) -> None:
    await arm.get(NETWORK)
    await arm.get(f"{NETWORK}/subnets/none")
    await arm.log_in()
    *_, last = lines(emulator)
    assert json.loads(last)["liveResponse"]["statusCode"] == "404"
    assert not any(arm.token in line or "made-up" in line for line in lines(emulator))


async def test_control_requests_are_not_in_it(emulator: Emulator) -> None:
    before = emulator.seq()
    emulator.get(SUBNET)
    emulator.patch(SUBNET, {"properties": {"aPropertyOfTomorrow": 1}})
    assert emulator.seq() == before


async def test_exchanges_are_numbered_and_can_be_asked_for_from_a_number_on(arm: Arm, emulator: Emulator) -> None:
    since = emulator.seq()
    await arm.get(NETWORK)
    async with Arm(emulator, client_id="somebody-else") as other:
        await other.log_in()
        await other.get(SUBNET)
    assert [each["seq"] for each in emulator.exchanges(since=since)] == [since + 1, since + 2]
    (theirs,) = emulator.exchanges(since=since, principal="somebody-else")
    assert theirs["liveRequest"]["url"].startswith(SUBNET)
    assert len(emulator.exchanges()) == since + 2


async def test_requests_are_counted_by_principal_method_and_type(arm: Arm, emulator: Emulator) -> None:
    since = emulator.seq()
    await arm.get(NETWORK.replace("virtualNetworks", "VIRTUALNETWORKS"))
    await arm.get(NETWORK)
    write = await arm.put(SUBNET, BODY)
    await arm.status(write)
    assert emulator.counts(since=since) == [
        {"principal": CLIENT, "method": "GET", "type": "Microsoft.Network/locations/operations", "count": 1},
        {"principal": CLIENT, "method": "GET", "type": "Microsoft.Network/virtualNetworks", "count": 2},
        {"principal": CLIENT, "method": "PUT", "type": "Microsoft.Network/virtualNetworks/subnets", "count": 1},
    ]


async def test_a_restarted_emulator_goes_on_with_its_journal(tmp_path: Path) -> None:
    process = EmulatorProcess(state_dir=tmp_path, seed=seed())
    try:
        emulator = process.start()
        async with Arm(emulator) as arm:
            await arm.log_in()
            await arm.get(NETWORK)
        authority = (tmp_path / "ca.pem").read_bytes()
        with (tmp_path / "exchanges.jsonl").open("a") as journal:
            journal.write('{"liveRequest": {"meth')  # what a killed process leaves
        again = process.restart()
        assert again.url == emulator.url
        assert (tmp_path / "ca.pem").read_bytes() == authority
        async with Arm(again) as arm:
            await arm.log_in()
            await arm.get(SUBNET)
        assert [each["seq"] for each in again.exchanges()] == [1, 2]
        assert len(lines(again)) == 2
        assert again.counts(since=1)[0]["type"] == "Microsoft.Network/virtualNetworks/subnets"
    finally:
        process.stop()
