"""An Azure with room for hundreds of gateways: networks with a few subnets each, and gateways in some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workspace_gateway_network.runtime.ports import Key

SUBSCRIPTION = "00000000-0000-0000-0000-00000000f1ee"
TENANT = "00000000-0000-0000-0000-00000000e701"
OPERATOR = "operator"
REGION = "uksouth"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/networks/providers"
APIS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/apis/providers/Microsoft.ApiManagement"
SERVICE = f"{APIS}/service/contoso"
Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Member:
    """One resource of the fleet, and its place in Azure."""

    number: int
    published: bool
    """Whether it has a gateway inside the network, whose name is published in private DNS."""
    subnets: int
    """In each network: writes to one network take turns."""

    @property
    def key(self) -> Key:
        return Key("apim", f"team-{self.number}")

    @property
    def network(self) -> str:
        return f"{GROUP}/Microsoft.Network/virtualNetworks/net-{self.number // self.subnets}"

    @property
    def subnet(self) -> str:
        return f"{self.network}/subnets/{self.key.name}"

    @property
    def prefix(self) -> str:
        return f"10.{self.number // self.subnets}.{self.number % self.subnets}.0/24"

    @property
    def gateway(self) -> str:
        return f"{APIS}/gateways/{self.key.name}"

    @property
    def hostname(self) -> str:
        return f"{self.key.name}-0a1b2c3d.gateway.uksouth-01.azure-api.net"

    @property
    def spec(self) -> Document:
        mode = "Injection" if self.published else "Integration"
        return {"mode": mode, "apiManagement": {"id": SERVICE}, "subnet": {"id": self.subnet}}


def members(count: int, *, published: int = 0, subnets: int = 3) -> list[Member]:
    """So many, of which the first ones are published, in networks with so many subnets each."""
    return [Member(number=number, published=number < published, subnets=subnets) for number in range(count)]


def seed(fleet: list[Member]) -> Document:
    """The networks and subnets that these members name, with nothing of theirs done yet, and the gateways of the published ones."""
    service = {"id": SERVICE, "location": REGION, "sku": {"name": "Premium", "capacity": 1}}
    service["properties"] = {"publisherEmail": "apis@example.com", "publisherName": "Contoso"}
    return {
        "subscriptions": [{"subscriptionId": SUBSCRIPTION, "tenantId": TENANT}],
        "providers": {"Microsoft.Web": "Registered", "Microsoft.Network": "Registered", "Microsoft.ApiManagement": "Registered"},
        "resources": [service, *_networks(fleet), *(each for member in fleet if member.published for each in _gateway(member))],
    }


def _networks(fleet: list[Member]) -> list[Document]:
    subnets: dict[str, list[Member]] = {}
    for member in fleet:
        subnets.setdefault(member.network, []).append(member)
    return [
        {
            "id": network,
            "location": REGION,
            "properties": {
                "addressSpace": {"addressPrefixes": [f"10.{members_[0].number // members_[0].subnets}.0.0/16"]},
                "subnets": [{"name": each.key.name, "properties": {"addressPrefix": each.prefix}} for each in members_],
            },
        }
        for network, members_ in subnets.items()
    ]


def _gateway(member: Member) -> list[Document]:
    address = member.prefix.replace(".0/24", ".5")
    return [
        {
            "id": member.gateway,
            "location": REGION,
            "sku": {"name": "WorkspaceGatewayPremium", "capacity": 1},
            "properties": {
                "virtualNetworkType": "Internal",
                "backend": {"subnet": {"id": member.subnet}},
                "provisioningState": "Succeeded",
                "frontend": {"inboundIPAddresses": {"private": [address]}},
            },
        },
        {
            "id": f"{member.gateway}/configConnections/orders",
            "properties": {"sourceId": f"{SERVICE}/workspaces/orders", "defaultHostname": member.hostname},
        },
    ]
