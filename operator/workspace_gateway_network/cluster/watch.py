"""The watch: kopf as a shell that lists, watches, reconnects and logs in again, and hands every event on.

Nothing else of kopf is used: no handlers that keep state, so no annotations; no finalizer; no events; no peering; no scanning.

It runs in a thread and an event loop of its own. When kopf ends it cancels every task of its loop that is younger than itself, and it
takes the process's signals: neither may happen to passes that are writing to Azure. Besides, a long list doesn't hold them up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from typing import Final, cast

import aiohttp
import kopf

from workspace_gateway_network.api.names import GROUP, PLURAL, VERSION
from workspace_gateway_network.cluster.connection import RequestObserver, load_configuration, open_session
from workspace_gateway_network.cluster.kopf_settings import quiet_settings
from workspace_gateway_network.cluster.store import Store
from workspace_gateway_network.model.json import JsonObject

logger = logging.getLogger(__name__)

SILENCE_SECONDS: Final = 300.0
"""A live watch has a bookmark every minute, and kopf opens a new one after 70 s without."""
LOGIN_SECONDS: Final = 5.0
"""From one login to the next: the API server may refuse every token for a while."""
RESTART_SECONDS: Final = 5.0
GOODBYE_SECONDS: Final = 0.25


class Watch:
    """Brings the store every event, for as long as `run` runs."""

    def __init__(self, *, store: Store, observer: RequestObserver) -> None:
        self._store = store
        self._observer = observer
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._logged_in_at = float("-inf")
        self._stream: aiohttp.StreamReader | None = None
        self._heard: tuple[aiohttp.StreamReader | None, int] = (None, 0)
        self._heard_at = time.monotonic()

    async def run(self) -> None:
        """Watch until `stop`."""
        self._heard_at = time.monotonic()
        ours = asyncio.get_running_loop()
        ended = asyncio.Event()

        def work() -> None:
            try:
                asyncio.run(self._operate(ours))
            finally:
                with contextlib.suppress(RuntimeError):  # our loop is closed already: nobody waited
                    ours.call_soon_threadsafe(ended.set)

        threading.Thread(target=work, name="watch", daemon=True).start()
        await ended.wait()

    def stop(self) -> None:
        """Have `run` return soon."""
        if self._loop is None:
            self._stop.set()
        else:
            self._loop.call_soon_threadsafe(self._stop.set)

    @property
    def heard_at(self) -> float:
        """When a watch was last opened or brought anything, bookmarks included, by the monotonic clock.

        It is noticed when somebody asks, as the probe does every few seconds.
        """
        heard = (self._stream, self._stream.total_bytes if self._stream else 0)
        if heard != self._heard:
            self._heard, self._heard_at = heard, time.monotonic()
        return self._heard_at

    async def _operate(self, ours: asyncio.AbstractEventLoop) -> None:
        self._loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            try:
                await kopf.operator(registry=self._registry(ours), settings=quiet_settings(), clusterwide=True, stop_flag=self._stop)
            except Exception:
                # Such as an error that the API server sends down the stream. The first thing that a new watch does is list.
                logger.exception("The watch ended, and starts again")
                await asyncio.sleep(RESTART_SECONDS)
        # TLS needs a moment to say goodbye (https://docs.aiohttp.org/en/stable/client_advanced.html#graceful-shutdown).
        await asyncio.sleep(GOODBYE_SECONDS)

    def _registry(self, ours: asyncio.AbstractEventLoop) -> kopf.OperatorRegistry:
        registry = kopf.OperatorRegistry()

        @kopf.on.event(GROUP, VERSION, PLURAL, registry=registry)
        async def _hand_on(event: kopf.RawEvent, **_: object) -> None:
            take = self._store.deleted if event["type"] == "DELETED" else self._store.seen
            ours.call_soon_threadsafe(take, cast("JsonObject", event["object"]))

        @kopf.on.login(registry=registry)
        async def _log_in(**_: object) -> kopf.AiohttpSession:
            await asyncio.sleep(self._logged_in_at + LOGIN_SECONDS - time.monotonic())
            self._logged_in_at = time.monotonic()
            configuration = await load_configuration()
            session = open_session(configuration, observer=self._observer, middlewares=(self._listen,))
            return kopf.AiohttpSession(server=configuration.host, aiohttp_session=session)

        return registry

    async def _listen(self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        response = await handler(request)
        if "watch" in request.url.query and response.ok:
            self._stream = response.content
        return response
