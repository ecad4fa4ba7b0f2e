"""What would cost three hours later is said beforehand: who is in the subnet, where everything is, what is registered and what is locked."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.lock import Lock
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.locks import heed
from workspace_gateway_network.planning.observed import Found, Gateways, Unreadable
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.planning.step import Action
from worlds import documents
from worlds.azure import World, absent, forbidden, trouble
from worlds.documents import NETWORK_GROUP, NETWORK_ID, SUBNET_ID, SUBSCRIPTION, gateway, group, group_id, rule, service_association_link
from worlds.resources import MARK, OUR_GROUP, OUR_GROUP_ID, desired, neighbours

PLAN_ID = f"{NETWORK_GROUP}/providers/Microsoft.Web/serverFarms/plan"
FOREIGN = "/subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/x/providers/Microsoft.Web/serverFarms/plan"
WIDE = {"addressPrefix": "10.1.0.0/24"}


def planned(world: World, wanted: Desired | None = None, **parts: Any) -> Plan:
    return plan(desired=wanted or desired(), observed=world.observed(**parts), neighbours=neighbours())


def found(result: Plan) -> list[tuple[str, str, str]]:
    return [(finding.condition.value, finding.reason.value, finding.message) for finding in result.findings]


def noted(result: Plan) -> list[tuple[str, str]]:
    assert all(note.condition is ConditionType.PREREQUISITES_MET for note in result.notes)
    return [(note.reason, note.message) for note in result.notes]


def wide(**properties: Any) -> World:
    return World(subnet=documents.subnet(**WIDE, **properties))


# Who is in the subnet.


def test_a_link_to_a_resource_of_the_customer_says_that_the_subnet_is_taken() -> None:
    result = planned(wide(serviceAssociationLinks=[service_association_link(link=PLAN_ID)]))

    assert result.blocked
    assert found(result) == [
        (
            "PrerequisitesMet",
            "SubnetNotDedicated",
            (
                f"Subnet team-a is used by {PLAN_ID} (service association link AppServiceLink). A workspace gateway needs the subnet to itself:"
                " disconnect that resource from the network, or use another subnet."
            ),
        )
    ]
    assert result.notes == ()


@pytest.mark.parametrize(
    ("link", "whose"),
    [
        (None, "that names no resource"),
        (FOREIGN, f"of {FOREIGN}"),
        (documents.gateway_id("gone"), f"of {documents.gateway_id('gone')}"),
    ],
)
def test_a_link_that_may_be_a_gateways_is_only_a_note(link: str | None, whose: str) -> None:
    result = planned(wide(serviceAssociationLinks=[service_association_link(link=link)]))

    assert found(result) == []
    assert result.steps
    assert noted(result) == [
        (
            "SubnetLinkUnexplained",
            (
                f"Subnet team-a has the service association link AppServiceLink {whose}: a gateway that is being created or was deleted, or another"
                " service. Until it is gone Azure may refuse to change the delegation or to create a gateway."
            ),
        )
    ]


def test_the_link_of_a_gateway_that_is_there_is_not_worth_a_note() -> None:
    world = World(subnet=documents.subnet(**WIDE, serviceAssociationLinks=[service_association_link()]), gateways=[gateway()])

    assert planned(world).notes == ()
    assert found(planned(world)) == []


@pytest.mark.parametrize(
    ("link", "user"),
    [(documents.SERVICE_ID, documents.SERVICE_ID), (None, "Microsoft.Web/serverFarms"), (FOREIGN, "Microsoft.Web/serverFarms")],
)
def test_a_navigation_link_says_that_the_subnet_is_taken(link: str | None, user: str) -> None:
    result = planned(wide(resourceNavigationLinks=[service_association_link("cache", link=link)]))

    assert found(result) == [
        (
            "PrerequisitesMet",
            "SubnetNotDedicated",
            (
                f"Subnet team-a is used by {user} (resource navigation link cache). A workspace gateway needs the subnet to itself: remove what"
                " put the link there, or use another subnet."
            ),
        )
    ]


def test_a_navigation_link_that_names_nobody_may_be_the_gateways_that_is_there() -> None:
    links = [service_association_link("mine"), service_association_link("theirs", link=documents.SERVICE_ID)]
    world = World(subnet=documents.subnet(**WIDE, resourceNavigationLinks=links), gateways=[gateway()])

    (finding,) = planned(world).findings
    assert finding.message.startswith(f"Subnet team-a is used by {documents.SERVICE_ID} (resource navigation link theirs).")


def test_nobody_is_accused_while_a_gateway_may_be_there_unseen() -> None:
    nic = f"{NETWORK_GROUP}/providers/Microsoft.Network/networkInterfaces/VM/ipConfigurations/X"

    result = planned(wide(ipConfigurations=[{"id": nic}]), gateways=Gateways(found=(), incomplete=trouble()))

    assert found(result) == [("AzureAccess", "AzureUnavailable", "Azure could not be reached.")]


OTHER = "wgn-0123456789abcdef-gateway-internet"


def marked(*, tags: dict[str, str] | None = None, **rule_properties: Any) -> World:
    theirs = rule(OTHER, 1000, **{"destinationAddressPrefix": "10.1.0.0/24", **rule_properties})
    return World(
        subnet=documents.subnet(**WIDE, networkSecurityGroup={"id": group_id("theirs")}), groups=[group("theirs", theirs, tags=tags)]
    )


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        (None, "a WorkspaceGatewayNetwork"),
        ({"wgn-owner": "fedcba9876543210", "wgn-resource": "x/y/z"}, "a WorkspaceGatewayNetwork"),
        ({"wgn-owner": "0123456789abcdef", "wgn-resource": "prod-2/apim/team-b"}, "WorkspaceGatewayNetwork prod-2/apim/team-b"),
    ],
)
def test_the_rules_of_another_cluster_for_this_subnet_are_its_claim(tags: dict[str, str] | None, who: str) -> None:
    result = planned(marked(tags=tags))

    assert result.blocked
    assert found(result) == [
        (
            "PrerequisitesMet",
            "OwnershipConflict",
            (
                f"Subnet team-a is served by {who} of another cluster: security rule {OTHER} in network security group theirs carries its mark."
                " A subnet serves one gateway: delete the resource there, or, where that cluster is gone, the rules that it left."
            ),
        )
    ]


def test_rules_of_another_cluster_for_another_subnet_of_the_group_are_none_of_our_business() -> None:
    assert found(planned(marked(destinationAddressPrefix="10.9.0.0/24"))) == []


# Where everything is.


def test_a_gateway_is_in_the_region_of_its_network() -> None:
    elsewhere = {**gateway(), "location": "West US"}

    assert found(planned(World(subnet=documents.subnet(**WIDE), gateways=[elsewhere]))) == [
        (
            "PrerequisitesMet",
            "LocationMismatch",
            (
                "Gateway gw is in West US, but virtual network hub is in uksouth. A gateway's network is in its own region: create the gateway"
                " anew there, or use a network in its region."
            ),
        )
    ]


def test_a_gateway_that_does_not_say_where_it_is_is_nowhere_else() -> None:
    assert found(planned(World(subnet=documents.subnet(**WIDE), gateways=[{**gateway(), "location": None}]))) == []


@pytest.mark.parametrize(
    ("world", "what"),
    [
        (World(network=documents.network(location="")), "virtual network hub"),
        (World(service=documents.service(location="")), "API Management service contoso"),
    ],
)
def test_a_region_that_azure_does_not_tell_is_no_other_region(world: World, what: str) -> None:
    assert found(planned(world)) == [
        ("AzureAccess", "AzureUnavailable", f"Azure does not say in which region {what} is, so nothing is written until it does.")
    ]


# What is worth knowing.


@pytest.mark.parametrize(
    ("prefixes", "small"),
    [
        (["10.1.0.0/24"], None),
        (["10.1.0.0/25"], "10.1.0.0/25"),
        (["10.1.0.0/26", "10.2.0.0/24", "10.3.0.0/27"], "10.1.0.0/26 and 10.3.0.0/27"),
    ],
)
def test_a_subnet_below_the_recommended_size_is_worth_a_note(prefixes: list[str], small: str | None) -> None:
    result = planned(World(subnet=documents.subnet(addressPrefix=None, addressPrefixes=prefixes)))

    assert found(result) == []
    told = f"Subnet {small} is smaller than the recommended /24, and cannot be enlarged once a gateway is in it."
    assert noted(result) == ([("SubnetSmallerThanRecommended", told)] if small else [])


def test_a_tier_that_no_list_knows_is_worth_a_note() -> None:
    result = planned(World(subnet=documents.subnet(**WIDE), service=documents.service(tier="Isolated")))

    assert found(result) == []
    assert noted(result) == [
        (
            "TierNotListed",
            (
                "Requirements 2025-06-18 do not list the tier Isolated of API Management service contoso: whether it has workspace gateways is for"
                " Azure to say."
            ),
        )
    ]


# What the subscription is registered for.


@pytest.mark.parametrize("state", ["NotRegistered", "Unregistered", "unregistering"])
def test_without_the_registration_nothing_is_begun(state: str) -> None:
    result = planned(wide(), web_registration=Found(state))

    assert result.blocked
    assert found(result) == [
        (
            "PrerequisitesMet",
            "ResourceProviderNotRegistered",
            (
                f"Subscription {SUBSCRIPTION} is not registered for Microsoft.Web, without which Azure does not delegate the subnet. Run"
                f" `az provider register --namespace Microsoft.Web --subscription {SUBSCRIPTION}`, or set spec.resourceProviderRegistration to"
                " Register."
            ),
        )
    ]


@pytest.mark.parametrize("state", ["Registered", "Registering", ""])
def test_what_is_registered_or_about_to_be_holds_nobody_up(state: str) -> None:
    assert found(planned(wide(), web_registration=Found(state))) == []


def test_on_request_the_subscription_is_registered_before_all_else() -> None:
    result = planned(wide(), desired(resourceProviderRegistration="Register"), web_registration=Found("NotRegistered"))

    assert [(step.action, step.target.name) for step in result.steps] == [
        (Action.REGISTER, "Microsoft.Web"),
        (Action.CREATE, OUR_GROUP),
        (Action.UPDATE, "team-a"),
    ]
    register = result.steps[0]
    assert str(register.target) == f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Web"
    assert register.target.type == "microsoft.web"
    assert register.condition is ConditionType.PREREQUISITES_MET
    assert [(change.path, change.before, change.after) for change in register.changes] == [
        ("registrationState", "NotRegistered", "Registered")
    ]
    assert register.reads.web_registration


def test_under_a_gateway_that_is_up_the_registration_did_its_work() -> None:
    world = World(subnet=documents.subnet(**WIDE), gateways=[gateway()])

    assert found(planned(world, web_registration=Found("NotRegistered"))) == []
    steps = planned(world, desired(resourceProviderRegistration="Register"), web_registration=Found("NotRegistered")).steps
    assert Action.REGISTER not in {step.action for step in steps}


def test_a_registration_that_may_not_be_read_is_not_known_and_no_obstacle() -> None:
    result = planned(
        wide(), web_registration=Unreadable(forbidden("It lacks the action Microsoft.Resources/subscriptions/providers/read."))
    )

    assert found(result) == []
    assert noted(result) == [
        (
            "RegistrationUnknown",
            (
                "Whether the subscription is registered for Microsoft.Web is not known. It lacks the action"
                " Microsoft.Resources/subscriptions/providers/read."
            ),
        )
    ]
    assert planned(wide(), web_registration=Unreadable(trouble())).notes == ()


# All at once.


def test_what_is_known_is_told_beside_what_could_not_be_read() -> None:
    world = World(subnet=documents.subnet(addressPrefix="10.1.0.0/28"), service=documents.service(tier="Developer"))
    missing = absent(Reason.VIRTUAL_NETWORK_NOT_FOUND, "There is no virtual network hub in resource group network.")

    result = planned(world, virtual_network=missing, web_registration=Found("NotRegistered"))

    assert [(condition, reason) for condition, reason, _ in found(result)] == [
        ("PrerequisitesMet", "VirtualNetworkNotFound"),
        ("PrerequisitesMet", "TierUnsupported"),
        ("PrerequisitesMet", "SubnetSizeUnsupported"),
        ("PrerequisitesMet", "ResourceProviderNotRegistered"),
    ]


# Locks.


def lock(scope: str, level: str, *, name: str = "keep") -> Lock:
    return Lock.from_arm({"id": f"{scope}/providers/Microsoft.Authorization/locks/{name}", "name": name, "properties": {"level": level}})


def locked(*locks: Lock, deleting: bool = False) -> Plan:
    return heed(planned(wide()), locks=locks, deleting=deleting)


@pytest.mark.parametrize(
    ("scope", "what"),
    [
        (NETWORK_ID.upper(), "subnet team-a"),
        (SUBNET_ID, "subnet team-a"),
        (OUR_GROUP_ID, f"network security group {OUR_GROUP}"),
    ],
)
def test_a_read_only_lock_is_told_before_anything_is_written(scope: str, what: str) -> None:
    result = locked(lock(scope, "ReadOnly"))

    assert result.steps == ()
    assert [finding.message for finding in result.findings] == [
        f"The lock keep (ReadOnly) on {scope} does not allow the operator to write {what}. Remove the lock, or lift it for a while."
    ]
    assert {finding.reason for finding in result.findings} == {Reason.SCOPE_LOCKED}


def test_a_lock_on_all_is_told_for_each_part() -> None:
    result = locked(lock(f"/subscriptions/{SUBSCRIPTION}", "ReadOnly"))

    assert [finding.condition.value for finding in result.findings] == ["SecurityRulesApplied", "SubnetDelegated"]


@pytest.mark.parametrize(
    ("scope", "level"),
    [
        (NETWORK_ID, "CanNotDelete"),
        (f"{NETWORK_ID}2", "ReadOnly"),
        (f"{NETWORK_ID}/subnets/team-b", "ReadOnly"),
        (SUBNET_ID[:-1], "ReadOnly"),
        (NETWORK_ID, "NotSpecified"),
        ("", "ReadOnly"),
    ],
)
def test_a_lock_that_forbids_nothing_of_this_holds_nobody_up(scope: str, level: str) -> None:
    assert locked(lock(scope, level)) == planned(wide())


def test_a_lock_against_deletion_stops_a_deletion_as_a_whole() -> None:
    world = wide()
    world.apply(*planned(world).steps)
    ours = f"{OUR_GROUP_ID}/providers/Microsoft.Authorization/locks/keep"
    obsolete = planned(world, desired(requirementsVersion="2026-05-20"))
    assert any(step.action is Action.DELETE for step in obsolete.steps)

    held = heed(obsolete, locks=[lock(ours.rpartition("/providers/")[0], "CanNotDelete")], deleting=True)

    assert held.blocked
    assert held.steps == ()
    assert [finding.message for finding in held.findings] == [
        (
            f"The lock keep (CanNotDelete) on {OUR_GROUP_ID} does not allow the operator to delete security rule wgn-{MARK}-gateway-internet."
            " Remove the lock, or lift it for a while."
        ),
        (
            f"The lock keep (CanNotDelete) on {OUR_GROUP_ID} does not allow the operator to delete security rule"
            f" wgn-{MARK}-gateway-load-balancer. Remove the lock, or lift it for a while."
        ),
    ]


def test_a_lock_keeps_what_is_above_it_from_being_deleted() -> None:
    inner = lock(f"{OUR_GROUP_ID}/securityRules/x", "CanNotDelete")

    assert inner.forbids(deletes=True, target=planned(wide()).steps[0].target)
    assert not inner.forbids(deletes=False, target=planned(wide()).steps[0].target)


def test_the_findings_of_a_plan_stay_beside_those_of_locks() -> None:
    other = Finding(condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.RECORD_CONFLICT, message="It is theirs.")
    plan_ = planned(wide())

    held = heed(Plan(steps=plan_.steps, findings=(other,)), locks=[lock(NETWORK_ID, "ReadOnly")])

    assert [finding.reason for finding in held.findings] == [Reason.RECORD_CONFLICT, Reason.SCOPE_LOCKED]
