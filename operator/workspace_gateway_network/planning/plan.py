"""The result of planning: what should change, what stands in the way, and what is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.gateway import Gateway
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import Direction
from workspace_gateway_network.model.subnet import Subnet
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.note import Note
from workspace_gateway_network.planning.step import Step


class RuleState(StrEnum):
    """How it stands with one wanted security rule."""

    ENFORCED = "Enforced"
    SATISFIED = "Satisfied"
    """A rule of somebody else serves for it."""
    RESTRICTED = "Restricted"
    """Somebody's Deny keeps out some callers, or all."""
    SHADOWED = "Shadowed"
    """Somebody's Deny blocks what the gateway depends on."""
    MISSING = "Missing"
    NOT_ENFORCED = "NotEnforced"
    """The rule is there, and Azure does not enforce it today."""


@dataclass(frozen=True, kw_only=True)
class RuleReport:
    """One wanted rule: its name in Azure, what it is for, its number (None while it has none), and its state."""

    name: str
    requirement: str
    direction: Direction
    priority: int | None
    state: RuleState
    by_rule: str = ""
    """The rule of somebody else to which the state is due."""


class RecordState(StrEnum):
    """How it stands with the DNS record of one name."""

    PUBLISHED = "Published"
    MISSING = "Missing"
    CONFLICT = "Conflict"
    """It is somebody else's, and says something else."""
    MANAGED_EXTERNALLY = "ManagedExternally"


@dataclass(frozen=True, kw_only=True)
class RecordReport:
    """The record that one name of the gateway is to have."""

    fqdn: str
    zone_id: ResourceId | None
    """None where DNS is not kept in Azure."""
    addresses: tuple[str, ...]
    state: RecordState


@dataclass(frozen=True, kw_only=True)
class NamesReport:
    """What an Injection gateway is called, where it is reached, and what of it is in DNS.

    A record that is Missing has a step or a finding in the plan.
    """

    hostnames: tuple[str, ...] = ()
    """In lower case; empty while they are not known."""
    addresses: tuple[str, ...] = ()
    """Empty while they are not known."""
    zone_names: tuple[str, ...] = ()
    records: tuple[RecordReport, ...] = ()
    """One for every name, once names and addresses are known."""
    waiting: Finding | None = None
    """Why they are not known yet, though nothing is wrong: AwaitingGateway, AwaitingHostname or PrivateIPUnknown."""
    managed_externally: bool = False

    @property
    def are_published(self) -> bool:
        """Whether every name is answered as it should be, as far as that is the operator's to say."""
        done = {RecordState.PUBLISHED, RecordState.MANAGED_EXTERNALLY}
        return bool(self.records) and all(record.state in done for record in self.records)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What should change, in order, and what was found on the way."""

    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    withheld: tuple[Step, ...] = ()
    """What should change as well, but not now: somebody keeps changing it back."""
    held: tuple[Step, ...] = ()
    """What there would be to do, were it not for the findings. It is only judged, so that what forbids it is told with the rest."""
    blocked: bool = False
    """Whether findings forbid every write: there are no steps then, whatever there would be to do."""
    subnet: Subnet | None = None
    network_security_group_id: ResourceId | None = None
    """The group that the subnet has, or is to have."""
    rules: tuple[RuleReport, ...] = ()
    notes: tuple[Note, ...] = ()
    """What stands in the way of nothing and is worth knowing beforehand."""
    gateways: tuple[Gateway, ...] = ()
    names: NamesReport | None = None
    """None outside Injection, and in a blocked plan where too little was read to tell."""
    owned: tuple[ResourceId, ...] = ()
    """What carries our marks in Azure now."""
    in_motion: ResourceId | None = None
    """A part that Azure is still working on: what it shows may yet turn out otherwise."""
    looked: bool = True
    """Whether Azure was looked at for this plan; otherwise it says nothing of how Azure is."""

    @property
    def is_unread(self) -> bool:
        """Whether part of what it takes to judge was not read, so that what the last look said stays said."""
        return not self.looked or any(finding.condition is ConditionType.AZURE_ACCESS for finding in self.findings)

    @property
    def due(self) -> tuple[Step, ...]:
        """Everything that is to be written sooner or later, so that what will forbid it can be told now."""
        return (*self.steps, *self.held, *self.withheld)

    def notes_on(self, condition: ConditionType) -> tuple[Note, ...]:
        """The notes that concern one condition."""
        return tuple(note for note in self.notes if note.condition is condition)

    def steps_for(self, condition: ConditionType) -> tuple[Step, ...]:
        """The steps that concern one condition."""
        return tuple(step for step in self.steps if condition in step.concerns)
