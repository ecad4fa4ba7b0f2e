"""Looking: what is found, what is absent, and what stays unknown."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from arm_emulator.client import Emulator
from contract.azure.world import (
    GATEWAY,
    GROUP,
    NETWORK,
    NSG,
    QUERY,
    SERVICE,
    SUBNET,
    SUBSCRIPTION,
    World,
    create_group,
    delegate,
    fault_403,
    put_gateway,
)
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.session import connect
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Absent, Found, Unreadable
from workspace_gateway_network.planning.query import Query

LISTS = [
    ("GET", f"subscriptions/{SUBSCRIPTION}/providers/Microsoft.ApiManagement/gateways"),
    ("GET", f"subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/networkSecurityGroups"),
    ("GET", f"subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks"),
]
MADE_UP = ("GET", f"subscriptions/{SUBSCRIPTION}/resourceGroups/wgn-may-we-list/providers/Microsoft.ApiManagement/gateways/none")
"""Tells a list that is empty from one that a role has emptied."""


async def test_one_look_takes_three_lists_and_two_gets(world: World) -> None:
    observed = await world.look()

    assert isinstance(observed.subnet, Found)
    assert observed.subnet.value.address_prefixes == ("10.1.0.0/24",)
    assert isinstance(observed.virtual_network, Found)
    assert observed.virtual_network.value.location == "uksouth"
    assert isinstance(observed.api_management, Found)
    assert observed.api_management.value.sku == "Premium"
    group = observed.network_security_groups.get(ResourceId(NSG))
    assert group is not None
    assert [each.name for each in group.rules] == ["office"]
    assert observed.network_security_groups.unreadable is None
    assert observed.gateways.found == ()
    assert observed.gateways.incomplete is None
    assert sorted(world.sent()) == sorted([*LISTS, ("GET", SERVICE[1:]), MADE_UP])


async def test_a_hundred_looks_at_once_share_one_read_of_each(lazy_world: World) -> None:
    lazy_world.emulator.add_fault(method="GET", path="", delay=0.1)

    looks = await asyncio.gather(*(lazy_world.look() for _ in range(100)))

    assert all(isinstance(look.subnet, Found) for look in looks)
    assert sorted(lazy_world.sent()) == sorted([*LISTS, ("GET", SERVICE[1:]), MADE_UP])


async def test_one_look_given_up_does_not_take_the_lists_from_the_others(lazy_world: World) -> None:
    lazy_world.emulator.add_fault(method="GET", path="/virtualnetworks$", delay=0.3)
    first = asyncio.create_task(lazy_world.look())
    second = asyncio.create_task(lazy_world.look())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    first.cancel()

    assert isinstance((await second).subnet, Found)
    assert first.cancelled()


async def test_looks_within_the_age_share_their_lists(lazy_world: World) -> None:
    for _ in range(20):
        await lazy_world.look()
    assert sorted(lazy_world.sent()) == sorted([*LISTS, ("GET", SERVICE[1:]), MADE_UP])

    lazy_world.clock.advance(61)
    await lazy_world.look()
    assert len(lazy_world.sent()) == 9, "the right to see all gateways is believed for longer"


async def test_every_page_of_a_list_is_read(world: World) -> None:
    for number in range(5):
        world.emulator.put(f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/other-{number}", {"location": "uksouth"})
    world.emulator.settings(page_size=2)

    observed = await world.look()

    assert len(observed.network_security_groups.found) == 6
    assert observed.network_security_groups.unreadable is None


async def test_a_list_of_which_one_page_fails_is_no_list(world: World) -> None:
    for number in range(5):
        world.emulator.put(f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/other-{number}", {"location": "uksouth"})
    world.emulator.settings(page_size=2)
    world.emulator.add_fault(
        method="GET",
        path="/subscriptions/[^/]+/providers/microsoft.network/networksecuritygroups$",
        nth=2,
        answer={"status": 503, "body": "<html>Service Unavailable</html>", "headers": {"Content-Type": "text/html"}},
    )

    observed = await world.look()

    groups = observed.network_security_groups
    assert groups.unreadable is not None
    assert groups.unreadable.reason is Reason.AZURE_UNAVAILABLE
    assert groups.unreadable.message == (
        f"Azure failed to read the network security groups of subscription {SUBSCRIPTION}: it does not say why. The"
        " operator tries again by itself; if this stays, see Azure's status. (503)"
    )
    assert groups.found == ()
    assert groups.problem_with(ResourceId(NSG)) == groups.unreadable


async def test_a_next_page_on_another_host_is_refused(world: World) -> None:
    world.emulator.add_fault(
        method="GET",
        path="/providers/microsoft.apimanagement/gateways$",
        answer={"status": 200, "body": {"value": [], "nextLink": "https://attacker.example/next"}},
    )

    observed = await world.look()

    assert observed.gateways.incomplete is not None
    assert observed.gateways.incomplete.message == (
        f"Azure's answer about the gateways of subscription {SUBSCRIPTION} makes no sense: it names an address that is"
        " not Azure Resource Manager's. The operator tries again by itself, and concludes nothing from it."
    )


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": [{"name": "no id"}]}, [], "text"], ids=repr)
async def test_an_answer_that_makes_no_sense_is_no_empty_list(world: World, body: object) -> None:
    world.emulator.add_fault(method="GET", path="/providers/microsoft.apimanagement/gateways$", answer={"status": 200, "body": body})

    observed = await world.look()

    assert observed.gateways.incomplete is not None
    assert observed.gateways.incomplete.reason is Reason.AZURE_UNAVAILABLE


async def test_a_filtered_list_is_not_an_empty_one(world: World) -> None:
    """Azure leaves out of a list what the identity may not read; a GET still tells."""
    empty = {"status": 200, "body": {"value": []}}
    world.emulator.add_fault(method="GET", path="/subscriptions/[^/]+/providers/microsoft.network/(virtualn|networks)[^/]+$", answer=empty)

    observed = await world.look()

    assert isinstance(observed.subnet, Found)
    assert observed.network_security_groups.get(ResourceId(NSG)) is not None
    assert ("GET", NETWORK[1:]) in world.sent()
    assert ("GET", NSG[1:]) in world.sent()


async def test_lists_of_the_resource_group_stand_in_for_a_refused_one(world: World) -> None:
    for collection in ("virtualNetworks", "networkSecurityGroups"):
        world.emulator.add_fault(
            method="GET",
            path=f"^/subscriptions/[^/]+/providers/microsoft.network/{collection.lower()}$",
            answer=fault_403(f"Microsoft.Network/{collection}/read", f"/subscriptions/{SUBSCRIPTION}"),
        )

    observed = await world.look()
    await world.look()

    assert isinstance(observed.subnet, Found)
    groups = observed.network_security_groups
    assert groups.get(ResourceId(NSG)) is not None
    assert groups.problem_with(ResourceId(NSG)) is None
    assert groups.unreadable is not None, "groups elsewhere in the subscription may exist"
    assert groups.unreadable.message == (
        f"The operator's identity may not read the network security groups of subscription {SUBSCRIPTION}: it lacks the action "
        f"Microsoft.Network/networkSecurityGroups/read at /subscriptions/{SUBSCRIPTION}. Grant a role with this action there; a new "
        "grant takes some minutes to work. (AuthorizationFailed)"
    )
    sent = world.sent()
    assert sent.count(LISTS[1]) == 1, "a refusal is remembered"
    assert sent.count(LISTS[2]) == 1
    assert sent.count(("GET", f"{GROUP[1:]}/providers/Microsoft.Network/virtualNetworks")) == 2


async def test_single_reads_stand_in_for_refused_lists(world: World) -> None:
    world.emulator.add_fault(
        method="GET",
        path="/providers/microsoft.network/(virtualnetworks|networksecuritygroups)$",
        answer=fault_403("Microsoft.Network/networkSecurityGroups/read", GROUP),
    )
    world.emulator.add_fault(
        method="GET",
        path="/virtualnetworks/hub$",
        answer=fault_403("Microsoft.Network/virtualNetworks/read", NETWORK),
    )

    observed = await world.look()

    assert isinstance(observed.virtual_network, Unreadable)
    assert observed.virtual_network.finding.reason is Reason.AUTHORIZATION_FAILED
    assert isinstance(observed.subnet, Found)
    assert observed.network_security_groups.get(ResourceId(NSG)) is not None


async def test_gateways_of_a_refused_list_are_known_in_part(world: World) -> None:
    put_gateway(world.emulator)
    world.emulator.add_fault(
        method="GET",
        path="^/subscriptions/[^/]+/providers/microsoft.apimanagement/gateways$",
        answer=fault_403("Microsoft.ApiManagement/gateways/read", f"/subscriptions/{SUBSCRIPTION}"),
    )

    observed = await world.look()

    assert [gateway.id for gateway in observed.gateways.found] == [ResourceId(GATEWAY)]
    assert observed.gateways.incomplete is not None
    assert observed.gateways.incomplete.reason is Reason.AUTHORIZATION_FAILED


@pytest.mark.parametrize(
    ("gone", "reason", "message"),
    [
        (
            SUBNET,
            Reason.SUBNET_NOT_FOUND,
            (
                "There is no subnet team-a in virtual network hub. Create it, or make this resource anew with the right"
                " spec.subnet.id. (NotFound)"
            ),
        ),
        (
            NETWORK,
            Reason.VIRTUAL_NETWORK_NOT_FOUND,
            (
                "There is no virtual network hub in resource group net. Create it, or make this resource anew with the right"
                " spec.subnet.id. (ResourceNotFound)"
            ),
        ),
    ],
    ids=("subnet", "network"),
)
async def test_what_does_not_exist_is_absent_for_a_named_reason(world: World, gone: str, reason: Reason, message: str) -> None:
    world.emulator.delete(gone)

    observed = await world.look()

    assert isinstance(observed.subnet, Absent)
    assert observed.subnet.finding.reason is reason
    assert observed.subnet.finding.condition is ConditionType.PREREQUISITES_MET
    assert observed.subnet.finding.message == message


async def test_a_missing_resource_group_is_named(world: World) -> None:
    elsewhere = replace(QUERY, subnet_id=ResourceId(SUBNET.replace("/net/", "/nowhere/")))

    observed = await world.look(elsewhere)

    assert isinstance(observed.virtual_network, Absent)
    assert observed.virtual_network.finding.reason is Reason.RESOURCE_GROUP_NOT_FOUND
    assert observed.virtual_network.finding.message == (
        f"There is no resource group nowhere in subscription {SUBSCRIPTION}. Create it, or correct the ids in the spec."
        " (ResourceGroupNotFound)"
    )


async def test_a_missing_service_and_a_missing_group(world: World) -> None:
    world.emulator.delete(SERVICE)
    world.emulator.delete(NSG)

    observed = await world.look()

    assert isinstance(observed.api_management, Absent)
    assert observed.api_management.finding.reason is Reason.API_MANAGEMENT_NOT_FOUND
    assert observed.api_management.finding.message == (
        "There is no API Management service contoso in resource group net. Create it, or correct spec.apiManagement.id. (ResourceNotFound)"
    )
    assert observed.network_security_groups.absent == {ResourceId(NSG)}
    assert observed.network_security_groups.problem_with(ResourceId(NSG)) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "<html>404</html>", "headers": {"Content-Type": "text/html"}},
        {"status": 404, "body": {"error": {"code": "SubscriptionNotFound", "message": "The subscription could not be found."}}},
        {"status": 500, "body": {"error": {"code": "InternalServerError", "message": "An error occurred."}}},
        {"status": 403, "body": {"error": {"code": "AuthorizationFailed", "message": "No."}}},
        {"status": 429, "body": {"error": {"code": "RetryableError", "message": "Wait.", "details": []}}},
    ],
    ids=lambda answer: str(answer["status"]) + answer["body"][:5] if isinstance(answer["body"], str) else answer["body"]["error"]["code"],
)
async def test_no_error_is_ever_taken_for_absence(world: World, answer: dict[str, object]) -> None:
    world.emulator.delete(SUBNET)
    world.emulator.delete(NSG)
    world.emulator.add_fault(method="GET", path="/subnets/team-a$", answer=answer)
    world.emulator.add_fault(method="GET", path="/networksecuritygroups/shared$", answer=answer)

    observed = await world.look()

    assert isinstance(observed.subnet, Unreadable)
    assert ResourceId(NSG) not in observed.network_security_groups.absent
    assert observed.network_security_groups.problem_with(ResourceId(NSG)) is not None


async def test_a_confirmed_absence_is_not_asked_for_at_every_look(world: World) -> None:
    query = replace(QUERY, network_security_group_ids=frozenset({ResourceId(f"{NSG}-absent")}))
    await world.look(query)
    await world.look(query)
    asked = ("GET", f"{NSG[1:]}-absent")
    assert world.sent().count(asked) == 1

    world.emulator.put(f"{NSG}-absent", {"location": "uksouth"})
    observed = await world.look(query)
    assert observed.network_security_groups.get(ResourceId(f"{NSG}-absent")) is not None

    world.emulator.delete(f"{NSG}-absent")
    await world.look(query)
    assert world.sent().count(asked) == 2, "it was there in between, so it is asked for again"


async def test_a_fresh_look_believes_nothing_from_before_it(lazy_world: World) -> None:
    hidden = f"{NSG}-hidden"
    query = replace(QUERY, network_security_group_ids=frozenset({ResourceId(hidden)}))
    everything = {"status": 200, "body": {"value": []}}
    lazy_world.emulator.add_fault(
        method="GET", path="^/subscriptions/[^/]+/providers/microsoft.network/networksecuritygroups$", answer=everything
    )
    await lazy_world.look(query)
    lazy_world.emulator.put(hidden, {"location": "uksouth"})
    lazy_world.emulator.delete(SUBNET)

    usual = await lazy_world.look(query)
    fresh = await lazy_world.azure.look(query=query, urgency=0, fresh=True)

    assert isinstance(usual.subnet, Found)
    assert usual.network_security_groups.absent == {ResourceId(hidden)}
    assert isinstance(fresh.subnet, Absent)
    assert fresh.network_security_groups.absent == frozenset()


async def test_azure_out_of_reach_is_said_so(world: World, options: AzureOptions) -> None:
    world.emulator.add_fault(path="", drop="before")

    observed = await world.look()

    assert isinstance(observed.subnet, Unreadable)
    assert observed.subnet.finding.reason is Reason.AZURE_UNAVAILABLE
    assert observed.subnet.finding.message == (
        f"Azure could not be reached to read the virtual networks of subscription {SUBSCRIPTION}: Server disconnected."
        " The operator tries again by itself; if this stays, check the way to Azure."
    )
    assert set(world.sent()) == {*LISTS, ("GET", SERVICE[1:])}, "no single reads after lists that broke"


async def test_an_answer_that_never_comes_ends_after_the_time_allowed(emulator: Emulator, options: AzureOptions, world: World) -> None:
    emulator.add_fault(method="GET", path="/providers/microsoft.network/virtualnetworks$", hang="before")
    async with connect(options=replace(options, request_timeout=0.3), metrics=world.metrics) as azure:
        observed = await azure.look(query=QUERY, urgency=0)
    emulator.clear_faults()

    assert isinstance(observed.subnet, Unreadable)
    assert observed.subnet.finding.message == (
        f"Azure could not be reached to read the virtual networks of subscription {SUBSCRIPTION}: no answer within 0.3"
        " s. The operator tries again by itself; if this stays, check the way to Azure."
    )


async def test_a_wrong_secret_is_a_credential_problem(emulator: Emulator, options: AzureOptions, world: World) -> None:
    wrong = replace(options, identity=replace(options.identity, client_secret="wrong"))
    async with connect(options=wrong, metrics=world.metrics) as azure:
        observed = await azure.look(query=QUERY, urgency=0)

    assert isinstance(observed.subnet, Unreadable)
    assert observed.subnet.finding.reason is Reason.CREDENTIAL_UNAVAILABLE
    assert observed.subnet.finding.condition is ConditionType.AZURE_ACCESS
    assert observed.subnet.finding.message == (
        "The operator could not get a token from Microsoft Entra ID: AADSTS7000215: Invalid client secret provided."
        " Check its tenant, its client id and its secret or federation."
    )


async def test_a_dot_in_an_id_leads_nowhere(world: World) -> None:
    sneaky = Query(
        subnet_id=QUERY.subnet_id,
        api_management_id=ResourceId(SERVICE.replace("contoso", "..")),
        network_security_group_ids=frozenset(),
    )

    observed = await world.look(sneaky)

    assert isinstance(observed.api_management, Unreadable)
    assert observed.api_management.finding.message == (
        "Azure's answer about API Management service .. makes no sense: the id has a dot for a name. The operator"
        " tries again by itself, and concludes nothing from it."
    )


async def test_our_own_write_is_seen_though_the_list_is_from_before(lazy_world: World) -> None:
    await lazy_world.look()
    outcome = await lazy_world.write(delegate)
    assert len(outcome.completed) == 1

    observed = await lazy_world.look()

    assert isinstance(observed.subnet, Found)
    assert [each.name for each in observed.subnet.value.delegations] == ["wgn-test"]


async def test_what_was_written_is_read_alone_until_lists_show_it(world: World) -> None:
    await world.write(create_group)
    lagging = world.emulator.add_fault(
        method="GET",
        path="^/subscriptions/[^/]+/providers/microsoft.network/networksecuritygroups$",
        answer={"status": 200, "body": {"value": [world.emulator.get(NSG)]}},
    )
    query = replace(
        QUERY, network_security_group_ids=frozenset({ResourceId(f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/wgn-team-a")})
    )
    alone = ("GET", f"{GROUP[1:]}/providers/Microsoft.Network/networkSecurityGroups/wgn-team-a")

    before = world.sent().count(alone)
    for _ in range(3):
        observed = await world.look(query)
        assert len(observed.network_security_groups.found) == 2
    assert world.sent().count(alone) == before + 3, lagging

    world.emulator.clear_faults()
    await world.look(query)
    settled = world.sent().count(alone)
    for _ in range(3):
        await world.look(query)
    assert world.sent().count(alone) == settled
