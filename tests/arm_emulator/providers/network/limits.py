"""What Microsoft.Network allows at most: the length of names, and how many there may be of something."""

from __future__ import annotations

import re

from arm_emulator.arm import provider_error

MOST_NETWORKS = 1_000
MOST_SUBNETS = 3_000
MOST_GROUPS = 5_000
MOST_RULES = 1_000
"""Networks and security groups of a subscription and region, subnets of a network, rules of a group (Microsoft's *Networking limits*)."""
_NAME = re.compile(r"\w(?:[\w.-]*\w)?", re.ASCII)


def check_name(name: str, *, longest: int = 80) -> None:
    """Raise for a name that no resource can have."""
    if len(name) <= longest and _NAME.fullmatch(name):
        return
    raise provider_error(
        400,
        "InvalidResourceName",
        f"Resource name {name} is invalid. The name can be up to {longest} characters long. It must begin with a word character, and "
        "it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.",
    )


def check_networks(count: int) -> None:
    """Raise for more networks than a subscription may have in a region; the code is not documented."""
    if count > MOST_NETWORKS:
        message = f"Cannot create more than {MOST_NETWORKS} virtual networks for this subscription in this region."
        raise provider_error(400, "VirtualNetworkCountLimitReached", message)


def check_groups(count: int) -> None:
    """Raise for more security groups than a subscription may have in a region; the code is not documented."""
    if count > MOST_GROUPS:
        message = f"Cannot create more than {MOST_GROUPS} network security groups for this subscription in this region."
        raise provider_error(400, "NetworkSecurityGroupCountLimitReached", message)


def check_subnets(count: int) -> None:
    """Raise for more subnets than a network may have; the code is not documented."""
    if count > MOST_SUBNETS:
        raise provider_error(400, "SubnetCountLimitReached", f"A virtual network cannot have more than {MOST_SUBNETS} subnets.")


def check_rules(count: int) -> None:
    """Raise for more rules than a security group may have (reported by clients)."""
    if count > MOST_RULES:
        raise provider_error(400, "SecurityRuleCountLimitReached", f"A security group cannot have more than {MOST_RULES} security rules.")
