"""Workspace gateways (`Microsoft.ApiManagement/gateways`) and the API Management service they belong to, as read from ARM."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workspace_gateway_network.model.json import JsonObject, child, referenced_id, text
from workspace_gateway_network.model.resource_id import MalformedResourceIdError, ResourceId


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
        )

    @property
    def name(self) -> str:
        """The gateway's own name."""
        return self.id.name

    @property
    def is_up(self) -> bool:
        """Whether the gateway was created: it serves, or is being scaled."""
        return self.provisioning_state in {"Succeeded", "Updating"}

    def is_of_type(self, wanted: VirtualNetworkType) -> bool:
        """Whether the gateway sits in its network the wanted way."""
        return self.virtual_network_type.lower() == wanted.lower()


@dataclass(frozen=True, kw_only=True)
class ApiManagementService:
    """An API Management instance: where it is and what tier it has."""

    id: ResourceId
    location: str
    sku: str

    @classmethod
    def from_arm(cls, document: JsonObject) -> ApiManagementService:
        """Read the answer to a GET."""
        return cls(
            id=ResourceId(text(document, "id")),
            location=text(document, "location"),
            sku=text(child(document, "sku"), "name"),
        )


def same_region(one: str, other: str) -> bool:
    """Whether two spellings name one region: API Management answers `East US`, networks `eastus`."""
    return one.replace(" ", "").lower() == other.replace(" ", "").lower()
