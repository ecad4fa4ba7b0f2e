"""Azure's token buckets."""

from __future__ import annotations

from arm_emulator.client import Emulator
from contract.emulator.azure import NETWORK, RULES, SUBSCRIPTION, Arm


async def test_without_throttling_there_are_no_counters(arm: Arm) -> None:
    assert not [name for name in (await arm.get(NETWORK)).headers if name.startswith("x-ms-ratelimit")]


async def test_counters_of_reads_writes_and_deletes_go_down(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(throttle=True)
    assert (await arm.get(NETWORK)).headers["x-ms-ratelimit-remaining-subscription-global-reads"] == "3749"
    assert (await arm.put(f"{RULES}/x", {})).headers["x-ms-ratelimit-remaining-subscription-global-writes"] == "2999"
    assert (await arm.delete(f"{RULES}/x")).headers["x-ms-ratelimit-remaining-subscription-global-deletes"] == "2999"


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
