"""Why answers differ where they do. A difference that isn't explained here fails the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from contract.emulator.replay.scores import Outcome, Score

EXPLAINED = {
    "header etag: False, True": "Azure's answers of 2026 to a GET of a virtual network have no `ETag` header; older ones have. The body has the "
    "etag in both. `network_etag_header` is the setting.",
}
"""What a difference looks like, and the reason for it."""


def unexplained(scores: Iterable[Score]) -> list[Score]:
    """The scores with a difference that has no reason."""
    return [each for each in scores if each.outcome is Outcome.DIFFERENT and not set(each.details) <= EXPLAINED.keys()]


def reasons(scores: Iterable[Score]) -> Counter[str]:
    """How many exchanges differ, or aren't comparable, for each reason."""
    counts: Counter[str] = Counter()
    for score in scores:
        if score.outcome is Outcome.DIFFERENT:
            counts.update(EXPLAINED.get(each, each) for each in score.details)
        elif score.outcome is Outcome.NOT_APPLICABLE:
            counts.update(f"Not applicable: {each}." for each in score.details)
    return counts
