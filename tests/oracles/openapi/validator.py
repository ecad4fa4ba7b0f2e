"""oav, Microsoft's validator, as a process that reads exchanges and says what is wrong with them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from oracles.openapi import node, specifications

_SOURCE: Final = Path(__file__).with_name("validator")
_FILES: Final = ("package.json", "package-lock.json", "validate.js")
_BUILD: Final = Path(__file__).resolve().parents[3] / ".build" / "openapi"


class ValidatorFailed(Exception):
    """oav could not be installed, or ended before it had judged everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that the documents do not allow."""

    code: str
    """oav's, such as OBJECT_ADDITIONAL_PROPERTIES."""
    path: str
    """Where in the body, as a JSON pointer; empty where it is not about a place in it."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What oav says of one exchange."""

    operation: str | None
    """The operationId; None where no document has such an operation."""
    request: tuple[Finding, ...]
    response: tuple[Finding, ...]


def install() -> Path:
    """The directory in which oav and our program are, installed first if need be. Raises `ValidatorFailed` or `NodeMissing`."""
    content = b"".join((_SOURCE / name).read_bytes() for name in _FILES)
    home = _BUILD / f"validator-{hashlib.sha256(content).hexdigest()[:16]}"
    with _alone():
        if not home.is_dir():
            with tempfile.TemporaryDirectory(prefix="installing-", dir=_BUILD) as directory:
                _npm_install(Path(directory) / "validator")
                (Path(directory) / "validator").rename(home)
    return home


def version() -> str:
    """The version of oav."""
    dependencies: Mapping[str, str] = json.loads((_SOURCE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return dependencies["oav"]


def judge(exchanges: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """The verdict on each exchange, in one run. An exchange has `liveRequest` and `liveResponse`, the latter None where
    it is not to be judged.
    """
    program = install() / "validate.js"
    with tempfile.TemporaryDirectory(prefix="documents-", dir=_BUILD) as directory:
        documents = Path(directory) / "openapi"
        specifications.prepare(documents)
        answer = subprocess.run(
            [_node().program, program, documents, *specifications.DOCUMENTS],
            input="".join(f"{json.dumps(exchange)}\n" for exchange in exchanges),
            capture_output=True,
            text=True,
            check=False,
        )
    if answer.returncode:
        raise ValidatorFailed(f"oav ended with {answer.returncode}:\n{answer.stderr}")
    return [_verdict(json.loads(line)) for line in answer.stdout.splitlines()]


def _verdict(line: Mapping[str, Any]) -> Verdict:
    request, response = (tuple(Finding(**each) for each in line[side]) for side in ("request", "response"))
    return Verdict(operation=line["operation"], request=request, response=response)


def _node() -> node.Node:
    return node.find_or_install(_BUILD / "node")


def _npm_install(home: Path) -> None:
    home.mkdir()
    for name in _FILES:
        shutil.copyfile(_SOURCE / name, home / name)
    found = _node()
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved")
    attempt = subprocess.run([*found.npm, "ci", *options], cwd=home, env=found.environment, capture_output=True, text=True, check=False)
    if attempt.returncode:
        raise ValidatorFailed(f"npm could not install oav:\n{attempt.stdout}{attempt.stderr}")


@contextmanager
def _alone() -> Iterator[None]:
    """Processes that want the same at the same time take turns."""
    _BUILD.mkdir(parents=True, exist_ok=True)
    with (_BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
