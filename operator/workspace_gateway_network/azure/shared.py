"""Reads that many ask for at the same time, and one does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Timed(Generic[T]):
    """A value, and when reading it began: it shows everything that happened before then."""

    began: float
    value: T


class Shared(Generic[T]):
    """Single flight by key: whoever is content with a read that began late enough shares it, running or done.

    A read runs as a task of its own, so that one caller's cancellation does not take it from the others.
    """

    def __init__(self, *, now: Callable[[], float], kept: float = 300.0) -> None:
        """`kept` is how many seconds a finished read may still be of use to somebody."""
        self._now = now
        self._kept = kept
        self._reads: dict[str, tuple[float, asyncio.Task[T]]] = {}

    async def get(self, key: str, *, not_before: float, read: Callable[[], Awaitable[T]]) -> Timed[T]:
        """The value for a key by a read that began at `not_before` or later; begins one if there is none."""
        known = self._reads.get(key)
        if known is None or known[0] < not_before or known[1].cancelled():
            self._forget_old()
            known = (self._now(), asyncio.ensure_future(_run(read)))
            self._reads[key] = known
        began, task = known
        return Timed(began, await asyncio.shield(task))

    async def close(self) -> None:
        """End the reads under way."""
        tasks = [task for _, task in self._reads.values()]
        self._reads.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget_old(self) -> None:
        before = self._now() - self._kept
        for key in [key for key, (began, task) in self._reads.items() if began < before and task.done()]:
            del self._reads[key]


async def _run(read: Callable[[], Awaitable[T]]) -> T:
    return await read()
