"""Requests to the Kubernetes API server: where it is, who we are, JSON there and back."""

from __future__ import annotations

import importlib.metadata
import json
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

import aiohttp
from kubernetes.aio.client import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from kubernetes.aio.config import load_incluster_config, load_kube_config

from workspace_gateway_network.model.json import Json, JsonObject, child, items, text

CONNECTIONS: Final = 16
"""At most so many at a time. Every connection costs memory for its TLS, and the API server's patience."""
REQUEST_SECONDS: Final = 30.0
JSON_PATCH: Final = "application/json-patch+json"
MERGE_PATCH: Final = "application/merge-patch+json"
NO_ANSWER: Final = "<error>"

USER_AGENT: Final = f"workspace-gateway-network/{importlib.metadata.version('workspace-gateway-network')}"


class StatusError(Exception):
    """The API server refused, with a Status (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/)."""

    def __init__(self, *, code: int, reason: str, message: str, causes: Sequence[JsonObject] = ()) -> None:
        super().__init__(f"{code} {reason}: {message}")
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = tuple(causes)

    def has_cause(self, reason: str) -> bool:
        """Whether the Status has a cause with this reason."""
        return any(text(cause, "reason") == reason for cause in self.causes)


FAILURES: Final = (StatusError, aiohttp.ClientError, TimeoutError)
"""How a request ends that does not succeed."""


class RequestObserver(Protocol):
    """Who counts requests."""

    def kubernetes_request(self, *, method: str, code: str, host: str) -> None:
        """One exchange; `code` is the HTTP status, or `<error>` where there was no answer."""


async def load_configuration() -> Configuration:
    """Where the API server is and who we are: KUBECONFIG, else the pod's service account, else ~/.kube/config.

    What it has a token from is read again when it is old: a service account's after a minute.
    """
    configuration = Configuration()
    if path := os.environ.get("KUBECONFIG"):
        await load_kube_config(config_file=path, client_configuration=configuration)  # type: ignore[no-untyped-call]
    elif "KUBERNETES_SERVICE_HOST" in os.environ:
        load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    else:
        await load_kube_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    return configuration


def open_session(
    configuration: Configuration,
    *,
    observer: RequestObserver,
    middlewares: Sequence[aiohttp.ClientMiddlewareType] = (),
) -> aiohttp.ClientSession:
    """A session with bounded connections, whose every request is authorised anew, so that a rotated token does no harm."""

    async def authorise(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        if token := await configuration.get_api_key_with_prefix("BearerToken"):
            request.headers["Authorization"] = token
        code = NO_ANSWER
        try:
            response = await handler(request)
            code = str(response.status)
            return response
        finally:
            observer.kubernetes_request(method=request.method, code=code, host=str(request.url.authority))

    tls = RESTClientObject(configuration).ssl_context
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, ssl=tls),
        headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        proxy=configuration.proxy,
        middlewares=(*middlewares, authorise),
    )


class KubernetesClient:
    """JSON requests as the identity of this process. Raises one of FAILURES."""

    def __init__(self, *, configuration: Configuration, observer: RequestObserver) -> None:
        self._configuration = configuration
        self._observer = observer
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

    async def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json = None,
        content_type: str = "application/json",
    ) -> JsonObject:
        answer = await self._exchange(method, path, query=query, body=body, content_type=content_type)
        if answer.code == 401:
            # The token was replaced or revoked before it looked old: once more with what is written where it came from.
            await self._log_in_again()
            answer = await self._exchange(method, path, query=query, body=body, content_type=content_type)
        return answer.document()

    async def _exchange(self, method: str, path: str, *, query: Mapping[str, str] | None, body: Json, content_type: str) -> _Answer:
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
            return _Answer(response.status, content)

    async def _log_in_again(self) -> None:
        session, self._configuration = self._session, await load_configuration()
        self._session = open_session(self._configuration, observer=self._observer)
        await session.close()


class _Answer:
    """An HTTP status and a body that should be JSON."""

    def __init__(self, code: int, content: bytes) -> None:
        self.code = code
        self._content = content

    def document(self) -> JsonObject:
        """The body. Raises StatusError when it is a refusal, or what a proxy put in its place."""
        try:
            document: Any = json.loads(self._content)
        except ValueError:
            document = {"message": self._content[:200].decode(errors="replace")}
        if self.code < 400 and isinstance(document, dict):
            return document
        status: JsonObject = document if isinstance(document, dict) else {}
        raise StatusError(
            code=self.code,
            reason=text(status, "reason") or "Unknown",
            message=text(status, "message"),
            causes=items(child(status, "details"), "causes"),
        )
