"""Microsoft.Network."""

from __future__ import annotations

from arm_emulator.providers.base import ResourceType
from arm_emulator.providers.network.address_usage import AddressAvailability, Usages
from arm_emulator.providers.network.default_security_rules import DefaultSecurityRules
from arm_emulator.providers.network.delegations import AvailableDelegations
from arm_emulator.providers.network.locations import OperationResults, OperationStatuses
from arm_emulator.providers.network.neighbours import (
    ApplicationSecurityGroups,
    NatGateways,
    RouteTables,
    ServiceEndpointPolicies,
)
from arm_emulator.providers.network.network_security_groups import NetworkSecurityGroups
from arm_emulator.providers.network.security_rules import SecurityRules
from arm_emulator.providers.network.subnets import ResourceNavigationLinks, ServiceAssociationLinks, Subnets
from arm_emulator.providers.network.virtual_network_peerings import VirtualNetworkPeerings
from arm_emulator.providers.network.virtual_networks import VirtualNetworks
from arm_emulator.world import World


def resource_types(world: World) -> list[ResourceType]:
    """The types of this provider."""
    subnets, peerings, rules = Subnets(world), VirtualNetworkPeerings(world), SecurityRules(world)
    groups = NetworkSecurityGroups(world, rules=rules)
    return [
        VirtualNetworks(world, subnets=subnets, peerings=peerings),
        subnets,
        peerings,
        ServiceAssociationLinks(world, subnets=subnets),
        ResourceNavigationLinks(world, subnets=subnets),
        groups,
        rules,
        DefaultSecurityRules(world, groups=groups),
        AddressAvailability(world),
        Usages(world),
        RouteTables(world),
        NatGateways(world),
        ApplicationSecurityGroups(world),
        ServiceEndpointPolicies(world),
        AvailableDelegations(world),
        OperationStatuses(world),
        OperationResults(world),
    ]
