"""Make the hashed locks from pyproject.toml, or say whether they still fit it.

    python requirements/lock.py [--upgrade]   write all of them
    python requirements/lock.py --check       exit 1 when pyproject.toml has moved on; needs no network

Each lock holds for every supported Python and platform, and carries the digest of the declarations that it was made
from. Versions that are already locked are kept unless `--upgrade` is given.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
OLDEST_PYTHON: Final = "3.11"

# In this order: what is installed for development never differs from what ships. The last two are environments of their own.
LOCKS: Final[dict[str, tuple[str, ...]]] = {
    "build.txt": ("--group", "build"),
    "run.txt": ("pyproject.toml", "--constraint", "requirements/build.txt"),
    "dev.txt": (
        *("pyproject.toml", "--group", "dev"),
        *("--constraint", "requirements/build.txt", "--constraint", "requirements/run.txt"),
    ),
    "node.txt": ("--group", "node"),
    "az.txt": ("--group", "az"),
}


def declarations_digest() -> str:
    """SHA-256 (hex) of everything in pyproject.toml that decides what the locks hold."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {
        "requires-python": document["project"]["requires-python"],
        "dependencies": document["project"]["dependencies"],
        "groups": document["dependency-groups"],
    }
    return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()


def header(digest: str) -> str:
    """What a lock says of its own making: the command, and the digest of `declarations_digest`."""
    return f"make lock (pyproject.toml declarations sha256:{digest})"


def write(*, upgrade: bool) -> None:
    """Resolve every lock anew. Raises `CalledProcessError` when the declarations cannot be met together."""
    compile_command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet"),
        *("--universal", "--python-version", OLDEST_PYTHON, "--fork-strategy", "fewest"),
        *("--generate-hashes", "--no-emit-index-url"),
        *("--custom-compile-command", header(declarations_digest())),
        *(["--upgrade"] if upgrade else []),
    ]
    for name, sources in LOCKS.items():
        command = [*compile_command, *sources, "--output-file", f"requirements/{name}"]
        subprocess.run(command, cwd=ROOT, check=True)


def stale() -> list[str]:
    """Names of the locks that were made from other declarations than today's."""
    expected = header(declarations_digest())
    return [name for name in LOCKS if expected not in (ROOT / "requirements" / name).read_text(encoding="utf-8")]


def main() -> None:
    """Run the command line in the module's docstring."""
    parser = argparse.ArgumentParser(description="Make or check the hashed requirement locks.")
    parser.add_argument("--check", action="store_true", help="only say whether the locks fit pyproject.toml")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    arguments = parser.parse_args()
    if not arguments.check:
        write(upgrade=arguments.upgrade)
    elif names := stale():
        sys.exit(f"pyproject.toml has changed since requirements/{', '.join(names)}: run 'make lock'")


if __name__ == "__main__":
    main()
