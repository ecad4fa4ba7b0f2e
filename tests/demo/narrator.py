"""How the story is told: sentences with the time that they took, and what kubectl printed. Coloured on a terminal, plain elsewhere."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

_MARGIN = " " * 10
"""As wide as a time."""
_WIDEST = 120
_NARROWEST = 60
_COLOURS = (
    (r"\b(True|InSync|Normal)\b", "green"),
    (r"\b(Unknown|Drifted)\b", "yellow"),
    (r"\b(False|Warning)\b", "red"),
)
"""Words of kubectl that say how things are."""


class Narrator:
    """Tells what was observed, after it was observed."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._began = self._told = clock()

    @property
    def seconds(self) -> float:
        """How long the story has been going on."""
        return self._clock() - self._began

    def restart(self) -> None:
        """Time counts from here: what was before was not part of the story."""
        self._began = self._told = self._clock()

    def say(self, text: str, *, style: str = "") -> None:
        """Words outside the story."""
        for line in text.splitlines():
            self._print(*self._wrapped(line, margin=""), style=style)

    def print_as_is(self, text: str) -> None:
        """Something to copy: not a character more or less, however wide the terminal."""
        for line in text.splitlines():
            self._print(line, style="cyan" if line.startswith(" ") else "")

    def chapter(self, title: str) -> None:
        """Begin a part of the story."""
        self._print("", style="")
        self._print(title, style="bold cyan")

    def tell(self, sentence: str) -> None:
        """A sentence about what was just observed, with the seconds since the one before."""
        now = self._clock()
        taken, self._told = now - self._told, now
        first, *others = self._wrapped(sentence, margin=_MARGIN)
        line = Text(f"{taken:6.1f} s", style="dim").append(f"  {first.strip()}", style="not dim bold")
        self._console.print(line, soft_wrap=True, highlight=False)
        self._print(*others, style="bold")

    def quote(self, text: str) -> None:
        """What somebody else says: the operator in an event or a condition."""
        for line in self._wrapped(text, margin=f"{_MARGIN}  "):
            self._coloured(line)

    def show(self, output: str, *, command: str = "") -> None:
        """What a command printed, word for word; on a terminal a line ends at its edge."""
        if command:
            self._print(f"{_MARGIN}$ {command}", style="cyan")
        for line in output.rstrip().splitlines():
            self._coloured(f"{_MARGIN}{line}")

    @contextmanager
    def awaiting(self, what: str) -> Iterator[None]:
        """On a terminal, say what is being waited for, as long as that lasts."""
        if not self._console.is_terminal:
            yield
            return
        with self._console.status(Text(what, style="dim")):
            yield

    def fail(self, reason: str, *, evidence: str = "") -> None:
        """The end of the story that should not be. The reason comes last, where it is seen."""
        taken = self._clock() - self._told
        if evidence:
            self._print("", *evidence.rstrip().splitlines(), style="")
        self._print("", style="")
        self._print(f"{taken:6.1f} s  {reason}", style="bold red")

    def _wrapped(self, text: str, *, margin: str) -> list[str]:
        width = max(_NARROWEST, min(_WIDEST, self._console.width if self._console.is_terminal else _WIDEST))
        wrapped = textwrap.wrap(
            text, width=width, initial_indent=margin, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
        )
        return wrapped or [margin]

    def _coloured(self, line: str) -> None:
        text = Text(line)
        for words, colour in _COLOURS:
            text.highlight_regex(words, colour)
        if self._console.is_terminal:
            self._console.print(text, no_wrap=True, overflow="ellipsis", highlight=False)
        else:
            self._console.print(text, soft_wrap=True, highlight=False)

    def _print(self, *lines: str, style: str) -> None:
        for line in lines:
            self._console.print(Text(line, style=style), soft_wrap=True, highlight=False)
