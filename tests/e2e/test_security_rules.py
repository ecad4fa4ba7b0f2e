"""Other people's rules in the group: decisions are respected, right rules are used, and what cuts the gateway off is named."""

from __future__ import annotations

from typing import Any

import pytest

from stage import seeds
from stage.stage import BRISK, SetTheStage, Stage

Document = dict[str, Any]
SHARED = seeds.network_security_group_id("shared")
NO_INTERNET = {
    "direction": "Outbound",
    "priority": 200,
    "access": "Deny",
    "protocol": "*",
    "sourceAddressPrefix": "*",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "Internet",
    "destinationPortRange": "*",
}
NO_OFFICE = {**NO_INTERNET, "direction": "Inbound", "sourceAddressPrefix": "10.1.2.0/24", "destinationAddressPrefix": "*"}
STORAGE = {
    **NO_INTERNET,
    "access": "Allow",
    "protocol": "Tcp",
    "sourceAddressPrefix": "VirtualNetwork",
    "destinationAddressPrefix": "Storage.UKSouth",
    "destinationPortRange": "443",
}


def seed(**rules: Document) -> Document:
    """A network whose subnets have one group of the organisation, with these rules in it."""
    subnets = []
    for number, name in enumerate(("team-a", "team-b")):
        subnet = seeds.plain_subnet(name, prefix=f"10.1.{number}.0/26")
        subnet["properties"]["networkSecurityGroup"] = {"id": SHARED}
        subnets.append(subnet)
    entries = [{"name": name.replace("_", "-"), "properties": properties} for name, properties in rules.items()]
    group = {"id": SHARED, "location": seeds.REGION, "properties": {"securityRules": entries}}
    return seeds.hub(subnets=subnets, resources=[group])


def alone(seed: Document) -> Document:
    """The same, but the group serves the first subnet only."""
    network = next(resource for resource in seed["resources"] if resource["id"] == seeds.NETWORK)
    del network["properties"]["subnets"][1]["properties"]["networkSecurityGroup"]
    return seed


def copied(*, peer: str, ports: str) -> Document:
    """A rule that another product's documentation asks for."""
    inbound = {"direction": "Inbound", "sourceAddressPrefix": peer, "destinationAddressPrefix": "*", "destinationPortRange": ports}
    return {**STORAGE, **inbound}


def rows(stage: Stage, name: str = "team-a") -> dict[str, tuple[int | None, str, str | None]]:
    return {
        row["requirement"]: (row.get("priority"), row["state"], row.get("byRule")) for row in stage.status(name).get("securityRules", [])
    }


def rules(stage: Stage, name: str = "team-a") -> dict[str, Document]:
    """The rules of a resource in the shared group, by requirement."""
    group = stage.azure.get(SHARED)
    assert group
    prefix = f"wgn-{stage.mark(name)}-"
    found = group["properties"]["securityRules"]
    return {rule["name"].removeprefix(prefix): rule["properties"] for rule in found if rule["name"].startswith(prefix)}


def foreign(stage: Stage) -> dict[str, Document]:
    group = stage.azure.get(SHARED)
    assert group
    return {rule["name"]: rule["properties"] for rule in group["properties"]["securityRules"] if not rule["name"].startswith("wgn-")}


def told(stage: Stage, reason: str, name: str = "team-a") -> list[str]:
    return [event["note"] for event in stage.events(name) if event["reason"] == reason]


def test_a_deny_that_cuts_the_gateway_off_is_named_and_preceded_once_it_may_be(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seed(no_internet=NO_INTERNET), **BRISK)
    before = foreign(stage)
    stage.apply(mode="Injection")

    ready = stage.wait_reason("ShadowedByDeny")

    rule = f"wgn-{stage.mark()}-gateway-storage"
    assert ready["message"] == (
        f"no-internet (200) blocks TCP 443 to Storage.uksouth before {rule} (1000) allows it, and the gateway depends on it. Allow it before"
        " that rule, move or narrow the rule, or set spec.networkSecurityGroup.onDeny to Precede."
    )
    stage.wait_for(lambda: rows(stage).get("gateway-storage") == (1000, "Shadowed", "no-internet"), what="the rule to be there, shadowed")
    assert rows(stage)["gateway-load-balancer"] == (1000, "Enforced", None)

    stage.apply(mode="Injection", networkSecurityGroup={"onDeny": "Precede"})

    stage.wait_ready()
    assert rows(stage)["gateway-storage"] == (199, "Enforced", None)
    assert rules(stage)["gateway-storage"]["priority"] == 199
    assert foreign(stage) == before


def test_a_deny_of_callers_is_respected_and_told_once(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seed(no_office=NO_OFFICE), **BRISK)
    stage.apply(mode="Injection", networkSecurityGroup={"onDeny": "Precede"})
    stage.wait_ready()

    rule = f"wgn-{stage.mark()}-gateway-virtual-network"
    said = f"no-office (200) blocks TCP 80 from 10.1.2.4 before {rule} (1001) allows it: whom to let in is the organisation's to decide."
    assert rows(stage)["gateway-virtual-network"] == (1001, "Restricted", "no-office")
    assert stage.condition("SecurityRulesApplied")["status"] == "True"
    assert stage.condition("SecurityRulesApplied")["message"].endswith(said)
    stage.wait_for(lambda: told(stage, "AccessRestricted") == [said], what="the event")
    stage.reconcile_now(token="once more")
    assert told(stage, "AccessRestricted") == [said]


def test_a_rule_of_somebody_else_serves_until_it_goes(set_the_stage: SetTheStage) -> None:
    """The part of Storage in the network's region will do; another region's does not, however early it is allowed."""
    abroad = {**STORAGE, "priority": 150, "destinationAddressPrefix": "Storage.WestEurope"}
    stage = set_the_stage(seed=seed(storage_abroad=abroad, storage_for_all=STORAGE), **BRISK)
    stage.apply(mode="Injection")
    stage.wait_ready()
    assert rows(stage)["gateway-storage"] == (None, "Satisfied", "storage-for-all")
    assert set(rules(stage)) == {"gateway-load-balancer", "gateway-virtual-network"}
    said = "Network security group shared is attached and holds all 3 wanted rules. Rule storage-for-all serves for gateway-storage."
    assert stage.condition("SecurityRulesApplied")["message"] == said

    stage.azure.delete(seeds.security_rule_id("shared", "storage-for-all"))
    stage.annotate(**{"reconcile-requested-at": "it went"})

    stage.wait_for(lambda: rows(stage).get("gateway-storage") == (1000, "Enforced", None), what="the rule to be added")
    assert rules(stage)["gateway-storage"]["destinationAddressPrefix"] == "Storage"
    assert foreign(stage).keys() == {"storage-abroad"}


def test_what_may_be_blocked_is_a_warning(set_the_stage: SetTheStage) -> None:
    partner = {**NO_INTERNET, "destinationAddressPrefix": "20.60.0.0/16"}
    stage = set_the_stage(seed=seed(no_partner=partner, classic=copied(peer="ApiManagement", ports="3443")), **BRISK)
    stage.apply(mode="Injection")
    stage.wait_ready()

    rule = f"wgn-{stage.mark()}-gateway-storage"
    said = f"no-partner (200) may block TCP 443 to Storage.uksouth, as far as that lies in 20.60.0.0/16, before {rule} (1000) allows it."
    stage.wait_for(lambda: told(stage, "MayBeBlocked") == [said], what="the warning")
    assert rows(stage)["gateway-storage"] == (1000, "Enforced", None)
    assert told(stage, "RuleNotNeeded") == [], "the group serves another subnet as well, whose rule it may be"


@pytest.mark.timeout(300)
def test_two_resources_share_a_group(set_the_stage: SetTheStage) -> None:
    """Each has its own rules, for its own subnet; what one has serves nobody else, and goes with it alone."""
    stage = set_the_stage(seed=seed(no_office=NO_OFFICE), **BRISK)
    theirs = foreign(stage)
    both = {"mode": "Injection", "deletionPolicy": "Delete"}
    stage.apply("team-a", **both)
    stage.wait_ready("team-a")
    stage.apply("team-a", **both, suspend=True)
    stage.wait_for(lambda: stage.status("team-a")["observedGeneration"] == 2, what="team-a at rest")
    wide = f"wgn-{stage.mark('team-a')}-gateway-storage"
    stage.azure.patch(seeds.security_rule_id("shared", wide), {"properties": {"sourceAddressPrefix": "*"}})

    stage.apply("team-b", **both)
    stage.wait_ready("team-b")
    assert rows(stage, "team-b")["gateway-storage"] == (1001, "Enforced", None), "what team-a has allows it too, but not for team-b"
    stage.apply("team-a", **both)
    stage.wait_for(lambda: own_sides(rules(stage, "team-a")) == {"10.1.0.0/26"}, what="team-a's rule narrowed again")
    assert own_sides(rules(stage, "team-b")) == {"10.1.1.0/26"}
    kept = rules(stage, "team-b")
    numbers = [(rule["direction"], rule["priority"]) for rule in (*rules(stage, "team-a").values(), *kept.values(), *theirs.values())]
    assert len(set(numbers)) == len(numbers) == 7

    stage.kubectl("delete", "wgn", "team-a", "--timeout=60s")
    stage.reconcile_now("team-b", token="alone")

    assert rules(stage, "team-a") == {}
    assert rules(stage, "team-b") == kept
    assert rows(stage, "team-b")["gateway-storage"] == (1001, "Enforced", None)
    assert foreign(stage) == theirs
    for name in ("team-a", "team-b"):
        subnet = stage.azure.get(seeds.subnet_id(name))
        assert subnet
        assert subnet["properties"]["networkSecurityGroup"] == {"id": SHARED}


def own_sides(ours: dict[str, Document]) -> set[str]:
    """What the rules are for on the near side: where they come from going out, where they lead to coming in."""
    near = {"Inbound": "destinationAddressPrefix", "Outbound": "sourceAddressPrefix"}
    return {rule[near[rule["direction"]]] for rule in ours.values()}


def test_a_deny_at_the_smallest_number_leaves_no_room(set_the_stage: SetTheStage) -> None:
    first = {**NO_INTERNET, "priority": 100}
    stage = set_the_stage(seed=seed(no_internet=first), **BRISK)
    stage.apply(mode="Injection", networkSecurityGroup={"onDeny": "Precede"})

    ready = stage.wait_reason("PriorityConflict")

    assert ready["message"] == (
        "No number is free for rule gateway-storage: Outbound it must come before no-internet (100). Free a number there, or move the Deny"
        " rules around it."
    )
    stage.wait_for(lambda: rows(stage).get("gateway-virtual-network") == (1001, "Enforced", None), what="the other rules to be there")
    assert rows(stage)["gateway-storage"] == (None, "Missing", None)
    assert foreign(stage)["no-internet"]["priority"] == 100


def test_what_finds_no_room_in_a_full_group_is_named_and_copies_from_elsewhere_are_left_alone(set_the_stage: SetTheStage) -> None:
    application_gateway = copied(peer="GatewayManager", ports="65200-65535")
    classic = {**copied(peer="ApiManagement", ports="3443"), "priority": 201}
    crowd = {
        f"r{number}": {**NO_OFFICE, "access": "Allow", "priority": number, "sourceAddressPrefix": "198.51.100.7"}
        for number in range(2000, 2996)
    }
    stage = set_the_stage(seed=alone(seed(agw=application_gateway, classic=classic, **crowd)), **BRISK)
    before = foreign(stage)
    stage.apply(mode="Injection")

    ready = stage.wait_reason("QuotaExceeded")

    rule = f"wgn-{stage.mark()}-gateway-storage"
    assert ready["message"] == (
        f"Network security group shared has no room for rule {rule}: Azure takes at most 1,000 rules. Remove rules that are no longer used,"
        " or merge them."
    )
    said = [
        "Rule agw (200) allows ports 65200-65535 from GatewayManager, as Application Gateway v2 needs it: it is not needed for workspace gateways.",
        "Rule classic (201) allows ports 3443 from ApiManagement, as the classic API Management service needs it: it is not needed for workspace gateways.",
    ]
    stage.wait_for(lambda: told(stage, "RuleNotNeeded") == said, what="the warnings")
    stage.wait_for(lambda: rows(stage).get("gateway-virtual-network") == (1001, "Enforced", None), what="the rules that find room")
    assert rows(stage)["gateway-storage"] == (None, "Missing", None)
    assert foreign(stage) == before

    stage.stop_operator()
    since = stage.azure.seq()
    stage.start_operator()
    stage.reconcile_now(token="once more")
    assert told(stage, "RuleNotNeeded") == said
    again = [event["note"] for event in stage.events() if event["reason"] == "RuleNotNeeded" and event.get("series")]
    assert again == [], "an operator that is new would count a repeat at once"
    assert stage.writes(since=since) == []


def test_a_group_is_never_filled_beyond_its_prefixes(set_the_stage: SetTheStage) -> None:
    prefixes = [f"11.{number // 256}.{number % 256}.0/24" for number in range(4000)]
    crowd = {**NO_INTERNET, "access": "Allow", "sourceAddressPrefix": None, "sourceAddressPrefixes": prefixes}
    stage = set_the_stage(seed=seed(crowd=crowd), **BRISK)
    before = foreign(stage)
    stage.apply(mode="Injection")

    ready = stage.wait_reason("QuotaExceeded")

    rule = f"wgn-{stage.mark()}-gateway-load-balancer"
    sentence = (
        f"Network security group shared has no room for rule {rule} and 2 others: Azure takes at most 4,000 {{side}} addresses and prefixes in"
        " all its rules. Remove rules that are no longer used, or merge them."
    )
    assert ready["message"] == sentence.format(side="source")
    assert {state for _, state, _ in rows(stage).values()} == {"Missing"}

    fuller = {
        "sourceAddressPrefix": "*",
        "sourceAddressPrefixes": None,
        "destinationAddressPrefix": None,
        "destinationAddressPrefixes": prefixes,
    }
    stage.azure.patch(seeds.security_rule_id("shared", "crowd"), {"properties": fuller})
    stage.reconcile_now(token="the other side")
    assert stage.condition("Ready")["message"] == sentence.format(side="destination")
    assert [write for write in stage.writes() if "networkSecurityGroups" in write["liveRequest"]["url"]] == []
    assert foreign(stage).keys() == before.keys()

    stage.azure.patch(seeds.security_rule_id("shared", "crowd"), {"properties": {"destinationAddressPrefixes": prefixes[:3997]}})
    stage.reconcile_now(token="room")
    stage.wait_ready()
    assert {state for _, state, _ in rows(stage).values()} == {"Enforced"}
