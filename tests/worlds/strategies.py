"""Worlds by chance: whatever people and other operators may have put around a subnet, and whatever a spec may ask for."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from worlds import documents
from worlds.azure import World
from worlds.documents import NETWORK_GROUP, SUBNET_ID, Document, group_id
from worlds.resources import MARK, OUR_GROUP, OUR_TAGS, PREFIX, additional, neighbour

NUMBERS = st.one_of(st.integers(100, 110), st.integers(998, 1006), st.integers(2998, 3003), st.integers(4093, 4096))
"""Few enough to meet."""
DIRECTIONS = st.sampled_from(["Inbound", "Outbound"])
ACCESSES = st.sampled_from(["Allow", "Deny"])
PEERS = st.sampled_from(
    ["*", "Internet", "VirtualNetwork", "Storage.UKSouth", "AzureCloud", "10.0.0.0/8", "198.51.100.7", "0.0.0.0/0", "789"]
)
PORTS = st.sampled_from(["*", "443", "80-90", "0-65535", "odd"])
ASG = f"{NETWORK_GROUP}/providers/Microsoft.Network/applicationSecurityGroups/web"

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(string.ascii_letters, max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_letters, min_size=1, max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def properties_of_rules(draw: st.DrawFn) -> Document:
    """The properties of any rule but its place."""
    sides: Document = {}
    if draw(st.booleans()):
        sides |= {"sourceAddressPrefix": None, "sourceApplicationSecurityGroups": [{"id": ASG}]}
    else:
        sides |= {"sourceAddressPrefix": draw(PEERS)}
    if draw(st.booleans()):
        sides |= {"destinationAddressPrefix": None, "destinationAddressPrefixes": ["10.1.0.0/26", "10.2.0.0/16"]}
    return {
        "access": draw(ACCESSES),
        "protocol": draw(st.sampled_from(["*", "Tcp", "UDP"])),
        "destinationPortRange": draw(PORTS),
        "description": draw(st.none() | st.just("somebody's")),
        **sides,
    }


@st.composite
def rules(draw: st.DrawFn, *, names: Iterable[str] = ()) -> list[Document]:
    """The rules of a group, each number used once a direction: foreign ones, closing ones, and some under the given names."""
    slots = draw(st.lists(st.tuples(DIRECTIONS, NUMBERS), unique=True, max_size=8))
    known = draw(st.permutations(list(names)))
    found: list[Document] = []
    for n, (direction, number) in enumerate(slots):
        has_known_name = draw(st.booleans())
        if known and has_known_name:
            name = known.pop()
            found.append(documents.rule(name, number, direction=direction, **draw(properties_of_rules())))
        elif draw(st.integers(0, 3)) == 0:
            found.append(documents.closing_deny(number, name=f"close-{n}", direction=direction))
        else:
            name = draw(st.sampled_from([f"theirs-{n}", f"wgn-{neighbour('team-b').owner.mark}-x{n}", f"wgn-theirs-{n}"]))
            found.append(documents.rule(name, number, direction=direction, **draw(properties_of_rules())))
    return found


@st.composite
def additional_rules(draw: st.DrawFn) -> list[Document]:
    """Additional rules with a number of their own each."""
    slots = draw(st.lists(st.tuples(DIRECTIONS, NUMBERS), unique=True, max_size=4))
    return [
        additional(f"extra{n}", number, direction=direction, access=draw(ACCESSES), ports=[draw(st.sampled_from(["*", "443"]))])
        for n, (direction, number) in enumerate(slots)
    ]


@st.composite
def specs(draw: st.DrawFn) -> Document:
    """Fields of a spec."""
    group: Document = {
        "additionalRules": draw(additional_rules()),
        "attach": draw(st.sampled_from(["IfAbsent", "Replace"])),
        "onDeny": draw(st.sampled_from(["Report", "Precede"])),
    }
    if draw(st.booleans()):
        group["id"] = group_id("theirs")
    return {
        "requirementsVersion": draw(st.sampled_from(["2025-06-18", "2026-05-20", "2026-08-26"])),
        "networkSecurityGroup": group,
        "tags": draw(st.none() | st.just({"costCentre": "4711"})),
    }


OUR_NAMES = (
    *(f"{PREFIX}gateway-{name}" for name in ("load-balancer", "internet", "virtual-network", "storage", "key-vault")),
    *(f"{PREFIX}extra{n}" for n in range(4)),
    f"{PREFIX}obsolete",
)

DELEGATIONS = st.lists(
    st.sampled_from(
        [
            documents.delegation("0"),
            documents.delegation(f"wgn-{MARK}"),
            documents.delegation(f"WGN-{MARK}", "Microsoft.Web/hostingEnvironments"),
            documents.delegation(neighbour("gone").owner.delegation_name),
            documents.delegation("wgn-000000dc79bafdf5"),
            documents.delegation("theirs", "Microsoft.Sql/managedInstances"),
        ]
    ),
    max_size=2,
    unique_by=lambda entry: str(entry["name"]),
)


@st.composite
def subnets(draw: st.DrawFn, *, groups: Iterable[str], delegations: st.SearchStrategy[list[Document]] = DELEGATIONS) -> Document:
    """A subnet with any of the groups, and with properties that nobody here has heard of."""
    attached = draw(st.sampled_from([None, *groups]))
    extra = draw(
        st.dictionaries(st.sampled_from(["routeTable", "natGateway", "serviceEndpoints", "sharingScope", "novelty"]), JSON, max_size=3)
    )
    document = documents.subnet(
        delegations=draw(delegations),
        networkSecurityGroup={"id": attached} if attached else None,
        serviceAssociationLinks=[documents.service_association_link()] if draw(st.integers(0, 3)) == 0 else None,
        addressPrefix="10.1.0.0/26" if draw(st.booleans()) else None,
    )
    if "addressPrefix" not in document["properties"]:
        document["properties"]["addressPrefixes"] = ["10.1.0.0/26", "10.1.1.0/24"]
    document["properties"] |= extra
    return document


GATEWAYS = st.lists(
    st.builds(
        documents.gateway,
        st.sampled_from(["one", "two"]),
        kind=st.sampled_from(["External", "Internal", "None", ""]),
        state=st.sampled_from(["Succeeded", "Failed", "Deleting", "Activating", ""]),
        subnet_id=st.sampled_from([SUBNET_ID, SUBNET_ID.upper(), f"{SUBNET_ID}-2", None]),
    ),
    max_size=2,
    unique_by=lambda gateway: str(gateway["name"]),
)


@st.composite
def worlds(draw: st.DrawFn, *, gateways: st.SearchStrategy[list[Document]] = GATEWAYS) -> World:
    """Anything that may be around the subnet."""
    tags = st.sampled_from([None, OUR_TAGS, {"theirs": "x"}, neighbour("team-b").owner.tags])
    groups = [
        documents.group(name, *draw(rules(names=OUR_NAMES)), tags=draw(tags))
        for name in ("theirs", "others", OUR_GROUP)
        if draw(st.booleans())
    ]
    return World(subnet=draw(subnets(groups=[each["id"] for each in groups])), groups=groups, gateways=draw(gateways))
