"""How far the addresses of a network are taken: two questions that its users ask before they place something."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from arm_emulator.arm import Answer, Call, Document, provider_error
from arm_emulator.providers.network.prefixes import Prefix, parse_prefix, prefixes_of
from arm_emulator.providers.network.provider import NetworkType
from arm_emulator.store import Resource

_NETWORKS = "Microsoft.Network/virtualNetworks"
_RESERVED_FIRST, _RESERVED_LAST = 4, 1
"""Azure keeps the first four addresses of a subnet and the last."""
_SUGGESTED = 5


class _AddressView(NetworkType):
    stored = False

    def prefixes(self, call: Call) -> Iterator[tuple[Resource, Prefix]]:
        """The subnets of the network that is asked about, with each of their prefixes."""
        assert call.path.parent is not None
        for subnet in self.world.store.children(call.path.parent.text, f"{_NETWORKS}/subnets"):
            for text in prefixes_of(subnet.properties):
                yield subnet, parse_prefix(text, id=subnet.id)


class AddressAvailability(_AddressView):
    """``GET …/virtualNetworks/{network}/CheckIPAddressAvailability?ipAddress=``. Only Azure's own addresses count as taken: the emulator
    knows no machines.
    """

    name = f"{_NETWORKS}/CheckIPAddressAvailability"

    def list(self, call: Call) -> Answer:
        assert call.path.parent is not None
        asked = next((value for name, value in call.query.items() if name.lower() == "ipaddress"), "")
        try:
            address = ipaddress.ip_address(asked)
        except ValueError:
            raise provider_error(400, "InvalidIPAddress", f"The IP address {asked} is not valid.") from None
        for _, prefix in self.prefixes(call):
            if address in prefix:
                return Answer(status=200, body=_availability(address, prefix))
        network = self.world.store.get(call.path.parent.text)
        raise provider_error(
            400,
            "PrivateIPAddressNotInAnySubnet",
            f"Private static IP address {asked} does not belong to the range of any subnet in the virtual network "
            f"{network.id if network else call.path.parent.text}.",
        )


class Usages(_AddressView):
    """``GET …/virtualNetworks/{network}/usages``: how many addresses of each subnet are taken."""

    name = f"{_NETWORKS}/usages"

    def list(self, call: Call) -> Answer:
        value = [
            {
                "currentValue": len(subnet.generated.get("ipConfigurations", [])),
                "id": subnet.id,
                "limit": max(0, prefix.num_addresses - _RESERVED_FIRST - _RESERVED_LAST),
                "name": {"localizedValue": "Subnet size and usage", "value": "SubnetSpace"},
                "unit": "Count",
            }
            for subnet, prefix in self.prefixes(call)
        ]
        return Answer(status=200, body={"value": value})


def _availability(address: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: Prefix) -> Document:
    reserved = not _RESERVED_FIRST <= int(address) - int(prefix.network_address) < prefix.num_addresses - _RESERVED_LAST
    if not reserved:
        return {"available": True, "isPlatformReserved": False}
    end = min(_RESERVED_FIRST + _SUGGESTED, prefix.num_addresses - _RESERVED_LAST)
    free = [str(prefix[index]) for index in range(_RESERVED_FIRST, end)]
    return {"available": False, "availableIPAddresses": free, "isPlatformReserved": True}
