"""The command `python -m demo`."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click
from rich.console import Console

from controlplane import ControlPlaneFailed, KubectlFailed
from controlplane.binaries import BinariesMissing
from controlplane.toolchain import ToolchainMissing
from demo import shell, story
from demo.example import Example
from demo.narrator import Narrator
from demo.principal import Refused
from demo.scene import DidNotHappen, Scene
from demo.staging import set_stage
from stage.operator_process import OperatorFailed

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
WorkspaceGatewayNetwork, live: a resource is applied, enforced, broken by hand, healed and deleted, in about 75 seconds.
Every sentence comes after its observation, with the seconds since the one before.
"""


@click.command()
@click.option("--shell", "stays", is_flag=True, help="Leave everything running once the resource is Ready, until Ctrl-C.")
def main(*, stays: bool) -> None:
    """Show one resource live: applied, enforced, broken by hand, healed, deleted."""
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too: a shell ignores it for what it starts in the background
        signal.signal(number, _interrupt)
    narrator = Narrator(Console())
    narrator.say(shell.PROMISE if stays else PROMISE)
    try:
        with set_stage(Example.read(), narrator) as scene:
            succeeded = _perform(scene, narrator, stays=stays)
    except FAILURES as failure:
        narrator.fail(str(failure))
        succeeded = False
    except KeyboardInterrupt:
        sys.exit(130)
    if not succeeded:
        sys.exit(1)
    if not stays:
        narrator.say(f"\nDone in {narrator.seconds:.0f} s. Nothing is left running. `make demo-shell` leaves it running, to try by hand.")


def _perform(scene: Scene, narrator: Narrator, *, stays: bool) -> bool:
    """Whether all happened that should. What explains a failure is printed while it is still there."""
    try:
        if stays:
            story.until_ready(scene, narrator)
            shell.stay(scene, narrator)
        else:
            story.tell(scene, narrator)
    except FAILURES as failure:
        narrator.fail(str(failure), evidence=scene.evidence())
        return False
    return True


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(prog_name="python -m demo")
