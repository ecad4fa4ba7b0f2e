"""Whether a resource said the right thing all through a story: every status write is held to the phase that it was made in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from controlplane import AuditEvent
from oracles.status_writes import BadStatusError


@dataclass(frozen=True, kw_only=True)
class Said:
    """What `Ready` said in one status write."""

    version: int
    """The resource's version that the write made. They are numbers that rise (KEP-5504, "Comparable Resource Version")."""
    status: str
    reason: str

    def __str__(self) -> str:
        return f"{self.status} with {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A part of a story in which a resource goes over from what it said before to something else, or goes on saying it."""

    name: str
    ends: int
    """The resource's version at its end."""
    status: str
    reason: str
    on_the_way: frozenset[str]
    """Reasons that `Ready` may give until it says the last word of the phase."""


class Phases:
    """The phases of one resource's story, in order, each noted when it is over."""

    def __init__(self) -> None:
        self._phases: list[Phase] = []

    def over(self, name: str, *, version: str, status: str, reason: str, on_the_way: Collection[str] = ()) -> None:
        """A phase ends here: with the resource at this version, and `Ready` with this status and reason."""
        self._phases.append(Phase(name=name, ends=int(version), status=status, reason=reason, on_the_way=frozenset(on_the_way)))

    def judge(self, events: Iterable[AuditEvent], *, user: str) -> int:
        """Judge every status that a user wrote, events being about one resource; returns how many there were.

        In each phase `Ready` first goes on saying the last word of the phase before, then what may be said on the way, then the last word
        of this one, and nothing else after it.

        Raises:
            BadStatusError: for the first write that does not fit its phase.
        """
        writes = list(_said(events, user=user))
        begins, before = 0, ""
        for phase in self._phases:
            _judge(phase, [said for said in writes if begins < said.version <= phase.ends], before=before)
            begins, before = phase.ends, f"{phase.status} with {phase.reason}"
        late = [said for said in writes if said.version > begins]
        if late:
            raise BadStatusError(f"after the last phase, Ready was {late[0]}")
        return len(writes)


def _judge(phase: Phase, writes: Iterable[Said], *, before: str) -> None:
    last_word = f"{phase.status} with {phase.reason}"
    is_under_way, is_over = False, False
    for said in writes:
        if str(said) == last_word and (is_under_way or before != last_word):
            is_over = True
        elif said.reason in phase.on_the_way and not is_over:
            is_under_way = True
        elif is_under_way or is_over or str(said) != before:
            raise BadStatusError(f"while {phase.name}, Ready was {said}{' again' if is_over else ''}, and not {last_word}")


def _said(events: Iterable[AuditEvent], *, user: str) -> Iterator[Said]:
    for event in events:
        is_write = event.user == user and event.resource == "workspacegatewaynetworks" and event.subresource == "status"
        if is_write and event.code == 200 and event.verb in {"patch", "update"}:
            resource = event.response_object
            ready = next(each for each in resource["status"]["conditions"] if each["type"] == "Ready")
            yield Said(version=int(resource["metadata"]["resourceVersion"]), status=ready["status"], reason=ready["reason"])
