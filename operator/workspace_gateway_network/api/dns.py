"""How the names of an Injection gateway come to be resolved."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from workspace_gateway_network.api.arm_ids import PRIVATE_DNS_ZONE, PrivateDnsZoneId, VirtualNetworkId
from workspace_gateway_network.api.schema import ATOMIC, ApiModel, Rule, distinct, lower_ascii

MAX_ZONES = 10
MAX_LINKED_VIRTUAL_NETWORKS = 20


class DnsManagement(StrEnum):
    """Who keeps the DNS records of the gateway."""

    AZURE_PRIVATE_ZONE = "AzurePrivateZone"
    MANUAL = "Manual"


class OnConflict(StrEnum):
    """What to do where a record, a link or a zone that is wanted exists and is somebody else's."""

    FAIL = "Fail"
    ADOPT = "Adopt"


class Zone(ApiModel):
    """A private DNS zone that exists."""

    id: PrivateDnsZoneId = Field(description="ARM id of the zone, in any subscription.")


def _names_differ(zones: Sequence[Zone]) -> bool:
    return len({lower_ascii(zone.id).rpartition("/")[2] for zone in zones}) == len(zones)


_NAME = "{}.id.lowerAscii().split('/')[8]"

Zones = Annotated[
    tuple[Zone, ...],
    Field(max_length=MAX_ZONES, json_schema_extra=ATOMIC),
    Rule(
        cel=(
            f"!self.all(z, {PRIVATE_DNS_ZONE.cel('z.id')}) || self.all(a, self.exists_one(b, {_NAME.format('a')} == {_NAME.format('b')}))"
        ),
        holds=_names_differ,
        message="must be zones of different names: a virtual network can be linked to one zone of a name only",
    ),
]


LinkedVirtualNetworkIds = Annotated[
    tuple[VirtualNetworkId, ...],
    Field(max_length=MAX_LINKED_VIRTUAL_NETWORKS, json_schema_extra=ATOMIC),
    distinct("must name each virtual network once, without regard to case"),
]


class DnsSpec(ApiModel):
    """How the names of the gateway come to be resolved. Under management Manual the other fields have no effect."""

    management: DnsManagement = Field(
        default=DnsManagement.AZURE_PRIVATE_ZONE,
        description=(
            "AzurePrivateZone keeps records in private DNS zones. Manual is for a DNS of your own: nothing of DNS is written, and"
            " status.hostsEntries says what it has to answer."
        ),
    )
    zones: Zones | None = Field(
        default=None,
        description=(
            "Zones that exist, at most 10. A hostname goes into the one with the longest name that it ends with. Without one, it gets a"
            " zone of its own, named as the host is."
        ),
    )
    linked_virtual_network_ids: LinkedVirtualNetworkIds | None = Field(
        default=None,
        description=(
            "ARM ids of further virtual networks, in any subscription, in which the names shall resolve; at most 20. The gateway's own"
            " network is always linked."
        ),
    )
    ttl_seconds: int = Field(default=300, ge=1, le=86400, description="How long a resolver may keep an answer, in seconds.")
    on_conflict: OnConflict = Field(
        default=OnConflict.FAIL,
        description=(
            "What to do where a record, a link or a zone that is wanted exists and is somebody else's: Fail reports it, Adopt takes it"
            " over."
        ),
    )
