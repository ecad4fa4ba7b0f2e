"""What the properties of a rule mean, as parts of the line of addresses, ports or protocols."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from workspace_gateway_network.model.ports import Ports
from workspace_gateway_network.model.security_rule import ANY_PROTOCOL, Side
from workspace_gateway_network.planning.access.facts import (
    APPLICATION_SECURITY_GROUP,
    EVERYWHERE,
    LOAD_BALANCER_PROBES,
    UNKNOWN,
    VIRTUAL_NETWORK,
    Interval,
    numbers,
    without,
)
from workspace_gateway_network.planning.access.regions import canonical

ALL_PORTS: tuple[Interval, ...] = ((0, 65536),)
PROTOCOLS = ("tcp", "udp", "icmp", "esp", "ah", "other")
"""Protocols in the order of their numbers on the line; `other` is any that no rule can name."""
ALL_PROTOCOLS: tuple[Interval, ...] = ((0, len(PROTOCOLS)),)

_TAG = re.compile(r"[a-z][a-z0-9]*(\.[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, eq=False)
class Part:
    """Some of a line: all of the intervals or, with a tag, those of their numbers that the tag holds, or does not hold.

    Compared by identity, since thousands of them are looked up: the same word gives the same part.
    """

    intervals: tuple[Interval, ...]
    tag: str = ""
    holds: bool = True


Meaning = tuple[Part, ...]
"""A set: all its parts together."""


def addresses(side: Side) -> Meaning:
    """What a rule's source or destination stands for."""
    if len(side.addresses) == 1 and not side.application_security_groups:
        (address,) = side.addresses
        return address_meaning(address.text)
    parts = (*(part for address in side.addresses for part in address_meaning(address.text)), *_groups(side))
    return parts or (_UNKNOWN_ADDRESS,)


def _groups(side: Side) -> Iterator[Part]:
    for group in side.application_security_groups:
        key = group.key
        yield _tagged(key if key.startswith(APPLICATION_SECURITY_GROUP) else UNKNOWN + key)


@lru_cache(maxsize=16384)
def address_meaning(text: str) -> Meaning:
    """What a prefix, an address or a service tag stands for; what is none of these may stand for anything."""
    word = text.strip().lower()
    match word:
        case "*" | "any":
            return (Part(EVERYWHERE),)
        case "internet":
            return INTERNET
        case "azureloadbalancer":
            return (Part(tuple(map(numbers, LOAD_BALANCER_PROBES))),)
        case _ if _TAG.fullmatch(word):
            return (_tagged(canonical(word)),)
        case _:
            return (_prefix(word),)


def _prefix(word: str) -> Part:
    try:
        return Part((numbers(word),))
    except ValueError:
        return _tagged(UNKNOWN + word)


@lru_cache(maxsize=4096)
def _tagged(tag: str) -> Part:
    return Part(EVERYWHERE, tag)


_UNKNOWN_ADDRESS = _tagged(UNKNOWN)
INTERNET: Meaning = (Part(without(EVERYWHERE, map(numbers, LOAD_BALANCER_PROBES)), VIRTUAL_NETWORK, holds=False),)
"""Everything outside of the virtual network, but for the host's own addresses."""


@lru_cache(maxsize=4096)
def ports(found: Ports) -> Meaning:
    """What a rule's ports stand for."""
    known = (Part(tuple((low, high + 1) for low, high in found.ranges)),) if found.ranges else ()
    parts = (*known, *(Part(ALL_PORTS, UNKNOWN + entry) for entry in sorted(found.unknown)))
    return parts or (Part(ALL_PORTS, UNKNOWN),)


@lru_cache(maxsize=64)
def protocol(word: str) -> Meaning:
    """What a rule's protocol stands for."""
    if word == ANY_PROTOCOL:
        return (Part(ALL_PROTOCOLS),)
    if word in PROTOCOLS[:-1]:
        number = PROTOCOLS.index(word)
        return (Part(((number, number + 1),)),)
    return (Part(ALL_PROTOCOLS, UNKNOWN + word),)
