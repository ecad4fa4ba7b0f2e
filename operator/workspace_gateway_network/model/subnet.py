"""A virtual network's subnet, and the network around it, as read from ARM."""

from __future__ import annotations

from dataclasses import dataclass

from workspace_gateway_network.model.json import Json, JsonObject, child, items, referenced_id, text, texts
from workspace_gateway_network.model.resource_id import MalformedResourceIdError, ResourceId


def is_in_motion(provisioning_state: str) -> bool:
    """Whether a provisioning state says that Azure is still working."""
    return provisioning_state.lower() in {"updating", "deleting", "creating"}


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """An entry of a subnet's `delegations`: a free name and the service that may use the subnet."""

    name: str
    service_name: str

    @classmethod
    def from_arm(cls, document: JsonObject) -> Delegation:
        """Read one entry."""
        return cls(name=text(document, "name"), service_name=text(child(document, "properties"), "serviceName"))

    def is_for(self, service_name: str) -> bool:
        """Whether it delegates to this service; Azure stores the name in the case it was sent in."""
        return self.service_name.lower() == service_name.lower()


@dataclass(frozen=True, kw_only=True)
class SubnetUser:
    """An entry of a subnet's `serviceAssociationLinks` or `resourceNavigationLinks`: a service says that it uses the subnet."""

    name: str
    linked_type: str
    """The type of what uses it, such as `Microsoft.Web/serverFarms`; empty where Azure does not say."""
    linked: ResourceId | None
    """What uses it. Links of services whose resources live in Microsoft's own subscriptions name none (recorded)."""

    @classmethod
    def from_arm(cls, document: JsonObject) -> SubnetUser:
        """Read one entry."""
        properties = child(document, "properties")
        try:
            linked = ResourceId.parse(text(properties, "link"))
        except MalformedResourceIdError:
            linked = None
        return cls(name=text(document, "name"), linked_type=text(properties, "linkedResourceType"), linked=linked)


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet with its whole document, so that whatever is not ours survives a PUT."""

    id: ResourceId
    document: JsonObject

    @classmethod
    def from_arm(cls, document: JsonObject) -> Subnet:
        """Read the answer to a GET, or an entry of a virtual network's `subnets`."""
        return cls(id=ResourceId(text(document, "id")), document=document)

    @property
    def properties(self) -> JsonObject:
        """The document's `properties`."""
        return child(self.document, "properties")

    @property
    def etag(self) -> str:
        """The entity tag, `W/"guid"`; empty where the answer had none."""
        return text(self.document, "etag")

    @property
    def provisioning_state(self) -> str:
        """`Succeeded`, `Updating`, `Failed`, …"""
        return text(self.properties, "provisioningState")

    @property
    def is_in_motion(self) -> bool:
        """Whether Azure is still working on it."""
        return is_in_motion(self.provisioning_state)

    @property
    def is_failed(self) -> bool:
        """Whether its last change has failed, which any later PUT of it repairs."""
        return self.provisioning_state == "Failed"

    @property
    def address_prefixes(self) -> tuple[str, ...]:
        """All prefixes: Azure answers with the singular field for one and with the plural field for several."""
        return texts(self.properties, "addressPrefixes") or tuple(filter(None, [text(self.properties, "addressPrefix")]))

    @property
    def delegations(self) -> tuple[Delegation, ...]:
        """The delegations, in Azure's order."""
        return tuple(Delegation.from_arm(entry) for entry in items(self.properties, "delegations"))

    @property
    def network_security_group_id(self) -> ResourceId | None:
        """The attached network security group."""
        attached = referenced_id(self.properties, "networkSecurityGroup")
        return ResourceId(attached) if attached else None

    @property
    def service_association_links(self) -> tuple[SubnetUser, ...]:
        """The links by which services say that they use the subnet; a link can outlive its resource by hours."""
        return tuple(map(SubnetUser.from_arm, items(self.properties, "serviceAssociationLinks")))

    @property
    def has_service_association_link(self) -> bool:
        """Whether some service says that it uses the subnet."""
        return bool(self.service_association_links)

    @property
    def resource_navigation_links(self) -> tuple[SubnetUser, ...]:
        """The links of older services, such as Azure Cache for Redis, that sit in the subnet."""
        return tuple(map(SubnetUser.from_arm, items(self.properties, "resourceNavigationLinks")))

    @property
    def ip_configuration_ids(self) -> tuple[str, ...]:
        """The ids of network interfaces, application gateways and the like that have an address in the subnet."""
        kinds = ("ipConfigurations", "ipConfigurationProfiles", "applicationGatewayIPConfigurations")
        return tuple(text(entry, "id") for kind in kinds for entry in items(self.properties, kind))

    @property
    def private_endpoint_ids(self) -> tuple[str, ...]:
        """The ids of private endpoints in the subnet."""
        return tuple(text(entry, "id") for entry in items(self.properties, "privateEndpoints"))

    def with_properties(self, **changes: Json) -> JsonObject:
        """The document with some properties set; one set to None is left out. A null that was there before stays one."""
        kept = {key: value for key, value in self.properties.items() if key not in changes}
        new = {key: value for key, value in changes.items() if value is not None}
        return {**self.document, "properties": {**kept, **new}}


@dataclass(frozen=True, kw_only=True)
class VirtualNetwork:
    """A virtual network, as far as its subnets need it: they share its region and its write lock."""

    id: ResourceId
    location: str
    provisioning_state: str
    address_prefixes: tuple[str, ...] = ()
    """The address space; the tag `VirtualNetwork` holds it, and more."""

    @classmethod
    def from_arm(cls, document: JsonObject) -> VirtualNetwork:
        """Read the answer to a GET, or an item of a list."""
        return cls(
            id=ResourceId(text(document, "id")),
            location=text(document, "location"),
            provisioning_state=text(child(document, "properties"), "provisioningState"),
            address_prefixes=texts(child(child(document, "properties"), "addressSpace"), "addressPrefixes"),
        )
