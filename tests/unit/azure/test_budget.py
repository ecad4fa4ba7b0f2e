"""The request budget, by a clock that only tests move."""

from __future__ import annotations

import asyncio

import pytest

from workspace_gateway_network.azure.budget import Budget, Exhausted
from workspace_gateway_network.azure.limits import Draft, Kind, Limit, Provider
from workspace_gateway_network.runtime.azure_metrics import Count

FIVE = Limit(capacity=5, per_second=1)
PLENTY = Limit(capacity=1000, per_second=100)


class Clock:
    """Time that passes only while somebody sleeps: the sleeper's."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


LIMITS = {
    Provider.RESOURCE_MANAGER: dict.fromkeys(Kind, FIVE),
    Provider.NETWORK: dict.fromkeys(Kind, PLENTY),
    Provider.PRIVATE_DNS: dict.fromkeys(Kind, Limit(capacity=2, per_second=0.1)),
}
GROUP = "/subscriptions/S/resourceGroups/g/providers/Microsoft.Network"
READ = Draft.of("GET", f"{GROUP}/virtualNetworks/hub")
WRITE = Draft.of("PUT", f"{GROUP}/virtualNetworks/hub/subnets/a")
DNS_READ = Draft.of("GET", f"{GROUP}/privateDnsZones/z")


def budget(clock: Clock, *, patience: float = 1000.0) -> Budget:
    return Budget(patience=patience, now=clock, sleep=clock.sleep, limits=LIMITS, chance=lambda: 0.5)


async def acquire(bank: Budget, *, urgency: int = 0, draft: Draft = READ) -> None:
    await bank.acquire(draft, urgency=urgency)


async def ask(bank: Budget, clock: Clock, draft: Draft, **headers: int) -> None:
    """A whole request, whose answer has these headers."""
    await bank.acquire(draft, urgency=0)
    named = {f"x-ms-ratelimit-remaining-subscription-{name.replace('_', '-')}": str(value) for name, value in headers.items()}
    bank.settle(draft, headers=named, sent=clock())


async def test_a_burst_goes_at_once_and_the_rest_at_the_pace_of_the_refill() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(5):
        await acquire(bank)
    assert clock.now == 100

    await asyncio.gather(*(acquire(bank) for _ in range(10)))

    assert clock.now == pytest.approx(110, abs=0.1)
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
    await acquire(bank, draft=WRITE)
    await acquire(bank, draft=Draft.of("GET", f"{GROUP}/virtualNetworks/hub".replace("/S/", "/other/")))
    assert clock.now == 100
    assert bank.wait(READ) == 1
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
    bank.refused(READ.manager, seconds=17)

    await acquire(bank, draft=WRITE)
    assert clock.now == 100
    await acquire(bank)

    assert clock.now == pytest.approx(117.75, abs=0.1), "a little late rather than a little early"
    await bank.close()


async def test_a_refusal_that_does_not_say_for_how_long_waits_longer_each_time_until_it_has_been_quiet() -> None:
    clock = Clock()
    bank = budget(clock)
    waits = []
    for _ in range(8):
        waits.append(bank.refused(READ.manager, seconds=None))
        clock.now += waits[-1]

    assert waits == pytest.approx([5.75, 10.75, 20.75, 40.75, 60.75, 60.75, 60.75, 60.75])
    clock.now += 3600
    assert bank.refused(READ.manager, seconds=None) == pytest.approx(5.75)
    await bank.close()


async def test_a_refusal_by_azure_sends_away_who_would_wait_too_long() -> None:
    clock = Clock()
    bank = budget(clock, patience=5)
    for _ in range(5):
        await acquire(bank)
    waiting = asyncio.create_task(acquire(bank))
    await asyncio.sleep(0)

    bank.refused(READ.manager, seconds=60)

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
    assert clock.now == pytest.approx(101, abs=0.1)
    await bank.close()


async def test_what_was_not_used_goes_back() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(5):
        await acquire(bank)
    bank.give_back(READ)
    await acquire(bank)
    assert clock.now == 100
    await bank.close()


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"reads": 0}, 1),
        ({"global_reads": 0}, 1),
        ({"reads": 3}, 0),
        ({"writes": 0}, 0),
        ({}, 0),
    ],
    ids=["reads", "global reads", "some left", "another kind", "no header"],
)
async def test_the_headers_of_an_answer_are_learned_from(headers: dict[str, int], wait: float) -> None:
    clock = Clock()
    bank = budget(clock)

    await ask(bank, clock, READ, **headers)

    assert bank.wait(READ) == wait


async def test_a_header_that_is_no_number_says_nothing() -> None:
    clock = Clock()
    bank = budget(clock)
    await bank.acquire(READ, urgency=0)
    bank.settle(READ, headers={"x-ms-ratelimit-remaining-subscription-reads": "many"}, sent=clock())
    assert bank.wait(READ) == 0


async def test_what_is_under_way_counts_though_azure_may_not_have_seen_it() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(2):
        await acquire(bank)

    await ask(bank, clock, READ, reads=2)

    assert bank.wait(READ) == 1, "two are left by Azure's word, and two are on their way"


async def test_a_request_to_private_dns_counts_twice() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(2):
        await acquire(bank, draft=DNS_READ)
    assert clock.now == 100
    assert bank.wait(DNS_READ) == pytest.approx(10)
    assert bank.wait(READ) == 0

    for _ in range(3):
        await acquire(bank)
    assert bank.wait(READ) == 1, "two of five went to private DNS"
    bank.give_back(DNS_READ)
    assert bank.wait(READ) == 0
    assert bank.wait(DNS_READ) == 0
    await bank.close()


async def test_what_private_dns_has_no_room_for_costs_nothing_elsewhere() -> None:
    clock = Clock()
    bank = budget(clock, patience=5)
    for _ in range(2):
        await acquire(bank, draft=DNS_READ)

    for _ in range(10):
        with pytest.raises(Exhausted):
            await acquire(bank, draft=DNS_READ)

    assert bank.wait(READ) == 0
    await bank.close()


def test_a_refusal_by_private_dns_stops_nothing_else() -> None:
    bank = budget(Clock())

    bank.refused(DNS_READ.provider, seconds=200)

    assert bank.wait(DNS_READ) == pytest.approx(200.75)
    assert bank.wait(READ) == 0


@pytest.mark.parametrize(
    ("headers", "dns", "other"),
    [
        ({"resource_requests": 0}, 301, 0),
        ({"resource_requests": 499}, 0, 0),
        ({"resource_entities_read": 0}, 301, 0),
        ({"resource_entities_read": 59996}, 0, 0),
        ({"reads": 0}, 1, 1),
    ],
    ids=["no requests", "requests", "no entities", "entities", "all of azure"],
)
async def test_private_dns_says_how_much_is_left_of_it(headers: dict[str, int], dns: float, other: float) -> None:
    clock = Clock()
    bank = budget(clock)

    await ask(bank, clock, DNS_READ, **headers)

    assert (bank.wait(DNS_READ), bank.wait(READ)) == pytest.approx((dns, other))


async def test_who_yields_to_the_urgent_gets_a_turn_before_losing_patience() -> None:
    clock = Clock()
    bank = budget(clock, patience=15)
    for _ in range(5):
        await acquire(bank)
    turn: list[float] = []

    async def resync() -> None:
        await acquire(bank, urgency=2)
        turn.append(clock.now)

    async def always_something_changed() -> None:
        while not turn and clock.now < 200:
            await acquire(bank, urgency=0)

    await asyncio.gather(resync(), *(always_something_changed() for _ in range(5)))

    assert 110 <= turn[0] <= 115.1, "a third of the patience for each step of urgency, and then whoever was there before"
    await bank.close()


async def test_who_is_put_off_comes_back_one_after_the_other() -> None:
    clock = Clock()
    bank = budget(clock, patience=5)
    for _ in range(2):
        await acquire(bank, draft=DNS_READ)
    told = []
    for _ in range(40):
        with pytest.raises(Exhausted) as exhausted:
            await acquire(bank, draft=DNS_READ)
        told.append(exhausted.value.seconds)

    assert told[:4] == pytest.approx([10, 20, 30, 40]), "one flows in every ten seconds"
    assert told[-1] == 300, "and nobody is told to wait for longer than the provider counts"


async def test_a_turn_that_comes_to_one_who_leaves_goes_to_the_next() -> None:
    clock = Clock()

    async def sleep(seconds: float) -> None:
        clock.now += seconds
        # Behind this line the turn comes, before the task hears of it.
        asyncio.get_running_loop().call_soon(leaving.cancel)

    bank = Budget(patience=1000, now=clock, sleep=sleep, limits=LIMITS)
    for _ in range(5):
        await acquire(bank)
    leaving = asyncio.create_task(acquire(bank))
    await asyncio.gather(leaving, return_exceptions=True)

    assert leaving.cancelled()
    assert bank.wait(READ) == 0, "the request that had flowed in is there for somebody else"
    await bank.close()


async def test_the_budget_can_be_read() -> None:
    clock = Clock()
    bank = budget(clock)
    for _ in range(5):
        await acquire(bank)
    waiting = asyncio.create_task(acquire(bank, draft=READ))
    await asyncio.sleep(0)

    assert list(bank.counts()) == [
        Count(scope="s/resource-manager/reads", left=0, waiting=1),
        Count(scope="s/network/reads", left=995, waiting=0),
    ]
    await waiting
    await bank.close()


async def test_scarcity_begins_when_half_is_gone() -> None:
    bank = budget(Clock())
    assert bank.scarcity(DNS_READ) == 0
    await acquire(bank, draft=DNS_READ)
    assert bank.scarcity(DNS_READ) == 0
    await acquire(bank, draft=DNS_READ)
    assert bank.scarcity(DNS_READ) == 1
    assert bank.scarcity(READ) == 0


async def test_closing_ends_who_waits() -> None:
    clock = Clock()
    bank = Budget(patience=1000, now=clock, sleep=asyncio.sleep, limits=LIMITS)
    for _ in range(5):
        await acquire(bank)
    waiting = asyncio.create_task(acquire(bank))
    await asyncio.sleep(0)

    await bank.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
