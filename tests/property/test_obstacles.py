"""Whatever stands in the way is told by the first look: nobody learns of the next obstacle only once the last one is gone."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from worlds.obstacles import OBSTACLES, Obstacle, build


@st.composite
def obstacles_at_once(draw: st.DrawFn) -> list[Obstacle]:
    """Any that can be there together."""
    chosen: list[Obstacle] = []
    for each in draw(st.permutations(OBSTACLES)):
        if fits(each, chosen) and draw(st.integers(0, 2)) == 0:
            chosen.append(each)
    return chosen


def fits(obstacle: Obstacle, others: Iterable[Obstacle]) -> bool:
    return all(not obstacle.slots & other.slots for other in others)


def untold(chosen: Iterable[Obstacle]) -> list[str]:
    """The obstacles that ought to be told and are not; and nothing is written where one of them forbids it."""
    present = list(chosen)
    names = {each.name for each in present}
    result = build(present).first_look()
    messages = [finding.message for finding in result.findings]
    assert len(set(result.findings)) == len(result.findings)
    assert not (result.steps and any(each.blocks and not each.hidden_by & names for each in present))
    return [each.name for each in present if not each.hidden_by & names and not any(each.told in message for message in messages)]


def test_without_obstacles_there_is_something_to_do_and_nothing_to_tell() -> None:
    result = build(()).first_look()

    assert result.findings == ()
    assert result.steps


def test_every_two_obstacles_are_told_at_once() -> None:
    pairs = [pair for pair in combinations(OBSTACLES, 2) if fits(pair[0], pair[1:])]

    assert len(pairs) > 700
    assert {f"{one.name} and {other.name}": told for one, other in pairs if (told := untold((one, other)))} == {}


@settings(phases=(Phase.generate,))  # which two hide each other, the pairs tell; making an example smaller takes minutes
@given(chosen=obstacles_at_once())
def test_all_obstacles_are_told_at_once(chosen: list[Obstacle]) -> None:
    assert untold(chosen) == []
