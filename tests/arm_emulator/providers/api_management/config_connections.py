"""Config connections: which workspaces a gateway serves, and under which hostname."""

from __future__ import annotations

from arm_emulator.providers.api_management.base import ApiManagementResourceType


class ConfigConnections(ApiManagementResourceType):
    """Config connections, to be read; a seed or the control endpoint places them."""

    name = "Microsoft.ApiManagement/gateways/configConnections"
    read_only = frozenset({"provisioningState", "defaultHostname"})
