"""Private DNS, a provider of its own within the namespace Microsoft.Network."""

from __future__ import annotations

from arm_emulator.providers.base import ResourceType
from arm_emulator.providers.private_dns.operations import OperationResults, OperationStatuses
from arm_emulator.providers.private_dns.record_sets import AllRecordSets
from arm_emulator.providers.private_dns.record_types import RECORD_TYPES, SoaRecords
from arm_emulator.providers.private_dns.virtual_network_links import VirtualNetworkLinks
from arm_emulator.providers.private_dns.zones import PrivateDnsZones
from arm_emulator.world import World


def resource_types(world: World) -> list[ResourceType]:
    """The types of this provider."""
    start_of_authority = SoaRecords(world)
    record_types = [start_of_authority, *(each(world) for each in RECORD_TYPES)]
    zones = PrivateDnsZones(world, start_of_authority=start_of_authority)
    links = VirtualNetworkLinks(world)
    return [
        zones,
        links,
        *record_types,
        AllRecordSets(world, record_types=record_types),
        OperationStatuses(world),
        OperationResults(world, writes=[zones, links]),
    ]
