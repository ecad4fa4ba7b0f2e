"""Holds the fault matrix to what tests have asked of Azure: `python -m contract.azure.matrix JOURNALS`."""

from __future__ import annotations

import sys
from pathlib import Path

from contract.azure.matrix.kinds import KINDS, kinds, read


def main(journals: Path) -> int:
    """Say which kinds of requests the matrix lacks; the exit status is 1 where there is one, or where nothing was recorded."""
    seen = dict(kinds(read(journals)))
    lacking = sorted(seen.keys() - KINDS)
    print(f"fault matrix: {len(seen)} kinds of requests in {journals}, {len(lacking)} without a fault")
    for each in lacking:
        print(f"  {each}, such as {seen[each]}")
    return 1 if lacking or not seen else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
