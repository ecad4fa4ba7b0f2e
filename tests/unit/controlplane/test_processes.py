"""Servers end with whoever started them, however that one ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from controlplane.processes import SupervisedProcess, free_ports

SERVER = textwrap.dedent(
    """
    import os, pathlib, signal, sys, time
    if "deaf" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ready = pathlib.Path(sys.argv[1])
    ready.with_suffix(".new").write_text(str(os.getpid()))
    ready.with_suffix(".new").rename(ready)
    time.sleep(600)
    """
)


def until(condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it didn't happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie doesn't."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def pid_in(path: Path) -> int:
    until(path.exists)
    return int(path.read_text())


def server(pid_file: Path, *, deaf: bool = False) -> list[str]:
    return [sys.executable, "-c", SERVER, str(pid_file), *(["deaf"] if deaf else [])]


@contextmanager
def parent(tmp_path: Path, *, body: str, deaf: bool = False) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Another Python process, which starts the server in ``body``; and the server's process id."""
    script = textwrap.dedent(
        """
        import os, sys, threading, time
        from pathlib import Path
        from controlplane.processes import SupervisedProcess

        def start():
            return SupervisedProcess({command!r}, log=Path({log!r}), grace_seconds=0.3)
        """
    ).format(command=server(tmp_path / "pid", deaf=deaf), log=str(tmp_path / "log"))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", script + textwrap.dedent(body)], env=environment) as process:
        try:
            yield process, pid_in(tmp_path / "pid")
        finally:
            process.kill()


def test_stop_ends_the_program_and_tells_how(tmp_path: Path) -> None:
    with SupervisedProcess(server(tmp_path / "pid"), log=tmp_path / "log") as process:
        pid = pid_in(tmp_path / "pid")
        assert process.exit_status is None
        assert process.stop() == 128 + signal.SIGTERM
    assert not alive(pid)


def test_a_program_that_ignores_sigterm_is_killed_after_the_grace(tmp_path: Path) -> None:
    with SupervisedProcess(server(tmp_path / "pid", deaf=True), log=tmp_path / "log", grace_seconds=0.3) as process:
        pid = pid_in(tmp_path / "pid")
        assert process.stop() == 128 + signal.SIGKILL
    assert not alive(pid)


def test_a_program_that_ends_by_itself_leaves_its_status_and_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('out of tea', file=sys.stderr); sys.exit(7)"]
    with SupervisedProcess(command, log=tmp_path / "log") as process:
        until(lambda: process.exit_status is not None)
        assert process.exit_status == 7
        assert process.log_tail() == "out of tea"


def test_what_the_program_started_ends_with_it(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", 'sleep 600 & echo $! > "$0.new"; mv "$0.new" "$0"; wait', str(tmp_path / "pid")]
    with SupervisedProcess(command, log=tmp_path / "log") as process:
        grandchild = pid_in(tmp_path / "pid")
        process.stop()
    until(lambda: not alive(grandchild))


@pytest.mark.parametrize("deaf", [False, True], ids=("obedient", "deaf"))
def test_the_program_ends_when_its_starter_is_killed(tmp_path: Path, deaf: bool) -> None:
    with parent(tmp_path, body="kept = start(); time.sleep(600)", deaf=deaf) as (process, pid):
        process.kill()
    until(lambda: not alive(pid))


def test_the_program_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    body = """
    kept = []
    thread = threading.Thread(target=lambda: kept.append(start()))
    thread.start()
    thread.join()
    Path({joined!r}).touch()
    time.sleep(600)
    """.format(joined=str(tmp_path / "joined"))
    with parent(tmp_path, body=textwrap.dedent(body)) as (process, pid):
        until((tmp_path / "joined").exists)
        assert alive(pid)
        process.kill()
    until(lambda: not alive(pid))


def test_a_fork_of_the_starter_does_not_keep_the_program_alive(tmp_path: Path) -> None:
    body = """
    kept = start()
    if (fork := os.fork()) == 0:
        time.sleep(600)
    Path({fork!r} + ".new").write_text(str(fork))
    Path({fork!r} + ".new").rename({fork!r})
    time.sleep(600)
    """.format(fork=str(tmp_path / "fork"))
    with parent(tmp_path, body=textwrap.dedent(body)) as (process, pid):
        fork = pid_in(tmp_path / "fork")
        process.kill()
    try:
        until(lambda: not alive(pid))
        assert alive(fork)
    finally:
        os.kill(fork, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_the_program_ends_with_its_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    with SupervisedProcess(server(tmp_path / "pid"), log=tmp_path / "log") as process:
        pid = pid_in(tmp_path / "pid")
        os.kill(process.supervisor_pid, number)
        until(lambda: not alive(pid))


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    for port in ports:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
