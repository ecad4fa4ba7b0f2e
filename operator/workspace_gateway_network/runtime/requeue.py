"""What a reconcile asks for when it ends: to be called again, when, and how urgently."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from workspace_gateway_network.runtime.ports import Urgency


class Unavailable(Exception):
    """What a pass cannot do without is out of reach. The pass has failed, by nobody's mistake."""


@dataclass(frozen=True, kw_only=True)
class Requeue:
    """The result of one reconcile.

    `after` is in seconds; None says that nothing is due until an event comes. With urgency RESYNC it is a periodic look, and is pulled
    forward by up to a tenth so that looks spread out; with any other it is kept exactly, so that nobody comes back before Azure's
    Retry-After.

    `failed` backs off instead: later with every failure in a row, not later than `after` where that is given, and not sooner than
    `at_least`. Any other result ends the row, unless it is `pending`: then something has to be waited for before it is known whether the
    trouble has ended, as with an operation that may fail like the one before it.
    """

    after: float | None
    urgency: int = Urgency.RESYNC
    failed: bool = False
    at_least: float = 0.0
    pending: bool = False

    def not_later_than(self, seconds: float) -> Self:
        """The same, but after so many seconds where it would be later."""
        is_sooner = self.after is not None and self.after <= seconds
        return self if is_sooner else replace(self, after=seconds, urgency=Urgency.DRIFTED)
