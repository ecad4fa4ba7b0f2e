"""The emulator as a process of its own, for tests and demos."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from arm_emulator.client import Emulator

_TESTS = Path(__file__).resolve().parent.parent
_READY_SECONDS = 30.0


class EmulatorProcess:
    """Starts an emulator, gives its control client, and ends it.

    The emulator lives until the context ends or this process does, even by SIGKILL: it reads from a pipe whose other
    end only this process holds. ``options`` are further command-line options, such as
    ``("--latency", "lan")``. ``restart`` brings it up anew on the same port, from its seed.
    """

    def __init__(self, *, state_dir: Path, seed: dict[str, Any] | None = None, port: int = 0, options: Sequence[str] = ()) -> None:
        self.state_dir = state_dir
        self._seed = seed
        self._port = port
        self._options = list(options)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None, "the emulator is not running"
        return self._process.pid

    @property
    def log(self) -> Path:
        return self.state_dir / "emulator.log"

    @property
    def journal(self) -> Path:
        return self.state_dir / "exchanges.jsonl"

    def start(self) -> Emulator:
        """Start and wait until it listens; raises ``RuntimeError`` with its output when it does not."""
        self.state_dir.mkdir(parents=True, exist_ok=True)
        endpoint = self.state_dir / "endpoint.json"
        endpoint.unlink(missing_ok=True)
        command = [sys.executable, "-m", "arm_emulator", "--state-dir", str(self.state_dir), "--until-stdin-closes"]
        command += ["--port", str(self._port), *self._options]
        if self._seed is not None:
            seed = self.state_dir / "seed.json"
            seed.write_text(json.dumps(self._seed))
            command += ["--seed", str(seed)]
        path = os.pathsep.join([str(_TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": path},
            )
        self._wait_until_listening(endpoint)
        emulator = Emulator.at(self.state_dir)
        self._port = int(emulator.url.rsplit(":", 1)[1])
        return emulator

    def stop(self) -> None:
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def restart(self) -> Emulator:
        self.stop()
        return self.start()

    def _wait_until_listening(self, endpoint: Path) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _READY_SECONDS
        while not endpoint.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the emulator did not start:\n{self.log.read_text()}")
            time.sleep(0.02)
