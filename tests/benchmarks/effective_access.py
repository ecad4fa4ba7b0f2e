"""How long it takes to read a network security group of 1,000 rules, Azure's limit, and to judge what it does with a gateway's flows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random
from statistics import median
from typing import Any

from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.planning.access.facts import Facts
from workspace_gateway_network.planning.access.judgement import EffectiveAccess
from workspace_gateway_network.planning.desired import Desired
from worlds import resources
from worlds.documents import Document, rule
from worlds.security_groups import ASG

RULES = 1000
ROUNDS = 15
SUBNET, NETWORK = ("10.1.0.0/26",), ("10.1.0.0/16",)


def measure() -> Iterator[str]:
    """A line for each kind of group."""
    wanted = resources.desired(mode="Injection", requirementsVersion="2026-05-20")
    kinds = {
        "typical": typical,
        "made of service tags": of_tags,
        "made to be hard": hard,
        "hard, and only the last denies": only_the_last_denies,
        "pairs of application security groups": pairs,
    }
    for name, make in kinds.items():
        read, judged, first = _milliseconds(wanted, make(Random(1)))
        yield (
            f"{RULES} rules, {name}: {read:.0f} ms to read, {judged:.0f} ms to judge {len(wanted.rules)} flows"
            f" (medians of {ROUNDS} looks; both in the first one {first:.0f} ms)"
        )


def _milliseconds(wanted: Desired, documents: list[Document]) -> tuple[float, float, float]:
    """Of processor time: to read, to judge, and both in the first look, which remembers nothing yet."""
    flows = [each.numbered(owner=wanted.owner, priority=4090 + number, prefixes=SUBNET) for number, each in enumerate(wanted.rules)]
    reading, judging = [], []
    for _ in range(ROUNDS):
        begun = time.process_time()
        rules = [SecurityRule.from_arm(document) for document in documents]
        read = time.process_time()
        access = EffectiveAccess([*rules, *flows], facts=Facts.of(NETWORK))
        for flow in flows:
            access.judge(flow, rules=[*rules, *flows])
        reading.append(1000 * (read - begun))
        judging.append(1000 * (time.process_time() - read))
    return median(reading), median(judging), reading[0] + judging[0]


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


def only_the_last_denies(chance: Random) -> list[Document]:
    """So that all of it has to be walked."""
    made = hard(chance)
    for each in made[:-1]:
        each["properties"]["access"] = "Allow"
    made[-1]["properties"] |= {"access": "Deny", "sourceAddressPrefix": "*"}
    return made


def pairs(chance: Random) -> list[Document]:
    """From one application security group to another, of which Azure takes 100: each may hold any packet or none."""
    made = []
    for number in range(RULES):
        far, near = ([{"id": f"{ASG}/{side}{chance.randrange(50)}"}] for side in ("web", "data"))
        groups = {"sourceApplicationSecurityGroups": far, "destinationApplicationSecurityGroups": near}
        made.append(_rule(chance, number, "Inbound", "", ["443"], destinationAddressPrefix="", **groups))
    return made


def _rule(chance: Random, number: int, direction: str, peer: str, ports: list[str], **properties: Any) -> Document:
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
