"""What a group does with a flow, judged by the operator and by a solver that shares no code with it: they never disagree.

`SCENES` says how many groups are tried: `make cross-check` tries 20,000.
"""

from __future__ import annotations

import os

import pytest

from worlds.second_opinion import disagreement, opinion
from worlds.security_groups import scene

SCENES = int(os.environ.get("SCENES", "400"))
AT_ONCE = 100


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, SCENES, AT_ONCE))
def test_the_operator_and_the_solver_never_disagree(first: int) -> None:
    differences = [disagreement(number) for number in range(first, first + AT_ONCE)]

    assert list(filter(None, differences)) == []


def test_every_verdict_comes_up() -> None:
    verdicts = [opinion(number).verdict for number in range(AT_ONCE)]

    assert {verdict for verdict in verdicts if verdicts.count(verdict) >= AT_ONCE / 10} == {
        "Allowed",
        "Blocked",
        "PartlyBlocked",
        "MayBeBlocked",
    }


def test_a_scene_is_always_the_same() -> None:
    assert scene(7) == scene(7)
    assert scene(7) != scene(8)
