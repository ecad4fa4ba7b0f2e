"""Looking at Azure: coalesced lists for planning, single reads before a write, and never a conclusion from what could not be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from workspace_gateway_network.azure.arm import Arm
from workspace_gateway_network.azure.errors import finding, is_refusal
from workspace_gateway_network.azure.failure import Failure
from workspace_gateway_network.azure.gateways import GatewayReads, Hostnames
from workspace_gateway_network.azure.lists import NETWORK_SECURITY_GROUPS, NEVER, VIRTUAL_NETWORKS, Listing, Lists
from workspace_gateway_network.azure.look import Look, as_reading, updated, with_group, zone_of
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.overlay import Gone, Single
from workspace_gateway_network.azure.resources import Resources
from workspace_gateway_network.azure.shared import Timed
from workspace_gateway_network.azure.sight import Sight
from workspace_gateway_network.azure.subscriptions import SubscriptionReads
from workspace_gateway_network.azure.zones import Marked, ZoneReads
from workspace_gateway_network.model.gateway import ApiManagementService
from workspace_gateway_network.model.json import child, items, text
from workspace_gateway_network.model.lock import Lock
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.resource_provider import WEB
from workspace_gateway_network.model.subnet import Subnet, VirtualNetwork
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Found, Gateways, NetworkSecurityGroups, Reading, ZoneContents
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.planning.step import ReadSet

T = TypeVar("T")


class Inventory:
    """What is known of Azure, by one identity. Nothing here raises for what Azure answers."""

    def __init__(self, *, arm: Arm, options: AzureOptions, now: Callable[[], float]) -> None:
        self._arm = arm
        self._options = options
        self._now = now
        self._lists = Lists(arm=arm, options=options, now=now)
        self._resources = Resources(arm=arm, options=options, now=now)
        self._sight = Sight(resources=self._resources, options=options, now=now)
        self._gateways = GatewayReads(lists=self._lists, resources=self._resources, sight=self._sight, options=options, now=now)
        self._subscriptions = SubscriptionReads(lists=self._lists, resources=self._resources, options=options, now=now)
        self._zones = ZoneReads(lists=self._lists, resources=self._resources, sight=self._sight, now=now)
        self._groups: dict[str, Mapping[ResourceId, NetworkSecurityGroup]] = {}

    async def look(self, *, query: Query, urgency: int, fresh: bool = False) -> Look:
        """Everything the query names, at most the look's age old, or read from now on where it must be fresh; with our own writes seen."""
        subscription, oldest = query.subnet_id.subscription, self._now() if fresh else self._oldest()
        if fresh:
            self._resources.doubt_absences()
        (network, subnet), _, names, service, registration = await asyncio.gather(
            self._subnet(query, not_before=oldest, urgency=urgency),
            # Begun here for its own sake: which single groups are wanted is known only when the subnet is.
            self._lists.read(NETWORK_SECURITY_GROUPS, subscription=subscription, not_before=oldest, urgency=urgency),
            self._names(query, oldest=oldest, fresh=fresh, urgency=urgency),
            self._resources.alone(query.api_management_id, not_before=oldest, urgency=urgency),
            self._registration(query, not_before=oldest, urgency=urgency),
        )
        groups, locks = await asyncio.gather(
            self._network_security_groups(query, subnet, not_before=oldest, urgency=urgency),
            self._locks(query, names.zones, not_before=oldest, urgency=urgency),
        )
        return Look(
            query=names.query,
            virtual_network=as_reading(network.value, VirtualNetwork.from_arm),
            subnet=as_reading(subnet, Subnet.from_arm),
            network_security_groups=groups,
            gateways=names.gateways,
            api_management=as_reading(service.value, ApiManagementService.from_arm),
            web_registration=registration,
            locks=tuple(lock for known, _ in locks for lock in known),
            hostnames=names.hostnames,
            zones=names.zones,
            unlisted_zones=names.marked.unlisted,
            hidden_zones=names.marked.hidden,
            done_without=tuple(refusal for _, refusal in locks if refusal),
        )

    async def refresh(self, *, look: Look, reads: ReadSet, target: ResourceId, urgency: int) -> Look:
        """The same look with one step's read set read again, each resource by itself, now.

        What is about to be written in a private DNS zone is read alone as well, for its lists may lag behind anybody's writes.
        """
        if zone_of(target):
            self.touch([target])
        group_ids = sorted(reads.network_security_groups, key=lambda group_id: group_id.key)
        targets = [look.query.subnet_id, *group_ids] if reads.subnet else group_ids
        singles, (gateways, hostnames), registration, zones = await asyncio.gather(
            asyncio.gather(*(self.read(target, urgency=urgency) for target in targets)),
            self._gateways.look(look.query, not_before=self._now(), fresh=True, urgency=urgency)
            if reads.gateways
            else _settled((look.gateways, look.hostnames)),
            self._subscriptions.registration(look.query.subnet_id.subscription, not_before=self._now(), urgency=urgency)
            if reads.web_registration
            else _settled(look.web_registration),
            self._zones.refresh(reads.zones, urgency=urgency),
        )
        fresh = replace(look, gateways=gateways, hostnames=hostnames, web_registration=registration, zones={**look.zones, **zones})
        for resource_id, single in zip(targets, singles, strict=True):
            fresh = updated(fresh, resource_id, single)
        return await self._with_new_zones(fresh, urgency=urgency) if reads.gateways else fresh

    async def read(self, resource_id: ResourceId, *, urgency: int) -> Single:
        """One resource, now and for the caller alone."""
        return await self._resources.read(resource_id, urgency=urgency)

    def touch(self, resource_ids: Iterable[ResourceId]) -> None:
        """These were written, or may have been: look at each by itself until lists show it."""
        touched = frozenset(resource_ids)
        for resource_id in touched:
            if resource_id.type == WEB.lower():
                self._subscriptions.forget(resource_id.subscription)
        self._resources.touch(touched)

    async def close(self) -> None:
        """End what is being read."""
        await self._lists.close()
        await self._resources.close()

    async def _registration(self, query: Query, *, not_before: float, urgency: int) -> Reading[str]:
        if not query.reads_subscription:
            return Found("Registered")
        return await self._subscriptions.registration(query.subnet_id.subscription, not_before=not_before, urgency=urgency)

    async def _locks(
        self, query: Query, zone_ids: Iterable[ResourceId], *, not_before: float, urgency: int
    ) -> list[tuple[tuple[Lock, ...], Finding | None]]:
        """The locks of every subscription that something may be written in: zones can be in others than the network."""
        if not query.reads_subscription:
            return []
        subscriptions = sorted({query.subnet_id.subscription, *(zone_id.subscription for zone_id in zone_ids)})
        return await asyncio.gather(*(self._subscriptions.locks(each, not_before=not_before, urgency=urgency) for each in subscriptions))

    async def _names(self, query: Query, *, oldest: float, fresh: bool, urgency: int) -> _Names:
        """Gateways, the names of the one in question, and zones; and the gateways that only records of ours in those zones tell of."""
        (gateways, hostnames), marked = await asyncio.gather(
            self._gateways.look(query, not_before=oldest, fresh=fresh, urgency=urgency),
            self._zones.marked(
                query.owner_mark,
                group=query.subnet_id.resource_group,
                minds_rights=query.reads_connections,
                not_before=oldest,
                urgency=urgency,
            ),
        )
        zone_ids = marked.zone_ids | _zones_of_names(query, gateways, hostnames)
        zones = await self._zones_of(zone_ids, oldest=oldest, fresh=fresh, urgency=urgency)
        knowing = query.knowing(zones)
        if knowing.known_gateway_ids != query.known_gateway_ids:
            gateways, hostnames = await self._gateways.look(knowing, not_before=oldest, fresh=fresh, urgency=urgency)
            new = _zones_of_names(knowing, gateways, hostnames) - zones.keys()
            zones = {**zones, **await self._zones_of(new, oldest=oldest, fresh=fresh, urgency=urgency)}
        return _Names(query=knowing, gateways=gateways, hostnames=hostnames, zones=zones, marked=marked)

    async def _with_new_zones(self, look: Look, *, urgency: int) -> Look:
        """A gateway that was read again may have got names, and they their zones."""
        wanted = _zones_of_names(look.query, look.gateways, look.hostnames)
        zones = await self._zones_of(wanted - look.zones.keys(), oldest=self._oldest(), fresh=False, urgency=urgency)
        return replace(look, zones={**look.zones, **zones})

    async def _zones_of(
        self, zone_ids: frozenset[ResourceId], *, oldest: float, fresh: bool, urgency: int
    ) -> Mapping[ResourceId, ZoneContents]:
        """Zones, with contents that may be the older the fewer reads of private DNS are left."""
        scarcity = max((self._arm.scarcity(zone_id.text) for zone_id in zone_ids), default=0.0)
        contents_oldest = oldest if fresh else oldest - scarcity * self._options.scarce_memory
        return await self._zones.look(zone_ids, not_before=oldest, contents_not_before=contents_oldest, urgency=urgency)

    async def _subnet(self, query: Query, *, not_before: float, urgency: int) -> tuple[Timed[Single], Single]:
        """The virtual network, and the subnet that comes inline with it."""
        network_id = query.subnet_id.parent
        listing = await self._lists.read(
            VIRTUAL_NETWORKS,
            subscription=network_id.subscription,
            groups=[network_id.resource_group],
            not_before=not_before,
            urgency=urgency,
        )
        network = await self._resources.listed(network_id, listing, not_before=not_before, urgency=urgency)
        if isinstance(network.value, Failure) and not is_refusal(network.value):
            return network, network.value
        if isinstance(network.value, Gone):
            return network, network.value
        inline = _inline_subnets(network)
        return network, (await self._resources.listed(query.subnet_id, inline, not_before=not_before, urgency=urgency)).value

    async def _network_security_groups(self, query: Query, subnet: Single, *, not_before: float, urgency: int) -> NetworkSecurityGroups:
        wanted = sorted({*query.network_security_group_ids, *_attached(subnet)}, key=lambda group_id: group_id.key)
        listing = await self._lists.read(
            NETWORK_SECURITY_GROUPS,
            subscription=query.subnet_id.subscription,
            groups=[group_id.resource_group for group_id in wanted],
            not_before=not_before,
            urgency=urgency,
        )
        if query.owner_mark:
            listing = await self._sight.of_subscription(
                listing, NETWORK_SECURITY_GROUPS, subscription=query.subnet_id.subscription, urgency=urgency
            )
        singles = await asyncio.gather(
            *(self._resources.confirmed(group_id, listing, not_before=not_before, urgency=urgency) for group_id in wanted)
        )
        listed = self._parsed(query.subnet_id.subscription, listing)
        groups = NetworkSecurityGroups(
            found=tuple(group for group_id, group in listed.items() if group_id not in wanted),
            unreadable=finding(listing.failure) if listing.failure else None,
        )
        for group_id, single in zip(wanted, singles, strict=True):
            groups = with_group(groups, group_id, single.value)
        return groups

    def _parsed(self, subscription: str, listing: Listing) -> Mapping[ResourceId, NetworkSecurityGroup]:
        """The groups of a list. All who share the list share what was made of it: each of them goes through every group there is."""
        parsed = self._groups.get(subscription, {})
        if parsed.keys() != listing.documents.keys() or any(parsed[each].document is not listing.documents[each] for each in parsed):
            parsed = self._groups[subscription] = {
                group_id: NetworkSecurityGroup.from_arm(document) for group_id, document in listing.documents.items()
            }
        return parsed

    def _oldest(self) -> float:
        return self._now() - self._options.look_max_age


@dataclass(frozen=True, kw_only=True)
class _Names:
    """What a look knows of gateways and their names, and the query that it came to."""

    query: Query
    gateways: Gateways
    hostnames: Hostnames
    zones: Mapping[ResourceId, ZoneContents]
    marked: Marked


def _zones_of_names(query: Query, gateways: Gateways, hostnames: Hostnames) -> frozenset[ResourceId]:
    return query.zone_ids(query.gateway_in_question(gateways), hostnames) if query.zone_ids else frozenset()


def _inline_subnets(network: Timed[Single]) -> Listing:
    if isinstance(network.value, (Gone, Failure)):
        return Listing(began=NEVER, documents={})
    subnets = items(child(network.value, "properties"), "subnets")
    return Listing(began=network.began, documents={ResourceId(text(subnet, "id")): subnet for subnet in subnets})


def _attached(subnet: Single) -> set[ResourceId]:
    if isinstance(subnet, (Gone, Failure)):
        return set()
    attached = Subnet.from_arm(subnet).network_security_group_id
    return {attached} if attached else set()


async def _settled(value: T) -> T:
    return value
