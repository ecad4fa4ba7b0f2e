"""Keys in, keys out: each once, one worker a key, the urgent first, and when they are due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from workspace_gateway_network.runtime.backoff import Backoff
from workspace_gateway_network.runtime.ports import Key, Urgency
from workspace_gateway_network.runtime.queue import WorkQueue

A, B, C = (Key("team", name) for name in "abc")
InVirtualTime = Callable[[Coroutine[Any, Any, None]], None]


@dataclass
class Counts:
    added: int = 0
    retried: int = 0
    waited: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    def queue_added(self) -> None:
        self.added += 1

    def queue_taken(self, *, waited: float) -> None:
        self.waited.append(waited)

    def queue_done(self, *, worked: float) -> None:
        self.worked.append(worked)

    def queue_retried(self) -> None:
        self.retried += 1


def now() -> float:
    return asyncio.get_running_loop().time()


async def take(queue: WorkQueue) -> Key:
    work = await queue.get()
    assert work is not None
    return work.key


async def test_a_key_is_queued_once_however_often_it_is_added() -> None:
    queue, counts = WorkQueue(observer=(seen := Counts())), seen
    for _ in range(3):
        queue.add(A, Urgency.CHANGED)
    queue.add(B, Urgency.CHANGED)
    assert queue.depth == 2
    assert counts.added == 2
    assert [await take(queue), await take(queue)] == [A, B]
    assert queue.depth == 0


async def test_the_urgent_go_first_and_equals_in_turn() -> None:
    queue = WorkQueue(observer=Counts())
    queue.add(A, Urgency.RESYNC)
    queue.add(B, Urgency.DRIFTED)
    queue.add(C, Urgency.CHANGED)
    queue.add(Key("team", "d"), Urgency.CHANGED)
    assert [(await take(queue)).name for _ in range(4)] == ["c", "d", "b", "a"]


def test_nobody_is_behind_the_urgent_for_ever(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        queue = WorkQueue(observer=Counts())
        queue.add(A, Urgency.RESYNC)
        for number in range(300):
            queue.add(Key("changed", f"{number}"), Urgency.CHANGED)
            queue.add(Key("changed", f"another-{number}"), Urgency.CHANGED)
            taken = await queue.get()
            assert taken is not None
            if taken.key == A:
                assert taken.urgency == Urgency.RESYNC
                assert 120 <= now() <= 242, "a minute for each step of urgency, and then whoever was there before"
                return
            await asyncio.sleep(1)
        raise AssertionError("the resync is still behind")

    in_virtual_time(story())


async def test_adding_with_more_urgency_lifts_and_with_less_does_nothing() -> None:
    queue = WorkQueue(observer=Counts())
    queue.add(A, Urgency.RESYNC)
    queue.add(B, Urgency.DRIFTED)
    queue.add(A, Urgency.CHANGED)
    queue.add(A, Urgency.RESYNC)
    work = await queue.get()
    assert work is not None
    assert (work.key, work.urgency) == (A, Urgency.CHANGED)
    assert await take(queue) == B
    assert queue.depth == 0


async def test_a_place_that_was_left_by_being_lifted_is_not_kept_for_the_next_time() -> None:
    queue = WorkQueue(observer=Counts())
    queue.add(A, Urgency.RESYNC)
    queue.add(A, Urgency.CHANGED)
    assert await take(queue) == A
    queue.done(A)
    queue.add(B, Urgency.RESYNC)
    queue.add(A, Urgency.RESYNC)
    assert [await take(queue), await take(queue)] == [B, A]


async def test_a_key_that_a_worker_has_is_given_to_no_other_and_done_again_afterwards() -> None:
    queue = WorkQueue(observer=Counts())
    queue.add(A, Urgency.RESYNC)
    assert await take(queue) == A
    queue.add(A, Urgency.RESYNC)
    queue.add(A, Urgency.CHANGED)
    second = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    assert not second.done()
    assert queue.depth == 0
    queue.done(A)
    work = await second
    assert work is not None
    assert (work.key, work.urgency) == (A, Urgency.CHANGED)
    queue.done(A)
    assert queue.depth == 0


async def test_several_workers_wait_and_each_key_wakes_one() -> None:
    queue = WorkQueue(observer=Counts())
    workers = [asyncio.create_task(take(queue)) for _ in range(3)]
    await asyncio.sleep(0)
    for key in (A, B, C):
        queue.add(key, Urgency.CHANGED)
    assert set(await asyncio.gather(*workers)) == {A, B, C}


def test_a_delayed_key_comes_when_it_is_due_and_of_two_times_the_earlier_counts(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        queue = WorkQueue(observer=Counts())
        queue.add_after(A, 60, Urgency.CHANGED)
        queue.add_after(A, 10, Urgency.DRIFTED)
        queue.add_after(A, 30, Urgency.CHANGED)
        work = await queue.get()
        assert work is not None
        assert (now(), work.key, work.urgency) == (10, A, Urgency.DRIFTED)
        queue.done(A)
        queue.add_after(B, 100, Urgency.CHANGED)
        assert (await take(queue), now()) == (B, 110)

    in_virtual_time(story())


def test_taking_a_key_voids_what_it_was_due_for_so_that_resyncs_do_not_pile_up(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        queue = WorkQueue(observer=Counts())
        queue.add_after(A, 20, Urgency.RESYNC)
        queue.add(A, Urgency.CHANGED)
        assert (await take(queue), now()) == (A, 0)
        queue.done(A)
        queue.add_after(A, 60, Urgency.RESYNC)
        assert (await take(queue), now()) == (A, 60)

    in_virtual_time(story())


def test_what_falls_due_while_a_worker_has_the_key_is_done_again(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        queue = WorkQueue(observer=Counts())
        queue.add(A, Urgency.CHANGED)
        assert await take(queue) == A
        queue.add_after(A, 5, Urgency.DRIFTED)
        await asyncio.sleep(6)
        queue.done(A)
        assert (await take(queue), now()) == (A, 6)

    in_virtual_time(story())


@pytest.mark.parametrize(("drawn", "due"), [(0.0, 60.0), (0.5, 57.0), (1.0, 54.0)])
def test_a_resync_comes_up_to_a_tenth_early_and_never_late(in_virtual_time: InVirtualTime, drawn: float, due: float) -> None:
    async def story() -> None:
        queue = WorkQueue(observer=Counts(), draw=lambda: drawn)
        queue.resync_after(A, 60)
        work = await queue.get()
        assert work is not None
        assert work.urgency == Urgency.RESYNC
        assert now() == pytest.approx(due)

    in_virtual_time(story())


def test_failures_in_a_row_are_put_off_ever_longer_up_to_five_minutes(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        queue = WorkQueue(observer=(counts := Counts()), backoff=Backoff(first=1))
        for failure in range(15):
            before = now()
            delay = queue.retry(A, Urgency.CHANGED)
            step = min(2**failure, 300)
            assert step / 2 <= delay <= step
            assert await take(queue) == A
            assert now() == pytest.approx(before + delay)
            queue.done(A)
        queue.forget(A)
        assert queue.retry(A, Urgency.CHANGED) <= 1
        assert counts.retried == 16

    in_virtual_time(story())


async def test_a_failure_is_put_off_no_longer_and_no_shorter_than_asked() -> None:
    queue = WorkQueue(observer=Counts(), backoff=Backoff(first=100))
    assert queue.retry(A, Urgency.CHANGED, at_most=7) == 7
    assert queue.retry(C, Urgency.CHANGED, at_least=200) == 200
    assert queue.retry(B, Urgency.CHANGED) >= 50


async def test_keys_that_fail_together_part() -> None:
    backoff = Backoff(first=1)
    assert len({backoff.next(Key("team", str(number))) for number in range(20)}) > 1


def test_waiting_and_working_is_measured(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        queue = WorkQueue(observer=(counts := Counts()))
        queue.add(A, Urgency.RESYNC)
        queue.add(B, Urgency.RESYNC)
        await asyncio.sleep(3)
        queue.add(A, Urgency.CHANGED)  # lifted, and due since then all the same
        await take(queue)
        await asyncio.sleep(4)
        await take(queue)
        await asyncio.sleep(1)
        assert (queue.longest_running, queue.unfinished) == (5, 6)
        queue.done(A)
        queue.done(B)
        assert (queue.longest_running, queue.unfinished) == (0, 0)
        assert (counts.waited, counts.worked) == ([3, 7], [5, 1])

    in_virtual_time(story())


def test_once_closed_it_gives_and_takes_nothing_and_lets_what_has_begun_end(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        queue = WorkQueue(observer=Counts())
        queue.add(A, Urgency.CHANGED)
        queue.add(B, Urgency.CHANGED)
        queue.add_after(C, 10, Urgency.CHANGED)
        assert await take(queue) == A
        waiting = [asyncio.create_task(queue.get()) for _ in range(3)]
        assert await waiting[0] is not None
        queue.close()
        queue.add(A, Urgency.CHANGED)
        queue.add_after(B, 1, Urgency.CHANGED)
        queue.done(A)
        assert await waiting[1] is await waiting[2] is None
        await asyncio.sleep(20)
        assert (queue.depth, await queue.get()) == (0, None)

    in_virtual_time(story())
