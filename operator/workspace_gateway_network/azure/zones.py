"""Private DNS zones with what is in them: each zone by its subscription's list, its links and A records by lists of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from workspace_gateway_network.azure.errors import finding, is_absence, is_refusal
from workspace_gateway_network.azure.failure import Failure
from workspace_gateway_network.azure.lists import PRIVATE_DNS_ZONES, Lists
from workspace_gateway_network.azure.overlay import Gone, Single
from workspace_gateway_network.azure.resources import Resources
from workspace_gateway_network.azure.sight import Sight
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.model.private_dns import PrivateZone, RecordSet, VirtualNetworkLink
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Absent, Found, Reading, Unreadable, ZoneContents

LINKS = "virtualNetworkLinks"
RECORDS = "A"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Marked:
    """The zones that carry one owner's mark, and why there may be more."""

    zone_ids: frozenset[ResourceId]
    unlisted: Finding | None = None
    hidden: Finding | None = None
    """The right that is missing to see them all, where it is."""


class ZoneReads:
    """Zones for all who look. Nothing here raises for what Azure answers, and part of a list is never taken for the whole."""

    def __init__(self, *, lists: Lists, resources: Resources, sight: Sight, now: Callable[[], float]) -> None:
        self._lists = lists
        self._resources = resources
        self._sight = sight
        self._now = now

    async def marked(self, mark: str, *, group: ResourceId, minds_rights: bool, not_before: float, urgency: int) -> Marked:
        """The zones with this mark in a group's subscription or, where no more may be listed, in the group.

        `minds_rights`: whether it matters that there may be more which nobody lets us see. Who has no names needs no right to zones.
        """
        if not mark:
            return Marked(zone_ids=frozenset())
        listing = await self._lists.read(
            PRIVATE_DNS_ZONES, subscription=group.subscription, groups=[group], not_before=not_before, urgency=urgency
        )
        if minds_rights:
            listing = await self._sight.of_subscription(listing, PRIVATE_DNS_ZONES, subscription=group.subscription, urgency=urgency)
        zones = map(PrivateZone.from_arm, listing.documents.values())
        is_hidden = listing.failure is not None and is_refusal(listing.failure)
        problem = finding(listing.failure) if listing.failure else None
        return Marked(
            zone_ids=frozenset(zone.id for zone in zones if zone.owner_mark == mark),
            unlisted=None if is_hidden else problem,
            hidden=problem if is_hidden else None,
        )

    async def look(
        self, zone_ids: Iterable[ResourceId], *, not_before: float, contents_not_before: float, urgency: int
    ) -> Mapping[ResourceId, ZoneContents]:
        """Zones for planning. What is in a zone may be older than the zone itself: there are many lists of it, and few reads allowed."""

        async def one(zone_id: ResourceId) -> ZoneContents:
            zone = await self._zone(zone_id, not_before=not_before, urgency=urgency)
            return await self._contents(zone_id, zone, not_before=contents_not_before, urgency=urgency)

        return await _each(zone_ids, one)

    async def refresh(self, zone_ids: Iterable[ResourceId], *, urgency: int) -> Mapping[ResourceId, ZoneContents]:
        """Zones for a write: each read by a GET, and with it its links and records, now."""

        async def one(zone_id: ResourceId) -> ZoneContents:
            zone = await self._resources.read(zone_id, urgency=urgency)
            return await self._contents(zone_id, zone, not_before=self._now(), urgency=urgency)

        return await _each(zone_ids, one)

    async def _zone(self, zone_id: ResourceId, *, not_before: float, urgency: int) -> Single:
        listing = await self._lists.read(
            PRIVATE_DNS_ZONES,
            subscription=zone_id.subscription,
            groups=[zone_id.resource_group],
            not_before=not_before,
            urgency=urgency,
        )
        return (await self._resources.confirmed(zone_id, listing, not_before=not_before, urgency=urgency)).value

    async def _contents(self, zone_id: ResourceId, zone: Single, *, not_before: float, urgency: int) -> ZoneContents:
        if isinstance(zone, (Gone, Failure)):
            return _without_contents(zone)
        counted = PrivateZone.from_arm(zone)
        links, records = await asyncio.gather(
            self._children(zone_id, LINKS, count=counted.network_links, not_before=not_before, urgency=urgency),
            self._children(zone_id, RECORDS, count=counted.record_sets, not_before=not_before, urgency=urgency),
        )
        if any(isinstance(each, Failure) and is_absence(each) for each in (links, records)):
            # The zone went in between: no list of what was in it is no empty list.
            again = (await self._resources.alone(zone_id, not_before=self._now(), urgency=urgency)).value
            if isinstance(again, (Gone, Failure)):
                return _without_contents(again)
        return ZoneContents(
            zone=Found(counted),
            links=_readings(links, VirtualNetworkLink.from_arm),
            records=_readings(records, RecordSet.from_arm),
        )

    async def _children(
        self, zone_id: ResourceId, kind: str, *, count: int | None, not_before: float, urgency: int
    ) -> tuple[JsonObject, ...] | Failure:
        """Links or A records. Where the zone itself counts more (of records, those of other types too), some may be hidden."""
        listing = await self._lists.below(zone_id, kind, not_before=not_before, urgency=urgency)
        if count is None or count > len(listing.documents):
            listing = await self._sight.below(listing, zone_id, kind, urgency=urgency)
        if listing.failure is not None:
            return listing.failure
        children = await self._resources.children(zone_id, kind, listing, not_before=not_before, urgency=urgency)
        failure = next((child for child in children if isinstance(child, Failure)), None)
        return failure or tuple(child for child in children if not isinstance(child, (Gone, Failure)))


def with_reading(contents: ZoneContents, resource_id: ResourceId, single: Single) -> ZoneContents:
    """A zone's contents after the zone itself, a link or a record of it was read again."""
    match resource_id.type.rpartition("/")[2]:
        case "virtualnetworklinks":
            links = _with_child(contents.links, resource_id, single, VirtualNetworkLink.from_arm, lambda link: link.id)
            return ZoneContents(zone=contents.zone, links=links, records=contents.records)
        case "a":
            records = _with_child(contents.records, resource_id, single, RecordSet.from_arm, lambda record: record.id)
            return ZoneContents(zone=contents.zone, links=contents.links, records=records)
        case _ if isinstance(single, (Gone, Failure)):
            return _without_contents(single)
        case _:
            zone = Found(PrivateZone.from_arm(single))
            was_there = isinstance(contents.zone, Found)
            # A zone is born empty.
            return ZoneContents(
                zone=zone,
                links=contents.links if was_there else Found(()),
                records=contents.records if was_there else Found(()),
            )


async def _each(zone_ids: Iterable[ResourceId], read: Callable[[ResourceId], Awaitable[ZoneContents]]) -> Mapping[ResourceId, ZoneContents]:
    wanted = sorted(zone_ids, key=lambda zone_id: zone_id.key)
    contents = await asyncio.gather(*map(read, wanted))
    return dict(zip(wanted, contents, strict=True))


def _without_contents(zone: Gone | Failure) -> ZoneContents:
    missing: Absent | Unreadable = Absent(finding(zone.failure)) if isinstance(zone, Gone) else Unreadable(finding(zone))
    return ZoneContents(zone=missing, links=missing, records=missing)


def _readings(documents: tuple[JsonObject, ...] | Failure, parse: Callable[[JsonObject], T]) -> Reading[tuple[T, ...]]:
    return Unreadable(finding(documents)) if isinstance(documents, Failure) else Found(tuple(map(parse, documents)))


def _with_child(
    children: Reading[tuple[T, ...]],
    resource_id: ResourceId,
    single: Single,
    parse: Callable[[JsonObject], T],
    identify: Callable[[T], ResourceId],
) -> Reading[tuple[T, ...]]:
    if not isinstance(children, Found):
        return children
    if isinstance(single, Failure):
        return Unreadable(finding(single))
    others = tuple(child for child in children.value if identify(child) != resource_id)
    return Found(others if isinstance(single, Gone) else (*others, parse(single)))
