"""What lists show of resources that are only eventually consistent: each as it was some seconds ago."""

from __future__ import annotations

from collections.abc import Iterator

from arm_emulator.arm import Document, copied
from arm_emulator.clock import Clock

LONGEST_LAG = 600.0
"""How many seconds lists can lag at most."""
_ALWAYS = float("-inf")


class Listings:
    """The recent past of the resources that are noted here, by lower-cased id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._past: dict[str, list[tuple[float, Document | None]]] = {}

    def note(self, key: str, document: Document) -> None:
        """Remember how a resource looks from now on."""
        self._append(key, copied(document))

    def note_removal(self, key: str) -> None:
        """Remember that a resource is gone from now on. One that was never noted is nobody's business."""
        if key in self._past:
            self._append(key, None)

    def note_as_old(self, key: str, document: Document | None) -> None:
        """Take a resource for what it is now, as if it had always been so."""
        if document is None:
            self._past.pop(key, None)
        else:
            self._past[key] = [(_ALWAYS, copied(document))]

    def seen(self, *, lag: float) -> Iterator[tuple[str, Document]]:
        """Everything as it was ``lag`` seconds ago, in the order of birth."""
        then = self._clock.now() - lag
        for key, past in self._past.items():
            document = next((document for since, document in reversed(past) if since <= then), None)
            if document is not None:
                yield key, copied(document)

    def _append(self, key: str, document: Document | None) -> None:
        past = self._past.setdefault(key, [])
        horizon = self._clock.now() - LONGEST_LAG
        while len(past) > 1 and past[1][0] <= horizon:
            past.pop(0)
        past.append((self._clock.now(), document))
