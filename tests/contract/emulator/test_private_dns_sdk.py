"""The real Azure SDK for private DNS takes the emulator for Azure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ClientSecretCredential
from azure.mgmt.privatedns.aio import PrivateDnsManagementClient
from azure.mgmt.privatedns.models import (
    ARecord,
    PrivateZone,
    RecordSet,
    RecordSetProperties,
    SubResource,
    VirtualNetworkLink,
    VirtualNetworkLinkProperties,
)

from arm_emulator.client import Emulator
from arm_emulator.process import EmulatorProcess
from contract.emulator.azure import NETWORK, SUBSCRIPTION, TENANT, ZONE, seed

NAME = ZONE.rsplit("/", 1)[1]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator whose Retry-After of 30 seconds is over at once: the SDK's poller honours it."""
    options = ("--time-scale", "100", "--latency", "lan")
    with EmulatorProcess(state_dir=tmp_path_factory.mktemp("quick"), seed=seed(), options=options) as emulator:
        yield emulator


@pytest.fixture
async def dns(quick: Emulator) -> AsyncIterator[PrivateDnsManagementClient]:
    quick.reset()

    def transport() -> AioHttpTransport:
        return AioHttpTransport(connection_verify=quick.ca)

    credential = ClientSecretCredential(
        TENANT, "sdk", "made-up", authority=quick.url, disable_instance_discovery=True, transport=transport()
    )
    client = PrivateDnsManagementClient(
        credential,
        SUBSCRIPTION,
        base_url=quick.url,
        credential_scopes=[f"{quick.url}/.default"],
        transport=transport(),
        polling_interval=0,
    )
    async with credential, client:
        yield client


async def test_a_zone_its_link_and_a_record_come_and_go(dns: PrivateDnsManagementClient) -> None:
    zone = await (await dns.private_zones.begin_create_or_update("net-rg", NAME, PrivateZone(location="global"))).result()
    assert (zone.name, zone.provisioning_state, zone.number_of_record_sets) == (NAME, "Succeeded", 1)
    target = VirtualNetworkLinkProperties(registration_enabled=False, virtual_network=SubResource(id=NETWORK))
    wanted = VirtualNetworkLink(location="global", properties=target)
    link = await (await dns.virtual_network_links.begin_create_or_update("net-rg", NAME, "hub", wanted)).result()
    assert (link.virtual_network_link_state, link.etag is not None and link.etag.startswith('"')) == ("Completed", True)
    address = ARecord(ipv4_address="10.0.1.5")
    records = RecordSet(properties=RecordSetProperties(ttl=60, a_records=[address], metadata={"wgn-owner": "me"}))
    record = await dns.record_sets.create_or_update("net-rg", NAME, "A", "@", records, etag="*", match_condition=MatchConditions.IfMissing)
    assert (record.fqdn, record.metadata) == (f"{NAME}.", {"wgn-owner": "me"})
    assert [each.type async for each in dns.record_sets.list("net-rg", NAME)] == [
        "Microsoft.Network/privateDnsZones/SOA",
        "Microsoft.Network/privateDnsZones/A",
    ]
    assert [each.name async for each in dns.record_sets.list_by_type("net-rg", NAME, "A", top=1)] == ["@"]
    assert [each.name async for each in dns.virtual_network_links.list("net-rg", NAME)] == ["hub"]
    assert [each.name async for each in dns.private_zones.list()] == [NAME]
    with pytest.raises(HttpResponseError) as nested:
        _ = await dns.private_zones.begin_delete("net-rg", NAME)
    assert nested.value.error is not None
    assert (nested.value.status_code, nested.value.error.code) == (409, "CannotDeleteResource")
    await dns.record_sets.delete("net-rg", NAME, "A", "@", etag=record.etag, match_condition=MatchConditions.IfNotModified)
    await (await dns.virtual_network_links.begin_delete("net-rg", NAME, "hub")).result()
    await (await dns.private_zones.begin_delete("net-rg", NAME)).result()
    with pytest.raises(ResourceNotFoundError):
        await dns.private_zones.get("net-rg", NAME)


async def test_a_condition_on_a_zone_is_the_pollers_error(dns: PrivateDnsManagementClient, quick: Emulator) -> None:
    quick.put(ZONE, {"location": "global"})
    poller = await dns.private_zones.begin_create_or_update(
        "net-rg", NAME, PrivateZone(location="global"), etag="*", match_condition=MatchConditions.IfMissing
    )
    with pytest.raises(HttpResponseError) as failed:
        await poller.result()
    assert failed.value.error is not None
    assert failed.value.error.code == "PreconditionFailed"


async def test_conditions_on_a_record_set_are_the_calls_errors(dns: PrivateDnsManagementClient, quick: Emulator) -> None:
    quick.put(ZONE, {"location": "global"})
    quick.put(f"{ZONE}/A/@", {"properties": {"ttl": 60}})
    records = RecordSet(properties=RecordSetProperties(ttl=60, a_records=[]))
    with pytest.raises(ResourceExistsError) as exists:
        await dns.record_sets.create_or_update("net-rg", NAME, "A", "@", records, etag="*", match_condition=MatchConditions.IfMissing)
    assert exists.value.error is not None, "azure-core reads errors that nothing is wrapped around"
    assert exists.value.error.code == "PreconditionFailed"
    with pytest.raises(ResourceModifiedError):
        await dns.record_sets.create_or_update(
            "net-rg", NAME, "A", "@", records, etag="stale", match_condition=MatchConditions.IfNotModified
        )
    with pytest.raises(ResourceNotFoundError) as missing:
        await dns.record_sets.get("net-rg", NAME, "A", "other")
    assert missing.value.error is not None
    assert missing.value.error.code == "NotFound"
