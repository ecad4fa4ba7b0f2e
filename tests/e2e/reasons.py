"""How each reason comes about: what is so in Azure, what a resource asks for, and what happens then until a condition says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stage import seeds
from stage.place import Place
from stage.stage import Document
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason

OTHER_MARK = "wgn-0123456789abcdef"
GATEWAY = seeds.gateway_id("team-a")
SUBNET = seeds.subnet_id("team-a")
SHARED = seeds.network_security_group_id("shared")
INJECTION = {"mode": "Injection"}
LIMIT = "Cannot create more than 5000 network security groups for this subscription."
NO_SECRET = "AADSTS7000215: Invalid client secret provided. Trace ID: 1"

Happening = Callable[[Place], None]


def nothing(_: Place) -> None:
    """All is as the seed has it."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What leads to a reason, and the condition that has it."""

    spec: Document = field(default_factory=dict)
    given: Happening = nothing
    """What is so in Azure before anybody looks."""
    then: Happening = nothing
    """What happens once the resource is applied."""
    condition: ConditionType = ConditionType.READY
    namespace: str = ""
    """Where the message tells it; elsewhere it is the reason's own."""
    scopes: tuple[str, ...] = (f"/subscriptions/{seeds.SUBSCRIPTION}",)
    """What WGN_SCOPES lets the namespace use."""
    lacks: str = ""
    """An action of the documented role that the operator does not have here."""
    providers: Mapping[str, str] = field(default_factory=dict)
    """States of resource providers that are not registered here."""


# What is so in Azure.


def attach_shared(place: Place) -> None:
    """The organisation's group, on the subnet."""
    place.put(seeds.shared_group())
    place.set(SUBNET, networkSecurityGroup={"id": SHARED})


def without_storage(place: Place) -> None:
    attach_shared(place)
    deny = {"direction": "Outbound", "access": "Deny", "priority": 200, "protocol": "*"}
    far = {"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "Storage", "destinationPortRange": "443"}
    place.put({"id": seeds.security_rule_id("shared", "no-storage"), "properties": {**deny, **far}})


def attach_another(place: Place) -> None:
    attach_shared(place)
    place.put(seeds.shared_group("wanted"))


def delegate(name: str, service: str) -> Happening:
    return lambda place: place.set(SUBNET, delegations=[{"name": name, "properties": {"serviceName": service}}])


def place_gateway(place: Place) -> None:
    """A gateway for Injection that has its address."""
    place.put(seeds.private_gateway("team-a", subnet="team-a", addresses=[seeds.ADDRESS]))


def connect(place: Place) -> None:
    """Its first workspace, from which it has its name."""
    place.put({"id": seeds.connection_id("team-a"), **seeds.connection()})


def bring_gateway(place: Place) -> None:
    place_gateway(place)
    connect(place)


def bring_gateway_without_address(place: Place) -> None:
    place.put(seeds.private_gateway("team-a", subnet="team-a"))
    connect(place)


def share_zone(place: Place) -> None:
    bring_gateway(place)
    place.put({"id": seeds.zone_id(), "location": "global"})
    place.put({"id": f"{seeds.zone_id()}/A/@", "properties": {"ttl": 3600, "aRecords": [{"ipv4Address": "10.9.9.9"}]}})


def lock(place: Place) -> None:
    place.stage.azure.put_lock("frozen", scope=place.here(seeds.NETWORK), level="ReadOnly")


def require_cost_centre(place: Place) -> None:
    group = {"field": "type", "equals": "Microsoft.Network/networkSecurityGroups"}
    condition = {"allOf": [group, {"field": "tags['costCentre']", "exists": "false"}]}
    scope = f"/subscriptions/{place.subscription}"
    place.stage.azure.put_policy("require-cost-centre", scope=scope, condition=condition, display_name="A cost centre")


def answer(status: int, body: Any, *, path: str, method: str, **headers: str) -> Happening:
    """Have Azure answer so."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda place: place.fault(path=path, method=method, answer={"status": status, "body": body, "headers": named})


def refuse_group(status: int, code: str, message: str, **headers: str) -> Happening:
    """Have Azure answer so to who wants to make a group."""
    return answer(status, {"error": {"code": code, "message": message}}, path="networksecuritygroups/", method="PUT", **headers)


# What happens once the resource is applied.


def fight(place: Place) -> None:
    place.stage.wait_ready()
    for _ in range(4):
        place.set(SUBNET, delegations=[])
        place.look()
        place.stage.wait_for(lambda: is_settled(place), what="the delegation put back")
    place.set(SUBNET, delegations=[])
    place.look()


def is_settled(place: Place) -> bool:
    subnet = place.stage.azure.get(place.here(SUBNET)) or {}
    return bool(subnet["properties"]["delegations"]) and place.stage.status()["drift"]["state"] == "InSync"


def change_while_azure_is_slow(place: Place) -> None:
    place.stage.wait_ready()
    place.hold()
    place.set(SUBNET, delegations=[])
    place.look()


def wait_past_the_deadline(place: Place) -> None:
    """Azure never finishes; the deadline's clock is in the status, so nobody waits an hour for it."""
    place.stage.wait_reason("WaitingForAzure")
    path = f"/apis/workspacegateway.dev/v1alpha1/namespaces/{place.stage.namespace}/workspacegatewaynetworks/team-a/status"
    earlier = {"status": {"progressingSince": "2026-01-01T00:00:00Z"}}
    place.stage.control_plane.request("PATCH", path, body=earlier, content_type="application/merge-patch+json")


def gateway_fails(place: Place) -> None:
    place.stage.wait_reason("AwaitingGateway")
    place.put(seeds.private_gateway("team-a", subnet="team-a", state="Failed"))
    place.look()


def delete(place: Place) -> None:
    place.stage.kubectl("delete", "wgn", "team-a", "--wait=false")


def delete_while_azure_is_slow(place: Place) -> None:
    place.stage.wait_ready()
    place.hold()
    delete(place)


def delete_under_a_gateway(place: Place) -> None:
    place.stage.wait_ready()
    place_gateway(place)
    delete(place)


def delete_under_a_link(place: Place) -> None:
    """The gateway is gone, and its link lingers."""
    place.stage.wait_reason("Reconciled")
    place.delete(seeds.connection_id("team-a"))
    place.delete(GATEWAY)
    gateway = {"linkedResourceType": "Microsoft.Web/serverFarms", "allowDelete": False}
    place.set(SUBNET, serviceAssociationLinks=[{"name": "gateway-sal", "properties": gateway}])
    delete(place)


def lose_the_token(place: Place) -> None:
    body = {"error": "invalid_client", "error_description": NO_SECRET}
    place.stage.azure.add_fault(service="entra", answer={"status": 401, "body": body})
    place.stage.azure.expire_tokens()
    place.look()


ZONE_THAT_IS_NOT_THERE = {"dns": {"zones": [{"id": seeds.zone_id("azure-api.net")}]}}

SCENES: Mapping[Reason, Scene] = {
    # Told after 15 seconds only: first, so that the others come about meanwhile.
    Reason.CORRECTING_DRIFT: Scene(then=change_while_azure_is_slow),
    Reason.INVALID_SPEC: Scene(spec={"requirementsVersion": "2027-01-01"}),
    Reason.SCOPE_NOT_ALLOWED: Scene(namespace="apim", scopes=(seeds.SERVICE,)),
    Reason.GATEWAY_REPLACEMENT_REQUIRED: Scene(given=bring_gateway),
    Reason.OWNERSHIP_CONFLICT: Scene(given=delegate(OTHER_MARK, "Microsoft.Web/serverFarms")),
    Reason.LOCATION_MISMATCH: Scene(given=lambda place: place.patch(seeds.SERVICE, location="West Europe")),
    Reason.TIER_UNSUPPORTED: Scene(given=lambda place: place.patch(seeds.SERVICE, sku={"name": "Developer"})),
    Reason.SUBNET_SIZE_UNSUPPORTED: Scene(given=lambda place: place.set(SUBNET, addressPrefix="10.1.0.0/28")),
    Reason.SUBNET_NOT_DEDICATED: Scene(
        given=lambda place: place.set(
            SUBNET,
            ipConfigurations=[
                {"id": place.here(f"{seeds.GROUP}/providers/Microsoft.Network/networkInterfaces/vm/ipConfigurations/primary")}
            ],
        )
    ),
    Reason.DELEGATION_CONFLICT: Scene(given=delegate("0", "Microsoft.ApiManagement/service")),
    Reason.NETWORK_SECURITY_GROUP_CONFLICT: Scene(
        given=attach_another, spec={"networkSecurityGroup": {"id": seeds.network_security_group_id("wanted")}}
    ),
    Reason.SHADOWED_BY_DENY: Scene(given=without_storage, spec=INJECTION),
    Reason.PRIORITY_CONFLICT: Scene(
        given=attach_shared,
        spec={"networkSecurityGroup": {"additionalRules": [seeds.additional_rule("partners", priority=200, port="443")]}},
    ),
    Reason.RECORD_CONFLICT: Scene(given=share_zone, spec=INJECTION),
    Reason.RESOURCE_PROVIDER_NOT_REGISTERED: Scene(providers={"Microsoft.Web": "NotRegistered"}),
    Reason.SCOPE_LOCKED: Scene(given=lock),
    Reason.POLICY_DENIED: Scene(given=require_cost_centre),
    Reason.QUOTA_EXCEEDED: Scene(given=refuse_group(400, "NetworkSecurityGroupCountLimitReached", LIMIT)),
    Reason.CONTESTED: Scene(then=fight),
    Reason.AZURE_REFUSED: Scene(given=refuse_group(400, "InvalidRequestFormat", "Cannot parse the request.")),
    Reason.GATEWAY_FAILED: Scene(spec={**INJECTION, "readyWhen": "GatewayPublished"}, then=gateway_fails),
    Reason.DRIFT_DETECTED: Scene(spec={"managementPolicy": "Observe"}),
    Reason.PROGRESS_DEADLINE_EXCEEDED: Scene(given=Place.hold, then=wait_past_the_deadline),
    Reason.AUTHORIZATION_FAILED: Scene(lacks="Microsoft.Network/virtualNetworks/subnets/write"),
    Reason.API_MANAGEMENT_NOT_FOUND: Scene(given=lambda place: place.delete(seeds.SERVICE)),
    Reason.VIRTUAL_NETWORK_NOT_FOUND: Scene(spec={"subnet": {"id": f"{seeds.SPOKE}/subnets/team-a"}}),
    Reason.SUBNET_NOT_FOUND: Scene(spec={"subnet": {"id": seeds.subnet_id("team-z")}}),
    Reason.NETWORK_SECURITY_GROUP_NOT_FOUND: Scene(spec={"networkSecurityGroup": {"id": seeds.network_security_group_id("missing")}}),
    Reason.PRIVATE_DNS_ZONE_NOT_FOUND: Scene(given=bring_gateway, spec={**INJECTION, **ZONE_THAT_IS_NOT_THERE}),
    Reason.RESOURCE_GROUP_NOT_FOUND: Scene(spec={"resourceGroupId": f"/subscriptions/{seeds.SUBSCRIPTION}/resourceGroups/nowhere"}),
    Reason.AZURE_THROTTLED: Scene(given=refuse_group(429, "429", "Too many requests.", Retry_After="60")),
    Reason.AZURE_UNAVAILABLE: Scene(given=answer(503, "<html>Service Unavailable</html>", path="/virtualnetworks$", method="GET")),
    Reason.GATEWAY_STILL_ATTACHED: Scene(spec={**INJECTION, "deletionPolicy": "Delete"}, then=delete_under_a_gateway),
    Reason.RESOURCE_IN_USE: Scene(given=bring_gateway, spec={**INJECTION, "deletionPolicy": "Delete"}, then=delete_under_a_link),
    Reason.SUSPENDED: Scene(spec={"suspend": True}),
    Reason.DELETING: Scene(spec={"deletionPolicy": "Delete"}, then=delete_while_azure_is_slow),
    Reason.WAITING_FOR_AZURE: Scene(given=Place.hold),
    Reason.PRIVATE_IP_UNKNOWN: Scene(given=bring_gateway_without_address, spec=INJECTION),
    Reason.PROGRESSING: Scene(given=refuse_group(412, "PreconditionFailed", "Precondition failed.")),
    Reason.AWAITING_GATEWAY: Scene(),
    Reason.AWAITING_HOSTNAME: Scene(given=place_gateway, spec=INJECTION),
    Reason.NOT_REQUIRED: Scene(condition=ConditionType.DNS_RECORDS_PUBLISHED),
    Reason.MANAGED_EXTERNALLY: Scene(
        given=bring_gateway, spec={**INJECTION, "dns": {"management": "Manual"}}, condition=ConditionType.DNS_RECORDS_PUBLISHED
    ),
    Reason.RECONCILED: Scene(given=bring_gateway, spec=INJECTION),
    Reason.CREDENTIAL_UNAVAILABLE: Scene(then=lose_the_token),
}
LAST = Reason.CREDENTIAL_UNAVAILABLE
"""Tokens are for all subscriptions, so nothing else comes about after it."""
