"""What a network security group does with a flow, decided by logic: a second opinion that shares nothing with the operator's.

It reads the raw ARM documents and asks the solver Z3. One packet is a handful of numbers, and what every service tag holds is a truth value
for each of the packet's two ends, bound by the published facts about tags. Whether *some* packet passes or is denied is then a question
for the solver; what is denied *whatever the tags hold* is found by looking for a packet, then for a way of filling the tags that lets it
pass, and so on until one of the two is found no more.
"""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import z3

Document = dict[str, Any]

PROTOCOLS = ["tcp", "udp", "icmp", "esp", "ah"]
PROBES = ["168.63.129.16", "fe80::1234:5678:9abc"]
NOT_PUBLIC = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"),
    *("::/8", "fc00::/7", "fe80::/10", "ff00::/8"),
]
PLATFORM = {"azureplatformdns", "azureplatformimds", "azureplatformlkm"}
REGIONS = {"uksouth", "westus", "francecentral"}
"""Those that the tests name; of any other word it is not known what it stands for."""
WITH_REGIONS = {"storage", "azurekeyvault", "azurecloud"}


class End:
    """One end of a packet: its address and port, and which tags hold it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.address = z3.Int(f"{name}_address")
        self.port = z3.Int(f"{name}_port")
        self.tags: dict[str, z3.BoolRef] = {}

    def holds(self, tag: str) -> z3.BoolRef:
        """Whether a tag holds this end's address."""
        return self.tags.setdefault(tag, z3.Bool(f"{self.name} in {tag}"))


def kind(tag: str) -> str:
    """What sort of tag it is."""
    if tag == "virtualnetwork":
        return "network"
    if tag.startswith("asg "):
        return "asg"
    return "unknown" if tag.startswith("? ") or tag in PLATFORM else "service"


@dataclass(frozen=True)
class Opinion:
    """The oracle's verdict, in the words of the operator's."""

    verdict: str
    offender: str
    """The name of the first rule that denies something; empty where all passes."""


class Oracle:
    """A flow, the rules it meets, and everything that can be asked about them."""

    def __init__(self, *, flow: Document, rules: Sequence[Document], network: Sequence[str]) -> None:
        """`flow` and `rules` are security rules as ARM spells them, default rules included; `network` are the network's prefixes."""
        self.source, self.destination = End("source"), End("destination")
        self.is_ipv6 = z3.Bool("is_ipv6")
        self.protocol = z3.Int("protocol")
        self.odd: dict[str, z3.BoolRef] = {}
        self.network = network
        direction = flow["properties"]["direction"].lower()
        self.rules = sorted(
            (rule for rule in rules if rule["properties"]["direction"].lower() == direction),
            key=lambda rule: int(rule["properties"]["priority"]),
        )
        self.flow = self._matches(flow["properties"])
        self.hits = [self._matches(rule["properties"]) for rule in self.rules]
        self.allows = [rule["properties"]["access"].lower() == "allow" for rule in self.rules]
        for end in (self.source, self.destination):
            end.holds("virtualnetwork")
        self.facts = z3.And(*self._bounds(), *self._facts(self.source), *self._facts(self.destination))
        self._known_views: dict[str, list[z3.BoolRef | None]] = {}
        self._solver = z3.SimpleSolver()
        self._solver.add(self.facts)
        self.passes = z3.BoolVal(val=False)
        for hit, allow in zip(reversed(self.hits), reversed(self.allows), strict=True):
            self.passes = z3.If(hit, z3.BoolVal(allow), self.passes)

    # What is asked.

    def opinion(self) -> Opinion:
        """What happens to the flow."""
        denied = self._is_possible(z3.Not(self.passes))
        if not denied:
            return Opinion("Allowed", "")
        some_pass = self._is_possible(self.passes)
        certain = self._first_certain()
        if certain:
            return Opinion("PartlyBlocked" if some_pass else "Blocked", certain)
        first = next(number for number in self._denies() if self._is_possible(self._first_match(number)))
        return Opinion("MayBeBlocked" if some_pass else "Blocked", str(self.rules[first]["name"]))

    def is_denied_by(self, offender: str, packet: Sequence[tuple[z3.ArithRef | z3.BoolRef, Any]]) -> bool:
        """Whether there is such a packet in the flow that this rule is the first to match."""
        number = next(number for number, rule in enumerate(self.rules) if rule["name"] == offender)
        fixed = [variable == value for variable, value in packet]
        return self._is_possible(z3.And(self._first_match(number), z3.BoolVal(not self.allows[number]), *fixed))

    def packet(self, *, protocol: str, source: Document, destination: Document) -> list[tuple[z3.ArithRef | z3.BoolRef, Any]]:
        """A packet by its numbers, ends as `{address, port, tags}`."""
        address = ipaddress.ip_address(source["address"])
        number = PROTOCOLS.index(protocol) if protocol in PROTOCOLS else len(PROTOCOLS)
        fixed: list[tuple[z3.ArithRef | z3.BoolRef, Any]] = [(self.is_ipv6, address.version == 6), (self.protocol, number)]
        for end, told in ((self.source, source), (self.destination, destination)):
            fixed += [(end.address, int(ipaddress.ip_address(told["address"]))), (end.port, told["port"])]
            for tag in map(_folded, told["tags"]):
                fixed.append((end.holds("virtualnetwork"), False) if tag == "internet" else (end.holds(tag), True))
        return fixed

    # Whatever the tags hold.

    def _first_certain(self) -> str:
        """The first rule that denies something whatever the tags hold; else the first of those that do so together."""
        for by_itself in (True, False):
            for number in self._denies():
                views = itertools.product(self._views(self.source), self._views(self.destination))
                if any(self._is_certain(number, *each, by_itself=by_itself) for each in views):
                    return str(self.rules[number]["name"])
        return ""

    def _is_certain(self, number: int, source: z3.BoolRef | None, destination: z3.BoolRef | None, *, by_itself: bool) -> bool:
        """Whether this rule is the first to match something that is denied whatever the tags hold: by itself, if so asked.

        An end is seen by its address or, where it is told only by a tag, by whatever address of that tag.
        """
        hidden = [*self.source.tags.values(), *self.destination.tags.values(), *self.odd.values()]
        told = [view for view in (source, destination) if view is not None]
        hidden += [end.address for end, view in ((self.source, source), (self.destination, destination)) if view is not None]
        possible = z3.And(self.facts, *told)
        missed = z3.Not(self.hits[number]) if by_itself else z3.BoolVal(val=False)
        escapes = z3.And(possible, z3.Or(self.passes, z3.Not(self.flow), missed))
        seen = [variable for variable in self._numbers() if not any(variable.eq(each) for each in hidden)]
        escape = z3.SimpleSolver()
        escape.add(escapes)
        with self._asking(*told, self.flow, self._first_match(number)) as candidates:
            while candidates.check() == z3.sat:
                found = candidates.model()
                escape.push()
                escape.add(*(variable == found.eval(variable, model_completion=True) for variable in seen))
                if escape.check() == z3.unsat:
                    return True
                way = escape.model()
                escape.pop()
                filled = [(variable, way.eval(variable, model_completion=True)) for variable in hidden]
                candidates.add(z3.Not(z3.substitute(escapes, *filled)))
        return False

    def _views(self, end: End) -> list[z3.BoolRef | None]:
        """The ways in which something of the flow is known to be at an end."""
        if end.name not in self._known_views:
            self._known_views[end.name] = [None, *self._witnesses(end)]
        return self._known_views[end.name]

    def _witnesses(self, end: End) -> Iterator[z3.BoolRef]:
        internet = z3.And(z3.Not(end.holds("virtualnetwork")), *(z3.Not(self._in_prefix(end, probe)) for probe in PROBES))
        tags = [end.holds(tag) for tag in list(end.tags) if kind(tag) in {"service", "network"}]
        flow = self._side_of_flow[end.name]
        for tag in (*tags, internet):
            told = z3.And(tag, z3.Not(self.is_ipv6))
            if not self._can_be(told, z3.Not(flow)) and self._can_be(told):
                yield told

    def _denies(self) -> list[int]:
        return [number for number, allow in enumerate(self.allows) if not allow]

    def _first_match(self, number: int) -> z3.BoolRef:
        return z3.And(self.hits[number], *(z3.Not(hit) for hit in self.hits[:number]))

    def _is_possible(self, condition: z3.BoolRef) -> bool:
        return self._can_be(self.flow, condition)

    def _can_be(self, *conditions: z3.BoolRef) -> bool:
        with self._asking(*conditions) as solver:
            return bool(solver.check() == z3.sat)

    @contextmanager
    def _asking(self, *conditions: z3.BoolRef) -> Iterator[z3.Solver]:
        """The solver that knows the facts, for as long as these conditions are asked about."""
        self._solver.push()
        self._solver.add(*conditions)
        yield self._solver
        self._solver.pop()

    def _numbers(self) -> list[Any]:
        ends = [self.source.address, self.source.port, self.destination.address, self.destination.port]
        return [self.is_ipv6, self.protocol, *ends]

    # What is known.

    def _bounds(self) -> Iterator[z3.BoolRef]:
        for end in (self.source, self.destination):
            yield z3.And(end.address >= 0, end.address < z3.If(self.is_ipv6, z3.IntVal(2**128), z3.IntVal(2**32)))
            yield z3.And(end.port >= 0, end.port <= 65535)
        yield z3.And(self.protocol >= 0, self.protocol <= len(PROTOCOLS))

    def _facts(self, end: End) -> Iterator[z3.BoolRef]:
        for tag in list(end.tags):
            self._declare_surroundings(end, tag)
        yield from (z3.Implies(self._in_prefix(end, prefix), end.holds("virtualnetwork")) for prefix in self.network)
        for tag, holds in end.tags.items():
            if kind(tag) == "asg":
                yield z3.Implies(holds, end.holds("virtualnetwork"))
                yield from (z3.Implies(holds, z3.Not(self._in_prefix(end, probe))) for probe in PROBES)
            if kind(tag) == "service":
                yield z3.Implies(holds, z3.Not(end.holds("virtualnetwork")))
                yield from (z3.Implies(holds, z3.Not(self._in_prefix(end, prefix))) for prefix in (*NOT_PUBLIC, *PROBES))
                yield from (z3.Implies(holds, end.holds(around)) for around in _surroundings(tag))
        for one, other in itertools.combinations(end.tags, 2):
            (service, _, region), (other_service, _, other_region) = one.partition("."), other.partition(".")
            if service == other_service and service in WITH_REGIONS and {region, other_region} <= REGIONS:
                yield z3.Not(z3.And(end.holds(one), end.holds(other)))

    def _declare_surroundings(self, end: End, tag: str) -> None:
        for around in _surroundings(tag) if kind(tag) == "service" else ():
            end.holds(around)
            self._declare_surroundings(end, around)

    # What a rule matches.

    def _matches(self, properties: Document) -> z3.BoolRef:
        source, destination = self._side(self.source, "source", properties), self._side(self.destination, "destination", properties)
        self._side_of_flow = getattr(self, "_side_of_flow", {"source": source, "destination": destination})
        return z3.And(
            source,
            destination,
            self._protocol(str(properties["protocol"]).lower()),
            z3.Or(*self._ports(self.source, "source", properties)),
            z3.Or(*self._ports(self.destination, "destination", properties)),
        )

    def _protocol(self, word: str) -> z3.BoolRef:
        if word == "*":
            return z3.BoolVal(val=True)
        return self.protocol == PROTOCOLS.index(word) if word in PROTOCOLS else self._oddity(f"protocol {word}")

    def _side(self, end: End, name: str, properties: Document) -> z3.BoolRef:
        words = [properties.get(f"{name}AddressPrefix") or "", *(properties.get(f"{name}AddressPrefixes") or [])]
        groups = properties.get(f"{name}ApplicationSecurityGroups") or []
        members = [end.holds(f"asg {group['id'].lower()}") for group in groups]
        return z3.Or(*(self._address(end, word) for word in words if word), *members)

    def _address(self, end: End, word: str) -> z3.BoolRef:
        tag = _folded(word)
        if tag in {"*", "any"}:
            return z3.BoolVal(val=True)
        if tag == "azureloadbalancer":
            return z3.Or(*(self._in_prefix(end, probe) for probe in PROBES))
        if tag == "internet":
            return z3.And(z3.Not(end.holds("virtualnetwork")), *(z3.Not(self._in_prefix(end, probe)) for probe in PROBES))
        if tag[:1].isalpha() and tag.replace(".", "").isalnum() and ":" not in tag:
            return end.holds(tag)
        try:
            return self._in_prefix(end, tag)
        except ValueError:
            return end.holds(f"? {tag}")

    def _in_prefix(self, end: End, prefix: str) -> z3.BoolRef:
        network = ipaddress.ip_network(prefix, strict=False)
        first, last = int(network[0]), int(network[-1])
        family = self.is_ipv6 if network.version == 6 else z3.Not(self.is_ipv6)
        return z3.And(family, end.address >= first, end.address <= last)

    def _ports(self, end: End, name: str, properties: Document) -> Iterator[z3.BoolRef]:
        entries = [properties.get(f"{name}PortRange") or "", *(properties.get(f"{name}PortRanges") or [])]
        for entry in ",".join(entries).split(","):
            word = entry.strip()
            low, _, high = word.partition("-")
            if word == "*":
                yield z3.BoolVal(val=True)
            elif low.isdigit() and (high or low).isdigit() and int(low) <= int(high or low) <= 65535:
                yield z3.And(end.port >= int(low), end.port <= int(high or low))
            elif word:
                yield self._oddity(f"{name} port {word}")

    def _oddity(self, word: str) -> z3.BoolRef:
        return self.odd.setdefault(word, z3.Bool(word))


def _folded(word: str) -> str:
    """A word as it is compared; one region has two spellings."""
    return word.strip().lower().replace(".centralfrance", ".francecentral")


def _surroundings(tag: str) -> list[str]:
    service, _, part = tag.partition(".")
    around = [service] if part else []
    if service in {"storage", "azurekeyvault"}:
        around += ["azurecloud", f"azurecloud.{part}"] if part else ["azurecloud"]
    return around
