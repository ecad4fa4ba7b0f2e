"""Every request of ours times everything that can go wrong with it: the right class, an end once it goes right, and nobody else's harmed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.azure.life import Life, attach_shared, bring_gateway, rich_seed, take_gateway
from contract.azure.world import Clock, Counted, World
from workspace_gateway_network.api.reasons import Reason, ReasonClass
from workspace_gateway_network.api.spec import ReadyWhen
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.session import connect

GOOD, WORKING = ReasonClass.GOOD, ReasonClass.WORKING
WILL_RETRY, NEEDS_A_PERSON = ReasonClass.WILL_RETRY, ReasonClass.NEEDS_A_PERSON
BROKEN_FOR = 6
"""Passes during which a fault lasts."""


def answer(status: int, code: str = "", message: str = "As recorded.", **headers: str) -> dict[str, Any]:
    return {"answer": {"status": status, "body": {"error": {"code": code or str(status), "message": message}}, "headers": headers}}


FAULTS: Mapping[str, dict[str, Any]] = {
    "400": answer(400, "InvalidRequestFormat"),
    "401": answer(401, "InvalidAuthenticationToken"),
    "403": answer(403, "AuthorizationFailed"),
    "404": answer(404, "ResourceNotFound"),
    "409": answer(409, "AnotherOperationInProgress"),
    "412": answer(412, "PreconditionFailed"),
    "429": answer(429),
    "429 with Retry-After": answer(429, **{"Retry-After": "7"}),
    "500": answer(500, "InternalServerError"),
    "503 in HTML": {"answer": {"status": 503, "body": "<html>Service Unavailable</html>"}},
    "dropped before": {"drop": "before"},
    "dropped after": {"drop": "after"},
    "operation failed": {"operation": {"code": "InternalServerError", "message": "An error occurred."}},
    "operation never ends": {"operation": "hold"},
}
CLASSES: Mapping[str, frozenset[ReasonClass]] = {
    "400": frozenset({NEEDS_A_PERSON}),
    "401": frozenset({WILL_RETRY}),
    "403": frozenset({WILL_RETRY}),
    "404": frozenset({WILL_RETRY, WORKING}),
    "409": frozenset({WORKING}),
    "412": frozenset({WORKING}),
    "429": frozenset({WILL_RETRY}),
    "429 with Retry-After": frozenset({WILL_RETRY}),
    "500": frozenset({WILL_RETRY}),
    "503 in HTML": frozenset({WILL_RETRY}),
    "dropped before": frozenset({WILL_RETRY}),
    # The effect was there, and reading shows it: nothing is left to complain of.
    "dropped after": frozenset({WILL_RETRY, WORKING, GOOD}),
    "operation failed": frozenset({WILL_RETRY}),
    "operation never ends": frozenset({WORKING}),
}
OF_OPERATIONS = ("operation failed", "operation never ends")

Story = Callable[[World], Awaitable[Life]]


async def own_group(world: World) -> Life:
    return Life(world, deletionPolicy="Delete")


async def shared_group(world: World) -> Life:
    attach_shared(world.emulator)
    return Life(world, deletionPolicy="Delete")


async def injection(world: World) -> Life:
    bring_gateway(world.emulator)
    return Life(world, mode="Injection", deletionPolicy="Delete")


async def registration(world: World) -> Life:
    world.emulator.reset(rich_seed(providers={"Microsoft.Web": "NotRegistered"}))
    return Life(world, resourceProviderRegistration="Register")


async def own_group_deleted(world: World) -> Life:
    return await deleted(await own_group(world))


async def shared_group_deleted(world: World) -> Life:
    return await deleted(await shared_group(world))


async def injection_deleted(world: World) -> Life:
    life = await injection(world)
    assert await life.settle()
    take_gateway(world.emulator)
    return await deleted(life)


async def deleted(life: Life) -> Life:
    """The resource has come to rest, and is on its way out."""
    assert await life.settle()
    assert life.said()[1] in {"AwaitingGateway", "Reconciled"}, life.said()
    life.delete()
    return life


@dataclass(frozen=True, kw_only=True)
class Request:
    """One kind of request of ours. `spared`: what is asked for only makes things better, so that without it all goes on."""

    method: str
    path: str
    story: Story
    spared: bool = False
    falls_back: bool = False
    """Whether less is asked for where this is refused."""
    has_operation: bool = False

    def faults(self) -> list[str]:
        return [name for name in FAULTS if self.has_operation or name not in OF_OPERATIONS]


SUBSCRIPTION = r"^/subscriptions/[^/]+/providers/"
GROUP = r"/networksecuritygroups/wgn-[^/]+$"
ZONE, LINK, RECORD = r"/privatednszones/[^/]+$", r"/virtualnetworklinks/[^/]+$", r"/a/@$"
REQUESTS: Mapping[str, Request] = {
    "list networks": Request(method="GET", path=f"{SUBSCRIPTION}microsoft.network/virtualnetworks$", story=own_group, falls_back=True),
    "read subnet": Request(method="GET", path="/subnets/team-a$", story=own_group),
    "list groups": Request(method="GET", path=f"{SUBSCRIPTION}microsoft.network/networksecuritygroups$", story=own_group, falls_back=True),
    "read group": Request(method="GET", path=GROUP, story=own_group),
    "read service": Request(method="GET", path="/service/contoso$", story=own_group),
    "list gateways": Request(method="GET", path=f"{SUBSCRIPTION}microsoft.apimanagement/gateways$", story=own_group, spared=True),
    "ask for any gateway": Request(method="GET", path="wgn-may-we-list", story=own_group, spared=True),
    "read registration": Request(method="GET", path="/providers/microsoft.web$", story=own_group, spared=True),
    "list locks": Request(method="GET", path="microsoft.authorization/locks$", story=own_group, spared=True),
    "create group": Request(method="PUT", path=GROUP, story=own_group, has_operation=True),
    "write subnet": Request(method="PUT", path="/subnets/team-a$", story=own_group, has_operation=True),
    "poll": Request(method="GET", path="/locations/uksouth/operations/", story=own_group, spared=True),
    "write rule": Request(method="PUT", path="/securityrules/", story=shared_group, has_operation=True),
    "list connections": Request(method="GET", path="/configconnections$", story=injection),
    "list zones": Request(method="GET", path=f"{SUBSCRIPTION}microsoft.network/privatednszones$", story=injection, spared=True),
    "read zone": Request(method="GET", path=ZONE, story=injection),
    "list records": Request(method="GET", path="/a$", story=injection),
    "list links": Request(method="GET", path="/virtualnetworklinks$", story=injection),
    "read record": Request(method="GET", path=RECORD, story=injection),
    "read link": Request(method="GET", path=LINK, story=injection),
    "create zone": Request(method="PUT", path=ZONE, story=injection, has_operation=True),
    "create link": Request(method="PUT", path=LINK, story=injection, has_operation=True),
    "write record": Request(method="PUT", path=RECORD, story=injection),
    "poll private DNS": Request(method="GET", path="/privatednsoperationstatuses/", story=injection, spared=True),
    "register": Request(method="POST", path="/microsoft.web/register$", story=registration),
    "leave subnet": Request(method="PUT", path="/subnets/team-a$", story=own_group_deleted, has_operation=True),
    "delete group": Request(method="DELETE", path=GROUP, story=own_group_deleted, has_operation=True),
    "delete rule": Request(method="DELETE", path="/securityrules/", story=shared_group_deleted, has_operation=True),
    "delete record": Request(method="DELETE", path=RECORD, story=injection_deleted),
    "delete link": Request(method="DELETE", path=LINK, story=injection_deleted, has_operation=True),
    "delete zone": Request(method="DELETE", path=ZONE, story=injection_deleted, has_operation=True),
}
MATRIX = [(request, fault) for request, each in REQUESTS.items() for fault in each.faults()]


@pytest.fixture
async def hasty(emulator: Emulator, options: AzureOptions) -> AsyncIterator[World]:
    """A world in which nobody waits for their turn: time is put forward instead."""
    clock = Clock()
    emulator.reset(rich_seed())
    emulator.settings(latency="instant")
    async with connect(options=replace(options, budget_patience=0.0), metrics=Counted(), now=clock) as azure:
        yield World(emulator=emulator, azure=azure, clock=clock, metrics=Counted(), since=emulator.seq())
    emulator.clear_faults()


def class_of(life: Life) -> ReasonClass:
    return Reason(life.said()[1]).class_under(ReadyWhen.NETWORK_PREPARED)


@pytest.mark.parametrize(("request_name", "fault"), MATRIX, ids=[f"{request} - {fault}" for request, fault in MATRIX])
async def test_a_fault_ends_in_the_right_class_and_with_it_the_trouble(hasty: World, request_name: str, fault: str) -> None:
    request = REQUESTS[request_name]
    life = await request.story(hasty)
    before = life.foreign()
    hasty.emulator.add_fault(method=request.method, path=request.path, **FAULTS[fault])

    await life.settle(passes=BROKEN_FOR)

    (rule,) = hasty.emulator.faults()
    assert rule["hits"] > 0, "the request was never made"
    if life.is_gone:
        # What was to be deleted is gone all the same: absent, or deleted by what was not answered.
        assert fault in {"404", "dropped after"} or request.spared
    else:
        may_be_good = request.spared or (request.falls_back and fault == "403")
        assert class_of(life) in CLASSES[fault] | ({GOOD} if may_be_good else set()), life.said()
    hasty.emulator.clear_faults()
    for operation in hasty.emulator.operations():
        if operation["state"] == "InProgress":
            hasty.emulator.succeed_operation(operation["id"])
    await recover(life)
    assert life.is_gone or class_of(life) is GOOD, life.said()
    after = life.foreign()
    assert after == before


async def recover(life: Life) -> None:
    """The next looks, as the resync brings them."""
    for _ in range(4):
        if life.is_gone:
            return
        life.wait(700)
        await life.settle()


def test_the_size_of_the_matrix_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nfault matrix: {len(REQUESTS)} requests, {len(FAULTS)} faults, {len(MATRIX)} cases")
    assert len(MATRIX) >= 300
