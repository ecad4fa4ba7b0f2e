"""Shows how far a long job is: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

PLAIN_SECONDS: Final = 15.0
"""Between two plain lines."""


class Progress(Protocol):
    """What the job tells of itself."""

    def step(self, name: str) -> None:
        """One more is done; ``name`` says what."""

    def idle(self) -> None:
        """Nothing new, but time has passed."""


@contextmanager
def progress(label: str, *, total: int, console: Console) -> Iterator[Progress]:
    """Show a job of ``total`` steps for as long as the block lasts."""
    if not console.is_terminal:
        yield _Lines(label, total=total, console=console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[name]}"),
    )
    with Bars(*columns, console=console) as bars:
        yield _Bar(bars, bars.add_task(label, total=total, name=""))


class _Bar:
    def __init__(self, bars: Bars, task: TaskID) -> None:
        self._bars = bars
        self._task = task

    def step(self, name: str) -> None:
        self._bars.update(self._task, advance=1, name=name.rpartition("/")[2])

    def idle(self) -> None:
        """The bar's clock ticks by itself."""


class _Lines:
    def __init__(self, label: str, *, total: int, console: Console) -> None:
        self._label, self._total, self._console = label, total, console
        self._done = 0
        self._started = self._said = time.monotonic()

    def step(self, name: str) -> None:  # noqa: ARG002  # too many to name them all
        self._done += 1
        self.idle()

    def idle(self) -> None:
        now = time.monotonic()
        if now - self._said < PLAIN_SECONDS:
            return
        self._said = now
        minutes, seconds = divmod(int(now - self._started), 60)
        self._console.print(f"{self._label}: {self._done} of {self._total}, {minutes}:{seconds:02}", highlight=False)
