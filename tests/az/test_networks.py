"""Networks, subnets and network security groups, with the commands that their owners use."""

from __future__ import annotations

from typing import Any

import pytest

from arm_emulator.client import Emulator
from az.command_line import AzFailed, RunAz
from stage import seeds

TIME_SCALE = "1.9"
"""Of the waits for networks and groups the shortest is a second."""

SPOKE = f"{seeds.GROUP}/providers/Microsoft.Network/virtualNetworks/spoke"
MINE = seeds.network_security_group_id("mine")
TEAM_A = "--resource-group networks --vnet-name hub --name team-a"


def found(emulator: Emulator, id: str) -> dict[str, Any]:
    """The resource as the emulator holds it, whoever asks."""
    document = emulator.get(id)
    assert document is not None, f"there is no {id}"
    return document


def names(documents: list[dict[str, Any]]) -> list[str]:
    return sorted(document["name"] for document in documents)


def test_a_network_comes_changes_and_goes(az: RunAz, emulator: Emulator) -> None:
    prefixes = "--address-prefixes 10.2.0.0/16 --subnet-name apps --subnet-prefixes 10.2.0.0/24"
    created = az(f"network vnet create --resource-group networks --name spoke {prefixes}")["newVNet"]
    assert (created["id"], created["provisioningState"]) == (SPOKE, "Succeeded")
    assert names(az("network vnet list --resource-group networks")) == ["hub", "spoke"]
    az("network vnet update --resource-group networks --name spoke --address-prefixes 10.2.0.0/16 10.3.0.0/16 --set tags.team=apps")
    assert found(emulator, SPOKE)["properties"]["addressSpace"]["addressPrefixes"] == ["10.2.0.0/16", "10.3.0.0/16"]
    assert az("network vnet show --resource-group networks --name spoke")["tags"] == {"team": "apps"}
    az("network vnet delete --resource-group networks --name spoke")
    assert emulator.get(SPOKE) is None


def test_a_subnet_comes_is_listed_and_goes(az: RunAz, emulator: Emulator) -> None:
    az("network vnet subnet create --resource-group networks --vnet-name hub --name jobs --address-prefixes 10.1.9.0/24")
    assert names(az("network vnet subnet list --resource-group networks --vnet-name hub")) == ["jobs", "team-a"]
    az("network vnet subnet delete --resource-group networks --vnet-name hub --name jobs")
    assert emulator.get(seeds.subnet_id("jobs")) is None


def test_a_subnet_is_delegated_and_bared_again(az: RunAz, emulator: Emulator) -> None:
    before = found(emulator, seeds.subnet_id("team-a"))["properties"]
    az(f"network vnet subnet update {TEAM_A} --delegations Microsoft.Web/serverFarms")
    (delegation,) = az(f"network vnet subnet show {TEAM_A}")["delegations"]
    assert delegation["serviceName"] == "Microsoft.Web/serverFarms"
    az(f"network vnet subnet update {TEAM_A} --remove delegations")
    after = found(emulator, seeds.subnet_id("team-a"))["properties"]
    assert after["delegations"] == []
    assert {name: after[name] for name in ("routeTable", "natGateway")} == {name: before[name] for name in ("routeTable", "natGateway")}


def test_delegations_that_can_be_had_are_listed(az: RunAz) -> None:
    listed = az("network vnet subnet list-available-delegations --resource-group networks --location uksouth")
    assert "Microsoft.Web/serverFarms" in {each["serviceName"] for each in listed}


def test_a_group_comes_is_attached_and_cannot_go_while_it_is(az: RunAz, emulator: Emulator) -> None:
    created = az("network nsg create --resource-group networks --name mine --tags team=apps")["NewNSG"]
    assert (created["id"], len(created["defaultSecurityRules"])) == (MINE, 6)
    az(f"network vnet subnet update {TEAM_A} --network-security-group mine")
    assert found(emulator, seeds.subnet_id("team-a"))["properties"]["networkSecurityGroup"]["id"] == MINE
    with pytest.raises(AzFailed, match="InUseNetworkSecurityGroupCannotBeDeleted"):
        az("network nsg delete --resource-group networks --name mine")
    az(f"network vnet subnet update {TEAM_A} --remove networkSecurityGroup")
    az("network nsg delete --resource-group networks --name mine")
    assert emulator.get(MINE) is None


def test_rules_come_change_and_go(az: RunAz, emulator: Emulator) -> None:
    rule = "--resource-group networks --nsg-name shared --name https"
    created = az(f"network nsg rule create {rule} --priority 300 --destination-port-ranges 443 --protocol Tcp --access Allow")
    assert (created["direction"], created["provisioningState"]) == ("Inbound", "Succeeded")
    az(f"network nsg rule update {rule} --priority 310 --source-address-prefixes 203.0.113.0/24 198.51.100.0/24")
    assert az(f"network nsg rule show {rule}")["priority"] == 310
    written = found(emulator, seeds.security_rule_id("shared", "https"))["properties"]
    assert written["sourceAddressPrefixes"] == ["203.0.113.0/24", "198.51.100.0/24"]
    listed = az("network nsg rule list --resource-group networks --nsg-name shared")
    assert names(listed) == sorted(["https", *(each["name"] for each in seeds.FOREIGN_RULES)])
    az(f"network nsg rule delete {rule}")
    assert emulator.get(seeds.security_rule_id("shared", "https")) is None


def test_two_rules_cannot_have_one_number(az: RunAz) -> None:
    with pytest.raises(AzFailed, match="SecurityRuleConflict"):
        az("network nsg rule create --resource-group networks --nsg-name shared --name other --priority 200 --access Allow")


def test_what_is_not_there_is_said_to_be_missing(az: RunAz) -> None:
    with pytest.raises(AzFailed, match="ResourceNotFound"):
        az("network vnet show --resource-group networks --name nowhere")
    with pytest.raises(AzFailed, match="ResourceGroupNotFound"):
        az("network vnet show --resource-group nowhere --name hub")
