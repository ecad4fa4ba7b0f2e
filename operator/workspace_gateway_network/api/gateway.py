"""What a person may say of the gateway: which one it is, and what Azure doesn't tell of it."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import Field

from workspace_gateway_network.api.arm_ids import GatewayId
from workspace_gateway_network.api.schema import ATOMIC, ApiModel, Rule, distinct, lower_ascii

MAX_HOSTNAMES = 10
MAX_PRIVATE_IP_ADDRESSES = 10

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_LAST_LABEL = "[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
_HOSTNAME = f"({_LABEL}[.]){{2,}}{_LAST_LABEL}"


def _is_ipv4_address(text: str) -> bool:
    if not re.fullmatch("[0-9.]+", text):
        return False
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


Hostname = Annotated[
    str,
    Field(max_length=253),
    Rule(
        cel=f"self.lowerAscii().matches('^{_HOSTNAME}$')",
        holds=lambda text: re.fullmatch(_HOSTNAME, lower_ascii(text)) is not None,
        message=(
            "must be a hostname of three labels or more, such as team-a-123456abcdef.gateway.uksouth-01.azure-api.net, without scheme, port"
            " or final full stop"
        ),
    ),
]

Hostnames = Annotated[
    tuple[Hostname, ...],
    Field(min_length=1, max_length=MAX_HOSTNAMES, json_schema_extra=ATOMIC),
    distinct("must name each host once, without regard to case"),
]

PrivateIPAddress = Annotated[
    str,
    Field(max_length=15),
    Rule(
        cel="isIP(self) && ip(self).family() == 4",
        holds=_is_ipv4_address,
        message="must be an IPv4 address like 10.1.0.5",
    ),
]

PrivateIPAddresses = Annotated[
    tuple[PrivateIPAddress, ...],
    Field(min_length=1, max_length=MAX_PRIVATE_IP_ADDRESSES, json_schema_extra=ATOMIC),
    distinct("must name each address once"),
]


class GatewaySpec(ApiModel):
    """Which gateway this is about, and how it is reached. Without any of it all is found in Azure."""

    id: GatewayId | None = Field(
        default=None,
        description="ARM id of the workspace gateway, which need not exist yet. Without it: the gateway that names the subnet.",
    )
    hostnames: Hostnames | None = Field(
        default=None,
        description="Names of the gateway, instead of those found in Azure; at most 10. Only with mode Injection.",
    )
    private_ip_addresses: PrivateIPAddresses | None = Field(
        default=None,
        alias="privateIPAddresses",
        description=(
            "Addresses of the gateway in the subnet, instead of those found in Azure; at most 10. With hostnames beside them they are"
            " published at once, gateway or not. Only with mode Injection."
        ),
    )
