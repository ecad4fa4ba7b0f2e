"""What other people's rules make of ours: blocked, restricted, served for, preceded."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import VirtualNetwork
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.rules import RulePlan, plan_rules
from worlds import documents
from worlds.azure import World
from worlds.documents import Document, closing_deny, group, group_id, rule
from worlds.resources import PREFIX, additional, desired, neighbour

THEIRS = ResourceId(group_id("theirs"))
LOAD_BALANCER, CALLS, STORAGE = (f"{PREFIX}gateway-{name}" for name in ("load-balancer", "virtual-network", "storage"))
PRECEDE = {"networkSecurityGroup": {"onDeny": "Precede"}}
OUT = {"direction": "Outbound", "sourceAddressPrefix": "*"}

NO_INTERNET = rule("no-internet", 200, **OUT, destinationAddressPrefix="Internet")
NO_OFFICE = rule("no-office", 200, sourceAddressPrefix="10.1.2.0/24")
STORAGE_FOR_ALL = rule(
    "storage-for-all", 300, **OUT, access="Allow", protocol="Tcp", destinationAddressPrefix="Storage", destinationPortRange="443"
)


def injection(*additional_rules: Document, **fields: Any) -> Desired:
    return desired(*additional_rules, mode="Injection", **fields)


def plan(wanted: Desired, world: World) -> RulePlan:
    return plan_rules(
        desired=wanted,
        group=NetworkSecurityGroup.from_arm(world.group(THEIRS)),
        prefixes=["10.1.0.0/26"],
        network=VirtualNetwork.from_arm(world.network),
        group_id=THEIRS,
    )


def settled(wanted: Desired, *foreign: Document) -> tuple[World, RulePlan]:
    """A world in which all is done that can be, and the plan for it, which has nothing left to do."""
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": str(THEIRS)}), groups=[group("theirs", *foreign)])
    before = world.rules(THEIRS)
    first = plan(wanted, world)
    world.apply(*first.writes, *first.removals)
    last = plan(wanted, world)
    assert last.writes == last.removals == ()
    assert {name: world.rules(THEIRS)[name] for name in before} == before
    return world, last


def states(result: RulePlan) -> dict[str, tuple[int | None, str, str]]:
    return {each.requirement: (each.priority, each.state.value, each.by_rule) for each in result.reports}


def findings(result: RulePlan) -> list[tuple[str, str]]:
    return [(finding.reason.value, finding.message) for finding in result.findings]


def notes(result: RulePlan) -> list[tuple[str, str]]:
    return [(note.reason, note.message) for note in result.notes]


def test_with_nobody_elses_rules_all_is_enforced() -> None:
    _, result = settled(injection())

    assert states(result) == {
        "gateway-load-balancer": (1000, "Enforced", ""),
        "gateway-virtual-network": (1001, "Enforced", ""),
        "gateway-storage": (1000, "Enforced", ""),
    }
    assert (result.findings, result.notes) == ((), ())


def test_a_closing_deny_shadows_nothing() -> None:
    _, result = settled(injection(), closing_deny(4000), closing_deny(4000, direction="Outbound", name="close"))

    assert {state for _, state, _ in states(result).values()} == {"Enforced"}


# A dependency.


def test_a_deny_before_a_dependency_is_reported_and_respected() -> None:
    _, result = settled(injection(), NO_INTERNET)

    assert states(result)["gateway-storage"] == (1000, "Shadowed", "no-internet")
    assert findings(result) == [
        (
            "ShadowedByDeny",
            (
                f"no-internet (200) blocks TCP 443 to Storage.uksouth before {STORAGE} (1000) allows it, and the gateway depends on it. Allow"
                " it before that rule, move or narrow the rule, or set spec.networkSecurityGroup.onDeny to Precede."
            ),
        )
    ]


def test_a_dependency_in_another_region_may_be_denied() -> None:
    _, result = settled(injection(), rule("no-west", 200, **OUT, destinationAddressPrefix="Storage.WestUS"))

    assert states(result)["gateway-storage"] == (1000, "Enforced", "")
    assert result.findings == ()


def test_what_may_be_blocked_is_only_told() -> None:
    _, result = settled(injection(), rule("no-partner", 200, **OUT, destinationAddressPrefix="20.60.0.0/16"))

    assert states(result)["gateway-storage"] == (1000, "Enforced", "")
    assert result.findings == ()
    assert notes(result) == [
        (
            "MayBeBlocked",
            f"no-partner (200) may block TCP 443 to Storage.uksouth, as far as that lies in 20.60.0.0/16, before {STORAGE} (1000) allows it.",
        )
    ]


def test_a_dependency_precedes_a_deny_where_it_may() -> None:
    _, result = settled(injection(**PRECEDE), NO_INTERNET)

    assert states(result)["gateway-storage"] == (199, "Enforced", "")
    assert result.findings == ()


def test_it_takes_the_first_free_number_before_the_deny() -> None:
    others = [rule(f"r{number}", number, **OUT, access="Allow", destinationPortRange="22") for number in (199, 198)]

    assert states(settled(injection(**PRECEDE), NO_INTERNET, *others)[1])["gateway-storage"][0] == 197


def test_it_stays_above_1000_where_the_deny_does() -> None:
    late = rule("no-internet", 2000, **OUT, destinationAddressPrefix="Internet")

    assert states(settled(injection(**PRECEDE), late)[1])["gateway-storage"][0] == 1000


def test_it_goes_before_every_deny_that_it_meets_and_no_other() -> None:
    world = [
        NO_INTERNET,
        rule("no-azure", 150, **OUT, destinationAddressPrefix="AzureCloud"),
        rule("no-lan", 120, **OUT, destinationAddressPrefix="10.0.0.0/8"),
    ]

    assert states(settled(injection(**PRECEDE), *world)[1])["gateway-storage"][0] == 149


def test_it_does_not_go_before_a_deny_of_other_regions() -> None:
    elsewhere = rule("no-west", 150, **OUT, destinationAddressPrefix="Storage.WestUS")

    assert states(settled(injection(**PRECEDE), elsewhere)[1])["gateway-storage"] == (1000, "Enforced", "")


def test_a_rule_that_is_shadowed_moves_once_it_may() -> None:
    world, _ = settled(injection(), NO_INTERNET)
    numbers = {name: each["priority"] for name, each in world.rules(THEIRS).items()}
    moving = injection(**PRECEDE, numbers=numbers)

    (step,) = plan(moving, world).writes

    assert [(change.path, change.before, change.after) for change in step.changes] == [("properties.priority", 1000, 199)]


def test_a_rule_that_precedes_stays_when_it_need_not() -> None:
    """Moving it back would cut the gateway off."""
    world, _ = settled(injection(**PRECEDE), NO_INTERNET)
    numbers = {name: each["priority"] for name, each in world.rules(THEIRS).items()}

    assert plan(injection(numbers=numbers), world).writes == ()


def test_no_number_before_the_deny() -> None:
    _, result = settled(injection(**PRECEDE), rule("no-internet", 100, **OUT, destinationAddressPrefix="Internet"))

    assert states(result)["gateway-storage"] == (None, "Missing", "")
    assert findings(result) == [
        (
            "PriorityConflict",
            (
                "No number is free for rule gateway-storage: Outbound it must come before no-internet (100). Free a number there, or move the"
                " Deny rules around it."
            ),
        )
    ]


def test_ones_own_deny_shadows_as_well() -> None:
    own = additional("block", 300, direction="Outbound", access="Deny", peer={"serviceTag": "AzureCloud"}, ports=["*"])

    assert states(settled(injection(own))[1])["gateway-storage"] == (1000, "Shadowed", f"{PREFIX}block")


# Access.


def test_a_deny_of_callers_is_the_organisations_decision() -> None:
    _, result = settled(injection(), NO_OFFICE)

    assert states(result)["gateway-virtual-network"] == (1001, "Restricted", "no-office")
    assert result.findings == ()
    assert notes(result) == [
        (
            "AccessRestricted",
            f"no-office (200) blocks TCP 80 from 10.1.2.4 before {CALLS} (1001) allows it: whom to let in is the organisation's to decide.",
        )
    ]


def test_access_never_precedes_a_deny() -> None:
    _, result = settled(injection(**PRECEDE), NO_OFFICE)

    assert states(result)["gateway-virtual-network"] == (1001, "Restricted", "no-office")


def test_an_additional_rule_lets_in_before_a_deny() -> None:
    office = additional("office", 150, peer={"prefixes": ["10.1.2.0/24"]}, ports=["80", "443"])
    _, result = settled(injection(office), NO_OFFICE)

    assert states(result)["gateway-virtual-network"] == (1001, "Enforced", "")
    assert states(result)["office"] == (150, "Enforced", "")


# What Azure does not enforce.


@pytest.mark.parametrize("deny", [closing_deny(200), rule("one-address", 200)])
def test_what_is_not_enforced_is_never_judged(deny: Document) -> None:
    _, result = settled(desired(), deny)

    assert [state for _, state, _ in states(result).values()] == ["NotEnforced", "NotEnforced"]
    assert (result.findings, result.notes) == ((), ())


# Rules of somebody else that serve.


def test_a_rule_of_somebody_else_that_serves_is_used() -> None:
    world, result = settled(injection(), STORAGE_FOR_ALL)

    assert states(result)["gateway-storage"] == (None, "Satisfied", "storage-for-all")
    assert STORAGE not in world.rules(THEIRS)


def test_ours_is_added_when_it_goes_away() -> None:
    world, _ = settled(injection(), STORAGE_FOR_ALL)
    theirs = world.group(THEIRS)["properties"]["securityRules"]
    theirs[:] = [each for each in theirs if each["name"] != "storage-for-all"]

    assert [step.target.name for step in plan(injection(), world).writes] == [STORAGE]


def test_ours_stays_when_one_comes() -> None:
    world, _ = settled(injection())
    world.group(THEIRS)["properties"]["securityRules"].append(STORAGE_FOR_ALL)

    result = plan(injection(), world)

    assert result.writes == result.removals == ()
    assert states(result)["gateway-storage"] == (1000, "Enforced", "")


@pytest.mark.parametrize(
    "change",
    [
        {"destinationAddressPrefix": "Storage.UKSouth"},
        {"destinationAddressPrefix": "AzureCloud", "destinationPortRange": "*"},
        {"destinationAddressPrefix": "*", "protocol": "*"},
        {"sourceAddressPrefix": "VirtualNetwork"},
        {"sourceAddressPrefix": "10.1.0.0/16"},
    ],
)
def test_a_rule_serves_that_allows_all_of_it(change: dict[str, Any]) -> None:
    serving = {**STORAGE_FOR_ALL, "properties": {**STORAGE_FOR_ALL["properties"], **change}}

    assert states(settled(injection(), serving)[1])["gateway-storage"][1] == "Satisfied"


@pytest.mark.parametrize(
    "change",
    [
        {"access": "Deny"},
        {"destinationAddressPrefix": "Storage.WestUS"},
        {"destinationAddressPrefix": "20.0.0.0/6"},
        {"destinationPortRange": "80"},
        {"protocol": "Udp"},
        {"sourceAddressPrefix": "10.1.0.0/27"},
        {"sourcePortRange": "1024-65535"},
        {"direction": "Inbound"},
    ],
)
def test_a_rule_that_leaves_out_some_of_it_does_not_serve(change: dict[str, Any]) -> None:
    other = {**STORAGE_FOR_ALL, "properties": {**STORAGE_FOR_ALL["properties"], **change}}

    assert states(settled(injection(), other)[1])["gateway-storage"][1] != "Satisfied"


def test_a_rule_behind_a_deny_does_not_serve() -> None:
    _, result = settled(injection(), NO_INTERNET, STORAGE_FOR_ALL)

    assert states(result)["gateway-storage"] == (1000, "Shadowed", "no-internet")


def test_a_rule_behind_ones_own_deny_does_not_serve() -> None:
    own = additional("block", 200, direction="Outbound", access="Deny", peer={"serviceTag": "AzureCloud"}, ports=["*"])

    assert states(settled(injection(own), STORAGE_FOR_ALL)[1])["gateway-storage"] == (1000, "Shadowed", f"{PREFIX}block")


@pytest.mark.parametrize("name", [f"wgn-{neighbour('team-b').owner.mark}-gateway-storage", "WGN-by-hand", "wgn-0123456789abcdef-x"])
def test_a_rule_with_a_mark_never_serves(name: str) -> None:
    marked = documents.rule(
        name,
        300,
        **{
            key: STORAGE_FOR_ALL["properties"][key]
            for key in ("access", "protocol", "direction", "sourceAddressPrefix", "destinationAddressPrefix", "destinationPortRange")
        },
    )

    assert states(settled(injection(), marked)[1])["gateway-storage"] == (1000, "Enforced", "")


def test_default_rules_never_serve() -> None:
    """They allow everything of an Injection gateway, and the requirements want rules of their own all the same."""
    assert {state for _, state, _ in states(settled(injection())[1]).values()} == {"Enforced"}


# Another version of the requirements.


def test_another_version_changes_our_rules_and_no_other() -> None:
    world, _ = settled(injection(), NO_OFFICE, closing_deny(4000))
    numbers = {name: each["priority"] for name, each in world.rules(THEIRS).items()}

    later = plan(injection(requirementsVersion="2026-05-20", numbers=numbers), world)
    world.apply(*later.writes, *later.removals)
    assert [(step.action.value, step.target.name) for step in (*later.writes, *later.removals)] == [
        ("Create", f"{PREFIX}gateway-key-vault")
    ]

    back = plan(injection(numbers=numbers), world)
    assert [(step.action.value, step.target.name) for step in (*back.writes, *back.removals)] == [("Delete", f"{PREFIX}gateway-key-vault")]


# Two resources in one group.


def test_the_rules_of_a_neighbour_are_left_alone_and_skipped() -> None:
    owner = neighbour("team-b").owner
    theirs = [
        rule(
            f"{owner.name_prefix}gateway-load-balancer",
            1000,
            access="Allow",
            sourceAddressPrefix="AzureLoadBalancer",
            destinationAddressPrefix="10.1.1.0/26",
            destinationPortRange="80",
        ),
        rule(f"{owner.name_prefix}block", 1500, destinationAddressPrefix="10.1.1.0/26", sourceAddressPrefix="*"),
    ]

    _, result = settled(injection(), *theirs)

    assert states(result)["gateway-load-balancer"] == (1001, "Enforced", "")
    assert states(result)["gateway-virtual-network"] == (1002, "Enforced", "")


# Limits.


def test_a_full_group_takes_no_more_rules() -> None:
    crowd = [rule(f"r{number}", number) for number in range(100, 1099)]
    world, result = settled(injection(additional("office", 1200)), *crowd)

    assert len(world.rules(THEIRS)) == 1000
    assert findings(result) == [
        (
            "QuotaExceeded",
            (
                f"Network security group theirs has no room for rule {CALLS} and 2 others: Azure takes at most 1,000 rules. Remove rules that"
                " are no longer used, or merge them."
            ),
        )
    ]
    assert states(result)["gateway-load-balancer"][1] == "Enforced"
    assert states(result)["office"][1] == "Missing"


def test_a_group_may_be_filled_to_the_last_prefix() -> None:
    prefixes = [f"11.{n // 256}.{n % 256}.0/24" for n in range(3997)]
    crowd = rule("crowd", 100, access="Allow", sourceAddressPrefix=None, sourceAddressPrefixes=prefixes)

    assert settled(injection(), crowd)[1].findings == ()
    fuller = {**crowd, "properties": {**crowd["properties"], "sourceAddressPrefixes": [*prefixes, "11.255.0.0/24"]}}
    assert [reason for reason, _ in findings(settled(injection(), fuller)[1])] == ["QuotaExceeded"]


def test_in_a_full_group_what_is_obsolete_makes_room_first() -> None:
    crowd = [rule(f"r{number}", number) for number in range(100, 1096)]
    world, first = settled(injection(additional("office", 1200)), *crowd)
    assert first.findings == ()
    assert len(world.rules(THEIRS)) == 1000

    result = plan(injection(additional("guests", 1210)), world)
    world.apply(*result.writes, *result.removals)

    assert [step.action.value for step in (*result.writes, *result.removals)] == ["Delete", "Create"]
    assert f"{PREFIX}guests" in world.rules(THEIRS)


def test_a_group_takes_only_so_many_prefixes() -> None:
    crowd = rule(
        "crowd", 100, access="Allow", sourceAddressPrefix=None, sourceAddressPrefixes=[f"11.{n // 256}.{n % 256}.0/24" for n in range(3996)]
    )
    office = additional("office", 300, peer={"prefixes": ["203.0.113.0/24", "198.51.100.0/24"]})
    _, result = settled(injection(office), crowd)

    assert findings(result) == [
        (
            "QuotaExceeded",
            (
                f"Network security group theirs has no room for rule {PREFIX}office: Azure takes at most 4,000 source addresses and prefixes"
                " in all its rules. Remove rules that are no longer used, or merge them."
            ),
        )
    ]


# Copies from other products.

GATEWAY_MANAGER = rule("agw", 300, access="Allow", sourceAddressPrefix="GatewayManager", destinationPortRange="65200-65535")


@pytest.mark.parametrize(
    ("peer", "ports", "product"),
    [
        ("GatewayManager", "65200-65535", "Application Gateway v2"),
        ("ApiManagement", "3443", "the classic API Management service"),
        ("azureloadbalancer", "6390", "the classic API Management service"),
    ],
)
def test_rules_of_other_products_are_told(peer: str, ports: str, product: str) -> None:
    copied = rule("copied", 300, access="Allow", sourceAddressPrefix=peer, destinationPortRange=ports)
    _, result = settled(injection(), copied)

    spelled = {"azureloadbalancer": "AzureLoadBalancer"}.get(peer, peer)
    assert notes(result) == [
        (
            "RuleNotNeeded",
            f"Rule copied (300) allows ports {ports} from {spelled}, as {product} needs it: it is not needed for workspace gateways.",
        )
    ]
    assert result.findings == ()


@pytest.mark.parametrize(
    "change", [{"access": "Deny"}, {"direction": "Outbound"}, {"destinationPortRange": "65200-65534"}, {"sourceAddressPrefix": "*"}]
)
def test_other_rules_are_nobodys_copies(change: dict[str, Any]) -> None:
    other = {**GATEWAY_MANAGER, "properties": {**GATEWAY_MANAGER["properties"], **change}}

    assert "RuleNotNeeded" not in {reason for reason, _ in notes(settled(injection(), other)[1])}


def test_of_many_the_first_are_told() -> None:
    many = [rule(f"copied{n}", 300 + n, access="Allow", sourceAddressPrefix="ApiManagement", destinationPortRange="3443") for n in range(9)]

    told = [message.split(" ")[1] for _, message in notes(settled(injection(), *many)[1])]

    assert told == ["copied0", "copied1", "copied2", "copied3", "copied4"]


def test_in_a_group_that_serves_others_as_well_they_may_be_needed() -> None:
    world = World(groups=[group("theirs", GATEWAY_MANAGER, subnets=[{"id": f"{documents.SUBNET_ID}-agw"}])])

    assert plan(injection(), world).notes == ()
