"""Time that passes only when everybody waits."""

from __future__ import annotations

import asyncio


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer as soon as nothing else is to be done."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def jump(self, to: float) -> None:
        """Let time pass until then."""
        self._now = max(self._now, to)

    def is_idle(self) -> bool:
        """Whether everybody waits."""
        return not self._ready  # type: ignore[attr-defined]

    def _run_once(self) -> None:
        if self.is_idle():
            timers = (timer.when() for timer in self._scheduled if not timer.cancelled())  # type: ignore[attr-defined]
            self.jump(min(timers, default=self._now))
        super()._run_once()  # type: ignore[misc]
