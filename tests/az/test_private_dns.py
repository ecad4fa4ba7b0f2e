"""Private zones, their links and records, with the commands that their owners use."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from az.command_line import AzFailed, RunAz
from stage import seeds

TIME_SCALE = "30"
"""Every wait for private DNS is half a minute."""

ZONE = seeds.zone_id("orders.example")
IN_ZONE = "--resource-group networks --zone-name orders.example"


def test_a_zone_comes_and_goes(az: RunAz, emulator: Emulator) -> None:
    created = az("network private-dns zone create --resource-group networks --name orders.example --tags team=apps")
    assert (created["provisioningState"], created["numberOfRecordSets"]) == ("Succeeded", 1)
    assert [zone["name"] for zone in az("network private-dns zone list")] == ["orders.example"]
    az("network private-dns zone update --resource-group networks --name orders.example --tags team=network")
    assert az("network private-dns zone show --resource-group networks --name orders.example")["tags"] == {"team": "network"}
    az("network private-dns zone delete --resource-group networks --name orders.example --yes")
    assert emulator.get(ZONE) is None


def test_a_zone_that_is_there_is_not_created_again(az: RunAz, emulator: Emulator) -> None:
    emulator.put(ZONE, {"location": "global", "properties": {}})
    with pytest.raises(AzFailed, match="exists already"):
        az("network private-dns zone create --resource-group networks --name orders.example")


def test_a_link_comes_and_goes_and_keeps_its_zone(az: RunAz, emulator: Emulator) -> None:
    emulator.put(ZONE, {"location": "global", "properties": {}})
    link = f"{IN_ZONE} --name hub"
    created = az(f"network private-dns link vnet create {link} --virtual-network {seeds.NETWORK} --registration-enabled false")
    assert (created["virtualNetworkLinkState"], created["registrationEnabled"]) == ("Completed", False)
    assert [each["name"] for each in az(f"network private-dns link vnet list {IN_ZONE}")] == ["hub"]
    with pytest.raises(AzFailed, match="nested resources"):
        az("network private-dns zone delete --resource-group networks --name orders.example --yes")
    az(f"network private-dns link vnet delete {link} --yes")
    assert emulator.get(f"{ZONE}/virtualNetworkLinks/hub") is None


def test_addresses_come_and_go(az: RunAz, emulator: Emulator) -> None:
    emulator.put(ZONE, {"location": "global", "properties": {}})
    record = f"{IN_ZONE} --record-set-name gateway"
    az(f"network private-dns record-set a add-record {record} --ipv4-address 10.1.0.5")
    az(f"network private-dns record-set a add-record {record} --ipv4-address 10.1.0.6")
    az(f"network private-dns record-set a update {IN_ZONE} --name gateway --metadata team=apps")
    shown = az(f"network private-dns record-set a show {IN_ZONE} --name gateway")
    assert [each["ipv4Address"] for each in shown["aRecords"]] == ["10.1.0.5", "10.1.0.6"]
    assert (shown["ttl"], shown["metadata"], shown["fqdn"]) == (3600, {"team": "apps"}, "gateway.orders.example.")
    az(f"network private-dns record-set a remove-record {record} --ipv4-address 10.1.0.5")
    document = emulator.get(f"{ZONE}/A/gateway")
    assert document is not None
    assert document["properties"]["aRecords"] == [{"ipv4Address": "10.1.0.6"}]
    assert {each["name"] for each in az(f"network private-dns record-set list {IN_ZONE}")} == {"@", "gateway"}
    az(f"network private-dns record-set a delete {IN_ZONE} --name gateway --yes")
    assert emulator.get(f"{ZONE}/A/gateway") is None
