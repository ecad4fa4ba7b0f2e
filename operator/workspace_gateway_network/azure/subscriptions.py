"""What a subscription says of itself: how far it is registered for `Microsoft.Web`, and which locks there are in it."""

from __future__ import annotations

from collections.abc import Callable

from workspace_gateway_network.azure.errors import finding, is_refusal
from workspace_gateway_network.azure.failure import Failure
from workspace_gateway_network.azure.lists import LOCKS, Lists
from workspace_gateway_network.azure.look import as_reading
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.resources import Resources
from workspace_gateway_network.azure.shared import Timed
from workspace_gateway_network.model.lock import Lock
from workspace_gateway_network.model.resource_provider import registration_state, web_provider_of
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Found, Reading, Unreadable


class SubscriptionReads:
    """A registration that is there stays believed for a while, as does a refusal to tell of it."""

    def __init__(self, *, lists: Lists, resources: Resources, options: AzureOptions, now: Callable[[], float]) -> None:
        self._lists = lists
        self._resources = resources
        self._options = options
        self._now = now
        self._registrations: dict[str, Timed[Reading[str]]] = {}

    async def registration(self, subscription: str, *, not_before: float, urgency: int) -> Reading[str]:
        """The registration state for `Microsoft.Web`."""
        known = self._registrations.get(subscription)
        if known is not None and (known.began >= not_before or known.began > self._now() - self._memory(known.value)):
            return known.value
        single = await self._resources.alone(web_provider_of(subscription), not_before=not_before, urgency=urgency)
        state = as_reading(single.value, registration_state)
        if not isinstance(single.value, Failure) or is_refusal(single.value):
            self._registrations[subscription] = Timed(single.began, state)
        return state

    def forget(self, subscription: str) -> None:
        """It was registered, or may have been."""
        self._registrations.pop(subscription, None)

    async def locks(self, subscription: str, *, not_before: float, urgency: int) -> tuple[tuple[Lock, ...], Finding | None]:
        """All locks in the subscription, or none and why they may not be read: a lock that holds is told by Azure too."""
        listing = await self._lists.read(LOCKS, subscription=subscription, not_before=not_before, urgency=urgency)
        refusal = listing.failure if listing.failure is not None and is_refusal(listing.failure) else None
        return tuple(map(Lock.from_arm, listing.documents.values())), finding(refusal) if refusal else None

    def _memory(self, state: Reading[str]) -> float:
        if isinstance(state, Found) and state.value.lower() == "registered":
            return self._options.registration_memory
        return self._options.refusal_memory if isinstance(state, Unreadable) else 0.0
