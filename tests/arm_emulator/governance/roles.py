"""Roles: which actions they allow, in Azure's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Role:
    """Actions that a role allows, less those that it leaves out; ``*`` stands for any text, and case does not count."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()

    def allows(self, action: str) -> bool:
        return _any_matches(self.actions, action) and not _any_matches(self.not_actions, action)


BUILT_IN: dict[str, Role] = {
    "Owner": Role(("*",)),
    "Contributor": Role(
        ("*",),
        ("Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write", "Microsoft.Authorization/elevateAccess/Action"),
    ),
    "Reader": Role(("*/read",)),
    "Network Contributor": Role(
        ("Microsoft.Authorization/*/read", "Microsoft.Network/*", "Microsoft.Resources/subscriptions/resourceGroups/read")
    ),
    "Private DNS Zone Contributor": Role(
        (
            "Microsoft.Authorization/*/read",
            "Microsoft.Network/privateDnsOperationResults/*",
            "Microsoft.Network/privateDnsOperationStatuses/*",
            "Microsoft.Network/privateDnsZones/*",
            "Microsoft.Network/virtualNetworks/join/action",
            "Microsoft.Network/virtualNetworks/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
        )
    ),
}
"""Built-in roles, as far as they bear on the types of this emulator (Microsoft's *Azure built-in roles*)."""


def read_role(role: Any) -> Role:
    """A role from JSON: the name of a built-in one, or ``{"actions", "notActions"}``. Raises ``ValueError``."""
    if isinstance(role, str):
        known = {name.lower(): each for name, each in BUILT_IN.items()}
        if role.lower() not in known:
            raise ValueError(f"{role!r} is not a role; built in are {', '.join(BUILT_IN)}")
        return known[role.lower()]
    return Role(tuple(role["actions"]), tuple(role.get("notActions", ())))


def _any_matches(patterns: Iterable[str], action: str) -> bool:
    return any(_pattern(each).fullmatch(action) for each in patterns)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*"), re.IGNORECASE)
