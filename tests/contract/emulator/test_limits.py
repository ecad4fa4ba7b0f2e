"""What Microsoft.Network allows at most: lengths of names, and counts. Those of private DNS are with its zones and record sets."""

from __future__ import annotations

from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import ALLOW_HTTPS, GROUP, NETWORK, NETWORKS, RULES, SECURITY_GROUP, Arm

GROUPS = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups"
NEW_NETWORK = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}}}
NEW_SUBNET = {"properties": {"addressPrefix": "10.0.3.0/24"}}
NEW_RULE = {"properties": ALLOW_HTTPS}


def refusal(name: str, longest: int) -> tuple[int, dict[str, Any]]:
    message = (
        f"Resource name {name} is invalid. The name can be up to {longest} characters long. It must begin with a word character, and it "
        "must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'."
    )
    return 400, {"error": {"code": "InvalidResourceName", "message": message, "details": []}}


@pytest.mark.parametrize("name", ["-x", "x-", "x.", "a,b", "ä"], ids=["begins", "ends", "ends with a dot", "comma", "letter"])
@pytest.mark.parametrize(
    ("collection", "body", "longest"),
    [
        (NETWORKS, NEW_NETWORK, 64),
        (f"{NETWORK}/subnets", NEW_SUBNET, 80),
        (GROUPS, {"location": "westeurope"}, 80),
        (RULES, NEW_RULE, 80),
    ],
    ids=["network", "subnet", "group", "rule"],
)
async def test_names_that_cannot_be(arm: Arm, collection: str, body: dict[str, Any], longest: int, name: str) -> None:
    assert (await arm.put(f"{collection}/{name}", body)).refusal == refusal(name, longest)


@pytest.mark.parametrize(
    ("collection", "body", "longest"),
    [
        (NETWORKS, NEW_NETWORK, 64),
        (f"{NETWORK}/subnets", NEW_SUBNET, 80),
        (GROUPS, {"location": "westeurope"}, 80),
        (RULES, NEW_RULE, 80),
    ],
    ids=["network", "subnet", "group", "rule"],
)
async def test_names_are_so_long_and_no_longer(arm: Arm, collection: str, body: dict[str, Any], longest: int) -> None:
    assert (await arm.put(f"{collection}/{'x' * longest}", body)).status == 201
    name = "x" * (longest + 1)
    assert (await arm.put(f"{collection}/{name}", body)).refusal == refusal(name, longest)


async def test_a_thousand_rules_are_the_most(arm: Arm, emulator: Emulator) -> None:
    rules = [
        {"name": f"r{number}", "properties": {**ALLOW_HTTPS, "priority": 100 + number, "direction": "Outbound"}} for number in range(999)
    ]
    emulator.patch(SECURITY_GROUP, {"properties": {"securityRules": rules}})
    assert (await arm.put(f"{RULES}/last", NEW_RULE)).status == 201
    seen = await arm.put(f"{RULES}/one-more", {"properties": {**ALLOW_HTTPS, "priority": 1001}})
    error = {
        "code": "SecurityRuleCountLimitReached",
        "message": "A security group cannot have more than 1000 security rules.",
        "details": [],
    }
    assert seen.refusal == (400, {"error": error})
    changed = await arm.put(f"{RULES}/last", {"properties": {**ALLOW_HTTPS, "description": "changed"}})
    assert changed.status == 200


async def test_three_thousand_subnets_are_the_most(arm: Arm, emulator: Emulator) -> None:
    subnets = [{"name": f"s{number}", "properties": {"addressPrefix": f"10.{number // 256}.{number % 256}.0/24"}} for number in range(2999)]
    network = f"{NETWORKS}/wide"
    emulator.put(network, {**NEW_NETWORK, "properties": {**NEW_NETWORK["properties"], "subnets": subnets}})  # type: ignore[dict-item]
    assert (await arm.put(f"{network}/subnets/last", {"properties": {"addressPrefix": "10.200.0.0/24"}})).status == 201
    seen = await arm.put(f"{network}/subnets/one-more", {"properties": {"addressPrefix": "10.201.0.0/24"}})
    error = {"code": "SubnetCountLimitReached", "message": "A virtual network cannot have more than 3000 subnets.", "details": []}
    assert seen.refusal == (400, {"error": error})


@pytest.mark.parametrize(
    ("collection", "properties", "most", "code", "what"),
    [
        (NETWORKS, NEW_NETWORK["properties"], 1000, "VirtualNetworkCountLimitReached", "virtual networks"),
        (GROUPS, {}, 5000, "NetworkSecurityGroupCountLimitReached", "network security groups"),
    ],
    ids=["networks", "groups"],
)
async def test_a_region_has_only_so_many(
    arm: Arm, *, collection: str, properties: dict[str, object], most: int, code: str, what: str
) -> None:
    there_already = 1
    resources = [
        {"id": f"{collection}/x{number}", "location": "West Europe", "properties": properties} for number in range(most - there_already)
    ]
    arm.emulator.reset({"resources": [*arm.emulator.resources(), *resources]})
    seen = await arm.put(f"{collection}/one-more", {"location": "westeurope", "properties": properties})
    message = f"Cannot create more than {most} {what} for this subscription in this region."
    assert seen.refusal == (400, {"error": {"code": code, "message": message, "details": []}})
    assert (await arm.put(f"{collection}/elsewhere", {"location": "northeurope", "properties": properties})).status == 201


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")  # that is what the test is for
async def test_a_body_has_four_megabytes_at_most(arm: Arm) -> None:
    seen = await arm.put(SECURITY_GROUP, {"location": "westeurope", "tags": {"large": "x" * 2**22}})
    message = "The request content size exceeds the maximum size of 4 MB."
    assert seen.refusal == (413, {"error": {"code": "RequestContentTooLarge", "message": message}})
    assert (await arm.put(SECURITY_GROUP, {"location": "westeurope", "tags": {"large": "x" * 2**21}})).status == 200
