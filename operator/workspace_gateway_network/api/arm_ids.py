"""The types of the ARM ids in a spec.

An id becomes part of the addresses that the operator calls with its own rights, so every segment is held to the characters that Azure
allows in such a name (Microsoft Learn, "Naming rules and restrictions for Azure resources"): no id can bring in a query, an escape,
another path or another host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from workspace_gateway_network.api.schema import Immutable, Rule, lower_ascii

# All in lower case, and matched against `lowerAscii()`: with (?i) RE2 also takes U+017F for an s and U+212A for a k.
_SUBSCRIPTION = "/subscriptions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ANY_LETTER = r"\p{L}\p{N}_"
_GROUP = _SUBSCRIPTION + rf"/resourcegroups/[{_ANY_LETTER}().-]{{0,89}}[{_ANY_LETTER}()-]"


_ZONE_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"


def _network_name(limit: int) -> str:
    return f"[a-z0-9]([a-z0-9_.-]{{0,{limit - 2}}}[a-z0-9_])?"


class IdRule(Rule):
    """The rule that a text is an ARM id. It marks the field as one that names something in Azure: `named_ids` finds it by this."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What ids of one kind look like."""

    what: str
    """What it is the id of, with its article."""
    pattern: str
    """An RE2 pattern for the whole id in lower case."""
    example: str
    """For people, with placeholders."""

    def cel(self, path: str) -> str:
        """A CEL predicate: whether the text at the path has this shape."""
        return f"{path}.lowerAscii().matches(r'^{self.pattern}$')"

    def fits(self, text: str) -> bool:
        """The same in Python, whose `re` has no classes of Unicode, and whose `lower()` goes beyond ASCII."""
        pattern = self.pattern.replace(_ANY_LETTER, r"\w")
        return re.fullmatch(pattern, lower_ascii(text)) is not None

    @property
    def rule(self) -> IdRule:
        """The rule that an id has this shape."""
        return IdRule(cel=self.cel("self"), holds=self.fits, message=f"must be the ARM id of {self.what}, {self.example}, and nothing more")


_GROUP_EXAMPLE = "/subscriptions/<guid>/resourceGroups/<group>"

API_MANAGEMENT = Shape(
    what="an API Management service",
    pattern=_GROUP + "/providers/microsoft[.]apimanagement/service/[a-z]([a-z0-9-]{0,48}[a-z0-9])?",
    example=_GROUP_EXAMPLE + "/providers/Microsoft.ApiManagement/service/<name>",
)
SUBNET = Shape(
    what="a subnet",
    pattern=_GROUP + f"/providers/microsoft[.]network/virtualnetworks/{_network_name(64)}/subnets/{_network_name(80)}",
    example=_GROUP_EXAMPLE + "/providers/Microsoft.Network/virtualNetworks/<network>/subnets/<name>",
)
GATEWAY = Shape(
    what="a workspace gateway",
    pattern=_GROUP + "/providers/microsoft[.]apimanagement/gateways/[a-z]([a-z0-9-]{0,43}[a-z0-9])?",
    example=_GROUP_EXAMPLE + "/providers/Microsoft.ApiManagement/gateways/<name>",
)
VIRTUAL_NETWORK = Shape(
    what="a virtual network",
    pattern=_GROUP + f"/providers/microsoft[.]network/virtualnetworks/{_network_name(64)}",
    example=_GROUP_EXAMPLE + "/providers/Microsoft.Network/virtualNetworks/<name>",
)
PRIVATE_DNS_ZONE = Shape(
    what="a private DNS zone",
    pattern=_GROUP + f"/providers/microsoft[.]network/privatednszones/{_ZONE_LABEL}([.]{_ZONE_LABEL})+",
    example=_GROUP_EXAMPLE + "/providers/Microsoft.Network/privateDnsZones/<zone>",
)
NETWORK_SECURITY_GROUP = Shape(
    what="a network security group",
    pattern=_GROUP + f"/providers/microsoft[.]network/networksecuritygroups/{_network_name(80)}",
    example=_GROUP_EXAMPLE + "/providers/Microsoft.Network/networkSecurityGroups/<name>",
)
RESOURCE_GROUP = Shape(what="a resource group", pattern=_GROUP, example=_GROUP_EXAMPLE)

ApiManagementId = Annotated[str, Field(max_length=512), API_MANAGEMENT.rule]
SubnetId = Annotated[
    str,
    Field(max_length=512),
    SUBNET.rule,
    Immutable(message="the subnet of a gateway cannot be changed: create another WorkspaceGatewayNetwork for the other subnet"),
]
GatewayId = Annotated[str, Field(max_length=512), GATEWAY.rule]
VirtualNetworkId = Annotated[str, Field(max_length=512), VIRTUAL_NETWORK.rule]
PrivateDnsZoneId = Annotated[str, Field(max_length=512), PRIVATE_DNS_ZONE.rule]
NetworkSecurityGroupId = Annotated[str, Field(max_length=512), NETWORK_SECURITY_GROUP.rule]
ResourceGroupId = Annotated[str, Field(max_length=256), RESOURCE_GROUP.rule]
