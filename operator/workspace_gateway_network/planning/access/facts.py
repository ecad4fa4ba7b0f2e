"""What is known of service tags: which lie in which, which share nothing, and which addresses they hold for certain or never.

Everything else about them is unknown on purpose: their addresses change weekly, and nobody's copy is the one that Azure filters with.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from workspace_gateway_network.planning.access.regions import is_region

Interval = tuple[int, int]
"""Numbers from the first up to, and without, the second."""

IPV6_FROM = 1 << 32
"""Addresses are numbers on one line: IPv4's as they are, IPv6's behind them."""
EVERYWHERE: tuple[Interval, ...] = ((0, IPV6_FROM), (IPV6_FROM, IPV6_FROM + (1 << 128)))

VIRTUAL_NETWORK = "virtualnetwork"
AZURE_CLOUD = "azurecloud"
UNKNOWN = "?"
"""Begins what cannot be read: it may hold anything, or nothing."""
APPLICATION_SECURITY_GROUP = "/"
"""Begins the id of an application security group: some addresses of the virtual network, or none."""

_REGIONAL = frozenset({AZURE_CLOUD, "storage", "azurekeyvault"})
"""Services whose part behind the dot is a region, of which each address has one."""
_IN_AZURE_CLOUD = frozenset({"storage", "azurekeyvault"})
_OF_THE_PLATFORM = frozenset({"azureplatformdns", "azureplatformimds", "azureplatformlkm"})
"""Tags of addresses inside Azure's hosts, of which nothing else that is true of services is true."""

_NEVER_PUBLIC = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"),
    *("::/8", "fc00::/7", "fe80::/10", "ff00::/8"),
)
LOAD_BALANCER_PROBES = ("168.63.129.16/32", "fe80::1234:5678:9abc/128")
"""Where health probes come from: the host's own addresses, which are in no service's tag, not in `Internet`, and no network interface's
(Microsoft Learn, "What is IP address 168.63.129.16?" and "Azure Load Balancer health probes")."""


def numbers(prefix: str) -> Interval:
    """The addresses of a prefix, or a lone address, as numbers on the line.

    Raises:
        ValueError: it is neither.
    """
    network = ipaddress.ip_network(prefix, strict=False)
    first = int(network.network_address) + (IPV6_FROM if network.version == 6 else 0)
    return first, first + network.num_addresses


def spelled(number: int) -> str:
    """The address that a number on the line stands for."""
    return str(ipaddress.IPv4Address(number) if number < IPV6_FROM else ipaddress.IPv6Address(number - IPV6_FROM))


def without(intervals: Iterable[Interval], gaps: Iterable[Interval]) -> tuple[Interval, ...]:
    """What is left of some intervals."""
    left = list(intervals)
    for low, high in gaps:
        cut = ((max(first, least), min(end, most)) for first, end in left for least, most in ((first, low), (high, end)))
        left = [(first, end) for first, end in cut if first < end]
    return tuple(left)


_PROBES = tuple(map(numbers, LOAD_BALANCER_PROBES))
_NOT_PUBLIC = (*map(numbers, _NEVER_PUBLIC), *_PROBES)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What holds of every tag, and what this virtual network adds to it.

    `VirtualNetwork` holds the network's own prefixes for certain, and peered and connected ones that are not known here. `Internet` is
    what is outside of it. Services have public addresses only, and none of the virtual network's (Microsoft Learn, "Virtual network
    service tags").
    """

    virtual_network: tuple[Interval, ...]

    @classmethod
    def of(cls, prefixes: Iterable[str]) -> Facts:
        """The facts for a network with these prefixes; what is no prefix tells nothing."""
        return cls(virtual_network=tuple(_readable(prefixes)))

    def holds(self, tag: str) -> tuple[Interval, ...]:
        """The addresses that a tag holds for certain."""
        return self.virtual_network if tag == VIRTUAL_NETWORK else ()

    def never_holds(self, tag: str) -> tuple[Interval, ...]:
        """The addresses that a tag does not hold for certain."""
        if tag.startswith(APPLICATION_SECURITY_GROUP):
            return _PROBES
        return _NOT_PUBLIC if is_service(tag) else ()

    @staticmethod
    def around(tags: Iterable[str]) -> set[str]:
        """The tags with all that something is known of in relation to them."""
        found = {other for tag in tags for other in (tag, *supersets(tag))}
        return found | {VIRTUAL_NETWORK} if any(map(is_service, found)) else found

    @staticmethod
    def is_inside(tag: str) -> bool:
        """Whether it shares nothing with any service: it is the virtual network."""
        return tag == VIRTUAL_NETWORK

    @staticmethod
    def is_outside(tag: str) -> bool:
        """Whether it shares nothing with the virtual network: it is a service."""
        return is_service(tag)


def is_service(tag: str) -> bool:
    """Whether it stands for the public addresses of an Azure service; such a tag always holds some, at least of IPv4."""
    return tag != VIRTUAL_NETWORK and tag not in _OF_THE_PLATFORM and tag[:1] not in {UNKNOWN, APPLICATION_SECURITY_GROUP}


def region_of(tag: str) -> tuple[str, str]:
    """The service and the region of a regional tag, which shares nothing with the service's other regions; else the tag alone."""
    service, _, region = tag.partition(".")
    return (service, region) if service in _REGIONAL and is_region(region) else (tag, "")


def has_some(tag: str) -> bool:
    """Whether it is known that the tag holds any address at all."""
    return is_service(tag) or tag == VIRTUAL_NETWORK


@lru_cache(maxsize=4096)
def supersets(tag: str) -> frozenset[str]:
    """The other tags in which all that it holds is known to be."""
    if tag.startswith(APPLICATION_SECURITY_GROUP):
        return frozenset({VIRTUAL_NETWORK})
    if not is_service(tag):
        return frozenset()
    service, _, part = tag.partition(".")
    around = {service} if part else set()
    if service in _IN_AZURE_CLOUD:
        around |= {AZURE_CLOUD, f"{AZURE_CLOUD}.{part}"} if part else {AZURE_CLOUD}
    return frozenset(around)


def _readable(prefixes: Iterable[str]) -> Iterator[Interval]:
    for prefix in prefixes:
        try:
            yield numbers(prefix)
        except ValueError:
            continue
