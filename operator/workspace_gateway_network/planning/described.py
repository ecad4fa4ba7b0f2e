"""Azure resources in the words of a sentence."""

from __future__ import annotations

from workspace_gateway_network.model.private_dns import APEX
from workspace_gateway_network.model.resource_id import ResourceId


def described(resource: ResourceId) -> str:
    """A resource in the words of a sentence: its kind and name, and what is in a zone with the zone's name."""
    kind = {
        "microsoft.web": "resource provider",
        "microsoft.network/virtualnetworks": "virtual network",
        "microsoft.network/virtualnetworks/subnets": "subnet",
        "microsoft.network/networksecuritygroups": "network security group",
        "microsoft.network/networksecuritygroups/securityrules": "security rule",
        "microsoft.network/privatednszones": "private DNS zone",
        "microsoft.network/privatednszones/virtualnetworklinks": "virtual network link",
        "microsoft.network/privatednszones/a": "record",
    }.get(resource.type, resource.type)
    if resource.type.startswith("microsoft.network/privatednszones/"):
        zone = resource.parent.name
        return f"{kind} {zone if resource.name == APEX else resource.name} in private DNS zone {zone}"
    return f"{kind} {resource.name}"
