"""Looking at Azure: coalesced lists for planning, single reads before a write, and never a conclusion from what could not be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from workspace_gateway_network.azure.arm import Arm
from workspace_gateway_network.azure.errors import finding, is_absence, is_refusal
from workspace_gateway_network.azure.failure import AzureError, Failure
from workspace_gateway_network.azure.lists import GATEWAYS, NETWORK_SECURITY_GROUPS, NEVER, VIRTUAL_NETWORKS, Listing, Lists
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.overlay import Gone, Overlay, Single
from workspace_gateway_network.azure.shared import Shared, Timed
from workspace_gateway_network.model.gateway import ApiManagementService, Gateway
from workspace_gateway_network.model.json import JsonObject, child, items, text
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import Subnet, VirtualNetwork
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import (
    Absent,
    Found,
    Gateways,
    NetworkSecurityGroups,
    Observed,
    Query,
    Reading,
    Unreadable,
)
from workspace_gateway_network.planning.step import ReadSet

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Look(Observed):
    """A look that remembers what it was for, so that parts of it can be read again."""

    query: Query


class Inventory:
    """What is known of Azure, by one identity. Nothing here raises for what Azure answers."""

    def __init__(self, *, arm: Arm, options: AzureOptions, now: Callable[[], float]) -> None:
        self._arm = arm
        self._options = options
        self._now = now
        self._lists = Lists(arm=arm, options=options, now=now)
        self._singles: Shared[Single] = Shared(now=now)
        self._overlay = Overlay()
        self._absent: dict[ResourceId, Timed[Gone]] = {}

    async def look(self, *, query: Query, urgency: int, fresh: bool = False) -> Look:
        """Everything the query names, at most the look's age old, or read from now on where it must be fresh; with our own writes seen."""
        subscription, oldest = query.subnet_id.subscription, self._now() if fresh else self._oldest()
        if fresh:
            self._absent.clear()
        (network, subnet), _, gateways, service = await asyncio.gather(
            self._subnet(query, not_before=oldest, urgency=urgency),
            # Begun here for its own sake: which single groups are wanted is known only when the subnet is.
            self._lists.read(NETWORK_SECURITY_GROUPS, subscription=subscription, not_before=oldest, urgency=urgency),
            self._gateways(query, not_before=oldest, urgency=urgency),
            self._alone(query.api_management_id, not_before=oldest, urgency=urgency),
        )
        return Look(
            query=query,
            virtual_network=_reading(network.value, VirtualNetwork.from_arm),
            subnet=_reading(subnet, Subnet.from_arm),
            network_security_groups=await self._network_security_groups(query, subnet, not_before=oldest, urgency=urgency),
            gateways=gateways,
            api_management=_reading(service.value, ApiManagementService.from_arm),
        )

    async def refresh(self, *, look: Look, reads: ReadSet, urgency: int) -> Look:
        """The same look with one step's read set read again, each resource by itself, now."""
        group_ids = sorted(reads.network_security_groups, key=lambda group_id: group_id.key)
        targets = [look.query.subnet_id, *group_ids] if reads.subnet else group_ids
        singles, gateways = await asyncio.gather(
            asyncio.gather(*(self.read(target, urgency=urgency) for target in targets)),
            self._gateways(look.query, not_before=self._now(), urgency=urgency) if reads.gateways else _settled(look.gateways),
        )
        fresh = replace(look, gateways=gateways)
        for target, single in zip(targets, singles, strict=True):
            fresh = updated(fresh, target, single)
        return fresh

    async def read(self, resource_id: ResourceId, *, urgency: int) -> Single:
        """One resource, now and for the caller alone."""
        return await self._get(resource_id, urgency)

    def touch(self, resource_ids: Iterable[ResourceId]) -> None:
        """These were written, or may have been: look at each by itself until lists show it."""
        for resource_id in resource_ids:
            self._overlay.touch(resource_id, at=self._now())
            self._absent.pop(resource_id, None)

    async def close(self) -> None:
        """End what is being read."""
        await self._lists.close()
        await self._singles.close()

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
        network = await self._resource(network_id, listing, not_before=not_before, urgency=urgency)
        if isinstance(network.value, Failure) and not is_refusal(network.value):
            return network, network.value
        if isinstance(network.value, Gone):
            return network, network.value
        inline = _inline_subnets(network)
        return network, (await self._resource(query.subnet_id, inline, not_before=not_before, urgency=urgency)).value

    async def _network_security_groups(self, query: Query, subnet: Single, *, not_before: float, urgency: int) -> NetworkSecurityGroups:
        wanted = sorted({*query.network_security_group_ids, *_attached(subnet)}, key=lambda group_id: group_id.key)
        listing = await self._lists.read(
            NETWORK_SECURITY_GROUPS,
            subscription=query.subnet_id.subscription,
            groups=[group_id.resource_group for group_id in wanted],
            not_before=not_before,
            urgency=urgency,
        )
        singles = await asyncio.gather(
            *(self._remembering_absence(group_id, listing, not_before=not_before, urgency=urgency) for group_id in wanted)
        )
        groups = NetworkSecurityGroups(
            found=tuple(
                NetworkSecurityGroup.from_arm(document) for group_id, document in listing.documents.items() if group_id not in set(wanted)
            ),
            unreadable=finding(listing.failure) if listing.failure else None,
        )
        for group_id, single in zip(wanted, singles, strict=True):
            groups = _with_group(groups, group_id, single)
        return groups

    async def _gateways(self, query: Query, *, not_before: float, urgency: int) -> Gateways:
        listing = await self._lists.read(
            GATEWAYS,
            subscription=query.subnet_id.subscription,
            groups=[query.api_management_id.resource_group, query.subnet_id.resource_group],
            not_before=not_before,
            urgency=urgency,
        )
        return Gateways(
            found=tuple(map(Gateway.from_arm, listing.documents.values())),
            incomplete=finding(listing.failure) if listing.failure else None,
        )

    async def _resource(self, resource_id: ResourceId, listing: Listing, *, not_before: float, urgency: int) -> Timed[Single]:
        """A resource by a list, by a later single read that stands in front of it, or by a GET where the list cannot tell."""
        listed, written = listing.documents.get(resource_id), self._overlay.written_at(resource_id)
        if written is not None:
            alone = await self._alone(resource_id, not_before=max(written, not_before), urgency=urgency)
            self._overlay.settle(resource_id, began=listing.began, listed=listed, alone=alone.value)
            return alone
        newer = self._overlay.newer_than(resource_id, began=max(listing.began, not_before))
        if newer is not None:
            return Timed(newer.began, newer.content)
        if listed is not None:
            return Timed(listing.began, listed)
        if listing.failure is not None and not is_refusal(listing.failure):
            # A list that is not permitted leaves single reads; one that broke says that Azure is in trouble, and more requests are no help.
            return Timed(listing.began, listing.failure)
        return await self._alone(resource_id, not_before=not_before, urgency=urgency)

    async def _remembering_absence(self, resource_id: ResourceId, listing: Listing, *, not_before: float, urgency: int) -> Single:
        """As `_resource`, but an absence that was confirmed once is believed for a while, as long as complete lists agree."""
        known = self._absent.get(resource_id)
        if (
            known is not None
            and listing.failure is None
            and resource_id not in listing.documents
            and known.began > self._now() - self._options.absence_memory
        ):
            return known.value
        self._absent.pop(resource_id, None)
        single = await self._resource(resource_id, listing, not_before=not_before, urgency=urgency)
        if isinstance(single.value, Gone):
            self._absent[resource_id] = Timed(single.began, single.value)
        return single.value

    async def _alone(self, resource_id: ResourceId, *, not_before: float, urgency: int) -> Timed[Single]:
        return await self._singles.get(resource_id.key, not_before=not_before, read=lambda: self._get(resource_id, urgency))

    async def _get(self, resource_id: ResourceId, urgency: int) -> Single:
        began = self._now()
        try:
            content: JsonObject | Gone = await self._arm.get(resource_id.text, urgency=urgency)
        except AzureError as error:
            if not is_absence(error.failure):
                return error.failure
            content = Gone(error.failure)
        else:
            self._absent.pop(resource_id, None)
        self._overlay.record(resource_id, began=began, content=content)
        return content

    def _oldest(self) -> float:
        return self._now() - self._options.look_max_age


def updated(look: Look, resource_id: ResourceId, single: Single) -> Look:
    """A look after one resource of it was read again."""
    if resource_id == look.query.subnet_id:
        return replace(look, subnet=_reading(single, Subnet.from_arm))
    return replace(look, network_security_groups=_with_group(look.network_security_groups, resource_id, single))


def unreadable(look: Look, reads: ReadSet) -> Finding | None:
    """Why part of a read set is not known."""
    if reads.subnet and isinstance(look.subnet, Unreadable):
        return look.subnet.finding
    problems = map(look.network_security_groups.problem_with, sorted(reads.network_security_groups, key=lambda each: each.key))
    return next(filter(None, problems), None)


def _with_group(groups: NetworkSecurityGroups, group_id: ResourceId, single: Single) -> NetworkSecurityGroups:
    if isinstance(single, Failure):
        return NetworkSecurityGroups(
            found=tuple(group for group in groups.found if group.id != group_id),
            unreadable=finding(single),
            absent=groups.absent - {group_id},
        )
    return groups.with_group(group_id, None if isinstance(single, Gone) else NetworkSecurityGroup.from_arm(single))


def _reading(single: Single, parse: Callable[[JsonObject], T]) -> Reading[T]:
    if isinstance(single, Gone):
        return Absent(finding(single.failure))
    return Unreadable(finding(single)) if isinstance(single, Failure) else Found(parse(single))


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
