"""What is worth telling though nothing is wrong and nothing is to be done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Note:
    """A remark on the security rules: it stands in the condition's message, and is an event when it is new."""

    reason: str
    """The event's reason, in CamelCase."""
    message: str
    """A sentence without times, counters or request ids."""
