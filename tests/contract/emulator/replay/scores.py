"""What came of a replay: a score for each exchange, and the table of them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contract.emulator.replay.recordings import (
    DELEGATIONS,
    GROUP,
    LINK,
    NETWORK,
    OPERATIONS,
    RECORD,
    RULE,
    SUBNET,
    ZONE,
    Recorded,
)

KINDS = {
    NETWORK: "networks",
    SUBNET: "subnets",
    GROUP: "security groups",
    RULE: "security rules",
    ZONE: "zones",
    RECORD: "A records",
    LINK: "links",
    DELEGATIONS: "available delegations",
    **dict.fromkeys(OPERATIONS, "polls"),
}
"""The types that are judged, as the table calls them."""
OTHERS = "other types"
"""What is replayed along with them: other record sets and peerings."""


class Outcome(StrEnum):
    """How an answer compares with the recorded one. They are the columns of the table, too."""

    EQUAL = "equal"
    BY_SETTING = "equal by a setting"
    OTHER_CONFLICT = "409 for 429"
    NOT_APPLICABLE = "not applicable"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What came of one exchange, and why."""

    recorded: Recorded
    outcome: Outcome
    details: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return KINDS.get(self.recorded.type, OTHERS)

    def __str__(self) -> str:
        return "\n    ".join([f"{self.recorded.name}: {self.outcome}", *self.details])


def judged(scores: Iterable[Score]) -> list[Score]:
    """The scores of the types that are judged."""
    return [each for each in scores if each.kind != OTHERS]


def counted(scores: Iterable[Score]) -> Counter[str]:
    """How many exchanges of each kind there are."""
    return Counter(each.kind for each in scores)


def share(scores: Sequence[Score]) -> float:
    """The part of the comparable exchanges that are equal, one way or the other."""
    outcomes = Counter(each.outcome for each in scores)
    return 1 - outcomes[Outcome.DIFFERENT] / (len(scores) - outcomes[Outcome.NOT_APPLICABLE])


def rows(scores: Sequence[Score]) -> list[list[str]]:
    """The table: a row for each kind and verb, and two for all that are judged, without and with polls."""
    found = []
    for kind in [*dict.fromkeys(KINDS.values()), OTHERS]:
        for method in ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"):
            some = [each for each in scores if each.kind == kind and each.recorded.method == method]
            if some:
                found.append([kind, method, *_numbers(some)])
    ours = judged(scores)
    resources = [each for each in ours if not each.recorded.operation]
    return [*found, ["all of these types", "", *_numbers(resources)], ["and their polls", "", *_numbers(ours)]]


HEADINGS = ["Type", "Verb", "Exchanges", *(each.value.capitalize() for each in Outcome), "Share equal"]


def _numbers(scores: Sequence[Score]) -> list[str]:
    outcomes = Counter(each.outcome for each in scores)
    numbers = [str(outcomes[each] or "") for each in Outcome]
    return [str(len(scores)), *numbers, f"{share(scores):.1%}" if outcomes[Outcome.NOT_APPLICABLE] < len(scores) else ""]
