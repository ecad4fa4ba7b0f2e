"""Workers survive whatever a pass does, and put its key back as it asks."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from workspace_gateway_network.runtime import logs
from workspace_gateway_network.runtime.backoff import Backoff
from workspace_gateway_network.runtime.ports import Key, Urgency
from workspace_gateway_network.runtime.queue import WorkQueue
from workspace_gateway_network.runtime.requeue import Requeue, Unavailable
from workspace_gateway_network.runtime.workers import Result, Workers

A = Key("team", "a")
B = Key("team", "b")
GONE = Requeue(after=None)
InVirtualTime = Callable[[Coroutine[Any, Any, None]], None]
Script = Callable[[Key, int], Awaitable[Requeue]]


class Observer:
    def __init__(self) -> None:
        self.began = 0
        self.results: list[Result] = []
        self.retried = 0

    def pass_began(self) -> None:
        self.began += 1

    def pass_ended(self, *, key: Key, result: Result, seconds: float) -> None:  # noqa: ARG002 (the protocol's)
        self.results.append(result)

    def queue_added(self) -> None: ...

    def queue_taken(self, *, waited: float) -> None: ...

    def queue_done(self, *, worked: float) -> None: ...

    def queue_retried(self) -> None:
        self.retried += 1


class Bench:
    """Workers whose passes follow a script; `calls` has the time, key and urgency of each."""

    def __init__(self, *results: Requeue | BaseException | Callable[[], Awaitable[Requeue]], count: int = 1) -> None:
        self.results = list(results)
        self.calls: list[tuple[float, Key, int]] = []
        self.observer = Observer()
        self.queue = WorkQueue(observer=self.observer, backoff=Backoff(first=8), draw=lambda: 0.5)
        self.workers = Workers(queue=self.queue, reconcile=self.reconcile, observer=self.observer, count=count, pass_seconds=100)

    async def reconcile(self, key: Key, *, urgency: int) -> Requeue:
        self.calls.append((asyncio.get_running_loop().time(), key, urgency))
        result = self.results.pop(0)
        if not self.results:
            self.queue.close()
        if isinstance(result, BaseException):
            raise result
        return result if isinstance(result, Requeue) else await result()

    async def run(self) -> list[float]:
        """Run to the end of the script, and return when the passes began."""
        self.queue.add(A, Urgency.CHANGED)
        await self.workers.run()
        return [at for at, _, _ in self.calls]


def test_a_pass_that_went_well_comes_back_when_it_asks(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        bench = Bench(Requeue(after=60), Requeue(after=60, urgency=Urgency.DRIFTED), GONE)
        assert await bench.run() == [0, 57, 117]
        assert [urgency for _, _, urgency in bench.calls] == [Urgency.CHANGED, Urgency.RESYNC, Urgency.DRIFTED]
        assert bench.observer.results == [Result.REQUEUE_AFTER, Result.REQUEUE_AFTER, Result.SUCCESS]

    in_virtual_time(story())


def test_nothing_is_due_after_a_pass_that_says_so_until_somebody_adds_the_key(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        bench = Bench(GONE, GONE)
        running = asyncio.create_task(bench.run())
        await asyncio.sleep(100_000)
        assert len(bench.calls) == 1
        bench.queue.add(A, Urgency.CHANGED)
        assert await running == [0, 100_000]

    in_virtual_time(story())


def test_failures_back_off_and_a_pass_that_went_well_ends_the_row(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        failed = Requeue(after=None, urgency=Urgency.CHANGED, failed=True)
        bench = Bench(failed, failed, failed, Requeue(after=50, urgency=Urgency.CHANGED), failed, GONE)
        began = await bench.run()
        waits = [later - earlier for earlier, later in itertools.pairwise(began)]
        steps = (8, 16, 32)
        assert all(step / 2 <= wait <= step for step, wait in zip(steps, waits, strict=False))
        assert waits[3] == pytest.approx(50)
        assert 4 <= waits[4] <= 8
        assert bench.observer.results.count(Result.ERROR) == bench.observer.retried == 4

    in_virtual_time(story())


def test_a_row_of_failures_goes_on_behind_what_is_pending(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        failed, pending = Requeue(after=None, failed=True), Requeue(after=3, urgency=Urgency.CHANGED, pending=True)
        began = await Bench(failed, pending, failed, pending, failed, GONE).run()
        waits = [later - earlier for earlier, later in itertools.pairwise(began)]
        assert [waits[1], waits[3]] == pytest.approx([3, 3])
        assert all(step / 2 <= wait <= step for step, wait in zip((8, 16, 32), waits[::2], strict=True))

    in_virtual_time(story())


def test_a_failure_comes_back_no_later_and_no_sooner_than_it_asks(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        assert await Bench(Requeue(after=2, failed=True), Requeue(after=None, failed=True, at_least=20), GONE).run() == [0, 2, 22]

    in_virtual_time(story())


def test_an_unexpected_exception_is_logged_counted_and_backed_off(in_virtual_time: InVirtualTime, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        bench = Bench(ZeroDivisionError("by nought"), GONE)
        began = await bench.run()
        assert 4 <= began[1] <= 8
        assert bench.observer.results == [Result.PANIC, Result.SUCCESS]

    in_virtual_time(story())
    (record,) = caplog.records
    assert record.getMessage() == "A pass failed unexpectedly"
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)


def test_what_is_out_of_reach_is_a_failure_and_nobodys_mistake(in_virtual_time: InVirtualTime, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        bench = Bench(Unavailable("the API server is away"), GONE)
        began = await bench.run()
        assert 4 <= began[1] <= 8
        assert bench.observer.results == [Result.ERROR, Result.SUCCESS]

    in_virtual_time(story())
    assert [(record.levelname, record.getMessage(), record.exc_info) for record in caplog.records] == [
        ("WARNING", "Broke off a pass: the API server is away", None)
    ]


def test_a_cancellation_from_inside_a_pass_does_not_end_the_worker(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        bench = Bench(asyncio.CancelledError(), GONE)
        assert len(await bench.run()) == 2
        assert bench.observer.results == [Result.PANIC, Result.SUCCESS]

    in_virtual_time(story())


def test_a_pass_that_takes_too_long_is_given_up(in_virtual_time: InVirtualTime, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async def hang() -> Requeue:
            await asyncio.Event().wait()
            raise AssertionError

        bench = Bench(hang, GONE)
        began = await bench.run()
        assert 104 <= began[1] <= 108
        assert bench.observer.results == [Result.TIMEOUT, Result.SUCCESS]

    in_virtual_time(story())
    assert [record.getMessage() for record in caplog.records] == ["Gave up a pass after 100 s"]


def test_a_timeout_of_something_inside_a_pass_is_not_the_pass_taking_too_long(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        bench = Bench(TimeoutError(), GONE)
        await bench.run()
        assert bench.observer.results[0] == Result.PANIC

    in_virtual_time(story())


def test_closing_the_queue_lets_a_pass_end_and_cancelling_breaks_it_off(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        ended: list[str] = []

        async def slow() -> Requeue:
            try:
                await asyncio.sleep(50)
            except asyncio.CancelledError:
                ended.append("broken off")
                raise
            ended.append("ended")
            return GONE

        patient = Bench(slow)  # its queue is closed when the pass begins
        await patient.run()
        hasty = asyncio.create_task(Bench(slow).run())
        await asyncio.sleep(10)
        hasty.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hasty
        assert ended == ["ended", "broken off"]

    in_virtual_time(story())


def test_so_many_workers_work_at_a_time(in_virtual_time: InVirtualTime) -> None:
    async def story() -> None:
        running, most = 0, 0

        async def slow() -> Requeue:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(1)
            running -= 1
            return GONE

        bench = Bench(*[slow] * 10, count=3)
        for number in range(9):
            bench.queue.add(Key("team", str(number)), Urgency.RESYNC)
        began = await bench.run()
        assert most == 3
        assert began == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]

    in_virtual_time(story())


async def test_what_a_pass_logs_names_its_resource(caplog: pytest.LogCaptureFixture) -> None:
    async def talk() -> Requeue:
        logs.bind(generation=3)
        logging.getLogger("test").warning("Here")
        lines.append(logs._Text().format(caplog.records[-1]))
        return GONE

    lines: list[str] = []
    await Bench(talk).run()
    (line,) = lines
    assert " WARNING Here namespace=team name=a reconcileID=" in line
    assert line.endswith(" generation=3")
    assert "namespace" not in logs._Text().format(caplog.records[-1])
