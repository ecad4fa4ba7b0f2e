"""What all types of private DNS have in common: how much the provider lets through, and that it says so (recorded)."""

from __future__ import annotations

from typing import ClassVar

from arm_emulator.arm import Call
from arm_emulator.providers.base import ResourceType
from arm_emulator.providers.private_dns.errors import too_many_requests
from arm_emulator.throttling import kind_of

_COUNTER = "x-ms-ratelimit-remaining-subscription-resource-requests"
_ENTITIES = "x-ms-ratelimit-remaining-subscription-resource-entities-read"


class PrivateDnsType(ResourceType):
    """A type of private DNS. Its answers show its own counters and none of ARM's; its refusals show none at all (recorded)."""

    counts_for_itself: ClassVar[bool] = True

    def admit(self, call: Call) -> dict[str, str]:
        limits = self.world.settings.limits
        counted, limit = ("reads", limits.private_dns_reads) if kind_of(call) == "reads" else ("writes", limits.private_dns_writes)
        window = self.world.throttle.window(call, f"private DNS {counted}", limit=limit)
        if not window.take():
            raise too_many_requests(f"{limit} {counted}", wait=window.retry_after)
        return {_COUNTER: window.remaining}

    def count_listed(self, call: Call, number: int) -> dict[str, str]:
        """Count the resources that a list gives, and return the counter to show."""
        if not self.world.settings.throttle:
            return {}
        window = self.world.throttle.window(call, "private DNS entities", limit=self.world.settings.limits.private_dns_entities)
        window.take(number)
        return {_ENTITIES: window.remaining}
