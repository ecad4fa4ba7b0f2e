"""The arithmetic of what is left."""

from __future__ import annotations

import math

import pytest

from workspace_gateway_network.azure.bucket import Bucket, Window
from workspace_gateway_network.azure.limits import Limit

FIVE = Limit(capacity=5, per_second=1)


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


def test_a_refusal_outlasts_a_full_bucket_and_leaves_only_what_flows_in_meanwhile() -> None:
    bucket = Bucket(limit=FIVE, now=0)
    bucket.block(0, seconds=3)
    assert bucket.wait(0) == 3
    assert bucket.wait(2) == 1
    assert bucket.wait(3) == 0
    assert bucket.level(3) == 3, "Azure had nothing left when it refused"


def test_a_shorter_refusal_does_not_end_a_longer_one() -> None:
    bucket = Bucket(limit=FIVE, now=0)
    bucket.block(0, seconds=30)
    bucket.block(1, seconds=2)
    assert bucket.wait(1) == 29


def window(*, remaining: float, now: float = 0.0, in_flight: int = 0) -> Window:
    counted = Window()
    counted.learn(now, remaining=remaining, in_flight=in_flight, sent=now - 0.1)
    return counted


def test_a_window_that_nobody_spoke_of_holds_nobody_up() -> None:
    assert Window().wait(0, ahead=1000) == 0
    assert Window().left(0) == math.inf


def test_what_is_left_goes_half_at_once_and_half_over_five_minutes() -> None:
    counted = window(remaining=20)
    for _ in range(9):
        assert counted.wait(0) == 0
        counted.take(0)
    assert counted.wait(0) == pytest.approx(301 / 9), "nine more in 300 seconds, and the last two are for others"
    assert counted.left(0) == pytest.approx(9)


def test_nothing_goes_where_nothing_is_left_until_five_minutes_are_over() -> None:
    counted = window(remaining=0, now=1000)
    assert counted.wait(1000) == 301, "a little late rather than a little early"
    assert counted.wait(1300) == 1
    assert counted.wait(1301) == 0


def test_others_that_use_it_too_slow_it_down() -> None:
    counted = window(remaining=200)
    counted.take(100)
    counted.learn(100, remaining=40, in_flight=0, sent=99)
    assert counted.left(100) == pytest.approx(20), "a tenth of what it once had stays for them"
    assert counted.left(299.9) == pytest.approx(20, abs=0.1)


def test_a_count_that_has_gone_up_has_begun_anew() -> None:
    counted = window(remaining=0)
    counted.learn(200, remaining=499, in_flight=0, sent=199)
    assert counted.wait(200) == 0
    assert counted.left(499) == pytest.approx(449, abs=1)
    assert counted.left(501) == pytest.approx(449.1), "and once more after five minutes"


def test_an_answer_that_was_overtaken_is_no_new_count() -> None:
    counted = window(remaining=20, now=10)
    before = counted.left(11)
    counted.learn(11, remaining=25, in_flight=0, sent=9)
    assert counted.left(11) == before


def test_what_is_under_way_is_not_there_any_more() -> None:
    assert window(remaining=20, in_flight=8).left(0) == pytest.approx(10)
    assert window(remaining=3, in_flight=8).wait(0) == 301


def test_what_was_not_sent_is_there_again() -> None:
    counted = window(remaining=3)
    counted.take(0)
    assert counted.wait(0) > 0
    counted.give_back(0)
    assert counted.wait(0) == 0
