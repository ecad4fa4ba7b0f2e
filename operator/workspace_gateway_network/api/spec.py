"""The spec of a WorkspaceGatewayNetwork: what a person asks for.

Everything here is in the CRD, descriptions and CEL rules included; what the operator does not do yet is not here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from workspace_gateway_network.api.schema import ATOMIC, ApiModel, cel, list_map
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import Access, Direction

MAX_ADDITIONAL_RULES = 100
MAX_PEER_PREFIXES = 64
MAX_PORTS = 32
MAX_TAGS = 10

_SUBSCRIPTION = "/subscriptions/[0-9a-fA-F-]{36}"
_GROUP = _SUBSCRIPTION + "/resourceGroups/[^/]+"


def _arm_id(*, provider: str, example: str) -> tuple[str, str]:
    shape = f"(?i)^{_GROUP}{provider}$"
    return (f"self.matches('{shape}')", f"must be an ARM id like {example}")


def _readable(text: str) -> str:
    ResourceId.parse(text)
    return text


ApiManagementId = Annotated[
    str,
    AfterValidator(_readable),
    Field(
        max_length=512,
        json_schema_extra=cel(
            _arm_id(
                provider="/providers/Microsoft[.]ApiManagement/service/[^/]+",
                example="/subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.ApiManagement/service/<name>",
            )
        ),
    ),
]

SubnetId = Annotated[
    str,
    AfterValidator(_readable),
    Field(
        max_length=512,
        json_schema_extra=cel(
            _arm_id(
                provider="/providers/Microsoft[.]Network/virtualNetworks/[^/]+/subnets/[^/]+",
                example="/subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.Network/virtualNetworks/<network>/subnets/<subnet>",
            ),
            (
                "self.lowerAscii() == oldSelf.lowerAscii()",
                "is immutable: a gateway's network cannot be changed. Create another WorkspaceGatewayNetwork for the other subnet",
            ),
        ),
    ),
]

NetworkSecurityGroupId = Annotated[
    str,
    AfterValidator(_readable),
    Field(
        max_length=512,
        json_schema_extra=cel(
            _arm_id(
                provider="/providers/Microsoft[.]Network/networkSecurityGroups/[^/]+",
                example="/subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.Network/networkSecurityGroups/<name>",
            )
        ),
    ),
]

ResourceGroupId = Annotated[
    str,
    AfterValidator(_readable),
    Field(
        max_length=256,
        json_schema_extra=cel(_arm_id(provider="", example="/subscriptions/<guid>/resourceGroups/<group>")),
    ),
]


class Mode(StrEnum):
    """How the gateway sits in the network."""

    INTEGRATION = "Integration"


class RequirementsVersion(StrEnum):
    """A published version of Azure's requirements, named by its date."""

    V2025_06_18 = "2025-06-18"
    V2026_05_20 = "2026-05-20"
    V2026_08_26 = "2026-08-26"


class Attach(StrEnum):
    """What to do when another network security group is attached to the subnet."""

    IF_ABSENT = "IfAbsent"
    REPLACE = "Replace"


class Protocol(StrEnum):
    """A protocol, in Azure's spelling."""

    TCP = "Tcp"
    UDP = "Udp"
    ICMP = "Icmp"
    ESP = "Esp"
    AH = "Ah"
    ANY = "*"


class ManagementPolicy(StrEnum):
    """Whether the operator may write to Azure for this resource."""

    MANAGE = "Manage"
    OBSERVE = "Observe"


class DeletionPolicy(StrEnum):
    """What becomes of Azure when the resource is deleted."""

    RETAIN = "Retain"
    DELETE = "Delete"


class ApiManagement(ApiModel):
    """The API Management instance that the gateway belongs to."""

    id: ApiManagementId = Field(
        description="ARM id of the API Management service. Region, subscription and tier are checked against it.",
    )


class SubnetReference(ApiModel):
    """The subnet for the gateway."""

    id: SubnetId = Field(
        description="ARM id of the subnet. It must exist; the operator never creates one. Immutable, as a gateway's network is.",
    )


class Peer(ApiModel):
    """The far side of a rule: prefixes, or one service tag."""

    prefixes: tuple[Annotated[str, Field(max_length=18)], ...] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_PEER_PREFIXES,
        description="IPv4 addresses and prefixes, such as 203.0.113.0/24.",
        json_schema_extra={
            **ATOMIC,
            **cel(
                (
                    "self.all(p, (isCIDR(p) && cidr(p).ip().family() == 4) || (isIP(p) && ip(p).family() == 4))",
                    "each entry must be an IPv4 address or an IPv4 prefix like 203.0.113.0/24",
                ),
                (
                    "self.all(p, !isCIDR(p) || cidr(p).masked() == cidr(p))",
                    "a prefix must have no bits set behind its length: write 203.0.113.0/24, not 203.0.113.7/24",
                ),
            ),
        },
    )
    service_tag: str | None = Field(
        default=None,
        max_length=80,
        description="An Azure service tag, such as VirtualNetwork, Internet or Storage.UKSouth.",
        json_schema_extra=cel(
            ("self.matches('^[A-Za-z][A-Za-z0-9.]*$')", "must be a service tag like Internet, VirtualNetwork or Storage.UKSouth"),
        ),
    )

    model_config = ConfigDict(
        json_schema_extra=cel(
            ("has(self.prefixes) != has(self.serviceTag)", "needs exactly one of prefixes and serviceTag"),
        )
    )


class AdditionalRule(ApiModel):
    """A security rule of the organisation's own. The near side is always the subnet's prefixes."""

    name: str = Field(
        max_length=50,
        description="Name of the rule, unique without regard to case. In Azure it is wgn-<owner>-<name>.",
        json_schema_extra=cel(
            (
                "self.matches('^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$')",
                "must begin with a letter or digit, end with a letter, digit or underscore, and may hold . - _ between",
            ),
            ("!self.lowerAscii().startsWith('gateway-')", "must not begin with gateway-: those names are for the requirements' own rules"),
        ),
    )
    priority: int = Field(ge=100, le=4096, description="The rule's number, unique in its direction; the smaller number wins.")
    direction: Direction = Field(description="Inbound rules are about packets to the subnet, Outbound rules about packets from it.")
    access: Access = Field(description="Allow or Deny.")
    protocol: Protocol = Field(description="Tcp, Udp, Icmp, Esp, Ah, or * for any.")
    peer: Peer = Field(description="The far side: the source of an Inbound rule, the destination of an Outbound one.")
    ports: tuple[Annotated[str, Field(max_length=11)], ...] = Field(
        min_length=1,
        max_length=MAX_PORTS,
        description='Destination ports: "443", "1000-2000", or "*" for any.',
        json_schema_extra={
            **ATOMIC,
            **cel(
                (
                    "self.all(p, p == '*' || p.matches('^[0-9]{1,5}(-[0-9]{1,5})?$'))",
                    'each entry must be a port like "443", a range like "1000-2000", or "*"',
                ),
                (
                    (
                        "self.all(p, !p.matches('^[0-9]{1,5}(-[0-9]{1,5})?$')"
                        " || (p.split('-').all(n, int(n) <= 65535)"
                        " && int(p.split('-')[0]) <= int(p.split('-')[size(p.split('-')) - 1])))"
                    ),
                    "ports go up to 65535, and a range must not begin above its end",
                ),
            ),
        },
    )
    description: str | None = Field(default=None, max_length=140, description="Shown in Azure beside the rule; at most 140 characters.")


class NetworkSecurityGroupSpec(ApiModel):
    """Which network security group to use, and what to put into it."""

    id: NetworkSecurityGroupId | None = Field(
        default=None,
        description=(
            "ARM id of an existing group to use. Without it: the group that carries this resource's marks, else the one attached to"
            " the subnet, else a new one."
        ),
    )
    attach: Attach = Field(
        default=Attach.IF_ABSENT,
        description="IfAbsent attaches the group only to a subnet without one; Replace swaps another group out, in one write.",
    )
    additional_rules: tuple[AdditionalRule, ...] | None = Field(
        default=None,
        max_length=MAX_ADDITIONAL_RULES,
        description="The organisation's own rules for this subnet, kept beside those of the requirements.",
        json_schema_extra={
            **list_map("name"),
            **cel(
                (
                    "self.all(a, self.exists_one(b, a.name.lowerAscii() == b.name.lowerAscii()))",
                    "names must be unique without regard to case: Azure does not tell them apart",
                ),
                (
                    "self.all(a, self.exists_one(b, a.direction == b.direction && a.priority == b.priority))",
                    "each priority can be used once in each direction",
                ),
            ),
        },
    )


def _one_subscription(path: str, *, parts: int, guard: str = "") -> tuple[str, str]:
    rule = (
        f"{guard}!(size(self.subnet.id.split('/')) >= 11 && size(self.{path}.split('/')) >= {parts})"
        f" || self.{path}.lowerAscii().split('/')[2] == self.subnet.id.lowerAscii().split('/')[2]"
    )
    return rule, f"{path} must be in the subscription of subnet.id"


class Spec(ApiModel):
    """What a workspace gateway's network shall be."""

    mode: Mode = Field(description="Integration: inbound traffic is public, outbound traffic goes through the virtual network.")
    api_management: ApiManagement = Field(description="The API Management instance that the gateway belongs to.")
    subnet: SubnetReference = Field(description="The subnet that the gateway has to itself.")
    requirements_version: RequirementsVersion = Field(
        default=RequirementsVersion.V2025_06_18,
        description="Which published version of Azure's requirements to enforce.",
    )
    network_security_group: NetworkSecurityGroupSpec | None = Field(
        default=None,
        description="Which network security group to use, and what to put into it.",
    )
    resource_group_id: ResourceGroupId | None = Field(
        default=None,
        description="ARM id of the resource group for a network security group that the operator creates. Default: the network's own.",
    )
    tags: dict[str, Annotated[str, Field(max_length=256)]] | None = Field(
        default=None,
        max_length=MAX_TAGS,
        description="Tags on what the operator creates in Azure. Tags that others set stay.",
        json_schema_extra=cel(
            (
                "self.all(k, size(k) <= 512 && !k.matches('[<>%&?/\\\\\\\\]'))",
                "a tag's name has at most 512 characters and none of < > % & \\\\ ? /",
            ),
            ("self.all(k, !k.lowerAscii().startsWith('wgn-'))", "tag names beginning with wgn- are the operator's own marks"),
        ),
    )
    management_policy: ManagementPolicy = Field(
        default=ManagementPolicy.MANAGE,
        description="Manage writes to Azure; Observe only says in status.plan what it would write.",
    )
    deletion_policy: DeletionPolicy = Field(
        default=DeletionPolicy.RETAIN,
        description="Retain leaves Azure as it is when the resource is deleted; Delete removes what the resource owns, in safe order.",
    )
    suspend: bool = Field(default=False, description="Nothing is written to Azure while this is true.")
    resync_interval_seconds: int = Field(
        default=60, ge=30, le=86400, description="How often Azure is looked at for changes that somebody else made, in seconds."
    )
    progress_deadline_seconds: int = Field(
        default=3600, ge=60, le=604800, description="After this time without progress the resource is reported as Stalled, in seconds."
    )

    model_config = ConfigDict(
        json_schema_extra=cel(
            _one_subscription("apiManagement.id", parts=9),
            _one_subscription(
                "networkSecurityGroup.id", parts=9, guard="!(has(self.networkSecurityGroup) && has(self.networkSecurityGroup.id)) || "
            ),
            _one_subscription("resourceGroupId", parts=5, guard="!has(self.resourceGroupId) || "),
        )
    )
