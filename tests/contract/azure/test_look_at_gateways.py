"""Looking at gateways: those that lists hide, their undeclared addresses, and the names in their connections."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.azure.names import (
    ADDRESS,
    GATEWAY,
    HOSTNAME,
    ZONE,
    asking_for,
    put_connection,
    put_internal_gateway,
    put_record,
    put_zone,
)
from contract.azure.world import GROUP, NETWORK, QUERY, SUBSCRIPTION, World, delegate, fault_403
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Found, Observed, Unreadable
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import ReadSet

CONNECTIONS = ("GET", f"{GATEWAY[1:]}/configConnections")
ALONE = ("GET", GATEWAY[1:])
LIST = "^/subscriptions/[^/]+/providers/microsoft.apimanagement/gateways$"
EMPTY = {"status": 200, "body": {"value": []}}
NAMES = asking_for()
BY_ID = asking_for(known=(GATEWAY,))


@pytest.fixture
def gateway(emulator: Emulator) -> None:
    put_internal_gateway(emulator)


async def test_a_gateway_has_its_address_and_its_names(gateway: None, world: World) -> None:
    put_connection(world.emulator, "one")
    put_connection(world.emulator, "two", others=("api.contoso.com",))

    observed = await world.look(NAMES)

    (found,) = observed.gateways.found
    assert found.private_ip_addresses == (ADDRESS,)
    assert observed.gateways.incomplete is None
    assert observed.hostnames == Found((HOSTNAME, "api.contoso.com"))


async def test_gateways_are_asked_for_in_a_version_that_shows_addresses(gateway: None, world: World) -> None:
    await world.look(NAMES)

    asked = {request["url"] for request in world.requests() if "/gateways" in request["url"]}
    assert len(asked) == 3, "the gateways, its connections, and whether there are really none"
    assert {url.split("api-version=")[1] for url in asked} == {"2024-06-01-preview"}


async def test_names_are_read_only_where_they_are_wanted(gateway: None, world: World) -> None:
    put_connection(world.emulator, "one")

    observed = await world.look()

    assert observed.hostnames == Found(())
    assert CONNECTIONS not in world.sent()


async def test_without_a_gateway_there_are_no_names(world: World) -> None:
    put_internal_gateway(world.emulator, subnet=f"{NETWORK}/subnets/team-b")

    observed = await world.look(NAMES)

    assert observed.hostnames == Found(())
    assert CONNECTIONS not in world.sent()


async def test_a_gateway_that_the_spec_names_has_names_wherever_it_is_and_one_known_from_before_where_it_was(world: World) -> None:
    put_internal_gateway(world.emulator, subnet=f"{NETWORK}/subnets/team-b")
    put_connection(world.emulator, "one")

    assert (await world.look(asking_for(gateway_id=GATEWAY))).hostnames == Found((HOSTNAME,))
    assert (await world.look(BY_ID)).hostnames == Found(())


async def test_no_other_gateway_stands_in_for_the_one_that_the_spec_names(gateway: None, world: World) -> None:
    put_connection(world.emulator, "one")

    assert (await world.look(asking_for(gateway_id=f"{GATEWAY}-2", known=(GATEWAY,)))).hostnames == Found(())


async def test_of_the_gateways_known_by_id_the_one_in_the_subnet_is_in_question(gateway: None, world: World) -> None:
    first = GATEWAY.replace("team-a", "a-first")
    put_internal_gateway(world.emulator, id=first, subnet=f"{NETWORK}/subnets/team-b")
    put_connection(world.emulator, "one")

    observed = await world.look(asking_for(known=(first, GATEWAY)))

    assert observed.hostnames == Found((HOSTNAME,))


# --- what a list does not show ------------------------------------------------------------------------------------------


async def test_a_gateway_that_a_complete_list_lacks_is_read_alone(gateway: None, world: World) -> None:
    put_connection(world.emulator, "one")
    world.emulator.add_fault(method="GET", path=LIST, answer=EMPTY)

    observed = await world.look(BY_ID)

    assert [each.id for each in observed.gateways.found] == [ResourceId(GATEWAY)]
    assert observed.gateways.incomplete is None
    assert observed.hostnames == Found((HOSTNAME,))


async def test_a_gateway_that_a_broken_list_may_hide_is_read_alone(gateway: None, world: World) -> None:
    world.emulator.add_fault(method="GET", path=LIST, answer={"status": 503, "body": "<html></html>"})

    observed = await world.look(BY_ID)

    assert [each.id for each in observed.gateways.found] == [ResourceId(GATEWAY)]
    assert observed.gateways.incomplete is not None
    assert observed.gateways.incomplete.reason is Reason.AZURE_UNAVAILABLE


async def test_a_gateway_that_is_not_there_is_no_obstacle(world: World) -> None:
    observed = await world.look(BY_ID)

    assert observed.gateways.found == ()
    assert observed.gateways.incomplete is None
    assert ALONE in world.sent()


async def test_an_absence_is_believed_for_a_while_but_not_by_a_fresh_look(world: World) -> None:
    await world.look(BY_ID)
    await world.look(BY_ID)
    assert world.sent().count(ALONE) == 1

    await world.azure.look(query=BY_ID, urgency=0, fresh=True)
    assert world.sent().count(ALONE) == 2


async def test_an_absence_is_not_believed_beside_a_list_that_broke(world: World) -> None:
    await world.look(BY_ID)
    put_internal_gateway(world.emulator)
    world.emulator.add_fault(method="GET", path=LIST, answer={"status": 503, "body": "<html></html>"})

    observed = await world.look(BY_ID)

    assert [each.id for each in observed.gateways.found] == [ResourceId(GATEWAY)]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 403, "body": {"error": {"code": "AuthorizationFailed", "message": "No."}}},
        {"status": 500, "body": {"error": {"code": "InternalServerError", "message": "An error occurred."}}},
        {"status": 404, "body": "<html>404</html>"},
        {"status": 404, "body": {"error": {"code": "InvalidResourceType", "message": "The resource type could not be found."}}},
    ],
    ids=["403", "500", "404 in html", "404 of the type"],
)
async def test_a_gateway_that_cannot_be_read_may_be_there(world: World, answer: dict[str, Any]) -> None:
    world.emulator.add_fault(method="GET", path="/gateways/team-a$", answer=answer)

    observed = await world.look(BY_ID)

    assert observed.gateways.found == ()
    assert observed.gateways.incomplete is not None


async def test_an_address_that_the_list_leaves_out_is_read_alone(gateway: None, world: World) -> None:
    listed = world.emulator.get(GATEWAY)
    assert listed is not None
    del listed["properties"]["frontend"]
    world.emulator.add_fault(method="GET", path=LIST, answer={"status": 200, "body": {"value": [listed]}})

    observed = await world.look(NAMES)

    assert observed.gateways.found[0].private_ip_addresses == (ADDRESS,)


async def test_who_has_its_address_is_not_read_alone(gateway: None, world: World) -> None:
    await world.look(NAMES)

    assert ALONE not in world.sent()


# --- how long names are kept ------------------------------------------------------------------------------------------------


async def test_names_are_kept_while_the_gateway_looks_the_same(gateway: None, world: World) -> None:
    put_connection(world.emulator, "one")
    for _ in range(3):
        assert (await world.look(NAMES)).hostnames == Found((HOSTNAME,))
    assert world.sent().count(CONNECTIONS) == 1

    world.emulator.patch(GATEWAY, {"tags": {"a": "b"}})
    await world.look(NAMES)
    assert world.sent().count(CONNECTIONS) == 2, "the gateway changed"

    world.clock.advance(601)
    await world.look(NAMES)
    assert world.sent().count(CONNECTIONS) == 3, "ten minutes have passed"

    await world.azure.look(query=NAMES, urgency=0, fresh=True)
    assert world.sent().count(CONNECTIONS) == 4, "a fresh look believes nothing from before it"


@pytest.mark.parametrize("connected", [False, True], ids=["no connection", "a connection without its name"])
async def test_a_gateway_that_is_about_to_get_a_name_is_asked_every_time(gateway: None, world: World, connected: bool) -> None:
    if connected:
        put_connection(world.emulator, "one", hostname=None)
    assert (await world.look(NAMES)).hostnames == Found(("",) if connected else ())

    put_connection(world.emulator, "one")

    assert (await world.look(NAMES)).hostnames == Found((HOSTNAME,))


async def test_every_page_of_connections_is_read_or_none(gateway: None, world: World) -> None:
    names = [f"team-a-{number}.gateway.uksouth-01.azure-api.net" for number in range(5)]
    for number, name in enumerate(names):
        put_connection(world.emulator, f"c{number}", hostname=name)
    world.emulator.settings(page_size=2)
    assert (await world.look(NAMES)).hostnames == Found(tuple(names))

    world.emulator.add_fault(method="GET", path="/configconnections$", nth=2, answer={"status": 503, "body": "<html></html>"})
    observed = await world.azure.look(query=NAMES, urgency=0, fresh=True)

    assert isinstance(observed.hostnames, Unreadable)
    assert observed.hostnames.finding.message == (
        "Azure failed to read the connections of gateway team-a: it does not say why. The operator tries again by"
        " itself; if this stays, see Azure's status. (503)"
    )


async def test_names_that_may_not_be_read_are_unknown_and_say_what_is_lacking(gateway: None, world: World) -> None:
    world.emulator.add_fault(
        method="GET", path="/configconnections$", answer=fault_403("Microsoft.ApiManagement/gateways/configConnections/read", GATEWAY)
    )

    observed = await world.look(NAMES)

    assert isinstance(observed.hostnames, Unreadable)
    assert observed.hostnames.finding.reason is Reason.AUTHORIZATION_FAILED
    assert observed.hostnames.finding.message == (
        "The operator's identity may not read the connections of gateway team-a: it lacks the action "
        f"Microsoft.ApiManagement/gateways/configConnections/read at {GATEWAY}. Grant a role with this action there; a new grant takes some "
        "minutes to work. (AuthorizationFailed)"
    )
    world.emulator.clear_faults()
    put_connection(world.emulator, "one")
    assert (await world.look(NAMES)).hostnames == Found((HOSTNAME,)), "a grant works at the next look"


async def test_a_gateway_that_goes_before_its_connections_are_read_is_gone_when_the_list_says_so_too(
    gateway: None, lazy_world: World
) -> None:
    await lazy_world.look(QUERY)
    lazy_world.emulator.delete(GATEWAY)

    for _ in range(2):
        observed = await lazy_world.look(NAMES)
        assert len(observed.gateways.found) == 1
        assert observed.gateways.incomplete is None
        assert observed.hostnames == Found(())
    assert lazy_world.sent().count(ALONE) == 1, "what was read alone stands in front of what the list says of it"
    lazy_world.clock.advance(61)
    assert (await lazy_world.look(BY_ID)).gateways.found == ()


async def test_a_gateway_that_a_list_shows_and_a_get_does_not_is_not_gone(world: World) -> None:
    put_internal_gateway(world.emulator, address=None)
    message = "The Resource 'Microsoft.ApiManagement/gateways/team-a' under resource group 'net' was not found."
    gone = {"error": {"code": "ResourceNotFound", "message": message}}
    world.emulator.add_fault(method="GET", path=f"^{GATEWAY.lower()}$", answer={"status": 404, "body": gone})

    observed = await world.look(BY_ID)

    assert ALONE in world.sent()
    assert len(observed.gateways.found) == 1
    assert observed.gateways.absent == frozenset()


async def test_names_are_never_older_than_the_gateway_they_are_for(gateway: None, lazy_world: World) -> None:
    put_connection(lazy_world.emulator, "one", hostname="old.azure-api.net")
    await lazy_world.look()
    lazy_world.clock.advance(59)
    await lazy_world.look(NAMES)
    put_connection(lazy_world.emulator, "one")
    lazy_world.emulator.patch(GATEWAY, {"tags": {"changed": "yes"}})
    lazy_world.clock.advance(2)

    observed = await lazy_world.look(NAMES)

    assert observed.hostnames == Found((HOSTNAME,))


async def test_connections_missing_beside_a_gateway_that_is_there_are_unknown(gateway: None, world: World) -> None:
    message = "The Resource 'Microsoft.ApiManagement/gateways/team-a' under resource group 'net' was not found."
    gone = {"error": {"code": "ResourceNotFound", "message": message}}
    world.emulator.add_fault(method="GET", path="/configconnections$", answer={"status": 404, "body": gone})

    observed = await world.look(NAMES)

    assert len(observed.gateways.found) == 1
    assert isinstance(observed.hostnames, Unreadable)
    assert observed.hostnames.finding.reason is Reason.AZURE_UNAVAILABLE
    assert observed.hostnames.finding.message == (
        "Azure's answer about the connections of gateway team-a makes no sense: it says that there are none, and that"
        " the gateway exists. The operator tries again by itself, and concludes nothing from it."
    )


async def test_the_zones_follow_from_the_gateways_and_their_names(gateway: None, world: World) -> None:
    put_connection(world.emulator, "one")
    asked: list[Any] = []

    def zone_ids(gateway: Any, hostnames: Any) -> frozenset[ResourceId]:
        asked.append((gateway.name, hostnames))
        return frozenset(ResourceId(f"{GROUP}/providers/Microsoft.Network/privateDnsZones/{name}") for name in hostnames.value)

    observed = await world.look(replace(NAMES, zone_ids=zone_ids))

    assert asked == [("team-a", Found((HOSTNAME,)))]
    assert [zone_id.name for zone_id in observed.zones] == [HOSTNAME]
    assert ("GET", f"subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/privateDnsZones") in world.sent()


async def test_a_connection_with_none_but_other_hosts_has_no_name_yet(gateway: None, world: World) -> None:
    put_connection(world.emulator, "one", hostname=None, others=("api.contoso.com",))

    assert (await world.look(NAMES)).hostnames == Found(("", "api.contoso.com"))


# --- what only records tell of ------------------------------------------------------------------------------------------

OURS = {"wgn-owner": "us", "wgn-gateway": GATEWAY}
BY_ZONE = asking_for(ZONE, owner_mark="us")


async def test_a_gateway_that_only_a_record_of_ours_tells_of_is_asked_for(gateway: None, world: World) -> None:
    put_connection(world.emulator, "one")
    put_zone(world.emulator)
    put_record(world.emulator, **OURS)
    world.emulator.add_fault(method="GET", path=LIST, answer=EMPTY)

    observed = await world.look(BY_ZONE)

    assert [each.id for each in observed.gateways.found] == [ResourceId(GATEWAY)]
    assert observed.hostnames == Found((HOSTNAME,))


async def test_a_gateway_that_only_a_record_tells_of_and_that_is_not_there_is_known_to_be_absent(world: World) -> None:
    put_zone(world.emulator)
    put_record(world.emulator, **OURS)

    observed = await world.look(BY_ZONE)

    assert observed.gateways.found == ()
    assert observed.gateways.absent == frozenset({ResourceId(GATEWAY)})
    assert ALONE in world.sent()


@pytest.mark.parametrize(
    "metadata",
    [{**OURS, "wgn-owner": "them"}, {**OURS, "wgn-gateway": "team-a"}, {**OURS, "wgn-gateway": f"{NETWORK}"}],
    ids=["another's record", "no id", "no gateway"],
)
async def test_other_records_tell_of_no_gateway(world: World, metadata: dict[str, str]) -> None:
    put_zone(world.emulator)
    put_record(world.emulator, **metadata)

    observed = await world.look(BY_ZONE)

    assert observed.gateways.absent == frozenset()
    assert ALONE not in world.sent()


async def test_a_write_is_guarded_by_the_gateways_that_records_tell_of(world: World) -> None:
    put_zone(world.emulator)
    put_record(world.emulator, **OURS)
    guarded: list[Observed] = []

    def planner(seen: Observed) -> Plan:
        guarded.append(seen)
        (delegation,) = delegate(seen).steps
        return Plan(steps=(replace(delegation, reads=ReadSet(subnet=True, gateways=True)),))

    observed = await world.look(BY_ZONE)
    put_internal_gateway(world.emulator, subnet=f"{NETWORK}/subnets/team-b")
    world.emulator.add_fault(method="GET", path=LIST, answer=EMPTY)
    await world.apply(planner, observed=observed)

    assert [each.name for each in guarded[-1].gateways.found] == ["team-a"]
    assert guarded[-1].gateways.absent == frozenset()


# --- what other gateways are called -------------------------------------------------------------------------------------

OTHER = GATEWAY.replace("team-a", "team-b")
GIVEN = replace(NAMES, reads_other_connections=True)


async def test_names_of_other_gateways_are_read_where_the_spec_gives_names_and_not_again_for_a_while(gateway: None, world: World) -> None:
    put_internal_gateway(world.emulator, id=OTHER, subnet=f"{NETWORK}/subnets/team-b")
    put_connection(world.emulator, "one")
    put_connection(world.emulator, "two", hostname="team-b.gateway.uksouth-01.azure-api.net", gateway=OTHER)

    for _ in range(3):
        observed = await world.look(GIVEN)
        assert observed.gateways.hostnames == {ResourceId(OTHER): ("team-b.gateway.uksouth-01.azure-api.net",)}
        assert observed.hostnames == Found((HOSTNAME,))

    assert world.sent().count(("GET", f"{OTHER[1:]}/configConnections")) == 1
    assert (await world.look(NAMES)).gateways.hostnames == {}


async def test_names_of_another_gateway_that_may_not_be_read_are_no_obstacle(gateway: None, world: World) -> None:
    put_internal_gateway(world.emulator, id=OTHER, subnet=f"{NETWORK}/subnets/team-b")
    refusal = fault_403("Microsoft.ApiManagement/gateways/configConnections/read", OTHER)
    world.emulator.add_fault(method="GET", path="/gateways/team-b/configconnections$", answer=refusal)

    observed = await world.look(GIVEN)

    assert observed.gateways.hostnames == {}
    assert observed.gateways.incomplete is None
