"""Names in private DNS, for any sequence of looks: what is not known takes nothing away, and what is known is published exactly."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workspace_gateway_network.model.private_dns import RecordSet
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.absence import is_gateway_gone
from workspace_gateway_network.planning.deletion import plan_deletion
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.observed import Observed, Unreadable
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.planning.step import Action, Step
from workspace_gateway_network.runtime.absences import Absences
from workspace_gateway_network.runtime.ports import Key
from worlds import documents
from worlds.azure import RECORDS, World, absent, forbidden, trouble
from worlds.documents import Document, link, record, zone, zone_id
from worlds.injection import SHARED_ZONE, SPOKE_ID, Memory, injection_gateway, wanted, world
from worlds.names import ADDRESS, HOST, OTHER_HOST
from worlds.resources import MARK, neighbour, neighbours

KEY = Key("apim", "team-a")
HOSTS = (HOST, OTHER_HOST)
TEAM_B = neighbour("team-b")


@dataclass(frozen=True, kw_only=True)
class Partial:
    """What one look at a gateway that lives does not show."""

    gateway: str
    connections: str
    listing: str
    zone: tuple[str, str] | None
    has_link: bool
    seconds: int

    def of(self, azure: World, desired: Desired) -> Observed:
        """The look."""
        there = copy.copy(azure)
        there.gateways = [each for each in [_seen(self.gateway)] if each]
        there.subnet = copy.deepcopy(azure.subnet)
        there.subnet["properties"].pop("serviceAssociationLinks", None)
        if self.has_link:
            there.subnet["properties"]["serviceAssociationLinks"] = [documents.service_association_link()]
        there.connections = {"empty": [], "half": [HOST, ""], "foreign": ["", "api.contoso.com"]}.get(self.connections, list(HOSTS))
        look = there.looked(desired.query)
        unread: Mapping[str, Any] = {"failed": Unreadable(trouble()), "forbidden": Unreadable(forbidden()), "absent": absent()}
        look = replace(look, hostnames=unread.get(self.connections, look.hostnames), zones=self._zones(look))
        problem = {"short": trouble(), "forbidden": forbidden()}.get(self.listing)
        is_hidden = problem is not None and not look.gateways.found
        absent_ids = frozenset() if is_hidden else look.gateways.absent
        return replace(look, gateways=replace(look.gateways, incomplete=problem, absent=absent_ids))

    def _zones(self, look: Observed) -> Mapping[ResourceId, Any]:
        name, part = self.zone or ("", "")
        unread: Any = Unreadable(trouble())
        parts = {"zone": unread, "links": unread, "records": unread} if part == "zone" else {part: unread}
        return {each: replace(contents, **parts) if each.name == name else contents for each, contents in look.zones.items()}


def _seen(how: str) -> Document | None:
    states = {"Updating", "Failed", "Activating", ""}
    if how in states:
        return injection_gateway(state=how)
    shapes: dict[str, Document | None] = {
        "whole": injection_gateway(),
        "no address": injection_gateway(addresses=[]),
        "no frontend": injection_gateway(addresses=None),
        "no subnet": injection_gateway(subnet_id=None),
        "a name of its own": injection_gateway(hostname=OTHER_HOST),
        "missing": None,
    }
    return shapes[how]


PARTIAL = st.builds(
    Partial,
    gateway=st.sampled_from(
        ["whole", "no address", "no frontend", "no subnet", "a name of its own", "missing", "Updating", "Failed", "Activating", ""]
    ),
    connections=st.sampled_from(["whole", "empty", "half", "foreign", "failed", "forbidden", "absent"]),
    listing=st.sampled_from(["whole", "whole", "short", "forbidden"]),
    zone=st.none() | st.tuples(st.sampled_from(["azure-api.net", *HOSTS]), st.sampled_from(["zone", "links", "records"])),
    has_link=st.booleans(),
    seconds=st.sampled_from([1, 60, 599, 600, 4000]),
)


@st.composite
def sequences(draw: st.DrawFn) -> list[Partial]:
    """Looks in a row. A gateway that lives is missing from one now and then, never from two running."""
    looks: list[Partial] = []
    for look in draw(st.lists(PARTIAL, min_size=1, max_size=8)):
        twice = bool(looks) and looks[-1].gateway == look.gateway == "missing"
        looks.append(replace(look, gateway="whole") if twice else look)
    return looks


@st.composite
def fields_of_dns(draw: st.DrawFn) -> Document:
    """Any way to have names published in Azure."""
    return {
        "zones": [{"id": SHARED_ZONE}] if draw(st.booleans()) else [],
        "linkedVirtualNetworkIds": [SPOKE_ID] if draw(st.booleans()) else [],
        "ttlSeconds": draw(st.sampled_from([60, 300])),
        "onConflict": draw(st.sampled_from(["Fail", "Adopt"])),
    }


@st.composite
def surroundings(draw: st.DrawFn) -> list[Document]:
    """What others have in private DNS: in the shared zone, and in zones of their own. None of it is in the way."""
    there = [zone(SHARED_ZONE, tags=draw(st.sampled_from([None, {"theirs": "x"}])))]
    metadata = st.sampled_from([None, {"theirs": "x"}, TEAM_B.owner.tags, {"wgn-owner": "000000dc79bafdf5"}])
    names = draw(st.lists(st.sampled_from(["www", "team-b", "*"]), unique=True))
    there += [record(SHARED_ZONE, "10.1.9.9", name=name, metadata=draw(metadata)) for name in names]
    if draw(st.booleans()):
        there.append(link(SHARED_ZONE, "theirs", network_id=f"{SPOKE_ID}-2", registrationEnabled=draw(st.booleans())))
    if draw(st.booleans()):
        there += [zone(zone_id("contoso.com"), tags=TEAM_B.owner.tags), record(zone_id("contoso.com"), ADDRESS)]
    return there


def live(private_dns: list[Document]) -> World:
    linked = documents.subnet(serviceAssociationLinks=[documents.service_association_link()])
    linked["properties"]["delegations"] = [documents.delegation(f"wgn-{MARK}", "Microsoft.Web/hostingEnvironments")]
    return world(*private_dns, connections=HOSTS, subnet=linked)


def takes_away(step: Step) -> bool:
    """Whether something goes, or points elsewhere than at the gateway."""
    gone = any(change.before and not change.after for change in step.changes)
    body: Any = step.body or {}
    told = [each["ipv4Address"] for each in body.get("properties", {}).get("aRecords", [])]
    return step.action is Action.DELETE or gone or (step.target.type == RECORDS and told != [ADDRESS])


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, tzinfo=UTC)
        self.absences = Absences(seconds=600, clock=lambda: self.now)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def knowing(self, desired: Desired, look: Observed) -> Desired:
        """What is wanted, after one more look, with what looks have proved."""
        is_gone = is_gateway_gone(desired=desired, observed=look)
        known = desired.query.knowing(look.zones).known_gateway_ids
        return replace(desired, gateway_is_gone=self.absences.is_confirmed(KEY, is_gone=is_gone, gateway_ids=known))


@given(there=surroundings(), dns=fields_of_dns(), looks=sequences())
def test_nothing_changes_under_a_gateway_that_lives(there: list[Document], dns: Document, looks: list[Partial]) -> None:
    memory = Memory(live(there))
    memory.settle(wanted(dns=dns))
    clock = Clock()

    for partial in looks:
        clock.wait(partial.seconds)
        ours = memory.remembering(wanted(dns=dns))
        look = partial.of(memory.world, ours)
        assert plan(desired=clock.knowing(ours, look), observed=look, neighbours=neighbours(TEAM_B)).steps == ()


@given(there=surroundings(), dns=fields_of_dns(), looks=sequences(), steps=st.integers(0, 8))
def test_what_is_half_published_only_grows(there: list[Document], dns: Document, looks: list[Partial], steps: int) -> None:
    memory = Memory(live(there))
    for _ in range(steps):
        memory.world.apply(*memory.plan(wanted(dns=dns)).steps[:1])
    clock = Clock()

    for partial in looks:
        clock.wait(partial.seconds)
        ours = memory.remembering(wanted(dns=dns))
        look = partial.of(memory.world, ours)
        known = clock.knowing(ours, look)
        result = plan(desired=known, observed=look, neighbours=neighbours(TEAM_B))
        assert not any(map(takes_away, result.steps))
        memory.world.apply(*result.steps[:1])
        memory.owned |= frozenset(result.owned)

    memory.settle(wanted(dns=dns))
    assert our_records(memory.world) == published(dns)


@given(there=surroundings(), dns=fields_of_dns(), looks=sequences())
def test_a_deletion_touches_nothing_without_proof(there: list[Document], dns: Document, looks: list[Partial]) -> None:
    memory = Memory(live(there))
    memory.settle(wanted(dns=dns))

    for partial in looks:
        ours = memory.remembering(wanted(dns=dns))
        look = partial.of(memory.world, ours)
        if not is_gateway_gone(desired=ours, observed=look) or partial.has_link:
            assert plan_deletion(desired=ours, observed=look).steps == ()


@given(there=surroundings(), dns=fields_of_dns(), looks=sequences(), remembers=st.booleans())
def test_another_mode_takes_nothing_without_proof(there: list[Document], dns: Document, looks: list[Partial], remembers: bool) -> None:
    memory = Memory(live(there))
    memory.settle(wanted(dns=dns))

    for partial in looks:
        ours = memory.remembering(wanted(mode="Integration"))
        if not remembers:
            ours = replace(ours, known_gateway_ids=frozenset())
        look = partial.of(memory.world, ours)
        if not is_gateway_gone(desired=ours, observed=look):
            result = plan(desired=ours, observed=look, neighbours=neighbours(TEAM_B))
            assert not any(map(takes_away, result.steps))


def our_records(azure: World) -> dict[str, tuple[list[str], int]]:
    """Addresses and TTL of our records, by the whole name."""
    ours = [RecordSet.from_arm(each) for each in azure.names().values() if each["type"].endswith("/A")]
    return {
        each.zone_id.name if each.name == "@" else f"{each.name}.{each.zone_id.name}": (list(each.addresses), each.ttl)
        for each in ours
        if each.owner_mark == MARK
    }


def published(dns: Document) -> dict[str, tuple[list[str], int]]:
    """What shall be there."""
    return {host: ([ADDRESS], dns["ttlSeconds"]) for host in HOSTS}


@given(there=surroundings(), dns=fields_of_dns(), before=fields_of_dns())
def test_full_knowledge_comes_to_exactly_what_is_wanted(there: list[Document], dns: Document, before: Document) -> None:
    azure = live(there)
    foreign = azure.names()
    memory = Memory(azure)
    memory.settle(wanted(dns=before))

    result = memory.settle(wanted(dns=dns))

    assert result.findings == ()
    assert our_records(azure) == published(dns)
    assert {key: value for key, value in azure.names().items() if key in foreign} == foreign
    kept = {each.zone_id for each in result.names.records if each.zone_id} if result.names else set()
    ours = [each for each in azure.zone_ids() if (azure.private_dns[each].get("tags") or {}).get("wgn-owner") == MARK]
    assert set(ours) == {each for each in kept if each.name in HOSTS}
    assert memory.plan(wanted(dns=dns)).steps == ()


@given(there=surroundings(), dns=fields_of_dns())
def test_in_the_end_there_is_nothing_of_ours(there: list[Document], dns: Document) -> None:
    azure = live(there)
    foreign = copy.deepcopy(azure.names())
    memory = Memory(azure)
    memory.settle(wanted(dns=dns))
    azure.gateways.clear()
    azure.connections.clear()
    azure.subnet["properties"].pop("serviceAssociationLinks")

    memory.delete(wanted(dns=dns))

    left = {key: value for key, value in azure.names().items() if key not in foreign}
    is_shared = any(each["properties"].get("metadata", {}).get("wgn-owner") for each in there if each["id"].startswith(f"{SHARED_ZONE}/A"))
    assert {key: value for key, value in azure.names().items() if key in foreign} == foreign
    assert not left or (is_shared and {each["type"].rpartition("/")[2] for each in left.values()} == {"virtualNetworkLinks"})
    assert our_records(azure) == {}
