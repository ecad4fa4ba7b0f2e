"""The cluster as the reconciler sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from http import HTTPStatus

from workspace_gateway_network.cluster.client import FAILURES, KubernetesClient, StatusError
from workspace_gateway_network.cluster.events import EventRecorder
from workspace_gateway_network.cluster.finalizer import set_finalizer
from workspace_gateway_network.cluster.status import write_status
from workspace_gateway_network.cluster.store import Store
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.reporting.event import Event
from workspace_gateway_network.runtime.ports import Key
from workspace_gateway_network.runtime.requeue import Unavailable


class KubernetesCluster:
    """Reads from the store, writes to the API server, and puts what was written into the store: what is read next is never older."""

    def __init__(self, *, client: KubernetesClient, store: Store) -> None:
        self._client = client
        self._store = store
        self._recorder = EventRecorder(client=client)

    def get(self, key: Key) -> JsonObject | None:
        """The resource as it was last seen; None when it does not exist."""
        return self._store.get(key)

    def others(self, key: Key) -> Iterable[JsonObject]:
        """All other resources of the kind, as they were last seen."""
        return self._store.others(key)

    async def write_status(self, *, resource: JsonObject, status: JsonObject) -> bool:
        """Replace the status. False when the resource has changed or gone meanwhile; the store may show that a moment later."""
        return await self._take(write_status(self._client, resource=resource, status=status))

    async def set_finalizer(self, *, resource: JsonObject, present: bool) -> bool:
        """Add or remove our finalizer. False when the resource has changed or gone meanwhile."""
        return await self._take(set_finalizer(self._client, resource=resource, present=present))

    async def post(self, *, resource: JsonObject, event: Event) -> None:
        """Tell of something; repeats are folded into one event. Never raises."""
        await self._recorder.post(resource=resource, event=event)

    async def _take(self, writing: Awaitable[JsonObject | None]) -> bool:
        """Raises Unavailable; or StatusError where the API server finds fault with what was written: that is a mistake of ours."""
        try:
            answer = await writing
        except FAILURES as error:
            if isinstance(error, StatusError) and error.code == HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            raise Unavailable(f"could not write to the API server ({str(error) or type(error).__name__})") from error
        if answer is not None:
            self._store.written(answer)
        return answer is not None
