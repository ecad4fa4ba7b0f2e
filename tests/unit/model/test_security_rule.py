from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workspace_gateway_network.model.security_rule import Access, Address, Direction, SecurityRule
from worlds import documents

SPECIFICATION = (
    Path(__file__).resolve().parents[4]
    / "shared/azure/openapi/specification/network/resource-manager/Microsoft.Network/stable/2024-03-01/networkSecurityGroup.json"
)
ASG = f"{documents.NETWORK_GROUP}/providers/Microsoft.Network/applicationSecurityGroups/web"


def parse(**properties: Any) -> SecurityRule:
    return SecurityRule.from_arm(documents.rule("r", 1000, **properties))


# Addresses.


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("*", "Any"),
        ("*", "any"),
        ("*", "0.0.0.0/0"),
        ("10.1.0.4", "10.1.0.4/32"),
        ("10.1.0.4/24", "10.1.0.0/24"),
        ("10.1.0.0/255.255.255.0", "10.1.0.0/24"),
        ("VirtualNetwork", "VIRTUALNETWORK"),
        ("Storage.UKSouth", "storage.uksouth"),
        (" 10.1.0.0/24 ", "10.1.0.0/24"),
        ("FD00::/64", "fd00:0::/64"),
    ],
)
def test_addresses_that_azure_understands_alike(one: str, other: str) -> None:
    assert Address(one) == Address(other)
    assert hash(Address(one)) == hash(Address(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("*", "Internet"),
        ("*", "::/0"),
        ("0.0.0.0/0", "::/0"),
        ("10.1.0.0/24", "10.1.0.0/25"),
        ("Storage", "Storage.UKSouth"),
        ("789", "*"),
    ],
)
def test_addresses_that_differ(one: str, other: str) -> None:
    assert Address(one) != Address(other)


def test_an_address_keeps_its_authors_spelling_and_is_not_its_text() -> None:
    assert str(Address("Any")) == "Any"
    assert Address("*") != "*"


# Every spelling of a rule.

PLAIN: dict[str, Any] = {
    "protocol": "Tcp",
    "access": "Allow",
    "sourceAddressPrefix": "Internet",
    "destinationAddressPrefix": "10.1.0.0/26",
    "destinationPortRange": None,
    "destinationPortRanges": ["80", "443"],
}


@pytest.mark.parametrize(
    "spelling",
    [
        {"protocol": "TCP", "access": "allow", "direction": "inbound"},
        {"sourceAddressPrefix": "INTERNET"},
        {"sourceAddressPrefix": None, "sourceAddressPrefixes": ["Internet"]},
        {"sourceAddressPrefix": "", "sourceAddressPrefixes": ["Internet"]},
        {"destinationAddressPrefix": None, "destinationAddressPrefixes": ["10.1.0.0/26"]},
        {"destinationAddressPrefix": "10.1.0.63/26"},
        {"destinationPortRanges": ["443", "80"]},
        {"destinationPortRanges": ["80", "443", "443"]},
        {"destinationPortRange": "80,443", "destinationPortRanges": []},
        {"destinationPortRange": "80", "destinationPortRanges": ["443"]},
        {"destinationPortRange": "", "destinationPortRanges": ["80", "443"]},
        {"sourcePortRange": "0-65535"},
        {"sourcePortRange": None, "sourcePortRanges": ["*"]},
        {"sourceAddressPrefixes": None, "destinationAddressPrefixes": None, "sourcePortRanges": None},
        {"sourceApplicationSecurityGroups": []},
        {"description": ""},
        {"somethingNewer": {"unknown": True}},
    ],
    ids=json.dumps,
)
def test_every_spelling_of_a_rule_is_the_same_rule(spelling: dict[str, Any]) -> None:
    assert list(parse(**{**PLAIN, **spelling}).differences(parse(**PLAIN))) == []
    assert parse(**{**PLAIN, **spelling}) == parse(**PLAIN)


def test_null_fields_are_as_good_as_missing_ones() -> None:
    document = documents.rule("r", 1000, **PLAIN)
    document["properties"] |= {"sourceAddressPrefixes": None, "destinationApplicationSecurityGroups": None, "description": None}

    assert SecurityRule.from_arm(document) == parse(**PLAIN)


@pytest.mark.parametrize("document", [{}, {"properties": None}, {"properties": "?"}, {"name": None, "properties": {"priority": "110"}}])
def test_a_document_that_says_nothing_can_be_read(document: dict[str, Any]) -> None:
    rule = SecurityRule.from_arm(document)

    assert rule.name == ""
    assert rule.priority == 0
    assert rule.source.addresses == frozenset()
    assert not rule.source.ports.is_any


def test_a_rule_is_read_whole() -> None:
    rule = parse(direction="Outbound", description="why", protocol="Udp", access="Deny", sourcePortRange="53")

    assert (rule.name, rule.priority, rule.direction, rule.access, rule.protocol) == ("r", 1000, Direction.OUTBOUND, Access.DENY, "udp")
    assert rule.source.addresses == {Address("198.51.100.7")}
    assert str(rule.source.ports) == "53"
    assert rule.description == "why"


def test_odd_strings_are_kept_as_they_are_spelled() -> None:
    rule = parse(sourceAddressPrefix="789", destinationPortRange="https", protocol="Sctp")

    assert rule.source.addresses == {Address("789")}
    assert rule.destination.ports.unknown == {"https"}
    assert rule.to_arm()["sourceAddressPrefix"] == "789"
    assert rule.to_arm()["destinationPortRange"] == "https"
    assert rule.to_arm()["protocol"] == "Sctp"


def test_a_rule_of_application_security_groups() -> None:
    rule = parse(sourceAddressPrefix=None, sourceApplicationSecurityGroups=[{"id": ASG.upper()}])

    assert rule.source.addresses == frozenset()
    assert list(rule.differences(parse(sourceAddressPrefix=None, sourceApplicationSecurityGroups=[{"id": ASG}]))) == []
    assert [name for name, *_ in rule.differences(parse(sourceAddressPrefix=None))] == ["sourceApplicationSecurityGroups"]
    assert rule.to_arm()["sourceApplicationSecurityGroups"] == [{"id": ASG.upper()}]
    assert "sourceAddressPrefix" not in rule.to_arm()


# What is written.


def test_a_rule_is_written_in_azures_own_shape() -> None:
    assert parse(**PLAIN, description="Calls to the gateway from the internet").to_arm() == {
        "direction": "Inbound",
        "priority": 1000,
        "access": "Allow",
        "protocol": "Tcp",
        "description": "Calls to the gateway from the internet",
        "sourceAddressPrefix": "Internet",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "10.1.0.0/26",
        "destinationPortRanges": ["80", "443"],
    }


@pytest.mark.parametrize(
    "properties",
    [
        PLAIN,
        {"protocol": "ICMP", "direction": "Outbound"},
        {"protocol": "*", "sourcePortRange": "1-2,5"},
        {"sourceAddressPrefix": None, "sourceAddressPrefixes": ["10.0.0.0/8", "192.168.0.0/16"]},
        {"sourceAddressPrefix": None, "sourceApplicationSecurityGroups": [{"id": ASG}], "description": "d"},
        {"sourceAddressPrefix": "789", "destinationPortRange": "odd"},
    ],
)
def test_a_rule_written_and_read_again_is_the_same(properties: dict[str, Any]) -> None:
    rule = parse(**properties)
    written = rule.to_arm()

    again = SecurityRule.from_arm({"name": "r", "properties": written})

    assert again == rule
    assert again.to_arm() == written


# What differs.

CHANGES: dict[str, tuple[dict[str, Any], tuple[str, Any, Any]]] = {
    "description": ({"description": "rewritten"}, ("description", "rewritten", "")),
    "protocol": ({"protocol": "Udp"}, ("protocol", "udp", "tcp")),
    "sourcePortRange": ({"sourcePortRange": "1024-65535"}, ("sourcePortRange", "1024-65535", "*")),
    "sourcePortRanges": (
        {"sourcePortRange": None, "sourcePortRanges": ["1", "3"]},
        ("sourcePortRange", "1,3", "*"),
    ),
    "destinationPortRange": (
        {"destinationPortRange": "8080", "destinationPortRanges": []},
        ("destinationPortRange", "8080", "80,443"),
    ),
    "destinationPortRanges": ({"destinationPortRanges": ["80"]}, ("destinationPortRange", "80", "80,443")),
    "sourceAddressPrefix": ({"sourceAddressPrefix": "10.0.0.0/8"}, ("sourceAddressPrefix", "10.0.0.0/8", "internet")),
    "sourceAddressPrefixes": (
        {"sourceAddressPrefix": None, "sourceAddressPrefixes": ["10.0.0.0/8", "11.0.0.0/8"]},
        ("sourceAddressPrefix", "10.0.0.0/8,11.0.0.0/8", "internet"),
    ),
    "sourceApplicationSecurityGroups": (
        {"sourceApplicationSecurityGroups": [{"id": ASG}]},
        ("sourceApplicationSecurityGroups", ASG.lower(), ""),
    ),
    "destinationAddressPrefix": ({"destinationAddressPrefix": "*"}, ("destinationAddressPrefix", "*", "10.1.0.0/26")),
    "destinationAddressPrefixes": (
        {"destinationAddressPrefixes": ["10.9.0.0/16"]},
        ("destinationAddressPrefix", "10.1.0.0/26,10.9.0.0/16", "10.1.0.0/26"),
    ),
    "destinationApplicationSecurityGroups": (
        {"destinationApplicationSecurityGroups": [{"id": ASG}]},
        ("destinationApplicationSecurityGroups", ASG.lower(), ""),
    ),
    "access": ({"access": "Deny"}, ("access", "Deny", "Allow")),
    "priority": ({"priority": 4000}, ("priority", 4000, 1000)),
    "direction": ({"direction": "Outbound"}, ("direction", "Outbound", "Inbound")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_property_is_seen_and_named(name: str) -> None:
    change, difference = CHANGES[name]
    document = documents.rule("r", 1000, **PLAIN)
    document["properties"] |= change

    assert list(SecurityRule.from_arm(document).differences(parse(**PLAIN))) == [difference]


@pytest.mark.skipif(not SPECIFICATION.parents[6].is_dir(), reason="Azure's OpenAPI files are not beside the repository (../shared/azure)")
def test_no_writable_property_is_forgotten() -> None:
    definition = json.loads(SPECIFICATION.read_text(encoding="utf-8"))["definitions"]["SecurityRulePropertiesFormat"]
    writable = {name for name, schema in definition["properties"].items() if not schema.get("readOnly")}

    assert writable == set(CHANGES)


# What closes a rule set.

CLOSING: dict[str, Any] = {"sourceAddressPrefix": "*"}


@pytest.mark.parametrize(
    ("properties", "closes"),
    [
        ({}, True),
        ({"priority": 3000}, True),
        ({"priority": 2999}, False),
        ({"access": "Allow"}, False),
        ({"protocol": "Tcp"}, False),
        ({"destinationPortRange": "443"}, False),
        ({"sourcePortRange": "443"}, False),
        ({"sourceAddressPrefix": "0.0.0.0/0"}, True),
        ({"sourceAddressPrefix": "Internet"}, False),
        ({"sourceAddressPrefix": "::/0"}, False),
        ({"destinationAddressPrefix": "10.1.0.0/26"}, True),
        ({"direction": "Outbound"}, True),
        ({"direction": "Outbound", "sourceAddressPrefix": "10.1.0.0/26"}, True),
        ({"direction": "Outbound", "destinationAddressPrefix": "Internet"}, False),
        ({"destinationPortRange": None, "destinationPortRanges": ["0-1000", "1001-65535"]}, True),
    ],
)
def test_which_deny_closes_a_rule_set(properties: dict[str, Any], closes: bool) -> None:
    document = documents.closing_deny()
    document["properties"] |= properties

    assert SecurityRule.from_arm(document).is_closing_deny is closes
