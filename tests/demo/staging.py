"""Sets the stage for the demo: API server, Azure and operator, each told of when it runs."""

from __future__ import annotations

import json
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from controlplane import ControlPlane, find_or_build
from demo import world
from demo.example import Example
from demo.narrator import Narrator
from demo.scene import DidNotHappen
from stage import seeds
from stage.operator_process import WGN
from stage.stage import Stage, install

CLOCK = ("--latency", "lan", "--time-scale", "30")
"""Private DNS asks for half a minute between two looks at an operation; here that is a second."""


@contextmanager
def set_stage(narrator: Narrator, example: Example, *others: Example) -> Iterator[Stage]:
    """A running stage with a subnet for each example, before anything is applied. What was started is ended, also by Ctrl-C."""
    if not WGN.exists():
        raise DidNotHappen("The operator's wheel isn't installed in .build/wheel: run `make wheel`, or the demo by `make demo`.")
    binaries = find_or_build()
    narrator.restart()
    with ExitStack() as things:
        directory = Path(things.enter_context(tempfile.TemporaryDirectory(prefix="wgn-demo-")))
        narrator.chapter("A cluster, an Azure, and the operator between them")
        with narrator.awaiting("The API server is starting …"):
            control_plane = things.enter_context(ControlPlane.start(binaries=binaries))
            install(control_plane)
            version = json.loads(control_plane.kubectl("get", "--raw", "/version"))["gitVersion"]
        narrator.tell(f"A Kubernetes API server runs ({version}), with the CRD and the rights that the operator ships with.")

        stage = Stage(
            control_plane=control_plane,
            directory=directory,
            namespace=example.namespace,
            seed=world.seed(example, *others, tenant=seeds.TENANT),
            emulator_options=CLOCK,
        )
        things.callback(stage.close)
        things.callback(_finish_in_peace)
        names = [each.subnet_name for each in (example, *others)]
        bare = f"Subnets {' and '.join(names)} are bare" if others else f"Subnet {names[0]} is bare"
        narrator.tell(f"An emulated Azure runs. {bare}: no delegation, no network security group.")

        with narrator.awaiting("The operator is starting …"):
            stage.start_operator()
        narrator.tell("The operator runs.")
        yield stage


def _finish_in_peace() -> None:
    """A second Ctrl-C would leave half of the ending undone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
