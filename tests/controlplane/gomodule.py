"""Programs that are built once from a Go module of ours, and kept.

They are kept in ``${XDG_CACHE_HOME:-~/.cache}/workspace-gateway-network/``, in a directory named after everything that
decides what comes out: go.mod, go.sum, sources of ours, the flags and the version of Go.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from controlplane import toolchain
from controlplane.progress import Progress, progress
from controlplane.toolchain import Toolchain


class BinariesMissing(Exception):
    """A program is not where it should be, or could not be built."""


@dataclass(frozen=True, kw_only=True)
class GoModule:
    """A directory with a go.mod, and the programs that are built from it."""

    name: str
    """What the programs are together, in a sentence; its directory in the cache is named so too."""
    source: Path
    programs: Mapping[str, str]
    """Program to the Go package that it is built from."""
    requirement: str
    """The module whose version is the one that matters."""
    product: str
    """What people call that module."""
    core_minutes: float
    """What a first build took, in minutes times cores, with nothing cached."""
    linker_flags: str = "-s -w"

    @property
    def version(self) -> str:
        """Such as ``v1.36.3``; go.mod says it."""
        match = re.search(rf"^(?:require)?\s*{re.escape(self.requirement)} (v\S+)", (self.source / "go.mod").read_text(), re.MULTILINE)
        assert match, f"{self.source / 'go.mod'} requires no {self.requirement}"
        return match[1]

    def find_or_build(self) -> Path:
        """The directory of the programs, at once when they are there; else say what is to come, and build them.

        Raises ``BinariesMissing`` or ``toolchain.ToolchainMissing``.
        """
        go = toolchain.find(cache=cache_directory())
        directory = cache_directory() / self.name.replace(" ", "-") / f"{self.version}-{self._key(go)}"
        if not directory.exists():
            with _only_one_builds(directory, name=self.name):
                if not directory.exists():
                    self._build(go, into=directory)
        return directory

    @property
    def _flags(self) -> Sequence[str]:
        return ("-mod=readonly", "-buildvcs=false", "-trimpath", f"-ldflags={self.linker_flags}")

    def _key(self, go: Toolchain) -> str:
        sources = [self.source / "go.mod", self.source / "go.sum", *sorted(self.source.glob("*.go"))]
        parts = [source.read_bytes() for source in sources]
        parts += [part.encode() for part in (*self._flags, *self.programs.values(), go.version)]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]

    def _build(self, go: Toolchain, *, into: Path) -> None:
        started = time.monotonic()
        cores = os.cpu_count() or 1
        _say(
            f"Building {_listed([*self.programs])} ({self.product} {self.version}) from source, with {go.version}.\n"
            f"The first time this takes about {_minutes(self.core_minutes / cores)} on {cores} cores. Kept in {into}."
        )
        go.install()
        packages = self._packages(go)
        unfinished = into.with_name(f"{into.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)  # of a build that was killed
        self._compile(go, packages, into=unfinished)
        for program, package in self.programs.items():
            (unfinished / _name_by_go(package)).rename(unfinished / program)
        unfinished.rename(into)  # at last, so that whoever sees the directory sees all of it
        _say(f"Built in {time.monotonic() - started:.0f} s.")

    def _packages(self, go: Toolchain) -> frozenset[str]:
        """All packages that Go has yet to compile. The modules that they are in are downloaded by asking."""
        answer = subprocess.run(
            [go.go, "list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", *self._flags, *self.programs.values()],
            cwd=self.source,
            env=go.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            raise BinariesMissing(f"go list failed:\n{answer.stderr}")
        return frozenset(answer.stdout.split())

    def _compile(self, go: Toolchain, packages: frozenset[str], *, into: Path) -> None:
        command = [str(go.go), "build", "-v", *self._flags, "-o", f"{into}/", *self.programs.values()]
        other_lines = []
        with (
            progress("Compiling packages", total=len(packages), console=Console(stderr=True)) as shown,
            subprocess.Popen(command, cwd=self.source, env=go.environment, stderr=subprocess.PIPE) as build,
        ):
            for line in _lines(build, shown):
                if line in packages:
                    shown.step(line)
                else:
                    other_lines.append(line)
        if build.returncode:
            raise BinariesMissing("\n".join(["go build failed:", *other_lines[-40:]]))


def cache_directory() -> Path:
    """The project's own place in the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "workspace-gateway-network"


@contextmanager
def _only_one_builds(directory: Path, *, name: str) -> Iterator[None]:
    """A lock among processes; the kernel releases it when its holder dies."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (directory.parent / f"{directory.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"Another process is building the {name}; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _name_by_go(package: str) -> str:
    """What Go names a program: the last part of its package's path that is not a major version."""
    *_, before, last = package.split("/")
    return before if re.fullmatch(r"v\d+", last) else last


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _minutes(minutes: float) -> str:
    whole = max(1, -int(-minutes // 1))
    return f"{whole} minute{'s' if whole > 1 else ''}"


def _lines(build: subprocess.Popen[bytes], shown: Progress) -> Iterator[str]:
    """The lines of standard error, as they come; once a second without any, the display is told so."""
    assert build.stderr is not None
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(build.stderr, selectors.EVENT_READ)
        while True:
            if not selector.select(timeout=1.0):
                shown.idle()
                continue
            if not (chunk := os.read(build.stderr.fileno(), 65536)):
                break
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)
    if rest:
        yield rest.decode(errors="replace")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
