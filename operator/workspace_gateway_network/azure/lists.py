"""Lists of resources, each read once for all who look: by subscription, or by resource group where that is all the identity may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from workspace_gateway_network.azure.arm import Arm
from workspace_gateway_network.azure.errors import is_refusal
from workspace_gateway_network.azure.failure import AzureError, Failure
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.shared import Shared
from workspace_gateway_network.model.json import JsonObject, text
from workspace_gateway_network.model.resource_id import ResourceId

VIRTUAL_NETWORKS = "Microsoft.Network/virtualNetworks"
NETWORK_SECURITY_GROUPS = "Microsoft.Network/networkSecurityGroups"
GATEWAYS = "Microsoft.ApiManagement/gateways"
LOCKS = "Microsoft.Authorization/locks"
PRIVATE_DNS_ZONES = "Microsoft.Network/privateDnsZones"

NEVER = float("-inf")
"""When a list began that was never read: everything is newer."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What a list showed that began at `began`. With `failure` there may be more than this; without it, this was all there was."""

    began: float
    documents: Mapping[ResourceId, JsonObject]
    failure: Failure | None = None


class Lists:
    """The lists of each subscription. One that is refused is not asked for again for a while, and the resource groups' lists stand in."""

    def __init__(self, *, arm: Arm, options: AzureOptions, now: Callable[[], float]) -> None:
        self._arm = arm
        self._options = options
        self._now = now
        self._reads: Shared[Mapping[ResourceId, JsonObject] | Failure] = Shared(
            now=now, kept=options.look_max_age + max(options.refusal_memory, options.scarce_memory)
        )
        self._refused: dict[str, tuple[float, Failure]] = {}

    async def read(
        self,
        collection: str,
        *,
        subscription: str,
        groups: Iterable[ResourceId] = (),
        not_before: float,
        urgency: int,
    ) -> Listing:
        """The subscription's list; where it is refused, what the lists of these resource groups show."""
        whole = await self._unless_refused(f"/subscriptions/{subscription}/providers/{collection}", not_before=not_before, urgency=urgency)
        if whole.failure is None or not is_refusal(whole.failure):
            return whole
        parts = [
            await self._unless_refused(f"{group}/providers/{collection}", not_before=not_before, urgency=urgency)
            for group in sorted(set(groups), key=lambda group: group.key)
        ]
        readable = [part for part in parts if part.failure is None]
        documents: dict[ResourceId, JsonObject] = {}
        for part in readable:
            documents.update(part.documents)
        began = min((part.began for part in readable), default=NEVER)
        return Listing(began=began, documents=documents, failure=whole.failure)

    async def below(self, parent: ResourceId, kind: str, *, not_before: float, urgency: int) -> Listing:
        """The children of one kind that a resource has, such as the `A` records of a zone. Nothing stands in where this is refused."""
        return await self._one(f"{parent}/{kind}", not_before=not_before, urgency=urgency)

    async def close(self) -> None:
        """End what is being read."""
        await self._reads.close()

    async def _unless_refused(self, path: str, *, not_before: float, urgency: int) -> Listing:
        until, refusal = self._refused.get(path.lower(), (NEVER, None))
        if refusal is not None and self._now() < until:
            return Listing(began=NEVER, documents={}, failure=refusal)
        listing = await self._one(path, not_before=not_before, urgency=urgency)
        if listing.failure is not None and is_refusal(listing.failure):
            self._refused[path.lower()] = (self._now() + self._options.refusal_memory, listing.failure)
        return listing

    async def _one(self, path: str, *, not_before: float, urgency: int) -> Listing:
        read = await self._reads.get(path.lower(), not_before=not_before, read=lambda: self._ask(path, urgency))
        if isinstance(read.value, Failure):
            return Listing(began=NEVER, documents={}, failure=read.value)
        return Listing(began=read.began, documents=read.value)

    async def _ask(self, path: str, urgency: int) -> Mapping[ResourceId, JsonObject] | Failure:
        try:
            return {ResourceId(text(item, "id")): item for item in await self._arm.list(path, urgency=urgency)}
        except AzureError as error:
            return error.failure
