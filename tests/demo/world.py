"""What Azure holds before the demo begins: somebody else's network, with much in it that the operator must leave alone."""

from __future__ import annotations

from typing import Any

from demo.example import Example

REGION = "uksouth"
TEAM = {"team": "network"}

_NETWORK_TYPES = {"Integration": "External", "Injection": "Internal"}
"""What Azure calls the two modes."""

Document = dict[str, Any]


def seed(example: Example, *others: Example, tenant: str) -> Document:
    """A hub network with a subnet for each example, still bare, and a neighbour's; everything that they refer to is there too."""
    examples = (example, *others)
    network = {
        "id": example.network_id,
        "location": REGION,
        "tags": TEAM,
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]},
            "subnets": [*(_subnet(each, prefix=f"10.1.0.{64 * index}/26") for index, each in enumerate(examples)), _neighbour(example)],
        },
    }
    linked = [_linked_network(id) for id in sorted({id for each in examples for id in each.linked_network_ids})]
    service = {
        "id": example.service_id,
        "location": REGION,
        "sku": {"name": "Premium", "capacity": 1},
        "properties": {"publisherEmail": "apis@example.com", "publisherName": "Contoso"},
    }
    route_table = {"id": _network_id(example, "routeTables/to-firewall"), "location": REGION, "tags": TEAM, "properties": {}}
    nat_gateway = {"id": _network_id(example, "natGateways/egress"), "location": REGION, "tags": TEAM, "properties": {}}
    return {
        "subscriptions": [{"subscriptionId": example.subscription, "tenantId": tenant}],
        "providers": dict.fromkeys(("Microsoft.Web", "Microsoft.Network", "Microsoft.ApiManagement"), "Registered"),
        "resources": [service, route_table, nat_gateway, _neighbours_group(example), network, *linked],
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
        **{f"virtual network {id.rpartition('/')[2]}": id for id in example.linked_network_ids},
    }


def gateway(example: Example) -> Document:
    """A workspace gateway for the example's subnet, as its creator asks Azure for it."""
    return {
        "location": "UK South",
        "sku": {"name": "WorkspaceGatewayPremium", "capacity": 1},
        "properties": {
            "virtualNetworkType": _NETWORK_TYPES[example.mode],
            "backend": {"subnet": {"id": example.subnet_id}},
        },
    }


def _subnet(example: Example, *, prefix: str) -> Document:
    return {
        "name": example.subnet_name,
        "properties": {
            "addressPrefix": prefix,
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


def _linked_network(id: str) -> Document:
    return {
        "id": id,
        "location": REGION,
        "tags": TEAM,
        "properties": {"addressSpace": {"addressPrefixes": ["10.2.0.0/16"]}, "subnets": []},
    }


def _network_id(example: Example, path: str) -> str:
    return f"{example.network_group_id}/providers/Microsoft.Network/{path}"
