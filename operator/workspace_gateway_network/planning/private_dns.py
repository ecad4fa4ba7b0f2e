"""The steps that bring private DNS to what is wanted: zone, record, then links, so that no linked network ever sees an empty zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.private_dns import PrivateZone, RecordSet
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.dns_steps import GLOBAL, conflict, retag, taken
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.marks import Claim, Marked, claim_on, merged
from workspace_gateway_network.planning.names import DesiredNames
from workspace_gateway_network.planning.neighbours import Neighbours
from workspace_gateway_network.planning.network_links import NetworkLinks, namesakes
from workspace_gateway_network.planning.observed import Absent, Found, Unreadable, ZoneContents
from workspace_gateway_network.planning.record_sets import RecordSets, WantedRecord
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What has to happen for one zone and the records in it."""

    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    published: frozenset[ResourceId] = frozenset()
    """The record sets that are as wanted."""
    in_conflict: frozenset[ResourceId] = frozenset()
    """Those in whose way somebody else's record or zone is."""
    in_motion: ResourceId | None = None
    """The zone, or a link of it, that Azure is still at work on: until that has ended well nobody may rely on it."""


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
                return Publication(findings=(finding.of_access,))
            case Absent(finding) if zone_id in self.names.zone_ids:
                return Publication(findings=(_zone_missing(zone_id, finding),))
            case Absent() if unread := self._unread_namesake(zone_id):
                return Publication(findings=(unread.finding.of_access,))
            case Absent():
                return self._create(zone_id, records)
            case Found(zone):
                return self._fill(zone, contents, records)

    def _unread_namesake(self, zone_id: ResourceId) -> Unreadable | None:
        """Why it is not known whether the name is published from another place: two zones of one name hide one another."""
        return next(filter(None, (contents.unread for contents in namesakes(zone_id, self.zones))), None)

    def _create(self, zone_id: ResourceId, records: Iterable[WantedRecord]) -> Publication:
        zone = Step(
            action=Action.CREATE,
            target=zone_id,
            condition=ConditionType.DNS_RECORDS_PUBLISHED,
            changes=(Change(path="", before=None, after={"location": GLOBAL}),),
            reads=ReadSet(zones=frozenset({zone_id})),
            locks=frozenset({zone_id}),
            body={"location": GLOBAL, "tags": dict(self.tags)},
            owned=frozenset({"location", "tags"}),
        )
        puts = map(self._records.put, records)
        links, findings = self._links.plan(zone_id, (), answers=True, is_filled=True)
        return Publication(steps=(zone, *puts, *links), findings=findings)

    def _fill(self, zone: PrivateZone, contents: ZoneContents, records: Iterable[WantedRecord]) -> Publication:
        steps: list[Step] = []
        if zone.id not in self.names.zone_ids:
            claim = self._claim(zone)
            if claim.is_taken or (claim is Claim.FOREIGN and not self.names.adopts):
                in_the_way = frozenset(record.id for record in records)
                return Publication(findings=(self._zone_conflict(zone, claim),), in_conflict=in_the_way)
            steps += self._mark_zone(zone, claim)
        filled = self._fill_with_records(contents, records)
        steps += filled.steps
        findings = list(filled.findings)
        in_motion = zone.id if zone.is_in_motion else None
        if isinstance(contents.links, Found):
            in_motion = in_motion or self._links.first_in_motion(contents.links.value)
            answers = bool(filled.steps or filled.published)
            links, in_use = self._links.plan(zone.id, contents.links.value, answers=answers, is_filled=not filled.findings)
            steps += links
            findings += in_use
        else:
            findings.append(contents.links.finding.of_access)
        return replace(filled, steps=tuple(steps), findings=tuple(findings), in_motion=in_motion)

    def _fill_with_records(self, contents: ZoneContents, records: Iterable[WantedRecord]) -> Publication:
        if not isinstance(contents.records, Found):
            return Publication(findings=(contents.records.finding.of_access,))
        planned = {record.id: self._records.plan(record, contents.records.value) for record in records}
        return Publication(
            steps=tuple(step for step, _ in planned.values() if step),
            findings=tuple(finding for _, finding in planned.values() if finding),
            published=frozenset(record_id for record_id, (step, finding) in planned.items() if not (step or finding)),
            in_conflict=frozenset(record_id for record_id, (_, finding) in planned.items() if finding),
        )

    def keep_right(self, current: RecordSet, *, wanted: WantedRecord) -> tuple[Step, ...]:
        """A record of ours that still answers for a name, in another zone than the name's own, follows the gateway as well."""
        step = self._records.put(wanted, current)
        return (step,) if step.changes else ()

    def _mark_zone(self, zone: PrivateZone, claim: Claim) -> Iterator[Step]:
        """Our tags on a zone of ours, or of an owner that no longer exists. An adopted zone of somebody else is used, and stays theirs."""
        tags = merged(zone.notes, self.tags)
        if claim in {Claim.OURS, Claim.LOST, Claim.ABANDONED} and tags != zone.notes:
            yield retag(zone, zone_id=zone.id, after=tags, wanted=self.tags)

    def _zone_conflict(self, zone: PrivateZone, claim: Claim) -> Finding:
        if claim.is_taken:
            return taken(f"Private DNS zone {zone.name}", zone.resource_mark)
        return conflict(
            f"Private DNS zone {zone.name} already exists in resource group {zone.id.resource_group.name} and is not this resource's."
            " Name it in spec.dns.zones to have the record put into it, or set spec.dns.onConflict to Adopt."
        )

    @property
    def _records(self) -> RecordSets:
        return RecordSets(owner=self.owner, ttl=self.names.ttl, adopts=self.names.adopts, gateway_id=self.gateway_id, claim=self._claim)

    @property
    def _links(self) -> NetworkLinks:
        return NetworkLinks(owner=self.owner, network_ids=self.names.network_ids, tags=self.tags, zones=self.zones, claim=self._claim)

    def _claim(self, thing: Marked) -> Claim:
        return claim_on(thing, owner=self.owner, neighbours=self.neighbours, owned_hint=self.owned_hint)


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
