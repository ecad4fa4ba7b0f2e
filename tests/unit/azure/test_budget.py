"""The request budget, by a clock that only tests move."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from workspace_gateway_network.azure.budget import LIMITS, Bucket, Budget, Exhausted, Kind, Limit

FIVE = Limit(capacity=5, per_second=1)


class Clock:
    """Time that passes only while somebody sleeps: the sleeper's."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def budget(clock: Clock, *, patience: float = 1000.0, limits: Mapping[Kind, Limit] | None = None) -> Budget:
    every = dict.fromkeys(Kind, FIVE)
    return Budget(patience=patience, now=clock, sleep=clock.sleep, limits=limits or every, chance=lambda: 0.5)


async def acquire(bank: Budget, *, urgency: int = 0, subscription: str = "s", kind: Kind = Kind.READS) -> None:
    await bank.acquire(subscription=subscription, kind=kind, urgency=urgency)


def test_the_limits_are_those_that_microsoft_documents() -> None:
    assert LIMITS[Kind.READS] == Limit(capacity=250, per_second=25)
    assert LIMITS[Kind.WRITES] == Limit(capacity=200, per_second=10)
    assert LIMITS[Kind.DELETES] == Limit(capacity=200, per_second=10)


@pytest.mark.parametrize(
    ("method", "kind"), [("GET", Kind.READS), ("PUT", Kind.WRITES), ("PATCH", Kind.WRITES), ("POST", Kind.WRITES), ("DELETE", Kind.DELETES)]
)
def test_methods_count_as_what_azure_counts(method: str, kind: Kind) -> None:
    assert Kind.of(method) is kind


def test_a_bucket_fills_up_to_its_size_and_no_further() -> None:
    bucket = Bucket(limit=FIVE, now=0)
    for _ in range(5):
        assert bucket.wait(0) == 0
        bucket.take(0)
    assert bucket.wait(0) == 1
    assert bucket.wait(0, ahead=2) == 3
    assert bucket.wait(0.25) == 0.75
    assert bucket.level(3) == 3
    assert bucket.level(1000) == 5


def test_azures_count_corrects_downwards_only() -> None:
    bucket = Bucket(limit=FIVE, now=0)
    bucket.correct(0, remaining=16499)
    assert bucket.level(0) == 5
    bucket.correct(0, remaining=1)
    assert bucket.level(0) == 1
    bucket.correct(0, remaining=4)
    assert bucket.level(0) == 1


def test_a_block_outlasts_a_full_bucket() -> None:
    bucket = Bucket(limit=FIVE, now=0)
    bucket.block(0, seconds=30)
    assert bucket.wait(0) == 30
    assert bucket.wait(29) == 1
    assert bucket.wait(30) == 0


async def test_a_burst_goes_at_once_and_the_rest_at_the_pace_of_the_refill() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(5):
        await acquire(bank)
    assert clock.now == 100

    await asyncio.gather(*(acquire(bank) for _ in range(10)))

    assert clock.now == pytest.approx(110)
    await bank.close()


async def test_the_urgent_go_first_and_then_who_came_first() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(5):
        await acquire(bank)
    order: list[str] = []

    async def one(name: str, urgency: int) -> None:
        await acquire(bank, urgency=urgency)
        order.append(name)

    await asyncio.gather(one("resync 1", 2), one("drift 1", 1), one("resync 2", 2), one("changed", 0), one("drift 2", 1))

    assert order == ["changed", "drift 1", "drift 2", "resync 1", "resync 2"]
    await bank.close()


async def test_subscriptions_and_kinds_do_not_share() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(5):
        await acquire(bank)
    await acquire(bank, kind=Kind.WRITES)
    await acquire(bank, subscription="other")
    assert clock.now == 100
    assert bank.wait(subscription="S", kind=Kind.READS) == 1, "subscriptions have no case"
    await bank.close()


async def test_a_wait_beyond_the_patience_is_refused_at_once() -> None:
    clock = Clock()
    bank = budget(clock, patience=3)
    for _ in range(5):
        await acquire(bank)
    waiting = [asyncio.create_task(acquire(bank)) for _ in range(3)]
    await asyncio.sleep(0)

    with pytest.raises(Exhausted) as refused:
        await acquire(bank)

    assert refused.value.seconds > 3
    assert clock.now < 104
    await asyncio.gather(*waiting)
    await bank.close()


async def test_a_refusal_by_azure_stops_everything_of_its_kind_until_its_time() -> None:
    clock = Clock()
    bank = budget(clock)
    bank.refused(subscription="s", kind=Kind.READS, seconds=17)

    await acquire(bank, kind=Kind.WRITES)
    assert clock.now == 100
    await acquire(bank)

    assert clock.now == pytest.approx(117.75), "a little late rather than a little early"
    await bank.close()


async def test_a_refusal_by_azure_sends_away_who_would_wait_too_long() -> None:
    clock = Clock()
    bank = budget(clock, patience=5)
    for _ in range(5):
        await acquire(bank)
    waiting = asyncio.create_task(acquire(bank))
    await asyncio.sleep(0)

    bank.refused(subscription="s", kind=Kind.READS, seconds=60)

    with pytest.raises(Exhausted):
        await waiting
    await bank.close()


async def test_who_gives_up_takes_nothing_with_him() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(5):
        await acquire(bank)
    leaving, staying = asyncio.create_task(acquire(bank)), asyncio.create_task(acquire(bank))
    await asyncio.sleep(0)

    leaving.cancel()
    await staying

    assert leaving.cancelled()
    assert clock.now == pytest.approx(101)
    await bank.close()


async def test_what_was_not_used_goes_back() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(5):
        await acquire(bank)
    bank.give_back(subscription="s", kind=Kind.READS)
    await acquire(bank)
    assert clock.now == 100
    await bank.close()


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-ms-ratelimit-remaining-subscription-reads": "0"}, 1),
        ({"x-ms-ratelimit-remaining-subscription-global-reads": "0"}, 1),
        ({"x-ms-ratelimit-remaining-subscription-reads": "3"}, 0),
        ({"x-ms-ratelimit-remaining-subscription-writes": "0"}, 0),
        ({"x-ms-ratelimit-remaining-subscription-reads": "many"}, 0),
        ({}, 0),
    ],
    ids=["reads", "global reads", "some left", "another kind", "no number", "no header"],
)
async def test_the_headers_of_an_answer_are_learned_from(headers: dict[str, str], wait: float) -> None:
    bank = budget(Clock())

    bank.learn(subscription="s", kind=Kind.READS, headers=headers)

    assert bank.wait(subscription="s", kind=Kind.READS) == wait


async def test_closing_ends_who_waits() -> None:
    clock = Clock()
    bank = Budget(patience=1000, now=clock, sleep=asyncio.sleep, limits=dict.fromkeys(Kind, FIVE))
    for _ in range(5):
        await acquire(bank)
    waiting = asyncio.create_task(acquire(bank))
    await asyncio.sleep(0)

    await bank.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
