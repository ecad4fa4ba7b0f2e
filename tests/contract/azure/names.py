"""A gateway with names and a private DNS zone in the small world, and a planner that publishes one and takes it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from arm_emulator.client import Emulator
from contract.azure.world import GROUP, NETWORK, QUERY, SUBNET
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.model.private_dns import RecordSet
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Absent, Found, Observed, ZoneContents
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step

GATEWAY = f"{GROUP}/providers/Microsoft.ApiManagement/gateways/team-a"
HOSTNAME = "team-a-0123.gateway.uksouth-01.azure-api.net"
ZONE = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/{HOSTNAME}"
OTHER_ZONE = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/other.azure-api.net"
RECORD = f"{ZONE}/A/@"
LINK = f"{ZONE}/virtualNetworkLinks/wgn-hub"
ADDRESS = "10.1.0.5"


def asking_for(*zone_ids: str, gateway_id: str = "", known: tuple[str, ...] = (), connections: bool = True, owner_mark: str = "") -> Query:
    """A query for these zones, whatever the gateways and their names are."""
    wanted = frozenset(map(ResourceId, zone_ids))
    return replace(
        QUERY,
        gateway_id=ResourceId(gateway_id) if gateway_id else None,
        known_gateway_ids=frozenset(map(ResourceId, filter(None, (gateway_id, *known)))),
        reads_connections=connections,
        owner_mark=owner_mark,
        zone_ids=lambda _gateway, _hostnames: wanted,
    )


NAMES_QUERY = asking_for(ZONE)


def put_internal_gateway(emulator: Emulator, *, id: str = GATEWAY, address: str | None = ADDRESS, subnet: str = SUBNET) -> None:
    """A gateway that somebody has created, with the address that no version of the API declares."""
    emulator.put(
        id,
        {
            "location": "uksouth",
            "sku": {"name": "WorkspaceGatewayPremium", "capacity": 1},
            "properties": {"virtualNetworkType": "Internal", "backend": {"subnet": {"id": subnet}}},
        },
    )
    if address:
        emulator.patch(id, {"properties": {"frontend": {"inboundIPAddresses": {"private": [address]}}}})


def put_connection(
    emulator: Emulator, name: str, *, hostname: str | None = HOSTNAME, others: tuple[str, ...] = (), gateway: str = GATEWAY
) -> None:
    """A connection of a gateway to a workspace."""
    source = f"{GROUP}/providers/Microsoft.ApiManagement/service/contoso/workspaces/{name}"
    emulator.put(f"{gateway}/configConnections/{name}", {"properties": {"sourceId": source, "hostnames": list(others)}})
    if hostname:
        emulator.patch(f"{gateway}/configConnections/{name}", {"properties": {"defaultHostname": hostname}})


def put_zone(emulator: Emulator, zone_id: str = ZONE) -> None:
    """A zone, with nothing in it."""
    emulator.put(zone_id, {"location": "global"})


def put_record(emulator: Emulator, name: str = "@", *, address: str = "10.9.9.9", zone_id: str = ZONE, **metadata: str) -> None:
    """A record set of somebody."""
    properties: dict[str, Any] = {"ttl": 3600, "aRecords": [{"ipv4Address": address}]}
    if metadata:
        properties["metadata"] = metadata
    emulator.put(f"{zone_id}/A/{name}", {"properties": properties})


def put_link(emulator: Emulator, *, zone_id: str = ZONE, name: str = "wgn-hub") -> None:
    """A link of the network to a zone."""
    emulator.put(
        f"{zone_id}/virtualNetworkLinks/{name}",
        {"location": "global", "properties": {"registrationEnabled": False, "virtualNetwork": {"id": NETWORK}}},
    )


def publish(*addresses: str, zones: tuple[str, ...] = (ZONE,)) -> Callable[[Observed], Plan]:
    """Wants each zone to be there, with a record of ours for its own name, linked to the network. What is somebody else's stays."""

    def plan(observed: Observed) -> Plan:
        return Plan(steps=tuple(step for zone_id in zones for step in _filled(ResourceId(zone_id), observed, addresses)))

    return plan


def withdraw(observed: Observed) -> Plan:
    """Wants the record, the link and the zone gone."""
    contents = observed.zones[ResourceId(ZONE)]
    assert isinstance(contents.records, (Found, Absent))
    assert isinstance(contents.links, (Found, Absent))
    things: list[tuple[ResourceId, str]] = []
    if isinstance(contents.records, Found):
        things += [(record.id, record.etag) for record in contents.records.value]
    if isinstance(contents.links, Found):
        things += [(link.id, link.etag) for link in contents.links.value]
    if isinstance(contents.zone, Found):
        things += [(contents.zone.value.id, contents.zone.value.etag)]
    return Plan(steps=tuple(step(Action.DELETE, target, etag=etag) for target, etag in things))


def step(
    action: Action, target: ResourceId, *, body: JsonObject | None = None, etag: str = "", owned: frozenset[str] = frozenset()
) -> Step:
    """One write to the zone."""
    zone_id = target if target.type.count("/") == 1 else target.parent
    return Step(
        action=action,
        target=target,
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        changes=(Change(path="", before=None, after=target.name),),
        reads=ReadSet(zones=frozenset({zone_id})),
        locks=frozenset(),
        body=body,
        etag=etag,
        owned=owned,
    )


def contents_of(observed: Observed, zone_id: str = ZONE) -> ZoneContents:
    return observed.zones[ResourceId(zone_id)]


def records_of(observed: Observed, zone_id: str = ZONE) -> dict[str, tuple[str, ...]]:
    """The addresses by record name."""
    records = contents_of(observed, zone_id).records
    assert isinstance(records, Found), records
    return {record.name: record.addresses for record in records.value}


def _filled(zone_id: ResourceId, observed: Observed, addresses: tuple[str, ...]) -> Iterator[Step]:
    contents = observed.zones[zone_id]
    if isinstance(contents.zone, Absent):
        yield step(Action.CREATE, zone_id, body={"location": "global", "tags": {"wgn-owner": "us"}}, owned=frozenset({"location", "tags"}))
    assert not isinstance(contents.records, Absent) or isinstance(contents.zone, Absent)
    records = contents.records.value if isinstance(contents.records, Found) else ()
    yield from _record(zone_id, next((each for each in records if each.name == "@"), None), addresses)
    links = contents.links.value if isinstance(contents.links, Found) else ()
    if not any(link.virtual_network_id == ResourceId(NETWORK) for link in links):
        body: JsonObject = {"location": "global", "properties": {"registrationEnabled": False, "virtualNetwork": {"id": NETWORK}}}
        yield step(Action.CREATE, zone_id.child("virtualNetworkLinks", "wgn-hub"), body=body, owned=frozenset({"location", "properties"}))


def _record(zone_id: ResourceId, there: RecordSet | None, addresses: tuple[str, ...]) -> Iterator[Step]:
    wanted: dict[str, Any] = {"ttl": 300, "aRecords": [{"ipv4Address": address} for address in addresses]}
    if there is None:
        yield step(Action.CREATE, zone_id.child("A", "@"), body={"properties": {**wanted, "metadata": {"wgn-owner": "us"}}})
    elif there.owner_mark == "us" and there.addresses != addresses:
        properties = {**there.properties, **wanted, "metadata": {**there.notes, "wgn-owner": "us"}}
        owned = frozenset({"properties.ttl", "properties.aRecords", "properties.metadata.wgn-owner"})
        yield step(Action.UPDATE, there.id, body={"properties": properties}, etag=there.etag, owned=owned)
