"""The plan for a resource that is being deleted with `deletionPolicy: Delete`: what it owns goes, in safe order, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.gateway import Gateway
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.subnet import Subnet
from workspace_gateway_network.planning.absence import is_gateway_gone
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Found, Observed, Unreadable
from workspace_gateway_network.planning.ownership import first_in_motion, owned_resources
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.rights import hidden
from workspace_gateway_network.planning.rules import delete_rules
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step
from workspace_gateway_network.planning.subnet_put import put_subnet
from workspace_gateway_network.planning.withdrawal import Kept, left_behind, withdraw


def plan_deletion(*, desired: Desired, observed: Observed) -> Plan:
    """Records, links and zones of ours; one subnet PUT that takes back our delegation and our group's link; our group, or our rules.

    While a gateway is in the subnet, or it is not known that none is, there are no steps. A parent that is gone means done. Without steps
    and findings the deletion is complete.
    """
    gateways = desired.query.knowing(observed.zones).gateways_concerned(observed.gateways)
    subnet = observed.subnet.value if isinstance(observed.subnet, Found) else None
    names = tuple(withdraw(owner=desired.owner, zones=observed.zones, kept=Kept()))
    steps = (*names, *_steps(desired=desired, observed=observed, subnet=subnet))
    blocking = tuple(_blocking(desired=desired, observed=observed, gateways=gateways))
    if steps and subnet and subnet.service_association_links and not blocking:
        blocking = (_linked(subnet),)
    in_use = () if blocking or steps else tuple(_still_used(desired=desired, observed=observed))
    return Plan(
        steps=() if blocking else steps,
        findings=blocking + in_use,
        blocked=bool(blocking),
        subnet=subnet,
        notes=tuple(hidden(desired=desired, observed=observed)),
        gateways=gateways,
        owned=owned_resources(desired=desired, observed=observed),
        in_motion=first_in_motion(subnet=subnet, groups=()),
    )


def _blocking(*, desired: Desired, observed: Observed, gateways: tuple[Gateway, ...]) -> Iterator[Finding]:
    for gateway in gateways:
        yield Finding(
            condition=ConditionType.GATEWAY_ATTACHED,
            reason=Reason.GATEWAY_STILL_ATTACHED,
            message=(
                f"Gateway {gateway.name} still uses subnet {desired.subnet_id.name}, so nothing is removed. Delete the gateway, or set the"
                " annotation workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
            ),
        )
    if isinstance(observed.subnet, Unreadable):
        yield observed.subnet.finding.of_access
    groups = observed.network_security_groups
    hidden = (groups.problem_with(group_id) for group_id in sorted(desired.query.network_security_group_ids, key=str))
    problem = next(filter(None, hidden), None)
    if problem:
        yield problem.of_access
    for contents in observed.zones.values():
        if unread := contents.unread:
            yield unread.finding.of_access
    if observed.unlisted_zones:
        yield observed.unlisted_zones.of_access
    if observed.gateways.incomplete and not gateways and not is_gateway_gone(desired=desired, observed=observed):
        yield observed.gateways.incomplete.of_access


def _linked(subnet: Subnet) -> Finding:
    """A service association link proves that somebody is, or lately was, in the subnet, whoever is listed or not."""
    return Finding(
        condition=ConditionType.SUBNET_DELEGATED,
        reason=Reason.RESOURCE_IN_USE,
        message=(
            f"Subnet {subnet.id.name} has the service association link {subnet.service_association_links[0].name}, so something may still"
            " use it and nothing is removed. Wait until the link is gone (it can outlive its gateway by hours), or set the annotation"
            " workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
        ),
    )


def _steps(*, desired: Desired, observed: Observed, subnet: Subnet | None) -> Iterator[Step]:
    ours = [group for group in observed.network_security_groups.found if group.is_marked_by(desired.owner)]
    groups = tuple(_leave_groups(desired=desired, observed=observed, subnet=subnet, ours=ours))
    if subnet:
        yield from _leave_subnet(desired=desired, subnet=subnet, ours=ours, repairs=subnet.is_failed and bool(groups))
    yield from groups


def _leave_groups(*, desired: Desired, observed: Observed, subnet: Subnet | None, ours: list[NetworkSecurityGroup]) -> Iterator[Step]:
    for group in sorted(observed.network_security_groups.found, key=lambda group: group.id.key):
        if group not in ours:
            yield from delete_rules(desired=desired, group=group)
        elif not _users(group, leaving=subnet):
            yield _delete_group(group)


def _leave_subnet(*, desired: Desired, subnet: Subnet, ours: list[NetworkSecurityGroup], repairs: bool) -> Iterator[Step]:
    """`repairs`: write it also where nothing of ours is on it any more, for it is not left behind as a write that failed has made it."""
    kept = tuple(entry for entry in subnet.delegations if entry.name.lower() != desired.owner.delegation_name)
    attached = subnet.network_security_group_id
    unlinks = attached is not None and any(group.id == attached for group in ours)
    undelegates = len(kept) < len(subnet.delegations)
    if unlinks or undelegates or repairs:
        yield put_subnet(
            subnet=subnet,
            network_id=subnet.id.parent,
            delegations=kept if undelegates else None,
            group=(attached, None) if unlinks else None,
            rereads_gateways=True,
        )


def _users(group: NetworkSecurityGroup, *, leaving: Subnet | None) -> tuple[str, ...]:
    """What else the group is attached to, besides the subnet that is being left."""
    subnets = (str(subnet_id) for subnet_id in group.subnet_ids if leaving is None or subnet_id != leaving.id)
    return (*subnets, *group.network_interface_ids)


def _delete_group(group: NetworkSecurityGroup) -> Step:
    return Step(
        action=Action.DELETE,
        target=group.id,
        condition=ConditionType.SECURITY_RULES_APPLIED,
        changes=(Change(path="", before={"securityRules": [rule.name for rule in group.rules]}, after=None),),
        reads=ReadSet(network_security_groups=frozenset({group.id}), gateways=True),
        locks=frozenset({group.id}),
        etag=group.etag,
    )


def _still_used(*, desired: Desired, observed: Observed) -> Iterator[Finding]:
    """Groups of ours that somebody attached elsewhere, zones of ours that somebody uses: they wait until they are free."""
    yield from left_behind(owner=desired.owner, zones=observed.zones)
    for group in observed.network_security_groups.found:
        users = _users(group, leaving=None) if group.is_marked_by(desired.owner) else ()
        if users:
            yield Finding(
                condition=ConditionType.SECURITY_RULES_APPLIED,
                reason=Reason.RESOURCE_IN_USE,
                message=(
                    f"Network security group {group.id.name} is still used by {users[0]}, so it is not removed. Attach another group there,"
                    " or set the annotation workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
                ),
            )
