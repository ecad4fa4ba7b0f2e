"""Azure leaves out of a list what its reader may not see, without a word: no list that a role may have shortened is taken for the whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.azure.life import Life, bring_gateway, rich_seed, take_gateway
from contract.azure.names import GATEWAY, HOSTNAME, put_connection
from contract.azure.world import GROUP, OPERATOR, SUBSCRIPTION, World
from stage import role
from workspace_gateway_network.azure import ArmAzure

SCOPE = f"/subscriptions/{SUBSCRIPTION}"
DNS = f"{SCOPE}/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones"
SHARED_ZONE = f"{DNS}/uksouth-01.azure-api.net"
OWN_ZONE = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/{HOSTNAME}"
ZONES: dict[str, Any] = {"own zone": (OWN_ZONE, {}), "zone of others": (SHARED_ZONE, {"dns": {"zones": [{"id": SHARED_ZONE}]}})}
NewProcess = Callable[[], Awaitable[ArmAzure]]
READ_A = "Microsoft.Network/privateDnsZones/A/read"
READ_LINKS = "Microsoft.Network/privateDnsZones/virtualNetworkLinks/read"
READ_CONNECTIONS = "Microsoft.ApiManagement/gateways/configConnections/read"


def allow_only_on(emulator: Emulator, action: str, *scopes: str) -> None:
    """The operator's whole role, but for one action, which it has on these scopes only."""
    rest = [each for each in role.actions() if each != action]
    roles = [{"role": {"actions": rest}, "scope": SCOPE}, *({"role": {"actions": [action]}, "scope": scope} for scope in scopes)]
    emulator.put_principal(OPERATOR, secret="right", roles=roles)


def lacks(action: str, what: str, scope: str) -> tuple[str, str, str]:
    return (
        "False",
        "AuthorizationFailed",
        (
            f"The operator's identity may not read {what}: it lacks the action {action} at {scope}. Grant a role with this action there; a"
            " new grant takes some minutes to work. (AuthorizationFailed)"
        ),
    )


@pytest.fixture
def rich(world: World) -> World:
    world.emulator.reset(rich_seed())
    world.emulator.settings(latency="instant", polls_need_role=True)
    allow_only_on(world.emulator, READ_A, SCOPE)
    return world


async def published(world: World, where: str) -> Life:
    """A gateway's name is published, beside the record of another operator."""
    zone_id, spec = ZONES[where]
    if zone_id == SHARED_ZONE:
        world.emulator.put(SHARED_ZONE, {"location": "global"})
        others = {"wgn-owner": "0123456789abcdef", "wgn-resource": "prod-2/apim/team-z"}
        world.emulator.put(
            f"{SHARED_ZONE}/A/other", {"properties": {"ttl": 60, "metadata": others, "aRecords": [{"ipv4Address": "10.9.9.9"}]}}
        )
    bring_gateway(world.emulator)
    life = Life(world, mode="Injection", deletionPolicy="Delete", **spec)
    assert await life.settle()
    assert life.said()[1] == "Reconciled", life.said()
    return life


def contents(world: World) -> dict[str, Any]:
    """All that private DNS holds."""
    return {each["id"]: each["properties"] for each in world.emulator.resources() if "/privateDnsZones/" in each["id"]}


@pytest.mark.parametrize("where", ZONES)
@pytest.mark.parametrize(("action", "what"), [(READ_A, "A records"), (READ_LINKS, "virtual network links")])
async def test_what_is_in_a_zone_is_not_gone_because_nobody_may_see_it(
    rich: World, new_process: NewProcess, where: str, action: str, what: str
) -> None:
    life, zone_id = await published(rich, where), ZONES[where][0]
    before = contents(rich)
    allow_only_on(rich.emulator, action)
    refused = lacks(action, f"the {what} of private DNS zone {zone_id.rpartition('/')[2]}", zone_id)

    since = rich.emulator.seq()
    life.restart(await new_process())
    await life.settle(passes=5)
    assert life.said() == refused
    take_gateway(rich.emulator)
    life.delete()
    await life.settle(passes=5)

    assert life.said() == refused
    assert not life.is_gone
    assert contents(rich) == before
    assert [each for each in rich.emulator.exchanges(since=since) if each["liveRequest"]["method"] != "GET"] == []
    allow_only_on(rich.emulator, action, SCOPE)
    life.wait(900)
    assert await life.settle()
    assert life.is_gone


async def test_a_right_to_some_records_shows_some_records(rich: World, new_process: NewProcess) -> None:
    """The link stays for the sake of another operator's record, though only the own one may be seen."""
    life = await published(rich, "zone of others")
    (own,) = (id for id in contents(rich) if f"{SHARED_ZONE}/A/" in id and not id.endswith("/other"))
    before = contents(rich)
    allow_only_on(rich.emulator, READ_A, own)
    take_gateway(rich.emulator)
    life.restart(await new_process())
    life.delete()
    await life.settle(passes=5)

    assert life.said() == lacks(READ_A, "the A records of private DNS zone uksouth-01.azure-api.net", SHARED_ZONE)
    assert contents(rich) == before


async def test_a_right_to_some_connections_takes_no_name_back(rich: World, new_process: NewProcess) -> None:
    life = await published(rich, "zone of others")
    put_connection(rich.emulator, "billing", hostname="team-a-4567.gateway.uksouth-01.azure-api.net")
    life.wait(900)
    assert await life.settle()
    before = contents(rich)
    allow_only_on(rich.emulator, READ_CONNECTIONS, f"{GATEWAY}/configConnections/orders")
    life.restart(await new_process())
    life.wait(900)
    await life.settle(passes=5)

    assert life.said() == lacks(READ_CONNECTIONS, "the connections of gateway team-a", GATEWAY)
    assert contents(rich) == before


# --- what is ours, and where nobody may look ------------------------------------------------------------------------------------

READ_GROUPS = "Microsoft.Network/networkSecurityGroups/read"
READ_ZONES = "Microsoft.Network/privateDnsZones/read"
OLD = f"{SCOPE}/resourceGroups/old"
HIDDEN = {
    READ_GROUPS: "Network security groups are seen only where their ids are known. "
    + lacks(READ_GROUPS, f"the network security groups of subscription {SUBSCRIPTION}", SCOPE)[2],
    READ_ZONES: "Private DNS zones are seen only where their ids are known. "
    + lacks(READ_ZONES, f"the private DNS zones of subscription {SUBSCRIPTION}", SCOPE)[2],
}


async def made_elsewhere(world: World) -> Life:
    """What is the operator's lies in a resource group that the spec does not name any more, and the subnet has another group."""
    world.emulator.put(OLD, {"location": "uksouth"})
    life = Life(world, mode="Injection", deletionPolicy="Delete", resourceGroupId=OLD)
    bring_gateway(world.emulator)
    assert await life.settle()
    assert life.said()[1] == "Reconciled", life.said()
    return life


def in_old_group(world: World) -> set[str]:
    return {each["id"] for each in world.emulator.resources() if each["id"].startswith(f"{OLD}/")}


@pytest.mark.parametrize("action", HIDDEN)
async def test_what_the_status_tells_of_is_asked_for_by_its_id(rich: World, new_process: NewProcess, action: str) -> None:
    life = await made_elsewhere(rich)
    before = in_old_group(rich)
    since = rich.emulator.seq()
    allow_only_on(rich.emulator, action, GROUP)
    life.restart(await new_process())
    life.edit(resourceGroupId=GROUP)
    await life.settle(passes=5)

    assert life.said()[:2] == ("False", "AuthorizationFailed"), life.said()
    assert f"it lacks the action {action} at {OLD}/" in life.said()[2]
    take_gateway(rich.emulator)
    life.delete()
    await life.settle(passes=5)
    assert life.said()[:2] == ("False", "AuthorizationFailed"), life.said()
    assert not life.is_gone
    assert in_old_group(rich) == before
    assert [each for each in rich.emulator.exchanges(since=since) if each["liveRequest"]["method"] != "GET"] == []


@pytest.mark.parametrize("action", HIDDEN)
async def test_where_something_may_be_hidden_the_conditions_and_the_last_event_say_so(rich: World, action: str) -> None:
    allow_only_on(rich.emulator, action, GROUP)
    bring_gateway(rich.emulator)
    life = Life(rich, mode="Injection", deletionPolicy="Delete")
    assert await life.settle()

    assert life.said("AzureAccess") == ("True", "Reconciled", f"Azure answers what is asked of it. Note: {HIDDEN[action]}")
    take_gateway(rich.emulator)
    life.delete()
    assert await life.settle()
    assert life.is_gone
    assert life.cluster.events[-1].note == f"What the resource owned in Azure is gone. {HIDDEN[action]}"
