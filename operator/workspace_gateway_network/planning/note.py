"""What is worth telling though nothing is wrong and nothing is to be done."""

from __future__ import annotations

from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType


@dataclass(frozen=True, kw_only=True)
class Note:
    """A remark: it stands in the message of the condition that it concerns. One on security rules is an event as well, when it is new."""

    condition: ConditionType
    reason: str
    """The event's reason, in CamelCase."""
    message: str
    """A sentence without times, counters or request ids."""
