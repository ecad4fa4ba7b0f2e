"""Management locks and Azure Policy: what nobody may do, whatever their roles."""

from __future__ import annotations

from typing import Any

import pytest

from arm_emulator.client import Emulator, EmulatorRefusal
from contract.emulator.azure import (
    ALLOW_HTTPS,
    CLIENT,
    GROUP,
    NETWORK,
    NETWORKS,
    RULES,
    SECURITY_GROUP,
    SUBNET,
    SUBSCRIPTION,
    Arm,
    seed,
)

BODY = {"properties": {"addressPrefix": "10.0.1.0/27"}}
RULE = f"{RULES}/deny-the-rest"


def locked(scope: str, operation: str, by: str) -> tuple[int, dict[str, Any]]:
    message = (
        f"The scope '{scope}' cannot perform {operation} operation because following scope(s) are locked: '{by}'. "
        "Please remove the lock and try again."
    )
    return 409, {"error": {"code": "ScopeLocked", "message": message}}


@pytest.mark.parametrize(
    "scope", [f"/subscriptions/{SUBSCRIPTION}", GROUP, NETWORK, SUBNET], ids=["subscription", "group", "network", "subnet"]
)
async def test_a_lock_against_deletion_lets_writes_pass(arm: Arm, emulator: Emulator, scope: str) -> None:
    emulator.put_lock("keep", scope=scope, level="CanNotDelete")
    seen = await arm.delete(SUBNET)
    assert seen.refusal == locked(SUBNET, "delete", scope)
    assert seen.headers["x-ms-failure-cause"] == "gateway"
    assert (await arm.put(SUBNET, BODY)).status == 200


async def test_a_lock_keeps_what_it_lies_in_from_being_deleted(arm: Arm, emulator: Emulator) -> None:
    emulator.put_lock("keep", scope=SUBNET, level="CanNotDelete")
    assert (await arm.delete(NETWORK)).refusal == locked(NETWORK, "delete", SUBNET)
    assert (await arm.delete(GROUP)).refusal == locked(GROUP, "delete", SUBNET)
    assert (await arm.delete(RULE)).status == 202


@pytest.mark.parametrize(
    ("method", "operation"), [("PUT", "write"), ("PATCH", "write"), ("DELETE", "delete")], ids=["PUT", "PATCH", "DELETE"]
)
async def test_a_read_only_scope_is_only_read(arm: Arm, emulator: Emulator, method: str, operation: str) -> None:
    emulator.put_lock("frozen", scope=GROUP, level="ReadOnly")
    seen = await arm.send(method, SECURITY_GROUP, {"tags": {}} if method != "DELETE" else None)
    assert seen.refusal == locked(SECURITY_GROUP, operation, GROUP)
    assert (await arm.get(SECURITY_GROUP)).status == 200
    assert (await arm.get(f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups")).status == 200


async def test_a_lock_holds_for_what_is_not_there_yet_and_elsewhere_it_does_not(arm: Arm, emulator: Emulator) -> None:
    emulator.put_lock("frozen", scope=NETWORK, level="ReadOnly")
    new = f"{NETWORK}/subnets/new"
    assert (await arm.put(new, {"properties": {"addressPrefix": "10.0.3.0/24"}})).refusal == locked(new, "write", NETWORK)
    other = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}}
    assert (await arm.put(f"{NETWORK}-2", other)).status == 201


async def test_every_lock_is_named_and_each_can_be_removed(arm: Arm, emulator: Emulator) -> None:
    emulator.put_lock("frozen", scope=GROUP, level="ReadOnly")
    emulator.put_lock("keep", scope=SUBNET, level="CanNotDelete")
    assert (await arm.delete(SUBNET)).refusal == locked(SUBNET, "delete", f"{GROUP},{SUBNET}")
    emulator.delete_lock("frozen")
    assert (await arm.delete(SUBNET)).refusal == locked(SUBNET, "delete", SUBNET)
    emulator.delete_lock("keep")
    assert (await arm.delete(SUBNET)).status == 202


async def test_who_may_not_write_is_not_told_of_the_lock(arm: Arm, emulator: Emulator) -> None:
    emulator.put_lock("frozen", scope=GROUP, level="ReadOnly")
    emulator.put_principal(CLIENT, roles=[{"role": "Reader", "scope": GROUP}])
    assert (await arm.put(SUBNET, BODY)).code == "AuthorizationFailed"


# --- policies ---------------------------------------------------------------------------------------------------

RULE_TYPE = "Microsoft.Network/networkSecurityGroups/securityRules"
FROM_INTERNET = {
    "allOf": [
        {"field": "type", "equals": RULE_TYPE},
        {"field": f"{RULE_TYPE}/access", "equals": "Allow"},
        {"field": f"{RULE_TYPE}/sourceAddressPrefix", "in": ["*", "Internet"]},
    ]
}


async def test_a_denied_write_names_the_policy(arm: Arm, emulator: Emulator) -> None:
    emulator.put_policy("no-internet", scope=GROUP, condition=FROM_INTERNET, display_name="Nothing from the Internet")
    seen = await arm.put(f"{RULES}/new", {"properties": ALLOW_HTTPS})
    assignment = f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/no-internet"
    definition = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/policyDefinitions/no-internet"
    message = (
        "Resource 'new' was disallowed by policy. Policy identifiers: "
        f'\'[{{"policyAssignment":{{"name":"Nothing from the Internet","id":"{assignment}"}},'
        f'"policyDefinition":{{"name":"Nothing from the Internet","id":"{definition}"}}}}]\'.'
    )
    error = seen.body["error"]
    assert (seen.status, error["code"], error["target"], error["message"]) == (403, "RequestDisallowedByPolicy", "new", message)
    (violation,) = error["additionalInfo"]
    assert violation["type"] == "PolicyViolation"
    assert violation["info"]["policyAssignmentScope"] == GROUP
    assert seen.headers["x-ms-failure-cause"] == "gateway"
    assert (await arm.get(f"{RULES}/new")).status == 404


async def test_what_the_condition_does_not_hold_for_passes(arm: Arm, emulator: Emulator) -> None:
    emulator.put_policy("no-internet", scope=GROUP, condition=FROM_INTERNET)
    inside = {**ALLOW_HTTPS, "sourceAddressPrefix": "VirtualNetwork"}
    assert (await arm.put(f"{RULES}/new", {"properties": inside})).status == 201
    assert (await arm.put(SUBNET, BODY)).status == 200
    assert (await arm.delete(f"{RULES}/new")).status == 202
    emulator.delete_policy("no-internet")
    assert (await arm.put(f"{RULES}/new", {"properties": ALLOW_HTTPS})).status == 201


NEW = {"location": "westeurope", "tags": {"team": "network"}, "properties": {"addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}}}
VNET = "Microsoft.Network/virtualNetworks"


@pytest.mark.parametrize(
    ("condition", "denied"),
    [
        ({"field": "location", "notIn": ["WestEurope", "northeurope"]}, False),
        ({"field": "location", "equals": "WESTEUROPE"}, True),
        ({"field": "name", "notLike": "vnet-*"}, True),
        ({"field": "name", "like": "N*"}, True),
        ({"field": "tags['owner']", "exists": "false"}, True),
        ({"field": "tags['team']", "exists": False}, False),
        ({"not": {"field": "type", "notEquals": VNET}}, True),
        ({"anyOf": [{"field": "name", "equals": "x"}, {"field": f"{VNET}/addressSpace.addressPrefixes[*]", "like": "10.*"}]}, True),
        ({"field": f"{VNET}/addressSpace.addressPrefixes[*]", "like": "192.*"}, False),
        ({"field": f"{VNET}/enableDdosProtection", "equals": True}, False),
    ],
    ids=["notIn", "equals", "notLike", "like", "no tag", "a tag", "not", "items of a list", "no item of a list", "absent"],
)
async def test_conditions_speak_azures_language(arm: Arm, emulator: Emulator, condition: dict[str, Any], denied: bool) -> None:
    emulator.put_policy("p", scope=f"/subscriptions/{SUBSCRIPTION}", condition=condition)
    assert (await arm.put(f"{NETWORKS}/new", NEW)).status == (403 if denied else 201)


async def test_a_policy_holds_in_its_scope_only(arm: Arm, emulator: Emulator) -> None:
    emulator.put_policy("p", scope=f"{GROUP}-2", condition={"field": "location", "exists": True})
    assert (await arm.put(f"{NETWORKS}/new", NEW)).status == 201


# --- seeds ------------------------------------------------------------------------------------------------------


async def test_seeds_bring_locks_and_policies_and_a_reset_brings_them_back(arm: Arm, emulator: Emulator) -> None:
    lock = {"name": "keep", "scope": GROUP, "level": "CanNotDelete"}
    policy = {"name": "no-internet", "scope": GROUP, "if": FROM_INTERNET}
    emulator.reset({**seed(), "locks": [lock], "policies": [policy]})
    assert (await arm.delete(SUBNET)).code == "ScopeLocked"
    assert (await arm.put(f"{RULES}/new", {"properties": ALLOW_HTTPS})).code == "RequestDisallowedByPolicy"
    emulator.reset()
    assert (await arm.delete(SUBNET)).status == 202


async def test_what_makes_no_sense_is_refused(emulator: Emulator) -> None:
    with pytest.raises(EmulatorRefusal, match="the level of a lock is one of CanNotDelete, ReadOnly"):
        emulator.put_lock("keep", scope=GROUP, level="Sometimes")
    with pytest.raises(EmulatorRefusal, match="is not a scope"):
        emulator.put_lock("keep", scope="here", level="ReadOnly")
    with pytest.raises(EmulatorRefusal, match="a condition has a field and one of equals, notEquals"):
        emulator.put_policy("p", scope=GROUP, condition={"field": "name", "resembles": "x"})
    with pytest.raises(EmulatorRefusal) as refusal:
        emulator.delete_lock("keep")
    assert refusal.value.status == 404
