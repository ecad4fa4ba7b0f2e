"""Whatever happens, the arithmetic of the budget lets no more through than Azure does."""

from __future__ import annotations

import math
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from workspace_gateway_network.azure.bucket import Bucket, Window
from workspace_gateway_network.azure.limits import Limit

LIMITS = st.builds(
    Limit,
    capacity=st.integers(min_value=1, max_value=300).map(float),
    per_second=st.floats(min_value=0.1, max_value=50),
)
PAUSES = st.lists(st.floats(min_value=0, max_value=30), min_size=1, max_size=60)
FIVE_MINUTES = 300.0


@given(limit=LIMITS, pauses=PAUSES)
def test_no_span_of_time_sees_more_than_the_bucket_held_and_what_flowed_in(limit: Limit, pauses: list[float]) -> None:
    bucket, now, taken = Bucket(limit=limit, now=0), 0.0, []
    for pause in pauses:
        now += pause
        while not bucket.wait(now):
            bucket.take(now)
            taken.append(now)
    for number, begin in enumerate(taken):
        for later, end in enumerate(taken[number:], start=1):
            assert later <= limit.capacity + limit.per_second * (end - begin) + 1e-3
        if number > 20:
            break


@given(limit=LIMITS, used=st.integers(min_value=0, max_value=400), ahead=st.integers(min_value=0, max_value=20))
def test_a_wait_is_just_as_long_as_it_has_to_be(limit: Limit, used: int, ahead: int) -> None:
    bucket = Bucket(limit=limit, now=0)
    for _ in range(used):
        bucket.take(0)
    wait = bucket.wait(0)
    assert bucket.wait(wait) < 1e-3
    if wait:
        assert bucket.wait(wait / 2) > 0
    assert bucket.wait(0, ahead=ahead) >= wait


@given(limit=LIMITS, used=st.integers(min_value=0, max_value=300), remaining=st.floats(min_value=-50, max_value=20_000))
def test_azures_word_never_makes_more_of_what_is_left(limit: Limit, used: int, remaining: float) -> None:
    bucket = Bucket(limit=limit, now=0)
    for _ in range(used):
        bucket.take(0)
    before = bucket.level(0)
    bucket.correct(0, remaining=remaining)
    assert bucket.level(0) == min(before, remaining)


@given(limit=LIMITS, refusals=st.lists(st.tuples(st.floats(0, 60), st.floats(0, 300)), min_size=1, max_size=8))
def test_nothing_goes_before_the_end_of_the_longest_refusal(limit: Limit, refusals: list[tuple[float, float]]) -> None:
    bucket, now, end = Bucket(limit=limit, now=0), 0.0, 0.0
    for pause, seconds in refusals:
        now += pause
        bucket.block(now, seconds=seconds)
        end = max(end, now + seconds)
    assert now + bucket.wait(now) >= end - 1e-6
    assert bucket.wait(now) < math.inf


class Provider:
    """A resource provider that counts over five minutes, which begin when it pleases."""

    def __init__(self, *, holds: int, age: float, used: int) -> None:
        self.holds, self.until, self.used = holds, FIVE_MINUTES - age, used
        self.refused = 0

    def ask(self, now: float) -> int:
        """Take a request in, and say what is left."""
        while now >= self.until:
            self.until += FIVE_MINUTES
            self.used = 0
        self.refused += self.used >= self.holds
        self.used += 1
        return max(0, self.holds - self.used)


@given(
    holds=st.integers(min_value=1, max_value=600),
    age=st.floats(min_value=0, max_value=299),
    part_used=st.floats(min_value=0, max_value=0.99),
    at_a_time=st.integers(min_value=1, max_value=8),
    pauses=st.lists(st.floats(min_value=0, max_value=120), min_size=1, max_size=60),
    order=st.randoms(use_true_random=False),
)
def test_a_provider_whose_count_is_known_is_never_asked_for_more(
    *, holds: int, age: float, part_used: float, at_a_time: int, pauses: list[float], order: Random
) -> None:
    """However many it holds, whenever its five minutes began, however much others had used, in whatever order answers come."""
    provider = Provider(holds=holds, age=age, used=int(holds * part_used))
    window, now = Window(), 0.0
    window.learn(now, remaining=provider.ask(now), in_flight=0, sent=now)
    for pause in pauses:
        now += pause
        answers: list[int] = []
        while len(answers) < at_a_time and not window.wait(now):
            window.take(now)
            answers.append(provider.ask(now))
        sent, now = now, now + 0.1
        order.shuffle(answers)
        for number, remaining in enumerate(answers, start=1):
            window.learn(now, remaining=remaining, in_flight=len(answers) - number, sent=sent)
    assert provider.refused == 0


@given(remaining=st.integers(min_value=0, max_value=20_000), in_flight=st.integers(min_value=0, max_value=50))
def test_nobody_waits_for_longer_than_the_provider_counts(remaining: int, in_flight: int) -> None:
    window = Window()
    window.learn(1000, remaining=remaining, in_flight=in_flight, sent=999)
    while window.wait(1000) == 0 and remaining > 0:
        window.take(1000)
        remaining -= 1
    assert window.wait(1000, ahead=10_000) <= FIVE_MINUTES + 1
    assert window.wait(1301) == 0
