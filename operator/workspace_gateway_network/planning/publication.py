"""What a gateway's names need in private DNS, from what is known of them; and what becomes of earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workspace_gateway_network.model.gateway import ApiManagementService, Gateway
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import Subnet
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.names import DesiredNames, Names, discover
from workspace_gateway_network.planning.neighbours import Neighbours
from workspace_gateway_network.planning.observed import Gateways, Observed
from workspace_gateway_network.planning.plan import NamesReport, RecordReport, RecordState
from workspace_gateway_network.planning.private_dns import Publication, Publisher
from workspace_gateway_network.planning.record_sets import WantedRecord
from workspace_gateway_network.planning.step import Step
from workspace_gateway_network.planning.withdrawal import Answer, Kept, answers_elsewhere, withdraw


@dataclass(frozen=True, kw_only=True)
class NamesPlan:
    """What becomes of private DNS."""

    steps: tuple[Step, ...] = ()
    removals: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    report: NamesReport | None = None
    held: tuple[Step, ...] = ()
    """What there would be to do for names that may be used, were it not for other names."""
    in_motion: ResourceId | None = None
    """What Azure is still at work on."""


def plan_names(
    *,
    desired: Desired,
    observed: Observed,
    subnet: Subnet | None,
    service: ApiManagementService | None,
    gateway: Gateway | None,
    neighbours: Neighbours,
    is_free: bool,
) -> NamesPlan:
    """Publish what is known, keep what is published while nothing is known, and withdraw only what is positively not wanted.

    `is_free`: it is proved that no gateway is in the subnet.
    """
    if desired.names is None:
        unread = tuple(_unread(observed))
        if gateway is None and not is_free:
            return NamesPlan(findings=unread)  # The gateway of the earlier mode may still be there.
        return NamesPlan(removals=tuple(withdraw(owner=desired.owner, zones=observed.zones, kept=Kept())), findings=unread)
    names = discover(
        desired=desired.names,
        gateway=gateway,
        connections=observed.hostnames,
        subnet_id=desired.subnet_id,
        prefixes=subnet.address_prefixes if subnet else None,
        service=service,
        others=_other_gateways(observed.gateways, gateway=gateway),
    )
    wanted = tuple(_wanted(desired.names, names.known))
    if not desired.names.is_managed:
        all_of_ours = tuple(withdraw(owner=desired.owner, zones=observed.zones, kept=Kept()))
        findings = (*names.findings, *_unread(observed))
        return NamesPlan(removals=all_of_ours, findings=findings, report=_managed_elsewhere(names, wanted))
    publisher = _publisher(desired, names=desired.names, observed=observed, gateway=gateway, neighbours=neighbours)
    publications = _publish(publisher, wanted)
    foretold = () if names.known else _foretold(publisher, names=names)
    elsewhere = tuple(_elsewhere(desired, names=desired.names, observed=observed, wanted=wanted))
    steps = (
        *(step for publication in publications for step in publication.steps),
        *(step for answer in elsewhere for step in _keep_right(publisher, answer, wanted=wanted)),
    )
    findings = (
        *names.findings,
        *(finding for publication in publications for finding in publication.findings),
        *_unread(observed, besides=frozenset(record.zone_id for record in wanted)),
    )
    is_evident = desired.gateway_is_gone or (names.is_complete and names.known is not None)
    in_motion = next(filter(None, (publication.in_motion for publication in publications)), None)
    is_replaced = not (steps or findings or in_motion) and _published(publications).issuperset(record.id for record in wanted)
    kept = _kept(desired.names, wanted=wanted, elsewhere=elsewhere)
    return NamesPlan(
        steps=steps,
        removals=tuple(withdraw(owner=desired.owner, zones=observed.zones, kept=kept)) if is_evident and is_replaced else (),
        findings=(*findings, *(finding for publication in foretold for finding in publication.findings)),
        held=tuple(step for publication in foretold for step in publication.steps),
        report=_report(names, wanted=wanted, publications=publications),
        in_motion=in_motion,
    )


def _other_gateways(gateways: Gateways, *, gateway: Gateway | None) -> dict[str, Gateway]:
    """All gateways but the one in question, by each name that they are known to have."""
    others = (other for other in gateways.found if gateway is None or other.id != gateway.id)
    return {name: other for other in others for name in gateways.hostnames_of(other)}


def _published(publications: tuple[Publication, ...]) -> frozenset[ResourceId]:
    return frozenset(record_id for publication in publications for record_id in publication.published)


def _unread(observed: Observed, *, besides: frozenset[ResourceId] = frozenset()) -> Iterator[Finding]:
    """Zones that cannot be read and may hold something of ours: as long as that is so, nobody forgets that they were ours."""
    for zone_id, contents in observed.zones.items():
        if zone_id not in besides and (unread := contents.unread):
            yield unread.finding.of_access


def _wanted(desired: DesiredNames, known: tuple[tuple[str, ...], tuple[str, ...]] | None) -> Iterator[WantedRecord]:
    hostnames, addresses = known or ((), ())
    for hostname in hostnames:
        zone_id, name = desired.place(hostname)
        yield WantedRecord(hostname=hostname, zone_id=zone_id, name=name, addresses=addresses)


def _publisher(desired: Desired, *, names: DesiredNames, observed: Observed, gateway: Gateway | None, neighbours: Neighbours) -> Publisher:
    return Publisher(
        owner=desired.owner,
        names=names,
        tags=desired.tags,
        gateway_id=gateway.id if gateway else desired.gateway_id,
        neighbours=neighbours,
        owned_hint=desired.owned_hint,
        zones=observed.zones,
    )


def _foretold(publisher: Publisher, *, names: Names) -> tuple[Publication, ...]:
    """While names are not known or must not be used: what the others, and the zones of the spec, will need and what will be in the way."""
    return _publish(publisher, tuple(_wanted(publisher.names, names.usable)), zone_ids=publisher.names.zone_ids)


def _publish(publisher: Publisher, wanted: tuple[WantedRecord, ...], *, zone_ids: tuple[ResourceId, ...] = ()) -> tuple[Publication, ...]:
    """Bring each zone of the records to hold them, and these zones to hold at least none of them."""
    zone_ids = tuple(dict.fromkeys((*(record.zone_id for record in wanted), *zone_ids)))
    return tuple(publisher.publish(zone_id, [record for record in wanted if record.zone_id == zone_id]) for zone_id in zone_ids)


def _elsewhere(desired: Desired, *, names: DesiredNames, observed: Observed, wanted: tuple[WantedRecord, ...]) -> Iterator[Answer]:
    places = {record.hostname: record.zone_id for record in wanted}
    return answers_elsewhere(owner=desired.owner, zones=observed.zones, places=places, network_ids=names.network_ids)


def _keep_right(publisher: Publisher, answer: Answer, *, wanted: tuple[WantedRecord, ...]) -> tuple[Step, ...]:
    (record,) = (record for record in wanted if record.hostname == answer.hostname)
    return publisher.keep_right(answer.record, wanted=replace(record, zone_id=answer.record.zone_id, name=answer.record.name))


def _kept(names: DesiredNames, *, wanted: tuple[WantedRecord, ...], elsewhere: tuple[Answer, ...]) -> Kept:
    networks = frozenset(names.network_ids)
    return Kept(
        records=frozenset((*(record.id for record in wanted), *(answer.record.id for answer in elsewhere))),
        networks={record.zone_id: networks for record in wanted},
    )


def _report(names: Names, *, wanted: tuple[WantedRecord, ...], publications: tuple[Publication, ...]) -> NamesReport:
    published = _published(publications)
    in_conflict = frozenset(record_id for publication in publications for record_id in publication.in_conflict)

    def state(record: WantedRecord) -> RecordState:
        if record.id in published:
            return RecordState.PUBLISHED
        return RecordState.CONFLICT if record.id in in_conflict else RecordState.MISSING

    return NamesReport(
        hostnames=names.hostnames or (),
        addresses=names.addresses or (),
        zone_names=tuple(dict.fromkeys(record.zone_id.name for record in wanted)),
        records=tuple(
            RecordReport(fqdn=record.hostname, zone_id=record.zone_id, addresses=record.addresses, state=state(record)) for record in wanted
        ),
        waiting=names.waiting,
    )


def _managed_elsewhere(names: Names, wanted: tuple[WantedRecord, ...]) -> NamesReport:
    return NamesReport(
        hostnames=names.hostnames or (),
        addresses=names.addresses or (),
        records=tuple(
            RecordReport(fqdn=record.hostname, zone_id=None, addresses=record.addresses, state=RecordState.MANAGED_EXTERNALLY)
            for record in wanted
        ),
        waiting=names.waiting,
        managed_externally=True,
    )
