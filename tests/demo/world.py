"""What Azure holds before the demo begins: somebody else's network, with much in it that the operator must leave alone."""

from __future__ import annotations

from typing import Any

from demo.example import Example

REGION = "uksouth"
TEAM = {"team": "network"}

Document = dict[str, Any]


def seed(example: Example, *, tenant: str) -> Document:
    """A hub network with the example's subnet, still bare, and a neighbour's; everything that they refer to is there too."""
    network = {
        "id": example.network_id,
        "location": REGION,
        "tags": TEAM,
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]},
            "subnets": [_subnet(example), _neighbour(example)],
        },
    }
    service = {"id": example.service_id, "location": REGION, "sku": {"name": "Premium", "capacity": 1}, "properties": {}}
    route_table = {"id": _network_id(example, "routeTables/to-firewall"), "location": REGION, "tags": TEAM, "properties": {}}
    nat_gateway = {"id": _network_id(example, "natGateways/egress"), "location": REGION, "tags": TEAM, "properties": {}}
    return {
        "subscriptions": [{"subscriptionId": example.subscription, "tenantId": tenant}],
        "providers": dict.fromkeys(("Microsoft.Web", "Microsoft.Network", "Microsoft.ApiManagement"), "Registered"),
        "resources": [service, route_table, nat_gateway, _neighbours_group(example), network],
    }


def foreign_ids(example: Example) -> dict[str, str]:
    """What must be, when all is over, just as it was: id by its name in a sentence."""
    return {
        "the API Management service": example.service_id,
        f"virtual network {example.network_name}": example.network_id,
        f"subnet {example.subnet_name}": example.subnet_id,
        "subnet databases": f"{example.network_id}/subnets/databases",
        "network security group databases": _network_id(example, "networkSecurityGroups/databases"),
        "route table to-firewall": _network_id(example, "routeTables/to-firewall"),
        "NAT gateway egress": _network_id(example, "natGateways/egress"),
    }


def gateway(example: Example) -> Document:
    """A workspace gateway that came alive in the example's subnet. Azure's External is the operator's Integration."""
    return {
        "location": "UK South",
        "sku": {"name": "WorkspaceGatewayPremium", "capacity": 1},
        "properties": {
            "virtualNetworkType": "External",
            "backend": {"subnet": {"id": example.subnet_id}},
            "provisioningState": "Succeeded",
        },
    }


def _subnet(example: Example) -> Document:
    return {
        "name": example.subnet_name,
        "properties": {
            "addressPrefix": "10.1.0.0/26",
            "routeTable": {"id": _network_id(example, "routeTables/to-firewall")},
            "natGateway": {"id": _network_id(example, "natGateways/egress")},
            "serviceEndpoints": [{"service": "Microsoft.Storage", "locations": ["*"]}],
            "privateEndpointNetworkPolicies": "Disabled",
            "privateLinkServiceNetworkPolicies": "Enabled",
        },
    }


def _neighbour(example: Example) -> Document:
    return {
        "name": "databases",
        "properties": {
            "addressPrefix": "10.1.1.0/24",
            "networkSecurityGroup": {"id": _network_id(example, "networkSecurityGroups/databases")},
            "routeTable": {"id": _network_id(example, "routeTables/to-firewall")},
        },
    }


def _neighbours_group(example: Example) -> Document:
    rule = {
        "name": "postgres",
        "properties": {
            "direction": "Inbound",
            "priority": 200,
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "10.1.0.0/16",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "10.1.1.0/24",
            "destinationPortRange": "5432",
        },
    }
    return {
        "id": _network_id(example, "networkSecurityGroups/databases"),
        "location": REGION,
        "tags": TEAM,
        "properties": {"securityRules": [rule]},
    }


def _network_id(example: Example, path: str) -> str:
    return f"{example.network_group_id}/providers/Microsoft.Network/{path}"
