"""A private DNS zone of the organisation, with a record and a link that are not the operator's, for gateways' names to go into."""

from __future__ import annotations

from stage import seeds
from stage.stage import Document

DNS_GROUP = f"/subscriptions/{seeds.SUBSCRIPTION}/resourceGroups/dns"
SUFFIX = "uksouth-01.azure-api.net"
NAMED = seeds.zone_id(SUFFIX, group=DNS_GROUP)
RELATIVE = seeds.HOSTNAME.removesuffix(f".{SUFFIX}")
"""The name that the record of a hostname has in the zone."""
IN_NAMED: Document = {"zones": [{"id": NAMED}]}
"""The `spec.dns` that names the zone."""


def a_record(id: str, *addresses: str) -> Document:
    """A record set of somebody else."""
    properties = {"ttl": 77, "metadata": {"by": "hand"}, "aRecords": [{"ipv4Address": address} for address in addresses]}
    return {"id": id, "properties": properties}


def with_named_zone(*more: Document, subnets: list[Document] | None = None) -> Document:
    """The hub, a spoke, and the zone with a record in it and a link to the spoke."""
    link = {
        "id": f"{NAMED}/virtualNetworkLinks/by-hand",
        "location": "global",
        "properties": {"virtualNetwork": {"id": seeds.SPOKE}, "registrationEnabled": False},
    }
    zone = {"id": NAMED, "location": "global", "tags": {"team": "dns"}, "properties": {}}
    resources = [seeds.spoke(), zone, a_record(f"{NAMED}/A/other", "10.9.9.9"), link, *more]
    return seeds.hub(subnets=subnets, resources=resources)
