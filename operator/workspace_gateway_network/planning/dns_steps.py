"""What the plans of zones, records and links have in common: the steps that any of them may need, and how conflicts are told."""

from __future__ import annotations

from collections.abc import Mapping

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.private_dns import PrivateZone, VirtualNetworkLink
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.marks import own_entries, remarked
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step

GLOBAL = "global"
"""The location of everything in private DNS."""


def delete(target: ResourceId, *, etag: str = "") -> Step:
    """Delete a record set, a link or a zone; the plan orders them so that each is empty when its turn comes."""
    zone_id = target if len(target.type.split("/")) == 2 else target.parent
    return Step(
        action=Action.DELETE,
        target=target,
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        changes=(Change(path="", before=target.name, after=None),),
        reads=ReadSet(zones=frozenset({zone_id}), gateways=True),
        locks=frozenset({zone_id}),
        etag=etag,
    )


def retag(thing: PrivateZone | VirtualNetworkLink, *, zone_id: ResourceId, after: Mapping[str, str], wanted: Mapping[str, str]) -> Step:
    """Set the tags of a zone or a link; those in `wanted` are ours, whatever else is in `after` stays as it was."""
    return Step(
        action=Action.TAG,
        target=thing.id,
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        changes=(remarked("tags", before=thing.notes, after=after),),
        reads=ReadSet(zones=frozenset({zone_id})),
        locks=frozenset({zone_id}),
        body={"tags": dict(after)},
        etag=thing.etag,
        owned=own_entries("tags", among=after, wanted=wanted),
    )


def conflict(message: str) -> Finding:
    """Something of somebody else is in the way."""
    return Finding(condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.RECORD_CONFLICT, message=message)


def taken(what: str, resource_mark: str) -> Finding:
    """Another resource has it, and keeps it."""
    whose = f"WorkspaceGatewayNetwork {resource_mark}" if resource_mark else "another WorkspaceGatewayNetwork"
    return Finding(
        condition=ConditionType.DNS_RECORDS_PUBLISHED,
        reason=Reason.OWNERSHIP_CONFLICT,
        message=f"{what} belongs to {whose}. Delete one of the two resources, or have them use different zones.",
    )
