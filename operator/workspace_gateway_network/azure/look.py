"""One look at Azure, and how it changes when a part of it is read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from workspace_gateway_network.azure.errors import finding
from workspace_gateway_network.azure.failure import Failure
from workspace_gateway_network.azure.overlay import Gone, Single
from workspace_gateway_network.azure.zones import with_reading
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.private_dns import PRIVATE_DNS_ZONE
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.resource_provider import registration_state
from workspace_gateway_network.model.subnet import Subnet
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import (
    Absent,
    Found,
    NetworkSecurityGroups,
    Observed,
    Reading,
    Unreadable,
)
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.planning.step import ReadSet

T = TypeVar("T")

_ZONE = PRIVATE_DNS_ZONE.lower()


@dataclass(frozen=True, kw_only=True)
class Look(Observed):
    """A look that remembers what it was for, so that parts of it can be read again."""

    query: Query


def zone_of(resource_id: ResourceId) -> ResourceId | None:
    """The private DNS zone that a resource is, or is in; None for everything else."""
    if resource_id.type == _ZONE:
        return resource_id
    return resource_id.parent if resource_id.type.startswith(f"{_ZONE}/") else None


def updated(look: Look, resource_id: ResourceId, single: Single) -> Look:
    """A look after one resource of it was read again."""
    if resource_id == look.query.subnet_id:
        return replace(look, subnet=as_reading(single, Subnet.from_arm))
    zone_id = zone_of(resource_id)
    if zone_id is None:
        return replace(look, network_security_groups=with_group(look.network_security_groups, resource_id, single))
    if zone_id not in look.zones:
        return look
    return replace(look, zones={**look.zones, zone_id: with_reading(look.zones[zone_id], resource_id, single)})


def registering(look: Look, answer: JsonObject | None) -> Look:
    """A look after the registration of a resource provider was asked for."""
    return replace(look, web_registration=Found(registration_state(answer or {}) or "Registering"))


def is_registering(look: Look) -> bool:
    """Whether a registration is under way."""
    return isinstance(look.web_registration, Found) and look.web_registration.value.lower() == "registering"


def unreadable(look: Look, reads: ReadSet) -> Finding | None:
    """Why part of a read set is not known."""
    return next(_problems(look, reads), None)


def with_group(groups: NetworkSecurityGroups, group_id: ResourceId, single: Single) -> NetworkSecurityGroups:
    """The groups after one of them was read again."""
    if isinstance(single, Failure):
        return NetworkSecurityGroups(
            found=tuple(group for group in groups.found if group.id != group_id),
            unreadable=finding(single),
            absent=groups.absent - {group_id},
        )
    return groups.with_group(group_id, None if isinstance(single, Gone) else NetworkSecurityGroup.from_arm(single))


def as_reading(single: Single, parse: Callable[[JsonObject], T]) -> Reading[T]:
    """A single read as what planning knows."""
    if isinstance(single, Gone):
        return Absent(finding(single.failure))
    return Unreadable(finding(single)) if isinstance(single, Failure) else Found(parse(single))


def _problems(look: Look, reads: ReadSet) -> Iterator[Finding]:
    if reads.subnet and isinstance(look.subnet, Unreadable):
        yield look.subnet.finding
    if reads.web_registration and isinstance(look.web_registration, Unreadable):
        yield look.web_registration.finding
    for group_id in sorted(reads.network_security_groups, key=lambda each: each.key):
        if problem := look.network_security_groups.problem_with(group_id):
            yield problem
    for zone_id in sorted(reads.zones, key=lambda each: each.key):
        if unread := look.zones[zone_id].unread:
            yield unread.finding
