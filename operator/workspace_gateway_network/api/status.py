"""The status of a WorkspaceGatewayNetwork: what the operator reports. Everything here is written by the operator alone."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.schema import ATOMIC, ApiModel, list_map

MAX_CHANGES = 50
MAX_OWNED_RESOURCES = 50
MAX_REQUEST = 256
MAX_RECORDS = 50
MAX_ADDRESSES = 20
"""As many as a record set holds (Microsoft Learn, "Azure DNS limits")."""
MAX_HOSTS_ENTRIES = 200

ArmId = Annotated[str, Field(max_length=1024)]
Name = Annotated[str, Field(max_length=253)]
Address = Annotated[str, Field(max_length=45)]
Timestamp = Annotated[str, Field(max_length=32, json_schema_extra={"format": "date-time"})]


class DriftState(StrEnum):
    """Whether Azure is as it was last made."""

    IN_SYNC = "InSync"
    DRIFTED = "Drifted"


class Condition(ApiModel):
    """One condition, in the shape of `metav1.Condition`."""

    type: str = Field(max_length=316, description="Type of the condition.")
    status: Literal["True", "False", "Unknown"] = Field(description="True, False or Unknown.")
    observed_generation: int = Field(ge=0, description="The generation of the spec that the condition speaks of.")
    last_transition_time: Timestamp = Field(description="When the status last changed.")
    reason: str = Field(min_length=1, max_length=1024, description="CamelCase token; docs/reasons.md says what each means.")
    message: str = Field(max_length=32768, description="A sentence for people.")


class Effective(ApiModel):
    """What the spec comes to."""

    digest: str | None = Field(
        default=None, max_length=64, description="Digest of the spec, but for suspend: tells whether the conditions speak of it."
    )
    requirements_version: str | None = Field(default=None, max_length=32, description="The requirements version in force.")
    delegation: str | None = Field(default=None, max_length=256, description="The service that the subnet must be delegated to.")
    network_security_group_id: ArmId | None = Field(default=None, description="The network security group in use.")
    zone_names: tuple[Name, ...] | None = Field(
        default=None, max_length=MAX_RECORDS, description="The private DNS zones of the gateway's names.", json_schema_extra=ATOMIC
    )


class SubnetStatus(ApiModel):
    """The subnet as last read."""

    id: ArmId = Field(description="ARM id, in Azure's spelling.")
    name: str = Field(max_length=80, description="Name of the subnet.")
    address_prefixes: tuple[Annotated[str, Field(max_length=64)], ...] = Field(
        max_length=64, description="All prefixes of the subnet.", json_schema_extra=ATOMIC
    )
    delegation: str | None = Field(default=None, max_length=256, description="The service that the subnet is delegated to.")
    network_security_group_id: ArmId | None = Field(default=None, description="The network security group attached to the subnet.")


class SecurityRuleStatus(ApiModel):
    """One wanted security rule."""

    name: str = Field(max_length=80, description="Name of the rule in Azure.")
    requirement: str = Field(max_length=80, description="The requirement, or the additional rule, that the rule is for.")
    direction: str = Field(max_length=8, description="Inbound or Outbound.")
    priority: int | None = Field(default=None, description="The rule's number; absent while it has none.")
    state: Literal["Enforced", "Satisfied", "Restricted", "Shadowed", "Missing", "NotEnforced"] = Field(
        description=(
            "Enforced; Satisfied: a rule of somebody else serves for it; Restricted: somebody's Deny keeps out callers, which is theirs to"
            " decide; Shadowed: somebody's Deny blocks what the gateway depends on; Missing; or NotEnforced: the rule is there, but Azure"
            " does not enforce it in this mode today."
        )
    )
    by_rule: str | None = Field(
        default=None, max_length=80, description="The rule of somebody else that satisfies, restricts or shadows this one."
    )


class GatewayStatus(ApiModel):
    """The workspace gateway in the subnet; or the one that was, until what it had in private DNS is taken back."""

    id: ArmId = Field(description="ARM id of the gateway.")
    name: str = Field(max_length=80, description="Name of the gateway.")
    provisioning_state: str | None = Field(
        default=None, max_length=64, description="Azure's word for how far the gateway is; none for one that is gone."
    )
    hostnames: tuple[Name, ...] | None = Field(
        default=None,
        max_length=MAX_RECORDS,
        description="The names of an Injection gateway, once they are known.",
        json_schema_extra=ATOMIC,
    )
    private_ip_addresses: tuple[Address, ...] | None = Field(
        default=None,
        alias="privateIPAddresses",
        max_length=MAX_ADDRESSES,
        description="The addresses of an Injection gateway in the subnet, once they are known.",
        json_schema_extra=ATOMIC,
    )


class RecordStatus(ApiModel):
    """The DNS record of one name of the gateway."""

    fqdn: Name = Field(description="The gateway's name.")
    zone_id: ArmId | None = Field(default=None, description="ARM id of the private DNS zone; absent where DNS is not kept in Azure.")
    ip_addresses: tuple[Address, ...] = Field(
        max_length=MAX_ADDRESSES, description="The addresses that the name is to be answered with.", json_schema_extra=ATOMIC
    )
    state: Literal["Published", "Missing", "Conflict", "ManagedExternally"] = Field(
        description=(
            "Published; Missing; Conflict: it is somebody else's and says something else; or ManagedExternally: it is not the operator's"
            " to keep."
        )
    )


class DnsStatus(ApiModel):
    """The names of the gateway in DNS."""

    records: tuple[RecordStatus, ...] = Field(max_length=MAX_RECORDS, description="One for each name.", json_schema_extra=ATOMIC)


class DriftStatus(ApiModel):
    """What became of changes that others made to what is ours."""

    state: DriftState = Field(description="InSync, or Drifted while a change of somebody else is being undone.")
    detected_at: Timestamp | None = Field(default=None, description="When drift was last seen.")
    count: int = Field(default=0, ge=0, description="How often drift was corrected.")


class PlannedChange(ApiModel):
    """One change that would be made."""

    action: Literal["Create", "Update", "Tag", "Delete", "Register"] = Field(description="What would be done.")
    resource: ArmId = Field(description="ARM id of what would be changed.")
    path: str | None = Field(default=None, max_length=256, description="The property; absent where a whole resource comes or goes.")
    from_: str | None = Field(default=None, alias="from", max_length=2048, description="The value now, as JSON.")
    to: str | None = Field(default=None, max_length=2048, description="The value wanted, as JSON.")


class PlanStatus(ApiModel):
    """What would be written to Azure, under `managementPolicy: Observe`."""

    id: str = Field(max_length=64, description="Digest of the changes: the same changes have the same id.")
    created_at: Timestamp = Field(description="When this plan was first made.")
    changes: tuple[PlannedChange, ...] = Field(
        max_length=MAX_CHANGES, description="The changes, in order; at most 50.", json_schema_extra=ATOMIC
    )
    more: str | None = Field(default=None, max_length=64, description="How many changes are not listed.")


class Status(ApiModel):
    """What the operator last saw and did."""

    conditions: tuple[Condition, ...] | None = Field(
        default=None, max_length=16, description="Ready, then Reconciling or Stalled, then the details.", json_schema_extra=list_map("type")
    )
    observed_generation: int | None = Field(
        default=None, description="The generation of the spec that this status speaks of; -1 before the first look."
    )
    effective: Effective | None = Field(default=None, description="What the spec comes to, normalised.")
    subnet: SubnetStatus | None = Field(default=None, description="The subnet as last read.")
    security_rules: tuple[SecurityRuleStatus, ...] | None = Field(
        default=None, max_length=128, description="The wanted security rules.", json_schema_extra=list_map("name")
    )
    gateway: GatewayStatus | None = Field(default=None, description="The workspace gateway in the subnet.")
    dns: DnsStatus | None = Field(default=None, description="The names of an Injection gateway in DNS.")
    hosts_entries: tuple[Annotated[str, Field(max_length=300)], ...] | None = Field(
        default=None,
        max_length=MAX_HOSTS_ENTRIES,
        description="The same as lines of a hosts file, for machines that ask no DNS.",
        json_schema_extra=ATOMIC,
    )
    drift: DriftStatus | None = Field(default=None, description="What became of changes that others made to what is ours.")
    plan: PlanStatus | None = Field(default=None, description="What would be written, under managementPolicy Observe.")
    owned_resources: tuple[ArmId, ...] | None = Field(
        default=None,
        max_length=MAX_OWNED_RESOURCES,
        description="What carries this resource's marks in Azure. A hint where to look: the marks decide.",
        json_schema_extra=ATOMIC,
    )
    progressing_since: Timestamp | None = Field(default=None, description="Since when the progress deadline is running.")
    last_handled_reconcile_at: str | None = Field(
        default=None, max_length=MAX_REQUEST, description="The value of the annotation reconcile-requested-at that was last answered."
    )

    def condition(self, kind: ConditionType) -> Condition | None:
        """The condition of this type."""
        return next((condition for condition in self.conditions or () if condition.type == kind), None)

    def is_ready_at(self, generation: int) -> bool:
        """Whether the resource was left Ready with the spec of this generation."""
        ready = self.condition(ConditionType.READY)
        return ready is not None and ready.status == "True" and ready.observed_generation == generation
