"""What carries an owner's marks in Azure, by one look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import Subnet, is_in_motion
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.marks import Marked
from workspace_gateway_network.planning.observed import Found, Observed, ZoneContents
from workspace_gateway_network.planning.rules import our_rules


def first_in_motion(*, subnet: Subnet | None, groups: Iterable[NetworkSecurityGroup]) -> ResourceId | None:
    """The subnet or the group that Azure is still working on, by its own word; None where all is at rest."""
    if subnet and subnet.is_in_motion:
        return subnet.id
    return next((group.id for group in groups if is_in_motion(group.provisioning_state)), None)


def owned_resources(*, desired: Desired, observed: Observed) -> tuple[ResourceId, ...]:
    """What carries our marks, or did until somebody took them away: the delegation, groups, and rules in groups of others."""
    owned: list[ResourceId] = []
    subnet = observed.subnet.value if isinstance(observed.subnet, Found) else None
    if subnet:
        names = (delegation.name for delegation in subnet.delegations)
        owned += [subnet.id.child("delegations", name) for name in names if name.lower() == desired.owner.delegation_name]
    for group in sorted(observed.network_security_groups.found, key=lambda group: group.id.key):
        if group.is_marked_by(desired.owner) or (subnet and lost_its_marks(group, desired=desired, subnet=subnet)):
            owned.append(group.id)
        else:
            owned += [group.id.child("securityRules", rule.name) for rule in our_rules(group.rules, desired=desired)]
    return (*owned, *_owned_names(desired, observed.zones))


def _owned_names(desired: Desired, zones: Mapping[ResourceId, ZoneContents]) -> Iterator[ResourceId]:
    def is_ours(thing: Marked) -> bool:
        return thing.owner_mark == desired.owner.mark or (not thing.owner_mark and thing.id in desired.owned_hint)

    for _, contents in sorted(zones.items(), key=lambda item: item[0].key):
        if isinstance(contents.zone, Found) and is_ours(contents.zone.value):
            yield contents.zone.value.id
        for reading in (contents.links, contents.records):
            things = reading.value if isinstance(reading, Found) else ()
            yield from (thing.id for thing in things if is_ours(thing))


def lost_its_marks(group: NetworkSecurityGroup, *, desired: Desired, subnet: Subnet) -> bool:
    """Whether the group was known to be ours, still serves the subnet, and somebody took its marks away without setting others."""
    is_known = group.id in desired.owned_hint and group.id == subnet.network_security_group_id
    return is_known and not group.owner_mark and group.resource_mark in {"", desired.owner.resource}
