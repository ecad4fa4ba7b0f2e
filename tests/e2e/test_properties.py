"""Whatever is ours is put back, property by property; whatever is not ours keeps its value, to the letter."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from oracles import property_table
from oracles.property_table import Whose
from stage import seeds
from stage.stage import SetTheStage

Document = dict[str, Any]
ELSEWHERE = f"{seeds.GROUP}/providers/Microsoft.Network"

NOT_OURS_IN_THE_SUBNET: Document = {
    "addressPrefix": "10.1.0.0/26",
    "applicationGatewayIPConfigurations": [],
    "defaultOutboundAccess": False,
    "ipAllocations": [{"id": f"{ELSEWHERE}/ipAllocations/reserved"}],
    "natGateway": {"id": f"{ELSEWHERE}/natGateways/egress"},
    "privateEndpointNetworkPolicies": "Disabled",
    "privateLinkServiceNetworkPolicies": "Enabled",
    "routeTable": {"id": f"{ELSEWHERE}/routeTables/to-firewall"},
    "serviceEndpointPolicies": [{"id": f"{ELSEWHERE}/serviceEndpointPolicies/storage"}],
    "serviceEndpoints": [{"service": "Microsoft.Storage", "locations": ["*"]}],
    "sharingScope": "Tenant",
}
CHANGED_BY_OTHERS: Document = {
    "defaultOutboundAccess": True,
    "natGateway": {"id": f"{ELSEWHERE}/natGateways/other"},
    "privateEndpointNetworkPolicies": "Enabled",
    "privateLinkServiceNetworkPolicies": "Disabled",
    "routeTable": {"id": f"{ELSEWHERE}/routeTables/other"},
    "serviceEndpoints": [{"service": "Microsoft.Sql", "locations": ["*"]}],
    "serviceEndpointPolicies": [],
    "ipAllocations": [],
    "sharingScope": "DelegatedServices",
}
RULE_CHANGES: list[tuple[str, Document]] = [
    ("access", {"access": "Deny"}),
    ("description", {"description": "edited by hand"}),
    ("destinationAddressPrefix", {"destinationAddressPrefix": "*"}),
    ("destinationAddressPrefixes", {"destinationAddressPrefix": None, "destinationAddressPrefixes": ["10.1.0.0/27", "10.9.0.0/24"]}),
    (
        "destinationApplicationSecurityGroups",
        {
            "destinationAddressPrefix": None,
            "destinationApplicationSecurityGroups": [{"id": f"{ELSEWHERE}/applicationSecurityGroups/app"}],
        },
    ),
    ("destinationPortRange", {"destinationPortRanges": [], "destinationPortRange": "443"}),
    ("destinationPortRanges", {"destinationPortRanges": ["80", "443", "8443"]}),
    ("direction", {"direction": "Outbound"}),
    ("priority", {"priority": 2222}),
    ("protocol", {"protocol": "Udp"}),
    ("sourceAddressPrefix", {"sourceAddressPrefix": "203.0.113.0/24"}),
    ("sourceAddressPrefixes", {"sourceAddressPrefix": None, "sourceAddressPrefixes": ["203.0.113.0/24", "198.51.100.0/24"]}),
    (
        "sourceApplicationSecurityGroups",
        {"sourceAddressPrefix": None, "sourceApplicationSecurityGroups": [{"id": f"{ELSEWHERE}/applicationSecurityGroups/web"}]},
    ),
    ("sourcePortRange", {"sourcePortRange": "1024-65535"}),
    ("sourcePortRanges", {"sourcePortRange": None, "sourcePortRanges": ["1024", "2048"]}),
]


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def without_ours(subnet: Document) -> str:
    """Everything of a subnet that is not ours, as canonical JSON; Azure makes etags anew at every write of a sibling."""
    properties = {key: value for key, value in subnet["properties"].items() if key not in {"delegations", "networkSecurityGroup"}}
    return canonical({**{key: value for key, value in subnet.items() if key != "etag"}, "properties": properties})


def of_others(group: Document, *, mark: str) -> str:
    """Everything of a network security group that is not ours, as canonical JSON."""
    document = copy.deepcopy(group)
    document.pop("etag")
    properties = document["properties"]
    properties.pop("subnets", None)
    properties["securityRules"] = [rule for rule in properties["securityRules"] if mark not in rule["name"]]
    for rule in (*properties["securityRules"], *properties["defaultSecurityRules"]):
        rule.pop("etag")
    return canonical(document)


@pytest.mark.skipif(not property_table.specification_is_there(), reason="Microsoft's OpenAPI files are not beside the repository")
@pytest.mark.parametrize(("file", "definition"), property_table.TABLE, ids=str)
def test_every_writable_property_is_in_the_table(file: str, definition: str) -> None:
    assert set(property_table.TABLE[file, definition]) == property_table.writable_properties(file, definition)


def test_every_property_of_the_table_is_tried() -> None:
    tried = {"addressPrefixes", *NOT_OURS_IN_THE_SUBNET}
    assert tried == {name for name, whose in property_table.SUBNET.items() if whose is Whose.NOT_OURS}
    assert {name for name, _ in RULE_CHANGES} == set(property_table.SECURITY_RULE)


def shared_seed() -> Document:
    attached = {"networkSecurityGroup": {"id": seeds.network_security_group_id("shared")}}
    newer = {"somethingFromTheFuture": {"levels": [1, 2, 3]}}
    subnet = {"name": "team-a", "properties": {**NOT_OURS_IN_THE_SUBNET, **attached, **newer}}
    return seeds.hub(subnets=[subnet], resources=[seeds.shared_group()])


@pytest.mark.timeout(300)
def test_what_is_not_ours_keeps_its_value_to_the_letter(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=shared_seed())
    subnet, group = seeds.subnet_id("team-a"), seeds.network_security_group_id("shared")
    subnet_before, group_before = stage.azure.get(subnet), stage.azure.get(group)
    assert subnet_before
    assert group_before
    stage.apply()
    stage.wait_ready()
    subnet_after, group_after = stage.azure.get(subnet), stage.azure.get(group)
    assert subnet_after
    assert group_after
    assert without_ours(subnet_after) == without_ours(subnet_before)
    assert of_others(group_after, mark=stage.mark()) == of_others(group_before, mark=stage.mark())

    stage.azure.patch(subnet, {"properties": CHANGED_BY_OTHERS})
    stage.azure.patch(group, {"tags": {"team": "somebody"}, "properties": {"flushConnection": True}})
    stage.azure.patch(seeds.security_rule_id("shared", "no-telnet"), {"properties": {"destinationPortRange": "23-24", "priority": 1300}})
    changed = stage.azure.get(subnet), stage.azure.get(group)
    since = stage.azure.seq()
    stage.reconcile_now(token="others-changed-theirs")
    assert stage.writes(since=since) == []
    assert (stage.azure.get(subnet), stage.azure.get(group)) == changed

    stage.azure.patch(subnet, {"properties": {"delegations": []}})
    stage.reconcile_now(token="somebody-took-ours")
    stage.wait_for(lambda: stage.status()["drift"].get("count") == 1, what="the delegation to come back")
    subnet_healed = stage.azure.get(subnet)
    assert subnet_healed
    assert changed[0]
    assert without_ours(subnet_healed) == without_ours(changed[0])


def test_several_prefixes_stay_and_every_rule_covers_them(set_the_stage: SetTheStage) -> None:
    prefixes = ["10.1.0.0/27", "10.1.4.0/26"]
    subnet = {"name": "team-a", "properties": {"addressPrefixes": prefixes}}
    stage = set_the_stage(seed=seeds.hub(subnets=[subnet]))
    stage.apply()
    stage.wait_ready()
    after = stage.azure.get(seeds.subnet_id("team-a"))
    group = stage.azure.get(stage.own_group())
    assert after
    assert group
    assert after["properties"]["addressPrefixes"] == prefixes
    assert [rule["properties"]["destinationAddressPrefixes"] for rule in group["properties"]["securityRules"]] == [prefixes, prefixes]


@pytest.mark.timeout(300)
def test_every_property_of_a_rule_of_ours_is_put_back(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=shared_seed())
    stage.apply()
    stage.wait_ready()
    name = f"wgn-{stage.mark()}-gateway-internet"
    rule_id = seeds.security_rule_id("shared", name)

    def properties() -> Document:
        rule = stage.azure.get(rule_id)
        assert rule
        return {key: value for key, value in rule["properties"].items() if key != "provisioningState"}

    wanted = properties()

    def corrections() -> int:
        count: int = stage.status()["drift"]["count"]
        return count

    for number, (name, change) in enumerate(RULE_CHANGES):
        stage.azure.patch(rule_id, {"properties": change})
        assert properties() != wanted, name
        stage.reconcile_now(token=f"change-{number}")
        stage.wait_for(lambda: properties() == wanted, what=f"{name} to be put back", then=lambda: canonical(properties()))
        stage.wait_for(partial(exceeds, corrections, number), what="the correction to be counted")
    assert corrections() == len(RULE_CHANGES)


@pytest.mark.timeout(300)
def test_every_other_thing_of_ours_is_put_back(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage()
    stage.apply(tags={"costCentre": "4711"})
    stage.wait_ready()
    subnet_id, group_id = seeds.subnet_id("team-a"), stage.own_group()

    def world() -> str:
        subnet, group = stage.azure.get(subnet_id), stage.azure.get(group_id)
        return canonical([settled(subnet), settled(group)]) if subnet and group else ""

    wanted = world()
    delegation = {"name": f"wgn-{stage.mark()}", "properties": {"serviceName": "Microsoft.Web/hostingEnvironments"}}
    detached = {"properties": {"networkSecurityGroup": None}}
    disturbances: list[tuple[str, str, Document | None]] = [
        ("delegation removed", subnet_id, {"properties": {"delegations": []}}),
        ("serviceName changed", subnet_id, {"properties": {"delegations": [delegation]}}),
        ("group detached", subnet_id, detached),
        ("rule deleted", f"{group_id}/securityRules/wgn-{stage.mark()}-gateway-internet", None),
        ("our tag of the spec changed", group_id, {"tags": {"costCentre": "0815"}}),
        ("mark removed", group_id, {"tags": {"wgn-owner": None, "wgn-resource": None}}),
    ]
    for number, (what, target, change) in enumerate(disturbances):
        if change is None:
            stage.azure.delete(target)
        else:
            stage.azure.patch(target, change)
        assert world() != wanted, what
        stage.reconcile_now(token=f"disturbance-{number}")
        stage.wait_for(lambda: world() == wanted, what=f"{what}: to be put back", then=world)
        stage.wait_for(lambda: stage.status()["drift"]["state"] == "InSync", what="drift to be over")


def test_a_group_of_ours_that_somebody_deleted_is_made_anew(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage()
    stage.apply()
    stage.wait_ready()
    stage.azure.patch(seeds.subnet_id("team-a"), {"properties": {"networkSecurityGroup": None}})
    stage.azure.delete(stage.own_group())
    stage.reconcile_now(token="group-deleted")
    stage.wait_for(lambda: stage.azure.get(stage.own_group()), what="the group to be made anew")
    stage.wait_ready()


def exceeds(count: Callable[[], int], number: int) -> bool:
    return count() > number


def settled(document: Any) -> Any:
    """A document without what Azure makes anew at every write."""
    if isinstance(document, dict):
        volatile = {"etag", "resourceGuid"}
        return {key: settled(value) for key, value in document.items() if key not in volatile}
    if isinstance(document, list):
        return [settled(item) for item in document]
    return document
