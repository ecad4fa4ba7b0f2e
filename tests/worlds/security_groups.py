"""Network security groups by chance, as ARM spells them: few words, so that rules meet; and every spelling of a word."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from worlds import documents
from worlds.documents import NETWORK_GROUP, Document

ASG = f"{NETWORK_GROUP}/providers/Microsoft.Network/applicationSecurityGroups"
TAGS = (
    "VirtualNetwork",
    "Internet",
    "Storage",
    "Storage.UKSouth",
    "Storage.WestUS",
    "AzureKeyVault",
    "AzureCloud",
    "AzureCloud.UKSouth",
    "AzureCloud.centralfrance",
    "Storage.FranceCentral",
    "Storage.Nowhere",
    "Sql",
)
PREFIXES = ("10.1.0.0/16", "10.1.0.0/26", "10.1.0.32/27", "10.0.0.0/8", "10.1.0.5", "203.0.113.0/24", "203.0.113.128/25", "20.0.0.0/6")
IPV6 = ("::/0", "fd00:1::/64", "fd00::/16", "2001:db8::/32")
ODD = ("AzureLoadBalancer", "168.63.129.16", "0.0.0.0/0", "AzurePlatformDNS", "789")
PORTS = ("*", "80", "443", "0-65535", "80-443", "400-500", "8080", "80,443")
NEAR = ("10.1.0.0/26", "10.1.0.0/26", "10.1.0.0/26", "VirtualNetwork", "*", "10.1.0.0/24", "10.1.0.16/28", "10.9.0.0/24")


@dataclass(frozen=True)
class Scene:
    """A flow as the rule that would match it, the custom rules of a group, and the prefixes of the virtual network."""

    flow: Document
    rules: list[Document]
    network: list[str]

    @property
    def all_rules(self) -> list[Document]:
        """The custom rules and the default ones."""
        return [*self.rules, *DEFAULT_RULES]


def scene(seed: int, *, most_rules: int = 8) -> Scene:
    """The scene with this number: always the same one."""
    chance = Random(seed)
    direction = chance.choice(["Inbound", "Outbound"])
    numbers = chance.sample(range(100, 4097), chance.randint(0, most_rules))
    rules = [_rule(chance, f"r{number}", number, direction) for number in numbers]
    flow = documents.rule("flow", 1000, **_flow(chance, direction))
    return Scene(flow=flow, rules=rules, network=chance.choice([["10.1.0.0/16"], ["10.1.0.0/16"], ["10.1.0.0/16", "fd00:1::/64"], []]))


def _flow(chance: Random, direction: str) -> Document:
    far = chance.choice(
        [
            ["AzureLoadBalancer"],
            ["VirtualNetwork"],
            ["Internet"],
            ["Storage"],
            ["Storage.UKSouth"],
            ["Storage.FranceCentral"],
            ["AzureKeyVault"],
            ["203.0.113.0/24"],
            ["*"],
        ]
    )
    near = chance.choice([["10.1.0.0/26"], ["10.1.0.0/26"], ["10.1.0.0/26", "fd00:1::/64"], ["VirtualNetwork"]])
    ports = chance.choice([["80"], ["443"], ["80", "443"], ["*"]])
    source, destination = (far, near) if direction == "Inbound" else (near, far)
    return {
        "direction": direction,
        "access": "Allow",
        "protocol": chance.choice(["Tcp", "Tcp", "Tcp", "*"]),
        **_addresses("source", source),
        **_addresses("destination", destination),
        "destinationPortRange": None,
        "destinationPortRanges": ports,
    }


def _rule(chance: Random, name: str, number: int, direction: str) -> Document:
    if chance.random() < 0.1:
        direction = "Outbound" if direction == "Inbound" else "Inbound"
    far, near = _far(chance), _addresses("near", [chance.choice(NEAR)])
    source, destination = (far, near) if direction == "Inbound" else (near, far)
    if chance.random() < 0.05:
        source, destination = destination, source
    return documents.rule(
        name,
        number,
        direction=_cased(chance, direction),
        access=_cased(chance, chance.choice(["Allow", "Deny"])),
        protocol=_cased(chance, chance.choice(["Tcp", "Tcp", "Tcp", "*", "*", "*", "Udp", "Icmp", "Sctp"])),
        **_renamed(source, "source"),
        **_renamed(destination, "destination"),
        **_ports(chance, "destination"),
        **({"sourcePortRange": chance.choice(["1024-65535", "443"])} if chance.random() < 0.1 else {}),
    )


def _far(chance: Random) -> Document:
    draw = chance.random()
    if draw < 0.4:
        return _addresses("far", [_cased(chance, chance.choice(TAGS))])
    if draw < 0.5:
        return _addresses("far", ["*"])
    if draw < 0.8:
        return _addresses("far", chance.sample(PREFIXES, chance.choice([1, 1, 2])))
    if draw < 0.86:
        return _addresses("far", [chance.choice(IPV6)])
    if draw < 0.93:
        return _addresses("far", [chance.choice(ODD)])
    groups = [{"id": f"{ASG}/{name}"} for name in chance.sample(["web", "APP"], chance.choice([1, 2]))]
    return {"farAddressPrefix": None, "farApplicationSecurityGroups": groups}


def _addresses(side: str, words: list[str]) -> Document:
    if len(words) == 1:
        return {f"{side}AddressPrefix": words[0], f"{side}AddressPrefixes": []}
    return {f"{side}AddressPrefix": None, f"{side}AddressPrefixes": words}


def _renamed(properties: Document, side: str) -> Document:
    return {f"{side}{name.removeprefix('far').removeprefix('near')}": value for name, value in properties.items()}


def _ports(chance: Random, side: str) -> Document:
    if chance.random() < 0.2:
        return {f"{side}PortRange": None, f"{side}PortRanges": chance.sample(["80", "443", "8080-8090", "22"], 2)}
    return {f"{side}PortRange": chance.choice(["https", "443,https"]) if chance.random() < 0.1 else chance.choice(PORTS)}


def _cased(chance: Random, word: str) -> str:
    return chance.choice([word, word, word.upper(), word.lower()])


def _default(name: str, number: int, source: str, destination: str) -> Document:
    direction, access = ("Inbound" if name.endswith("InBound") else "Outbound"), ("Deny" if name.startswith("Deny") else "Allow")
    sides: dict[str, Any] = {"sourceAddressPrefix": source, "destinationAddressPrefix": destination}
    return documents.rule(name, number, direction=direction, access=access, **sides)


DEFAULT_RULES = [
    _default("AllowVnetInBound", 65000, "VirtualNetwork", "VirtualNetwork"),
    _default("AllowAzureLoadBalancerInBound", 65001, "AzureLoadBalancer", "*"),
    _default("DenyAllInBound", 65500, "*", "*"),
    _default("AllowVnetOutBound", 65000, "VirtualNetwork", "VirtualNetwork"),
    _default("AllowInternetOutBound", 65001, "*", "Internet"),
    _default("DenyAllOutBound", 65500, "*", "*"),
]
"""The rules at the end of every group, as recorded from Azure."""
