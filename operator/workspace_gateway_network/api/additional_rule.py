"""The security rules that an organisation adds to those of the requirements."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations
from typing import Annotated, ClassVar

from pydantic import Field

from workspace_gateway_network.api.schema import ATOMIC, ApiModel, Rule, list_map, lower_ascii
from workspace_gateway_network.model.security_rule import Access, Direction

MAX_ADDITIONAL_RULES = 100
MAX_PEER_PREFIXES = 50
MAX_PORTS = 32


class Protocol(StrEnum):
    """A protocol, in Azure's spelling."""

    TCP = "Tcp"
    UDP = "Udp"
    ICMP = "Icmp"
    ESP = "Esp"
    AH = "Ah"
    ANY = "*"


def _network(text: str, *, strict: bool = False) -> ipaddress.IPv4Network | None:
    """The prefix, an address being one of 32 bits; None where CEL's `isIP` and `isCIDR` are false or, if strict, bits are set behind it."""
    if not re.fullmatch(r"[0-9.]+(/(0|[1-9][0-9]?))?", text):
        return None
    try:
        return ipaddress.IPv4Network(text, strict=strict)
    except ValueError:
        return None


def _apart(prefixes: Sequence[str]) -> bool:
    networks = [network for network in map(_network, prefixes) if network]
    return not any(one.overlaps(other) for one, other in combinations(networks, 2))


Prefix = Annotated[
    str,
    Field(max_length=18),
    Rule(
        cel="(isCIDR(self) && cidr(self).ip().family() == 4) || (isIP(self) && ip(self).family() == 4)",
        holds=lambda text: _network(text) is not None,
        message="must be an IPv4 prefix like 203.0.113.0/24 or an IPv4 address like 203.0.113.7",
    ),
    Rule(
        cel="!isCIDR(self) || cidr(self).masked() == cidr(self)",
        holds=lambda text: _network(text) is None or _network(text, strict=True) is not None,
        message="must have no bits set behind its length: write 203.0.113.0/24, not 203.0.113.7/24",
    ),
]

Prefixes = Annotated[
    tuple[Prefix, ...],
    Field(min_length=1, max_length=MAX_PEER_PREFIXES, json_schema_extra=ATOMIC),
    Rule(
        # Of each the first address must lie in itself and in no other. Two loops of cidr() would be beyond the server's cost limit.
        cel=(
            "!self.all(p, isCIDR(p) || isIP(p)) || self.map(p, isCIDR(p) ? cidr(p).ip() : ip(p))"
            ".all(first, self.exists_one(q, isCIDR(q) ? cidr(q).containsIP(first) : ip(q) == first))"
        ),
        holds=_apart,
        message="must not overlap: Azure refuses a rule with one prefix inside another",
    ),
]


_SERVICE_TAG = "[A-Za-z][A-Za-z0-9]*([.][A-Za-z0-9]+)*"

ServiceTag = Annotated[
    str,
    Field(max_length=80),
    Rule(
        cel=f"self.matches('^{_SERVICE_TAG}$')",
        holds=lambda text: re.fullmatch(_SERVICE_TAG, text) is not None,
        message="must be one of Azure's service tags, such as Internet, VirtualNetwork or Storage.UKSouth",
    ),
]


class Peer(ApiModel):
    """The far side of a rule: prefixes, or one service tag."""

    prefixes: Prefixes | None = Field(
        default=None, description="IPv4 prefixes and addresses, such as 203.0.113.0/24, of which none lies in another."
    )
    service_tag: ServiceTag | None = Field(
        default=None, description="One of Azure's service tags, such as VirtualNetwork, Internet or Storage.UKSouth."
    )

    RULES: ClassVar = (
        Rule(
            cel="has(self.prefixes) != has(self.serviceTag)",
            holds=lambda peer: (peer.prefixes is None) != (peer.service_tag is None),
            message="must have either prefixes or serviceTag: exactly one of the two",
        ),
    )


_PORT = "(0|[1-9][0-9]{0,4})"
_PORTS = f"[*]|{_PORT}(-{_PORT})?"


def _is_in_order(ports: str) -> bool:
    if not re.fullmatch(_PORTS, ports) or ports == "*":
        return True
    ends = [int(end) for end in ports.split("-")]
    return max(ends) <= 65535 and (len(ends) == 1 or ends[0] < ends[1])


Ports = Annotated[
    str,
    Field(max_length=11),
    Rule(
        cel=f"self.matches('^({_PORTS})$')",
        holds=lambda text: re.fullmatch(_PORTS, text) is not None,
        message='must be a port like "443", a range like "1000-2000" or "*" for any port, without leading zeros',
    ),
    Rule(
        cel=(
            f"!self.matches('^{_PORT}(-{_PORT})?$') || (self.split('-').all(n, int(n) <= 65535)"
            " && (!self.contains('-') || int(self.split('-')[0]) < int(self.split('-')[1])))"
        ),
        holds=_is_in_order,
        message="must not go beyond port 65535, and a range must begin below its end",
    ),
]


class AdditionalRule(ApiModel):
    """A security rule of the organisation's own. The near side is always the subnet's prefixes."""

    name: Annotated[
        str,
        Field(max_length=50),
        Rule(
            cel="self.matches('^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$')",
            holds=lambda text: re.fullmatch("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?", text) is not None,
            message="must begin with a letter or digit, go on with letters, digits and . _ - and not end with . or -",
        ),
        Rule(
            cel="!self.lowerAscii().startsWith('gateway-')",
            holds=lambda text: not lower_ascii(text).startswith("gateway-"),
            message="must not begin with gateway-: these names are for the rules that the gateway requires",
        ),
    ] = Field(description="Name of the rule, unique without regard to case. In Azure it is wgn-<owner>-<name>.")
    priority: int = Field(ge=100, le=4096, description="The rule's number, unique in its direction; the smaller number wins.")
    direction: Direction = Field(description="Inbound rules are about packets to the subnet, Outbound rules about packets from it.")
    access: Access = Field(description="Allow or Deny.")
    protocol: Protocol = Field(description="Tcp, Udp, Icmp, Esp, Ah, or * for any.")
    peer: Peer = Field(description="The far side: the source of an Inbound rule, the destination of an Outbound one.")
    ports: Annotated[
        tuple[Ports, ...],
        Field(min_length=1, max_length=MAX_PORTS, json_schema_extra=ATOMIC),
        Rule(
            cel="self.all(p, self.exists_one(q, q == p))",
            holds=lambda ports: len(set(ports)) == len(ports),
            message="must name each port or range once",
        ),
        Rule(
            cel="size(self) == 1 || !('*' in self)",
            holds=lambda ports: len(ports) == 1 or "*" not in ports,
            message='must have "*" alone or not at all: it stands for all ports',
        ),
    ] = Field(description='Destination ports, such as "443" and "1000-2000", or "*" alone for any.')
    description: Annotated[str, Field(min_length=1, max_length=140)] | None = Field(
        default=None, description="Shown in Azure beside the rule; at most 140 characters."
    )


def _names_differ(rules: Sequence[AdditionalRule]) -> bool:
    return len({lower_ascii(rule.name) for rule in rules}) == len(rules)


def _numbers_differ(rules: Sequence[AdditionalRule]) -> bool:
    return len({(rule.direction, rule.priority) for rule in rules}) == len(rules)


_SAME_NUMBER = "a.direction == b.direction && a.priority == b.priority"

AdditionalRules = Annotated[
    tuple[AdditionalRule, ...],
    Field(max_length=MAX_ADDITIONAL_RULES, json_schema_extra=list_map("name")),
    Rule(
        # Names that are equal to the letter are refused by the list's own type.
        cel="self.all(a, self.all(b, a.name == b.name || a.name.lowerAscii() != b.name.lowerAscii()))",
        holds=_names_differ,
        message="must have names that differ in more than case: Azure does not tell such names apart",
    ),
    Rule(
        cel=f"self.all(a, self.exists_one(b, {_SAME_NUMBER}))",
        holds=_numbers_differ,
        message="must have each priority once in each direction",
    ),
]
