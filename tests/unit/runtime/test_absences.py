"""How long a gateway must be gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.runtime.absences import Absences
from workspace_gateway_network.runtime.ports import Key
from worlds.documents import gateway_id

TEAM_A = Key("apim", "team-a")
TEAM_B = Key("apim", "team-b")


GATEWAY = ResourceId(gateway_id("gw"))
ANOTHER = ResourceId(gateway_id("another"))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def absences(clock: Clock) -> Absences:
    return Absences(seconds=600, clock=clock)


def test_one_look_is_not_enough(absences: Absences) -> None:
    assert not absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])


@pytest.mark.parametrize(("seconds", "confirmed"), [(0, False), (599, False), (600, True), (6000, True)])
def test_two_looks_must_lie_far_enough_apart(clock: Clock, absences: Absences, seconds: float, confirmed: bool) -> None:
    absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])
    clock.wait(seconds)

    assert absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY]) is confirmed


def test_looks_in_between_do_not_begin_anew(clock: Clock, absences: Absences) -> None:
    for _ in range(10):
        assert not absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])
        clock.wait(60)

    assert absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])


def test_a_look_that_proves_nothing_begins_anew(clock: Clock, absences: Absences) -> None:
    absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])
    clock.wait(600)
    assert not absences.is_confirmed(TEAM_A, is_gone=False, gateway_ids=[GATEWAY])
    assert not absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])

    clock.wait(600)
    assert absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])


def test_each_resource_has_its_own_count(clock: Clock, absences: Absences) -> None:
    absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])
    clock.wait(600)

    assert not absences.is_confirmed(TEAM_B, is_gone=True, gateway_ids=[GATEWAY])
    assert absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])


def test_a_forgotten_resource_begins_anew(clock: Clock, absences: Absences) -> None:
    absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])
    clock.wait(600)
    absences.forget(TEAM_A)
    absences.forget(TEAM_B)

    assert not absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])


def test_the_absence_of_one_gateway_says_nothing_of_one_that_came_to_be_known_since(clock: Clock, absences: Absences) -> None:
    absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])
    clock.wait(600)
    assert not absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY, ANOTHER])

    clock.wait(599)
    assert not absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[ANOTHER])
    clock.wait(1)
    assert absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[ANOTHER])


def test_a_gateway_that_is_no_longer_known_does_not_begin_anew(clock: Clock, absences: Absences) -> None:
    absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[GATEWAY])
    clock.wait(600)

    assert absences.is_confirmed(TEAM_A, is_gone=True, gateway_ids=[])
