"""Rules that were copied from other products' documentation: harmless, mostly, but holes that nobody needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.owner import MARK_PREFIX
from workspace_gateway_network.model.ports import Ports
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import Access, Address, Direction, SecurityRule
from workspace_gateway_network.planning.note import Note

RULE_NOT_NEEDED = "RuleNotNeeded"
_MOST_TOLD = 5
"""A condition's message has room for few, and whoever acts on these sees the others."""


@dataclass(frozen=True)
class _Copied:
    """An inbound Allow of another product: from a peer, to exactly these ports."""

    peer: str
    ports: str
    product: str


_COPIED = (
    _Copied("GatewayManager", "65200-65535", "Application Gateway v2"),
    _Copied("AzureLoadBalancer", "65200-65535", "Application Gateway v2"),
    _Copied("GatewayManager", "65503-65534", "Application Gateway v1"),
    _Copied("GatewayManager", "443", "Azure Bastion and point-to-site gateways"),
    _Copied("ApiManagement", "3443", "the classic API Management service"),
    _Copied("ApiManagement", "443", "self-hosted gateways of API Management"),
    _Copied("AzureLoadBalancer", "6390", "the classic API Management service"),
    _Copied("VirtualNetwork", "6390", "the classic API Management service"),
)


def unneeded_rules(*, group: NetworkSecurityGroup, subnet_id: ResourceId, rules: Sequence[SecurityRule]) -> Iterator[Note]:
    """A note for each of the first; none where the group serves other subnets as well, whose business they may be."""
    if any(other != subnet_id for other in group.subnet_ids) or group.network_interface_ids:
        return
    ordered = sorted(rules, key=lambda rule: (rule.priority, rule.name))
    yield from islice((note for rule in ordered if (note := _note(rule))), _MOST_TOLD)


def _note(rule: SecurityRule) -> Note | None:
    copied = next((each for each in _COPIED if _is(rule, each)), None)
    if copied is None or rule.name.lower().startswith(MARK_PREFIX):
        return None
    return Note(
        condition=ConditionType.SECURITY_RULES_APPLIED,
        reason=RULE_NOT_NEEDED,
        message=(
            f"Rule {rule.name} ({rule.priority}) allows ports {copied.ports} from {copied.peer}, as {copied.product} needs it: it is not"
            " needed for workspace gateways."
        ),
    )


def _is(rule: SecurityRule, copied: _Copied) -> bool:
    is_open = rule.access is Access.ALLOW and rule.direction is Direction.INBOUND
    return is_open and rule.source.addresses == {Address(copied.peer)} and rule.destination.ports == Ports.parse([copied.ports])
