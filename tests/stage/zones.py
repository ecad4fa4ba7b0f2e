"""Zones of the organisation's own, which hold more than the operator's."""

from __future__ import annotations

from typing import Any

from stage import seeds

Document = dict[str, Any]
SUFFIX = "uksouth-01.azure-api.net"
"""What the gateway's hostname ends with."""
RELATIVE = seeds.HOSTNAME.removesuffix(f".{SUFFIX}")
"""The name of the gateway's record in a zone of this name."""


def zone_of_others(name: str = SUFFIX) -> str:
    """The id of a zone in the resource group of those who run DNS."""
    return seeds.zone_id(name, group=f"/subscriptions/{seeds.SUBSCRIPTION}/resourceGroups/dns")


NAMED = zone_of_others()
IN_NAMED: Document = {"zones": [{"id": NAMED}]}
"""A spec's `dns` for a record in it."""


def zone(id: str = NAMED) -> list[Document]:
    """A zone with a record in it."""
    return [{"id": id, "location": "global", "tags": {"team": "dns"}, "properties": {}}, a_record(f"{id}/A/other", "10.9.9.9")]


def a_record(id: str, *addresses: str) -> Document:
    """A record set of somebody else."""
    properties = {"ttl": 77, "metadata": {"by": "hand"}, "aRecords": [{"ipv4Address": address} for address in addresses]}
    return {"id": id, "properties": properties}


def with_named_zone(*more: Document, subnets: list[Document] | None = None) -> Document:
    """The hub, a spoke, and a zone of the organisation with a record in it and a link to the spoke."""
    link = {
        "id": f"{NAMED}/virtualNetworkLinks/by-hand",
        "location": "global",
        "properties": {"virtualNetwork": {"id": seeds.SPOKE}, "registrationEnabled": False},
    }
    return seeds.hub(subnets=subnets, resources=[seeds.spoke(), *zone(), link, *more])
