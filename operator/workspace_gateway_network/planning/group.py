"""Which network security group serves the subnet: the one in the spec, ours, the attached one, or a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.api.spec import Attach
from workspace_gateway_network.model.gateway import same_region
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import Subnet, VirtualNetwork
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import NetworkSecurityGroups
from workspace_gateway_network.planning.step import REPAIRED, Action, ReadSet, Step


@dataclass(frozen=True, kw_only=True)
class GroupChoice:
    """The chosen group. `group` is None where it has to be created; with findings there is no usable choice."""

    group_id: ResourceId | None = None
    group: NetworkSecurityGroup | None = None
    findings: tuple[Finding, ...] = ()
    links: bool = False
    """Whether the subnet has to be given this group."""

    @property
    def is_unread(self) -> bool:
        """Whether it is not known which group it is, or what is in it."""
        return any(finding.condition is ConditionType.AZURE_ACCESS for finding in self.findings)


def choose_group(*, desired: Desired, network: VirtualNetwork | None, subnet: Subnet, groups: NetworkSecurityGroups) -> GroupChoice:
    """Choose by the order of the contract, then see whether the subnet may have it; without a network there is no region to compare."""
    choice = _candidate(desired=desired, subnet=subnet, groups=groups)
    if choice.group_id is None:
        return choice
    findings = [*choice.findings]
    if choice.group and network and not same_region(choice.group.location, network.location):
        findings.append(_wrong_region(choice.group, network=network))
    attached = subnet.network_security_group_id
    if attached == choice.group_id:
        return replace(choice, findings=tuple(findings))
    if attached and desired.attach is not Attach.REPLACE and not _is_ours(attached, desired=desired, groups=groups):
        problem = groups.problem_with(attached)
        another = problem.of_access if problem else _another_attached(subnet=subnet, attached=attached, wanted=choice.group_id)
        findings.append(another)
    return replace(choice, findings=tuple(findings), links=not findings)


def repair_group(group: NetworkSecurityGroup, *, desired: Desired) -> Iterator[Step]:
    """Write a group of ours once more as it is where its last change has failed: Azure lets no subnet refer to it until then."""
    if group.is_marked_by(desired.owner) and group.provisioning_state == "Failed":
        yield Step(
            action=Action.UPDATE,
            target=group.id,
            condition=ConditionType.SECURITY_RULES_APPLIED,
            changes=(REPAIRED,),
            reads=ReadSet(subnet=True, network_security_groups=frozenset({group.id})),
            locks=frozenset({group.id}),
            body=group.document,
            etag=group.etag,
        )


def _candidate(*, desired: Desired, subnet: Subnet, groups: NetworkSecurityGroups) -> GroupChoice:
    if desired.network_security_group_id:
        return _existing(desired.network_security_group_id, groups=groups)
    attached = subnet.network_security_group_id
    ours = sorted((group for group in groups.found if group.is_marked_by(desired.owner)), key=lambda group: group.id.key)
    if ours:
        group = next((group for group in ours if group.id == attached), ours[0])
        return GroupChoice(group_id=group.id, group=group)
    hidden = (groups.problem_with(group_id) for group_id in sorted(desired.query.network_security_group_ids, key=str))
    if problem := next(filter(None, hidden), None):
        # One of those that cannot be read may be ours, and ours goes before the attached one.
        return GroupChoice(group_id=attached, findings=(problem.of_access,))
    if attached:
        return _existing(attached, groups=groups)
    return _new(desired=desired, groups=groups)


def _existing(group_id: ResourceId, *, groups: NetworkSecurityGroups) -> GroupChoice:
    group = groups.get(group_id)
    problem = groups.problem_with(group_id)
    if problem:
        return GroupChoice(group_id=group_id, findings=(problem.of_access,))
    if group is None:
        return GroupChoice(group_id=group_id, findings=(_missing(group_id),))
    return GroupChoice(group_id=group_id, group=group)


def _new(*, desired: Desired, groups: NetworkSecurityGroups) -> GroupChoice:
    namesake = groups.get(desired.new_group_id)
    if namesake:
        return GroupChoice(group_id=desired.new_group_id, findings=(_namesake(namesake),))
    return GroupChoice(group_id=desired.new_group_id, links=True)


def _is_ours(group_id: ResourceId, *, desired: Desired, groups: NetworkSecurityGroups) -> bool:
    group = groups.get(group_id)
    return group is not None and group.is_marked_by(desired.owner)


def _problem(reason: Reason, message: str) -> Finding:
    return Finding(condition=ConditionType.SECURITY_RULES_APPLIED, reason=reason, message=message)


def _missing(group_id: ResourceId) -> Finding:
    return _problem(
        Reason.NETWORK_SECURITY_GROUP_NOT_FOUND,
        f"Network security group {group_id.name} does not exist in resource group {group_id.resource_group.name}. Create it, correct"
        " spec.networkSecurityGroup.id, or leave the field out to have a group made.",
    )


def _namesake(group: NetworkSecurityGroup) -> Finding:
    return _problem(
        Reason.OWNERSHIP_CONFLICT,
        f"Network security group {group.id.name} already exists in resource group {group.id.resource_group.name} without this resource's"
        " marks, so it is left alone. Rename or delete it, or name the group to use in spec.networkSecurityGroup.id.",
    )


def _wrong_region(group: NetworkSecurityGroup, *, network: VirtualNetwork) -> Finding:
    return _problem(
        Reason.LOCATION_MISMATCH,
        f"Network security group {group.id.name} is in {group.location}, but virtual network {network.id.name} is in {network.location}."
        " Use a group in the network's region.",
    )


def _another_attached(*, subnet: Subnet, attached: ResourceId, wanted: ResourceId) -> Finding:
    return _problem(
        Reason.NETWORK_SECURITY_GROUP_CONFLICT,
        f"Subnet {subnet.id.name} has network security group {attached.name} attached, but {wanted.name} is wanted. Set"
        " spec.networkSecurityGroup.attach to Replace to have it swapped, or spec.networkSecurityGroup.id to the attached one.",
    )
