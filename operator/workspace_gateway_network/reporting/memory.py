"""What earlier passes said of a gateway's names, for a look that brings nothing new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workspace_gateway_network.api.status import GatewayStatus, RecordStatus, Status
from workspace_gateway_network.model.gateway import Gateway
from workspace_gateway_network.model.private_dns import relative_name
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.plan import NamesReport, Plan, RecordReport, RecordState


def remembered(names: NamesReport, *, plan: Plan, gateway: Gateway | None, previous: Status) -> NamesReport:
    """The names of a look that waits for some of them, filled up from the last status, which must speak of the same spec.

    A name or an address that Azure leaves out for a while is no other name or address, so a look that brings nothing new waits for nothing.
    A record of ours is told for as long as it is there, though it may be of a gateway that was there before; a right one of somebody else's
    for as long as the gateway is.
    """
    same = previous.gateway if gateway and previous.gateway and ResourceId(previous.gateway.id) == gateway.id else None
    records = names.records or tuple(_records(plan=plan, previous=previous, is_same_gateway=same is not None))
    zone_names = previous.effective.zone_names if records and previous.effective else None
    told = replace(
        names,
        hostnames=names.hostnames or _hostnames(same),
        addresses=names.addresses or _addresses(same),
        zone_names=names.zone_names or zone_names or (),
        records=records,
    )
    is_answered = told.are_published and (gateway is None or _is_reached(told))
    return replace(told, waiting=None) if is_answered else told


def _is_reached(names: NamesReport) -> bool:
    """Whether the records lead to the gateway under every name that it is known to have."""
    answered = {record.fqdn for record in names.records if set(record.addresses) <= set(names.addresses)}
    return bool(names.hostnames) and answered.issuperset(names.hostnames)


def _hostnames(gateway: GatewayStatus | None) -> tuple[str, ...]:
    return (gateway.hostnames if gateway else None) or ()


def _addresses(gateway: GatewayStatus | None) -> tuple[str, ...]:
    return (gateway.private_ip_addresses if gateway else None) or ()


def _records(*, plan: Plan, previous: Status, is_same_gateway: bool) -> Iterator[RecordReport]:
    before = frozenset(map(ResourceId, previous.owned_resources or ()))
    for record in previous.dns.records if previous.dns else ():
        record_id = _record_id(record)
        if record_id in plan.owned:
            yield _told_again(record)
        elif is_same_gateway:
            # Ours was there, and is not: somebody deleted it, and it cannot be put back while its addresses are unknown.
            yield _told_again(record, state=RecordState.MISSING if record_id in before else None)


def _record_id(record: RecordStatus) -> ResourceId | None:
    if record.zone_id is None:
        return None
    zone = ResourceId(record.zone_id)
    name = relative_name(hostname=record.fqdn, zone=zone.name)
    return zone.child("A", name) if name else None


def _told_again(record: RecordStatus, *, state: RecordState | None = None) -> RecordReport:
    return RecordReport(
        fqdn=record.fqdn,
        zone_id=ResourceId(record.zone_id) if record.zone_id else None,
        addresses=record.ip_addresses,
        state=state or RecordState(record.state),
    )
