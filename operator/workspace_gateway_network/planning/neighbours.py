"""The other custom resources of this cluster, as far as they bear on one: whose marks live, and who wants the same subnet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """Another WorkspaceGatewayNetwork."""

    owner: Owner
    subnet_id: ResourceId
    created: str
    """`metadata.creationTimestamp`, which sorts as text."""
    may_have_subnet: bool = True
    """Whether its namespace may use the subnet at all: if not, it keeps nobody else from it."""

    @property
    def seniority(self) -> tuple[str, str, str]:
        """The older resource comes first; of two of the same second the one whose namespace and name do."""
        return (self.created, self.owner.namespace, self.owner.name)


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """All other WorkspaceGatewayNetworks of the cluster, and how this one ranks among them."""

    created: str
    """`metadata.creationTimestamp` of the resource that is being planned."""
    others: tuple[Neighbour, ...] = ()

    @classmethod
    def of(cls, *, created: str, others: Iterable[Neighbour]) -> Neighbours:
        """Collect the others; their order does not matter."""
        return cls(created=created, others=tuple(sorted(others, key=lambda other: other.seniority)))

    def with_mark(self, mark: str) -> Neighbour | None:
        """The living resource that this mark belongs to."""
        return next((other for other in self.others if other.owner.mark == mark), None)

    def senior_rival(self, *, owner: Owner, subnet_id: ResourceId) -> Neighbour | None:
        """The oldest other resource that wants this subnet, may have it, and is older than the one that is planned."""
        seniority = (self.created, owner.namespace, owner.name)
        rivals = (other for other in self.others if other.subnet_id == subnet_id and other.may_have_subnet)
        return next((rival for rival in rivals if rival.seniority < seniority), None)


def taken_by(other: Neighbour, *, what: str) -> Finding:
    """The finding that a neighbour has what this resource wants."""
    return Finding(
        condition=ConditionType.PREREQUISITES_MET,
        reason=Reason.OWNERSHIP_CONFLICT,
        message=(
            f"{what} belongs to WorkspaceGatewayNetwork {other.owner.namespace}/{other.owner.name}."
            " A subnet serves one gateway: delete one of the two resources."
        ),
    )
