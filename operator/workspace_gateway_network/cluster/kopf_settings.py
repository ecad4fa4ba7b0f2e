"""kopf's settings, and the storages that keep nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import kopf

from workspace_gateway_network.api.names import GROUP

PAGE: Final = 500


def quiet_settings() -> kopf.OperatorSettings:
    """Settings with which kopf watches, and neither writes to the API server nor looks at anything but our kind."""
    settings = kopf.OperatorSettings()
    settings.persistence.diffbase_storage = _NoDiffBase()
    settings.persistence.progress_storage = _NoProgress()
    # kopf takes the finalizer of this name off every resource that none of its handlers needs it on: so never ours.
    settings.persistence.finalizer = f"{GROUP}/unused"
    settings.scanning.disabled = True
    settings.posting.enabled = False
    settings.peering.standalone = True
    settings.watching.chunk_size = PAGE
    settings.networking.request_timeout = 30
    settings.networking.connect_timeout = 10
    settings.networking.error_backoffs = _ForEver()
    return settings


class _ForEver:
    """Waits between attempts, in seconds, without end: kopf's own end after a minute, and the process's with them."""

    def __iter__(self) -> Iterator[float]:
        return itertools.chain((1, 1, 2, 3, 5, 8), itertools.repeat(10))


class _NoDiffBase(kopf.DiffBaseStorage):
    """Keeps nothing, so that kopf writes no annotation with a copy of each spec."""

    def build(self, **_: object) -> kopf.BodyEssence:
        """Nothing is compared, so nothing needs to be copied."""
        return {}

    def fetch(self, **_: object) -> None:
        """Nothing was kept."""

    def store(self, **_: object) -> None:
        """Keep nothing."""


class _NoProgress(kopf.ProgressStorage):
    """Keeps nothing, as no handler makes progress."""

    def fetch(self, **_: object) -> None:
        """Nothing was kept."""

    def store(self, **_: object) -> None:
        """Keep nothing."""

    def purge(self, **_: object) -> None:
        """Nothing was kept."""

    def touch(self, **_: object) -> None:
        """Keep nothing."""

    def clear(self, *, essence: kopf.BodyEssence) -> kopf.BodyEssence:
        """Nothing was kept in it."""
        return essence
