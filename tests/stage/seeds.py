"""What Azure holds before anything happens: a network as rich as a real one, with much that is not the operator's."""

from __future__ import annotations

from typing import Any

SUBSCRIPTION = "00000000-0000-0000-0000-00000000a201"
TENANT = "00000000-0000-0000-0000-00000000e701"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/networks"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/hub"
SERVICE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apis/providers/Microsoft.ApiManagement/service/contoso"
REGION = "uksouth"

Document = dict[str, Any]


def subnet_id(name: str) -> str:
    """The id of a subnet of the network."""
    return f"{NETWORK}/subnets/{name}"


def network_security_group_id(name: str) -> str:
    """The id of a network security group beside the network."""
    return f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/{name}"


def security_rule_id(group: str, name: str) -> str:
    """The id of a rule in such a group."""
    return f"{network_security_group_id(group)}/securityRules/{name}"


def gateway_id(name: str) -> str:
    """The id of a workspace gateway beside the API Management service."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apis/providers/Microsoft.ApiManagement/gateways/{name}"


def plain_subnet(name: str, *, prefix: str) -> Document:
    """A subnet of which nothing is the operator's yet, with every kind of thing that must survive its writes."""
    return {
        "name": name,
        "properties": {
            "addressPrefix": prefix,
            "routeTable": {"id": f"{GROUP}/providers/Microsoft.Network/routeTables/to-firewall"},
            "natGateway": {"id": f"{GROUP}/providers/Microsoft.Network/natGateways/egress"},
            "serviceEndpoints": [
                {"service": "Microsoft.Storage", "locations": ["*"]},
                {"service": "Microsoft.KeyVault", "locations": ["*"]},
            ],
            "serviceEndpointPolicies": [],
            "privateEndpointNetworkPolicies": "Disabled",
            "privateLinkServiceNetworkPolicies": "Enabled",
            "defaultOutboundAccess": False,
            "somethingFromTheFuture": {"mode": "on", "levels": [1, 2, 3]},
        },
    }


FOREIGN_RULES: list[Document] = [
    {
        "name": "allow-monitoring",
        "properties": {
            "direction": "Inbound",
            "priority": 200,
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefixes": ["192.0.2.0/24", "198.51.100.0/24"],
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRanges": ["9100", "9200-9300"],
            "description": "The monitoring team's, not to be touched",
        },
    },
    {
        "name": "web-to-app",
        "properties": {
            "direction": "Inbound",
            "priority": 1000,
            "access": "Allow",
            "protocol": "*",
            "sourceApplicationSecurityGroups": [{"id": f"{GROUP}/providers/Microsoft.Network/applicationSecurityGroups/web"}],
            "sourcePortRange": "*",
            "destinationApplicationSecurityGroups": [{"id": f"{GROUP}/providers/Microsoft.Network/applicationSecurityGroups/app"}],
            "destinationPortRange": "8080",
        },
    },
    {
        "name": "no-telnet",
        "properties": {
            "direction": "Inbound",
            "priority": 1200,
            "access": "Deny",
            "protocol": "Tcp",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "23",
        },
    },
    {
        "name": "deny-the-rest",
        "properties": {
            "direction": "Inbound",
            "priority": 4000,
            "access": "Deny",
            "protocol": "*",
            "sourceAddressPrefix": "*",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": "*",
        },
    },
]


def shared_group(name: str = "shared") -> Document:
    """A network security group of the organisation, with rules of every shape."""
    return {
        "id": network_security_group_id(name),
        "location": REGION,
        "tags": {"team": "network"},
        "properties": {"flushConnection": False, "securityRules": FOREIGN_RULES},
    }


def gateway(name: str, *, subnet: str, network_type: str = "External", state: str = "Succeeded") -> Document:
    """A workspace gateway in a subnet."""
    return {
        "id": gateway_id(name),
        "location": "UK South",
        "sku": {"name": "WorkspaceGatewayPremium", "capacity": 1},
        "properties": {
            "virtualNetworkType": network_type,
            "backend": {"subnet": {"id": subnet_id(subnet)}},
            "provisioningState": state,
        },
    }


HOSTNAME = "orders-0a1b2c3d.gateway.uksouth-01.azure-api.net"
ADDRESS = "10.1.0.5"
SPOKE = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/spoke"


def private_gateway(name: str, *, subnet: str, addresses: list[str] | None = None, state: str = "Succeeded") -> Document:
    """A workspace gateway that is reached inside the network only; it shows its addresses where some are given."""
    document = gateway(name, subnet=subnet, network_type="Internal", state=state)
    if addresses is not None:
        document["properties"]["frontend"] = {"inboundIPAddresses": {"private": addresses}}
    return document


def connection_id(gateway_name: str, name: str = "orders") -> str:
    """The id of a gateway's connection with a workspace."""
    return f"{gateway_id(gateway_name)}/configConnections/{name}"


def connection(hostname: str = HOSTNAME) -> Document:
    """A gateway's connection with a workspace, from which it has its hostname."""
    return {"properties": {"sourceId": f"{SERVICE}/workspaces/orders", "defaultHostname": hostname}}


def zone_id(name: str = HOSTNAME, *, group: str = GROUP) -> str:
    """The id of a private DNS zone."""
    return f"{group}/providers/Microsoft.Network/privateDnsZones/{name}"


def spoke() -> Document:
    """A second network, in which the gateway's name may have to resolve as well."""
    return {"id": SPOKE, "location": REGION, "properties": {"addressSpace": {"addressPrefixes": ["10.2.0.0/16"]}, "subnets": []}}


def hub(*, subnets: list[Document] | None = None, resources: list[Document] | None = None) -> Document:
    """The seed: one network, one API Management service, and what else a test wants."""
    network = {
        "id": NETWORK,
        "location": REGION,
        "tags": {"team": "network"},
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]},
            "subnets": subnets if subnets is not None else [plain_subnet("team-a", prefix="10.1.0.0/26")],
        },
    }
    service = {
        "id": SERVICE,
        "location": "UK South",
        "sku": {"name": "Premium", "capacity": 1},
        "properties": {"publisherEmail": "apis@example.com", "publisherName": "Contoso"},
    }
    return {
        "subscriptions": [{"subscriptionId": SUBSCRIPTION, "tenantId": TENANT}],
        "providers": {"Microsoft.Web": "Registered", "Microsoft.Network": "Registered", "Microsoft.ApiManagement": "Registered"},
        "resources": [service, network, *(resources or [])],
    }


def hub_with_shared_group() -> Document:
    """The same, but the subnet has a network security group of the organisation."""
    subnet = plain_subnet("team-a", prefix="10.1.0.0/26")
    subnet["properties"]["networkSecurityGroup"] = {"id": network_security_group_id("shared")}
    return hub(subnets=[subnet], resources=[shared_group()])


def additional_rule(name: str, *, priority: int, port: str) -> Document:
    """An entry of `spec.networkSecurityGroup.additionalRules`."""
    return {
        "name": name,
        "priority": priority,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "peer": {"prefixes": ["203.0.113.0/24"]},
        "ports": [port],
    }
