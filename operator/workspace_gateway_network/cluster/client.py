"""Requests to the Kubernetes API server: JSON there and back, refusals as errors."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import tenacity
from kubernetes.aio.client import Configuration

from workspace_gateway_network.cluster.connection import RequestObserver, load_configuration, open_session
from workspace_gateway_network.model.json import Json, JsonObject, child, items, text

REQUEST_SECONDS: Final = 30.0
ATTEMPTS: Final = 5
"""Of a request that the API server is too busy to look at."""
LONGEST_WAIT_SECONDS: Final = 10.0
JSON_PATCH: Final = "application/json-patch+json"
MERGE_PATCH: Final = "application/merge-patch+json"


class StatusError(Exception):
    """The API server refused, with a Status (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/)."""

    def __init__(self, *, code: int, status: JsonObject, retry_after: str = "") -> None:
        self.code = code
        self.reason = text(status, "reason") or "Unknown"
        self.message = text(status, "message")
        self.causes = items(child(status, "details"), "causes")
        self.retry_after = float(retry_after) if retry_after.isdecimal() else None
        """The seconds in a header Retry-After, which says as well that the request was not looked at."""
        super().__init__(f"{code} {self.reason}: {self.message}")

    def has_cause(self, reason: str) -> bool:
        """Whether the Status has a cause with this reason."""
        return any(text(cause, "reason") == reason for cause in self.causes)


FAILURES: Final = (StatusError, aiohttp.ClientError, TimeoutError)
"""How a request ends that does not succeed."""


class KubernetesClient:
    """JSON requests as the identity of this process. Raises one of FAILURES."""

    def __init__(self, *, configuration: Configuration, observer: RequestObserver) -> None:
        self._configuration = configuration
        self._session = open_session(configuration, observer=observer)
        self.answered_at = float("-inf")
        """When the API server last answered, by the monotonic clock."""

    @classmethod
    @asynccontextmanager
    async def open(cls, *, observer: RequestObserver) -> AsyncIterator[KubernetesClient]:
        """A client by `load_configuration`, closed when the block ends."""
        client = cls(configuration=await load_configuration(), observer=observer)
        try:
            yield client
        finally:
            await client.close()

    async def close(self) -> None:
        """End all connections."""
        await self._session.close()

    async def get(self, path: str, **query: str) -> JsonObject:
        """Read one object, or one page of a list."""
        return await self._request("GET", path, query=query)

    async def post(self, path: str, body: JsonObject) -> JsonObject:
        """Create an object."""
        return await self._request("POST", path, body=body)

    async def json_patch(self, path: str, operations: Sequence[JsonObject]) -> JsonObject:
        """Change an object by operations of RFC 6902, all or none."""
        return await self._request("PATCH", path, body=operations, content_type=JSON_PATCH)

    async def merge_patch(self, path: str, body: JsonObject) -> JsonObject:
        """Change an object by a document of RFC 7386."""
        return await self._request("PATCH", path, body=body, content_type=MERGE_PATCH)

    @tenacity.retry(
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, StatusError) and error.retry_after is not None),
        wait=tenacity.wait_exception(lambda error: min(getattr(error, "retry_after", 0.0), LONGEST_WAIT_SECONDS)),
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        reraise=True,
    )
    async def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json = None,
        content_type: str = "application/json",
    ) -> JsonObject:
        try:
            return await self._exchange(method, path, query=query, body=body, content_type=content_type)
        except StatusError as error:
            if error.code != HTTPStatus.UNAUTHORIZED:
                raise
        # The token was replaced or revoked before it looked old: once more with what is written where it came from.
        await self._log_in_again()
        return await self._exchange(method, path, query=query, body=body, content_type=content_type)

    async def _exchange(self, method: str, path: str, *, query: Mapping[str, str] | None, body: Json, content_type: str) -> JsonObject:
        async with self._session.request(
            method,
            self._configuration.host.rstrip("/") + path,
            params=query,
            data=None if body is None else json.dumps(body),
            headers={} if body is None else {"Content-Type": content_type},
            timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS),
        ) as response:
            content = await response.read()
            self.answered_at = time.monotonic()
            document = _document(content)
            if not response.ok:
                raise StatusError(code=response.status, status=document, retry_after=response.headers.get("Retry-After", ""))
            return document

    async def _log_in_again(self) -> None:
        # The session stays: others may have requests under way in it, and it asks the configuration for every new one's token.
        fresh = await load_configuration()
        self._configuration.api_key = fresh.api_key
        self._configuration.refresh_api_key_hook = fresh.refresh_api_key_hook


def _document(content: bytes) -> JsonObject:
    """The body, or what a proxy put in its place as the message of a Status."""
    try:
        document: Any = json.loads(content)
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {"message": content[:200].decode(errors="replace")}
