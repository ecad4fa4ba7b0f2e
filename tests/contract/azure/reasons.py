"""How each reason comes about: what happens in Azure and to the resource until a condition says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contract.azure.life import ZONE, Life, attach_shared, bring_gateway, rich_seed, take_gateway
from contract.azure.names import GATEWAY, put_connection, put_internal_gateway
from contract.azure.world import GROUP, NETWORK, NSG, SERVICE, SUBNET, SUBSCRIPTION, World, fault_403
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.scope import Scope
from workspace_gateway_network.planning.scopes import NamespaceScopes


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What leads to a reason, and the condition that has it."""

    play: Callable[[World], Awaitable[Life]]
    condition: ConditionType = ConditionType.READY


async def looked(life: Life) -> Life:
    await life.settle(passes=8)
    return life


async def once(life: Life) -> Life:
    await life.step()
    return life


async def invalid(world: World) -> Life:
    return await once(Life(world, mode="Sideways"))


async def out_of_scope(world: World) -> Life:
    return await once(Life(world, scopes=NamespaceScopes(by_pattern={"apim": (Scope.parse(SERVICE),)})))


async def gateway_of_the_other_mode(world: World) -> Life:
    bring_gateway(world.emulator)
    return await looked(Life(world))


async def marked_by_another_cluster(world: World) -> Life:
    delegate(world, "wgn-0123456789abcdef", "Microsoft.Web/serverFarms")
    return await looked(Life(world))


async def service_elsewhere(world: World) -> Life:
    world.emulator.patch(SERVICE, {"location": "West Europe"})
    return await looked(Life(world))


async def wrong_tier(world: World) -> Life:
    world.emulator.patch(SERVICE, {"sku": {"name": "Developer"}})
    return await looked(Life(world))


async def too_small(world: World) -> Life:
    world.emulator.patch(SUBNET, {"properties": {"addressPrefix": "10.1.0.0/28"}})
    return await looked(Life(world))


async def shared_with_a_machine(world: World) -> Life:
    nic = f"{GROUP}/providers/Microsoft.Network/networkInterfaces/vm/ipConfigurations/primary"
    world.emulator.patch(SUBNET, {"properties": {"ipConfigurations": [{"id": nic}]}})
    return await looked(Life(world))


async def delegated_to_another(world: World) -> Life:
    delegate(world, "0", "Microsoft.ApiManagement/service")
    return await looked(Life(world))


async def another_group_attached(world: World) -> Life:
    attach_shared(world.emulator)
    other = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/wanted"
    world.emulator.put(other, {"location": "uksouth", "properties": {}})
    return await looked(Life(world, networkSecurityGroup={"id": other}))


async def shadowed(world: World) -> Life:
    attach_shared(world.emulator)
    deny = {"direction": "Outbound", "access": "Deny", "priority": 200, "protocol": "*"}
    far = {"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "Storage", "destinationPortRange": "443"}
    world.emulator.put(f"{NSG}/securityRules/no-storage", {"properties": {**deny, **far}})
    return await looked(Life(world, mode="Injection"))


async def number_taken(world: World) -> Life:
    attach_shared(world.emulator)
    rule = {
        "name": "partners",
        "priority": 300,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "peer": {"prefixes": ["198.51.100.0/24"]},
        "ports": ["443"],
    }
    return await looked(Life(world, networkSecurityGroup={"additionalRules": [rule]}))


async def record_of_somebody_else(world: World) -> Life:
    bring_gateway(world.emulator)
    world.emulator.put(ZONE, {"location": "global"})
    world.emulator.put(f"{ZONE}/A/@", {"properties": {"ttl": 3600, "aRecords": [{"ipv4Address": "10.9.9.9"}]}})
    return await looked(Life(world, mode="Injection"))


async def unregistered(world: World) -> Life:
    world.emulator.reset(rich_seed(providers={"Microsoft.Web": "NotRegistered"}))
    return await looked(Life(world))


async def locked(world: World) -> Life:
    world.emulator.put_lock("frozen", scope=NETWORK, level="ReadOnly")
    return await looked(Life(world))


async def denied_by_policy(world: World) -> Life:
    condition = {"field": "tags['costCentre']", "exists": "false"}
    group = {"field": "type", "equals": "Microsoft.Network/networkSecurityGroups"}
    world.emulator.put_policy(
        "require-cost-centre", scope=f"/subscriptions/{SUBSCRIPTION}", condition={"allOf": [group, condition]}, display_name="A cost centre"
    )
    return await looked(Life(world))


async def at_the_limit(world: World) -> Life:
    code, message = "NetworkSecurityGroupCountLimitReached", "Cannot create more than 5000 network security groups for this subscription."
    return await refused_to_create(world, 400, code, message)


async def contested(world: World) -> Life:
    life = await looked(Life(world))
    for _ in range(5):
        life.wait(30)
        world.emulator.patch(SUBNET, {"properties": {"delegations": []}})
        await life.settle()
    return life


async def refused(world: World) -> Life:
    return await refused_to_create(world, 400, "InvalidRequestFormat", "Cannot parse the request.")


async def gateway_failed(world: World) -> Life:
    life = await looked(Life(world, mode="Injection", readyWhen="GatewayPublished"))
    bring_gateway(world.emulator)
    world.emulator.patch(GATEWAY, {"properties": {"provisioningState": "Failed"}})
    life.wait(60)
    return await looked(life)


async def observed(world: World) -> Life:
    return await looked(Life(world, managementPolicy="Observe"))


async def deadline(world: World) -> Life:
    world.emulator.settings(hold_operations=True)
    life = Life(world, progressDeadlineSeconds=60)
    for _ in range(4):
        await life.step()
        life.wait(40)
    return life


async def no_token(world: World) -> Life:
    body = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided. Trace ID: 1"}
    world.emulator.expire_tokens()
    world.emulator.add_fault(service="entra", answer={"status": 401, "body": body})
    return await once(Life(world))


async def no_right(world: World) -> Life:
    answer = fault_403("Microsoft.Network/virtualNetworks/subnets/write", SUBNET)
    world.emulator.add_fault(method="PUT", path="/subnets/team-a$", answer=answer)
    return await looked(Life(world))


async def no_service(world: World) -> Life:
    world.emulator.delete(SERVICE)
    return await looked(Life(world))


async def no_network(world: World) -> Life:
    return await looked(Life(world, subnet={"id": SUBNET.replace("/hub/", "/spoke/")}))


async def no_subnet(world: World) -> Life:
    return await looked(Life(world, subnet={"id": SUBNET.replace("team-a", "team-z")}))


async def no_group(world: World) -> Life:
    return await looked(Life(world, networkSecurityGroup={"id": NSG.replace("shared", "missing")}))


async def no_zone(world: World) -> Life:
    bring_gateway(world.emulator)
    zone = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/azure-api.net"
    return await looked(Life(world, mode="Injection", dns={"zones": [{"id": zone}]}))


async def no_resource_group(world: World) -> Life:
    return await looked(Life(world, resourceGroupId=f"/subscriptions/{SUBSCRIPTION}/resourceGroups/nowhere"))


async def throttled(world: World) -> Life:
    answer = {"status": 429, "body": {"error": {"code": "429", "message": "Too many requests."}}, "headers": {"Retry-After": "60"}}
    world.emulator.add_fault(method="PUT", answer=answer)
    return await once(Life(world))


async def unavailable(world: World) -> Life:
    world.emulator.add_fault(path="/virtualnetworks$", answer={"status": 503, "body": "<html>Service Unavailable</html>"})
    return await once(Life(world))


async def still_attached(world: World) -> Life:
    life = await looked(Life(world, mode="Injection", deletionPolicy="Delete"))
    bring_gateway(world.emulator)
    life.delete()
    return await once(life)


async def still_linked(world: World) -> Life:
    life = await looked(Life(world, mode="Injection", deletionPolicy="Delete"))
    bring_gateway(world.emulator)
    await looked(life)
    links = world.properties(SUBNET)["serviceAssociationLinks"]
    take_gateway(world.emulator)
    world.emulator.patch(SUBNET, {"properties": {"serviceAssociationLinks": [{**each, "name": "gateway-sal"} for each in links]}})
    life.delete()
    return await once(life)


async def suspended(world: World) -> Life:
    return await once(Life(world, suspend=True))


async def deleting(world: World) -> Life:
    life = await looked(Life(world, deletionPolicy="Delete"))
    world.emulator.settings(hold_operations=True)
    life.delete()
    return await once(life)


async def waiting(world: World) -> Life:
    world.emulator.settings(hold_operations=True)
    return await once(Life(world))


async def correcting(world: World) -> Life:
    life = await looked(Life(world))
    world.emulator.settings(hold_operations=True)
    world.emulator.patch(SUBNET, {"properties": {"delegations": []}})
    for _ in range(3):
        life.wait(20)
        await life.step()
    return life


async def address_unknown(world: World) -> Life:
    put_internal_gateway(world.emulator, address=None)
    put_connection(world.emulator, "orders")
    return await looked(Life(world, mode="Injection"))


async def raced(world: World) -> Life:
    answer = {"status": 412, "body": {"error": {"code": "PreconditionFailed", "message": "Precondition failed."}}}
    world.emulator.add_fault(method="PUT", answer=answer)
    return await once(Life(world))


async def prepared(world: World) -> Life:
    return await looked(Life(world))


async def unconnected(world: World) -> Life:
    put_internal_gateway(world.emulator)
    return await looked(Life(world, mode="Injection"))


async def manual(world: World) -> Life:
    bring_gateway(world.emulator)
    return await looked(Life(world, mode="Injection", dns={"management": "Manual"}))


async def published(world: World) -> Life:
    bring_gateway(world.emulator)
    return await looked(Life(world, mode="Injection"))


async def refused_to_create(world: World, status: int, code: str, message: str) -> Life:
    answer: Mapping[str, Any] = {"status": status, "body": {"error": {"code": code, "message": message, "details": []}}}
    world.emulator.add_fault(method="PUT", path="/networksecuritygroups/", answer=answer)
    return await looked(Life(world))


def delegate(world: World, name: str, service: str) -> None:
    world.emulator.patch(SUBNET, {"properties": {"delegations": [{"name": name, "properties": {"serviceName": service}}]}})


SCENES: Mapping[Reason, Scene] = {
    Reason.INVALID_SPEC: Scene(play=invalid),
    Reason.SCOPE_NOT_ALLOWED: Scene(play=out_of_scope),
    Reason.GATEWAY_REPLACEMENT_REQUIRED: Scene(play=gateway_of_the_other_mode),
    Reason.OWNERSHIP_CONFLICT: Scene(play=marked_by_another_cluster),
    Reason.LOCATION_MISMATCH: Scene(play=service_elsewhere),
    Reason.TIER_UNSUPPORTED: Scene(play=wrong_tier),
    Reason.SUBNET_SIZE_UNSUPPORTED: Scene(play=too_small),
    Reason.SUBNET_NOT_DEDICATED: Scene(play=shared_with_a_machine),
    Reason.DELEGATION_CONFLICT: Scene(play=delegated_to_another),
    Reason.NETWORK_SECURITY_GROUP_CONFLICT: Scene(play=another_group_attached),
    Reason.SHADOWED_BY_DENY: Scene(play=shadowed),
    Reason.PRIORITY_CONFLICT: Scene(play=number_taken),
    Reason.RECORD_CONFLICT: Scene(play=record_of_somebody_else),
    Reason.RESOURCE_PROVIDER_NOT_REGISTERED: Scene(play=unregistered),
    Reason.SCOPE_LOCKED: Scene(play=locked),
    Reason.POLICY_DENIED: Scene(play=denied_by_policy),
    Reason.QUOTA_EXCEEDED: Scene(play=at_the_limit),
    Reason.CONTESTED: Scene(play=contested),
    Reason.AZURE_REFUSED: Scene(play=refused),
    Reason.GATEWAY_FAILED: Scene(play=gateway_failed),
    Reason.DRIFT_DETECTED: Scene(play=observed),
    Reason.PROGRESS_DEADLINE_EXCEEDED: Scene(play=deadline),
    Reason.CREDENTIAL_UNAVAILABLE: Scene(play=no_token),
    Reason.AUTHORIZATION_FAILED: Scene(play=no_right),
    Reason.API_MANAGEMENT_NOT_FOUND: Scene(play=no_service),
    Reason.VIRTUAL_NETWORK_NOT_FOUND: Scene(play=no_network),
    Reason.SUBNET_NOT_FOUND: Scene(play=no_subnet),
    Reason.NETWORK_SECURITY_GROUP_NOT_FOUND: Scene(play=no_group),
    Reason.PRIVATE_DNS_ZONE_NOT_FOUND: Scene(play=no_zone),
    Reason.RESOURCE_GROUP_NOT_FOUND: Scene(play=no_resource_group),
    Reason.AZURE_THROTTLED: Scene(play=throttled),
    Reason.AZURE_UNAVAILABLE: Scene(play=unavailable),
    Reason.GATEWAY_STILL_ATTACHED: Scene(play=still_attached),
    Reason.RESOURCE_IN_USE: Scene(play=still_linked),
    Reason.SUSPENDED: Scene(play=suspended),
    Reason.DELETING: Scene(play=deleting),
    Reason.WAITING_FOR_AZURE: Scene(play=waiting),
    Reason.CORRECTING_DRIFT: Scene(play=correcting),
    Reason.PRIVATE_IP_UNKNOWN: Scene(play=address_unknown),
    Reason.PROGRESSING: Scene(play=raced),
    Reason.AWAITING_GATEWAY: Scene(play=prepared),
    Reason.AWAITING_HOSTNAME: Scene(play=unconnected),
    Reason.NOT_REQUIRED: Scene(play=prepared, condition=ConditionType.DNS_RECORDS_PUBLISHED),
    Reason.MANAGED_EXTERNALLY: Scene(play=manual, condition=ConditionType.DNS_RECORDS_PUBLISHED),
    Reason.RECONCILED: Scene(play=published),
}
