"""A gateway that lives, seen through Azure's answers: whatever they leave out, refuse or break, nothing of it is taken away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from property.test_names import HOSTS, TEAM_B, Clock, fields_of_dns, live, surroundings
from workspace_gateway_network.azure.arm import Arm
from workspace_gateway_network.azure.inventory import Inventory
from workspace_gateway_network.azure.options import AzureEndpoints, AzureIdentity, AzureOptions
from workspace_gateway_network.planning.deletion import plan_deletion
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.observed import Observed
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.runtime.settings import Credential
from worlds import documents
from worlds.answers import Answers
from worlds.azure import World
from worlds.documents import Document
from worlds.injection import Memory, injection_gateway, wanted
from worlds.names import ADDRESS, OTHER_HOST
from worlds.resources import neighbours

BROKEN = ("403", "404", "503")
LISTS = ("networks", "groups", "gateways", "zones", "connections", "links", "records")
SINGLES = ("network", "subnet", "group", "gateway", "zone", "link", "record", "service")
FAULTS = (
    *((name, status) for name in LISTS for status in BROKEN),
    *((name, status) for name in SINGLES for status in ("403", "503")),
    *(("connections", fault) for fault in ("empty", "nameless", "foreign")),
    ("gateways", "lacks"),
    ("gateway", "404"),
)
"""What may be wrong with an answer. Nothing else that lives is said to be missing by a GET: that would be the truth."""

GATEWAYS: dict[str, Document] = {
    "whole": injection_gateway(),
    "no address": injection_gateway(addresses=[]),
    "no frontend": injection_gateway(addresses=None),
    "no subnet": injection_gateway(subnet_id=None),
    "no type": injection_gateway(kind=""),
    "a name of its own": injection_gateway(hostname=OTHER_HOST),
    **{state or "no state": injection_gateway(state=state) for state in ("Updating", "Failed", "Activating", "")},
}


KINDS = {*FAULTS, *GATEWAYS, *((name, value) for name in ("link", "status") for value in (True, False)), "gone for one look"}
"""All that must have been played for a property to mean anything."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What is wrong while one look is made."""

    faults: tuple[tuple[str, str], ...]
    gateway: str
    shows_link: bool
    remembers: bool
    """Whether the status is there; one that was lost remembers neither the gateway nor what is ours."""
    seconds: int

    @property
    def kinds(self) -> Iterator[Hashable]:
        """What is played here, for counting."""
        yield from self.faults
        yield from (self.gateway, ("link", self.shows_link), ("status", self.remembers))
        if self.hides_gateway:
            yield "gone for one look"

    @property
    def hides_gateway(self) -> bool:
        """Whether all that is asked may say that there is no gateway."""
        is_gone = ("gateway", "404") in self.faults or not self.remembers
        is_unlisted = ("gateways", "lacks") in self.faults or (("gateways", "403") in self.faults and not self.shows_link)
        return is_gone and is_unlisted


ANYWHERE_ELSE = st.lists(
    st.sampled_from([fault for fault in FAULTS if fault[0] not in {"gateways", "gateway"}]), max_size=2, unique_by=lambda fault: fault[0]
)


@st.composite
def faults(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """Every way to hear of the gateway with every other, for together they are what its end is judged by; and a little elsewhere."""
    listed, alone = (draw(st.sampled_from(["", *(fault for name, fault in FAULTS if name == each)])) for each in ("gateways", "gateway"))
    return tuple(fault for fault in [("gateways", listed), ("gateway", alone), *draw(ANYWHERE_ELSE)] if fault[1])


MOMENTS = st.builds(
    Moment,
    faults=faults(),
    gateway=st.sampled_from(sorted(GATEWAYS)),
    shows_link=st.booleans(),
    remembers=st.sampled_from([True, True, False]),
    seconds=st.sampled_from([1, 60, 599, 600, 4000]),
)


ENOUGH = settings(phases=(Phase.generate,), max_examples=max(settings().max_examples, 250))
"""Examples for all kinds to be played several times. None is made smaller, which takes minutes and tells little of a history."""


@st.composite
def histories(draw: st.DrawFn) -> list[Moment]:
    """Looks in a row. A gateway that lives is gone for one now and then, never for two running."""
    moments: list[Moment] = []
    for moment in draw(st.lists(MOMENTS, min_size=3, max_size=8)):
        is_second = bool(moments) and moments[-1].hides_gateway and moment.hides_gateway
        moments.append(replace(moment, faults=()) if is_second else moment)
    return moments


class Watch:
    """The operator's reads of a world whose answers are wrong now and then."""

    def __init__(self, world: World) -> None:
        self.clock = Clock()
        self.answers = Answers(world)
        self.inventory = Inventory(arm=cast("Arm", self.answers), options=OPTIONS, now=self._now)
        self._began = self.clock.now

    def _now(self) -> float:
        return (self.clock.now - self._began).total_seconds()

    def look(self, moment: Moment, desired: Desired) -> Observed:
        """One look, after so much time."""
        self.clock.wait(moment.seconds)
        self.answers.faults = dict(moment.faults)
        self.answers.gateway = GATEWAYS[moment.gateway]
        links = [documents.service_association_link()] if moment.shows_link else []
        self.answers.world.subnet["properties"]["serviceAssociationLinks"] = links
        return asyncio.run(self.inventory.look(query=desired.query, urgency=0))


OPTIONS = AzureOptions(
    endpoints=AzureEndpoints(resource_manager="https://arm", audience="https://arm", authority_host="https://login"),
    identity=AzureIdentity(credential=Credential.CLIENT_SECRET, tenant_id="t", client_id="c", client_secret="s"),
    look_max_age=0.0,
    refusal_memory=0.0,
    absence_memory=0.0,
)
"""Nothing is believed from one look to the next, so that every moment is what it says."""


def settled(there: list[Document], dns: Document) -> Memory:
    memory = Memory(live(there))
    memory.settle(wanted(dns=dns))
    return memory


def recalled(memory: Memory, desired: Desired, moment: Moment) -> Desired:
    return memory.remembering(desired) if moment.remembers else desired


def test_nothing_changes_under_a_gateway_that_lives() -> None:
    played: Counter[Any] = Counter()

    @ENOUGH
    @given(there=surroundings(), dns=fields_of_dns(), history=histories())
    def property_holds(there: list[Document], dns: Document, history: list[Moment]) -> None:
        memory = settled(there, dns)
        watch = Watch(memory.world)
        for moment in history:
            played.update(moment.kinds)
            ours = recalled(memory, wanted(dns=dns), moment)
            look = watch.look(moment, ours)
            assert plan(desired=watch.clock.knowing(ours, look), observed=look, neighbours=neighbours(TEAM_B)).steps == ()

    property_holds()

    assert KINDS - {kind for kind, times in played.items() if times} == set()


def test_a_deletion_and_another_mode_take_nothing_without_proof() -> None:
    played: Counter[Any] = Counter()

    @ENOUGH
    @given(there=surroundings(), dns=fields_of_dns(), history=histories())
    def property_holds(there: list[Document], dns: Document, history: list[Moment]) -> None:
        memory = settled(there, dns)
        watch = Watch(memory.world)
        for moment in (each for each in history if not each.hides_gateway):
            played.update(moment.kinds)
            ours = recalled(memory, wanted(dns=dns), moment)
            other = recalled(memory, wanted(mode="Integration"), moment)
            look = watch.look(moment, ours)
            assert plan_deletion(desired=ours, observed=look).steps == ()
            assert plan(desired=other, observed=look, neighbours=neighbours(TEAM_B)).steps == ()

    property_holds()

    assert KINDS - {"gone for one look"} - {kind for kind, times in played.items() if times} == set()


def test_answers_without_fault_are_the_world() -> None:
    memory = settled([documents.zone(documents.zone_id("azure-api.net"))], {"zones": [{"id": documents.zone_id("azure-api.net")}]})
    ours = memory.remembering(wanted(dns={"zones": [{"id": documents.zone_id("azure-api.net")}]}))

    look = Watch(memory.world).look(Moment(faults=(), gateway="whole", shows_link=True, remembers=True, seconds=0), ours)

    assert look.hostnames.value == HOSTS  # type: ignore[union-attr]
    assert [gateway.private_ip_addresses for gateway in look.gateways.found] == [(ADDRESS,)]
    assert look.zones == memory.world.looked(ours.query).zones
