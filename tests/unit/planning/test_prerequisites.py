"""What would cost three hours later is said beforehand: where everything is, how large, and what is registered; all of it at once."""

from __future__ import annotations

import pytest

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.planning.observed import Found, Unreadable
from workspace_gateway_network.planning.step import Action
from worlds import documents
from worlds.azure import World, absent, forbidden, trouble
from worlds.documents import SUBSCRIPTION, gateway
from worlds.preflight import WIDE, found, noted, planned, wide
from worlds.resources import OUR_GROUP, desired

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
