"""Tokens on requests, and what happens to a request whose token Azure does not take."""

from __future__ import annotations

from typing import Any, cast

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from workspace_gateway_network.azure.credentials import Credential


class Authentication(AsyncARMChallengeAuthenticationPolicy):
    """The SDK's policy, which also sends a request once more, with another token, where Azure has refused the first one.

    That is safe for a write, too: what was answered with 401 had no effect.
    """

    def __init__(self, credential: Credential, audience: str) -> None:
        super().__init__(cast("AsyncTokenCredential", credential), audience)
        self._renewable = credential

    async def on_challenge(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> bool:
        """Whether the request, which was refused, has another token now.

        Raises:
            NoTokenError: there is none to be had now.
        """
        if await super().on_challenge(request, response):
            return True
        refused = request.http_request.headers["Authorization"].removeprefix("Bearer ")
        if not await self._renewable.renew(refused):
            return False
        await self.authorize_request(request, *self._scopes)
        return True
