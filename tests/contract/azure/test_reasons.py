"""Every reason comes about, and says what docs/reasons.md shows as its example."""

from __future__ import annotations

import json
import os

import pytest

from contract.azure.life import rich_seed
from contract.azure.reasons import SCENES
from contract.azure.world import World
from documents.reasons import EXAMPLES, examples
from workspace_gateway_network.api.reasons import Reason

RECORD = "RECORD_EXAMPLES"
"""Set in the environment, it has the examples written instead of compared."""


@pytest.mark.parametrize("reason", Reason)
async def test_a_reason_says_what_its_example_says(world: World, reason: Reason) -> None:
    scene = SCENES[reason]
    world.emulator.reset(rich_seed())
    world.emulator.clear_faults()

    life = await scene.play(world)

    _, said, message = life.said(scene.condition)
    assert said == reason, message
    if os.environ.get(RECORD):
        EXAMPLES.write_text(json.dumps({**examples(), reason.value: message}, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
    assert message == examples()[reason.value]


def test_there_is_an_example_for_every_reason_and_for_nothing_else() -> None:
    assert examples().keys() == set(Reason)
