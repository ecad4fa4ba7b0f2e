"""What becomes of an A record set that is wanted, and of what is there under its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.json import Json
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.private_dns import GATEWAY_METADATA, RecordSet
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.dns_steps import conflict, taken
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.marks import Claim, Marked, merged, own_entries, remarked
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step


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
class RecordSets:
    """Plans record sets; everything it decides with, besides what is there."""

    owner: Owner
    ttl: int
    adopts: bool
    gateway_id: ResourceId | None
    """The gateway that the records are for, for their metadata; None where the spec says all, and there is no gateway yet."""
    claim: Callable[[Marked], Claim]

    def plan(self, wanted: WantedRecord, existing: Iterable[RecordSet]) -> tuple[Step | None, Finding | None]:
        """The write that is needed, or what forbids it; neither where all is well."""
        current = next((record for record in existing if record.id == wanted.id), None)
        if current is None:
            return self.put(wanted), None
        claim = self.claim(current)
        if claim.is_taken:
            return None, taken(f"Record {wanted.hostname} in zone {wanted.zone_id.name}", current.resource_mark)
        is_right = current.addresses == wanted.addresses
        is_as_made = is_right and current.ttl == self.ttl
        if claim is Claim.FOREIGN or (claim is Claim.LOST and not is_as_made):
            if is_right:
                return None, None
            if not self.adopts:
                return None, _points_elsewhere(wanted, current)
        step = self.put(wanted, current)
        return (step, None) if step.changes else (None, None)

    def put(self, wanted: WantedRecord, current: RecordSet | None = None) -> Step:
        """Write the record set; whatever `current` holds that is not ours stays in it."""
        gateway = {GATEWAY_METADATA: str(self.gateway_id)} if self.gateway_id else {}
        told = current.gateway_mark if current else ""
        if self.gateway_id and told.lower() == self.gateway_id.key:
            gateway = {GATEWAY_METADATA: told}  # Azure answers one id in several cases.
        marks = {**self.owner.tags, **gateway}
        metadata = merged(current.notes if current else {}, marks)
        properties: dict[str, Json] = {
            "ttl": self.ttl,
            "metadata": dict(metadata),
            "aRecords": [{"ipv4Address": address} for address in wanted.addresses],
        }
        return Step(
            action=Action.UPDATE if current else Action.CREATE,
            target=current.id if current else wanted.id,
            condition=ConditionType.DNS_RECORDS_PUBLISHED,
            changes=tuple(_changes(current, wanted=wanted, ttl=self.ttl, metadata=metadata)),
            reads=ReadSet(zones=frozenset({wanted.zone_id})),
            locks=frozenset({wanted.zone_id}),
            body={"properties": {**(current.properties if current else {}), **properties}},
            etag=current.etag if current else "",
            owned=frozenset({"properties.ttl", "properties.aRecords"}) | own_entries("properties.metadata", among=metadata, wanted=marks),
            seen={"properties": current.properties} if current else None,
        )


def _changes(current: RecordSet | None, *, wanted: WantedRecord, ttl: int, metadata: Mapping[str, str]) -> Iterator[Change]:
    if current is None:
        yield Change(path="", before=None, after={"aRecords": list(wanted.addresses), "ttl": ttl})
        return
    if current.addresses != wanted.addresses:
        yield Change(path="properties.aRecords", before=list(current.addresses), after=list(wanted.addresses))
    if current.ttl != ttl:
        yield Change(path="properties.ttl", before=current.ttl, after=ttl)
    if current.notes != metadata:
        yield remarked("properties.metadata", before=current.notes, after=metadata)


def _points_elsewhere(wanted: WantedRecord, current: RecordSet) -> Finding:
    return conflict(
        f"Record {wanted.hostname} in zone {wanted.zone_id.name} points to {', '.join(current.addresses) or 'nothing'}, but the gateway is"
        f" at {', '.join(wanted.addresses)}; it is not this resource's record. Delete it, or set spec.dns.onConflict to Adopt."
    )
