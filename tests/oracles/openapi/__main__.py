"""`python -m oracles.openapi [DIRECTORY]`: judge the journals in a directory, or those that the tests have kept."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from oracles.openapi import specifications, validator
from oracles.openapi.journals import JOURNALS, read
from oracles.openapi.report import report


def main(directory: Path) -> int:
    """Print the report. 1 where anything is wrong, or nothing was judged; 0 as well where the documents are absent."""
    if not specifications.OPENAPI.is_dir():
        print("Azure's OpenAPI documents are not beside the repository (../shared/azure): exchanges were not judged.")
        return 0
    begun = time.monotonic()
    exchanges = list(read(directory))
    made = report(exchanges, validator.judge(exchange.as_judged() for exchange in exchanges))
    print(made.text())
    print(made.complaint or f"oav {validator.version()} has found nothing wrong, in {time.monotonic() - begun:.0f} s.")
    return 1 if made.complaint else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else JOURNALS))
