"""Workspace gateways have no command of their own: `az rest` asks for them."""

from __future__ import annotations

from arm_emulator.client import Emulator
from az.command_line import RunAz
from stage import seeds

TIME_SCALE = "1"


def test_a_gateway_is_read_with_its_address(az: RunAz, emulator: Emulator) -> None:
    document = seeds.private_gateway("orders", subnet="team-a", addresses=[seeds.ADDRESS])
    emulator.put(document["id"], document)
    url = f"{emulator.url}{seeds.gateway_id('orders')}?api-version=2024-06-01-preview"
    shown = az(f"rest --method get --url {url} --resource {emulator.url}")
    assert shown["properties"]["frontend"] == {"inboundIPAddresses": {"private": [seeds.ADDRESS]}}
    url = f"{emulator.url}/subscriptions/{seeds.SUBSCRIPTION}/providers/Microsoft.ApiManagement/gateways?api-version=2024-05-01"
    listed = az(f"rest --method get --url {url} --resource {emulator.url}")
    assert [each["name"] for each in listed["value"]] == ["orders"]
