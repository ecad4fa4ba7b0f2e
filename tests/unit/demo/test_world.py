"""The example, and the Azure that is made to fit it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from demo import world
from demo.example import INJECTION, INTEGRATION, Example
from stage.principal import resource_url

TENANT = "00000000-0000-0000-0000-00000000e701"


@pytest.fixture(params=[INTEGRATION, INJECTION], ids=["integration", "injection"])
def example(request: pytest.FixtureRequest) -> Example:
    return Example.read(request.param)


def test_the_example_is_read_as_a_user_wrote_it(tmp_path: Path) -> None:
    text = INTEGRATION.read_text(encoding="utf-8")
    mine = tmp_path / "mine.yaml"
    mine.write_text(text.replace("virtualNetworks/hub", "virtualNetworks/spoke").replace("-000000000000/", "-00000000abcd/"))

    example = Example.read(mine)

    assert example.subscription == "00000000-0000-0000-0000-00000000abcd"
    group = f"/subscriptions/{example.subscription}/resourceGroups"
    assert example.network_group_id == f"{group}/networks"
    assert example.network_id == f"{group}/networks/providers/Microsoft.Network/virtualNetworks/spoke"
    assert (example.network_name, example.subnet_name) == ("spoke", "team-a")
    assert example.gateway_id == f"{group}/apis/providers/Microsoft.ApiManagement/gateways/team-a"
    assert example.resync_seconds == 30


def test_everything_that_the_seed_refers_to_is_in_it(example: Example) -> None:
    seed = world.seed(example, tenant=TENANT)
    ids = {resource["id"] for resource in seed["resources"]}
    referred = set(re.findall(r'"id": "([^"]+)"', json.dumps(seed)))

    assert referred == ids
    assert example.service_id in ids


def test_the_subnet_is_bare_before_the_example_is_applied(example: Example) -> None:
    network = next(each for each in world.seed(example, tenant=TENANT)["resources"] if each["id"] == example.network_id)
    subnet = next(each for each in network["properties"]["subnets"] if each["name"] == example.subnet_name)

    assert "delegations" not in subnet["properties"]
    assert "networkSecurityGroup" not in subnet["properties"]


def test_everything_in_the_seed_is_compared_afterwards(example: Example) -> None:
    resources = world.seed(example, tenant=TENANT)["resources"]
    network = next(each for each in resources if each["id"] == example.network_id)
    subnets = {f"{example.network_id}/subnets/{each['name']}" for each in network["properties"]["subnets"]}

    assert set(world.foreign_ids(example).values()) == {each["id"] for each in resources} | subnets


def test_both_examples_fit_into_one_azure() -> None:
    first, second = Example.read(INTEGRATION), Example.read(INJECTION)
    resources = world.seed(first, second, tenant=TENANT)["resources"]
    (hub,) = (each for each in resources if each["id"] == first.network_id == second.network_id)
    prefixes = {each["name"]: each["properties"]["addressPrefix"] for each in hub["properties"]["subnets"]}

    assert prefixes == {"team-a": "10.1.0.0/26", "team-c": "10.1.0.64/26", "databases": "10.1.1.0/24"}
    assert set(second.linked_network_ids) < {each["id"] for each in resources}


@pytest.mark.parametrize(("path", "kind"), [(INTEGRATION, "External"), (INJECTION, "Internal")], ids=["integration", "injection"])
def test_a_gateway_is_of_the_kind_that_the_mode_means(path: Path, kind: str) -> None:
    example = Example.read(path)

    assert world.gateway(example)["properties"] == {"virtualNetworkType": kind, "backend": {"subnet": {"id": example.subnet_id}}}


def test_a_resource_is_asked_for_with_the_version_of_its_provider(example: Example) -> None:
    assert resource_url("https://arm", example.subnet_id) == f"https://arm{example.subnet_id}?api-version=2024-03-01"
    assert resource_url("https://arm", example.gateway_id) == f"https://arm{example.gateway_id}?api-version=2024-05-01"
    zone = f"{example.network_group_id}/providers/Microsoft.Network/privateDnsZones/name"
    assert resource_url("https://arm", f"{zone}/A/@") == f"https://arm{zone}/A/@?api-version=2024-06-01"
