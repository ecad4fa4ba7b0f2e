"""Azure Resource Manager over the real SDK's pipeline: JSON in and out; nothing is repeated, redirected or registered by itself."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast
from urllib.parse import quote

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError as SdkError
from azure.core.pipeline import policies
from azure.core.rest import HttpRequest
from azure.mgmt.network.aio import NetworkManagementClient

from workspace_gateway_network.azure.authentication import Authentication
from workspace_gateway_network.azure.budget import Budget, Exhausted
from workspace_gateway_network.azure.credentials import Credential, NoTokenError
from workspace_gateway_network.azure.failure import AzureError, Failure, Origin, from_answer, seconds
from workspace_gateway_network.azure.limits import Draft
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.transport import make_transport
from workspace_gateway_network.azure.wording import kind
from workspace_gateway_network.model.json import Json, JsonObject, text
from workspace_gateway_network.runtime.azure_metrics import Count

_LOCK_CODES = ("RetryableError", "ReferencedResourceNotProvisioned")
"""A 429 with one of these is a lock of one resource, not a limit of the subscription."""
_FRONT_DOOR_CODES = frozenset({"429", "SubscriptionRequestsThrottled"})
"""A 429 with one of these is Azure Resource Manager's own; the others are of the resource provider that was asked (recorded, and Microsoft
Learn, "Understand how Azure Resource Manager throttles requests")."""
_MOST_PAGES = 1000
_DISTRIBUTION = "workspace-gateway-network"


class AzureMetrics(Protocol):
    """What is counted about the way to Azure."""

    def request(self, *, method: str, resource_type: str, status: int, seconds: float) -> None:
        """One request was answered; status 0 is no answer at all."""

    def throttled(self, *, provider: str, kind: str) -> None:
        """Azure refused a request for the number of them."""

    def put_off(self, *, provider: str, kind: str) -> None:
        """A request was not sent: it would have had to wait for too long."""

    def waited(self, *, provider: str, kind: str, seconds: float) -> None:
        """A request was held back for so long."""

    def show_budget(self, counts: Callable[[], Iterable[Count]]) -> None:
        """Export what is left of the budget, as it is when somebody scrapes."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A successful answer. `body` is None where there was none; header names have no case."""

    status: int
    headers: Mapping[str, str]
    body: JsonObject | None

    @property
    def retry_after(self) -> float | None:
        """Seconds after which Azure wants to be asked again."""
        return seconds(self.headers.get("Retry-After"))


class Arm:
    """Requests to Azure Resource Manager. Every method raises AzureError for whatever is not a success."""

    def __init__(self, *, client: NetworkManagementClient, options: AzureOptions, budget: Budget, metrics: AzureMetrics) -> None:
        self._client = client
        self._options = options
        self._budget = budget
        self._metrics = metrics

    async def get(self, path: str, *, urgency: int) -> JsonObject:
        """One resource."""
        answer = await self._send("GET", path, urgency=urgency)
        if answer.body is None or not text(answer.body, "id"):
            raise _nonsense("GET", path, "a resource without an id.")
        return answer.body

    async def list(self, path: str, *, urgency: int) -> tuple[JsonObject, ...]:
        """All resources of a collection. A page that fails fails the whole: part of a list is evidence of nothing."""
        found: list[JsonObject] = []
        url: str | None = None
        for _ in range(_MOST_PAGES):
            page = (await self._send("GET", path, urgency=urgency, url=url)).body or {}
            found += _members(page, path)
            url = text(page, "nextLink")
            if not url:
                return tuple(found)
        raise _nonsense("GET", path, "a list without an end.")

    async def poll(self, path: str, url: str, *, urgency: int) -> Answer:
        """The state of an operation, from the address that Azure gave for it."""
        return await self._send("GET", path, urgency=urgency, url=url)

    async def reserve(self, *, method: str, path: str, urgency: int) -> None:
        """Get leave for a write beforehand, so that nothing waits between its guarding read and itself."""
        await self._leave(method, path, urgency)

    def give_back(self, *, method: str, path: str) -> None:
        """Return leave that was reserved and not used."""
        self._budget.give_back(Draft.of(method, path))

    def scarcity(self, path: str) -> float:
        """How short reads are where a path belongs: 0 is not at all, 1 is nothing left."""
        return self._budget.scarcity(Draft.of("GET", path))

    async def write(
        self, method: str, path: str, *, body: JsonObject | None = None, headers: Mapping[str, str] | None = None, action: str = ""
    ) -> Answer:
        """PUT, PATCH or DELETE a resource, or POST an action of its own, with leave that was reserved."""
        return await self._send(method, path, body=body, headers=headers, action=action)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        urgency: int | None = None,
        url: str | None = None,
        body: JsonObject | None = None,
        headers: Mapping[str, str] | None = None,
        action: str = "",
    ) -> Answer:
        request = self._request(method, f"{path}/{action}" if action else path, url=url, body=body, headers=headers)
        if urgency is not None:
            await self._leave(method, path, urgency)
        begun, sent, status = time.monotonic(), self._budget.now(), 0
        answered: Mapping[str, str] = {}
        try:
            status, answered, content = await self._exchange(request, method, path)
        finally:
            self._metrics.request(method=method, resource_type=kind(path), status=status, seconds=time.monotonic() - begun)
            self._budget.settle(Draft.of(method, path), headers=answered, sent=sent)
        if status >= 300:
            failure = from_answer(method=method, path=path, status=status, headers=answered, body=content)
            raise AzureError(self._minding(failure))
        return Answer(status=status, headers=answered, body=_parsed(method, path, content))

    def _request(
        self, method: str, path: str, *, url: str | None, body: JsonObject | None, headers: Mapping[str, str] | None
    ) -> HttpRequest:
        """Build a request. An address that Azure named is used as it stands, and only where it leads to Azure itself."""
        if url is not None:
            own = self._options.endpoints.own(url)
            if own is None:
                raise _nonsense(method, path, "it names an address that is not Azure Resource Manager's.")
            return HttpRequest(method, own)
        if {".", ".."}.intersection(path.split("/")):
            raise _nonsense(method, path, "the id has a dot for a name.")
        address = self._options.endpoints.resource_manager.rstrip("/") + quote(path, safe="/()@")
        version = {"api-version": self._options.api_versions.of(path)}
        content: dict[str, Any] = {} if body is None else {"json": body}
        return HttpRequest(method, address, params=version, headers=dict(headers or {}), **content)

    async def _exchange(self, request: HttpRequest, method: str, path: str) -> tuple[int, Mapping[str, str], str]:
        def lost(origin: Origin, message: str) -> AzureError:
            return AzureError(Failure(origin=origin, method=method, path=path, message=message))

        try:
            async with asyncio.timeout(self._options.request_timeout):
                response = await self._client.send_request(
                    request, connection_timeout=self._options.connect_timeout, read_timeout=self._options.request_timeout
                )
                return response.status_code, response.headers, response.text()
        except TimeoutError as error:
            raise lost(Origin.CONNECTION, f"no answer within {self._options.request_timeout:g} s") from error
        except NoTokenError as error:
            raise lost(Origin.CREDENTIAL, str(error)) from error
        except (SdkError, OSError, UnicodeDecodeError) as error:
            raise lost(Origin.CONNECTION, _short(error)) from error

    async def _leave(self, method: str, path: str, urgency: int) -> None:
        try:
            await self._budget.acquire(Draft.of(method, path), urgency=urgency)
        except Exhausted as exhausted:
            self._metrics.put_off(provider=exhausted.share.provider, kind=exhausted.share.kind)
            raise AzureError(
                Failure(origin=Origin.BUDGET, method=method, path=path, retry_after=round(exhausted.seconds, 1))
            ) from exhausted

    def _minding(self, failure: Failure) -> Failure:
        """Let a refusal for too many requests hold back whatever draws on the same count, and nothing else.

        A wait that Azure has asked for is told as long as it is kept.
        """
        if failure.status != 429 or any(code.startswith(_LOCK_CODES) for code in failure.codes):
            return failure
        draft = Draft.of(failure.method, failure.path)
        share = draft.manager if _FRONT_DOOR_CODES.intersection(failure.codes) else draft.provider
        wait = self._budget.refused(share, seconds=failure.retry_after)
        self._metrics.throttled(provider=share.provider, kind=share.kind)
        return failure if failure.retry_after is None else replace(failure, retry_after=round(wait, 1))


@contextlib.asynccontextmanager
async def open_arm(*, options: AzureOptions, credential: Credential, budget: Budget, metrics: AzureMetrics) -> AsyncIterator[Arm]:
    """Azure Resource Manager, with its connections open until the context ends.

    The pipeline is the SDK's with three policies left out: automatic registration of resource providers (it would register without
    consent, and waits without an end), redirects (a token would follow them) and retries (the reconciler's queue is what tries again). Only
    what was refused for its token is sent once more, with another one.
    """
    audience = f"{options.endpoints.audience.rstrip('/')}/.default"
    pipeline = [
        policies.RequestIdPolicy(),
        policies.HeadersPolicy(),
        policies.UserAgentPolicy(sdk_moniker=f"{_DISTRIBUTION}/{importlib.metadata.version(_DISTRIBUTION)}"),
        policies.ProxyPolicy(),
        Authentication(credential, audience),
    ]
    async with NetworkManagementClient(
        credential=cast("AsyncTokenCredential", credential),
        subscription_id="every-request-names-its-own",
        base_url=options.endpoints.resource_manager,
        credential_scopes=[audience],
        policies=pipeline,
        transport=make_transport(),
    ) as client:
        yield Arm(client=client, options=options, budget=budget, metrics=metrics)


def _members(page: JsonObject, path: str) -> list[JsonObject]:
    value = page.get("value")
    if not isinstance(value, list) or not all(isinstance(item, Mapping) and text(item, "id") for item in value):
        raise _nonsense("GET", path, "a page that is no list of resources.")
    return [item for item in value if isinstance(item, Mapping)]


def _parsed(method: str, path: str, content: str) -> JsonObject | None:
    if not content.strip():
        return None
    try:
        document: Json = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, Mapping):
        raise _nonsense(method, path, "no JSON object.")
    return document


def _nonsense(method: str, path: str, message: str) -> AzureError:
    return AzureError(Failure(origin=Origin.MALFORMED, method=method, path=path, message=message))


def _short(error: BaseException) -> str:
    return str(error) or type(error).__name__
