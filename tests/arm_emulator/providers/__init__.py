"""The resource providers, one module or package each."""

from __future__ import annotations

from arm_emulator.providers import api_management, network, private_dns, resources
from arm_emulator.providers.base import ResourceType
from arm_emulator.world import World


class Registry:
    """All resource types of one emulator, by name without case."""

    def __init__(self, world: World) -> None:
        types = [
            *resources.resource_types(world),
            *network.resource_types(world),
            *private_dns.resource_types(world),
            *api_management.resource_types(world),
        ]
        self._types = {each.name.lower(): each for each in types}
        self.namespaces = {each.name.split("/")[0].lower() for each in types}
        providers = self._types[resources.Providers.name.lower()]
        assert isinstance(providers, resources.Providers)
        providers.know(types)

    def find(self, type: str) -> ResourceType | None:
        return self._types.get(type.lower())
