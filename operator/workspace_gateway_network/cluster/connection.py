"""The way to the Kubernetes API server: where it is, who we are, and sessions whose tokens are never stale."""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Sequence
from typing import Final, Protocol

import aiohttp
from kubernetes.aio.client import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from kubernetes.aio.config import load_incluster_config, load_kube_config

CONNECTIONS: Final = 16
"""At most so many at a time. Every connection costs memory for its TLS, and the API server's patience."""
NO_ANSWER: Final = "<error>"
USER_AGENT: Final = f"workspace-gateway-network/{importlib.metadata.version('workspace-gateway-network')}"


class RequestObserver(Protocol):
    """Who counts requests. May be called from any thread."""

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
