"""Scopes hold for whatever is named: whole segments, any case, and never a step beyond them."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.scope import Scope
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.scopes import Allowance, NamespaceScopes, within
from worlds.azure import World
from worlds.documents import NETWORK_GROUP, NETWORK_ID, SERVICE_ID, SUBNET_ID, SUBSCRIPTION, group, group_id, zone, zone_id
from worlds.injection import Memory, wanted, world
from worlds.names import HOST
from worlds.resources import OUR_GROUP_ID, OUR_TAGS

NAMES = st.text(alphabet=string.ascii_letters + string.digits + "-._()Äé\N{KELVIN SIGN}", min_size=1, max_size=6)
SUBSCRIPTIONS = st.sampled_from([f"/subscriptions/{SUBSCRIPTION}", f"/subscriptions/{SUBSCRIPTION[:-1]}6"])
GROUPS = st.builds("{}/resourceGroups/{}".format, SUBSCRIPTIONS, NAMES)
RESOURCES = st.builds("{}/providers/Microsoft.Network/{}/{}".format, GROUPS, st.sampled_from(["virtualNetworks", "privateDnsZones"]), NAMES)
CHILDREN = st.builds("{}/{}/{}".format, RESOURCES, st.sampled_from(["subnets", "A"]), NAMES)
IDS = st.one_of(GROUPS, RESOURCES, CHILDREN)
SCOPES = st.one_of(SUBSCRIPTIONS, IDS)


def swapped(text: str) -> str:
    """The other case of every ASCII letter."""
    return "".join(letter.swapcase() if letter in string.ascii_letters else letter for letter in text)


@given(scope=SCOPES, text=IDS)
def test_a_scope_covers_just_what_is_it_or_begins_with_it_and_a_slash(scope: str, text: str) -> None:
    def fold(each: str) -> str:
        return "".join(letter.lower() if letter in string.ascii_letters else letter for letter in each) + "/"

    assert Scope.parse(scope).covers(ResourceId(text)) is fold(text).startswith(fold(scope))


@given(text=IDS, depth=st.sampled_from([3, 5, 9, 11]), tail=NAMES)
def test_every_scope_above_covers_and_none_that_only_begins_alike_does(text: str, depth: int, tail: str) -> None:
    above = "/".join(text.split("/")[:depth])

    assert Scope.parse(above).covers(ResourceId(text))
    assert Scope.parse(swapped(above)).covers(ResourceId(text))
    assert not Scope(above + tail).covers(ResourceId(text))
    assert not Scope(above[:-1]).covers(ResourceId(text))


@given(
    by_pattern=st.dictionaries(st.sampled_from(["*", "team-*", "team-a", "team-?", "[st]*", "shop"]), st.lists(SCOPES, max_size=3)),
    namespace=st.sampled_from(["team-a", "team-bb", "shop", "team-"]),
    text=IDS,
)
def test_patterns_only_ever_add(by_pattern: dict[str, list[str]], namespace: str, text: str) -> None:
    def covered(patterns: dict[str, list[str]]) -> bool:
        scopes = NamespaceScopes(by_pattern={pattern: tuple(map(Scope, listed)) for pattern, listed in patterns.items()})
        return scopes.of(namespace).covers(ResourceId(text))

    assert covered(by_pattern) is any(covered({pattern: listed}) for pattern, listed in by_pattern.items())


PARTS = [SUBNET_ID, NETWORK_ID, SERVICE_ID, OUR_GROUP_ID, group_id("theirs"), zone_id(HOST), zone_id("azure-api.net"), NETWORK_GROUP]
MOVES = [{}, {"dns": {"zones": [{"id": zone_id("azure-api.net")}]}}, {"dns": {"management": "Manual"}}, {"mode": "Integration"}]


@given(
    listed=st.lists(st.sampled_from(PARTS), max_size=5),
    is_planted=st.booleans(),
    moves=st.lists(st.sampled_from(MOVES), min_size=1, max_size=4),
    deletes=st.booleans(),
)
def test_no_step_goes_beyond_the_scopes_and_what_is_left_out_is_told(
    listed: list[str], is_planted: bool, moves: list[dict[str, object]], deletes: bool
) -> None:
    allowance = Allowance(namespace="apim", scopes=tuple(map(Scope, listed)))
    azure: World = world(zone(zone_id("azure-api.net")), groups=[group("theirs", tags=OUR_TAGS if is_planted else {})])
    memory = Memory(azure)

    def check(result: Plan, *, deleting: bool = False) -> None:
        held = within(result, allowance=allowance, deleting=deleting)
        assert all(allowance.covers(step.target) for step in held.steps)
        assert (held is result) is (held.findings == result.findings)
        assert all(step in result.steps for step in held.steps)
        assert not (held.blocked and held.steps)

    for move in moves:
        desired = wanted(**move)  # type: ignore[arg-type]
        for _ in range(4):
            result = memory.plan(desired)
            check(result)
            azure.apply(*result.steps)
    if deletes:
        check(memory.plan_deletion(wanted()), deleting=True)
