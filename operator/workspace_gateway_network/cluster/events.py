"""Posts Kubernetes events (events.k8s.io/v1), one object for all repeats of one saying.

Its name is made of what it says, so a repeat finds it again, also after a restart. A repeat is counted, and the count written to the
event's series every ten minutes at most: a condition that comes and goes must not fill etcd.
"""

from __future__ import annotations

import hashlib
import logging
import platform
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from workspace_gateway_network.api.names import API_VERSION, GROUP, KIND
from workspace_gateway_network.cluster.client import FAILURES, KubernetesClient, StatusError
from workspace_gateway_network.model.json import JsonObject, child, text
from workspace_gateway_network.reporting.event import Event

logger = logging.getLogger(__name__)

SERIES_SECONDS: Final = 600.0
REMEMBERED: Final = 4096
MAX_NOTE_BYTES: Final = 1024
CONTROLLER: Final = f"{GROUP}/operator"


@dataclass
class _Series:
    count: int
    written_at: float


class EventRecorder:
    """Tells of things. An event lost is no reason to fail, so nothing is raised."""

    def __init__(self, *, client: KubernetesClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._series: OrderedDict[str, _Series] = OrderedDict()

    async def post(self, *, resource: JsonObject, event: Event) -> None:
        """Create the event, or count it where it was told before."""
        try:
            await self._post(resource, event)
        except StatusError as error:
            if error.has_cause("NamespaceTerminating"):
                logger.debug("Event %s not posted, as its namespace is going", event.reason)
            else:
                logger.warning("Could not post event %s: %s", event.reason, error)
        except FAILURES as error:
            logger.warning("Could not post event %s: %r", event.reason, error)

    async def _post(self, resource: JsonObject, event: Event) -> None:
        name, now = _name(resource, event), self._clock()
        series = self._series.get(name)
        if series is None:
            self._remember(name, _Series(count=await self._create(resource, event), written_at=now))
            return
        self._series.move_to_end(name)
        series.count += 1
        if now - series.written_at < SERIES_SECONDS:
            return
        series.written_at = now
        try:
            await self._client.merge_patch(_path(resource, name), _counted(series.count))
        except StatusError as error:
            if error.code != HTTPStatus.NOT_FOUND:
                raise
            series.count = await self._create(resource, event)  # it has expired: events live for an hour or so

    async def _create(self, resource: JsonObject, event: Event) -> int:
        """Make the event, or count on where an earlier process of ours has made it. Returns the count."""
        try:
            await self._client.post(_path(resource), _document(resource, event))
            return 1
        except StatusError as error:
            if error.code != HTTPStatus.CONFLICT:
                raise
        path = _path(resource, _name(resource, event))
        # We may patch events and not read them; a patch of nothing answers with what is there.
        told = child(await self._client.merge_patch(path, {}), "series").get("count")
        count = (told if isinstance(told, int) else 1) + 1
        await self._client.merge_patch(path, _counted(count))
        return count

    def _remember(self, name: str, series: _Series) -> None:
        self._series[name] = series
        if len(self._series) > REMEMBERED:
            self._series.popitem(last=False)


def _name(resource: JsonObject, event: Event) -> str:
    metadata = child(resource, "metadata")
    said = "\n".join((text(metadata, "uid"), event.type, event.reason, event.action, event.note))
    return f"{text(metadata, 'name')}.{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _path(resource: JsonObject, name: str = "") -> str:
    namespace = text(child(resource, "metadata"), "namespace")
    return f"/apis/events.k8s.io/v1/namespaces/{namespace}/events" + (f"/{name}" if name else "")


def _document(resource: JsonObject, event: Event) -> JsonObject:
    metadata = child(resource, "metadata")
    return {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": _name(resource, event), "namespace": metadata.get("namespace")},
        "eventTime": _now(),
        "type": event.type,
        "reason": event.reason,
        "action": event.action,
        "note": event.note.encode()[:MAX_NOTE_BYTES].decode(errors="ignore"),
        "reportingController": CONTROLLER,
        "reportingInstance": platform.node() or CONTROLLER,
        "regarding": {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "namespace": metadata.get("namespace"),
            "name": metadata.get("name"),
            "uid": metadata.get("uid"),
            "resourceVersion": metadata.get("resourceVersion"),
        },
    }


def _counted(count: int) -> JsonObject:
    return {"series": {"count": count, "lastObservedTime": _now()}}


def _now() -> str:
    """A MicroTime, whose six digits the API server insists on."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
