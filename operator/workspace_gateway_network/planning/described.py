"""Azure resources in the words of a sentence."""

from __future__ import annotations

from workspace_gateway_network.model.noun import noun
from workspace_gateway_network.model.private_dns import APEX
from workspace_gateway_network.model.resource_id import ResourceId


def described(resource: ResourceId) -> str:
    """A resource in the words of a sentence: its kind and name, and what is in a zone with the zone's name."""
    if resource.type.startswith("microsoft.network/privatednszones/"):
        zone = resource.parent.name
        kind = "record" if resource.type.endswith("/a") else noun(resource.type)
        return f"{kind} {zone if resource.name == APEX else resource.name} in private DNS zone {zone}"
    return f"{noun(resource.type)} {resource.name}"
