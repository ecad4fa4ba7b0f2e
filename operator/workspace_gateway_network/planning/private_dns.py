"""The steps that bring private DNS to what is wanted: zone, record, then links, so that no linked network ever sees an empty zone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.json import Json, JsonObject
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.private_dns import GATEWAY_METADATA, PrivateZone, RecordSet, VirtualNetworkLink
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.marks import Claim, claim_on, merged
from workspace_gateway_network.planning.names import DesiredNames
from workspace_gateway_network.planning.neighbours import Neighbours
from workspace_gateway_network.planning.observed import Absent, Found, Unreadable, ZoneContents
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step

_GLOBAL = "global"
"""The location of everything in private DNS."""


@dataclass(frozen=True, kw_only=True)
class WantedRecord:
    """An A record set as it shall be."""

    hostname: str
    zone_id: ResourceId
    name: str
    addresses: tuple[str, ...]

    @property
    def id(self) -> ResourceId:
        """The id of the record set."""
        return self.zone_id.child("A", self.name)


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What has to happen for one zone and the records in it."""

    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    published: frozenset[ResourceId] = frozenset()
    """The record sets that are as wanted."""


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Publishes records in zones; everything it decides with, besides the zones themselves."""

    owner: Owner
    names: DesiredNames
    tags: Mapping[str, str]
    gateway_id: ResourceId | None
    neighbours: Neighbours
    owned_hint: frozenset[ResourceId]
    zones: Mapping[ResourceId, ZoneContents]

    def publish(self, zone_id: ResourceId, records: Iterable[WantedRecord]) -> Publication:
        """Bring one zone to hold these records, linked to every wanted network."""
        contents = self.zones.get(zone_id)
        if contents is None:
            return Publication()
        match contents.zone:
            case Unreadable(finding):
                return Publication(findings=(replace(finding, condition=ConditionType.AZURE_ACCESS),))
            case Absent(finding) if zone_id in self.names.zone_ids:
                return Publication(findings=(_zone_missing(zone_id, finding),))
            case Absent():
                return self._create(zone_id, records)
            case Found(zone):
                return self._fill(zone, contents, records)

    def _create(self, zone_id: ResourceId, records: Iterable[WantedRecord]) -> Publication:
        zone = Step(
            action=Action.CREATE,
            target=zone_id,
            condition=ConditionType.DNS_RECORDS_PUBLISHED,
            changes=(Change(path="", before=None, after={"location": _GLOBAL}),),
            reads=ReadSet(zones=frozenset({zone_id})),
            locks=frozenset({zone_id}),
            body={"location": _GLOBAL, "tags": dict(self.tags)},
            owned=frozenset({"location", "tags"}),
        )
        puts = (self._put_record(record, None) for record in records)
        links, findings = self._links(zone_id, (), is_filled=True)
        return Publication(steps=(zone, *puts, *links), findings=findings)

    def _fill(self, zone: PrivateZone, contents: ZoneContents, records: Iterable[WantedRecord]) -> Publication:
        steps: list[Step] = []
        findings: list[Finding] = []
        if zone.id not in self.names.zone_ids:
            claim = self._claim(zone)
            if claim.is_taken or (claim is Claim.FOREIGN and not self.names.adopts):
                return Publication(findings=(self._zone_conflict(zone, claim),))
            steps += self._mark_zone(zone, claim)
        published: list[ResourceId] = []
        if isinstance(contents.records, Found):
            for record in records:
                step, finding = self._record(record, contents.records.value)
                steps += [step] if step else []
                findings += [finding] if finding else []
                published += [] if step or finding else [record.id]
        else:
            findings.append(replace(contents.records.finding, condition=ConditionType.AZURE_ACCESS))
        if isinstance(contents.links, Found):
            links, in_use = self._links(zone.id, contents.links.value, is_filled=not findings)
            steps += links
            findings += in_use
        else:
            findings.append(replace(contents.links.finding, condition=ConditionType.AZURE_ACCESS))
        return Publication(steps=tuple(steps), findings=tuple(findings), published=frozenset(published))

    # Zones.

    def _mark_zone(self, zone: PrivateZone, claim: Claim) -> Iterator[Step]:
        """Our tags on a zone of ours, or of an owner that no longer exists. An adopted zone of somebody else is used, and stays theirs."""
        tags = merged(zone.notes, self.tags)
        if claim in {Claim.OURS, Claim.LOST, Claim.ABANDONED} and tags != zone.notes:
            yield _retag(zone, zone_id=zone.id, after=tags, wanted=self.tags)

    def _zone_conflict(self, zone: PrivateZone, claim: Claim) -> Finding:
        if claim.is_taken:
            return _taken(f"Private DNS zone {zone.name}", zone.resource_mark)
        return _conflict(
            f"Private DNS zone {zone.name} already exists in resource group {zone.id.resource_group.name} and is not this resource's."
            " Name it in spec.dns.zones to have the record put into it, or set spec.dns.onConflict to Adopt."
        )

    # Records.

    def _record(self, wanted: WantedRecord, existing: Iterable[RecordSet]) -> tuple[Step | None, Finding | None]:
        current = next((record for record in existing if record.id == wanted.id), None)
        if current is None:
            return self._put_record(wanted, None), None
        claim = self._claim(current)
        if claim.is_taken:
            return None, _taken(f"Record {wanted.hostname} in zone {wanted.zone_id.name}", current.resource_mark)
        is_right = current.addresses == wanted.addresses
        is_as_made = is_right and current.ttl == self.names.ttl
        if claim is Claim.FOREIGN or (claim is Claim.LOST and not is_as_made):
            if is_right:
                return None, None
            if not self.names.adopts:
                return None, _points_elsewhere(wanted, current)
        step = self._put_record(wanted, current)
        return (step, None) if step.changes else (None, None)

    def _put_record(self, wanted: WantedRecord, current: RecordSet | None) -> Step:
        gateway = {GATEWAY_METADATA: str(self.gateway_id)} if self.gateway_id else {}
        told = current.gateway_mark if current else ""
        if self.gateway_id and told.lower() == self.gateway_id.key:
            gateway = {GATEWAY_METADATA: told}  # Azure answers one id in several cases.
        marks = {**self.owner.tags, **gateway}
        metadata = merged(current.notes if current else {}, marks)
        properties: dict[str, Json] = {
            "ttl": self.names.ttl,
            "metadata": dict(metadata),
            "aRecords": [{"ipv4Address": address} for address in wanted.addresses],
        }
        return Step(
            action=Action.UPDATE if current else Action.CREATE,
            target=current.id if current else wanted.id,
            condition=ConditionType.DNS_RECORDS_PUBLISHED,
            changes=tuple(_record_changes(current, wanted=wanted, ttl=self.names.ttl, metadata=metadata)),
            reads=ReadSet(zones=frozenset({wanted.zone_id})),
            locks=frozenset({wanted.zone_id}),
            body={"properties": {**(current.properties if current else {}), **properties}},
            etag=current.etag if current else "",
            owned=frozenset({"properties.ttl", "properties.aRecords", *(f"properties.metadata.{name}" for name in marks)}),
        )

    # Links.

    def _links(
        self, zone_id: ResourceId, existing: Iterable[VirtualNetworkLink], *, is_filled: bool
    ) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
        """The steps that link every network, and what forbids it. `is_filled`: the zone answers, or will by then, what it is to answer."""
        steps: list[Step] = []
        findings: list[Finding] = []
        by_network = {link.virtual_network_id: link for link in existing}
        for network_id in self.names.network_ids:
            link = by_network.get(network_id)
            if link is None:
                earlier = tuple(self._earlier_links(zone_id, network_id))
                needed = next((_still_needed(old, contents) for old, contents in earlier if self._is_needed(contents)), None)
                if needed:
                    findings.append(needed)
                elif is_filled or not earlier:
                    steps += [*(delete(old.id, etag=old.etag) for old, _ in earlier), self._create_link(zone_id, network_id)]
            elif self._claim(link) in {Claim.OURS, Claim.LOST, Claim.ABANDONED}:
                steps += self._heal_link(link)
        return tuple(steps), tuple(findings)

    def _heal_link(self, link: VirtualNetworkLink) -> Iterator[Step]:
        tags = merged(link.notes, self.tags)
        if link.registers and self._claim(link) is Claim.LOST:
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
                owned=frozenset({"tags", "properties.registrationEnabled"}),
            )
        elif tags != link.notes:
            yield _retag(link, zone_id=link.zone_id, after=tags, wanted=self.tags)

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
                "location": _GLOBAL,
                "tags": dict(self.tags),
                "properties": {"registrationEnabled": False, "virtualNetwork": {"id": str(network_id)}},
            },
            owned=frozenset({"location", "tags", "properties"}),
        )

    def _earlier_links(self, zone_id: ResourceId, network_id: ResourceId) -> Iterator[tuple[VirtualNetworkLink, ZoneContents]]:
        """A network cannot be linked to two zones of one name: these links of ours must go before the new one comes."""
        for other_id, contents in self.zones.items():
            is_namesake = other_id != zone_id and other_id.name.lower() == zone_id.name.lower()
            if is_namesake and isinstance(contents.links, Found):
                links = contents.links.value
                ours = (link for link in links if link.virtual_network_id == network_id and link.is_marked_by(self.owner))
                yield from ((link, contents) for link in ours)

    def _is_needed(self, contents: ZoneContents) -> bool:
        """Whether somebody else needs a zone's links, or may: what could not be read is not known to be nobody's."""
        records = contents.records
        return not isinstance(records, Found) or has_records_of_other_owners(records.value, owner=self.owner)

    def _claim(self, thing: PrivateZone | VirtualNetworkLink | RecordSet) -> Claim:
        return claim_on(thing, owner=self.owner, neighbours=self.neighbours, owned_hint=self.owned_hint)


def has_records_of_other_owners(records: Iterable[RecordSet], *, owner: Owner) -> bool:
    """Whether another resource, of whichever cluster, has published something here."""
    return any(record.owner_mark and not record.is_marked_by(owner) for record in records)


def delete(target: ResourceId, *, etag: str = "") -> Step:
    """Delete a record set, a link or a zone; the plan orders them so that each is empty when its turn comes."""
    zone_id = target if len(target.type.split("/")) == 2 else target.parent
    return Step(
        action=Action.DELETE,
        target=target,
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        changes=(Change(path="", before=target.name, after=None),),
        reads=ReadSet(zones=frozenset({zone_id}), gateways=True),
        locks=frozenset({zone_id}),
        etag=etag,
    )


def link_name(owner: Owner, network_id: ResourceId) -> str:
    """The name of our link to a network: one a network, the same for ever."""
    return f"{owner.name_prefix}{hashlib.sha256(network_id.key.encode()).hexdigest()[:8]}"


def _record_changes(current: RecordSet | None, *, wanted: WantedRecord, ttl: int, metadata: Mapping[str, str]) -> Iterator[Change]:
    if current is None:
        yield Change(path="", before=None, after={"aRecords": list(wanted.addresses), "ttl": ttl})
        return
    if current.addresses != wanted.addresses:
        yield Change(path="properties.aRecords", before=list(current.addresses), after=list(wanted.addresses))
    if current.ttl != ttl:
        yield Change(path="properties.ttl", before=current.ttl, after=ttl)
    if current.notes != metadata:
        yield Change(path="properties.metadata", before=dict(current.notes), after=dict(metadata))


def _retag(thing: PrivateZone | VirtualNetworkLink, *, zone_id: ResourceId, after: Mapping[str, str], wanted: Mapping[str, str]) -> Step:
    body: JsonObject = {"tags": dict(after)}
    return Step(
        action=Action.TAG,
        target=thing.id,
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        changes=(Change(path="tags", before=dict(thing.notes), after=dict(after)),),
        reads=ReadSet(zones=frozenset({zone_id})),
        locks=frozenset({zone_id}),
        body=body,
        etag=thing.etag,
        owned=frozenset(f"tags.{name}" for name in wanted),
    )


def _conflict(message: str) -> Finding:
    return Finding(condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.RECORD_CONFLICT, message=message)


def _points_elsewhere(wanted: WantedRecord, current: RecordSet) -> Finding:
    return _conflict(
        f"Record {wanted.hostname} in zone {wanted.zone_id.name} points to {', '.join(current.addresses) or 'nothing'}, but the gateway is"
        f" at {', '.join(wanted.addresses)}; it is not this resource's record. Delete it, or set spec.dns.onConflict to Adopt."
    )


def _taken(what: str, resource_mark: str) -> Finding:
    whose = f"WorkspaceGatewayNetwork {resource_mark}" if resource_mark else "another WorkspaceGatewayNetwork"
    return Finding(
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        reason=Reason.OWNERSHIP_CONFLICT,
        message=f"{what} belongs to {whose}. Delete one of the two resources, or have them use different zones.",
    )


def _still_needed(link: VirtualNetworkLink, contents: ZoneContents) -> Finding:
    if not isinstance(contents.records, Found):
        return replace(contents.records.finding, condition=ConditionType.AZURE_ACCESS)
    where = f"private DNS zone {link.zone_id.name} in resource group {link.zone_id.resource_group.name}"
    return Finding(
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        reason=Reason.RESOURCE_IN_USE,
        message=(
            f"Virtual network {link.virtual_network_id.name} is linked to {where}, where others have records, and cannot be"
            " linked to another zone of that name. Move those records first, or keep the zone in spec.dns.zones."
        ),
    )


def _zone_missing(zone_id: ResourceId, finding: Finding) -> Finding:
    return replace(
        finding,
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        reason=Reason.PRIVATE_DNS_ZONE_NOT_FOUND,
        message=(
            f"Private DNS zone {zone_id.name} does not exist in resource group {zone_id.resource_group.name}. Create it, or correct"
            " spec.dns.zones."
        ),
    )
