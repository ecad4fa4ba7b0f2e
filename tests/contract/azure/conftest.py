"""The emulator, and the operator's own way to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import aiohttp.connector
import pytest

from arm_emulator.client import Emulator
from arm_emulator.process import EmulatorProcess
from contract.azure.world import OPERATOR, TENANT, Clock, Counted, World, seed
from oracles.openapi import journals
from workspace_gateway_network.azure import ArmAzure
from workspace_gateway_network.azure.options import AzureEndpoints, AzureIdentity, AzureOptions
from workspace_gateway_network.azure.session import connect
from workspace_gateway_network.runtime.settings import Credential


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, worker_id: str) -> Iterator[Emulator]:
    running = EmulatorProcess(state_dir=tmp_path_factory.mktemp("emulator"), seed=seed())
    with running as emulator:
        # aiohttp makes its TLS context when it is imported, before this certificate authority existed.
        aiohttp.connector._SSL_CONTEXT_VERIFIED.load_verify_locations(emulator.ca)
        yield emulator
    # Each worker has an emulator of its own for its part of the module.
    journals.keep(running.journal, name=f"{request.node.nodeid} {worker_id}")


@pytest.fixture
def emulator(process: Emulator) -> Emulator:
    process.reset()
    process.settings(latency="instant", if_match="own", network_conflict="429", security_group_conflict="off", page_size=50)
    process.settings(hold_operations=False)
    return process


@pytest.fixture
def options(emulator: Emulator) -> AzureOptions:
    return AzureOptions(
        endpoints=AzureEndpoints(resource_manager=emulator.url, audience=emulator.url, authority_host=emulator.url),
        identity=AzureIdentity(credential=Credential.CLIENT_SECRET, tenant_id=TENANT, client_id=OPERATOR, client_secret="right"),
        look_max_age=0.0,
        request_timeout=10.0,
    )


@pytest.fixture
async def world(emulator: Emulator, options: AzureOptions) -> AsyncIterator[World]:
    clock, metrics = Clock(), Counted()
    async with connect(options=options, metrics=metrics, now=clock) as azure:
        yield World(emulator=emulator, azure=azure, clock=clock, metrics=metrics, since=emulator.seq())


@pytest.fixture
async def new_process(world: World, options: AzureOptions) -> AsyncIterator[Callable[[], Awaitable[ArmAzure]]]:
    """Opens the way to Azure as another process of the operator would: what was read or written before is not known."""
    async with AsyncExitStack() as opened:

        async def open_one() -> ArmAzure:
            return await opened.enter_async_context(connect(options=options, metrics=Counted(), now=world.clock))

        yield open_one


@pytest.fixture
async def lazy_world(emulator: Emulator, options: AzureOptions) -> AsyncIterator[World]:
    """The same with looks that may be a minute old."""
    clock, metrics = Clock(), Counted()
    async with connect(options=replace(options, look_max_age=60.0), metrics=metrics, now=clock) as azure:
        yield World(emulator=emulator, azure=azure, clock=clock, metrics=metrics, since=emulator.seq())
