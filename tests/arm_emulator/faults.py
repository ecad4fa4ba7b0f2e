"""Faults on demand: what goes wrong, where, and how often."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from arm_emulator.arm import Document, OperationFault

Moment = Literal["before", "after"]
_MOMENTS = ("before", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which requests a fault strikes: the method, a regular expression found in the lower-cased path, the client id.
    ``nth`` picks one of the requests that match (1 is the first), ``probability`` some of them.
    """

    methods: frozenset[str] = frozenset()
    path: re.Pattern[str] = re.compile("")
    principal: str | None = None
    nth: int | None = None
    probability: float = 1.0

    def __call__(self, *, method: str, path: str, principal: str | None) -> bool:
        return (
            (not self.methods or method in self.methods)
            and self.path.search(path) is not None
            and (self.principal is None or self.principal == principal)
        )


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule.

    ``answer`` replaces the real answer and its effect, ``delay`` (real seconds) comes before either, ``drop`` closes
    the connection and ``hang`` never answers, each before or after the effect; ``operation`` is the fate of the
    operation that the request starts, ``meanwhile`` what somebody else changes just before it: ``{method, id, body}``.
    """

    name: str
    match: Match
    answer: Document | None = None
    delay: float = 0.0
    drop: Moment | None = None
    hang: Moment | None = None
    operation: OperationFault | None = None
    meanwhile: list[Document] = field(default_factory=list)
    times: int | None = None
    seen: int = 0
    hits: int = 0
    hanging: int = 0

    def strikes(self, *, method: str, path: str, principal: str | None, random: Random) -> bool:
        """Whether this request is struck; counts it."""
        if not self.match(method=method, path=path, principal=principal):
            return False
        self.seen += 1
        if self.match.nth is not None and self.seen != self.match.nth:
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        if random.random() >= self.match.probability:
            return False
        self.hits += 1
        return True

    def summary(self) -> Document:
        return {"name": self.name, "seen": self.seen, "hits": self.hits, "hanging": self.hanging}


class Faults:
    """The rules in force. The first one that strikes decides."""

    def __init__(self, *, seed: int = 0) -> None:
        self._random = Random(seed)
        self._faults: list[Fault] = []
        self._released = asyncio.Event()

    def add(self, rules: list[Document]) -> list[Fault]:
        """Add rules from JSON; raises ``ValueError`` for one that makes no sense."""
        added = [read_fault(rule, number=len(self._faults) + index + 1) for index, rule in enumerate(rules)]
        self._faults += added
        return added

    def clear(self) -> None:
        """Forget all rules and let go of every request that hangs: its connection is closed unanswered."""
        self._faults.clear()
        self._released.set()
        self._released = asyncio.Event()

    def strike(self, *, method: str, path: str, principal: str | None) -> Fault | None:
        for fault in self._faults:
            if fault.strikes(method=method, path=path, principal=principal, random=self._random):
                return fault
        return None

    async def hang(self, fault: Fault) -> None:
        fault.hanging += 1
        try:
            await self._released.wait()
        finally:
            fault.hanging -= 1

    def summary(self) -> list[Document]:
        return [fault.summary() for fault in self._faults]


def read_fault(rule: Mapping[str, Any], *, number: int) -> Fault:
    """One rule from JSON; raises ``ValueError`` for a field or a moment that does not exist."""
    unknown = rule.keys() - {"name", "match", "answer", "delay", "drop", "hang", "operation", "meanwhile", "times"}
    if unknown:
        raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
    for effect in ("drop", "hang"):
        if rule.get(effect) not in (None, *_MOMENTS):
            raise ValueError(f"{effect} is either before or after")
    return Fault(
        name=rule.get("name", f"fault-{number}"),
        match=_read_match(rule.get("match", {})),
        answer=rule.get("answer"),
        delay=float(rule.get("delay", 0)),
        drop=rule.get("drop"),
        hang=rule.get("hang"),
        operation=_read_operation(rule.get("operation")),
        meanwhile=list(rule.get("meanwhile", [])),
        times=rule.get("times"),
    )


def _read_match(match: Mapping[str, Any]) -> Match:
    unknown = match.keys() - {"method", "path", "principal", "nth", "probability"}
    if unknown:
        raise ValueError(f"match has no {', '.join(sorted(unknown))}")
    methods = match.get("method", [])
    try:
        path = re.compile(match.get("path", ""))
    except re.error as problem:
        raise ValueError(f"path is no regular expression: {problem}") from None
    return Match(
        methods=frozenset([methods] if isinstance(methods, str) else methods),
        path=path,
        principal=match.get("principal"),
        nth=match.get("nth"),
        probability=float(match.get("probability", 1.0)),
    )


def _read_operation(operation: Any) -> OperationFault | None:
    if operation is None:
        return None
    if operation == "hold":
        return OperationFault(hold=True)
    return OperationFault(code=operation["code"], message=operation.get("message", ""))
