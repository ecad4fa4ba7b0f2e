"""What a namespace may use in Azure: what its specs must not name, and what its plans must not write."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.scope import Scope
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.network_links import link_name
from workspace_gateway_network.planning.observed import Found
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.planning.scopes import NO_LIMITS, Allowance, NamespaceScopes, forbidden_ids, within
from worlds import documents
from worlds.azure import World
from worlds.documents import NETWORK_GROUP, NETWORK_ID, SERVICE_ID, SUBNET_ID, SUBSCRIPTION, group, group_id, rule, zone_id
from worlds.injection import RELATIVE_HOST, ZONE, Memory, dns_steps, planned, wanted, world
from worlds.names import ADDRESS, HOST
from worlds.resources import INTERNET, LOAD_BALANCER, MARK, OUR_GROUP_ID, OUR_TAGS, OWNER, desired, neighbours, spec

OTHERS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/others"
OURS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/ours"
ALLOWED = (SUBNET_ID, SERVICE_ID)
LINK = link_name(OWNER, ResourceId(NETWORK_ID))
ONLY = f"WGN_SCOPES allows it only {SUBNET_ID} and {SERVICE_ID}."


def allowance(*scopes: str) -> Allowance:
    return Allowance(namespace="apim", scopes=tuple(map(Scope.parse, scopes)))


def messages(findings: tuple[Finding, ...]) -> list[str]:
    assert {finding.reason for finding in findings} <= {"ScopeNotAllowed"}
    return [finding.message for finding in findings]


def steps(result: Plan) -> list[str]:
    return [f"{step.action} {step.target.name}" for step in result.steps]


# Which scopes a namespace has.


def test_without_the_setting_a_namespace_may_use_everything() -> None:
    assert NO_LIMITS.of("apim").covers(ResourceId(SUBNET_ID))
    assert NO_LIMITS.of("apim").scopes is None


@pytest.mark.parametrize(
    ("namespace", "scopes"),
    [
        ("team-a", [OURS]),
        ("team-b", [OURS, NETWORK_GROUP]),
        ("team-bb", [OURS]),
        ("team-c", [NETWORK_GROUP]),
        ("steam-a", []),
        ("apim", [OTHERS]),
    ],
)
def test_a_namespace_has_the_scopes_of_every_pattern_that_it_matches_each_once(namespace: str, scopes: list[str]) -> None:
    by_pattern = {"team-[!c]*": [OURS], "team-[bc]": [NETWORK_GROUP], "team-?": [], "ap[i-z]m": [OTHERS], "apim": [OTHERS]}
    found = NamespaceScopes(by_pattern={pattern: tuple(map(Scope, listed)) for pattern, listed in by_pattern.items()}).of(namespace)

    assert found == Allowance(namespace=namespace, scopes=tuple(map(Scope, scopes)))


@pytest.mark.parametrize(
    ("scopes", "sentence"),
    [
        ("", "WGN_SCOPES allows it nothing."),
        ("a", "WGN_SCOPES allows it only a."),
        ("ab", "WGN_SCOPES allows it only a and b."),
        ("abc", "WGN_SCOPES allows it only a, b and c."),
        ("abcde", "WGN_SCOPES allows it only a, b, c and 2 more."),
    ],
)
def test_what_is_allowed_is_told_in_short(scopes: str, sentence: str) -> None:
    assert Allowance(namespace="apim", scopes=tuple(map(Scope, scopes))).told == sentence


# What a spec names.


def test_a_spec_within_the_scopes_is_fine() -> None:
    assert forbidden_ids(spec(), allowance=allowance(SUBNET_ID.upper(), SERVICE_ID)) == ()


def test_everything_that_a_spec_must_not_name_is_told_at_once() -> None:
    named = spec(
        mode="Injection",
        networkSecurityGroup={"id": group_id("theirs", resource_group=OTHERS)},
        dns={"zones": [{"id": zone_id("azure-api.net", resource_group=OTHERS)}], "linkedVirtualNetworkIds": [NETWORK_ID]},
    )

    found = forbidden_ids(named, allowance=allowance(*ALLOWED))

    assert {finding.condition for finding in found} == {"PrerequisitesMet"}
    assert messages(found) == [
        (
            f"Namespace apim may not use {OTHERS}/providers/Microsoft.Network/networkSecurityGroups/theirs (spec.networkSecurityGroup.id):"
            f" {ONLY} Name something there, or ask whoever runs the operator to allow this."
        ),
        f"Namespace apim may not use {OTHERS}/providers/Microsoft.Network/privateDnsZones/azure-api.net (spec.dns.zones[0].id) either.",
        f"Namespace apim may not use {NETWORK_ID} (spec.dns.linkedVirtualNetworkIds[0]) either.",
    ]


def test_where_nothing_is_allowed_there_is_only_one_to_ask() -> None:
    assert messages(forbidden_ids(spec(), allowance=allowance())) == [
        (
            f"Namespace apim may not use {SERVICE_ID} (spec.apiManagement.id): WGN_SCOPES allows it nothing."
            " Ask whoever runs the operator to allow this."
        ),
        f"Namespace apim may not use {SUBNET_ID} (spec.subnet.id) either.",
    ]


def test_a_deletion_says_how_it_can_end() -> None:
    assert messages(forbidden_ids(spec(), allowance=allowance(SERVICE_ID), deleting=True)) == [
        (
            f"Namespace apim may not use {SUBNET_ID} (spec.subnet.id), so nothing is removed: WGN_SCOPES allows it only {SERVICE_ID}."
            " Ask whoever runs the operator to allow this, or set the annotation workspacegateway.dev/deletion-policy-override: Retain"
            " to leave Azure as it is."
        )
    ]


# What a plan writes in the network.


def held(azure: World, *scopes: str, **fields: Any) -> Plan:
    wants = desired(**fields)
    return within(planned(azure, wants), allowance=allowance(*ALLOWED, *scopes))


def attached(name: str = "theirs", *, resource_group: str = OTHERS) -> World:
    theirs = group(name, rule("x", 300))
    theirs["id"] = group_id(name, resource_group=resource_group)
    return World(subnet=documents.subnet(networkSecurityGroup={"id": theirs["id"]}), groups=[theirs])


def test_a_plan_within_the_scopes_stays_as_it_is() -> None:
    result = planned(World(), desired())

    assert result.steps
    assert within(result, allowance=allowance(NETWORK_GROUP)) is result


def test_a_new_group_needs_a_scope_that_holds_it() -> None:
    result = held(World())

    assert (result.steps, result.blocked) == ((), True)
    assert [finding.condition for finding in result.findings] == ["SecurityRulesApplied"]
    assert messages(result.findings) == [
        (
            f"Namespace apim may not create network security group {OUR_GROUP_ID}: {ONLY} Set spec.resourceGroupId to a resource group"
            " there, name a group there in spec.networkSecurityGroup.id, or ask whoever runs the operator to allow this."
        )
    ]
    assert steps(held(World(), OURS, resourceGroupId=OURS)) == [f"Create {OUR_GROUP_ID.rpartition('/')[2]}", "Update team-a"]


def test_no_rule_is_written_to_an_attached_group_out_of_scope() -> None:
    result = held(attached())

    assert (result.steps, result.blocked) == ((), True)
    assert [finding.condition for finding in result.findings] == ["SecurityRulesApplied"]
    assert messages(result.findings) == [
        (
            f"Namespace apim may not change network security group {group_id('theirs', resource_group=OTHERS)}: {ONLY} Name a group there in"
            " spec.networkSecurityGroup.id, or ask whoever runs the operator to allow this."
        )
    ]
    assert steps(held(attached(), OTHERS)) == [
        f"Create wgn-{MARK}-gateway-load-balancer",
        f"Create wgn-{MARK}-gateway-internet",
        "Update team-a",
    ]


def test_a_group_elsewhere_that_bears_our_marks_is_neither_healed_nor_linked() -> None:
    """Whoever may tag a group could have ours attached to it, and so decide what reaches the subnet."""
    planted = group("planted", tags=OUR_TAGS)
    planted["id"] = group_id("planted", resource_group=OTHERS)

    result = held(World(groups=[planted]))

    assert (result.steps, result.blocked) == ((), True)
    assert messages(result.findings) == [
        (
            f"Namespace apim may not change network security group {planted['id']}: {ONLY} Name a group there in"
            " spec.networkSecurityGroup.id, or ask whoever runs the operator to allow this."
        )
    ]


def test_a_group_that_needs_no_write_is_not_linked_either() -> None:
    azure = World()
    memory = Memory(azure)
    memory.settle(desired())
    azure.subnet["properties"]["networkSecurityGroup"] = None
    everything = memory.plan(desired())

    result = within(everything, allowance=allowance(*ALLOWED))

    assert steps(everything) == ["Update team-a"]
    assert (result.steps, result.blocked) == ((), True)
    assert [finding.condition for finding in result.findings] == ["SecurityRulesApplied"]
    assert [message.partition(":")[0] for message in messages(result.findings)] == [
        f"Namespace apim may not change network security group {OUR_GROUP_ID}"
    ]


def test_a_group_that_is_swapped_out_is_not_written_so_it_needs_no_scope() -> None:
    azure = attached()
    azure.groups[ResourceId(group_id("ours", resource_group=OURS))] = group("ours") | {"id": group_id("ours", resource_group=OURS)}

    result = held(azure, OURS, networkSecurityGroup={"id": group_id("ours", resource_group=OURS), "attach": "Replace"})

    assert result.findings == ()
    assert steps(result)[-1] == "Update team-a"


def test_leftovers_out_of_scope_stay_and_stop_nothing_else() -> None:
    azure = attached()
    memory = Memory(azure)
    memory.settle(desired())
    azure.subnet["properties"]["networkSecurityGroup"] = None
    azure.apply(*memory.plan(desired()).steps)
    azure.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Deny"
    everything = memory.plan(desired())

    result = within(everything, allowance=allowance(*ALLOWED, NETWORK_GROUP))

    assert steps(everything) == [f"Update {INTERNET}", f"Delete {INTERNET}", f"Delete {LOAD_BALANCER}"]
    assert (steps(result), result.blocked) == ([f"Update {INTERNET}"], False)
    assert messages(result.findings) == [
        (
            f"Namespace apim may not change network security group {group_id('theirs', resource_group=OTHERS)}: WGN_SCOPES allows it only"
            f" {SUBNET_ID}, {SERVICE_ID} and {NETWORK_GROUP}. Remove by hand what this resource has there, or ask whoever runs the"
            " operator to allow this."
        )
    ]


def test_a_deletion_touches_all_or_nothing() -> None:
    azure = attached()
    memory = Memory(azure)
    memory.settle(desired())

    result = within(memory.plan_deletion(desired()), allowance=allowance(*ALLOWED), deleting=True)

    assert (result.steps, result.blocked) == ((), True)
    assert messages(result.findings) == [
        (
            f"Namespace apim may not change network security group {group_id('theirs', resource_group=OTHERS)}, so nothing is removed: {ONLY}"
            " Ask whoever runs the operator to allow this, or set the annotation workspacegateway.dev/deletion-policy-override: Retain to"
            " leave Azure as it is."
        )
    ]


# What a plan writes in private DNS.


def test_a_new_zone_needs_a_scope_that_holds_it_and_the_network_is_prepared_without() -> None:
    azure = world(gateways=[])
    bare = wanted(gateway={"hostnames": [HOST], "privateIPAddresses": ["10.1.0.5"]})

    result = within(planned(azure, bare), allowance=allowance(*ALLOWED, OUR_GROUP_ID))

    assert not result.blocked
    assert steps(result) == [f"Create {OUR_GROUP_ID.rpartition('/')[2]}", "Update team-a"]
    assert [finding.condition for finding in result.findings] == ["DNSRecordsPublished"]
    assert messages(result.findings) == [
        (
            f"Namespace apim may not create private DNS zone {ZONE}: WGN_SCOPES allows it only {SUBNET_ID}, {SERVICE_ID} and {OUR_GROUP_ID}."
            " Set spec.resourceGroupId to a resource group there, name a zone there in spec.dns.zones, or ask whoever runs the operator to"
            " allow this."
        )
    ]


def in_group(resource_group: str, name: str = "azure-api.net") -> str:
    return zone_id(name, resource_group=resource_group)


def test_zones_within_the_scopes_are_kept_beside_one_that_is_not() -> None:
    """A name must not lose its record because another one may not have any."""
    other = "orders.gateway.azure-api.us"
    azure = world(documents.zone(in_group(OURS)), gateways=[])
    hosts = {"hostnames": [HOST, other], "privateIPAddresses": [ADDRESS]}
    wants = wanted(gateway=hosts, dns={"zones": [{"id": in_group(OURS)}]})
    everything = planned(azure, wants)

    result = within(everything, allowance=allowance(*ALLOWED, OUR_GROUP_ID, in_group(OURS)))

    assert {str(step.target) for step in everything.steps} - {str(step.target) for step in result.steps} == {
        zone_id(other),
        f"{zone_id(other)}/A/@",
        f"{zone_id(other)}/virtualNetworkLinks/{LINK}",
    }
    assert [message.partition(":")[0] for message in messages(result.findings)] == [
        f"Namespace apim may not create private DNS zone {zone_id(other)}"
    ]


def test_a_record_in_a_zone_out_of_scope_stays() -> None:
    memory = Memory(world(documents.zone(in_group(OTHERS))))
    memory.settle(wanted(dns={"zones": [{"id": in_group(OTHERS)}]}))
    moved = wanted(resourceGroupId=OURS)
    memory.world.apply(*memory.plan(moved).steps)
    everything = memory.plan(moved)

    result = within(everything, allowance=allowance(*ALLOWED, NETWORK_GROUP, OURS))

    assert dns_steps(everything) == [f"Delete {RELATIVE_HOST}", f"Delete {LINK}"]
    assert (result.steps, result.blocked) == ((), False)
    assert messages(result.findings) == [
        (
            f"Namespace apim may not change private DNS zone {in_group(OTHERS)}: WGN_SCOPES allows it only {SUBNET_ID}, {SERVICE_ID},"
            f" {NETWORK_GROUP} and 1 more. Remove by hand what this resource has there, or ask whoever runs the operator to allow this."
        )
    ]


def test_nothing_is_done_by_halves_between_two_zones_of_one_name() -> None:
    """The new link cannot come before the old one is gone, which is not allowed: so the new zone is left alone as well."""
    memory = Memory(world(documents.zone(in_group(OTHERS)), documents.zone(in_group(OURS))))
    memory.settle(wanted(dns={"zones": [{"id": in_group(OTHERS)}]}))
    everything = memory.plan(wanted(dns={"zones": [{"id": in_group(OURS)}]}))

    result = within(everything, allowance=allowance(*ALLOWED, NETWORK_GROUP, OURS))

    assert dns_steps(everything) == [f"Create {RELATIVE_HOST}", f"Delete {LINK}", f"Create {LINK}"]
    assert (result.steps, result.blocked) == ((), False)
    assert [message.partition(":")[0] for message in messages(result.findings)] == [
        f"Namespace apim may not change private DNS zone {in_group(OTHERS)}"
    ]


def test_a_namespace_that_has_no_subscription_registers_none() -> None:
    observed = World().observed(web_registration=Found("NotRegistered"))
    registering = plan(desired=desired(resourceProviderRegistration="Register"), observed=observed, neighbours=neighbours())

    held = within(registering, allowance=allowance(NETWORK_GROUP))

    assert held.blocked
    assert [finding.message for finding in held.findings] == [
        (
            f"Namespace apim may not register resource provider /subscriptions/{SUBSCRIPTION}/providers/Microsoft.Web: WGN_SCOPES allows it only"
            f" {NETWORK_GROUP}. Have the subscription registered by whoever has it, or ask whoever runs the operator to allow this."
        )
    ]
