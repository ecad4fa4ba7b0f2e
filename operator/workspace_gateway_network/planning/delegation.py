"""What becomes of a subnet's delegations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.owner import MARK_PREFIX
from workspace_gateway_network.model.subnet import Delegation, Subnet
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.neighbours import Neighbour, Neighbours, taken_by

_MARK = re.compile(rf"{MARK_PREFIX}([0-9a-f]{{16}})")


@dataclass(frozen=True, kw_only=True)
class DelegationDecision:
    """What the subnet's delegations shall be; None where they are right as they are."""

    wanted: tuple[Delegation, ...] | None = None
    finding: Finding | None = None
    holder: Neighbour | None = None
    """Whose the delegation is by its mark, where the finding says so."""
    replaces: bool = False
    """Whether a delegation goes: that needs a fresh look at the gateways."""


def mark_of(delegation: Delegation) -> str:
    """The owner's mark in a delegation's name; empty where the name is nobody's mark."""
    match = _MARK.fullmatch(delegation.name.lower())
    return match[1] if match else ""


def decide_delegation(*, desired: Desired, subnet: Subnet, neighbours: Neighbours, is_free: bool) -> DelegationDecision:
    """Keep a right delegation whoever made it, add a missing one, change one of ours; never touch another's.

    `is_free`: it is proved that no gateway is in the subnet.
    """
    ours = desired.delegation
    if not subnet.delegations:
        return DelegationDecision(wanted=(ours,))
    if len(subnet.delegations) > 1:
        return DelegationDecision(finding=_several(subnet))
    (current,) = subnet.delegations
    mark = mark_of(current)
    is_right = current.is_for(ours.service_name)
    if mark == desired.owner.mark:
        return DelegationDecision() if is_right else _replaced(subnet=subnet, current=current, ours=ours)
    if mark:
        return _marked_by_another(desired=desired, subnet=subnet, neighbours=neighbours, ours=ours, current=current, is_free=is_free)
    return DelegationDecision() if is_right else DelegationDecision(finding=_conflict(desired=desired, subnet=subnet, current=current))


def _marked_by_another(
    *, desired: Desired, subnet: Subnet, neighbours: Neighbours, ours: Delegation, current: Delegation, is_free: bool
) -> DelegationDecision:
    mark = mark_of(current)
    neighbour = neighbours.with_mark(mark)
    if neighbour:
        return DelegationDecision(finding=taken_by(neighbour, what=f"The delegation of subnet {subnet.id.name}"), holder=neighbour)
    if not mark.startswith(desired.owner.cluster_mark):
        return DelegationDecision(finding=_other_cluster(subnet=subnet, current=current))
    # Its owner was a resource of this cluster that no longer exists. While somebody may be in the subnet the name stays as it is: a
    # delegation in use cannot be replaced, and a right one serves us under any name.
    if current.is_for(ours.service_name) and (subnet.has_service_association_link or not is_free):
        return DelegationDecision()
    return _replaced(subnet=subnet, current=current, ours=ours)


def _replaced(*, subnet: Subnet, current: Delegation, ours: Delegation) -> DelegationDecision:
    """To take a delegation away needs the proof that nobody is in the subnet, and a link says that somebody is."""
    if not subnet.service_association_links:
        return DelegationDecision(wanted=(ours,), replaces=True)
    return DelegationDecision(
        finding=Finding(
            condition=ConditionType.SUBNET_DELEGATED,
            reason=Reason.RESOURCE_IN_USE,
            message=(
                f"Subnet {subnet.id.name} is to be delegated to {ours.service_name} instead of {current.service_name}, but the service"
                f" association link {subnet.service_association_links[0].name} says that it is still used. Wait until the link is gone (it"
                " can outlive its gateway by hours), or use another subnet."
            ),
        )
    )


def _conflict(*, desired: Desired, subnet: Subnet, current: Delegation) -> Finding:
    wanted = desired.mode_requirements.delegation
    return Finding(
        condition=ConditionType.SUBNET_DELEGATED,
        reason=Reason.DELEGATION_CONFLICT,
        message=(
            f"Subnet {subnet.id.name} is delegated to {current.service_name} (delegation {current.name!r}), but the gateway needs {wanted}."
            f"{_known_mistake(current.service_name)} Remove that delegation if nothing needs it, or use another subnet."
        ),
    )


def _known_mistake(service_name: str) -> str:
    if service_name.lower() == "microsoft.apimanagement/service":
        return " The portal offers Microsoft.ApiManagement/service, but it is not what workspace gateways use."
    return ""


def _several(subnet: Subnet) -> Finding:
    services = " and ".join(delegation.service_name for delegation in subnet.delegations)
    return Finding(
        condition=ConditionType.SUBNET_DELEGATED,
        reason=Reason.DELEGATION_CONFLICT,
        message=f"Subnet {subnet.id.name} is delegated to {services}. A workspace gateway needs the subnet to itself: use another subnet.",
    )


def _other_cluster(*, subnet: Subnet, current: Delegation) -> Finding:
    return Finding(
        condition=ConditionType.PREREQUISITES_MET,
        reason=Reason.OWNERSHIP_CONFLICT,
        message=(
            f"The delegation {current.name!r} of subnet {subnet.id.name} carries the mark of an operator in another cluster"
            " (WGN_CLUSTER_ID). A subnet serves one gateway: delete the resource there, or use another subnet."
        ),
    )
