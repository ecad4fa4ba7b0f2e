"""The spec of a WorkspaceGatewayNetwork: what a person asks for.

Everything here is in the CRD, descriptions and CEL rules included; what the operator does not do yet is not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from workspace_gateway_network.api.additional_rule import AdditionalRules
from workspace_gateway_network.api.arm_ids import (
    API_MANAGEMENT,
    GATEWAY,
    NETWORK_SECURITY_GROUP,
    RESOURCE_GROUP,
    SUBNET,
    ApiManagementId,
    NetworkSecurityGroupId,
    ResourceGroupId,
    Shape,
    SubnetId,
)
from workspace_gateway_network.api.dns import DnsSpec
from workspace_gateway_network.api.gateway import GatewaySpec
from workspace_gateway_network.api.schema import ApiModel, Rule, lower_ascii

MAX_TAGS = 10


class Mode(StrEnum):
    """How the gateway sits in the network."""

    INTEGRATION = "Integration"
    INJECTION = "Injection"


class RequirementsVersion(StrEnum):
    """A published version of Azure's requirements, named by its date."""

    V2025_06_18 = "2025-06-18"
    V2026_05_20 = "2026-05-20"
    V2026_08_26 = "2026-08-26"


class Attach(StrEnum):
    """What to do when another network security group is attached to the subnet."""

    IF_ABSENT = "IfAbsent"
    REPLACE = "Replace"


class OnDeny(StrEnum):
    """Whether a rule that the gateway depends on may be placed before somebody's Deny."""

    REPORT = "Report"
    PRECEDE = "Precede"


class ManagementPolicy(StrEnum):
    """Whether the operator may write to Azure for this resource."""

    MANAGE = "Manage"
    OBSERVE = "Observe"

    def at_most(self, limit: ManagementPolicy) -> ManagementPolicy:
        """The one of the two that lets the operator do less."""
        return ManagementPolicy.OBSERVE if ManagementPolicy.OBSERVE in {self, limit} else ManagementPolicy.MANAGE


class DeletionPolicy(StrEnum):
    """What becomes of Azure when the resource is deleted."""

    RETAIN = "Retain"
    DELETE = "Delete"


class ResourceProviderRegistration(StrEnum):
    """What to do where the subscription is not registered for what the delegation needs."""

    VERIFY = "Verify"
    REGISTER = "Register"


class ReadyWhen(StrEnum):
    """How much there must be for the resource to be Ready."""

    NETWORK_PREPARED = "NetworkPrepared"
    GATEWAY_PUBLISHED = "GatewayPublished"


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
    on_deny: OnDeny = Field(
        default=OnDeny.REPORT,
        description=(
            "Report says so when somebody's Deny blocks what the gateway depends on; Precede places the rule for it before that Deny."
            " Rules about who may call the gateway never go before a Deny."
        ),
    )
    additional_rules: AdditionalRules | None = Field(
        default=None,
        description="The organisation's own rules for this subnet, kept beside those of the requirements; at most 100.",
    )


_TAG_NAME = r"[^<>%&?/\\\x00-\x1f]{1,512}"

Tags = Annotated[
    dict[str, Annotated[str, Field(max_length=256)]],
    Field(max_length=MAX_TAGS),
    Rule(
        cel=f"self.all(k, k.matches(r'^{_TAG_NAME}$'))",
        holds=lambda tags: all(re.fullmatch(_TAG_NAME, name) for name in tags),
        message="must have names of 1 to 512 characters, without < > % & ? / and backslash",
    ),
    Rule(
        cel="self.all(k, !k.lowerAscii().startsWith('wgn-'))",
        holds=lambda tags: not any(lower_ascii(name).startswith("wgn-") for name in tags),
        message="must not have names that begin with wgn-: they are the operator's own marks",
    ),
    Rule(
        cel="self.all(a, self.exists_one(b, a.lowerAscii() == b.lowerAscii()))",
        holds=lambda tags: len(set(map(lower_ascii, tags))) == len(tags),
        message="must have names that differ in more than case: Azure does not tell such names apart",
    ),
]


def _in_subnets_subscription(path: str, *, shape: Shape, read: Callable[[Spec], str | None], present: str = "") -> Rule:
    """Leaves an id without its shape to the rule of its own; `present` guards an optional field."""
    optional = f"!({present}) || " if present else ""
    well_formed = f"{SUBNET.cel('self.subnet.id')} && {shape.cel(f'self.{path}')}"
    same = f"self.{path}.lowerAscii().split('/')[2] == self.subnet.id.lowerAscii().split('/')[2]"

    def holds(spec: Spec) -> bool:
        text = read(spec)
        return text is None or lower_ascii(text).split("/")[2] == lower_ascii(spec.subnet.id).split("/")[2]

    return Rule(
        cel=f"{optional}!({well_formed}) || {same}",
        holds=holds,
        message="must be in the subscription of spec.subnet.id",
        path=f".{path}",
    )


def _only_with_injection(path: str, *, read: Callable[[Spec], object], present: str, because: str) -> Rule:
    """Keeps out of Integration what nothing would use there."""
    return Rule(
        cel=f"self.mode == '{Mode.INJECTION}' || !({present})",
        holds=lambda spec: spec.mode is Mode.INJECTION or read(spec) is None,
        message=f"must not be set with mode Integration: {because}",
        path=f".{path}",
    )


class Spec(ApiModel):
    """What a workspace gateway's network shall be."""

    mode: Mode = Field(
        description=(
            "Integration: inbound traffic is public, outbound traffic goes through the virtual network. Injection: both go through it,"
            " and callers need private DNS."
        )
    )
    api_management: ApiManagement = Field(description="The API Management instance that the gateway belongs to.")
    subnet: SubnetReference = Field(description="The subnet that the gateway has to itself.")
    requirements_version: RequirementsVersion = Field(
        default=RequirementsVersion.V2025_06_18,
        description="Which published version of Azure's requirements to enforce.",
    )
    gateway: GatewaySpec | None = Field(
        default=None, description="Which gateway this is about, and how it is reached. Without it all is found in Azure."
    )
    network_security_group: NetworkSecurityGroupSpec | None = Field(
        default=None,
        description="Which network security group to use, and what to put into it.",
    )
    dns: DnsSpec | None = Field(
        default=None,
        description="How the names of the gateway come to be resolved. Only with mode Injection.",
    )
    resource_group_id: ResourceGroupId | None = Field(
        default=None,
        description=(
            "ARM id of the resource group for a network security group, or for private DNS zones, that the operator creates. Default: the"
            " network's own."
        ),
    )
    tags: Tags | None = Field(
        default=None, description="Tags on what the operator creates in Azure, at most 10. Tags that others set stay."
    )
    resource_provider_registration: ResourceProviderRegistration = Field(
        default=ResourceProviderRegistration.VERIFY,
        description=(
            "Verify says so where the subscription is not registered for Microsoft.Web, which a delegation needs; Register registers it,"
            " which takes the action microsoft.web/register/action on the subscription."
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
    ready_when: ReadyWhen = Field(
        default=ReadyWhen.NETWORK_PREPARED,
        description=(
            "NetworkPrepared: Ready once everything is done that can be done before the gateway exists. GatewayPublished: Ready once the"
            " gateway is there as well and its names resolve."
        ),
    )
    suspend: bool = Field(default=False, description="Nothing is written to Azure while this is true.")
    resync_interval_seconds: int = Field(
        default=60, ge=30, le=86400, description="How often Azure is looked at for changes that somebody else made, in seconds."
    )
    progress_deadline_seconds: int = Field(
        default=3600, ge=60, le=604800, description="After this time without progress the resource is reported as Stalled, in seconds."
    )

    RULES: ClassVar = (
        _in_subnets_subscription("apiManagement.id", shape=API_MANAGEMENT, read=lambda spec: spec.api_management.id),
        _in_subnets_subscription(
            "gateway.id",
            shape=GATEWAY,
            read=lambda spec: spec.gateway.id if spec.gateway else None,
            present="has(self.gateway) && has(self.gateway.id)",
        ),
        _in_subnets_subscription(
            "networkSecurityGroup.id",
            shape=NETWORK_SECURITY_GROUP,
            read=lambda spec: spec.network_security_group.id if spec.network_security_group else None,
            present="has(self.networkSecurityGroup) && has(self.networkSecurityGroup.id)",
        ),
        _in_subnets_subscription(
            "resourceGroupId",
            shape=RESOURCE_GROUP,
            read=lambda spec: spec.resource_group_id,
            present="has(self.resourceGroupId)",
        ),
        _only_with_injection(
            "gateway.hostnames",
            read=lambda spec: spec.gateway.hostnames if spec.gateway else None,
            present="has(self.gateway) && has(self.gateway.hostnames)",
            because="public DNS has the names of such a gateway",
        ),
        _only_with_injection(
            "gateway.privateIPAddresses",
            read=lambda spec: spec.gateway.private_ip_addresses if spec.gateway else None,
            present="has(self.gateway) && has(self.gateway.privateIPAddresses)",
            because="such a gateway has no private address that callers could use",
        ),
        _only_with_injection(
            "dns",
            read=lambda spec: spec.dns,
            present="has(self.dns)",
            because="public DNS has the names of such a gateway",
        ),
    )
