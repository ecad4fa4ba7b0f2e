"""Network security groups and their rules."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import ALLOW_HTTPS, RULES, SECURITY_GROUP, SUBNET, Arm, Document

NEW = SECURITY_GROUP.replace("Shield", "New")


def rule(**changes: object) -> Document:
    properties = {**ALLOW_HTTPS, **changes}
    return {"properties": {name: value for name, value in properties.items() if value is not None}}


def named(name: str, **changes: object) -> Document:
    return {"name": name, **rule(**changes)}


async def test_a_new_group_has_six_default_rules_and_is_updating(arm: Arm) -> None:
    seen = await arm.put(NEW, {"location": "westeurope", "tags": {"a": "b"}})
    assert seen.status == 201
    assert list(seen.body) == ["name", "id", "etag", "type", "location", "tags", "properties"]
    assert seen.properties.keys() == {"provisioningState", "resourceGuid", "securityRules", "defaultSecurityRules"}
    assert (seen.headers["retry-after"], seen.headers["azure-asyncnotification"]) == ("1", "Enabled")
    defaults = seen.properties["defaultSecurityRules"]
    assert [(each["name"], each["properties"]["priority"], each["properties"]["direction"]) for each in defaults] == [
        ("AllowVnetInBound", 65000, "Inbound"),
        ("AllowAzureLoadBalancerInBound", 65001, "Inbound"),
        ("DenyAllInBound", 65500, "Inbound"),
        ("AllowVnetOutBound", 65000, "Outbound"),
        ("AllowInternetOutBound", 65001, "Outbound"),
        ("DenyAllOutBound", 65500, "Outbound"),
    ]
    for each in defaults:
        assert each["etag"] == seen.body["etag"]
        assert each["properties"]["provisioningState"] == "Updating"
        assert each["id"] == f"{NEW}/defaultSecurityRules/{each['name']}"


async def test_a_group_is_born_with_its_rules(arm: Arm) -> None:
    await arm.put(NEW, {"location": "westeurope", "properties": {"securityRules": [named("one"), named("two", priority=1001)]}})
    seen = await arm.get(NEW)
    assert seen.properties["provisioningState"] == "Succeeded"
    assert [each["name"] for each in seen.properties["securityRules"]] == ["one", "two"]
    assert (await arm.get(f"{NEW}/securityRules/two")).properties["priority"] == 1001


async def test_a_put_of_the_group_replaces_all_rules(arm: Arm) -> None:
    await arm.put(SECURITY_GROUP, {"location": "westeurope", "properties": {"securityRules": [named("only")]}})
    assert [each["name"] for each in (await arm.get(SECURITY_GROUP)).properties["securityRules"]] == ["only"]
    await arm.put(SECURITY_GROUP, {"location": "westeurope"})
    assert (await arm.get(SECURITY_GROUP)).properties["securityRules"] == []


async def test_unknown_and_rare_properties_of_a_group_survive_a_round_trip(arm: Arm) -> None:
    await arm.put(NEW, {"location": "westeurope", "properties": {"flushConnection": True, "aPropertyOfTomorrow": 7}})
    shown = (await arm.get(NEW)).body
    assert (await arm.put(NEW, shown)).properties["provisioningState"] == "Succeeded"
    seen = (await arm.get(NEW)).properties
    assert (seen["flushConnection"], seen["aPropertyOfTomorrow"]) == (True, 7)
    assert seen["resourceGuid"] == shown["properties"]["resourceGuid"]


async def test_changing_tags_alone_is_done_at_once(arm: Arm) -> None:
    shown = (await arm.get(SECURITY_GROUP)).body
    seen = await arm.put(SECURITY_GROUP, {**shown, "tags": {"x": "y"}})
    assert (seen.status, seen.properties["provisioningState"]) == (200, "Succeeded")
    assert "azure-asyncoperation" in seen.headers
    assert "retry-after" not in seen.headers
    assert (await arm.get(SECURITY_GROUP)).body["etag"] == seen.body["etag"]


async def test_a_patch_changes_tags_and_nothing_else(arm: Arm) -> None:
    before = (await arm.get(SECURITY_GROUP)).properties
    seen = await arm.send("PATCH", SECURITY_GROUP, {"tags": {"x": "y"}, "properties": {"securityRules": []}})
    assert (seen.status, seen.body["tags"]) == (200, {"x": "y"})
    assert [each["name"] for each in seen.properties["securityRules"]] == [each["name"] for each in before["securityRules"]]


async def test_a_rule_put_is_201_updating_with_empty_plurals_and_absent_singulars(arm: Arm) -> None:
    seen = await arm.put(f"{RULES}/mine", rule())
    assert seen.status == 201
    assert seen.properties == {
        "provisioningState": "Updating",
        **ALLOW_HTTPS,
        "sourcePortRanges": [],
        "sourceAddressPrefixes": [],
        "destinationAddressPrefixes": [],
    }
    assert "destinationPortRange" not in seen.properties
    assert seen.headers["retry-after"] == "1"


async def test_a_rule_that_is_put_again_is_200_and_still_updating(arm: Arm) -> None:
    await arm.put(f"{RULES}/mine", rule())
    seen = await arm.put(f"{RULES}/mine", rule())
    assert (seen.status, seen.properties["provisioningState"]) == (200, "Updating")


async def test_a_rule_changes_direction_and_priority_in_place(arm: Arm) -> None:
    await arm.put(f"{RULES}/mine", rule())
    assert (await arm.put(f"{RULES}/mine", rule(direction="Outbound", priority=888))).status == 200
    seen = (await arm.get(f"{RULES}/mine")).properties
    assert (seen["direction"], seen["priority"], seen["provisioningState"]) == ("Outbound", 888, "Succeeded")


async def test_rules_put_back_to_back_are_both_accepted(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True)
    assert (await arm.put(f"{RULES}/one", rule())).status == 201
    assert (await arm.put(f"{RULES}/two", rule(priority=1001))).status == 201
    group = (await arm.get(SECURITY_GROUP)).properties
    states = {each["name"]: each["properties"]["provisioningState"] for each in group["securityRules"]}
    assert states == {"deny-the-rest": "Succeeded", "one": "Updating", "two": "Updating"}
    assert group["provisioningState"] == "Updating"
    first, second = emulator.operations()
    emulator.succeed_operation(first["id"])
    assert (await arm.get(SECURITY_GROUP)).properties["provisioningState"] == "Updating"
    emulator.succeed_operation(second["id"])
    assert (await arm.get(SECURITY_GROUP)).properties["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(("policy", "status"), [("429", 429), ("409", 409)], ids=["429", "409"])
async def test_or_the_second_is_refused_where_that_is_chosen(arm: Arm, emulator: Emulator, policy: str, status: int) -> None:
    emulator.settings(hold_operations=True, security_group_conflict=policy)
    await arm.put(f"{RULES}/one", rule())
    assert (await arm.put(f"{RULES}/two", rule(priority=1001))).status == status


async def test_the_same_priority_in_the_same_direction_is_a_conflict(arm: Arm) -> None:
    await arm.put(f"{RULES}/one", rule())
    seen = await arm.put(f"{RULES}/two", rule(direction="inbound"))
    assert seen.status == 400
    assert seen.body["error"] == {
        "code": "SecurityRuleConflict",
        "message": "Security rule two conflicts with rule one. Rules cannot have the same Priority and Direction. "
        "To learn more, see aka.ms/nsgrules.",
        "details": [],
    }
    assert (await arm.put(f"{RULES}/two", rule(direction="Outbound"))).status == 201


async def test_a_conflict_inside_one_put_of_the_group_leaves_it_as_it_was(arm: Arm) -> None:
    before = (await arm.get(SECURITY_GROUP)).body
    body = {"location": "westeurope", "properties": {"securityRules": [named("one"), named("two")]}}
    assert (await arm.put(SECURITY_GROUP, body)).code == "SecurityRuleConflict"
    assert (await arm.get(SECURITY_GROUP)).body == before


@pytest.mark.parametrize(
    "changes",
    [
        {"priority": 99},
        {"priority": 4097},
        {"priority": "1000"},
        {"priority": None},
        {"protocol": None},
        {"protocol": "Smtp"},
        {"access": None},
        {"direction": None},
        {"direction": "Sideways"},
        {"description": "x" * 141},
        {"destinationPortRanges": None},
        {"sourceAddressPrefix": None},
        {"sourceAddressPrefixes": ["10.0.0.0/8"]},
        {"sourceAddressPrefix": None, "sourceAddressPrefixes": ["10.0.0.0/8", "Internet"]},
        {"destinationPortRanges": ["80", "443-80"]},
        {"destinationPortRanges": ["65536"]},
        {"sourcePortRange": "http"},
    ],
    ids=lambda changes: str(changes)[:40],
)
async def test_a_rule_that_cannot_be_is_400(arm: Arm, changes: Document) -> None:
    seen = await arm.put(f"{RULES}/mine", rule(**changes))
    assert seen.status == 400
    assert (await arm.get(f"{RULES}/mine")).status == 404


@pytest.mark.parametrize("changes", [{"priority": 100}, {"priority": 4095}, {"description": "x" * 140}, {"protocol": "TCP"}], ids=str)
async def test_a_rule_at_the_edge_of_what_can_be_is_accepted(arm: Arm, changes: Document) -> None:
    assert (await arm.put(f"{RULES}/mine", rule(**changes))).status == 201


@pytest.mark.parametrize(("name", "status"), [("-x", 400), ("x-", 400), ("a" * 81, 400), ("a" * 80, 201), ("a.b-c_", 201)], ids=str)
async def test_rule_names_follow_azures_pattern(arm: Arm, name: str, status: int) -> None:
    assert (await arm.put(f"{RULES}/{name}", rule())).status == status


async def test_the_oldest_api_version_knows_no_plurals(arm: Arm) -> None:
    seen = (await arm.get(SECURITY_GROUP, version="2015-06-15")).properties
    for each in [*seen["securityRules"], *seen["defaultSecurityRules"]]:
        assert not [name for name in each["properties"] if name.endswith(("Ranges", "Prefixes"))]


async def test_odd_addresses_are_stored_unchecked(arm: Arm) -> None:
    await arm.put(f"{RULES}/odd", rule(sourceAddressPrefix="789"))
    assert (await arm.get(f"{RULES}/odd")).properties["sourceAddressPrefix"] == "789"


async def test_application_security_groups_stand_for_addresses(arm: Arm) -> None:
    groups = [{"id": SECURITY_GROUP.replace("networkSecurityGroups/Shield", "applicationSecurityGroups/web")}]
    await arm.put(f"{RULES}/asg", rule(destinationAddressPrefix=None, destinationApplicationSecurityGroups=groups))
    seen = (await arm.get(f"{RULES}/asg")).properties
    assert seen["destinationApplicationSecurityGroups"] == groups
    assert "destinationAddressPrefix" not in seen


async def test_a_rule_goes_at_the_end_of_its_delete(arm: Arm) -> None:
    seen = await arm.delete(f"{RULES}/deny-the-rest")
    assert (seen.status, seen.text, seen.headers["retry-after"]) == (202, "", "1")
    result = await arm.get(seen.headers["location"])
    assert (result.status, result.text, result.headers["location"]) == (204, "", seen.headers["location"])
    assert (await arm.get(SECURITY_GROUP)).properties["securityRules"] == []


async def test_an_attached_group_names_its_subnets_and_cannot_be_deleted(arm: Arm) -> None:
    assert "subnets" not in (await arm.get(SECURITY_GROUP)).properties
    await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/26", "networkSecurityGroup": {"id": SECURITY_GROUP.lower()}}})
    assert (await arm.get(SECURITY_GROUP)).properties["subnets"] == [{"id": SUBNET}]
    seen = await arm.delete(SECURITY_GROUP)
    assert seen.status == 400
    assert seen.body["error"] == {
        "code": "InUseNetworkSecurityGroupCannotBeDeleted",
        "message": f"Network security group {SECURITY_GROUP} cannot be deleted because it is in use by the following resources: {SUBNET}. "
        "In order to delete the Network security group, remove the association with the resource(s). "
        "To learn how to do this, see aka.ms/deletensg.",
        "details": [],
    }
    await arm.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/26"}})
    assert "subnets" not in (await arm.get(SECURITY_GROUP)).properties
    assert (await arm.delete(SECURITY_GROUP)).status == 202
    assert (await arm.get(f"{RULES}/deny-the-rest")).code == "ResourceNotFound"


async def test_a_put_of_the_group_that_changes_it_shows_all_its_rules_updating(arm: Arm) -> None:
    group = (await arm.get(SECURITY_GROUP)).body
    group["properties"]["securityRules"].append(named("one-more", priority=2000))
    rules = (await arm.put(SECURITY_GROUP, group)).properties["securityRules"]
    assert [(each["name"], each["properties"]["provisioningState"]) for each in rules] == [
        ("deny-the-rest", "Updating"),
        ("one-more", "Updating"),
    ]


async def test_default_rules_can_be_asked_for_on_their_own(arm: Arm) -> None:
    inline = (await arm.get(SECURITY_GROUP)).properties["defaultSecurityRules"]
    rules = f"{SECURITY_GROUP}/defaultSecurityRules"
    assert (await arm.get(rules)).body == {"value": inline}
    one = await arm.get(f"{rules}/denyallinbound")
    assert (one.body, one.headers["etag"]) == (inline[2], inline[2]["etag"])
    assert (await arm.get(f"{rules}/another")).code == "NotFound"
    assert (await arm.delete(f"{rules}/DenyAllInBound")).status == 405


async def test_two_ports_in_one_text_are_no_range(arm: Arm) -> None:
    refused = await arm.put(f"{RULES}/mine", rule(destinationPortRanges=["80,443"]))
    assert (refused.code, refused.message) == (
        "SecurityRuleInvalidPortRange",
        (
            "Security rule has invalid Port range. Value provided: 80,443. Value should be an integer OR integer range with '-' delimiter. "
            "Valid range 0-65535."
        ),
    )


async def test_odd_addresses_in_a_list_are_stored_unchecked_too(arm: Arm) -> None:
    odd = rule(sourceAddressPrefixes=["789", "fd00::/8"])
    del odd["properties"]["sourceAddressPrefix"]
    assert (await arm.put(f"{RULES}/mine", odd)).properties["sourceAddressPrefixes"] == ["789", "fd00::/8"]
