"""The rules at the end of every network security group, which nobody can change (Microsoft Learn, "Network security groups")."""

from __future__ import annotations

from workspace_gateway_network.model.ports import ANY_PORT, Ports
from workspace_gateway_network.model.security_rule import ANY_ADDRESS, ANY_PROTOCOL, Access, Address, Direction, SecurityRule, Side


def _rule(name: str, priority: int, *, source: str, destination: str, access: Access) -> SecurityRule:
    return SecurityRule(
        name=name,
        direction=Direction.INBOUND if name.endswith("InBound") else Direction.OUTBOUND,
        priority=priority,
        access=access,
        protocol=ANY_PROTOCOL,
        source=_side(source),
        destination=_side(destination),
    )


def _side(address: str) -> Side:
    return Side(addresses=frozenset({Address(address)}), ports=Ports.parse([ANY_PORT]))


_ALLOW, _DENY = Access.ALLOW, Access.DENY

DEFAULT_RULES = (
    _rule("AllowVnetInBound", 65000, source="VirtualNetwork", destination="VirtualNetwork", access=_ALLOW),
    _rule("AllowAzureLoadBalancerInBound", 65001, source="AzureLoadBalancer", destination=ANY_ADDRESS, access=_ALLOW),
    _rule("DenyAllInBound", 65500, source=ANY_ADDRESS, destination=ANY_ADDRESS, access=_DENY),
    _rule("AllowVnetOutBound", 65000, source="VirtualNetwork", destination="VirtualNetwork", access=_ALLOW),
    _rule("AllowInternetOutBound", 65001, source=ANY_ADDRESS, destination="Internet", access=_ALLOW),
    _rule("DenyAllOutBound", 65500, source=ANY_ADDRESS, destination=ANY_ADDRESS, access=_DENY),
)
