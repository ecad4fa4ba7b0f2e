"""What all types of Microsoft.Network have in common: how much the provider lets through."""

from __future__ import annotations

from arm_emulator.arm import Call, provider_error
from arm_emulator.providers.base import ResourceType
from arm_emulator.throttling import kind_of


class NetworkType(ResourceType):
    """A type of Microsoft.Network. The provider shows no counters; code and text of its 429 are not documented."""

    def admit(self, call: Call) -> dict[str, str]:
        limits = self.world.settings.limits
        counted, limit = ("reads", limits.network_reads) if kind_of(call) == "reads" else ("writes", limits.network_writes)
        window = self.world.throttle.window(call, f"network {counted}", limit=limit)
        if not window.take():
            wait = window.retry_after
            message = f"The limit of {limit} {counted} of Microsoft.Network in 5 minutes has been reached. Retry after {wait} seconds."
            raise provider_error(429, "TooManyRequests", message, headers={"Retry-After": wait})
        return {}
