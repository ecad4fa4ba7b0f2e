"""What a network says of its addresses."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import NEIGHBOUR, NETWORK, SUBNET, Arm, Document

FREE = {"available": True, "isPlatformReserved": False}
RESERVED = {"available": False, "availableIPAddresses": [f"10.0.1.{n}" for n in range(4, 9)], "isPlatformReserved": True}


async def ask(arm: Arm, address: str) -> Document:
    url = f"{arm.emulator.url}{NETWORK}/CheckIPAddressAvailability?ipAddress={address}&api-version=2024-05-01"
    return (await arm.get(url)).body


@pytest.mark.parametrize(
    ("address", "answer"),
    [("10.0.1.0", RESERVED), ("10.0.1.3", RESERVED), ("10.0.1.4", FREE), ("10.0.1.62", FREE), ("10.0.1.63", RESERVED)],
)
async def test_azure_keeps_four_addresses_and_the_last(arm: Arm, address: str, answer: Document) -> None:
    assert await ask(arm, address) == answer


@pytest.mark.parametrize(("address", "code"), [("10.0.9.4", "PrivateIPAddressNotInAnySubnet"), ("everywhere", "InvalidIPAddress")])
async def test_what_is_in_no_subnet_is_refused(arm: Arm, address: str, code: str) -> None:
    assert (await ask(arm, address))["error"]["code"] == code


async def test_usages_count_what_is_in_each_subnet(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(NEIGHBOUR, {"properties": {"ipConfigurations": [{"id": f"{NEIGHBOUR}/somebody"}]}})
    value = (await arm.get(f"{NETWORK}/usages")).body["value"]
    assert [(each["id"], each["currentValue"], each["limit"]) for each in value] == [(SUBNET, 0, 59), (NEIGHBOUR, 1, 251)]
