"""Whose a thing with tags or metadata is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Protocol

from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.neighbours import Neighbours
from workspace_gateway_network.planning.step import Change


class Marked(Protocol):
    """What can carry an owner's mark."""

    @property
    def id(self) -> ResourceId:
        """Its id."""

    @property
    def owner_mark(self) -> str:
        """The mark; empty where it has none."""


class Claim(Enum):
    """How a thing stands to one owner."""

    OURS = auto()
    LOST = auto()
    """It once was ours by the status, and carries nobody's mark now."""
    ABANDONED = auto()
    """Its owner was a resource of this cluster that no longer exists: it may be taken over."""
    FOREIGN = auto()
    """Nobody's of these operators."""
    A_NEIGHBOURS = auto()
    """Another living resource's of this cluster."""
    ANOTHER_CLUSTERS = auto()

    @property
    def is_taken(self) -> bool:
        """Whether another resource has it, and keeps it."""
        return self in {Claim.A_NEIGHBOURS, Claim.ANOTHER_CLUSTERS}


def claim_on(thing: Marked, *, owner: Owner, neighbours: Neighbours, owned_hint: frozenset[ResourceId]) -> Claim:
    """How a thing stands to this owner."""
    mark = thing.owner_mark
    if mark == owner.mark:
        return Claim.OURS
    if not mark:
        return Claim.LOST if thing.id in owned_hint else Claim.FOREIGN
    if neighbours.with_mark(mark):
        return Claim.A_NEIGHBOURS
    return Claim.ABANDONED if mark.startswith(owner.cluster_mark) else Claim.ANOTHER_CLUSTERS


def merged(existing: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Existing tags or metadata with the wanted ones set. Their names have no case in Azure, so a name keeps its spelling."""
    spelling = {name.lower(): name for name in existing}
    return {**existing, **{spelling.get(name.lower(), name): value for name, value in wanted.items()}}


def remarked(path: str, *, before: Mapping[str, str], after: Mapping[str, str]) -> Change:
    """The change of tags or metadata: only those that are set, so that it is the same whatever others there are."""
    names = [name for name, value in after.items() if before.get(name) != value]
    return Change(path=path, before={name: before[name] for name in names if name in before}, after={name: after[name] for name in names})


def own_entries(path: str, *, among: Mapping[str, str], wanted: Mapping[str, str]) -> frozenset[str]:
    """The paths of those of the tags or metadata that are ours, such as `tags.costCentre`, each in the spelling that it has there."""
    ours = {name.lower() for name in wanted}
    return frozenset(f"{path}.{name}" for name in among if name.lower() in ours)
