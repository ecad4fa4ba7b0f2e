"""`wgn run` as a process: what it says of itself before, while and after it works."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from contract.cluster.world import OPERATOR, SECONDS, STRANGER, Team
from controlplane import ControlPlane

pytestmark = pytest.mark.xdist_group("cluster")

NOWHERE = "https://127.0.0.1:1"


class Process:
    """The operator under the rights of a user, with an Azure that doesn't answer."""

    def __init__(self, *, kubeconfig: Path, log: Path, port: int = 0) -> None:
        self._log = log
        environment = {
            "KUBECONFIG": str(kubeconfig),
            "WGN_CLUSTER_ID": "contract",
            "WGN_HTTP_HOST": "127.0.0.1",
            "WGN_HTTP_PORT": str(port),
            "AZURE_RESOURCE_MANAGER_ENDPOINT": NOWHERE,
            "AZURE_AUTHORITY_HOST": NOWHERE,
            "AZURE_TENANT_ID": "tenant",
            "AZURE_CLIENT_ID": "client",
            "AZURE_CLIENT_SECRET": "secret",
        }
        with log.open("w") as stream:
            self.popen = subprocess.Popen(
                [sys.executable, "-c", "from workspace_gateway_network.cli import main; main(['run'])"],
                env=environment | {"PYTHONPATH": ":".join(sys.path)},
                stderr=stream,
            )

    def lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self._log.read_text().splitlines() if line.endswith("}")]

    def messages(self) -> list[str]:
        return [line["message"] for line in self.lines()]

    def port(self) -> int:
        message = until(lambda: [message for message in self.messages() if message.startswith("Serving")], "the port")[0]
        return int(message.rpartition(":")[2])

    def probe(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port()}{path}") as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def terminate(self) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(SECONDS)


T = TypeVar("T")


def until(condition: Callable[[], T], what: str) -> T:
    deadline = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {SECONDS:.0f} s for {what}"
        time.sleep(0.05)
    return found


Start = Callable[..., Process]


@pytest.fixture
def start(plane: ControlPlane, tmp_path: Path) -> Iterator[Start]:
    processes: list[Process] = []

    def start(user: str = OPERATOR, *, port: int = 0) -> Process:
        processes.append(Process(kubeconfig=plane.kubeconfig_for(user), log=tmp_path / f"{len(processes)}.jsonl", port=port))
        return processes[-1]

    yield start
    for process in processes:
        process.popen.kill()
        process.popen.wait()


def test_it_works_while_azure_does_not_answer_and_says_so(team: Team, start: Start) -> None:
    process = start()
    until(lambda: "Started with 0 resources" in process.messages(), "the first list")
    team.make()  # so it is the watch that brings it
    team.kubectl("wait", "wgn", "a", "--for=condition=AzureAccess=false", f"--timeout={SECONDS:.0f}s")
    assert process.probe("/readyz") == (200, "[+] listed\n[+] running\n")
    assert process.probe("/healthz") == (200, "[+] workers\n[+] watch\n")
    status, metrics = process.probe("/metrics")
    assert status == 200
    assert f'wgn_status_condition{{name="a",namespace="{team.namespace}",status="False",type="AzureAccess"}} 1.0' in metrics
    assert [line for line in process.lines() if line["level"] != "info"] == []
    assert process.terminate() == 0
    assert process.messages()[-2:] == ["Stopping: passes that have begun may end", "Stopped"]


def test_it_is_alive_and_not_ready_until_it_may_list_and_stops_at_once_meanwhile(start: Start) -> None:
    process = start(STRANGER)
    until(lambda: [message for message in process.messages() if "check its ClusterRole" in message], "a word")
    assert process.probe("/readyz") == (503, "[-] listed: not all resources have been listed yet\n[+] running\n")
    assert process.probe("/healthz") == (200, "[+] workers\n[+] watch\n")
    assert process.terminate() == 0


def test_a_port_that_is_taken_ends_it_with_status_1(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(port=taken.getsockname()[1])
        assert process.popen.wait(SECONDS) == 1
    assert process.messages() == ["The operator failed"]
    assert "address already in use" in process.lines()[0]["error"]
