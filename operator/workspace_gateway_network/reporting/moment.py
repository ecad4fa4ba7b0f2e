"""Moments as Kubernetes writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def spell(moment: datetime) -> str:
    """RFC 3339 in UTC with whole seconds, as in `metadata.creationTimestamp`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(text: str | None) -> datetime | None:
    """The moment that a text says; None where there is none."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
