"""How long it takes to judge what a network security group of 1,000 rules, Azure's limit, does with the flows of an Injection gateway."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random
from statistics import median

from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.planning.access.facts import Facts
from workspace_gateway_network.planning.access.judgement import EffectiveAccess
from workspace_gateway_network.planning.desired import Desired
from worlds import resources
from worlds.documents import Document, rule

RULES = 1000
ROUNDS = 15
SUBNET, NETWORK = ("10.1.0.0/26",), ("10.1.0.0/16",)


def measure() -> Iterator[str]:
    """A line for each kind of group."""
    wanted = resources.desired(mode="Injection", requirementsVersion="2026-05-20")
    for name, make in (("typical", typical), ("made of service tags", of_tags), ("made to be hard", hard)):
        documents = make(Random(1))
        yield f"{RULES} rules, {name}: {_milliseconds(wanted, documents):.1f} ms to judge {len(wanted.rules)} flows (median of {ROUNDS})"


def _milliseconds(wanted: Desired, documents: list[Document]) -> float:
    rules = [SecurityRule.from_arm(document) for document in documents]
    flows = [each.numbered(owner=wanted.owner, priority=4090 + number, prefixes=SUBNET) for number, each in enumerate(wanted.rules)]
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        access = EffectiveAccess([*rules, *flows], facts=Facts.of(NETWORK))
        for flow in flows:
            access.judge(flow, rules=[*rules, *flows])
        taken.append(time.process_time() - begun)
    return 1000 * median(taken)


def typical(chance: Random) -> list[Document]:
    """Prefixes, addresses and a few tags, some ports, both directions, as such groups grow over the years."""
    peers = ["AzureMonitor", "Sql", "Storage.WestEurope"]
    peers += [f"10.{chance.randrange(256)}.{chance.randrange(256)}.0/24" for _ in range(200)]
    peers += [f"{chance.randrange(1, 223)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}" for _ in range(400)]
    ports = ["*", "443", "80", "22", "8000-9000", "1433"]
    return [_rule(chance, number, chance.choice(["Inbound", "Outbound"]), chance.choice(peers), ports) for number in range(RULES)]


def of_tags(chance: Random) -> list[Document]:
    """Nothing but service tags, 130 of them."""
    peers = [f"{service}.Region{n}" for service in ("Storage", "AzureCloud") for n in range(40)] + [f"Service{n}" for n in range(50)]
    return [_rule(chance, number, "Outbound", chance.choice(peers), ["443"]) for number in range(RULES)]


def hard(chance: Random) -> list[Document]:
    """Every rule cuts a piece of its own out of the calls from the virtual network: other addresses at both ends, and other ports."""
    made = []
    for number in range(RULES):
        near = {"destinationAddressPrefix": f"10.1.0.{chance.randrange(64)}"} if number % 3 else {}
        made.append(_rule(chance, number, "Inbound", f"10.1.{number // 256}.{number % 256}", ["443", "80", "*"], **near))
    return made


def _rule(chance: Random, number: int, direction: str, peer: str, ports: list[str], **properties: str) -> Document:
    far = "sourceAddressPrefix" if direction == "Inbound" else "destinationAddressPrefix"
    return rule(
        f"r{number}",
        100 + number,
        direction=direction,
        access=chance.choice(["Allow", "Deny"]),
        protocol=chance.choice(["Tcp", "*"]),
        destinationPortRange=chance.choice(ports),
        **{far: peer, **properties},
    )
