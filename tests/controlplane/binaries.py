"""The programs of the control plane: those in ``KUBEBUILDER_ASSETS``, else built once from our ``go.mod`` and kept.

They are kept in ``${XDG_CACHE_HOME:-~/.cache}/workspace-gateway-network/control-plane/``, in a directory named after
everything that decides what comes out: go.mod, go.sum, the flags and the version of Go.
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
from typing import Final

from rich.console import Console

from controlplane import toolchain
from controlplane.progress import Progress, progress
from controlplane.toolchain import MODULE, Toolchain

PACKAGES: Final[Mapping[str, str]] = {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "etcd": "go.etcd.io/etcd/server/v3",
}
"""Program to the Go package that it is built from."""

CORE_MINUTES: Final = 11
"""What a first build took, in minutes times cores (2 cores of a cloud machine, nothing cached)."""


class BinariesMissing(Exception):
    """A program is not where it should be, or could not be built."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """Programs in one directory. Each attribute raises ``BinariesMissing`` when its program isn't there."""

    directory: Path

    @property
    def kube_apiserver(self) -> Path:
        return self._program("kube-apiserver")

    @property
    def kube_controller_manager(self) -> Path:
        return self._program("kube-controller-manager")

    @property
    def kubectl(self) -> Path:
        return self._program("kubectl")

    @property
    def etcd(self) -> Path:
        return self._program("etcd")

    def _program(self, name: str) -> Path:
        path = self.directory / name
        if not os.access(path, os.X_OK):
            raise BinariesMissing(f"there is no program {name} in {self.directory}")
        return path


def find_or_build() -> Binaries:
    """Return at once when the programs are there; else say what is to come, and build them (minutes).

    With ``KUBEBUILDER_ASSETS`` set nothing is built. Raises ``BinariesMissing`` or ``toolchain.ToolchainMissing``.
    """
    if assets := os.environ.get("KUBEBUILDER_ASSETS"):
        binaries = Binaries(Path(assets))
        _ = (binaries.kube_apiserver, binaries.etcd, binaries.kubectl)
        return binaries
    go = toolchain.find(cache=cache_directory())
    directory = cache_directory() / "control-plane" / f"{kubernetes_version()}-{_key(go)}"
    if not directory.exists():
        with _only_one_builds(directory):
            if not directory.exists():
                _build(go, into=directory)
    return Binaries(directory)


def cache_directory() -> Path:
    """The project's own place in the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "workspace-gateway-network"


def kubernetes_version() -> str:
    """Such as ``v1.36.3``; go.mod says it."""
    match = re.search(r"^(?:require)?\s*k8s\.io/kubernetes (v\S+)", (MODULE / "go.mod").read_text(), re.MULTILINE)
    assert match, "go.mod requires no k8s.io/kubernetes"
    return match[1]


def _flags() -> Sequence[str]:
    # Unless told, the programs don't know their version, and kubectl refuses to compare it.
    version = f"-X k8s.io/component-base/version.gitVersion={kubernetes_version()}"
    return ("-mod=readonly", "-buildvcs=false", "-trimpath", f"-ldflags=-s -w {version}")


def _key(go: Toolchain) -> str:
    parts = [(MODULE / name).read_bytes() for name in ("go.mod", "go.sum")]
    parts += [part.encode() for part in (*_flags(), *PACKAGES.values(), go.version)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


@contextmanager
def _only_one_builds(directory: Path) -> Iterator[None]:
    """A lock among processes; the kernel releases it when its holder dies."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (directory.parent / f"{directory.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another process is building the control plane; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(go: Toolchain, *, into: Path) -> None:
    started = time.monotonic()
    cores = os.cpu_count() or 1
    *most, last = PACKAGES
    _say(
        f"Building {', '.join(most)} and {last} (Kubernetes {kubernetes_version()}) from source, with {go.version}.\n"
        f"The first time this takes about {-(-CORE_MINUTES // cores)} minutes on {cores} cores. Kept in {into}."
    )
    go.install()
    packages = _packages(go)
    unfinished = into.with_name(f"{into.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a build that was killed
    _compile(go, packages, into=unfinished)
    (unfinished / "server").rename(unfinished / "etcd")
    unfinished.rename(into)  # at last, so that whoever sees the directory sees all of it
    _say(f"Built in {time.monotonic() - started:.0f} s.")


def _packages(go: Toolchain) -> frozenset[str]:
    """All packages that Go has yet to compile. The modules that they are in are downloaded by asking."""
    answer = subprocess.run(
        [go.go, "list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", *_flags(), *PACKAGES.values()],
        cwd=MODULE,
        env=go.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise BinariesMissing(f"go list failed:\n{answer.stderr}")
    return frozenset(answer.stdout.split())


def _compile(go: Toolchain, packages: frozenset[str], *, into: Path) -> None:
    command = [str(go.go), "build", "-v", *_flags(), "-o", f"{into}/", *PACKAGES.values()]
    other_lines = []
    with (
        progress("Compiling packages", total=len(packages), console=Console(stderr=True)) as shown,
        subprocess.Popen(command, cwd=MODULE, env=go.environment, stderr=subprocess.PIPE) as build,
    ):
        for line in _lines(build, shown):
            if line in packages:
                shown.step(line)
            else:
                other_lines.append(line)
    if build.returncode:
        raise BinariesMissing("\n".join(["go build failed:", *other_lines[-40:]]))


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
