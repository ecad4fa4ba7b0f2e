"""The workspace gateways of a subscription, and the hostnames by which the one in question is called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from workspace_gateway_network.azure.errors import finding, is_absence
from workspace_gateway_network.azure.failure import Failure, Origin
from workspace_gateway_network.azure.lists import GATEWAYS, Listing, Lists
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.overlay import Gone, Single
from workspace_gateway_network.azure.resources import Resources
from workspace_gateway_network.azure.shared import Timed
from workspace_gateway_network.azure.sight import Sight
from workspace_gateway_network.model.gateway import Gateway, VirtualNetworkType, connection_hostnames
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Found, Gateways, Reading, Unreadable
from workspace_gateway_network.planning.query import Query

CONNECTIONS = "configConnections"
Hostnames = Reading[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """The gateways that are known of, and why there may be more."""

    listing: Listing
    documents: Mapping[ResourceId, Timed[JsonObject]]
    failure: Failure | None
    absent: frozenset[ResourceId] = frozenset()

    def with_reading(self, gateway_id: ResourceId, single: Timed[Single]) -> _Seen:
        """The same after one gateway was read again; a failure to do so changes nothing."""
        if isinstance(single.value, Failure):
            return self
        documents = {known: document for known, document in self.documents.items() if known != gateway_id}
        if isinstance(single.value, Gone):
            return replace(self, documents=documents, absent=self.absent | {gateway_id})
        documents[gateway_id] = Timed(single.began, single.value)
        return replace(self, documents=documents, absent=self.absent - {gateway_id})

    def as_gateways(self) -> Gateways:
        return Gateways(
            found=tuple(Gateway.from_arm(document.value) for document in self.documents.values()),
            incomplete=finding(self.failure) if self.failure else None,
            absent=self.absent,
        )


@dataclass(frozen=True, kw_only=True)
class _Named:
    """The hostnames of a gateway, and what the gateway looked like when they were read."""

    began: float
    document: JsonObject
    hostnames: tuple[str, ...]


class GatewayReads:
    """Gateways by the subscription's list, single ones where it may not show them, and connections only as often as they may change."""

    def __init__(self, *, lists: Lists, resources: Resources, sight: Sight, options: AzureOptions, now: Callable[[], float]) -> None:
        self._lists = lists
        self._resources = resources
        self._sight = sight
        self._options = options
        self._now = now
        self._named: dict[ResourceId, _Named] = {}

    async def look(self, query: Query, *, not_before: float, fresh: bool, urgency: int) -> tuple[Gateways, Hostnames]:
        """The gateways, and what the connections of the one in question name. `fresh`: nothing from before `not_before` will do."""
        seen = await self._seen(query, not_before=not_before, fresh=fresh, urgency=urgency)
        gateways = seen.as_gateways()
        gateway = query.gateway_in_question(gateways) if query.reads_connections else None
        others = [each for each in seen.documents if gateway is None or each != gateway.id] if query.reads_other_connections else []
        elsewhere = await self._hostnames_elsewhere(others, urgency=urgency)
        if gateway is None:
            return replace(gateways, hostnames=elsewhere), Found(())
        single = await self._closer(gateway, seen, not_before=not_before, urgency=urgency)
        if isinstance(single.value, Gone):
            return replace(gateways, hostnames=elsewhere), Found(())  # A list still shows it: it is gone when both say so.
        seen = seen.with_reading(gateway.id, single)
        hostnames = await self._hostnames(seen.documents[gateway.id], not_before=not_before, fresh=fresh, urgency=urgency)
        return replace(seen.as_gateways(), hostnames=elsewhere), hostnames

    async def _hostnames_elsewhere(self, gateway_ids: Sequence[ResourceId], *, urgency: int) -> Mapping[ResourceId, tuple[str, ...]]:
        """What gateways are called that are only to be told apart: as old as names may be, and nothing where they may not be read."""
        oldest = self._now() - self._options.connections_memory
        listings = await asyncio.gather(*(self._lists.below(each, CONNECTIONS, not_before=oldest, urgency=urgency) for each in gateway_ids))
        named = zip(gateway_ids, listings, strict=True)
        return {each: tuple(filter(None, _named_by(listing))) for each, listing in named if listing.failure is None}

    async def _seen(self, query: Query, *, not_before: float, fresh: bool, urgency: int) -> _Seen:
        listing = await self._lists.read(
            GATEWAYS,
            subscription=query.subnet_id.subscription,
            groups=[query.api_management_id.resource_group, query.subnet_id.resource_group],
            not_before=not_before,
            urgency=urgency,
        )
        if not any(Gateway.from_arm(document).subnet_id == query.subnet_id for document in listing.documents.values()):
            subscription = query.subnet_id.subscription
            listing = await self._sight.of_subscription(listing, GATEWAYS, subscription=subscription, fresh=fresh, urgency=urgency)
        hidden = sorted((each for each in query.known_gateway_ids if each not in listing.documents), key=lambda each: each.key)
        # What is known by its id is asked for whatever became of the list: only a GET says that a gateway is gone.
        singles = await asyncio.gather(
            *(
                self._resources.alone(each, not_before=not_before, urgency=urgency)
                if fresh or listing.failure
                else self._resources.confirmed(each, listing, not_before=not_before, urgency=urgency)
                for each in hidden
            )
        )
        documents = {gateway_id: Timed(listing.began, document) for gateway_id, document in listing.documents.items()}
        failure = next((single.value for single in singles if isinstance(single.value, Failure)), listing.failure)
        seen = _Seen(listing=listing, documents=documents, failure=failure)
        for gateway_id, single in zip(hidden, singles, strict=True):
            seen = seen.with_reading(gateway_id, single)
        return seen

    async def _closer(self, gateway: Gateway, seen: _Seen, *, not_before: float, urgency: int) -> Timed[Single]:
        """The gateway in question, alone where a list may leave out what no version of the API declares: the private addresses."""
        if gateway.id not in seen.listing.documents:
            known = seen.documents[gateway.id]
            return Timed(known.began, known.value)
        lacks_address = gateway.is_up and gateway.is_of_type(VirtualNetworkType.INTERNAL) and not gateway.private_ip_addresses
        if lacks_address:
            return await self._resources.alone(gateway.id, not_before=not_before, urgency=urgency)
        return await self._resources.listed(gateway.id, seen.listing, not_before=not_before, urgency=urgency)

    async def _hostnames(self, gateway: Timed[JsonObject], *, not_before: float, fresh: bool, urgency: int) -> Hostnames:
        """All hostnames of a gateway, from all pages of its connections or from none."""
        gateway_id = Gateway.from_arm(gateway.value).id
        known = self._named.get(gateway_id)
        if known is not None and not fresh and self._still_names(known, gateway.value):
            return Found(known.hostnames)
        listing = await self._lists.below(gateway_id, CONNECTIONS, not_before=max(not_before, gateway.began), urgency=urgency)
        if listing.failure is not None and is_absence(listing.failure):
            # No connections, not even none: the gateway went after its list was read, or Azure contradicts itself.
            now = await self._resources.alone(gateway_id, not_before=self._now(), urgency=urgency)
            return Found(()) if isinstance(now.value, Gone) else Unreadable(finding(_contradiction(listing.failure)))
        if listing.failure is not None:
            return Unreadable(finding(listing.failure))
        listing = await self._sight.below(listing, gateway_id, CONNECTIONS, fresh=fresh, urgency=urgency)
        if listing.failure is not None:
            return Unreadable(finding(listing.failure))
        hostnames = _named_by(listing)
        if hostnames and all(hostnames):
            self._remember(gateway_id, _Named(began=listing.began, document=gateway.value, hostnames=hostnames))
        return Found(hostnames)

    def _still_names(self, known: _Named, document: JsonObject) -> bool:
        """Whether names read before are good enough. While a connection has no name it is about to get one, so nothing is kept."""
        return known.began > self._now() - self._options.connections_memory and known.document == document

    def _remember(self, gateway_id: ResourceId, named: _Named) -> None:
        before = self._now() - self._options.connections_memory
        self._named = {known: each for known, each in self._named.items() if each.began > before}
        self._named[gateway_id] = named


def _named_by(listing: Listing) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for connection in listing.documents.values() for name in connection_hostnames(connection)))


def _contradiction(failure: Failure) -> Failure:
    return replace(failure, origin=Origin.MALFORMED, message="it says that there are none, and that the gateway exists.")
