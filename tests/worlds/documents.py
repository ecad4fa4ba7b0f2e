"""ARM documents as Azure answers them, key by key: what is unused is absent or `[]`, as in recorded answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = dict[str, Any]

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
NETWORK_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/network"
NETWORK_ID = f"{NETWORK_GROUP}/providers/Microsoft.Network/virtualNetworks/hub"
SUBNET_ID = f"{NETWORK_ID}/subnets/team-a"
SERVICE_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apim/providers/Microsoft.ApiManagement/service/contoso"
SERVER_FARMS = "Microsoft.Web/serverFarms"


def group_id(name: str, *, resource_group: str = NETWORK_GROUP) -> str:
    """The id of a network security group."""
    return f"{resource_group}/providers/Microsoft.Network/networkSecurityGroups/{name}"


def gateway_id(name: str) -> str:
    """The id of a workspace gateway."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apim/providers/Microsoft.ApiManagement/gateways/{name}"


def network(*, location: str = "uksouth") -> Document:
    """A virtual network, without its subnets."""
    return {
        "name": "hub",
        "id": NETWORK_ID,
        "etag": 'W/"net-1"',
        "type": "Microsoft.Network/virtualNetworks",
        "location": location,
        "properties": {"provisioningState": "Succeeded", "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}},
    }


def subnet(**properties: Any) -> Document:
    """A subnet as Azure answers it; properties by their ARM names, one set to None is left out."""
    merged = {
        "provisioningState": "Succeeded",
        "addressPrefix": "10.1.0.0/26",
        "delegations": [],
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
        **properties,
    }
    return {
        "name": "team-a",
        "id": SUBNET_ID,
        "etag": 'W/"subnet-1"',
        "properties": {key: value for key, value in merged.items() if value is not None},
        "type": "Microsoft.Network/virtualNetworks/subnets",
    }


def delegation(name: str = "0", service: str = SERVER_FARMS) -> Document:
    """A delegation with all that Azure adds to the two fields that are sent."""
    return {
        "name": name,
        "id": f"{SUBNET_ID}/delegations/{name}",
        "etag": 'W/"subnet-1"',
        "properties": {
            "provisioningState": "Succeeded",
            "serviceName": service,
            "actions": ["Microsoft.Network/virtualNetworks/subnets/action"],
        },
        "type": "Microsoft.Network/virtualNetworks/subnets/delegations",
    }


def service_association_link(name: str = "AppServiceLink", *, link: str | None = None) -> Document:
    """What a service puts on the subnet that it uses; Azure leaves `link` out where what uses it is not the customer's."""
    properties: Document = {"provisioningState": "Succeeded", "linkedResourceType": SERVER_FARMS, "allowDelete": False, "locations": []}
    return {
        "name": name,
        "id": f"{SUBNET_ID}/serviceAssociationLinks/{name}",
        "type": "Microsoft.Network/virtualNetworks/subnets/serviceAssociationLinks",
        "properties": properties if link is None else {**properties, "link": link},
    }


def rule(name: str, priority: int, *, group: str = "", **properties: Any) -> Document:
    """A security rule: without further properties an inbound Deny of one address. A property set to None is left out."""
    merged = {
        "provisioningState": "Succeeded",
        "protocol": "*",
        "sourcePortRange": "*",
        "destinationPortRange": "*",
        "sourceAddressPrefix": "198.51.100.7",
        "destinationAddressPrefix": "*",
        "access": "Deny",
        "priority": priority,
        "direction": "Inbound",
        "sourcePortRanges": [],
        "destinationPortRanges": [],
        "sourceAddressPrefixes": [],
        "destinationAddressPrefixes": [],
        **properties,
    }
    return {
        "name": name,
        "id": f"{group or group_id('theirs')}/securityRules/{name}",
        "etag": 'W/"group-1"',
        "type": "Microsoft.Network/networkSecurityGroups/securityRules",
        "properties": {key: value for key, value in merged.items() if value is not None},
    }


def closing_deny(priority: int = 4000, *, name: str = "DenyAll", direction: str = "Inbound") -> Document:
    """The catch-all that many organisations end their rules with."""
    return rule(name, priority, sourceAddressPrefix="*", direction=direction)


def group(
    name: str = "theirs", *rules: Document, location: str = "uksouth", tags: dict[str, str] | None = None, **properties: Any
) -> Document:
    """A network security group with custom rules. Azure leaves `tags` and `subnets` out where there are none."""
    document: Document = {
        "name": name,
        "id": group_id(name),
        "etag": 'W/"group-1"',
        "type": "Microsoft.Network/networkSecurityGroups",
        "location": location,
        "properties": {"provisioningState": "Succeeded", "securityRules": list(rules), "defaultSecurityRules": [], **properties},
    }
    return document if tags is None else {**document, "tags": tags}


def gateway(
    name: str = "gw",
    *,
    kind: str = "External",
    state: str = "Succeeded",
    subnet_id: str | None = SUBNET_ID,
    addresses: Sequence[str] | None = None,
    hostname: str = "",
) -> Document:
    """A workspace gateway as it stands in a list, with private addresses and a name of its own where they are given."""
    backend: Document = {} if subnet_id is None else {"backend": {"subnet": {"id": subnet_id}}}
    frontend: Document = {"defaultHostname": hostname} if hostname else {}
    if addresses is not None:
        frontend["inboundIPAddresses"] = {"public": [], "private": list(addresses)}
    if frontend:
        backend["frontend"] = frontend
    return {
        "id": gateway_id(name),
        "type": "Microsoft.ApiManagement/gateways",
        "name": name,
        "location": "UK South",
        "properties": {"provisioningState": state, "virtualNetworkType": kind, **backend},
        "sku": {"name": "WorkspaceGatewayPremium", "capacity": 1},
    }


def service(*, location: str = "UK South", tier: str = "Premium") -> Document:
    """An API Management service."""
    return {
        "id": SERVICE_ID,
        "name": "contoso",
        "type": "Microsoft.ApiManagement/service",
        "location": location,
        "sku": {"name": tier, "capacity": 1},
        "properties": {"provisioningState": "Succeeded"},
    }


def zone_id(name: str, *, resource_group: str = NETWORK_GROUP) -> str:
    """The id of a private DNS zone."""
    return f"{resource_group}/providers/Microsoft.Network/privateDnsZones/{name}"


def zone(id_: str, *, tags: Mapping[str, str] | None = None, record_sets: int | None = 1) -> Document:
    """A private DNS zone, by default with nothing in it but its SOA. Azure leaves `tags` out where there are none."""
    document: Document = {
        "id": id_,
        "name": id_.rpartition("/")[2],
        "type": "Microsoft.Network/privateDnsZones",
        "location": "global",
        "etag": "zone-1",
        "properties": {"provisioningState": "Succeeded"},
    }
    if record_sets is not None:
        document["properties"]["numberOfRecordSets"] = record_sets
    return document if tags is None else {**document, "tags": dict(tags)}


def link(zone_id: str, name: str, *, network_id: str = NETWORK_ID, tags: Mapping[str, str] | None = None, **properties: Any) -> Document:
    """The link of a zone to a network."""
    document: Document = {
        "id": f"{zone_id}/virtualNetworkLinks/{name}",
        "name": name,
        "type": "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        "location": "global",
        "etag": '"link-1"',
        "properties": {
            "provisioningState": "Succeeded",
            "registrationEnabled": False,
            "virtualNetwork": {"id": network_id},
            "virtualNetworkLinkState": "Completed",
            **properties,
        },
    }
    return document if tags is None else {**document, "tags": dict(tags)}


def record(zone_id: str, *addresses: str, name: str = "@", ttl: int = 300, metadata: Mapping[str, str] | None = None) -> Document:
    """An A record set."""
    properties: Document = {"ttl": ttl, "aRecords": [{"ipv4Address": address} for address in addresses]}
    if metadata is not None:
        properties["metadata"] = dict(metadata)
    return {
        "id": f"{zone_id}/A/{name}",
        "name": name,
        "type": "Microsoft.Network/privateDnsZones/A",
        "etag": "record-1",
        "properties": {"fqdn": f"{zone_id.rpartition('/')[2]}.", "isAutoRegistered": False, **properties},
    }
