"""What sits in a subnet, and keeps it from being changed: service association links above all."""

from __future__ import annotations

import uuid

from arm_emulator.arm import Answer, Call, Document
from arm_emulator.providers.base import ResourceType
from arm_emulator.providers.network.base import quoted
from arm_emulator.store import Resource, new_guid

_TYPE = "Microsoft.Network/virtualNetworks/subnets"
NATIVE_USERS = ("ipConfigurations", "privateEndpoints", "resourceNavigationLinks", "ipConfigurationProfiles")
"""Read-only properties of a subnet that name what uses it, besides service association links."""


class ServiceAssociationLinks(ResourceType):
    """``GET …/subnets/{subnet}/serviceAssociationLinks``."""

    name = f"{_TYPE}/serviceAssociationLinks"
    stored = False

    def list(self, call: Call) -> Answer:
        subnet = self.world.store.get(str(call.path.parent and call.path.parent.text))
        assert subnet is not None, "the front door has looked"
        links = subnet.generated.get("serviceAssociationLinks", [])
        return Answer(status=200, body={"value": [render_association(each, subnet) for each in links]})


class ResourceNavigationLinks(ResourceType):
    """``GET …/subnets/{subnet}/resourceNavigationLinks``."""

    name = f"{_TYPE}/resourceNavigationLinks"
    stored = False

    def list(self, call: Call) -> Answer:
        subnet = self.world.store.get(str(call.path.parent and call.path.parent.text))
        assert subnet is not None, "the front door has looked"
        return Answer(status=200, body={"value": subnet.generated.get("resourceNavigationLinks", [])})


def render_association(link: Document, subnet: Resource) -> Document:
    """A service association link as its subnet shows it."""
    return {
        "name": link["name"],
        "id": f"{subnet.id}/serviceAssociationLinks/{link['name']}",
        "etag": quoted(subnet.etag),
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
