"""A security rule, normalised from every spelling in which Azure returns it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from workspace_gateway_network.model.json import Json, JsonObject, child, items, text, texts
from workspace_gateway_network.model.ports import Ports
from workspace_gateway_network.model.resource_id import ResourceId

ANY_ADDRESS = "*"
ANY_PROTOCOL = "*"


class Direction(StrEnum):
    """Azure's word for which way a rule looks. Priorities of the two directions are independent number spaces."""

    INBOUND = "Inbound"
    OUTBOUND = "Outbound"


class Access(StrEnum):
    """Azure's word for what a rule does with a packet."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True)
class Address:
    """A prefix, an address or a service tag, in its author's spelling; compared as Azure understands it.

    `*`, `Any` and `0.0.0.0/0` are one, a lone address is a /32, and service tags have no case. Neither `Internet`, which leaves out the
    virtual network, nor `::/0`, which leaves out IPv4, is everywhere.
    """

    text: str

    @cached_property
    def key(self) -> str:
        """What to compare and to sort by."""
        return _key(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=16384)
def _key(text: str) -> str:
    """Remembered, since the same prefixes are read again with every look, and reading one takes longer than all else of a rule."""
    lower = text.strip().lower()
    if lower in {ANY_ADDRESS, "any", "0.0.0.0/0"}:
        return ANY_ADDRESS
    try:
        return str(ipaddress.ip_network(lower, strict=False))
    except ValueError:
        return lower


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a rule, source or destination: addresses (prefixes or one service tag), or application security groups; and ports."""

    addresses: frozenset[Address]
    ports: Ports
    application_security_groups: frozenset[ResourceId] = frozenset()


@dataclass(frozen=True, kw_only=True)
class SecurityRule:
    """A rule of a network security group. Two are equal when Azure treats them alike, however they are spelled."""

    name: str
    direction: Direction
    priority: int
    access: Access
    protocol: str
    source: Side
    destination: Side
    description: str = ""

    @classmethod
    def from_arm(cls, document: JsonObject) -> SecurityRule:
        """Read a rule: singular and plural fields, any case, any order; what is not understood is kept as it is spelled."""
        properties = child(document, "properties")
        priority = properties.get("priority")
        return cls(
            name=text(document, "name"),
            direction=Direction.OUTBOUND if text(properties, "direction").lower() == "outbound" else Direction.INBOUND,
            priority=priority if isinstance(priority, int) else 0,
            access=Access.DENY if text(properties, "access").lower() == "deny" else Access.ALLOW,
            protocol=text(properties, "protocol").lower() or ANY_PROTOCOL,
            source=_side(properties, "source"),
            destination=_side(properties, "destination"),
            description=text(properties, "description"),
        )

    def to_arm(self) -> JsonObject:
        """The `properties` to write: plural fields only where there are several entries, as Azure answers."""
        properties: dict[str, Json] = {
            "direction": self.direction.value,
            "priority": self.priority,
            "access": self.access.value,
            "protocol": self.protocol if self.protocol == ANY_PROTOCOL else self.protocol.capitalize(),
        }
        if self.description:
            properties["description"] = self.description
        for name, side in (("source", self.source), ("destination", self.destination)):
            properties.update(_spelled(f"{name}AddressPrefix", f"{name}AddressPrefixes", sorted(map(str, side.addresses))))
            properties.update(_spelled(f"{name}PortRange", f"{name}PortRanges", list(side.ports.spell())))
            if side.application_security_groups:
                groups = sorted(map(str, side.application_security_groups))
                properties[f"{name}ApplicationSecurityGroups"] = [{"id": group} for group in groups]
        return properties

    @property
    def peer(self) -> Side:
        """The far side: the source of an inbound rule, the destination of an outbound one."""
        return self.source if self.direction is Direction.INBOUND else self.destination

    @property
    def is_closing_deny(self) -> bool:
        """Whether this is a catch-all at the end: a Deny of any peer, port and protocol, numbered 3000 or above."""
        return (
            self.access is Access.DENY
            and self.priority >= CLOSING_DENY_FROM
            and self.protocol == ANY_PROTOCOL
            and Address(ANY_ADDRESS) in self.peer.addresses
            and self.source.ports.is_any
            and self.destination.ports.is_any
        )

    def differences(self, wanted: SecurityRule) -> Iterator[tuple[str, Json, Json]]:
        """Property by property: where this rule is not as wanted, as (property, is, should be)."""
        mine, theirs = self._comparable(), wanted._comparable()
        for name, value in mine.items():
            if value != theirs[name]:
                yield name, value, theirs[name]

    def _comparable(self) -> dict[str, Json]:
        return {
            "direction": self.direction.value,
            "priority": self.priority,
            "access": self.access.value,
            "protocol": self.protocol,
            "sourceAddressPrefix": _joined(self.source.addresses),
            "sourceApplicationSecurityGroups": _joined(self.source.application_security_groups),
            "sourcePortRange": str(self.source.ports),
            "destinationAddressPrefix": _joined(self.destination.addresses),
            "destinationApplicationSecurityGroups": _joined(self.destination.application_security_groups),
            "destinationPortRange": str(self.destination.ports),
            "description": self.description,
        }


CLOSING_DENY_FROM = 3000
"""From this number on a Deny of everything closes a rule set, and Allows belong before it."""

LOWEST_PRIORITY, HIGHEST_PRIORITY = 100, 4096
"""The numbers a custom rule may have; the smaller number wins (Microsoft Learn, "Network security groups")."""


def _side(properties: JsonObject, name: str) -> Side:
    addresses = (text(properties, f"{name}AddressPrefix"), *texts(properties, f"{name}AddressPrefixes"))
    ports = (text(properties, f"{name}PortRange"), *texts(properties, f"{name}PortRanges"))
    groups = items(properties, f"{name}ApplicationSecurityGroups")
    return Side(
        addresses=frozenset(Address(address) for address in addresses if address),
        ports=Ports.parse(ports),
        application_security_groups=frozenset(ResourceId(text(group, "id")) for group in groups),
    )


def _joined(values: Iterable[Address | ResourceId]) -> str:
    return ",".join(sorted(value.key for value in values))


def _spelled(singular: str, plural: str, entries: list[str]) -> JsonObject:
    if len(entries) == 1:
        return {singular: entries[0]}
    return {plural: entries} if entries else {}
