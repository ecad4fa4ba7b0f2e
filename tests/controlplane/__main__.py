"""``python -m controlplane``: the control plane by hand."""

from __future__ import annotations

import shlex
import signal
import threading
from pathlib import Path

import click

from controlplane.binaries import BinariesMissing, find_or_build
from controlplane.server import ControlPlane, ControlPlaneFailed, KubectlFailed
from controlplane.toolchain import ToolchainMissing
from oracles import kstatus


@click.group()
def main() -> None:
    """A real Kubernetes control plane on loopback, from binaries that are built once."""


@main.command()
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep logs, audit log and kubeconfigs here; must be empty or absent. Without it they are temporary.",
)
@click.option(
    "--crds",
    type=click.Path(exists=True, path_type=Path),
    help="Apply these CustomResourceDefinitions, a file or a directory.",
)
@click.option("--controller-manager", is_flag=True, help="Make namespace deletion and owner references work.")
def start(*, directory: Path | None, crds: Path | None, controller_manager: bool) -> None:
    """Start one, and end it with Ctrl-C."""
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    with ControlPlane.start(directory=directory, controller_manager=controller_manager) as plane:
        if crds:
            plane.apply_crds(crds)
        click.echo(f"Ready after {plane.ready_seconds:.1f} s at {plane.url}\n")
        click.echo(f"export KUBECONFIG={shlex.quote(str(plane.admin_kubeconfig))}")
        click.echo(f'export PATH={shlex.quote(str(plane.binaries.directory))}:"$PATH"\n')
        click.echo(f"Logs and audit.jsonl are in {plane.directory}. Ctrl-C ends it.")
        while not end.wait(timeout=1.0):
            if failure := plane.failed():
                raise ControlPlaneFailed(failure)


@main.command()
def build() -> None:
    """Find the binaries and the judge kstatus, or build them now (minutes, the first time)."""
    click.echo(find_or_build().directory)
    click.echo(kstatus.MODULE.find_or_build())


@main.command()
def path() -> None:
    """Print the directory of the binaries, for PATH. Builds them when there are none."""
    click.echo(find_or_build().directory)


if __name__ == "__main__":
    try:
        main(prog_name="python -m controlplane")
    except (BinariesMissing, ControlPlaneFailed, KubectlFailed, ToolchainMissing) as failure:
        raise SystemExit(str(failure)) from None
