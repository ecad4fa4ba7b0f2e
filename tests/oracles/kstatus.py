"""kstatus itself, in Go as Flux runs it, to judge what the operator writes. https://github.com/fluxcd/cli-utils"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from controlplane.gomodule import GoModule

MODULE: Final = GoModule(
    name="kstatus",
    source=Path(__file__).with_name("kstatus"),
    programs={"kstatus": "workspacegateway.dev/tests/oracles/kstatus"},
    requirement="github.com/fluxcd/cli-utils",
    product="fluxcd/cli-utils",
    core_minutes=1,
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What people see who wait for an object."""

    status: str
    """Current, InProgress, Failed or Terminating."""
    message: str


def compute(objects: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """The verdict on each object, in one run of the program; it is built first if need be."""
    lines = "".join(f"{json.dumps(document)}\n" for document in objects)
    program = MODULE.find_or_build() / "kstatus"
    answer = subprocess.run([program], input=lines, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"kstatus: {answer.stderr}")
    return [_verdict(line) for line in answer.stdout.splitlines()]


def _verdict(line: str) -> Verdict:
    status, _, message = line.partition("\t")
    return Verdict(status=status, message=json.loads(message))
