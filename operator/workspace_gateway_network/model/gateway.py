"""Workspace gateways (`Microsoft.ApiManagement/gateways`) and the API Management service they belong to, as read from ARM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from workspace_gateway_network.model.json import JsonObject, child, items, referenced_id, text, texts
from workspace_gateway_network.model.resource_id import MalformedResourceIdError, ResourceId

API_GATEWAY = "Microsoft.ApiManagement/gateways"


class VirtualNetworkType(StrEnum):
    """Azure's word for how a gateway sits in a network (OpenAPI, `Microsoft.ApiManagement` 2024-05-01)."""

    EXTERNAL = "External"
    INTERNAL = "Internal"
    NONE = "None"


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """A workspace gateway. `subnet_id` is None for one outside any network."""

    id: ResourceId
    virtual_network_type: str
    subnet_id: ResourceId | None
    provisioning_state: str
    location: str = ""
    """As Azure spells it, `UK South`; empty where it does not say."""
    private_ip_addresses: tuple[str, ...] = ()
    """The addresses that it is reached at inside the network; empty while Azure does not say."""
    default_hostname: str = ""
    """The name in the gateway's own document; most gateways have their names in their connections only."""

    @classmethod
    def from_arm(cls, document: JsonObject) -> Gateway:
        """Read one item of a list, or the answer to a GET."""
        properties = child(document, "properties")
        subnet = referenced_id(child(properties, "backend"), "subnet")
        try:
            subnet_id = ResourceId.parse(subnet) if subnet else None
        except MalformedResourceIdError:
            subnet_id = None
        return cls(
            id=ResourceId(text(document, "id")),
            virtual_network_type=text(properties, "virtualNetworkType"),
            subnet_id=subnet_id,
            provisioning_state=text(properties, "provisioningState"),
            location=text(document, "location"),
            private_ip_addresses=_private_ip_addresses(child(properties, "frontend")),
            default_hostname=text(child(properties, "frontend"), "defaultHostname"),
        )

    @property
    def name(self) -> str:
        """The gateway's own name."""
        return self.id.name

    @property
    def is_placed(self) -> bool:
        """Whether Azure says where the gateway is: in a subnet, or in no network. A field that is left out for a while says neither."""
        return self.subnet_id is not None or self.is_of_type(VirtualNetworkType.NONE)

    @property
    def is_up(self) -> bool:
        """Whether the gateway was created: it serves, or is being scaled."""
        return self.provisioning_state in {"Succeeded", "Updating"}

    def is_of_type(self, wanted: VirtualNetworkType) -> bool:
        """Whether the gateway sits in its network the wanted way."""
        return self.virtual_network_type.lower() == wanted.lower()


_SERVICE_URLS = ("gatewayUrl", "gatewayRegionalUrl", "portalUrl", "developerPortalUrl", "managementApiUrl", "scmUrl")
"""Where a service says its own addresses (OpenAPI, `ApiManagementServiceBaseProperties` 2024-05-01)."""


@dataclass(frozen=True, kw_only=True)
class ApiManagementService:
    """An API Management instance: where it is and what tier it has."""

    id: ResourceId
    location: str
    sku: str
    hostnames: tuple[str, ...] = ()
    """The service's own names in lower case, which no gateway may take: of its gateway, portals and management, default and custom."""

    @classmethod
    def from_arm(cls, document: JsonObject) -> ApiManagementService:
        """Read the answer to a GET."""
        properties = child(document, "properties")
        configured = (text(entry, "hostName").lower() for entry in items(properties, "hostnameConfigurations"))
        addressed = (urlsplit(text(properties, field)).hostname for field in _SERVICE_URLS)
        return cls(
            id=ResourceId(text(document, "id")),
            location=text(document, "location"),
            sku=text(child(document, "sku"), "name"),
            hostnames=tuple(dict.fromkeys(filter(None, (*configured, *addressed)))),
        )


def connection_hostnames(document: JsonObject) -> tuple[str, ...]:
    """The hostnames that a connection of a gateway (`configConnections`) names: the default one, empty while there is none, then others."""
    properties = child(document, "properties")
    return (text(properties, "defaultHostname"), *filter(None, texts(properties, "hostnames")))


def _private_ip_addresses(frontend: JsonObject) -> tuple[str, ...]:
    """`inboundIPAddresses.private`, which Azure returns without declaring it: missing, empty and other spellings happen."""
    folded = {name.lower(): value for name, value in frontend.items()}
    inbound = folded.get("inboundipaddresses")
    if not isinstance(inbound, Mapping):
        return ()
    return texts({name.lower(): value for name, value in inbound.items()}, "private")


def same_region(one: str, other: str) -> bool:
    """Whether two spellings name one region: API Management answers `East US`, networks `eastus`."""
    return one.replace(" ", "").lower() == other.replace(" ", "").lower()
