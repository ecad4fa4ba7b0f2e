"""Microsoft.ApiManagement."""

from __future__ import annotations

from arm_emulator.providers.api_management.config_connections import ConfigConnections
from arm_emulator.providers.api_management.gateways import Gateways
from arm_emulator.providers.api_management.operation_results import ConnectionOperationResults, GatewayOperationResults
from arm_emulator.providers.api_management.services import Services
from arm_emulator.providers.base import ResourceType
from arm_emulator.world import World


def resource_types(world: World) -> list[ResourceType]:
    """The types of this provider."""
    return [
        Services(world),
        Gateways(world),
        GatewayOperationResults(world),
        ConfigConnections(world),
        ConnectionOperationResults(world),
    ]
