"""Azure's token buckets, and what its resource providers count for themselves."""

from __future__ import annotations

from arm_emulator.client import Emulator
from contract.emulator.azure import GROUP, NETWORK, RECORD, RULES, SUBNET, SUBSCRIPTION, TENANT, ZONE, ZONES, Arm, Seen


async def test_without_throttling_there_are_no_counters(arm: Arm) -> None:
    assert not [name for name in (await arm.get(NETWORK)).headers if name.startswith("x-ms-ratelimit")]


def counters(seen: Seen) -> dict[str, str]:
    start = "x-ms-ratelimit-remaining-"
    return {name.removeprefix(start): value for name, value in seen.headers.items() if name.startswith(start)}


async def test_counters_of_reads_writes_and_deletes_go_down(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True)
    assert counters(await arm.get(NETWORK)) == {"subscription-reads": "249", "subscription-global-reads": "3749"}
    assert counters(await arm.put(f"{RULES}/x", {})) == {"subscription-writes": "199", "subscription-global-writes": "2999"}
    assert counters(await arm.delete(f"{RULES}/x")) == {"subscription-deletes": "199", "subscription-global-deletes": "2999"}


async def test_polls_are_reads(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True)
    write = await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/27"}})
    poll = await arm.get(write.headers["azure-asyncoperation"])
    assert counters(poll) == {"subscription-reads": "249", "subscription-global-reads": "3749"}


async def test_what_belongs_to_no_subscription_counts_for_the_tenant(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True, limits={"reads": 1, "reads_a_second": 0})
    assert counters(await arm.get("/subscriptions")) == {"tenant-reads": "0"}
    seen = await arm.get("/subscriptions")
    assert seen.status == 429
    assert seen.message == f"Request is temporarily throttled because tenant {TENANT} has issued too many requests. Retry after 2 seconds."
    assert (await arm.get(NETWORK)).status == 200


async def test_an_empty_bucket_is_429_and_asking_early_renews_the_wait(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True)
    for _ in range(200):
        await arm.delete(f"{RULES}/none")
    while (seen := await arm.delete(f"{RULES}/none")).status != 429:
        pass
    assert (seen.code, seen.headers["retry-after"]) == ("429", "2")
    assert seen.message == (
        f"Request is temporarily throttled because subscription {SUBSCRIPTION} has issued too many requests. Retry after 2 seconds."
    )
    emulator.advance(1.5)
    assert (await arm.delete(f"{RULES}/none")).status == 429
    emulator.advance(1.5)
    assert (await arm.delete(f"{RULES}/none")).status == 429
    emulator.advance(2.1)
    assert (await arm.delete(f"{RULES}/none")).status == 204
    assert (await arm.get(NETWORK)).status == 200


async def test_principals_have_buckets_of_their_own(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True)
    while (await arm.delete(f"{RULES}/none")).status != 429:
        pass
    async with Arm(emulator, client_id="somebody-else") as other:
        await other.log_in()
        assert (await other.delete(f"{RULES}/none")).status == 204


async def test_all_principals_together_have_fifteen_times_as_much(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True, limits={"reads": 1, "reads_a_second": 0})
    seen = []
    for number in range(16):
        async with Arm(emulator, client_id=f"client-{number}") as each:
            await each.log_in()
            seen.append(await each.get(NETWORK))
    assert [each.status for each in seen] == [200] * 15 + [429]
    assert counters(seen[14]) == {"subscription-reads": "0", "subscription-global-reads": "0"}


async def test_the_network_provider_counts_reads_and_writes_of_five_minutes(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True, limits={"network_reads": 2, "network_writes": 1})
    assert [(await arm.get(SUBNET)).status for _ in range(2)] == [200, 200]
    emulator.advance(299)
    seen = await arm.get(NETWORK)
    assert (seen.status, seen.headers["retry-after"]) == (429, "1")
    message = "The limit of 2 reads of Microsoft.Network in 5 minutes has been reached. Retry after 1 seconds."
    assert seen.body == {"error": {"code": "TooManyRequests", "message": message, "details": []}}
    assert (await arm.delete(f"{RULES}/none")).status == 204
    assert (await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/27"}})).status == 429
    assert (await arm.get(GROUP)).status == 200  # another provider's
    emulator.advance(2)
    assert (await arm.get(NETWORK)).status == 200


async def test_private_dns_shows_its_counters_and_is_the_first_to_refuse(arm: Arm, emulator: Emulator) -> None:
    emulator.put(ZONE, {"location": "global"})
    emulator.settings(throttle=True)
    first = await arm.get(ZONE)
    assert counters(first) == {"subscription-resource-requests": "499"}, "its own counter, and not ARM's"
    listed = await arm.get(ZONES)
    assert counters(listed)["subscription-resource-entities-read"] == "59999"
    written = await arm.put(RECORD, {"properties": {"ttl": 300, "aRecords": []}})
    assert counters(written)["subscription-resource-requests"] == "799"
    emulator.settings(limits={"private_dns_reads": 1})
    assert counters(await arm.get(ZONE))["subscription-resource-requests"] == "0"
    seen = await arm.get(ZONE)
    message = "The limit of 1 reads of private DNS in 5 minutes has been reached. Retry after 300 seconds."
    assert seen.refusal == (429, {"code": "TooManyRequests", "message": message})
    assert seen.headers["retry-after"] == "300"
    assert (await arm.get(NETWORK)).status == 200


async def test_answers_that_real_azure_gives_without_counters_have_none(arm: Arm, emulator: Emulator) -> None:
    emulator.put(ZONE, {"location": "global"})
    emulator.put(f"{ZONE}/virtualNetworkLinks/a", {"location": "global", "properties": {"virtualNetwork": {"id": NETWORK}}})
    emulator.settings(throttle=True)
    for seen, status in ((await arm.get(f"{NETWORK}-none"), 404), (await arm.get(f"{ZONE}-none"), 404), (await arm.delete(ZONE), 409)):
        assert (seen.status, counters(seen)) == (status, {})


async def test_a_wait_is_never_rounded_down(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True, limits={"network_reads": 1})
    emulator.stop_clock()
    assert (await arm.get(NETWORK)).status == 200
    emulator.advance(100.9)
    assert (await arm.get(NETWORK)).headers["retry-after"] == "200"
    emulator.advance(0.2)
    seen = await arm.get(NETWORK)
    assert seen.headers["retry-after"] == "199"
    emulator.advance(float(seen.headers["retry-after"]))
    assert (await arm.get(NETWORK)).status == 200


async def test_what_the_front_door_refuses_does_not_count_for_the_provider(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True, limits={"network_reads": 1})
    assert (await arm.get(f"{NETWORK}-none/subnets/s")).status == 404
    assert (await arm.get(SUBNET)).status == 200
    assert (await arm.get(SUBNET)).status == 429
