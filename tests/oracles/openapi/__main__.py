"""`python -m oracles.openapi [--install] [DIRECTORY]`: judge the journals in a directory, or those that the tests have kept."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from oracles.openapi import specifications, validator
from oracles.openapi.journals import JOURNALS, read
from oracles.openapi.report import report


def judge(directory: Path) -> int:
    """Print the report. 1 where anything is wrong, or nothing was judged, else 0."""
    begun = time.monotonic()
    exchanges = list(read(directory))
    made = report(exchanges, validator.judge(exchange.as_judged() for exchange in exchanges) if exchanges else [])
    print(made.text())
    print(made.complaint or f"oav {validator.version()} has found nothing wrong, in {time.monotonic() - begun:.0f} s.")
    return 1 if made.complaint else 0


def main(arguments: list[str]) -> int:
    """Run the command line in the module's docstring. Where the documents are absent there is nothing to do."""
    parser = argparse.ArgumentParser(prog="python -m oracles.openapi", description="Judge journals by Microsoft's OpenAPI documents.")
    parser.add_argument("--install", action="store_true", help="only install the validator, unless it is there")
    parser.add_argument("directory", type=Path, nargs="?", default=JOURNALS, help="where the journals are")
    wanted = parser.parse_args(arguments)
    if not specifications.OPENAPI.is_dir():
        print("Azure's OpenAPI documents are not beside the repository (../shared/azure): exchanges are not judged.")
        return 0
    if wanted.install:
        validator.install()
        return 0
    return judge(wanted.directory)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
