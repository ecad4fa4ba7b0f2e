"""The operator's credential: one, chosen by what is configured, and a failure to get a token that can be told from Azure's own answers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError as SdkError
from azure.identity.aio import ClientSecretCredential, ManagedIdentityCredential, WorkloadIdentityCredential

from workspace_gateway_network.azure.options import AzureEndpoints, AzureIdentity
from workspace_gateway_network.runtime.settings import Credential as Kind

_RENEWAL_PAUSE = 60.0
"""Seconds after Azure has refused a token in which no other one is asked for: the next would probably be refused, too."""
_PAUSE = 3.0
"""Seconds after a failure in which the identity platform is not asked again: every request in flight would ask at once."""


class NoTokenError(Exception):
    """The identity platform gave no token; the text is its own."""


class Credential:
    """A credential that says so when it is the one that failed, and that forgets a token which Azure does not take.

    The SDK's own credentials keep a token until it expires by their clock, and would give a refused one again for an hour.
    """

    def __init__(self, make: Callable[[], AsyncTokenCredential], *, now: Callable[[], float] = time.monotonic) -> None:
        self._make = make
        self._credential = make()
        self._now = now
        self._failed: tuple[float, str] | None = None
        self._given: str | None = None
        self._renewed: float | None = None

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: Any,  # noqa: ANN401 — the SDK's protocol
    ) -> AccessToken:
        """A token for the scopes.

        Raises:
            NoTokenError: there is none to be had now.
        """
        if self._failed and self._now() < self._failed[0] + _PAUSE:
            raise NoTokenError(self._failed[1])
        try:
            token = await self._credential.get_token(*scopes, claims=claims, tenant_id=tenant_id, enable_cae=enable_cae, **kwargs)
        except (SdkError, OSError, ValueError) as error:
            self._failed = (self._now(), str(error))
            raise NoTokenError(str(error)) from error
        self._given = token.token
        return token

    async def renew(self, refused: str) -> bool:
        """Forget a token that Azure has refused. False where it is too early to ask for another one."""
        if refused != self._given:  # another request in flight was refused, too, and faster
            return True
        if self._renewed is not None and self._now() < self._renewed + _RENEWAL_PAUSE:
            return False
        self._renewed = self._now()
        self._given = None
        old, self._credential = self._credential, self._make()
        await old.close()
        return True

    async def close(self) -> None:
        """Close the connections to the identity platform."""
        await self._credential.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


@contextlib.asynccontextmanager
async def open_credential(*, identity: AzureIdentity, endpoints: AzureEndpoints) -> AsyncIterator[Credential]:
    """The configured credential, open until the context ends."""
    async with Credential(lambda: _choose(identity, endpoints)) as credential:
        yield credential


def _choose(identity: AzureIdentity, endpoints: AzureEndpoints) -> AsyncTokenCredential:
    match identity.credential:
        case Kind.WORKLOAD_IDENTITY:
            return WorkloadIdentityCredential(
                tenant_id=identity.tenant_id,
                client_id=identity.client_id,
                token_file_path=identity.federated_token_file,
                authority=endpoints.authority_host,
                retry_total=0,
            )
        case Kind.CLIENT_SECRET:
            return ClientSecretCredential(
                identity.tenant_id,
                identity.client_id,
                identity.client_secret,
                authority=endpoints.authority_host,
                retry_total=0,
            )
        case _:
            return ManagedIdentityCredential(client_id=identity.client_id or None)
