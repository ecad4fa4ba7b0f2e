"""A network security group, as read from ARM."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from workspace_gateway_network.model.json import JsonObject, child, items, text
from workspace_gateway_network.model.owner import OWNER_TAG, RESOURCE_TAG, Owner, mark_in
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import SecurityRule

NETWORK_SECURITY_GROUP = "Microsoft.Network/networkSecurityGroups"


@dataclass(frozen=True, kw_only=True)
class NetworkSecurityGroup:
    """A network security group with its custom rules; the six default rules are Azure's and the same everywhere."""

    id: ResourceId
    document: JsonObject

    @classmethod
    def from_arm(cls, document: JsonObject) -> NetworkSecurityGroup:
        """Read the answer to a GET, or an item of a list."""
        return cls(id=ResourceId(text(document, "id")), document=document)

    @property
    def etag(self) -> str:
        """The entity tag, `W/"guid"`."""
        return text(self.document, "etag")

    @property
    def location(self) -> str:
        """The region; a subnet can only take a group of its own region."""
        return text(self.document, "location")

    @property
    def provisioning_state(self) -> str:
        """`Succeeded`, `Updating`, `Failed`, …"""
        return text(child(self.document, "properties"), "provisioningState")

    @property
    def tags(self) -> dict[str, str]:
        """The tags, in the spelling of whoever set them."""
        return {key: value for key, value in child(self.document, "tags").items() if isinstance(value, str)}

    @cached_property
    def rules(self) -> tuple[SecurityRule, ...]:
        """The custom rules, ours and everybody's."""
        return tuple(SecurityRule.from_arm(entry) for entry in items(child(self.document, "properties"), "securityRules"))

    @property
    def subnet_ids(self) -> tuple[ResourceId, ...]:
        """The subnets that the group is attached to; Azure leaves the key out when there are none."""
        return tuple(ResourceId(text(entry, "id")) for entry in items(child(self.document, "properties"), "subnets"))

    @property
    def network_interface_ids(self) -> tuple[str, ...]:
        """The ids of network interfaces that the group is attached to."""
        return tuple(text(entry, "id") for entry in items(child(self.document, "properties"), "networkInterfaces"))

    def is_marked_by(self, owner: Owner) -> bool:
        """Whether this owner made the group. The tag with the digest decides; tag names have no case in Azure."""
        return self.owner_mark == owner.mark

    @property
    def owner_mark(self) -> str:
        """Whose the group is; empty where nobody's of these operators."""
        return mark_in(self.tags, OWNER_TAG)

    @property
    def resource_mark(self) -> str:
        """The owner in words, `<cluster id>/<namespace>/<name>`; empty where there is none."""
        return mark_in(self.tags, RESOURCE_TAG)
