"""Somebody whose tool knows a network security group as it once was, and puts it back so, all of it, every 30 seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from stage.principal import Refused
from stage.stage import Document, Stage

PERIOD = timedelta(seconds=30)
"""In Azure's time."""
_POLL_SECONDS = 0.05


class Rival:
    """What Terraform is to a group that others write to as well: one PUT of the whole, from its own state, without asking what is there."""

    def __init__(self, stage: Stage, *, group_id: str) -> None:
        """The group as it is now is what it is to be from now on."""
        self._azure = stage.azure
        self._principal = stage.principal("terraform")
        self._group_id = group_id
        known = self._principal.get(group_id)
        assert known is not None
        self._state: Document = {"location": known["location"], "tags": known.get("tags", {}), "properties": _written(known["properties"])}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Meanwhile it puts, beside all that goes on."""
        ended = Event()
        thread = Thread(target=self._put_again_and_again, args=(ended,), name="rival")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _put_again_and_again(self, ended: Event) -> None:
        due = self._azure.clock()
        while not ended.wait(_POLL_SECONDS):
            now = self._azure.clock()
            if now >= due:
                due = now + PERIOD
                try:
                    self._principal.put(self._group_id, self._state)
                except Refused:
                    due = now  # Somebody else's write is under way.


def _written(properties: Document) -> Document:
    """Of a group's properties those that are written."""
    rules = [{"name": rule["name"], "properties": _without_state(rule["properties"])} for rule in properties["securityRules"]]
    return {"flushConnection": properties.get("flushConnection", False), "securityRules": rules}


def _without_state(properties: Document) -> Document:
    return {name: value for name, value in properties.items() if name != "provisioningState"}
