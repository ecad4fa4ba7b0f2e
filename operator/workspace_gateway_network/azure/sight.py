"""Whether a list shows all that there is: Azure leaves out of a list what the identity may not read, and says nothing of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from workspace_gateway_network.azure.failure import Failure
from workspace_gateway_network.azure.lists import Listing
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.resources import Resources
from workspace_gateway_network.model.resource_id import ResourceId

NOBODYS = "wgn-may-we-list"
"""A name that nothing has. Azure looks at rights before it looks whether anything is there, so that what it says of a resource of this name
tells whether the identity may read all that the resource would be among."""


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """When a list was known to be whole, and what it showed then."""

    began: float
    ids: frozenset[ResourceId]


class Sight:
    """Knows of each list for a while whether it is whole, as long as nothing goes from it."""

    def __init__(self, *, resources: Resources, options: AzureOptions, now: Callable[[], float]) -> None:
        self._resources = resources
        self._options = options
        self._now = now
        self._seen: dict[ResourceId, _Seen] = {}

    async def of_subscription(self, listing: Listing, collection: str, *, subscription: str, fresh: bool = False, urgency: int) -> Listing:
        """A subscription's list, with the reason why it may leave something out. `fresh`: as of now, whatever is known."""
        scope = f"/subscriptions/{subscription}"
        made_up = ResourceId(f"{scope}/resourceGroups/{NOBODYS}/providers/{collection}/none")
        return await self._judged(listing, made_up, scope=scope, path=f"{scope}/providers/{collection}", fresh=fresh, urgency=urgency)

    async def below(self, listing: Listing, parent: ResourceId, kind: str, *, fresh: bool = False, urgency: int) -> Listing:
        """The same of a resource's children of one kind."""
        made_up = parent.child(kind, NOBODYS)
        return await self._judged(listing, made_up, scope=parent.text, path=f"{parent}/{kind}", fresh=fresh, urgency=urgency)

    async def _judged(self, listing: Listing, made_up: ResourceId, *, scope: str, path: str, fresh: bool, urgency: int) -> Listing:
        if listing.failure is not None or (not fresh and self._is_known(made_up, listing)):
            return listing
        began = self._now()
        single = (await self._resources.alone(made_up, not_before=listing.began, urgency=urgency)).value
        if isinstance(single, Failure):
            message = re.sub(re.escape(made_up.text), scope, single.message, flags=re.IGNORECASE)
            return replace(listing, failure=replace(single, path=path, message=message))
        self._forget_old()
        self._seen[made_up] = _Seen(began=began, ids=frozenset(listing.documents))
        return listing

    def _is_known(self, made_up: ResourceId, listing: Listing) -> bool:
        """Whether this was asked since the list began or, not long before, for a list of which it shows all: a lost right takes things."""
        seen = self._seen.get(made_up)
        if seen is None:
            return False
        is_recent = seen.began > self._now() - self._options.refusal_memory
        return seen.began >= listing.began or (is_recent and seen.ids <= listing.documents.keys())

    def _forget_old(self) -> None:
        before = self._now() - self._options.refusal_memory - self._options.scarce_memory
        self._seen = {made_up: seen for made_up, seen in self._seen.items() if seen.began > before}
