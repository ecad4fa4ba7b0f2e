from __future__ import annotations

import ipaddress
import json
from datetime import date
from importlib import resources
from typing import Any

import pytest
from pydantic import ValidationError

from workspace_gateway_network.api.spec import Mode, RequirementsVersion
from workspace_gateway_network.model.security_rule import Direction
from workspace_gateway_network.requirements.requirements import Requirements, RuleKind, load

Row = tuple[str, str, str, str, str, str]
"""Name, kind, direction, far side, ports, protocol."""

LOAD_BALANCER = "Health probes of the internal load balancer"
FROM_INTERNET = "Calls to the gateway from the internet"
FROM_NETWORK = "Calls to the gateway from the virtual network"
STORAGE = "The gateway's dependency on Azure Storage"
KEY_VAULT = "The gateway's dependency on Azure Key Vault"

INTEGRATION: dict[str, list[Row]] = {
    "2025-06-18": [
        ("gateway-load-balancer", "notEnforced", "Inbound", "AzureLoadBalancer", "80", "Tcp"),
        ("gateway-internet", "notEnforced", "Inbound", "Internet", "80,443", "Tcp"),
    ],
    "2026-05-20": [
        ("gateway-storage", "dependency", "Outbound", "Storage", "443", "Tcp"),
        ("gateway-key-vault", "dependency", "Outbound", "AzureKeyVault", "443", "Tcp"),
    ],
    "2026-08-26": [
        ("gateway-key-vault", "dependency", "Outbound", "AzureKeyVault", "443", "Tcp"),
    ],
}

INJECTION: dict[str, list[Row]] = {
    "2025-06-18": [
        ("gateway-load-balancer", "dependency", "Inbound", "AzureLoadBalancer", "80", "Tcp"),
        ("gateway-virtual-network", "access", "Inbound", "VirtualNetwork", "80,443", "Tcp"),
        ("gateway-storage", "dependency", "Outbound", "Storage", "443", "Tcp"),
    ],
    "2026-05-20": [
        ("gateway-load-balancer", "dependency", "Inbound", "AzureLoadBalancer", "80", "Tcp"),
        ("gateway-virtual-network", "access", "Inbound", "VirtualNetwork", "80,443", "Tcp"),
        ("gateway-storage", "dependency", "Outbound", "Storage", "443", "Tcp"),
        ("gateway-key-vault", "dependency", "Outbound", "AzureKeyVault", "443", "Tcp"),
    ],
    "2026-08-26": [
        ("gateway-load-balancer", "dependency", "Inbound", "AzureLoadBalancer", "80", "Tcp"),
        ("gateway-virtual-network", "access", "Inbound", "VirtualNetwork", "80,443", "Tcp"),
        ("gateway-storage", "dependency", "Outbound", "Storage", "443", "Tcp"),
        ("gateway-key-vault", "dependency", "Outbound", "AzureKeyVault", "443", "Tcp"),
    ],
}

PURPOSES = {
    "gateway-load-balancer": LOAD_BALANCER,
    "gateway-internet": FROM_INTERNET,
    "gateway-virtual-network": FROM_NETWORK,
    "gateway-storage": STORAGE,
    "gateway-key-vault": KEY_VAULT,
}


def rows(version: str, mode: str) -> list[Row]:
    return [
        (rule.name, rule.kind.value, rule.direction.value, rule.peer, ",".join(rule.ports), rule.protocol)
        for rule in load(version).modes[Mode(mode)].rules
    ]


@pytest.mark.parametrize("version", INTEGRATION)
def test_the_rules_of_an_integration_gateway(version: str) -> None:
    assert rows(version, "Integration") == INTEGRATION[version]


@pytest.mark.parametrize("version", INJECTION)
def test_the_rules_of_an_injection_gateway(version: str) -> None:
    assert rows(version, "Injection") == INJECTION[version]


@pytest.mark.parametrize("version", INTEGRATION)
def test_the_delegations(version: str) -> None:
    modes = load(version).modes

    assert {mode: needs.delegation for mode, needs in modes.items()} == {
        "Integration": "Microsoft.Web/serverFarms",
        "Injection": "Microsoft.Web/hostingEnvironments",
    }


@pytest.mark.parametrize(
    ("version", "supported"),
    [
        ("2025-06-18", ("Premium",)),
        ("2026-05-20", ("Premium", "BasicV2", "StandardV2", "PremiumV2")),
        ("2026-08-26", ("Premium", "BasicV2", "StandardV2", "PremiumV2")),
    ],
)
def test_the_tiers(version: str, supported: tuple[str, ...]) -> None:
    assert load(version).supported_tiers == supported
    assert load(version).unsupported_tiers == ("Consumption", "Developer", "Basic", "Standard")


@pytest.mark.parametrize("version", INTEGRATION)
def test_every_row_says_what_it_is_for(version: str) -> None:
    for needs in load(version).modes.values():
        assert {rule.name: rule.purpose for rule in needs.rules} == {rule.name: PURPOSES[rule.name] for rule in needs.rules}


@pytest.mark.parametrize("version", RequirementsVersion)
def test_every_version_of_the_api_is_there_and_says_so(version: RequirementsVersion) -> None:
    assert load(version).version == version.value
    assert "Microsoft Learn" in load(version).source
    assert load(version).published == date.fromisoformat(version.value)


def test_there_are_no_other_versions_than_the_apis() -> None:
    assert set(INTEGRATION) == {version.value for version in RequirementsVersion}
    with pytest.raises(KeyError, match="2024-07-15"):
        load("2024-07-15")


@pytest.mark.parametrize("version", INTEGRATION)
def test_a_rule_keeps_its_direction_in_all_versions_and_modes(version: str) -> None:
    """Its number is remembered by its name, and numbers of different directions have nothing to do with each other."""
    directions = {rule.name: rule.direction for needs in load("2025-06-18").modes.values() for rule in needs.rules}
    for needs in load(version).modes.values():
        for rule in needs.rules:
            assert directions.get(rule.name, Direction.OUTBOUND) is rule.direction


@pytest.mark.parametrize("version", INTEGRATION)
@pytest.mark.parametrize(
    ("prefix", "allowed"),
    [
        ("10.0.0.0/23", False),
        ("10.0.0.0/24", True),
        ("10.0.0.0/25", True),
        ("10.0.0.0/27", True),
        ("10.0.0.0/28", False),
        ("10.0.0.5", False),
        ("fd00::/64", False),
        ("fd00::/26", False),
    ],
)
def test_the_sizes_of_a_subnet(version: str, prefix: str, allowed: bool) -> None:
    sizes = load(version).subnet_prefix_length

    assert sizes.allows(prefix) is allowed
    assert (sizes.smallest, sizes.largest, sizes.recommended) == (27, 24, 24)
    assert ipaddress.ip_network("10.0.0.0/27").num_addresses == 32


def test_the_kinds_are_the_three_of_the_contract() -> None:
    assert [kind.value for kind in RuleKind] == ["dependency", "access", "notEnforced"]


# The file of a version against its schema.


def document(version: str = "2026-08-26") -> dict[str, Any]:
    file = resources.files("workspace_gateway_network.requirements").joinpath("versions", f"{version}.json")
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def row(**fields: Any) -> dict[str, Any]:
    broken = document()
    broken["modes"]["Integration"]["rules"][0] |= fields
    return broken


def without_a_mode() -> dict[str, Any]:
    broken = document()
    del broken["modes"]["Injection"]
    return broken


def with_a_row_twice() -> dict[str, Any]:
    broken = document()
    broken["modes"]["Integration"]["rules"] *= 2
    return broken


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "date": (document() | {"published": "soon"}, "published"),
    "no source": (document() | {"source": ""}, "source"),
    "unknown field": (document() | {"comment": "new"}, "comment"),
    "no such kind": (row(kind="optional"), "kind"),
    "name": (row(name="storage"), "name"),
    "prefix for a tag": (row(peer="10.0.0.0/8"), "peer"),
    "no ports": (row(ports=[]), "ports"),
    "name of a port": (row(ports=["https"]), "ports"),
    "protocol": (row(protocol="Any"), "protocol"),
    "direction": (row(direction="Both"), "direction"),
    "long purpose": (row(purpose="x" * 141), "purpose"),
    "access": (row(access="Deny"), "access"),
    "missing mode": (without_a_mode(), "without Injection"),
    "a row twice": (with_a_row_twice(), "two rows have one name"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_breaks_the_schema_is_refused(name: str) -> None:
    broken, complaint = BROKEN[name]

    with pytest.raises(ValidationError, match=complaint):
        Requirements.model_validate_json(json.dumps(broken))


def test_a_region_is_enough_of_the_services_that_have_regions() -> None:
    rules = [rule for version in INTEGRATION for needs in load(version).modes.values() for rule in needs.rules]

    assert {rule.peer for rule in rules if rule.regional} == {"Storage", "AzureKeyVault"}
    assert {rule.peer for rule in rules if not rule.regional} == {"AzureLoadBalancer", "Internet", "VirtualNetwork"}
