"""Whether a subnet is the gateway's alone: who sits in it, who may, and what only looks like it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.gateway import API_GATEWAY, Gateway
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.owner import MARK_PREFIX, OWNER_TAG, RESOURCE_TAG, Owner, mark_in
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import Address, Direction
from workspace_gateway_network.model.subnet import Subnet, SubnetUser
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.note import Note

_RULE_MARK = re.compile(rf"{MARK_PREFIX}([0-9a-f]{{16}})-.+")
_ALONE = "A workspace gateway needs the subnet to itself"


def not_dedicated(*, subnet: Subnet, gateways: tuple[Gateway, ...], are_all_known: bool) -> Iterator[Finding]:
    """Who is in the subnet besides one gateway.

    What sits there without saying whose it is may be the gateway's: nobody is accused by it where one is there, or may be there unseen.
    """
    is_without_gateway = are_all_known and not gateways
    placed = [gateway for gateway in gateways if gateway.is_placed]
    if len(placed) > 1:
        names = " and ".join(gateway.name for gateway in placed)
        yield _shared(f"Gateways {names} both name subnet {subnet.id.name}. A subnet serves one gateway: delete one of them.")
    tenants = (*subnet.ip_configuration_ids, *subnet.private_endpoint_ids)
    if tenants and is_without_gateway:
        others = f" and {len(tenants) - 1} more" if len(tenants) > 1 else ""
        yield _shared(f"Subnet {subnet.id.name} is used by {tenants[0]}{others}. {_ALONE}: move them out, or use another subnet.")
    for link in subnet.service_association_links:
        if linked := _customers(link, subnet=subnet):
            yield _shared(
                f"Subnet {subnet.id.name} is used by {linked} (service association link {link.name}). {_ALONE}: disconnect that resource"
                " from the network, or use another subnet."
            )
    for link in subnet.resource_navigation_links:
        linked = _customers(link, subnet=subnet)
        if linked or is_without_gateway:
            user = str(linked) if linked else link.linked_type or "a service that Azure does not name"
            yield _shared(
                f"Subnet {subnet.id.name} is used by {user} (resource navigation link {link.name}). {_ALONE}: remove what put the link"
                " there, or use another subnet."
            )


def lingering(*, subnet: Subnet, gateways: tuple[Gateway, ...]) -> Iterator[Note]:
    """Notes on links that name nobody: a gateway puts its own on the subnet before it is listed, and leaves it there for hours."""
    for link in subnet.service_association_links:
        if not gateways and _customers(link, subnet=subnet) is None:
            whose = f"of {link.linked}" if link.linked else "that names no resource"
            yield Note(
                condition=ConditionType.PREREQUISITES_MET,
                reason="SubnetLinkUnexplained",
                message=(
                    f"Subnet {subnet.id.name} has the service association link {link.name} {whose}: a gateway that is being created or"
                    " was deleted, or another service. Until it is gone Azure may refuse to change the delegation or to create a gateway."
                ),
            )


def served_elsewhere(*, subnet: Subnet, group: NetworkSecurityGroup | None, owner: Owner) -> Iterator[Finding]:
    """The rules by which an operator of another cluster serves this very subnet."""
    prefixes = frozenset(map(Address, subnet.address_prefixes))
    if group is None or group.id != subnet.network_security_group_id:
        return
    for rule in group.rules:
        match = _RULE_MARK.fullmatch(rule.name.lower())
        near = rule.destination if rule.direction is Direction.INBOUND else rule.source
        if match and not match[1].startswith(owner.cluster_mark) and near.addresses & prefixes:
            is_tagged = mark_in(group.tags, OWNER_TAG) == match[1]
            whose = f"WorkspaceGatewayNetwork {mark_in(group.tags, RESOURCE_TAG)}" if is_tagged else "a WorkspaceGatewayNetwork"
            yield Finding(
                condition=ConditionType.PREREQUISITES_MET,
                reason=Reason.OWNERSHIP_CONFLICT,
                message=(
                    f"Subnet {subnet.id.name} is served by {whose} of another cluster: security rule {rule.name} in network security group"
                    f" {group.id.name} carries its mark. A subnet serves one gateway: delete the resource there, or, where that cluster is"
                    " gone, the rules that it left."
                ),
            )
            return


def _customers(link: SubnetUser, *, subnet: Subnet) -> ResourceId | None:
    """What a link names, where that is the customer's own and no workspace gateway."""
    linked = link.linked
    is_own = linked is not None and linked.subscription == subnet.id.subscription
    return linked if linked and is_own and linked.type != API_GATEWAY.lower() else None


def _shared(message: str) -> Finding:
    return Finding(condition=ConditionType.PREREQUISITES_MET, reason=Reason.SUBNET_NOT_DEDICATED, message=message)
