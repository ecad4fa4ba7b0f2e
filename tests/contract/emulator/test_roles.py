"""Roles: what a principal may do on which scopes, and how Azure says no."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from arm_emulator.client import Emulator, EmulatorRefusal
from arm_emulator.process import EmulatorProcess
from contract.emulator.azure import (
    ALLOW_HTTPS,
    CLIENT,
    GATEWAY,
    GROUP,
    LINK,
    NETWORK,
    NETWORKS,
    ROUTES,
    RULES,
    SECURITY_GROUP,
    SUBNET,
    SUBSCRIPTION,
    TENANT,
    ZONE,
    Arm,
    seed,
)

OBJECT = "0f7c1b2e-0000-4000-8000-00000000000c"
CALLER = f"The client '{CLIENT}' with object id '{OBJECT}'"
SUBNETS_ONLY = {"actions": ["Microsoft.Network/virtualNetworks/read", "Microsoft.Network/virtualNetworks/subnets/*"]}
OTHER_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/theirs"
OTHER_NETWORK = f"{OTHER_GROUP}/providers/Microsoft.Network/virtualNetworks/theirs"
SPACE = {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}


def sown(*roles: dict[str, Any]) -> dict[str, Any]:
    """The seed, with a second group and network, and one principal with these roles."""
    document = seed()
    document["resources"].append({"id": OTHER_NETWORK, "location": "westeurope", "properties": SPACE})
    return {**document, "principals": [{"clientId": CLIENT, "objectId": OBJECT, "roles": list(roles)}]}


async def log_in(arm: Arm, emulator: Emulator, *roles: dict[str, Any]) -> None:
    emulator.reset(sown(*roles))
    await arm.log_in()


def refusal(action: str, scope: str) -> tuple[int, dict[str, Any]]:
    message = (
        f"{CALLER} does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials."
    )
    return 403, {"error": {"code": "AuthorizationFailed", "message": message}}


async def test_an_action_that_no_role_allows_is_403_by_the_front_door(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": "Reader", "scope": GROUP})
    read = await arm.get(SUBNET)
    assert read.status == 200
    seen = await arm.put(SUBNET, read.body)
    assert seen.refusal == refusal("Microsoft.Network/virtualNetworks/subnets/write", SUBNET)
    assert seen.headers["x-ms-failure-cause"] == "gateway"
    assert (await arm.get(SUBNET)).body == read.body


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", NETWORK, "Microsoft.Network/virtualNetworks/read"),
        ("HEAD", f"{NETWORK}", "Microsoft.Network/virtualNetworks/read"),
        ("PUT", f"{RULES}/new", "Microsoft.Network/networkSecurityGroups/securityRules/write"),
        ("PATCH", NETWORK, "Microsoft.Network/virtualNetworks/write"),
        ("DELETE", f"{ZONE}/A/@", "Microsoft.Network/privateDnsZones/A/delete"),
        ("PUT", GATEWAY, "Microsoft.ApiManagement/gateways/write"),
        ("GET", GROUP, "Microsoft.Resources/subscriptions/resourceGroups/read"),
    ],
    ids=["GET", "HEAD", "PUT", "PATCH", "DELETE", "gateway", "resource group"],
)
async def test_a_role_of_nothing_allows_nothing(arm: Arm, emulator: Emulator, method: str, path: str, action: str) -> None:
    await log_in(arm, emulator)
    seen = await arm.send(method, path, {"properties": {}} if method in ("PUT", "PATCH") else None)
    assert seen.status == 403
    if method != "HEAD":
        assert seen.refusal == refusal(action, path)


async def test_what_may_not_be_read_cannot_be_told_from_what_is_not_there(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": "Reader", "scope": GROUP})
    missing = OTHER_NETWORK.replace("theirs", "nobodys")
    assert (await arm.get(missing)).refusal == refusal("Microsoft.Network/virtualNetworks/read", missing)
    assert (await arm.get(f"{NETWORKS}/none")).code == "ResourceNotFound"


async def test_roles_hold_for_all_that_is_in_their_scope_without_case(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": SUBNETS_ONLY, "scope": NETWORK.upper().replace("/SUBSCRIPTIONS", "/subscriptions")})
    assert (await arm.put(SUBNET, (await arm.get(SUBNET)).body)).status == 200
    assert (await arm.get(NETWORK)).status == 200
    assert (await arm.get(SECURITY_GROUP)).code == "AuthorizationFailed"
    assert (await arm.get(f"{NETWORK}X")).code == "AuthorizationFailed"


async def test_a_role_may_leave_actions_out(arm: Arm, emulator: Emulator) -> None:
    role = {"actions": ["*"], "notActions": ["Microsoft.Network/*/delete"]}
    await log_in(arm, emulator, {"role": role, "scope": GROUP})
    assert (await arm.put(SUBNET, (await arm.get(SUBNET)).body)).status == 200
    assert (await arm.delete(SUBNET)).refusal == refusal("Microsoft.Network/virtualNetworks/subnets/delete", SUBNET)


async def test_roles_may_be_given_and_taken_while_it_runs(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator)
    assert (await arm.get(SUBNET)).status == 403
    emulator.put_principal(CLIENT, roles=[{"role": "Network Contributor", "scope": GROUP}])
    assert (await arm.get(SUBNET)).status == 200
    emulator.put_principal(CLIENT, roles=[])
    assert (await arm.get(SUBNET)).status == 403
    emulator.put_principal(CLIENT)
    assert (await arm.get(SUBNET)).status == 200


# --- joins ------------------------------------------------------------------------------------------------------


def linked_refusal(action: str, scope: str, needed: str, linked: str) -> tuple[int, dict[str, Any]]:
    message = (
        f"{CALLER} has permission to perform action '{action}' on scope '{scope}'; however, it does not have permission to perform "
        f"action '{needed}' on the linked scope(s) '{linked}' or the linked scope(s) are invalid."
    )
    return 403, {"error": {"code": "LinkedAuthorizationFailed", "message": message}}


@pytest.mark.parametrize(
    ("field", "target", "needed"),
    [
        ("networkSecurityGroup", SECURITY_GROUP, "Microsoft.Network/networkSecurityGroups/join/action"),
        ("routeTable", ROUTES, "Microsoft.Network/routeTables/join/action"),
        ("networkSecurityGroup", f"{SECURITY_GROUP}-gone", "Microsoft.Network/networkSecurityGroups/join/action"),
    ],
    ids=["security group", "route table", "what is not there"],
)
async def test_a_subnet_needs_to_join_what_it_is_written_with(arm: Arm, emulator: Emulator, field: str, target: str, needed: str) -> None:
    await log_in(arm, emulator, {"role": SUBNETS_ONLY, "scope": NETWORK})
    body = {"properties": {"addressPrefix": "10.0.1.0/26", field: {"id": target}}}
    seen = await arm.put(SUBNET, body)
    assert seen.refusal == linked_refusal("Microsoft.Network/virtualNetworks/subnets/write", SUBNET, needed, target)
    assert seen.headers["x-ms-failure-cause"] == "gateway"
    assert field not in (await arm.get(SUBNET)).properties


async def test_it_needs_to_join_even_what_was_attached_before(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": SUBNETS_ONLY, "scope": NETWORK})
    emulator.patch(SUBNET, {"properties": {"routeTable": {"id": ROUTES}}})
    assert (await arm.put(SUBNET, (await arm.get(SUBNET)).body)).code == "LinkedAuthorizationFailed"
    join = {"role": {"actions": ["Microsoft.Network/routeTables/join/action"]}, "scope": ROUTES}
    emulator.put_principal(CLIENT, objectId=OBJECT, roles=[{"role": SUBNETS_ONLY, "scope": NETWORK}, join])
    assert (await arm.put(SUBNET, (await arm.get(SUBNET)).body)).status == 200


async def test_a_network_needs_to_join_what_its_subnets_are_written_with(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": {"actions": ["Microsoft.Network/virtualNetworks/*"]}, "scope": GROUP})
    subnet = {"name": "s", "properties": {"addressPrefix": "10.1.0.0/24", "networkSecurityGroup": {"id": SECURITY_GROUP}}}
    network = f"{NETWORKS}/new"
    seen = await arm.put(network, {"location": "westeurope", "properties": {**SPACE, "subnets": [subnet]}})
    needed = "Microsoft.Network/networkSecurityGroups/join/action"
    assert seen.refusal == linked_refusal("Microsoft.Network/virtualNetworks/write", network, needed, SECURITY_GROUP)


async def test_a_link_needs_to_join_its_network(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": {"actions": ["Microsoft.Network/privateDnsZones/*"]}, "scope": GROUP})
    emulator.put(ZONE, {"location": "global"})
    body = {"location": "global", "properties": {"registrationEnabled": False, "virtualNetwork": {"id": NETWORK}}}
    seen = await arm.put(LINK, body)
    needed = "Microsoft.Network/virtualNetworks/join/action"
    assert seen.refusal == linked_refusal("Microsoft.Network/privateDnsZones/virtualNetworkLinks/write", LINK, needed, NETWORK)
    emulator.put_principal(CLIENT, roles=[{"role": "Private DNS Zone Contributor", "scope": GROUP}])
    assert (await arm.put(LINK, body)).status == 202


async def test_a_rule_needs_to_join_its_application_security_groups(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": {"actions": ["Microsoft.Network/networkSecurityGroups/*"]}, "scope": GROUP})
    machines = f"{GROUP}/providers/Microsoft.Network/applicationSecurityGroups/machines"
    rule = {**ALLOW_HTTPS, "sourceApplicationSecurityGroups": [{"id": machines}]}
    seen = await arm.put(f"{RULES}/new", {"properties": rule})
    needed = "Microsoft.Network/applicationSecurityGroups/joinNetworkSecurityRule/action"
    action = "Microsoft.Network/networkSecurityGroups/securityRules/write"
    assert seen.refusal == linked_refusal(action, f"{RULES}/new", needed, machines)


async def test_a_gateway_needs_to_join_its_subnet(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": {"actions": ["Microsoft.ApiManagement/gateways/*"]}, "scope": GROUP})
    body = {"location": "westeurope", "properties": {"virtualNetworkType": "Internal", "backend": {"subnet": {"id": SUBNET}}}}
    seen = await arm.put(GATEWAY, body)
    needed = "Microsoft.Network/virtualNetworks/subnets/join/action"
    assert seen.refusal == linked_refusal("Microsoft.ApiManagement/gateways/write", GATEWAY, needed, SUBNET)


# --- lists ------------------------------------------------------------------------------------------------------

ALL_NETWORKS = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks"


async def names(arm: Arm, path: str) -> list[str]:
    return [each["name"] for each in (await arm.get(path)).body["value"]]


async def test_a_list_leaves_out_what_its_reader_may_not_see(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": "Reader", "scope": GROUP})
    assert await names(arm, ALL_NETWORKS) == ["Hub"]
    assert await names(arm, f"/subscriptions/{SUBSCRIPTION}/resourcegroups") == ["Net-RG"]
    emulator.put_principal(CLIENT, roles=[{"role": "Reader", "scope": f"/subscriptions/{SUBSCRIPTION}"}])
    assert await names(arm, ALL_NETWORKS) == ["Hub", "theirs"]


async def test_a_list_of_private_dns_leaves_out_as_well(arm: Arm, emulator: Emulator) -> None:
    other = f"{OTHER_GROUP}/providers/Microsoft.Network/privateDnsZones/example.internal"
    await log_in(arm, emulator, {"role": "Reader", "scope": OTHER_GROUP})
    for zone in (ZONE, other):
        emulator.put(zone, {"location": "global"})
    assert await names(arm, f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/privateDnsZones") == ["example.internal"]


async def test_pages_are_filled_with_what_may_be_seen(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": "Reader", "scope": OTHER_GROUP})
    for name in ("a", "b", "c"):
        emulator.put(OTHER_NETWORK.replace("/theirs", f"/{name}", 2).replace(f"Groups/{name}", "Groups/theirs"), {"properties": SPACE})
    emulator.settings(page_size=3)
    first = (await arm.get(ALL_NETWORKS)).body
    second = (await arm.get(first["nextLink"])).body
    assert [each["name"] for each in first["value"] + second["value"]] == ["theirs", "a", "b", "c"]
    assert "nextLink" not in second


async def test_a_list_may_be_refused_instead(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": "Reader", "scope": GROUP})
    emulator.settings(unreadable_lists="refused")
    scope = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network"
    assert (await arm.get(ALL_NETWORKS)).refusal == refusal("Microsoft.Network/virtualNetworks/read", scope)
    assert await names(arm, NETWORKS) == ["Hub"]
    assert await names(arm, f"{NETWORK}/subnets") == ["Gateways", "machines"]


async def test_a_seed_file_and_the_command_line_say_all_of_that(tmp_path: Path) -> None:
    roles = {"role": "Reader", "scope": GROUP}
    with EmulatorProcess(state_dir=tmp_path, seed=sown(roles), options=("--unreadable-lists", "refused")) as emulator:
        async with Arm(emulator) as arm:
            await arm.log_in()
            assert (await arm.get(ALL_NETWORKS)).code == "AuthorizationFailed"
            assert await names(arm, NETWORKS) == ["Hub"]
            assert (await arm.sign_in({"client_id": "stranger"})).body["error"] == "unauthorized_client"


async def test_subscriptions_without_a_role_do_not_exist(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator)
    assert (await arm.get("/subscriptions")).body["value"] == []
    emulator.put_principal(CLIENT, roles=[{"role": "Reader", "scope": NETWORK}])
    assert [each["tenantId"] for each in (await arm.get("/subscriptions")).body["value"]] == [TENANT]


# --- what needs a role at the subscription ----------------------------------------------------------------------


async def test_registering_a_provider_needs_a_role_at_the_subscription(arm: Arm, emulator: Emulator) -> None:
    subscription = f"/subscriptions/{SUBSCRIPTION}"
    await log_in(arm, emulator, {"role": "Contributor", "scope": GROUP}, {"role": "Reader", "scope": subscription})
    provider = f"{subscription}/providers/Microsoft.Web"
    assert (await arm.get(provider)).body["registrationState"] == "Registered"
    seen = await arm.send("POST", f"{provider}/register")
    assert seen.refusal == refusal("Microsoft.Web/register/action", subscription)


async def test_polls_need_no_role_unless_they_are_told_to(arm: Arm, emulator: Emulator) -> None:
    await log_in(arm, emulator, {"role": "Network Contributor", "scope": GROUP})
    write = await arm.put(f"{RULES}/new", {"properties": ALLOW_HTTPS})
    assert (await arm.status(write))["status"] == "Succeeded"
    emulator.settings(polls_need_role=True)
    seen = await arm.get(write.headers["azure-asyncoperation"])
    assert (seen.status, seen.code) == (403, "AuthorizationFailed")
    assert "'Microsoft.Network/locations/operations/read'" in seen.message


@pytest.mark.parametrize(
    ("role", "problem"),
    [
        ({"role": "Emperor", "scope": GROUP}, "'Emperor' is not a role; built in are Owner, Contributor, Reader, Network Contributor"),
        ({"role": "Reader", "scope": "everywhere"}, "'everywhere' is not a scope: it begins with /subscriptions/"),
    ],
    ids=["role", "scope"],
)
async def test_a_role_that_makes_no_sense_is_refused(emulator: Emulator, role: dict[str, str], problem: str) -> None:
    with pytest.raises(EmulatorRefusal, match=problem) as seen:
        emulator.put_principal(CLIENT, roles=[role])
    assert seen.value.status == 400
