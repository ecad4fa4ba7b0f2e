"""Server processes that never outlive whoever started them, and free ports for them to listen on."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from controlplane import supervise

LOOPBACK = "127.0.0.1"


class SupervisedProcess:
    """A program under ``supervise.py``: it ends with ``stop()``, with its supervisor, and with this process, even by SIGKILL.

    Standard output and error go to the end of ``log``. ``environment`` replaces the inherited one when given.
    After SIGTERM the program has ``grace_seconds`` until SIGKILL.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        grace_seconds: float = 5.0,
    ) -> None:
        self.command = tuple(command)
        self.log = log
        self._grace_seconds = grace_seconds
        supervisor = [sys.executable, "-I", supervise.__file__, "--grace", str(grace_seconds), "--", *command]
        with log.open("ab") as output:
            # A session of its own: Ctrl-C in the terminal is for the parent, who then stops its servers in order.
            self._supervisor = subprocess.Popen(
                supervisor,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )

    @property
    def supervisor_pid(self) -> int:
        return self._supervisor.pid

    @property
    def exit_status(self) -> int | None:
        """As a shell shows it (128 + n for signal n); ``None`` while the program runs."""
        return self._supervisor.poll()

    def stop(self) -> int:
        """End the program if it still runs, wait for its end, and return its exit status."""
        assert self._supervisor.stdin is not None
        self._supervisor.stdin.close()
        return self._supervisor.wait(self._grace_seconds + 10)

    def log_tail(self, *, lines: int = 20) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.stop()


def free_ports(count: int) -> tuple[int, ...]:
    """Different loopback ports that are free now. Somebody may take one before its server does: start again then."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return tuple(each.getsockname()[1] for each in sockets)
