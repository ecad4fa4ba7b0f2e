"""An Injection gateway and its names in Azure, and a resource that remembers from pass to pass what its status would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.deletion import plan_deletion
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.neighbours import Neighbours
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from worlds import documents, resources
from worlds.azure import PRIVATE_DNS, World
from worlds.documents import NETWORK_ID, Document, gateway_id, zone_id
from worlds.names import ADDRESS, HOST

SPOKE_ID = NETWORK_ID.removesuffix("hub") + "spoke"
ZONE = zone_id(HOST)
SHARED_ZONE = zone_id("azure-api.net")
RELATIVE_HOST = HOST.removesuffix(".azure-api.net")
GATEWAY_ID = gateway_id("gw")
OUR_METADATA = {**resources.OUR_TAGS, "wgn-gateway": GATEWAY_ID}


def injection_gateway(**fields: Any) -> Document:
    """A gateway in the subnet that works and has its address."""
    return documents.gateway(**{"kind": "Internal", "addresses": [ADDRESS], **fields})


def world(*private_dns: Document, connections: Iterable[str] = (HOST,), **parts: Any) -> World:
    """A world with a gateway that works, one connection, and nothing in private DNS unless told."""
    return World(**{"gateways": [injection_gateway()], **parts}, connections=connections, private_dns=private_dns)


def wanted(
    *, dns: Document | None = None, gateway: Document | None = None, known: Iterable[str] = (), is_gone: bool = False, **fields: Any
) -> Desired:
    """What team-a wants in Injection mode; `known` are gateways that its status remembers."""
    spec = {"mode": "Injection", "dns": dns, "gateway": gateway, **fields}
    desired = resources.desired(**{name: value for name, value in spec.items() if value is not None})
    ids = desired.known_gateway_ids | set(map(ResourceId, known))
    return replace(desired, known_gateway_ids=ids, gateway_is_gone=is_gone)


def planned(world: World, desired: Desired, *, neighbours: Neighbours | None = None, **parts: Any) -> Plan:
    """The plan after a look by what the resource asks for."""
    return plan(desired=desired, observed=world.looked(desired.query, **parts), neighbours=neighbours or resources.neighbours())


def dns_steps(result: Plan) -> list[str]:
    """The steps in private DNS, in words."""
    return [f"{step.action} {step.target.name}" for step in result.steps if step.target.type in PRIVATE_DNS]


class Memory:
    """Plans and carries out, and remembers what a status does: what is owned, and which gateway was there last."""

    def __init__(self, world: World) -> None:
        """Nothing is remembered yet."""
        self.world = world
        self.owned: frozenset[ResourceId] = frozenset()
        self.gateways: frozenset[ResourceId] = frozenset()

    def remembering(self, desired: Desired) -> Desired:
        """The same with what is remembered."""
        return replace(desired, owned_hint=desired.owned_hint | self.owned, known_gateway_ids=desired.known_gateway_ids | self.gateways)

    def plan(self, desired: Desired, **parts: Any) -> Plan:
        """Plan, and remember."""
        result = planned(self.world, self.remembering(desired), **parts)
        return self._noted(result)

    def settle(self, desired: Desired) -> Plan:
        """Plan and carry out, as often as it takes."""
        for _ in range(60):
            result = self.plan(desired)
            if not result.steps:
                return result
            self.world.apply(*result.steps)
        raise AssertionError("it does not come to rest")

    def plan_deletion(self, desired: Desired, **parts: Any) -> Plan:
        """Plan the deletion."""
        remembered = self.remembering(desired)
        return plan_deletion(desired=remembered, observed=self.world.looked(remembered.query, **parts))

    def delete(self, desired: Desired) -> Plan:
        """Delete, step by step."""
        for _ in range(60):
            result = self.plan_deletion(desired)
            if not result.steps:
                return result
            self.world.apply(result.steps[0])
        raise AssertionError("it does not come to rest")

    def _noted(self, result: Plan) -> Plan:
        if not result.blocked:
            self.owned = frozenset(result.owned)
        self.gateways |= {gateway.id for gateway in result.gateways}
        return result
