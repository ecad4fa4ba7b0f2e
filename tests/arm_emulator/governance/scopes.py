"""Scopes: a subscription, a resource group or a resource, with everything in it."""

from __future__ import annotations


def normalised(scope: str) -> str:
    """A scope as it is compared; raises ``ValueError`` for what is none."""
    key = scope.rstrip("/").lower()
    if not key.startswith("/subscriptions/"):
        raise ValueError(f"{scope!r} is not a scope: it begins with /subscriptions/")
    return key


def lies_in(scope: str, outer: str) -> bool:
    """Whether a scope is another one, or lies in it; both in lower case."""
    return scope == outer or scope.startswith(f"{outer}/")
