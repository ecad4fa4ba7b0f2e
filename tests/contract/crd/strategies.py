"""Specs as hypothesis draws them: good ones with everything that may vary, and good ones with something spoilt."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Final

from hypothesis import strategies as st

from contract.crd.specs import API_MANAGEMENT, GATEWAY, GROUP, NETWORK_SECURITY_GROUP, SPOKE, SUBNET, ZONES, Spec

Strategy = st.SearchStrategy[Any]
Step = str | int

TRICKY: Final = "/\\.?#%&@:<>-_()* \n\t\x00\u00a0\u00e9\u0130\u017f\u212a\u2024\uff0f09aZ"
"""Characters that mean something in a path, look like one that does, or change with case in their own way."""

_LETTERS: Final = "abcXYZ019"


def spoilt_text(good: str) -> Strategy:
    """A text with a character or two put in, put over or taken out."""

    def spoilt(places: list[tuple[int, str, int]]) -> str:
        text = good
        for place, characters, over in places:
            start = place % (len(text) + 1)
            text = text[:start] + characters + text[start + over :]
        return text

    place = st.tuples(st.integers(0, 600), st.text(TRICKY, max_size=2), st.integers(0, 2))
    return st.lists(place, min_size=1, max_size=2).map(spoilt)


def _name(limit: int) -> Strategy:
    middle = st.text(_LETTERS + "._-", max_size=limit - 2)
    return st.builds(lambda first, rest, last: first + rest + last, st.sampled_from(_LETTERS), middle, st.sampled_from(_LETTERS + "_"))


def _cased(text: Strategy) -> Strategy:
    return st.builds(lambda change, value: change(value), st.sampled_from([str, str.upper, str.lower]), text)


_PREFIXES: Final = st.lists(
    st.builds("10.{}.{}.0/24".format, st.integers(0, 255), st.integers(0, 255)) | st.builds("192.0.2.{}".format, st.integers(0, 255)),
    min_size=1,
    max_size=5,
    unique=True,
)
_PORTS: Final = st.just(["*"]) | st.lists(
    st.integers(0, 65535).map(str) | st.builds(lambda start, more: f"{start}-{start + more}", st.integers(0, 60000), st.integers(1, 5000)),
    min_size=1,
    max_size=5,
    unique=True,
)
_PEER: Final = st.fixed_dictionaries({"prefixes": _PREFIXES}) | st.fixed_dictionaries(
    {"serviceTag": st.sampled_from(["Internet", "VirtualNetwork", "Storage.UKSouth", "AzureFrontDoor.Backend"])}
)
_RULE: Final = st.fixed_dictionaries(
    {
        "name": _name(50),
        "priority": st.integers(100, 4096),
        "direction": st.sampled_from(["Inbound", "Outbound"]),
        "access": st.sampled_from(["Allow", "Deny"]),
        "protocol": st.sampled_from(["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"]),
        "peer": _PEER,
        "ports": _PORTS,
    },
    optional={"description": st.text(min_size=1, max_size=35)},
)
_RULES: Final = st.lists(
    _RULE, max_size=5, unique_by=(lambda rule: rule["name"].lower(), lambda rule: (rule["direction"], rule["priority"]))
)
_GROUP: Final = st.sampled_from([GROUP, f"{GROUP}-(\u00e9\u65e5)"])

_ADDRESS: Final = st.builds("10.1.{}.{}".format, st.integers(0, 255), st.integers(0, 255))
_LABEL: Final = st.builds(
    lambda ends, middle: ends[0] + middle + ends[1], st.sampled_from(["aZ", "0x", "Az"]), st.text("aZ09-", max_size=9)
)
_HOSTNAME: Final = st.lists(_LABEL, min_size=2, max_size=4).map(lambda labels: ".".join([*labels, "net"]))
_GATEWAY_ID: Final = _cased(st.just(GATEWAY))
_GATEWAY: Final = st.fixed_dictionaries(
    {},
    optional={
        "id": _GATEWAY_ID,
        "hostnames": st.lists(_HOSTNAME, min_size=1, max_size=3, unique_by=str.lower),
        "privateIPAddresses": st.lists(_ADDRESS, min_size=1, max_size=3, unique=True),
    },
)
_ZONE_NAME: Final = st.lists(_name(9).map(lambda label: label.replace(".", "_")), min_size=2, max_size=4).map(".".join)
_DNS: Final = st.fixed_dictionaries(
    {},
    optional={
        "management": st.sampled_from(["AzurePrivateZone", "Manual"]),
        "zones": st.lists(_ZONE_NAME, max_size=3, unique_by=str.lower).map(lambda names: [{"id": f"{ZONES}/{name}"} for name in names]),
        "linkedVirtualNetworkIds": st.lists(
            _name(64).map(lambda name: SPOKE.rpartition("/")[0] + f"/{name}"), max_size=3, unique_by=str.lower
        ),
        "ttlSeconds": st.integers(1, 86400),
        "onConflict": st.sampled_from(["Fail", "Adopt"]),
    },
)


def _in_mode(*, mode: str, **parts: Strategy) -> Strategy:
    return st.fixed_dictionaries({"mode": st.just(mode)}, optional=parts)


_OF_MODES: Final = _in_mode(mode="Injection", gateway=_GATEWAY, dns=_DNS) | _in_mode(
    mode="Integration", gateway=st.fixed_dictionaries({}, optional={"id": _GATEWAY_ID})
)
_IN_EVERY_MODE: Final[Strategy] = st.fixed_dictionaries(
    {
        "apiManagement": st.fixed_dictionaries({"id": _cased(st.just(API_MANAGEMENT))}),
        "subnet": st.fixed_dictionaries({"id": _cased(st.builds(lambda name: SUBNET.rpartition("/")[0] + f"/{name}", _name(80)))}),
    },
    optional={
        "requirementsVersion": st.sampled_from(["2025-06-18", "2026-05-20", "2026-08-26"]),
        "networkSecurityGroup": st.fixed_dictionaries(
            {},
            optional={
                "id": _cased(st.just(NETWORK_SECURITY_GROUP)),
                "attach": st.sampled_from(["IfAbsent", "Replace"]),
                "onDeny": st.sampled_from(["Report", "Precede"]),
                "additionalRules": _RULES,
            },
        ),
        "resourceGroupId": _GROUP,
        "tags": st.dictionaries(st.text("tag\u00c9 -_.", min_size=1, max_size=9), st.text(max_size=9), max_size=5).filter(
            lambda tags: len({name.lower() for name in tags}) == len(tags)
        ),
        "resourceProviderRegistration": st.sampled_from(["Verify", "Register"]),
        "managementPolicy": st.sampled_from(["Manage", "Observe"]),
        "deletionPolicy": st.sampled_from(["Retain", "Delete"]),
        "readyWhen": st.sampled_from(["NetworkPrepared", "GatewayPublished"]),
        "suspend": st.booleans(),
        "resyncIntervalSeconds": st.integers(30, 86400),
        "progressDeadlineSeconds": st.integers(60, 604800),
    },
)
GOOD: Final[Strategy] = st.builds(lambda one, other: {**one, **other}, _OF_MODES, _IN_EVERY_MODE)
"""Specs that are good."""


@st.composite
def spoilt(draw: st.DrawFn) -> Spec:
    """A spec, most likely bad: a good one in which one value is spoilt, out of its bounds, of another type, doubled or left out."""
    spec: Spec = copy.deepcopy(draw(GOOD))
    *way, last = draw(st.sampled_from(list(_paths(spec))))
    holder: Any = spec
    for step in way:
        holder = holder[step]
    value = holder[last]
    changes: list[Strategy] = [st.none(), st.sampled_from([{}, [], "", 0, 5000, True, "x", ["x"], {"x": "y"}])]
    if isinstance(value, str):
        changes += [spoilt_text(value)] * 4
    if isinstance(value, list) and value:
        changes += [st.sampled_from(value).map(lambda item: [*value, item])]
    if isinstance(value, int):
        changes += [st.integers(-1, 700_000)]
    changed = draw(st.one_of(changes))
    if changed is None:
        del holder[last]
    else:
        holder[last] = changed
    return spec


def _paths(node: Any, *way: Step) -> Iterator[tuple[Step, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*way, key)
        yield from _paths(value, *way, key)
