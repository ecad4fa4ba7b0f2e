"""Runs one program and ends it, with its whole process group, when whoever started this supervisor is gone.

``python supervise.py --grace SECONDS -- PROGRAM [ARGUMENT …]``, with a pipe as standard input. The program ends when

* the pipe is closed: its holder asked for the end, or died, be it by SIGKILL;
* the supervisor gets SIGTERM, SIGINT or SIGHUP;
* the supervisor itself dies by SIGKILL (Linux: the kernel then kills the program).

Why not just PR_SET_PDEATHSIG on the program: the kernel sends that signal when the *thread* that forked ends, and test
runners start servers from threads that don't live long. The supervisor has only one thread, which lives as long as it does.

Needs nothing but the standard library, so that it can run isolated (``python -I``) and start in some 20 ms.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

PR_SET_PDEATHSIG = 1
"""From ``linux/prctl.h``."""

ORPHAN_CHECK_SECONDS = 1.0
"""How often to look whether the parent still lives: a fork of the parent may hold the pipe open beyond its death."""


def supervise(command: Sequence[str], *, grace_seconds: float) -> int:
    """Run ``command`` until it ends by itself or has to; return its exit status as a shell would show it."""
    parent = os.getppid()
    asked_to_end: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            asked_to_end.append(number)

    # A signal that arrives between two looks must wake the select below: hence the wake-up pipe.
    wake_reader, wake_writer = os.pipe()
    os.set_blocking(wake_reader, False)
    os.set_blocking(wake_writer, False)
    signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)

    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=_dies_with(os.getpid()),  # noqa: PLW1509  # there is one thread
    )
    stdin = sys.stdin.fileno()
    while child.poll() is None and not asked_to_end and os.getppid() == parent:
        readable, _, _ = select.select([stdin, wake_reader], [], [], ORPHAN_CHECK_SECONDS)
        if wake_reader in readable:
            os.read(wake_reader, 4096)
        if stdin in readable and not os.read(stdin, 4096):
            break
    _end(child, grace_seconds=grace_seconds)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _end(child: subprocess.Popen[bytes], *, grace_seconds: float) -> None:
    """SIGTERM to the group, SIGKILL to whatever of it is left after the grace."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        child.wait(grace_seconds)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _dies_with(supervisor: int) -> Callable[[], None] | None:
    """What the child does between fork and exec, so that the kernel kills it when the supervisor dies."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != supervisor:  # it died before the kernel was asked
            os._exit(1)

    return ask_kernel


def main(arguments: Sequence[str]) -> int:
    """The command line; returns the exit status."""
    match list(arguments):
        case ["--grace", seconds, "--", *command] if command:
            return supervise(command, grace_seconds=float(seconds))
    print("usage: supervise.py --grace SECONDS -- PROGRAM [ARGUMENT …]", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
