"""What a step is about in Azure: what it must have for itself, what to read to see its target, and what reads differently afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from workspace_gateway_network.azure.look import Look, zone_of
from workspace_gateway_network.model.json import JsonObject, child, items, text
from workspace_gateway_network.model.network_security_group import NETWORK_SECURITY_GROUP
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Found
from workspace_gateway_network.planning.step import Step

_GROUP = NETWORK_SECURITY_GROUP.lower()
_RULE = f"{_GROUP}/securityrules"


def locks_of(step: Step) -> frozenset[ResourceId]:
    """What nobody else may write meanwhile: what the step says, and the zone that it writes to, which is many resources' own."""
    zone_id = zone_of(step.target)
    return step.locks | {zone_id} if zone_id else step.locks


def touched_by(step: Step) -> frozenset[ResourceId]:
    """What reads differently after a write: the target, the groups that it comes to or goes from, for they name their subnets, and the
    zone that it is in, for it counts what it holds.
    """
    groups = (resource_id for resource_id in step.locks if resource_id.type == _GROUP)
    zone_id = zone_of(step.target)
    return frozenset({document_of(step.target), *groups, *([zone_id] if zone_id else [])})


def document_of(target: ResourceId) -> ResourceId:
    """What to read to see a target: a rule comes with its group."""
    return target.parent if target.type == _RULE else target


def part_of(target: ResourceId, document: JsonObject) -> JsonObject | None:
    """The target within the document that shows it; None where it is not there."""
    if target.type != _RULE:
        return document
    rules = items(child(document, "properties"), "securityRules")
    return next((rule for rule in rules if text(rule, "name").lower() == target.name.lower()), None)


def in_motion(step: Step, look: Look) -> ResourceId | None:
    """What the step would write, or lean on, while Azure is still at work on it."""
    documents: dict[ResourceId, JsonObject] = {}
    if step.reads.subnet and isinstance(look.subnet, Found) and look.subnet.value.id == step.target:
        documents[look.subnet.value.id] = look.subnet.value.document
    needed = step.reads.network_security_groups & (step.locks | {step.target})
    documents.update((group.id, group.document) for group in look.network_security_groups.found if group.id in needed)
    documents.update(_zone_and_link(step, look))
    return next((resource_id for resource_id, document in documents.items() if is_moving(state_of(document))), None)


def is_moving(state: str) -> bool:
    """Whether a provisioning state says that Azure is at work."""
    return state.lower() in {"updating", "deleting", "creating"}


def state_of(document: JsonObject) -> str:
    """The provisioning state; empty where a type has none, as record sets."""
    return text(child(document, "properties"), "provisioningState")


def _zone_and_link(step: Step, look: Look) -> Iterator[tuple[ResourceId, JsonObject]]:
    contents = look.zones.get(zone_of(step.target) or step.target)
    if contents and isinstance(contents.zone, Found):
        yield contents.zone.value.id, contents.zone.value.document
    if contents and isinstance(contents.links, Found):
        yield from ((link.id, link.document) for link in contents.links.value if link.id == step.target)
