"""`az` as a command: its words in, its JSON out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

AZ: Final = Path(__file__).resolve().parents[2] / ".build" / "az" / "bin" / "az"

RunAz = Callable[[str], Any]
"""Runs one command line, without the word `az`; gives its output, parsed, or None. Raises AzFailed."""


class AzFailed(Exception):
    """az ended with an error; the text is the command and what was printed about it."""


def run(command: str, *, environment: Mapping[str, str]) -> Any:
    """Run one command line, as `RunAz` does, in an environment of its own."""
    ended = subprocess.run([AZ, *command.split()], env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise AzFailed(f"az {command}\n{ended.stderr}")
    return json.loads(ended.stdout) if ended.stdout.strip() else None
