"""The workers: they take keys from the queue, have each reconciled in bounded time, and put it back for when it is due again."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from enum import StrEnum
from typing import Protocol

from workspace_gateway_network.runtime import logs
from workspace_gateway_network.runtime.ports import Key, Urgency
from workspace_gateway_network.runtime.queue import Work, WorkQueue
from workspace_gateway_network.runtime.requeue import Requeue, Unavailable

logger = logging.getLogger(__name__)


class Result(StrEnum):
    """How a pass ended, in controller-runtime's words, with its panic and timeout beside them."""

    SUCCESS = "success"
    REQUEUE_AFTER = "requeue_after"
    ERROR = "error"
    PANIC = "panic"
    TIMEOUT = "timeout"


class Reconcile(Protocol):
    """What the workers call."""

    async def __call__(self, key: Key, *, urgency: int) -> Requeue:
        """Bring one key nearer to what is wanted, and say when to come back."""


class PassObserver(Protocol):
    """Who counts passes."""

    def pass_began(self) -> None:
        """A worker calls the reconciler."""

    def pass_ended(self, *, key: Key, result: Result, seconds: float) -> None:
        """The reconciler returned, raised or ran out of time."""


class Workers:
    """So many keys at a time, and so many seconds for each pass."""

    def __init__(self, *, queue: WorkQueue, reconcile: Reconcile, observer: PassObserver, count: int, pass_seconds: float) -> None:
        self._queue = queue
        self._reconcile = reconcile
        self._observer = observer
        self._count = count
        self._pass_seconds = pass_seconds

    async def run(self) -> None:
        """Work until the queue is closed and every pass that had begun is over. Cancelling breaks passes off."""
        async with asyncio.TaskGroup() as workers:
            for number in range(self._count):
                workers.create_task(self._work(), name=f"worker {number}")

    async def _work(self) -> None:
        while (work := await self._queue.get()) is not None:
            with logs.context(namespace=work.key.namespace, name=work.key.name, reconcileID=uuid.uuid4().hex):
                try:
                    requeue = await self._pass(work)
                finally:
                    self._queue.done(work.key)
                self._put_back(work.key, requeue)

    async def _pass(self, work: Work) -> Requeue:
        """Call the reconciler once. Whatever it does, the worker lives on."""
        self._observer.pass_began()
        result, began = Result.PANIC, time.perf_counter()
        try:
            async with asyncio.timeout(self._pass_seconds) as deadline:
                requeue = await self._reconcile(work.key, urgency=work.urgency)
            result = _result(requeue)
            return requeue
        except Unavailable as error:
            result = Result.ERROR
            logger.warning("Broke off a pass: %s", error)
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            if deadline.expired():
                result = Result.TIMEOUT
                logger.error("Gave up a pass after %.0f s", self._pass_seconds)  # noqa: TRY400 (says all there is)
            else:
                logger.exception("A pass failed unexpectedly")
        finally:
            self._observer.pass_ended(key=work.key, result=result, seconds=time.perf_counter() - began)
        return Requeue(after=None, urgency=work.urgency, failed=True)

    def _put_back(self, key: Key, requeue: Requeue) -> None:
        if requeue.failed:
            delay = self._queue.retry(key, requeue.urgency, at_most=requeue.after, at_least=requeue.at_least)
            logger.debug("Trying again in %.1f s", delay)
            return
        if not requeue.pending:
            self._queue.forget(key)
        if requeue.after is None:
            return
        if requeue.urgency == Urgency.RESYNC:
            self._queue.resync_after(key, requeue.after)
        else:
            self._queue.add_after(key, requeue.after, requeue.urgency)


def _result(requeue: Requeue) -> Result:
    if requeue.failed:
        return Result.ERROR
    return Result.SUCCESS if requeue.after is None else Result.REQUEUE_AFTER


def _is_cancelled() -> bool:
    """Whether this worker is being cancelled, and not just something that the pass waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
