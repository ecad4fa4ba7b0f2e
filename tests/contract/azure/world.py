"""A small world for the emulator, planners of one step, and what tests do with the port: look, apply, poll."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from arm_emulator.client import Emulator
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.azure import ArmAzure
from workspace_gateway_network.model.json import Json
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Found, Observed
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step
from workspace_gateway_network.runtime.azure_metrics import Count
from workspace_gateway_network.runtime.ports import Key, Urgency

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "22222222-2222-2222-2222-222222222222"
OPERATOR = "33333333-3333-3333-3333-333333333333"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/net"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/hub"
SUBNET = f"{NETWORK}/subnets/team-a"
ROUTES = f"{GROUP}/providers/Microsoft.Network/routeTables/routes"
NSG = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/shared"
NEW_NSG = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/wgn-team-a"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/contoso"
GATEWAY = f"{GROUP}/providers/Microsoft.ApiManagement/gateways/team-b"

KEY = Key("apim", "team-a")
QUERY = Query(
    subnet_id=ResourceId(SUBNET),
    api_management_id=ResourceId(SERVICE),
    network_security_group_ids=frozenset({ResourceId(NSG)}),
)


def seed() -> dict[str, Any]:
    return {
        "subscriptions": [{"subscriptionId": SUBSCRIPTION, "tenantId": TENANT}],
        "principals": [{"clientId": OPERATOR, "secret": "right"}],
        "resources": [
            {"id": ROUTES, "location": "uksouth", "properties": {}},
            {
                "id": NSG,
                "location": "uksouth",
                "tags": {"team": "network"},
                "properties": {"securityRules": [rule("office", priority=300)]},
            },
            {
                "id": NETWORK,
                "location": "uksouth",
                "properties": {
                    "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]},
                    "subnets": [
                        {
                            "name": "team-a",
                            "properties": {
                                "addressPrefix": "10.1.0.0/24",
                                "routeTable": {"id": ROUTES},
                                "serviceEndpoints": [{"service": "Microsoft.Storage"}],
                            },
                        },
                        {"name": "team-b", "properties": {"addressPrefix": "10.1.1.0/24"}},
                    ],
                },
            },
            {
                "id": SERVICE,
                "location": "UK South",
                "sku": {"name": "Premium", "capacity": 1},
                "properties": {"publisherEmail": "apis@example.com", "publisherName": "Contoso"},
            },
        ],
    }


def rule(name: str, *, priority: int) -> dict[str, Any]:
    return {
        "name": name,
        "properties": {
            "priority": priority,
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "203.0.113.0/24",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "10.1.0.0/24",
            "destinationPortRange": "443",
        },
    }


class Clock:
    """Real time, put forward at will: nobody waits for a Retry-After."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass
class Counted:
    """Metrics that remember."""

    requests: list[tuple[str, str, int]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Provider and kind of what Azure refused for its number."""
    held_back: list[tuple[str, str]] = field(default_factory=list)
    """The same of what was not sent, to stay within Azure's limits."""

    def request(self, *, method: str, resource_type: str, status: int, seconds: float) -> None:  # noqa: ARG002
        self.requests.append((method, resource_type, status))

    def throttled(self, *, provider: str, kind: str) -> None:
        self.refused.append((provider, kind))

    def put_off(self, *, provider: str, kind: str) -> None:
        self.held_back.append((provider, kind))

    def waited(self, *, provider: str, kind: str, seconds: float) -> None: ...

    def show_budget(self, counts: Callable[[], Iterable[Count]]) -> None: ...


@dataclass(kw_only=True)
class World:
    """The emulator, the port under test, and what most tests do with them."""

    emulator: Emulator
    azure: ArmAzure
    clock: Clock
    metrics: Counted
    since: int

    async def look(self, query: Query = QUERY) -> Observed:
        return await self.azure.look(query=query, urgency=Urgency.RESYNC)

    async def apply(self, planner: Callable[[Observed], Plan], *, key: Key = KEY, observed: Observed | None = None) -> Outcome:
        seen = observed or await self.look()
        return await self.azure.apply(key=key, plan=planner(seen), observed=seen, replan=planner, urgency=Urgency.CHANGED)

    async def finish(self, *, key: Key = KEY) -> Outcome:
        """Poll until the operation has ended, waiting as Azure asks in no time at all."""
        for _ in range(10):
            outcome = await self.azure.poll(key=key)
            assert outcome is not None
            if outcome.waiting_for is None:
                return outcome
            self.clock.advance((outcome.retry_after or 0) + 0.1)
        raise AssertionError("the operation does not end")

    async def write(self, planner: Callable[[Observed], Plan]) -> Outcome:
        """Apply, and see each operation to its end."""
        outcome = await self.apply(planner)
        return await self.finish() if outcome.waiting_for else outcome

    def sent(self, *methods: str) -> list[tuple[str, str]]:
        """What the operator has sent since the test began: method and path without the query, in order."""
        return [
            (request["method"], request["url"].split("?")[0].split(":", 2)[-1].split("/", 1)[-1])
            for request in self.requests()
            if not methods or request["method"] in methods
        ]

    def requests(self) -> list[dict[str, Any]]:
        return [exchange["liveRequest"] for exchange in self.emulator.exchanges(since=self.since, principal=OPERATOR)]

    def properties(self, id: str) -> dict[str, Any]:
        document = self.emulator.get(id)
        assert document is not None
        properties: dict[str, Any] = document["properties"]
        return properties


# --- planners of one step, as small as they can be --------------------------------------------------------------------


def delegate(observed: Observed) -> Plan:
    """Wants the delegation on the subnet."""
    assert isinstance(observed.subnet, Found), observed.subnet
    subnet = observed.subnet.value
    if subnet.delegations:
        return Plan()
    wanted: Json = [{"name": "wgn-test", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}]
    return Plan(
        steps=(
            Step(
                action=Action.UPDATE,
                target=subnet.id,
                condition=ConditionType.SUBNET_DELEGATED,
                changes=(Change(path="properties.delegations", before=[], after=["Microsoft.Web/serverFarms"]),),
                reads=ReadSet(subnet=True),
                locks=frozenset({subnet.id.parent}),
                body=subnet.with_properties(delegations=wanted),
                etag=subnet.etag,
                owned=frozenset({"properties.delegations"}),
            ),
        )
    )


def group_step(observed: Observed, *, name: str, body: Mapping[str, Any]) -> Step:
    group_id = ResourceId(name)
    return Step(
        action=Action.CREATE,
        target=group_id,
        condition=ConditionType.SECURITY_RULES_APPLIED,
        changes=(Change(path="", before=None, after=name),),
        reads=ReadSet(subnet=True, network_security_groups=frozenset({group_id})),
        locks=frozenset({group_id}),
        body=body,
        owned=frozenset({"location", "tags", "properties"}),
    )


def create_group(observed: Observed) -> Plan:
    """Wants a group of its own."""
    if observed.network_security_groups.get(ResourceId(NEW_NSG)):
        return Plan()
    body = {"location": "uksouth", "properties": {"securityRules": [rule("wgn-a", priority=1000)]}}
    return Plan(steps=(group_step(observed, name=NEW_NSG, body=body),))


def rules(*priorities: int) -> Callable[[Observed], Plan]:
    """Wants these rules of ours in the shared group, each named after its number."""

    def plan(observed: Observed) -> Plan:
        group = observed.network_security_groups.get(ResourceId(NSG))
        assert group is not None, observed.network_security_groups
        there = {each.name for each in group.rules}
        return Plan(steps=tuple(_rule_step(priority) for priority in priorities if f"wgn-{priority}" not in there))

    return plan


def _rule_step(priority: int) -> Step:
    group_id = ResourceId(NSG)
    body = rule(f"wgn-{priority}", priority=priority)
    return Step(
        action=Action.CREATE,
        target=group_id.child("securityRules", f"wgn-{priority}"),
        condition=ConditionType.SECURITY_RULES_APPLIED,
        changes=(Change(path="", before=None, after=body["properties"]),),
        reads=ReadSet(network_security_groups=frozenset({group_id})),
        locks=frozenset({group_id}),
        body=body,
        owned=frozenset({"properties"}),
    )


def tag_group(observed: Observed) -> Plan:
    """Wants a mark beside the tags that are there."""
    group = observed.network_security_groups.get(ResourceId(NSG))
    assert group is not None, observed.network_security_groups
    if "wgn-owner" in group.tags:
        return Plan()
    step = Step(
        action=Action.TAG,
        target=group.id,
        condition=ConditionType.SECURITY_RULES_APPLIED,
        changes=(Change(path="tags", before=None, after="wgn-owner"),),
        reads=ReadSet(subnet=True, network_security_groups=frozenset({group.id})),
        locks=frozenset({group.id}),
        body={"tags": {**group.tags, "wgn-owner": "us"}},
        etag=group.etag,
        owned=frozenset({"tags"}),
    )
    return Plan(steps=(step,))


def delete_group(observed: Observed) -> Plan:
    """Wants the shared group gone."""
    group = observed.network_security_groups.get(ResourceId(NSG))
    if group is None:
        return Plan()
    return Plan(
        steps=(
            Step(
                action=Action.DELETE,
                target=group.id,
                condition=ConditionType.SECURITY_RULES_APPLIED,
                changes=(Change(path="", before=group.id.name, after=None),),
                reads=ReadSet(subnet=True, network_security_groups=frozenset({group.id})),
                locks=frozenset({group.id}),
                etag=group.etag,
            ),
        )
    )


def fault_403(action: str, scope: str) -> dict[str, Any]:
    message = (
        f"The client '{OPERATOR}' with object id '{OPERATOR}' does not have authorization to perform action '{action}' over scope "
        f"'{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials."
    )
    return {
        "status": 403,
        "body": {"error": {"code": "AuthorizationFailed", "message": message}},
        "headers": {"x-ms-failure-cause": "gateway"},
    }


def put_gateway(emulator: Emulator) -> None:
    emulator.put(
        GATEWAY,
        {
            "location": "uksouth",
            "sku": {"name": "WorkspaceGatewayPremium", "capacity": 1},
            "properties": {"virtualNetworkType": "External", "backend": {"subnet": {"id": f"{NETWORK}/subnets/team-b"}}},
        },
    )
