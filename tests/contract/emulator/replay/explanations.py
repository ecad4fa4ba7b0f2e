"""Why answers are equal only by a setting, or cannot be compared. A difference has no excuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from contract.emulator.replay.scores import Outcome, Score

BY_SETTING = (
    "equal with `network_etag_header` off: Azure's answers of 2026 to a GET of a network have no `ETag` header, older ones have. The body "
    "has the etag in both, and nothing in a request tells which it will be."
)


def reasons(scores: Iterable[Score]) -> Counter[str]:
    """How many exchanges there are for each reason."""
    counts: Counter[str] = Counter()
    for score in scores:
        if score.outcome is Outcome.BY_SETTING:
            counts.update([BY_SETTING])
        elif score.outcome is Outcome.NOT_APPLICABLE:
            counts.update(f"not applicable: {each}." for each in score.details)
    return counts
