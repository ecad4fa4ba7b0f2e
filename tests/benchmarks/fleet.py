"""How long 300 resources take under Azure's documented limits, in Azure's time, and what each costs: ``make benchmark``.

Resources without a gateway, in networks of three subnets each; every operation takes Azure a few polls. The machine's own speed
has no part in it: time stands still while Azure answers.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from fleet.run import Fleet, exchanges, operate, throttling_azure
from fleet.seed import OPERATOR, members

RESOURCES = 300


def main() -> None:
    """Print the measurements; the exit code says whether Azure refused nothing."""

    async def story(operator: Fleet) -> float:
        operator.apply()
        return await operator.until(operator.all_ready, seconds=3600, what="the last Ready")

    fleet = members(RESOURCES)
    with tempfile.TemporaryDirectory() as directory:
        with throttling_azure(fleet, directory=Path(directory)) as emulator:
            took = operate(story, fleet=fleet, emulator=emulator)
        asked = [each for each in exchanges(Path(directory)) if each.principal == OPERATOR]
    kinds = Counter("reads" if each.method == "GET" else "writes" for each in asked)
    refused = sum(each.status == 429 for each in asked)
    print(f"{RESOURCES} resources come up in       {took:8.0f} s of Azure's time, with {refused} requests refused")
    print(f"each of them costs               {kinds['reads'] / RESOURCES:8.1f} reads and {kinds['writes'] / RESOURCES:.1f} writes")
    sys.exit(1 if refused else 0)


if __name__ == "__main__":
    main()
