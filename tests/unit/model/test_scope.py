"""ARM scopes: which texts are some, and what they cover."""

from __future__ import annotations

import pytest

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.scope import MalformedScopeError, Scope
from worlds.documents import NETWORK_GROUP, NETWORK_ID, SUBNET_ID, SUBSCRIPTION

SUBSCRIPTION_ID = f"/subscriptions/{SUBSCRIPTION}"


@pytest.mark.parametrize("text", [SUBSCRIPTION_ID, NETWORK_GROUP, NETWORK_ID, SUBNET_ID, SUBNET_ID.upper()])
def test_a_subscription_a_group_and_a_resource_are_scopes(text: str) -> None:
    assert Scope.parse(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "/subscriptions",
        "/subscriptions/production",
        SUBSCRIPTION,
        f"{SUBSCRIPTION_ID}/",
        f"{SUBSCRIPTION_ID}/resourceGroups",
        f"{SUBSCRIPTION_ID}/groups/network",
        f"{NETWORK_GROUP}/",
        f"{NETWORK_GROUP}/providers",
        f"{NETWORK_GROUP}/providers/Microsoft.Network/virtualNetworks",
        f"{NETWORK_GROUP}/providers/Microsoft.Network/virtualNetworks/*",
        f"{NETWORK_GROUP}-?",
        f"{NETWORK_GROUP} ",
        f" {NETWORK_GROUP}",
        f"{NETWORK_GROUP}%2F",
        f"{SUBSCRIPTION_ID}//network",
        f"/subscriptions/{SUBSCRIPTION}0",
        f"https://management.azure.com{SUBSCRIPTION_ID}",
        f"{SUBSCRIPTION_ID}/resourceGroups/{'g' * 1024}",
    ],
)
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(MalformedScopeError):
        Scope.parse(text)


@pytest.mark.parametrize(
    ("scope", "covers"),
    [
        (SUBSCRIPTION_ID, True),
        (NETWORK_GROUP, True),
        (NETWORK_ID, True),
        (SUBNET_ID, True),
        (SUBNET_ID.upper(), True),
        (f"{SUBNET_ID}/delegations/x", False),
        (SUBNET_ID[:-1], False),
        (f"{SUBNET_ID}b", False),
        (NETWORK_GROUP[:-1], False),
        (f"{NETWORK_GROUP}s", False),
        (f"{SUBSCRIPTION_ID[:-1]}6", False),
        (f"{NETWORK_GROUP}/providers/Microsoft.Network/networkSecurityGroups/hub", False),
    ],
)
def test_it_covers_itself_and_what_is_below_it_by_whole_segments(scope: str, covers: bool) -> None:
    assert Scope.parse(scope).covers(ResourceId(SUBNET_ID)) is covers


def test_names_that_differ_in_more_than_ascii_case_are_different() -> None:
    """Azure takes letters of every script for a group, and U+212A, whose lower case is a k, for another letter than k."""
    kelvin = NETWORK_ID.replace("network/", "networ\N{KELVIN SIGN}/")

    assert ResourceId(kelvin) == ResourceId(NETWORK_ID)
    assert not Scope.parse(NETWORK_GROUP).covers(ResourceId(kelvin))
