"""The operator as its own process, just as it ships: the installed wheel, its defaults, its documented settings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from controlplane import SupervisedProcess
from controlplane.processes import free_ports

REPOSITORY = Path(__file__).resolve().parents[2]
WGN = REPOSITORY / ".build" / "wheel" / "bin" / "wgn"
_READY_SECONDS = 30.0


class OperatorFailed(Exception):
    """The operator did not come up; the text ends with its log."""


class OperatorProcess:
    """`wgn run` from the wheel, until `stop()`, `kill()`, or the end of this process."""

    def __init__(self, *, environment: Mapping[str, str], log: Path) -> None:
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        settings = {"WGN_HTTP_HOST": "127.0.0.1", "WGN_HTTP_PORT": str(port), **environment}
        self._process = SupervisedProcess([str(WGN), "run"], log=log, environment={**inherited, **settings})

    def wait_until_ready(self) -> Self:
        """Wait for `/readyz`."""
        deadline = time.monotonic() + _READY_SECONDS
        while not self._answers("/readyz"):
            if self._process.exit_status is not None or time.monotonic() > deadline:
                raise OperatorFailed(
                    f"wgn run did not get ready (exit status {self._process.exit_status}):\n{self._process.log_tail(lines=60)}"
                )
            time.sleep(0.05)
        return self

    def metrics(self) -> str:
        """The text of `/metrics`."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:
            text: str = answer.read().decode()
        return text

    def kill(self) -> None:
        """SIGKILL, as a node that dies or the kernel short of memory does it."""
        children = subprocess.run(
            ["pgrep", "-P", str(self._process.supervisor_pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        for pid in children:
            os.kill(int(pid), signal.SIGKILL)
        self._process.stop()

    def stop(self) -> int:
        """SIGTERM, as a rollout does it; returns the exit status."""
        return self._process.stop()

    @property
    def exit_status(self) -> int | None:
        """None while it runs."""
        return self._process.exit_status

    def log_lines(self) -> list[dict[str, object]]:
        """The log, line by line, as JSON."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def _answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.stop()
