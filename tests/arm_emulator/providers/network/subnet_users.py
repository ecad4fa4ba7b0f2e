"""What sits in a subnet, and keeps it from being changed: service association links above all."""

from __future__ import annotations

import uuid

from arm_emulator.arm import Document
from arm_emulator.store import Resource, new_guid

_TYPE = "Microsoft.Network/virtualNetworks/subnets"
NATIVE_USERS = ("ipConfigurations", "privateEndpoints", "resourceNavigationLinks", "ipConfigurationProfiles")
"""Read-only properties of a subnet that name what uses it, besides service association links."""


def render_association(link: Document, *, subnet: str, etag: str) -> Document:
    """A service association link as its subnet shows it."""
    return {
        "name": link["name"],
        "id": f"{subnet}/serviceAssociationLinks/{link['name']}",
        "etag": etag,
        "type": f"{_TYPE}/serviceAssociationLinks",
        "properties": {"provisioningState": "Succeeded", **link["properties"]},
    }


def users_of(subnet: Resource) -> list[str]:
    """The ids of what sits in a subnet."""
    links = subnet.generated.get("serviceAssociationLinks", [])
    return [
        *(f"{subnet.id}/serviceAssociationLinks/{each['name']}" for each in links),
        *(str(each.get("id")) for name in NATIVE_USERS for each in subnet.generated.get(name, [])),
    ]


def link(subnet: Resource, *, owner: str, linked_type: str) -> None:
    """Put the service association link of a resource on its subnet. It names no target: recorded links of services
    whose resources live in Microsoft's own subscriptions do not either.
    """
    links: list[Document] = subnet.generated.setdefault("serviceAssociationLinks", [])
    if any(each["name"] == _link_name(owner) for each in links):
        return
    properties = {
        "linkedResourceType": linked_type,
        "enabledForArmDeployments": False,
        "allowDelete": False,
        "subnetId": new_guid(),
        "locations": [],
    }
    links.append({"name": _link_name(owner), "properties": properties})


def unlink(subnet: Resource, *, owner: str) -> None:
    """Take the service association link of a resource off its subnet."""
    links = subnet.generated.get("serviceAssociationLinks", [])
    subnet.generated["serviceAssociationLinks"] = [each for each in links if each["name"] != _link_name(owner)]


def _link_name(owner: str) -> str:
    return f"{uuid.uuid5(uuid.NAMESPACE_URL, owner.lower())}-sal"
