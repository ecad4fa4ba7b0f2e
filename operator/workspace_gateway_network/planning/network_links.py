"""What becomes of the links by which networks resolve names in a zone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.private_dns import RecordSet, VirtualNetworkLink
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.dns_steps import GLOBAL, conflict, delete, retag
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.marks import Claim, Marked, merged, own_entries
from workspace_gateway_network.planning.observed import Found, Unreadable, ZoneContents
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step


@dataclass(frozen=True, kw_only=True)
class NetworkLinks:
    """Plans links; everything it decides with, besides those that a zone has."""

    owner: Owner
    network_ids: tuple[ResourceId, ...]
    """The networks that must resolve the names."""
    tags: Mapping[str, str]
    zones: Mapping[ResourceId, ZoneContents]
    claim: Callable[[Marked], Claim]

    def plan(
        self, zone_id: ResourceId, existing: Iterable[VirtualNetworkLink], *, answers: bool, is_filled: bool
    ) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
        """The steps that link every network, and what forbids it.

        A network must not be led astray by a zone, so it is linked only to one that `answers`, or will by then, for a name of the gateway,
        and in place of another one only when it `is_filled` with all that it is to answer.
        """
        steps: list[Step] = []
        findings: list[Finding] = []
        by_network = {link.virtual_network_id: link for link in existing}
        for network_id in self.network_ids:
            link = by_network.get(network_id)
            if link is None:
                new, obstacle = self._link(zone_id, network_id, by_network.values(), answers=answers, is_filled=is_filled)
                steps += new
                findings += [obstacle] if obstacle else []
            elif self.claim(link) in {Claim.OURS, Claim.LOST, Claim.ABANDONED}:
                steps += self._heal_link(link)
        return tuple(steps), tuple(findings)

    def _link(
        self, zone_id: ResourceId, network_id: ResourceId, existing: Iterable[VirtualNetworkLink], *, answers: bool, is_filled: bool
    ) -> tuple[tuple[Step, ...], Finding | None]:
        """The steps that link one network, or what forbids it; neither while the zone has no answers yet."""
        new = self._create_link(zone_id, network_id)
        # A link cannot be turned to another network: one that is in the way was made anew by somebody.
        namesake = next((link for link in existing if link.id == new.target), None)
        if namesake and not namesake.is_marked_by(self.owner):
            return (), _namesake(namesake, network_id)
        if unread := self._unread_namesake(zone_id):
            return (), unread.finding.of_access
        earlier = tuple(self._earlier_links(zone_id, network_id))
        needed = next((_still_needed(old, contents) for old, contents in earlier if self._is_needed(contents)), None)
        if needed or not (is_filled or (answers and not earlier)):
            return (), needed
        going = (*(old for old, _ in earlier), *((namesake,) if namesake else ()))
        return (*(delete(old.id, etag=old.etag) for old in going), new), None

    def first_in_motion(self, existing: Iterable[VirtualNetworkLink]) -> ResourceId | None:
        """A link of a wanted network that Azure is still at work on; None where there is none."""
        return next((link.id for link in existing if link.is_in_motion and link.virtual_network_id in self.network_ids), None)

    def _heal_link(self, link: VirtualNetworkLink) -> Iterator[Step]:
        tags = merged(link.notes, self.tags)
        if link.registers and self.claim(link) is Claim.LOST:
            return  # Not as it was made, so it is whoever's took the mark away.
        if link.registers:
            yield Step(
                action=Action.UPDATE,
                target=link.id,
                condition=ConditionType.DNS_RECORDS_PUBLISHED,
                changes=(Change(path="properties.registrationEnabled", before=True, after=False),),
                reads=ReadSet(zones=frozenset({link.zone_id})),
                locks=frozenset({link.zone_id}),
                body={**link.document, "tags": dict(tags), "properties": {**link.properties, "registrationEnabled": False}},
                etag=link.etag,
                owned=frozenset({"properties.registrationEnabled"}) | own_entries("tags", among=tags, wanted=self.tags),
            )
        elif tags != link.notes:
            yield retag(link, zone_id=link.zone_id, after=tags, wanted=self.tags)

    def _create_link(self, zone_id: ResourceId, network_id: ResourceId) -> Step:
        target = zone_id.child("virtualNetworkLinks", link_name(self.owner, network_id))
        return Step(
            action=Action.CREATE,
            target=target,
            condition=ConditionType.DNS_RECORDS_PUBLISHED,
            changes=(Change(path="", before=None, after={"virtualNetwork": str(network_id)}),),
            reads=ReadSet(zones=frozenset({zone_id})),
            locks=frozenset({zone_id}),
            body={
                "location": GLOBAL,
                "tags": dict(self.tags),
                "properties": {"registrationEnabled": False, "virtualNetwork": {"id": str(network_id)}},
            },
            owned=frozenset({"location", "tags", "properties"}),
        )

    def _unread_namesake(self, zone_id: ResourceId) -> Unreadable | None:
        """Why it is not known whether the network is linked to another zone of that name."""
        listed = (contents.links for contents in namesakes(zone_id, self.zones))
        return next((links for links in listed if isinstance(links, Unreadable)), None)

    def _earlier_links(self, zone_id: ResourceId, network_id: ResourceId) -> Iterator[tuple[VirtualNetworkLink, ZoneContents]]:
        """A network cannot be linked to two zones of one name: these links of ours must go before the new one comes."""
        for contents in namesakes(zone_id, self.zones):
            if isinstance(contents.links, Found):
                links = contents.links.value
                ours = (link for link in links if link.virtual_network_id == network_id and link.is_marked_by(self.owner))
                yield from ((link, contents) for link in ours)

    def _is_needed(self, contents: ZoneContents) -> bool:
        """Whether somebody else needs a zone's links, or may: what could not be read is not known to be nobody's."""
        records = contents.records
        return not isinstance(records, Found) or has_records_of_other_owners(records.value, owner=self.owner)


def namesakes(zone_id: ResourceId, zones: Mapping[ResourceId, ZoneContents]) -> Iterator[ZoneContents]:
    """The other zones of its name, of which a network sees one only."""
    return (contents for other, contents in zones.items() if other != zone_id and other.name.lower() == zone_id.name.lower())


def has_records_of_other_owners(records: Iterable[RecordSet], *, owner: Owner) -> bool:
    """Whether another resource, of whichever cluster, has published something here."""
    return any(record.owner_mark and not record.is_marked_by(owner) for record in records)


def link_name(owner: Owner, network_id: ResourceId) -> str:
    """The name of our link to a network: one a network, the same for ever."""
    return f"{owner.name_prefix}{hashlib.sha256(network_id.key.encode()).hexdigest()[:8]}"


def _namesake(link: VirtualNetworkLink, network_id: ResourceId) -> Finding:
    wanted = network_id.name
    return conflict(
        f"Virtual network link {link.id.name} in private DNS zone {link.zone_id.name} has the name that the link of virtual network"
        f" {wanted} needs, but links {link.virtual_network_id.name} and is not this resource's. Delete it, or link {wanted} by hand."
    )


def _still_needed(link: VirtualNetworkLink, contents: ZoneContents) -> Finding:
    if not isinstance(contents.records, Found):
        return contents.records.finding.of_access
    where = f"private DNS zone {link.zone_id.name} in resource group {link.zone_id.resource_group.name}"
    return Finding(
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        reason=Reason.RESOURCE_IN_USE,
        message=(
            f"Virtual network {link.virtual_network_id.name} is linked to {where}, where others have records, and cannot be"
            " linked to another zone of that name. Move those records first, or keep the zone in spec.dns.zones."
        ),
    )
