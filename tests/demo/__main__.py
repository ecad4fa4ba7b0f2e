"""The command `python -m demo`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

import click
from rich.console import Console

from controlplane import ControlPlaneFailed, KubectlFailed
from controlplane.binaries import BinariesMissing
from controlplane.toolchain import ToolchainMissing
from demo import injection, shell, story
from demo.example import INJECTION, INTEGRATION, Example
from demo.injection_scene import InjectionScene
from demo.narrator import Narrator
from demo.scene import DidNotHappen, Scene
from demo.staging import set_stage
from stage.operator_process import OperatorFailed
from stage.principal import Refused

FIRST, SECOND = Example.read(INTEGRATION), Example.read(INJECTION)
S = TypeVar("S", bound=Scene)

FAILURES = (
    BinariesMissing,
    ControlPlaneFailed,
    DidNotHappen,
    KubectlFailed,
    OperatorFailed,
    OSError,  # a server that no longer answers
    Refused,
    RuntimeError,  # the emulator did not start
    ToolchainMissing,
)

PROMISE = """\
WorkspaceGatewayNetwork, live: a resource for each mode is applied, enforced, broken by hand, healed and deleted, in about two minutes.
Every sentence comes after its observation, with the seconds since the one before.
"""


@click.command()
@click.option("--shell", "stays", is_flag=True, help="Leave everything running once the resource is Ready, until Ctrl-C.")
def main(*, stays: bool) -> None:
    """Show a resource for each mode live: applied, enforced, broken by hand, healed, deleted."""
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too: a shell ignores it for what it starts in the background
        signal.signal(number, _interrupt)
    narrator = Narrator(Console())
    narrator.say(shell.PROMISE if stays else PROMISE)
    try:
        if stays:
            with set_stage(narrator, FIRST) as stage:
                succeeded = _perform(Scene(example=FIRST, stage=stage), narrator, _stay)
        else:
            with set_stage(narrator, FIRST, SECOND) as stage:
                succeeded = _perform(Scene(example=FIRST, stage=stage), narrator, story.tell) and _perform(
                    InjectionScene(example=SECOND, stage=stage), narrator, injection.tell
                )
    except FAILURES as failure:
        narrator.fail(str(failure))
        succeeded = False
    except KeyboardInterrupt:
        sys.exit(130)
    if not succeeded:
        sys.exit(1)
    if not stays:
        narrator.say(f"\nDone in {narrator.seconds:.0f} s. Nothing is left running. `make demo-shell` leaves it running, to try by hand.")


def _perform(scene: S, narrator: Narrator, act: Callable[[S, Narrator], None]) -> bool:
    """Whether all happened that should. What explains a failure is printed while it is still there."""
    try:
        act(scene, narrator)
    except FAILURES as failure:
        narrator.fail(str(failure), evidence=scene.evidence())
        return False
    return True


def _stay(scene: Scene, narrator: Narrator) -> None:
    story.until_ready(scene, narrator)
    shell.stay(scene, narrator)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(prog_name="python -m demo")
