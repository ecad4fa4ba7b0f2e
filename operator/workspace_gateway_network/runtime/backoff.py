"""How long to wait after a failure: twice as long each time, and never in step with others."""

from __future__ import annotations

from collections import Counter
from typing import Final

import tenacity

from workspace_gateway_network.runtime.ports import Key

LONGEST_SECONDS: Final = 300.0


class Backoff:
    """Counts each key's failures in a row and waits by them.

    A wait is half fixed, half drawn, between half of the current step and all of it: the fixed half keeps a failing key from coming back
    at once, the drawn one parts keys that failed together.
    """

    def __init__(self, *, first: float = 1.0, longest: float = LONGEST_SECONDS) -> None:
        """`first` and `longest` are steps in seconds."""
        half = {"multiplier": first / 2, "max": longest / 2}
        self._wait = tenacity.wait_exponential(**half) + tenacity.wait_random_exponential(**half)
        self._failures: Counter[Key] = Counter()

    def next(self, key: Key) -> float:
        """The seconds to wait after one more failure."""
        self._failures[key] += 1
        state = tenacity.RetryCallState(tenacity.Retrying(), fn=None, args=(), kwargs={})
        state.attempt_number = self._failures[key]
        return self._wait(state)

    def forget(self, key: Key) -> None:
        """End the key's row of failures."""
        del self._failures[key]
