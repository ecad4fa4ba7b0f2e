"""Private DNS zones, their links to virtual networks, and their A record sets, as read from ARM."""

from __future__ import annotations

from dataclasses import dataclass

from workspace_gateway_network.model.json import JsonObject, child, items, referenced_id, text
from workspace_gateway_network.model.owner import OWNER_TAG, RESOURCE_TAG, Owner, mark_in
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import is_in_motion

PRIVATE_DNS_ZONE = "Microsoft.Network/privateDnsZones"
APEX = "@"
"""The relative name of a record that has the zone's own name."""

GATEWAY_METADATA = "wgn-gateway"
"""The metadata of a record set that names the gateway whose addresses it holds."""


@dataclass(frozen=True, kw_only=True)
class _Document:
    id: ResourceId
    document: JsonObject

    @property
    def name(self) -> str:
        """The last segment of the id."""
        return self.id.name

    @property
    def etag(self) -> str:
        """The entity tag, in whatever form Azure spells it here: bare for zones and record sets, with quotes inside for links."""
        return text(self.document, "etag")

    @property
    def properties(self) -> JsonObject:
        """The document's `properties`."""
        return child(self.document, "properties")

    @property
    def notes(self) -> dict[str, str]:
        """Tags, or a record set's metadata: names and values in the spelling of whoever set them."""
        source = child(self.properties, "metadata") if "metadata" in self.properties else child(self.document, "tags")
        return {name: value for name, value in source.items() if isinstance(value, str)}

    @property
    def owner_mark(self) -> str:
        """Whose it is; empty where nobody's of these operators."""
        return mark_in(self.notes, OWNER_TAG)

    @property
    def resource_mark(self) -> str:
        """The owner in words, `<cluster id>/<namespace>/<name>`; empty where there is none."""
        return mark_in(self.notes, RESOURCE_TAG)

    @property
    def is_in_motion(self) -> bool:
        """Whether Azure is still at work on it; never on a record set, which has no state."""
        return is_in_motion(text(self.properties, "provisioningState"))

    def is_marked_by(self, owner: Owner) -> bool:
        """Whether this owner made it."""
        return self.owner_mark == owner.mark


@dataclass(frozen=True, kw_only=True)
class PrivateZone(_Document):
    """A private DNS zone."""

    @classmethod
    def from_arm(cls, document: JsonObject) -> PrivateZone:
        """Read the answer to a GET, or an item of a list."""
        return cls(id=ResourceId(text(document, "id")), document=document)

    @property
    def record_sets(self) -> int | None:
        """How many record sets of any type it has, besides the SOA that every zone is born with; Azure may count late, or not say."""
        count = self.properties.get("numberOfRecordSets")
        return max(count - 1, 0) if isinstance(count, int) else None

    @property
    def network_links(self) -> int | None:
        """How many virtual networks are linked to it; Azure may count late, or not say."""
        count = self.properties.get("numberOfVirtualNetworkLinks")
        return count if isinstance(count, int) else None


@dataclass(frozen=True, kw_only=True)
class VirtualNetworkLink(_Document):
    """The link by which a virtual network resolves names in a zone."""

    @classmethod
    def from_arm(cls, document: JsonObject) -> VirtualNetworkLink:
        """Read the answer to a GET, or an item of a list."""
        return cls(id=ResourceId(text(document, "id")), document=document)

    @property
    def virtual_network_id(self) -> ResourceId:
        """The linked network: links are known by it, not by their names."""
        return ResourceId(referenced_id(self.properties, "virtualNetwork"))

    @property
    def zone_id(self) -> ResourceId:
        """The zone that the link belongs to."""
        return self.id.parent

    @property
    def registers(self) -> bool:
        """Whether the network's machines get records of their own in the zone."""
        return self.properties.get("registrationEnabled") is True


@dataclass(frozen=True, kw_only=True)
class RecordSet(_Document):
    """An A record set."""

    @classmethod
    def from_arm(cls, document: JsonObject) -> RecordSet:
        """Read the answer to a GET, or an item of a list."""
        return cls(id=ResourceId(text(document, "id")), document=document)

    @property
    def zone_id(self) -> ResourceId:
        """The zone that the record set is in."""
        return self.id.parent

    @property
    def addresses(self) -> tuple[str, ...]:
        """The IPv4 addresses, sorted as texts: their order means nothing."""
        return tuple(sorted(text(record, "ipv4Address") for record in items(self.properties, "aRecords")))

    @property
    def gateway_mark(self) -> str:
        """The id of the gateway whose addresses it holds, in whatever case it was written; empty where it says none."""
        return mark_in(self.notes, GATEWAY_METADATA)

    @property
    def ttl(self) -> int:
        """Seconds that resolvers may keep the answer; 0 where Azure said none."""
        ttl = self.properties.get("ttl")
        return ttl if isinstance(ttl, int) else 0


def relative_name(*, hostname: str, zone: str) -> str | None:
    """The name of a host's record in a zone, `@` where they are one; None where the host is not in the zone."""
    host, suffix = hostname.lower().rstrip("."), zone.lower().rstrip(".")
    if host == suffix:
        return APEX
    return host.removesuffix(f".{suffix}") if host.endswith(f".{suffix}") else None


def absolute_name(*, name: str, zone: str) -> str:
    """The host that a record in a zone is for, in lower case: the other way round."""
    suffix = zone.lower().rstrip(".")
    return suffix if name == APEX else f"{name.lower()}.{suffix}"
