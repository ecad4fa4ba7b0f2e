"""Address prefixes of networks and subnets."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from arm_emulator.arm import Document, provider_error

Prefix = ipaddress.IPv4Network | ipaddress.IPv6Network


def prefixes_of(properties: Document) -> list[str]:
    """A subnet's prefixes, from whichever of the two fields names them; the plural counts first."""
    return list(properties.get("addressPrefixes") or ([properties["addressPrefix"]] if properties.get("addressPrefix") else []))


def parse_prefix(text: Any, *, id: str) -> Prefix:
    """Read a CIDR prefix; raises as Azure does for one that is malformed."""
    try:
        prefix = ipaddress.ip_network(str(text), strict=False)
    except ValueError:
        raise provider_error(
            400,
            "InvalidAddressPrefixFormat",
            f"Address prefix {text} of resource {id} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.",
        ) from None
    if str(prefix) != str(ipaddress.ip_interface(str(text))):
        raise provider_error(
            400,
            "InvalidCIDRNotation",
            f"The address prefix {text} in resource {id} has an invalid CIDR notation. For the given prefix length, the address prefix should be "
            f"{prefix}.",
        )
    return prefix


def inside(inner: Prefix, outer: Prefix) -> bool:
    """Whether a prefix lies in another one of its own IP version."""
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)


def overlap(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two lists of valid prefixes share an address."""
    return any(ipaddress.ip_network(one).overlaps(ipaddress.ip_network(other)) for one in some for other in others)
