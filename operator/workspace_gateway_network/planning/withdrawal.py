"""Taking back what is ours in private DNS and no longer wanted: records, links and zones in safe order, and nothing that others rely on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.private_dns import PrivateZone, RecordSet, VirtualNetworkLink, absolute_name
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.dns_steps import delete
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.network_links import has_records_of_other_owners
from workspace_gateway_network.planning.observed import Found, ZoneContents
from workspace_gateway_network.planning.step import Step


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What stays in private DNS."""

    records: frozenset[ResourceId] = frozenset()
    networks: Mapping[ResourceId, frozenset[ResourceId]] | None = None
    """The networks that stay linked, by zone; a zone that is not in it goes."""

    def keeps(self, link: VirtualNetworkLink) -> bool:
        """Whether a link stays."""
        return link.virtual_network_id in (self.networks or {}).get(link.zone_id, frozenset())

    def keeps_zone(self, zone_id: ResourceId) -> bool:
        """Whether a zone stays."""
        return zone_id in (self.networks or {})


def withdraw(*, owner: Owner, zones: Mapping[ResourceId, ZoneContents], kept: Kept) -> Iterator[Step]:
    """The deletions: records, links, zones, so that each thing is empty when its turn comes. What could not be read is left alone."""
    readable = sorted(filter(None, map(_read, zones.values())), key=lambda content: content.zone.id.key)
    for content in readable:
        yield from (delete(record.id, etag=record.etag) for record in content.our_records(owner) if record.id not in kept.records)
    for content in readable:
        if not content.serves_others(owner):
            yield from (delete(link.id, etag=link.etag) for link in content.our_links(owner) if not kept.keeps(link))
    for content in readable:
        is_ours = content.zone.is_marked_by(owner) and not kept.keeps_zone(content.zone.id)
        is_needed = content.serves_others(owner) or any(record.id in kept.records for record in content.records)
        if is_ours and not is_needed and len(content.our_links(owner)) == len(content.links):
            yield delete(content.zone.id, etag=content.zone.etag)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A record of ours that answers for a name which belongs in another zone."""

    hostname: str
    record: RecordSet


def answers_elsewhere(
    *, owner: Owner, zones: Mapping[ResourceId, ZoneContents], places: Mapping[str, ResourceId], network_ids: Collection[ResourceId]
) -> Iterator[Answer]:
    """The records of ours that networks get for names which belong elsewhere, because the record's zone hides the name's own.

    Of the zones that a network is linked to, the one with the longest name answers, and of two with one name the linked one. Such a
    record must stay, and stay right, until no network that is to resolve the name has the zone: without it there would be no such name.

    Args:
        owner: Whose records.
        zones: As read; one that was not read whole is left out, and left alone by everybody.
        places: The zone that each hostname belongs in, by hostname in lower case.
        network_ids: The networks that are to resolve the names.
    """
    for content in filter(None, map(_read, zones.values())):
        if not any(link.virtual_network_id in network_ids for link in content.links):
            continue
        for record in content.our_records(owner):
            hostname = content.hostname_of(record)
            place = places.get(hostname)
            if place and place != content.zone.id and len(content.zone.name) >= len(place.name):
                yield Answer(hostname=hostname, record=record)


def left_behind(*, owner: Owner, zones: Mapping[ResourceId, ZoneContents]) -> Iterator[Finding]:
    """Zones of ours that cannot go because somebody else uses them."""
    for content in filter(None, map(_read, zones.values())):
        if content.zone.is_marked_by(owner):
            foreign = next((link for link in content.links if not link.is_marked_by(owner)), None)
            user = f"link {foreign.name}" if foreign else "records of others"
            yield Finding(
                condition=ConditionType.DNS_RECORDS_PUBLISHED,
                reason=Reason.RESOURCE_IN_USE,
                message=(
                    f"Private DNS zone {content.zone.name} still holds {user}, so it is not removed. Remove them, or set the annotation"
                    " workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
                ),
            )


@dataclass(frozen=True, kw_only=True)
class _Content:
    """A zone that was read whole."""

    zone: PrivateZone
    links: tuple[VirtualNetworkLink, ...]
    records: tuple[RecordSet, ...]

    def hostname_of(self, record: RecordSet) -> str:
        return absolute_name(name=record.name, zone=self.zone.name)

    def our_records(self, owner: Owner) -> list[RecordSet]:
        return [record for record in self.records if record.is_marked_by(owner)]

    def our_links(self, owner: Owner) -> list[VirtualNetworkLink]:
        return [link for link in self.links if link.is_marked_by(owner)]

    def serves_others(self, owner: Owner) -> bool:
        """Whether somebody would miss the zone or our link to it: of our own zone any foreign record, else one of another owner's."""
        if self.zone.is_marked_by(owner):
            count = self.zone.record_sets
            return count is None or count > len(self.records) or len(self.our_records(owner)) < len(self.records)
        return has_records_of_other_owners(self.records, owner=owner)


def _read(contents: ZoneContents) -> _Content | None:
    zone, links, records = contents.zone, contents.links, contents.records
    if isinstance(zone, Found) and isinstance(links, Found) and isinstance(records, Found):
        return _Content(zone=zone.value, links=links.value, records=records.value)
    return None
