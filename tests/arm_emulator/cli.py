"""The command line of the emulator."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import get_args

import click

from arm_emulator.server import Listening, serve
from arm_emulator.settings import IfMatch, LatencyName, Settings, UnreadableLists


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback address to listen on.")
@click.option("--port", default=0, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".arm-emulator"),
    show_default=True,
    help="Where ca.pem, endpoint.json and exchanges.jsonl go.",
)
@click.option("--seed", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON file of ARM resources to begin with.")
@click.option("--latency", type=click.Choice(get_args(LatencyName)), default="instant", show_default=True, help="How long things take.")
@click.option("--time-scale", type=float, default=1.0, show_default=True, help="How many times faster time runs.")
@click.option("--throttle", type=click.Choice(["on", "off"]), default="off", show_default=True, help="Azure's token buckets.")
@click.option(
    "--if-match",
    type=click.Choice(get_args(IfMatch)),
    default="own",
    show_default=True,
    help="What If-Match on subnets and rules is compared with.",
)
@click.option(
    "--unreadable-lists",
    type=click.Choice(get_args(UnreadableLists)),
    default="filtered",
    show_default=True,
    help="What a list does that its caller may not read as a whole.",
)
@click.option(
    "--polls-need-role", type=click.Choice(["on", "off"]), default="off", show_default=True, help="Whether polling takes a role's action."
)
@click.option("--until-stdin-closes", is_flag=True, help="Also stop when standard input ends (the parent is gone).")
def main(
    *,
    host: str,
    port: int,
    state_dir: Path,
    seed: Path | None,
    latency: LatencyName,
    time_scale: float,
    throttle: str,
    if_match: IfMatch,
    unreadable_lists: UnreadableLists,
    polls_need_role: str,
    until_stdin_closes: bool,
) -> None:
    """Emulate Azure Resource Manager over HTTPS on loopback."""
    settings = Settings(
        latency=latency,
        time_scale=time_scale,
        throttle=throttle == "on",
        if_match=if_match,
        unreadable_lists=unreadable_lists,
        polls_need_role=polls_need_role == "on",
    )
    listening = Listening(host=host, port=port, state_dir=state_dir, until_stdin_closes=until_stdin_closes)
    try:
        asyncio.run(serve(listening, settings=settings, seed=seed))
    except ValueError as problem:
        raise click.ClickException(str(problem)) from problem
