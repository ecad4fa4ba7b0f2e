"""Changes of the spec converge, and change just what they say."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from stage import seeds
from stage.stage import BRISK, SetTheStage, Stage

Document = dict[str, Any]
OFFICE: Document = {
    "name": "office",
    "priority": 300,
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "Tcp",
    "peer": {"prefixes": ["203.0.113.0/24"]},
    "ports": ["443"],
    "description": "From the office",
}
NO_SMTP: Document = {
    "name": "no-smtp",
    "priority": 310,
    "direction": "Outbound",
    "access": "Deny",
    "protocol": "*",
    "peer": {"serviceTag": "Internet"},
    "ports": ["25"],
}


def rules(stage: Stage, group_id: str) -> dict[str, tuple[str, int, str]]:
    """The resource's rules in a group: direction, number and access by what they are for."""
    group = stage.azure.get(group_id)
    assert group
    prefix = f"wgn-{stage.mark()}-"
    ours = [rule for rule in group["properties"]["securityRules"] if rule["name"].startswith(prefix)]
    facts = {rule["name"].removeprefix(prefix): rule["properties"] for rule in ours}
    return {name: (facts["direction"], facts["priority"], facts["access"]) for name, facts in facts.items()}


def foreign(stage: Stage, group_id: str) -> list[Document]:
    """Everybody else's rules in it, in their order."""
    group = stage.azure.get(group_id)
    assert group
    return [rule for rule in group["properties"]["securityRules"] if not rule["name"].startswith("wgn-")]


def path(request: Document) -> str:
    """Of a request, as the journal has it."""
    return urlsplit(request["url"]).path


def observed(stage: Stage) -> bool:
    """Whether the newest generation was brought to Ready."""
    resource = stage.get()
    ready = stage.condition("Ready")
    return ready.get("status") == "True" and ready.get("observedGeneration") == resource["metadata"]["generation"]


def test_another_requirements_version_changes_just_our_rules(set_the_stage: SetTheStage) -> None:
    """In a group that others use; behind web-to-app, which has 1000 Inbound."""
    stage, group = set_the_stage(seed=seeds.hub_with_shared_group(), **BRISK), seeds.network_security_group_id("shared")
    stage.apply()
    stage.wait_ready()
    subnet, theirs = stage.azure.get(seeds.subnet_id("team-a")), foreign(stage, group)
    balancer, internet = "gateway-load-balancer", "gateway-internet"
    storage, key_vault = "gateway-storage", "gateway-key-vault"
    for version, wanted, written in [
        ("2026-08-26", {key_vault: ("Outbound", 1000, "Allow")}, {("PUT", key_vault), ("DELETE", balancer), ("DELETE", internet)}),
        ("2026-05-20", {storage: ("Outbound", 1001, "Allow"), key_vault: ("Outbound", 1000, "Allow")}, {("PUT", storage)}),
        (
            "2025-06-18",
            {balancer: ("Inbound", 1001, "Allow"), internet: ("Inbound", 1002, "Allow")},
            {("DELETE", storage), ("DELETE", key_vault), ("PUT", balancer), ("PUT", internet)},
        ),
    ]:
        since = stage.azure.seq()
        stage.apply(requirementsVersion=version)
        stage.wait_for(lambda: observed(stage), what=version)
        assert rules(stage, group) == wanted
        assert stage.status()["effective"]["requirementsVersion"] == version
        sent = [write["liveRequest"] for write in stage.writes(since=since)]
        whole = f"{group}/securityRules/wgn-{stage.mark()}-"
        assert len(sent) == len(written)
        assert {(each["method"], path(each).removeprefix(whole)) for each in sent} == written
    assert stage.azure.get(seeds.subnet_id("team-a")) == subnet
    assert foreign(stage, group) == theirs


@pytest.mark.timeout(240)
def test_additional_rules_come_change_swap_and_go(stage: Stage) -> None:
    def apply(*wanted: Document) -> dict[str, tuple[str, int, str]]:
        stage.apply(networkSecurityGroup={"additionalRules": list(wanted)})
        stage.wait_for(lambda: observed(stage), what="the rules", then=lambda: str(stage.status()))
        return rules(stage, stage.own_group())

    requirements = {"gateway-load-balancer": ("Inbound", 1000, "Allow"), "gateway-internet": ("Inbound", 1001, "Allow")}
    assert apply(OFFICE, NO_SMTP) == requirements | {"office": ("Inbound", 300, "Allow"), "no-smtp": ("Outbound", 310, "Deny")}
    other = {**OFFICE, "name": "branch", "priority": 400}
    assert apply(OFFICE, other) == requirements | {"office": ("Inbound", 300, "Allow"), "branch": ("Inbound", 400, "Allow")}
    swapped = apply({**OFFICE, "priority": 400}, {**other, "priority": 300})
    assert swapped == requirements | {"office": ("Inbound", 400, "Allow"), "branch": ("Inbound", 300, "Allow")}
    assert apply() == requirements


def test_our_numbers_find_their_place_between_the_organisations_rules(set_the_stage: SetTheStage) -> None:
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/26")
    subnet["properties"]["networkSecurityGroup"] = {"id": seeds.network_security_group_id("shared")}
    stage = set_the_stage(seed=seeds.hub(subnets=[subnet], resources=[seeds.shared_group()]))
    stage.apply()
    stage.wait_ready()
    # Behind web-to-app, which has 1000, and before deny-the-rest, which closes at 4000. What no-telnet denies at 1200 is none of it.
    assert rules(stage, seeds.network_security_group_id("shared")) == {
        "gateway-load-balancer": ("Inbound", 1001, "Allow"),
        "gateway-internet": ("Inbound", 1002, "Allow"),
    }
    assert stage.azure.get(stage.own_group()) is None
    theirs = foreign(stage, seeds.network_security_group_id("shared"))
    assert [rule["name"] for rule in theirs] == [rule["name"] for rule in seeds.FOREIGN_RULES]


def test_a_number_that_somebody_has_is_named_and_the_rest_goes_on(set_the_stage: SetTheStage) -> None:
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/26")
    subnet["properties"]["networkSecurityGroup"] = {"id": seeds.network_security_group_id("shared")}
    stage = set_the_stage(seed=seeds.hub(subnets=[subnet], resources=[seeds.shared_group()]))
    stage.apply(networkSecurityGroup={"additionalRules": [{**OFFICE, "priority": 200}]})
    ready = stage.wait_reason("PriorityConflict")
    assert ready["message"] == (
        "Rule office wants number 200 Inbound, which rule allow-monitoring has. Choose another number, or move that rule."
    )
    assert stage.condition("Stalled")["reason"] == "PriorityConflict"
    stage.wait_for(lambda: len(rules(stage, seeds.network_security_group_id("shared"))) == 2, what="the requirements' own rules")
    stage.apply(networkSecurityGroup={"additionalRules": [OFFICE]})
    stage.wait_ready()


def test_another_attached_group_is_swapped_only_on_request(set_the_stage: SetTheStage) -> None:
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/26")
    subnet["properties"]["networkSecurityGroup"] = {"id": seeds.network_security_group_id("shared")}
    stage = set_the_stage(seed=seeds.hub(subnets=[subnet], resources=[seeds.shared_group(), seeds.shared_group("wanted")]))
    stage.apply(networkSecurityGroup={"id": seeds.network_security_group_id("wanted")})
    ready = stage.wait_reason("NetworkSecurityGroupConflict")
    assert ready["message"] == (
        "Subnet team-a has network security group shared attached, but wanted is wanted. Set spec.networkSecurityGroup.attach to Replace to"
        " have it swapped, or spec.networkSecurityGroup.id to the attached one."
    )
    assert stage.writes() == []
    stage.apply(networkSecurityGroup={"id": seeds.network_security_group_id("wanted"), "attach": "Replace"})
    stage.wait_ready()
    after = stage.azure.get(seeds.subnet_id("team-a"))
    assert after
    assert after["properties"]["networkSecurityGroup"] == {"id": seeds.network_security_group_id("wanted")}
    assert rules(stage, seeds.network_security_group_id("shared")) == {}
    order = [write["liveRequest"]["url"].split("?")[0].rsplit("/", 2)[1] for write in stage.writes()]
    assert order == ["securityRules", "securityRules", "subnets"], "the new group is complete before the subnet gets it"
