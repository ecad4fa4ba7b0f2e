"""Writing private DNS: conditions that fail at once or afterwards, lists that lag behind, and other people's entries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.azure.names import (
    ADDRESS,
    HOSTNAME,
    LINK,
    NAMES_QUERY,
    OTHER_ZONE,
    RECORD,
    ZONE,
    asking_for,
    contents_of,
    publish,
    put_connection,
    put_internal_gateway,
    put_link,
    put_record,
    put_zone,
    records_of,
    step,
    withdraw,
)
from contract.azure.world import GROUP, KEY, NETWORK, World, delegate
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Absent, Found, Observed
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.planning.step import Action, ReadSet
from workspace_gateway_network.runtime.ports import Key

OTHER = Key("apim", "team-b")
RECORD_PATH = "/a/@$"
ZONE_PATH = "/privatednszones/team-a[^/]*$"
LINK_PATH = "/virtualnetworklinks/wgn-hub$"
WRITES = ("PUT", "PATCH", "DELETE")


@pytest.fixture
def zone(emulator: Emulator) -> None:
    put_zone(emulator)
    put_link(emulator)


async def write(world: World, planner: Any = None, *, query: Query = NAMES_QUERY, key: Key = KEY) -> Outcome:
    """One look and one apply."""
    return await world.apply(planner or publish(ADDRESS), key=key, observed=await world.look(query))


async def converge(world: World, planner: Any = None, *, query: Query = NAMES_QUERY) -> None:
    """Look and write until nothing is left to do."""
    for _ in range(10):
        outcome = await write(world, planner, query=query)
        if outcome.waiting_for:
            outcome = await world.finish()
        assert outcome.problem is None
        if (planner or publish(ADDRESS))(await world.look(query)) == Plan():
            return
    raise AssertionError("it does not converge")


def sent_headers(world: World, method: str, ending: str) -> list[dict[str, str]]:
    return [
        {name.lower(): value for name, value in request["headers"].items()}
        for request in world.requests()
        if request["method"] == method and request["url"].split("?")[0].endswith(ending)
    ]


async def test_a_name_is_published_and_taken_back_in_safe_order(world: World) -> None:
    await converge(world)

    assert world.sent("PUT") == [("PUT", ZONE[1:]), ("PUT", RECORD[1:]), ("PUT", LINK[1:])]
    assert world.properties(RECORD)["aRecords"] == [{"ipv4Address": ADDRESS}]
    for ending in (HOSTNAME, "/A/@", "/wgn-hub"):
        (headers,) = sent_headers(world, "PUT", ending)
        assert headers["if-none-match"] == "*"
        assert "if-match" not in headers

    await converge(world, withdraw)

    assert world.sent("DELETE") == [("DELETE", RECORD[1:]), ("DELETE", LINK[1:]), ("DELETE", ZONE[1:])]
    assert world.emulator.get(ZONE) is None


async def test_etags_are_sent_exactly_as_they_were_read(zone: None, world: World) -> None:
    put_record(world.emulator, **{"wgn-owner": "us"})
    record, link, zone_ = (world.emulator.get(each) for each in (RECORD, LINK, ZONE))
    assert record is not None
    assert link is not None
    assert zone_ is not None
    assert not record["etag"].startswith('"')
    assert link["etag"].startswith('"')

    await write(world)
    (headers,) = sent_headers(world, "PUT", "/A/@")
    assert headers["if-match"] == record["etag"]
    await converge(world, withdraw)

    (headers,) = sent_headers(world, "DELETE", "/wgn-hub")
    assert headers["if-match"] == link["etag"]


async def test_a_record_is_written_at_once_and_the_next_one_with_it(zone: None, world: World) -> None:
    put_zone(world.emulator, OTHER_ZONE)
    put_link(world.emulator, zone_id=OTHER_ZONE)
    query, planner = asking_for(ZONE, OTHER_ZONE), publish(ADDRESS, zones=(ZONE, OTHER_ZONE))

    outcome = await write(world, planner, query=query)

    assert [step.target for step in outcome.completed] == [ResourceId(RECORD), ResourceId(f"{OTHER_ZONE}/A/@")]
    assert not outcome.moved
    assert planner(await world.look(query)) == Plan()


async def test_nothing_is_sent_between_the_records_own_read_and_its_write(zone: None, world: World) -> None:
    await write(world)

    sent = world.sent()
    put = sent.index(("PUT", RECORD[1:]))
    guard = sent[put - 4 : put]
    assert sorted(guard) == sorted(
        [("GET", ZONE[1:]), ("GET", f"{ZONE[1:]}/virtualNetworkLinks"), ("GET", f"{ZONE[1:]}/A"), ("GET", RECORD[1:])]
    )


async def test_zones_and_links_are_polled_as_azure_asks(world: World) -> None:
    outcome = await write(world)

    assert outcome.waiting_for == ResourceId(ZONE)
    assert outcome.retry_after == pytest.approx(30.0, abs=0.5)
    world.emulator.settings(hold_operations=True)
    assert len((await world.finish()).completed) == 1
    outcome = await write(world)
    assert [step.target for step in outcome.completed] == [ResourceId(RECORD)]
    assert outcome.waiting_for == ResourceId(LINK)
    for _ in range(3):
        world.clock.advance(31)
        polled = await world.azure.poll(key=KEY)
        assert polled is not None
        assert polled.waiting_for == ResourceId(LINK), "202 says that it goes on"

    (operation,) = [each for each in world.emulator.operations() if each["state"] == "InProgress"]
    world.emulator.succeed_operation(operation["id"])
    assert [step.target for step in (await world.finish()).completed] == [ResourceId(LINK)]


@pytest.mark.parametrize("host", ["management.azure.com:443", "attacker.example"])
async def test_an_operation_is_asked_for_at_azures_own_endpoint_or_not_at_all(world: World, host: str) -> None:
    await write(world)
    started = next(iter(world.emulator.exchanges(since=world.since)[-1:]))
    url = next(value for name, value in started["liveResponse"]["headers"].items() if name.lower() == "azure-asyncoperation")
    world.azure.forget(key=KEY)
    path = url.removeprefix(world.emulator.url)
    world.emulator.delete(ZONE)
    world.emulator.add_fault(
        method="PUT",
        path=ZONE_PATH,
        answer={"status": 202, "body": {}, "headers": {"Azure-AsyncOperation": f"https://{host}{path}", "Retry-After": "30"}},
    )
    await write(world)
    polls = len([each for each in world.sent() if "OperationStatuses" in each[1]])

    await world.finish()

    assert len([each for each in world.sent() if "OperationStatuses" in each[1]]) - polls == (1 if host.startswith("management") else 0)
    assert not [count for count in world.metrics.requests if count[2] == 0], "no connection was tried"


# --- somebody was faster ------------------------------------------------------------------------------------------------------


async def test_a_record_that_came_behind_the_guarding_read_is_never_overwritten(zone: None, world: World) -> None:
    rival = {"method": "PUT", "id": RECORD, "body": {"properties": {"ttl": 60, "aRecords": [{"ipv4Address": "10.7.7.7"}]}}}
    world.emulator.add_fault(method="PUT", path=RECORD_PATH, meanwhile=[rival], times=1)

    outcome = await write(world)

    assert outcome.moved
    assert outcome.problem is None
    assert records_of(await world.look(NAMES_QUERY)) == {"@": ("10.7.7.7",)}
    assert world.properties(RECORD)["ttl"] == 60


async def test_a_record_that_no_list_shows_yet_is_seen_by_the_guarding_read(zone: None, world: World) -> None:
    """Somebody wrote it a moment ago, and lists lag: it is found out before the write, and known from then on."""
    world.emulator.settings(private_dns={"list_lag": 60})
    world.emulator.add_fault(method="GET", path="/a$", answer={"status": 200, "body": {"value": []}})
    put_record(world.emulator)

    outcome = await write(world)

    assert outcome.moved
    assert world.sent(*WRITES) == []
    assert records_of(await world.look(NAMES_QUERY)) == {"@": ("10.9.9.9",)}
    assert publish(ADDRESS)(await world.look(NAMES_QUERY)) == Plan()


async def test_a_record_changed_behind_the_guarding_read_costs_a_412(zone: None, world: World) -> None:
    put_record(world.emulator, **{"wgn-owner": "us"})
    rival = {"method": "PATCH", "id": RECORD, "body": {"properties": {"metadata": {"team": "theirs"}}}}
    world.emulator.add_fault(method="PUT", path=RECORD_PATH, meanwhile=[rival], times=1)

    outcome = await write(world)
    assert outcome.moved
    assert world.properties(RECORD)["aRecords"] == [{"ipv4Address": "10.9.9.9"}]

    await converge(world)
    assert world.properties(RECORD)["metadata"] == {"team": "theirs", "wgn-owner": "us"}
    assert world.properties(RECORD)["aRecords"] == [{"ipv4Address": ADDRESS}]


@pytest.mark.parametrize(
    ("path", "rival"),
    [
        (ZONE_PATH, {"method": "PUT", "id": ZONE, "body": {"location": "global", "tags": {"team": "theirs"}}}),
        (
            LINK_PATH,
            {
                "method": "PUT",
                "id": LINK,
                "body": {"location": "global", "properties": {"registrationEnabled": True, "virtualNetwork": {"id": NETWORK}}},
            },
        ),
    ],
    ids=["zone", "link"],
)
async def test_a_zone_or_link_that_came_meanwhile_moves_the_plan_when_its_operation_fails(
    world: World, path: str, rival: dict[str, Any]
) -> None:
    if path == LINK_PATH:
        put_zone(world.emulator)
        put_record(world.emulator)
    world.emulator.add_fault(method="PUT", path=path, meanwhile=[rival], times=1)

    outcome = await write(world)
    assert outcome.waiting_for is not None, "private DNS accepts first"
    finished = await world.finish()

    assert finished.moved
    assert finished.problem is None
    assert finished.completed == ()
    there = contents_of(await world.look(NAMES_QUERY))
    assert isinstance(there.zone, Found)
    if path == ZONE_PATH:
        assert there.zone.value.notes == {"team": "theirs"}
    else:
        assert isinstance(there.links, Found)
        assert [link.registers for link in there.links.value] == [True]


async def test_a_zone_changed_during_its_deletion_moves_the_plan(world: World) -> None:
    put_zone(world.emulator)
    rival = {"method": "PATCH", "id": ZONE, "body": {"tags": {"keep": "me"}}}
    world.emulator.add_fault(method="DELETE", path=ZONE_PATH, meanwhile=[rival], times=1)

    await write(world, withdraw)
    finished = await world.finish()

    assert finished.moved
    assert finished.problem is None
    assert world.emulator.get(ZONE) is not None


async def test_two_resources_write_to_one_zone_one_after_the_other(world: World) -> None:
    await write(world)

    outcome = await write(world, key=OTHER)

    assert outcome.waiting_for == ResourceId(ZONE)
    assert outcome.retry_after == 1.0
    assert len(world.sent("PUT")) == 1
    await world.finish()
    assert [step.target for step in (await write(world, key=OTHER)).completed] == [ResourceId(RECORD)]


@pytest.mark.parametrize("moving", [ZONE, LINK], ids=["zone", "link"])
async def test_what_azure_is_still_at_work_on_is_waited_for(zone: None, world: World, moving: str) -> None:
    world.emulator.patch(moving, {"properties": {"provisioningState": "Deleting"}})

    outcome = await write(world, lambda observed: Plan(steps=withdraw(observed).steps[:1]))

    assert outcome.waiting_for == ResourceId(moving)
    assert world.sent(*WRITES) == []


# --- lists that lag behind -------------------------------------------------------------------------------------------------------


async def test_our_own_writes_are_seen_and_never_repeated_while_lists_lag(world: World) -> None:
    world.emulator.settings(private_dns={"list_lag": 120})
    await converge(world)
    assert len(world.sent("PUT")) == 3

    for _ in range(3):
        observed = await world.look(NAMES_QUERY)
        assert records_of(observed) == {"@": (ADDRESS,)}
        assert publish(ADDRESS)(observed) == Plan()
    assert world.sent().count(("GET", RECORD[1:])) >= 4

    await converge(world, publish("10.1.0.6"))
    assert records_of(await world.look(NAMES_QUERY)) == {"@": ("10.1.0.6",)}
    assert len(world.sent("PUT")) == 4
    statuses = {exchange["liveResponse"]["statusCode"] for exchange in world.emulator.exchanges(since=world.since)}
    assert not {412, "412", 409, "409"} & statuses


async def test_a_zone_counts_what_was_just_put_into_it(zone: None, lazy_world: World) -> None:
    await write(lazy_world)

    found = contents_of(await lazy_world.look(NAMES_QUERY)).zone

    assert isinstance(found, Found)
    assert found.value.record_sets == 1, "the list of zones is from before"


async def test_what_lists_show_is_no_longer_read_alone(zone: None, world: World) -> None:
    world.emulator.settings(private_dns={"list_lag": 120})
    await write(world)
    await world.look(NAMES_QUERY)
    world.emulator.settings(private_dns={"list_lag": 0})
    await world.look(NAMES_QUERY)
    settled = len(world.sent())

    await world.look(NAMES_QUERY)

    alone = {("GET", RECORD[1:]), ("GET", ZONE[1:])}
    assert not alone & set(world.sent()[settled:])


async def test_what_is_deleted_is_gone_though_lists_still_show_it(zone: None, world: World) -> None:
    put_record(world.emulator)
    world.emulator.settings(private_dns={"list_lag": 120})

    await converge(world, withdraw)

    assert isinstance(contents_of(await world.look(NAMES_QUERY)).zone, Absent)
    assert [method for method, _ in world.sent(*WRITES)] == ["DELETE", "DELETE", "DELETE"]


# --- answers that never come ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("path", [ZONE_PATH, RECORD_PATH, LINK_PATH], ids=["zone", "record", "link"])
async def test_a_write_whose_answer_is_lost_is_looked_after_and_not_repeated(world: World, path: str, moment: str) -> None:
    if path == RECORD_PATH:
        put_zone(world.emulator)
    world.emulator.settings(private_dns={"list_lag": 120})
    world.emulator.add_fault(method="PUT", path=path, drop=moment, times=1)
    problems: list[Any] = []

    for _ in range(10):
        outcome = await write(world)
        if outcome.waiting_for and await world.azure.poll(key=KEY):
            outcome = await world.finish()
        problems += [outcome.problem] if outcome.problem else []
        if publish(ADDRESS)(await world.look(NAMES_QUERY)) == Plan():
            break

    assert [problem.reason for problem in problems] == [Reason.AZURE_UNAVAILABLE]
    assert problems[0].condition is ConditionType.AZURE_ACCESS
    assert problems[0].message.endswith("Server disconnected. The operator looks whether it happened.")
    puts = len(sent_headers(world, "PUT", {ZONE_PATH: HOSTNAME, RECORD_PATH: "/A/@", LINK_PATH: "/wgn-hub"}[path]))
    assert puts == (1 if moment == "after" else 2)


async def test_after_a_lost_answer_a_confirmed_absence_is_no_longer_believed(world: World) -> None:
    world.emulator.settings(private_dns={"list_lag": 120})
    world.emulator.add_fault(method="PUT", path=ZONE_PATH, drop="after", times=1)
    observed = await world.look(NAMES_QUERY)
    assert isinstance(contents_of(observed).zone, Absent)

    await world.apply(publish(ADDRESS), observed=observed)

    assert isinstance(contents_of(await world.look(NAMES_QUERY)).zone, Found)


# --- what is not ours -------------------------------------------------------------------------------------------------------------


async def test_foreign_metadata_and_unknown_properties_survive(zone: None, world: World) -> None:
    put_record(world.emulator, **{"wgn-owner": "us", "team": "network"})
    world.emulator.patch(RECORD, {"properties": {"propertyOfTheFuture": {"deep": [1, None]}}})

    outcome = await write(world)

    assert len(outcome.completed) == 1
    assert outcome.concurrent_changes == ()
    after = world.properties(RECORD)
    assert after["metadata"] == {"team": "network", "wgn-owner": "us"}
    assert after["propertyOfTheFuture"] == {"deep": [1, None]}
    assert after["ttl"] == 300


async def test_a_rivals_metadata_right_after_our_write_is_told_of_by_entry(zone: None, world: World) -> None:
    put_record(world.emulator, **{"wgn-owner": "us", "team": "network"})
    rival = {"method": "PATCH", "id": RECORD, "body": {"properties": {"metadata": {"team": "theirs", "wgn-owner": "them"}}}}
    # The first GET of the record guards the write, the second one reads it back.
    world.emulator.add_fault(method="GET", path=RECORD_PATH, nth=2, meanwhile=[rival])

    outcome = await write(world)

    (change,) = outcome.concurrent_changes
    assert change.resource == ResourceId(RECORD)
    assert (change.path, change.sent, change.read) == ("properties.metadata.team", "network", "theirs")


async def test_a_rivals_tag_is_told_of_and_a_tag_of_ours_touches_nothing_else(zone: None, world: World) -> None:
    world.emulator.patch(ZONE, {"tags": {"team": "network"}})

    def mark(observed: Observed) -> Plan:
        found = contents_of(observed).zone
        assert isinstance(found, Found)
        if "wgn-owner" in found.value.notes:
            return Plan()
        body: Any = {"tags": {**found.value.notes, "wgn-owner": "us"}}
        owned = frozenset({"tags.wgn-owner"})
        return Plan(steps=(step(Action.TAG, found.value.id, body=body, etag=found.value.etag, owned=owned),))

    await write(world, mark)
    (headers,) = sent_headers(world, "PATCH", HOSTNAME)
    assert headers["if-match"]
    world.clock.advance(31)
    polled = world.emulator.add_fault(
        method="GET", path=ZONE_PATH, meanwhile=[{"method": "PATCH", "id": ZONE, "body": {"tags": {"team": "theirs"}}}], times=1
    )
    finished = await world.finish()

    assert polled
    (change,) = finished.concurrent_changes
    assert (change.path, change.sent, change.read) == ("tags.team", "network", "theirs")


# --- what Azure refuses -------------------------------------------------------------------------------------------------------------


async def test_a_network_that_has_a_zone_of_that_name_needs_a_person(world: World) -> None:
    elsewhere = ZONE.replace("/net/", "/dns/")
    world.emulator.put(GROUP.replace("/net", "/dns"), {"location": "uksouth"})
    put_zone(world.emulator, elsewhere)
    put_link(world.emulator, zone_id=elsewhere, name="theirs")
    put_zone(world.emulator)
    put_record(world.emulator)

    outcome = await write(world)

    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.RECORD_CONFLICT
    assert outcome.problem.reason.needs_a_person
    assert outcome.problem.condition is ConditionType.DNS_RECORDS_PUBLISHED
    assert outcome.problem.message == (
        f"Azure does not let the operator write virtual network link wgn-hub of private DNS zone {HOSTNAME}, for the virtual network is linked "
        "to a zone of that name already: A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link "
        f"virtual network with '{HOSTNAME}' and '{HOSTNAME}' zones. Name that zone in spec.dns.zones to have the record put into it. "
        "(BadRequest)"
    )


async def test_a_zone_that_still_has_links_is_in_use(zone: None, world: World) -> None:
    def zone_only(observed: Observed) -> Plan:
        return Plan(steps=withdraw(observed).steps[-1:])

    outcome = await write(world, zone_only)

    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.RESOURCE_IN_USE
    assert outcome.problem.message == (
        f"Azure does not let the operator delete private DNS zone {HOSTNAME} while it is in use: Cannot delete resource"
        " while nested resources exist. Some existing nested resource IDs include:"
        f" 'Microsoft.Network/privateDnsZones/{HOSTNAME}/virtualNetworkLinks/wgn-hub'. Please delete all nested"
        " resources before deleting this resource. Take away what uses it. (CannotDeleteResource)"
    )


async def test_a_record_of_a_zone_that_went_meanwhile_is_gone_as_well(zone: None, world: World) -> None:
    put_record(world.emulator)
    gone = [{"method": "DELETE", "id": each} for each in (RECORD, LINK, ZONE)]
    world.emulator.add_fault(method="DELETE", path=RECORD_PATH, meanwhile=gone, times=1)

    outcome = await write(world, withdraw)

    assert outcome.completed[0].target == ResourceId(RECORD)


async def test_a_record_below_a_zone_that_went_meanwhile_moves_the_plan(zone: None, world: World) -> None:
    gone = [{"method": "DELETE", "id": each} for each in (LINK, ZONE)]
    world.emulator.add_fault(method="PUT", path=RECORD_PATH, meanwhile=gone, times=1)

    outcome = await write(world)

    assert outcome.moved
    assert outcome.problem is None


async def test_a_guard_that_finds_new_names_reads_their_zones_as_well(zone: None, lazy_world: World) -> None:
    def zone_ids(_: Any, hostnames: Any) -> frozenset[ResourceId]:
        return frozenset({ResourceId(ZONE)} if hostnames.value else ())

    observed = await lazy_world.look(replace(NAMES_QUERY, zone_ids=zone_ids))
    assert observed.zones == {}
    put_internal_gateway(lazy_world.emulator)
    put_connection(lazy_world.emulator, "one")
    guarded: list[Observed] = []

    def planner(seen: Observed) -> Plan:
        guarded.append(seen)
        (delegation,) = delegate(seen).steps
        return Plan(steps=(replace(delegation, reads=ReadSet(subnet=True, gateways=True)),))

    await lazy_world.apply(planner, observed=observed)

    assert guarded[-1].hostnames == Found((HOSTNAME,))
    assert records_of(guarded[-1]) == {}


async def test_what_could_not_be_read_again_is_not_written(zone: None, world: World) -> None:
    observed = await world.look(NAMES_QUERY)
    world.emulator.add_fault(method="GET", path="/virtualnetworklinks$", answer={"status": 503, "body": "<html></html>"})

    outcome = await world.apply(publish(ADDRESS), observed=observed)

    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.AZURE_UNAVAILABLE
    assert world.sent(*WRITES) == []
