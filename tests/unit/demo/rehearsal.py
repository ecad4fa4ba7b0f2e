"""Chapters told without servers: the stand-in for a scene, and what a chapter said."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from rich.console import Console

from demo.narrator import Narrator
from demo.scene import DidNotHappen


class Rehearsal:
    """What scenes of both acts have in common: a deletion that ends when it is waited for, and waiting that looks once."""

    def delete(self) -> Future[str]:
        self.deletion: Future[str] = Future()
        return self.deletion

    def eventually(self, condition: Any, *, what: str, seconds: float) -> Any:
        if what == "The deletion did not end":
            self.deletion.set_result("deleted\n")
        found = condition()
        if not found:
            raise DidNotHappen(f"{what} within {seconds:g} s.")
        return found


def told_by(chapter: Callable[[Any, Narrator], object], scene: Rehearsal) -> tuple[str, str]:
    """What was told, and why it ended early."""
    screen = io.StringIO()
    narrator = Narrator(Console(file=screen, force_terminal=False, width=120))
    try:
        chapter(scene, narrator)
    except DidNotHappen as failure:
        return screen.getvalue(), str(failure)
    return screen.getvalue(), ""
