"""How fast the ARM emulator is: ``make benchmark``.

The server is kept on one core, the client on the others. All requests go over HTTPS with their connections kept, as an operator's do.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from arm_emulator.client import Emulator
from arm_emulator.journal import Exchange, Journal
from arm_emulator.process import EmulatorProcess

NETWORKS = 10_000
REQUESTS = 6_000
CONNECTIONS = 8
WANTED_RATE = 1_500
WANTED_START = 1.0

TENANT = "b6a1cf11-0000-4000-8000-00000000000a"
SUBSCRIPTION = "6f0b1d53-0000-4000-8000-00000000000b"
PROVIDER = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/bench/providers/Microsoft.Network"
NETWORK = f"{PROVIDER}/virtualNetworks/network-{NETWORKS // 2}"
ZONE = f"{PROVIDER}/privateDnsZones/team-a.gateway.westeurope-01.azure-api.net"
RULE = f"{PROVIDER}/networkSecurityGroups/shield/securityRules/allow-https"
KINDS = {
    "a virtual network": (NETWORK, "2024-05-01"),
    "a subnet": (f"{NETWORK}/subnets/gateways", "2024-05-01"),
    "a security rule": (RULE, "2024-05-01"),
    "a private DNS zone": (ZONE, "2024-06-01"),
    "a record set": (f"{ZONE}/A/@", "2024-06-01"),
}
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """What something cost: seconds on the wall, and seconds of the server's processor."""

    wall: float
    processor: float


def main() -> None:
    """Print the measurements; the exit code says whether one core is fast enough, however busy the machine is."""
    with tempfile.TemporaryDirectory() as directory:
        process, empty = start(Path(directory), networks=0)
        process.stop()
    with tempfile.TemporaryDirectory() as directory:
        process, full = start(Path(directory), networks=NETWORKS)
        print(f"memory with {NETWORKS:,} networks     {resident(process.pid):8.0f} MiB")
        try:
            requests = asyncio.run(measure(Emulator.at(process.state_dir), process.pid))
        finally:
            process.stop()
    print(f"the journal alone                {journal_rate():8.0f} exchanges a second of one core")
    slow = [each for each in requests if 1 / each.processor < WANTED_RATE]
    sys.exit(1 if slow or max(empty.processor, full.processor) >= WANTED_START else 0)


def start(directory: Path, *, networks: int) -> tuple[EmulatorProcess, Cost]:
    process = EmulatorProcess(state_dir=directory, seed=seed(networks=networks))
    began = time.perf_counter()
    process.start()
    cost = Cost(wall=time.perf_counter() - began, processor=processor(process.pid))
    what = f"start with {networks:,} networks"
    print(f"{what:<32} {cost.wall:8.2f} s, {cost.processor:.2f} s of one core (wanted: under {WANTED_START:g})")
    return process, cost


def seed(*, networks: int) -> dict[str, Any]:
    """Networks of two subnets each, a security group with a rule, and a zone with a record."""
    prefixes = {"gateways": "10.0.1.0/26", "machines": "10.0.2.0/24"}
    subnets = [{"name": name, "properties": {"addressPrefix": prefix}} for name, prefix in prefixes.items()]
    rule = {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourcePortRange": "*"}
    rule |= {"sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRanges": ["80", "443"]}
    shield = {"securityRules": [{"name": "allow-https", "properties": rule}]}
    resources: list[dict[str, Any]] = [
        {"id": RULE.rpartition("/securityRules")[0], "location": "westeurope", "properties": shield},
        {"id": ZONE, "location": "global", "properties": {}},
        {"id": f"{ZONE}/A/@", "properties": {"ttl": 300, "aRecords": [{"ipv4Address": "10.0.1.5"}]}},
    ]
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    resources += [
        {
            "id": f"{PROVIDER}/virtualNetworks/network-{number}",
            "location": "westeurope",
            "properties": {"addressSpace": space, "subnets": subnets},
        }
        for number in range(networks)
    ]
    return {"subscriptions": [{"subscriptionId": SUBSCRIPTION, "tenantId": TENANT}], "resources": resources}


async def measure(emulator: Emulator, pid: int) -> list[Cost]:
    costs = []
    with on_separate_cores(pid):
        tls = ssl.create_default_context(cafile=emulator.ca)
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, ssl=tls)
        async with aiohttp.ClientSession(connector=connector) as session:
            headers = {"Authorization": f"Bearer {await log_in(session, emulator)}"}
            for what, (path, version) in KINDS.items():
                url = f"{emulator.url}{path}?api-version={version}"
                cost = await gets(session, url, headers, pid)
                costs.append(cost)
                a_core = f"one core carries {1 / cost.processor:.0f} (wanted: {WANTED_RATE:,})"
                print(f"GET of {what:<25} {1 / cost.wall:8.0f} a second; {cost.processor * 1000:.2f} ms each: {a_core}")
    return costs


async def log_in(session: aiohttp.ClientSession, emulator: Emulator) -> str:
    form = {"client_id": "bench", "client_secret": "made-up", "grant_type": "client_credentials", "scope": f"{emulator.url}/.default"}
    async with session.post(f"{emulator.url}/{TENANT}/oauth2/v2.0/token", data=form) as answer:
        return str((await answer.json())["access_token"])


async def gets(session: aiohttp.ClientSession, url: str, headers: dict[str, str], pid: int) -> Cost:
    """The cost of one request, of many."""

    async def ask(times: int) -> None:
        for _ in range(times):
            async with session.get(url, headers=headers) as answer:
                await answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{answer.status} {url}")

    await ask(CONNECTIONS * 10)
    began, used = time.perf_counter(), processor(pid)
    await asyncio.gather(*(ask(REQUESTS // CONNECTIONS) for _ in range(CONNECTIONS)))
    took, used = time.perf_counter() - began, processor(pid) - used
    return Cost(wall=took / REQUESTS, processor=used / REQUESTS)


def journal_rate() -> float:
    """Exchanges that the journal writes in a second of one core, all else left out."""
    headers = {f"x-ms-header-{number}": "a value of usual length" for number in range(8)}
    exchange = Exchange(
        method="GET",
        url=f"{NETWORK}?api-version=2024-05-01",
        query={"api-version": "2024-05-01"},
        request_headers=headers,
        request_body=None,
        status=200,
        response_headers=headers,
        response_body='{"properties": {"text": "' + "x" * 1500 + '"}}',
        at="2026-01-31T10:20:30.1234567Z",
        principal="bench",
        resource_type="Microsoft.Network/virtualNetworks",
        fault=None,
    )
    with tempfile.TemporaryDirectory() as directory:
        journal = Journal(Path(directory) / "exchanges.jsonl")
        began = time.process_time()
        for _ in range(REQUESTS):
            journal.write(exchange)
        took = time.process_time() - began
        journal.close()
    return REQUESTS / took


@contextmanager
def on_separate_cores(pid: int) -> Iterator[None]:
    """Keep the server on one core and this client off it, where there are two."""
    ours = os.sched_getaffinity(0)
    first, *others = sorted(ours)
    os.sched_setaffinity(pid, {first})
    os.sched_setaffinity(0, set(others) or ours)
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


def processor(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS


def resident(pid: int) -> float:
    """Memory that a process holds, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
