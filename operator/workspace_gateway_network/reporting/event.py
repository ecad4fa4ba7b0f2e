"""A Kubernetes event as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EventType(StrEnum):
    """The two types that Kubernetes knows."""

    NORMAL = "Normal"
    WARNING = "Warning"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something worth telling. Equal events of one resource are one event in a series."""

    type: EventType
    reason: str
    """CamelCase, at most 128 characters."""
    action: str
    """What was done or tried: one CamelCase word, at most 128 characters."""
    note: str
    """A sentence, at most 1 kB."""
