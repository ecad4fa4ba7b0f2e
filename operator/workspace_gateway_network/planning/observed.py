"""What one look at Azure found: every part is found, known to be absent, or unreadable. Unreadable never counts as absent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from workspace_gateway_network.model.gateway import ApiManagementService, Gateway
from workspace_gateway_network.model.lock import Lock
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.private_dns import PrivateZone, RecordSet, VirtualNetworkLink
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import Subnet, VirtualNetwork
from workspace_gateway_network.planning.finding import Finding

T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """It was read."""

    value: T


@dataclass(frozen=True)
class Absent:
    """Azure said, positively, that it does not exist. The finding names what is missing: the thing itself, or a parent of it."""

    finding: Finding


@dataclass(frozen=True)
class Unreadable:
    """It could not be read, and so may or may not exist: no permission, throttled, out of reach, an answer that makes no sense."""

    finding: Finding


Reading = Found[T] | Absent | Unreadable


def found(reading: Reading[T]) -> T | None:
    """What was read; None where it does not exist, or may or may not."""
    return reading.value if isinstance(reading, Found) else None


@dataclass(frozen=True, kw_only=True)
class ZoneContents:
    """A private DNS zone with what is in it. Where the zone is absent or unreadable, so are its links and records."""

    zone: Reading[PrivateZone]
    links: Reading[tuple[VirtualNetworkLink, ...]]
    records: Reading[tuple[RecordSet, ...]]
    """The A record sets, all of them."""

    @property
    def unread(self) -> Unreadable | None:
        """Why the zone is not known whole; None where it is, or is known to be absent."""
        return next((part for part in (self.zone, self.links, self.records) if isinstance(part, Unreadable)), None)


@dataclass(frozen=True, kw_only=True)
class NetworkSecurityGroups:
    """The network security groups that a look found, and which of those it asked for do not exist."""

    found: tuple[NetworkSecurityGroup, ...]
    unreadable: Finding | None = None
    """Why groups may be missing from `found`: without it, a group that was not found does not exist."""
    absent: frozenset[ResourceId] = frozenset()
    """Groups that were asked for by id and do not exist, even where others are unreadable."""

    def get(self, group_id: ResourceId) -> NetworkSecurityGroup | None:
        """The group with this id, if it was found."""
        return next((group for group in self.found if group.id == group_id), None)

    def attached_to(self, subnet: Subnet) -> NetworkSecurityGroup | None:
        """The group that the subnet has, if it was found."""
        attached = subnet.network_security_group_id
        return self.get(attached) if attached else None

    def problem_with(self, group_id: ResourceId) -> Finding | None:
        """Why it is not known whether this group exists; None where it is known."""
        is_known = self.get(group_id) is not None or group_id in self.absent
        return None if is_known else self.unreadable

    def with_group(self, group_id: ResourceId, group: NetworkSecurityGroup | None) -> NetworkSecurityGroups:
        """The same groups after this one was read again; None says that it does not exist."""
        others = tuple(other for other in self.found if other.id != group_id)
        if group is None:
            return replace(self, found=others, absent=self.absent | {group_id})
        return replace(self, found=(*others, group), absent=self.absent - {group_id})


@dataclass(frozen=True, kw_only=True)
class Gateways:
    """The workspace gateways that a look found."""

    found: tuple[Gateway, ...]
    incomplete: Finding | None = None
    """Why there may be more: without it, this is every gateway of the subscription, all pages read."""
    hostnames: Mapping[ResourceId, tuple[str, ...]] = field(default_factory=dict)
    """What the connections of gateways that are not in question name, where the query asks for them and they may be read."""
    absent: frozenset[ResourceId] = frozenset()
    """Gateways that were asked for by id and do not exist, whatever became of the list."""

    def get(self, gateway_id: ResourceId) -> Gateway | None:
        """The gateway with this id, if it was found."""
        return next((gateway for gateway in self.found if gateway.id == gateway_id), None)

    def hostnames_of(self, gateway: Gateway) -> tuple[str, ...]:
        """What a gateway that is not in question is called, as far as it is known."""
        return tuple(filter(None, (gateway.default_hostname, *self.hostnames.get(gateway.id, ()))))

    def in_subnet(self, subnet_id: ResourceId) -> tuple[Gateway, ...]:
        """The gateways that name this subnet, in the order of their ids."""
        inside: Iterable[Gateway] = (gateway for gateway in self.found if gateway.subnet_id == subnet_id)
        return tuple(sorted(inside, key=lambda gateway: gateway.id.key))


@dataclass(frozen=True, kw_only=True)
class Observed:
    """One look at Azure for one custom resource."""

    virtual_network: Reading[VirtualNetwork]
    subnet: Reading[Subnet]
    network_security_groups: NetworkSecurityGroups
    gateways: Gateways
    api_management: Reading[ApiManagementService]
    web_registration: Reading[str] = Found("Registered")
    """How far the subscription is registered for `Microsoft.Web`."""
    locks: tuple[Lock, ...] = ()
    """The locks in the network's subscription and in those of zones, as far as they may be read: their absence says nothing."""
    hostnames: Reading[tuple[str, ...]] = Found(())
    """What the connections of the gateway in question name, all of them or none; as Azure spells it, unfiltered. An empty one
    stands for connections that have no name yet."""
    zones: Mapping[ResourceId, ZoneContents] = field(default_factory=dict)
    """The zones that the query asked for, and those that a list shows with its mark."""
    unlisted_zones: Finding | None = None
    """Why zones with the mark may be missing from `zones`. A list that is not permitted is no such reason: nobody could go by it."""
    hidden_zones: Finding | None = None
    """The right that is missing to see all zones of the subscription, where it is."""
    done_without: tuple[Finding, ...] = ()
    """What else may not be read and can be done without: locks, and how operations go."""
