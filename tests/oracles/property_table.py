"""Every writable property of what the operator writes, and whose it is. The names come from Microsoft's OpenAPI files, not from memory."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

_SPECIFICATION = Path(__file__).resolve().parents[3] / "shared/azure/openapi/specification"
_NETWORK = "network/resource-manager/Microsoft.Network/stable/2024-03-01"
_PRIVATE_DNS = "privatedns/resource-manager/Microsoft.Network/stable/2024-06-01"


class Whose(StrEnum):
    """Who decides about a property."""

    OURS = "ours"
    NOT_OURS = "not ours"
    BY_ENTRY = "by entry"
    """A list or map of which some entries are ours, told by their names."""


SUBNET = {
    "addressPrefix": Whose.NOT_OURS,
    "addressPrefixes": Whose.NOT_OURS,
    "applicationGatewayIPConfigurations": Whose.NOT_OURS,
    "defaultOutboundAccess": Whose.NOT_OURS,
    "delegations": Whose.OURS,
    "ipAllocations": Whose.NOT_OURS,
    "natGateway": Whose.NOT_OURS,
    "networkSecurityGroup": Whose.OURS,
    "privateEndpointNetworkPolicies": Whose.NOT_OURS,
    "privateLinkServiceNetworkPolicies": Whose.NOT_OURS,
    "routeTable": Whose.NOT_OURS,
    "serviceEndpointPolicies": Whose.NOT_OURS,
    "serviceEndpoints": Whose.NOT_OURS,
    "sharingScope": Whose.NOT_OURS,
}

DELEGATION = {"serviceName": Whose.OURS}

NETWORK_SECURITY_GROUP = {"flushConnection": Whose.NOT_OURS, "securityRules": Whose.BY_ENTRY}

TRACKED_RESOURCE = {"location": Whose.NOT_OURS, "tags": Whose.BY_ENTRY}

SECURITY_RULE = {
    "access": Whose.OURS,
    "description": Whose.OURS,
    "destinationAddressPrefix": Whose.OURS,
    "destinationAddressPrefixes": Whose.OURS,
    "destinationApplicationSecurityGroups": Whose.OURS,
    "destinationPortRange": Whose.OURS,
    "destinationPortRanges": Whose.OURS,
    "direction": Whose.OURS,
    "priority": Whose.OURS,
    "protocol": Whose.OURS,
    "sourceAddressPrefix": Whose.OURS,
    "sourceAddressPrefixes": Whose.OURS,
    "sourceApplicationSecurityGroups": Whose.OURS,
    "sourcePortRange": Whose.OURS,
    "sourcePortRanges": Whose.OURS,
}
"""Of a rule with our mark in its name. Of every other rule, all of them are not ours."""

PRIVATE_ZONE: dict[str, Whose] = {}
"""A zone has only tags."""

VIRTUAL_NETWORK_LINK = {"registrationEnabled": Whose.OURS, "resolutionPolicy": Whose.NOT_OURS, "virtualNetwork": Whose.OURS}
"""Of a link with our mark. Of every other link, all of them are not ours."""

RECORD_SET = {
    "aRecords": Whose.OURS,
    "aaaaRecords": Whose.NOT_OURS,
    "cnameRecord": Whose.NOT_OURS,
    "metadata": Whose.BY_ENTRY,
    "mxRecords": Whose.NOT_OURS,
    "ptrRecords": Whose.NOT_OURS,
    "soaRecord": Whose.NOT_OURS,
    "srvRecords": Whose.NOT_OURS,
    "ttl": Whose.OURS,
    "txtRecords": Whose.NOT_OURS,
}
"""Of an A record set with our mark; what other types hold is not ours, whatever zone it is in."""

A_RECORD = {"ipv4Address": Whose.OURS}

TABLE = {
    ("virtualNetwork.json", "SubnetPropertiesFormat"): SUBNET,
    ("virtualNetwork.json", "ServiceDelegationPropertiesFormat"): DELEGATION,
    ("networkSecurityGroup.json", "NetworkSecurityGroupPropertiesFormat"): NETWORK_SECURITY_GROUP,
    ("networkSecurityGroup.json", "SecurityRulePropertiesFormat"): SECURITY_RULE,
    ("network.json", "Resource"): TRACKED_RESOURCE,
    ("privatedns.json", "PrivateZoneProperties"): PRIVATE_ZONE,
    ("privatedns.json", "VirtualNetworkLinkProperties"): VIRTUAL_NETWORK_LINK,
    ("privatedns.json", "RecordSetProperties"): RECORD_SET,
    ("privatedns.json", "ARecord"): A_RECORD,
    ("privatedns.json", "TrackedResource"): TRACKED_RESOURCE,
}


def specification_is_there() -> bool:
    """Whether Microsoft's files lie beside the repository."""
    return _SPECIFICATION.is_dir()


def writable_properties(file: str, definition: str) -> set[str]:
    """The properties of a definition that a PUT may carry: all that are not read-only, and identify nothing."""
    folder = _PRIVATE_DNS if file == "privatedns.json" else _NETWORK
    document: dict[str, Any] = json.loads((_SPECIFICATION / folder / file).read_text())
    properties: dict[str, Any] = document["definitions"][definition]["properties"]
    identity = {"id", "name", "type", "etag"}
    return {name for name, schema in properties.items() if not schema.get("readOnly") and name not in identity}
