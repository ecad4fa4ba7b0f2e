"""Reads that many ask for and one does."""

from __future__ import annotations

import asyncio

import pytest

from workspace_gateway_network.azure.shared import Shared, Timed


class Source:
    """Counts its reads, and answers when told to."""

    def __init__(self) -> None:
        self.reads = 0
        self.answer = asyncio.Event()
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    async def read(self) -> int:
        self.reads += 1
        number = self.reads
        await self.answer.wait()
        return number


async def test_who_comes_while_a_read_runs_shares_it() -> None:
    source = Source()
    shared: Shared[int] = Shared(now=source.clock)
    waiting = [asyncio.create_task(shared.get("k", not_before=-1, read=source.read)) for _ in range(5)]
    await asyncio.sleep(0)
    source.answer.set()

    assert await asyncio.gather(*waiting) == [Timed(0.0, 1)] * 5


async def test_a_read_that_began_too_early_is_not_shared() -> None:
    source = Source()
    source.answer.set()
    shared: Shared[int] = Shared(now=source.clock)
    await shared.get("k", not_before=0, read=source.read)
    source.now = 5

    assert await shared.get("k", not_before=0, read=source.read) == Timed(0.0, 1)
    assert await shared.get("k", not_before=5, read=source.read) == Timed(5.0, 2)
    assert await shared.get("other", not_before=0, read=source.read) == Timed(5.0, 3)


async def test_who_gives_up_leaves_the_read_to_the_others() -> None:
    source = Source()
    shared: Shared[int] = Shared(now=source.clock)
    first = asyncio.create_task(shared.get("k", not_before=0, read=source.read))
    second = asyncio.create_task(shared.get("k", not_before=0, read=source.read))
    await asyncio.sleep(0)

    first.cancel()
    source.answer.set()

    assert await second == Timed(0.0, 1)
    assert first.cancelled()


async def test_closing_ends_what_is_being_read() -> None:
    source = Source()
    shared: Shared[int] = Shared(now=source.clock)
    waiting = asyncio.create_task(shared.get("k", not_before=0, read=source.read))
    await asyncio.sleep(0)

    await shared.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_nobody_asks_for_any_more_is_forgotten() -> None:
    source = Source()
    source.answer.set()
    shared: Shared[int] = Shared(now=source.clock)
    await shared.get("old", not_before=0, read=source.read)
    source.now = 301

    await shared.get("new", not_before=0, read=source.read)

    assert shared._reads.keys() == {"new"}
