"""The sweep: a list of all resources, beside the watch.

The first one comes before everything else, because a plan depends on knowing the other resources. Later ones find what the watch has
missed: kopf doesn't compare its list with what it knew, so a resource that vanished while the watch was cut would stay for ever.
"""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Final

import tenacity

from workspace_gateway_network.api.names import API_VERSION, GROUP, PLURAL, VERSION
from workspace_gateway_network.cluster.client import FAILURES, KubernetesClient, StatusError
from workspace_gateway_network.cluster.store import Store
from workspace_gateway_network.model.json import JsonObject, child, items, text

logger = logging.getLogger(__name__)

GROUP_PATH: Final = f"/apis/{GROUP}/{VERSION}"
PAGE: Final = 500
EARLIEST: Final = 2 / 3
"""A sweep comes after this part of the interval at the earliest, so that it doesn't meet others' always."""
LONGEST_WAIT_SECONDS: Final = 15.0


class Sweep:
    """Lists into the store."""

    def __init__(self, *, client: KubernetesClient, store: Store, interval: float) -> None:
        """`interval` is in seconds."""
        self._client = client
        self._store = store
        self._interval = interval
        self.done_once = False

    async def first(self) -> None:
        """List until it works, however long that takes, and say what is in the way."""
        async for attempt in tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(FAILURES),
            wait=tenacity.wait_random_exponential(multiplier=1, max=LONGEST_WAIT_SECONDS),
            before_sleep=_say_why,
        ):
            with attempt:
                await self._wait_for_discovery()
                await self._sweep()
        self.done_once = True

    async def run(self) -> None:
        """List now and then, for ever."""
        while True:
            await asyncio.sleep(self._interval * random.uniform(EARLIEST, 1))  # noqa: S311 (no secret)
            try:
                await self._sweep()
            except FAILURES as error:
                logger.warning("Could not list the resources, and go on with what the watch says: %s", explain(error))

    async def _wait_for_discovery(self) -> None:
        """Raise until the API server names our kind: kopf asks it once, and never watches what isn't named then."""
        served = await self._client.get(GROUP_PATH)
        if not any(text(resource, "name") == PLURAL for resource in items(served, "resources")):
            raise StatusError(code=404, status={"reason": "NotFound", "message": f"{API_VERSION} has no {PLURAL}"})

    async def _sweep(self) -> None:
        self._store.sweep_begins()
        resources: list[JsonObject] = []
        query = {"limit": str(PAGE)}
        while True:
            page = await self._client.get(f"{GROUP_PATH}/{PLURAL}", **query)
            resources += items(page, "items")
            metadata = child(page, "metadata")
            if not (rest := text(metadata, "continue")):
                break
            query["continue"] = rest
        self._store.swept(resources, version=text(metadata, "resourceVersion"))
        logger.debug("Listed %d resources", len(resources))


def explain(error: BaseException) -> str:
    """What is in the way, and what a person does about it."""
    match error:
        case StatusError(code=404):
            return f"the API server doesn't know {PLURAL}.{GROUP}; apply crds/, and wait a moment"
        case StatusError(code=401 | 403):
            return f"the API server doesn't let the operator list {PLURAL}.{GROUP}; check its ClusterRole ({error})"
        case StatusError():
            return f"the API server refused ({error})"
        case TimeoutError():
            return "the API server didn't answer in time"
        case _:
            return f"the API server is out of reach ({error})"


def _say_why(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    if error is not None:
        logger.warning("Not started yet, trying again in %.0f s: %s", wait, explain(error))
