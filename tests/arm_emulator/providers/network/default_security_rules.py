"""The six rules that every security group ends with, and that nobody can change."""

from __future__ import annotations

from collections.abc import Sequence

from arm_emulator.arm import Answer, Call, Document, provider_error
from arm_emulator.providers.network.base import NetworkResourceType
from arm_emulator.providers.network.provider import NetworkType
from arm_emulator.store import Resource
from arm_emulator.world import World

_DEFAULT_RULES = (
    ("AllowVnetInBound", "Allow inbound traffic from all VMs in VNET", "VirtualNetwork", "VirtualNetwork", "Allow", 65000, "Inbound"),
    ("AllowAzureLoadBalancerInBound", "Allow inbound traffic from azure load balancer", "AzureLoadBalancer", "*", "Allow", 65001, "Inbound"),
    ("DenyAllInBound", "Deny all inbound traffic", "*", "*", "Deny", 65500, "Inbound"),
    ("AllowVnetOutBound", "Allow outbound traffic from all VMs to all VMs in VNET", "VirtualNetwork", "VirtualNetwork", "Allow", 65000, "Outbound"),
    ("AllowInternetOutBound", "Allow outbound traffic from all VMs to Internet", "*", "Internet", "Allow", 65001, "Outbound"),
    ("DenyAllOutBound", "Deny all outbound traffic", "*", "*", "Deny", 65500, "Outbound"),
)  # fmt: skip


class DefaultSecurityRules(NetworkType):
    """``GET …/networkSecurityGroups/{group}/defaultSecurityRules``, all of them or one."""

    name = "Microsoft.Network/networkSecurityGroups/defaultSecurityRules"
    stored = False

    def __init__(self, world: World, *, groups: NetworkResourceType) -> None:
        super().__init__(world)
        self.groups = groups

    def read(self, call: Call) -> Answer:
        for each in self._rules(call):
            if each["name"].lower() == call.path.name.lower():
                return Answer(status=200, body=each, headers={"ETag": each["etag"]})
        raise provider_error(404, "NotFound", f"Resource {call.path.text} not found.")

    def list(self, call: Call) -> Answer:
        return Answer(status=200, body={"value": self._rules(call)})

    def _rules(self, call: Call) -> Sequence[Document]:
        """As the group shows them."""
        assert call.path.parent is not None
        shown = self.groups.render(self.groups.get(call.path.parent), api_version=call.api_version)
        rules: Sequence[Document] = shown["properties"]["defaultSecurityRules"]
        return rules


def default_rules(group: Resource, *, etag: str) -> list[Document]:
    """The default rules of a group: they share its etag and its state."""
    return [_rendered(group, etag, row) for row in _DEFAULT_RULES]


def _rendered(group: Resource, etag: str, row: tuple[str, str, str, str, str, int, str]) -> Document:
    name, description, source, destination, access, priority, direction = row
    return {
        "name": name,
        "id": f"{group.id}/defaultSecurityRules/{name}",
        "etag": etag,
        "type": f"{group.type}/defaultSecurityRules",
        "properties": {
            "provisioningState": group.provisioning_state,
            "description": description,
            "protocol": "*",
            "sourcePortRange": "*",
            "destinationPortRange": "*",
            "sourceAddressPrefix": source,
            "destinationAddressPrefix": destination,
            "access": access,
            "priority": priority,
            "direction": direction,
            "sourcePortRanges": [],
            "destinationPortRanges": [],
            "sourceAddressPrefixes": [],
            "destinationAddressPrefixes": [],
        },
    }
