"""What a first look tells of a subnet that is to get a gateway."""

from __future__ import annotations

from typing import Any

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from worlds import documents
from worlds.azure import World
from worlds.resources import desired, neighbours

WIDE = {"addressPrefix": "10.1.0.0/24"}
"""The recommended size, of which there is nothing to tell."""
PLAN_ID = f"{documents.NETWORK_GROUP}/providers/Microsoft.Web/serverFarms/plan"
FOREIGN = "/subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/x/providers/Microsoft.Web/serverFarms/plan"
"""Something in a subscription of somebody else."""


def wide(**properties: Any) -> World:
    """A world with a subnet of that size."""
    return World(subnet=documents.subnet(**WIDE, **properties))


def planned(world: World, wanted: Desired | None = None, **parts: Any) -> Plan:
    """The plan after one look, some parts of it exchanged."""
    return plan(desired=wanted or desired(), observed=world.observed(**parts), neighbours=neighbours())


def found(result: Plan) -> list[tuple[str, str, str]]:
    """Condition, reason and message of each finding."""
    return [(finding.condition.value, finding.reason.value, finding.message) for finding in result.findings]


def noted(result: Plan) -> list[tuple[str, str]]:
    """Reason and message of each note."""
    assert all(note.condition is ConditionType.PREREQUISITES_MET for note in result.notes)
    return [(note.reason, note.message) for note in result.notes]
