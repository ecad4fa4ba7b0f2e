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
from workspace_gateway_network.planning.step import Step


class RuleState(StrEnum):
    """How it stands with one wanted security rule."""

    ENFORCED = "Enforced"
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


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What should change, in order, and what was found on the way."""

    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    blocked: bool = False
    """Whether findings forbid every write: there are no steps then, whatever there would be to do."""
    subnet: Subnet | None = None
    network_security_group_id: ResourceId | None = None
    """The group that the subnet has, or is to have."""
    rules: tuple[RuleReport, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    owned: tuple[ResourceId, ...] = ()
    """What carries our marks in Azure now."""

    def steps_for(self, condition: ConditionType) -> tuple[Step, ...]:
        """The steps that concern one condition."""
        return tuple(step for step in self.steps if condition in step.concerns)
