"""The emulator as a process: loopback only, and gone with whoever started it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from arm_emulator.process import EmulatorProcess
from contract.emulator.azure import CLIENT, NETWORK, TENANT, Arm, seed

TESTS = Path(__file__).parents[2]

STARTER = """
import sys, time
from pathlib import Path
from arm_emulator.process import EmulatorProcess
process = EmulatorProcess(state_dir=Path(sys.argv[1]))
process.start()
print(process.pid, flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def gone(pid: int) -> bool:
    """Whether a process ends within ten seconds."""
    deadline = time.monotonic() + 10
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_it_dies_with_the_process_that_started_it_even_by_sigkill(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(TESTS)}
    )
    with starter:
        assert starter.stdout is not None
        emulator = int(starter.stdout.readline())
        assert alive(emulator)
        starter.send_signal(signal.SIGKILL)
        starter.wait()
        assert gone(emulator)


def test_it_says_where_it_is(tmp_path: Path) -> None:
    with EmulatorProcess(state_dir=tmp_path, seed=seed()) as emulator:
        endpoint = json.loads((tmp_path / "endpoint.json").read_text())
        assert endpoint["url"] == endpoint["authority"] == endpoint["audience"] == emulator.url
        assert endpoint["url"].startswith("https://127.0.0.1:")
        assert endpoint["ca"] == str(tmp_path / "ca.pem")
        assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600
        assert emulator.get(NETWORK) is not None
        assert emulator.environment(tenant=TENANT, client_id=CLIENT, secret="made-up") == {
            "AZURE_RESOURCE_MANAGER_ENDPOINT": emulator.url,
            "AZURE_RESOURCE_MANAGER_AUDIENCE": emulator.url,
            "AZURE_AUTHORITY_HOST": emulator.url,
            "AZURE_TENANT_ID": TENANT,
            "AZURE_CLIENT_ID": CLIENT,
            "AZURE_CLIENT_SECRET": "made-up",
            "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
        }


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
async def test_it_ends_when_it_is_told_to_even_while_a_request_hangs(tmp_path: Path, signum: int) -> None:
    process = EmulatorProcess(state_dir=tmp_path, seed=seed())
    emulator = process.start()
    async with Arm(emulator) as arm:
        await arm.log_in()
        emulator.add_fault(hang="before")
        hanging = asyncio.create_task(arm.get(NETWORK))
        await asyncio.to_thread(emulator.wait_for, lambda it: it.faults()[0]["hanging"])
        os.kill(process.pid, signum)
        with pytest.raises(aiohttp.ClientError):
            await hanging
    assert await asyncio.to_thread(gone, process.pid)
    process.stop()


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--host", "192.0.2.1"], r"192\.0\.2\.1 is not a loopback address"), (["--time-scale", "0"], "the time scale must be positive")],
    ids=["every interface", "standing time"],
)
def test_it_refuses_what_cannot_be(tmp_path: Path, options: list[str], message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        EmulatorProcess(state_dir=tmp_path, options=options).start()


def test_a_seed_that_cannot_be_held_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"Microsoft\.Unknown/things is not a type that this emulator holds"):
        EmulatorProcess(
            state_dir=tmp_path, seed={"resources": [{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Unknown/things/t"}]}
        ).start()
