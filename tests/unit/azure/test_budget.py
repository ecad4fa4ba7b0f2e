"""The request budget, by a clock that only tests move."""

from __future__ import annotations

import asyncio

import pytest

from workspace_gateway_network.azure.budget import LIMITS, Bucket, Budget, Exhausted, Kind, Limit, Provider, Share

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


EVERY = {Provider.RESOURCE_MANAGER: dict.fromkeys(Kind, FIVE), Provider.PRIVATE_DNS: dict.fromkeys(Kind, Limit(capacity=2, per_second=0.1))}
READS = Share(subscription="s", kind=Kind.READS)
WRITES = Share(subscription="s", kind=Kind.WRITES)
DNS_READS = Share(subscription="s", kind=Kind.READS, provider=Provider.PRIVATE_DNS)


def budget(clock: Clock, *, patience: float = 1000.0) -> Budget:
    return Budget(patience=patience, now=clock, sleep=clock.sleep, limits=EVERY, chance=lambda: 0.5)


async def acquire(bank: Budget, *, urgency: int = 0, share: Share = READS) -> None:
    await bank.acquire(share, urgency=urgency)


def test_the_limits_are_those_that_microsoft_documents() -> None:
    limits = LIMITS[Provider.RESOURCE_MANAGER]
    assert limits[Kind.READS] == Limit(capacity=250, per_second=25)
    assert limits[Kind.WRITES] == Limit(capacity=200, per_second=10)
    assert limits[Kind.DELETES] == Limit(capacity=200, per_second=10)


@pytest.mark.parametrize(("kind", "requests"), [(Kind.READS, 500), (Kind.WRITES, 800), (Kind.DELETES, 800)])
def test_no_five_minutes_see_more_of_private_dns_than_it_allows(kind: Kind, requests: int) -> None:
    limit = LIMITS[Provider.PRIVATE_DNS][kind]

    assert limit.capacity + 300 * limit.per_second == pytest.approx(requests)


@pytest.mark.parametrize(
    ("path", "provider"),
    [
        ("/subscriptions/S/providers/Microsoft.Network/virtualNetworks", Provider.RESOURCE_MANAGER),
        ("/subscriptions/S/resourceGroups/g/providers/Microsoft.ApiManagement/gateways/x", Provider.RESOURCE_MANAGER),
        ("/subscriptions/S/providers/Microsoft.Network/privateDnsZones", Provider.PRIVATE_DNS),
        ("/subscriptions/S/resourceGroups/g/providers/microsoft.network/privatednszones/z/A/@", Provider.PRIVATE_DNS),
    ],
)
def test_private_dns_counts_for_itself(path: str, provider: Provider) -> None:
    assert Share.of("GET", path) == Share(subscription="s", kind=Kind.READS, provider=provider)


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
    await acquire(bank, share=WRITES)
    await acquire(bank, share=Share(subscription="other", kind=Kind.READS))
    assert clock.now == 100
    assert bank.wait(READS) == 1
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
    bank.refused(READS, seconds=17)

    await acquire(bank, share=WRITES)
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

    bank.refused(READS, seconds=60)

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
    bank.give_back(READS)
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

    bank.learn(READS, headers=headers)

    assert bank.wait(READS) == wait


async def test_a_request_to_private_dns_counts_twice() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(2):
        await acquire(bank, share=DNS_READS)
    assert clock.now == 100
    assert bank.wait(DNS_READS) == pytest.approx(10)
    assert bank.wait(READS) == 0

    for _ in range(3):
        await acquire(bank)
    assert bank.wait(READS) == 1, "two of five went to private DNS"
    bank.give_back(DNS_READS)
    assert bank.wait(READS) == 0
    assert bank.wait(DNS_READS) == 0
    await bank.close()


async def test_what_private_dns_has_no_room_for_costs_nothing_elsewhere() -> None:
    clock = Clock()
    bank = budget(clock, patience=5)
    for _ in range(2):
        await acquire(bank, share=DNS_READS)

    for _ in range(10):
        with pytest.raises(Exhausted):
            await acquire(bank, share=DNS_READS)

    assert bank.wait(READS) == 0
    await bank.close()


def test_a_refusal_by_private_dns_stops_nothing_else() -> None:
    bank = budget(Clock())

    bank.refused(DNS_READS, seconds=200)

    assert bank.wait(DNS_READS) == pytest.approx(200.75)
    assert bank.wait(READS) == 0


@pytest.mark.parametrize(
    ("headers", "dns", "other"),
    [
        ({"x-ms-ratelimit-remaining-subscription-resource-requests": "0"}, 10, 0),
        ({"x-ms-ratelimit-remaining-subscription-resource-requests": "499"}, 0, 0),
        ({"x-ms-ratelimit-remaining-subscription-resource-entities-read": "0"}, 10, 0),
        ({"x-ms-ratelimit-remaining-subscription-resource-entities-read": "59996"}, 0, 0),
        ({"x-ms-ratelimit-remaining-subscription-reads": "0"}, 1, 1),
    ],
    ids=["no requests", "requests", "no entities", "entities", "all of azure"],
)
def test_private_dns_says_how_much_is_left_of_it(headers: dict[str, str], dns: float, other: float) -> None:
    bank = budget(Clock())

    bank.learn(DNS_READS, headers=headers)

    assert (bank.wait(DNS_READS), bank.wait(READS)) == pytest.approx((dns, other))


async def test_scarcity_begins_when_half_is_gone() -> None:
    clock = Clock()
    bank = budget(clock)
    assert bank.scarcity(READS) == 0
    for _ in range(2):
        await acquire(bank)
    assert bank.scarcity(READS) == 0
    for _ in range(2):
        await acquire(bank)
    assert bank.scarcity(READS) == pytest.approx(0.6)
    await acquire(bank)
    assert bank.scarcity(READS) == 1


async def test_closing_ends_who_waits() -> None:
    clock = Clock()
    bank = Budget(patience=1000, now=clock, sleep=asyncio.sleep, limits=EVERY)
    for _ in range(5):
        await acquire(bank)
    waiting = asyncio.create_task(acquire(bank))
    await asyncio.sleep(0)

    await bank.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
