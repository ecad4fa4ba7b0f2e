"""Faults on demand: what goes wrong, where, and how often."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from random import Random
from typing import Any, Literal, get_args

from arm_emulator.arm import Document, OperationFault

Moment = Literal["before", "after"]
Service = Literal["arm", "entra"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which requests a fault strikes: the method, a regular expression found in the lower-cased path, the client id.

    ``nth`` picks one of the requests that match (1 is the first), ``probability`` some of them: the same ones whenever the
    ``seed`` is the same. ``service`` is ARM, or Microsoft Entra with its tokens.
    """

    service: Service = "arm"
    methods: frozenset[str] = frozenset()
    path: re.Pattern[str] = re.compile("")
    principal: str | None = None
    nth: int | None = None
    probability: float = 1.0
    seed: int = 0

    def __call__(self, *, service: Service, method: str, path: str, principal: str | None) -> bool:
        return (
            self.service == service
            and (not self.methods or method in self.methods)
            and self.path.search(path) is not None
            and (self.principal is None or self.principal == principal)
        )


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule.

    ``delay`` (real seconds) comes before everything else. ``answer`` is sent instead of the real one, ``drop`` closes the connection
    and ``hang`` never answers: each ``before`` the effect, which then does not happen, or ``after`` it (``moment``, for an answer).
    ``slow`` sends the answer's body bit by bit over so many real seconds. ``operation`` is the fate of the operation that the request
    starts, ``meanwhile`` what somebody else changes just before it: ``{method, id, body}``. ``stale`` shows a reader the world as it
    was before the first change of the last so many seconds. ``expired_token`` takes the request's token for expired.
    """

    name: str
    match: Match
    answer: Document | None = None
    delay: float = 0.0
    slow: float = 0.0
    drop: Moment | None = None
    hang: Moment | None = None
    operation: OperationFault | None = None
    meanwhile: list[Document] = field(default_factory=list)
    stale: float = 0.0
    expired_token: bool = False
    times: int | None = None
    seen: int = 0
    hits: int = 0
    hanging: int = 0
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.match.seed)

    def strikes(self, *, service: Service, method: str, path: str, principal: str | None) -> bool:
        """Whether this request is struck; counts it."""
        if not self.match(service=service, method=method, path=path, principal=principal):
            return False
        self.seen += 1
        if self.match.nth is not None and self.seen != self.match.nth:
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        if self.random.random() >= self.match.probability:
            return False
        self.hits += 1
        return True

    @property
    def prevents(self) -> bool:
        """Whether the request never reaches Azure."""
        answered = self.answer is not None and self.answer.get("moment") != "after"
        return answered or "before" in (self.drop, self.hang)

    @property
    def silences(self) -> bool:
        """Whether the request is never answered."""
        return self.drop is not None or self.hang is not None

    def summary(self) -> Document:
        return {"name": self.name, "seen": self.seen, "hits": self.hits, "hanging": self.hanging}


class Faults:
    """The rules in force. The first one that strikes decides."""

    def __init__(self) -> None:
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

    def strike(self, *, service: Service, method: str, path: str, principal: str | None) -> Fault | None:
        if not self._faults:
            return None
        lowered = path.lower()
        for fault in self._faults:
            if fault.strikes(service=service, method=method, path=lowered, principal=principal):
                return fault
        return None

    @property
    def longest_stale(self) -> float:
        """How many seconds back the rules in force want to look."""
        return max((fault.stale for fault in self._faults), default=0.0)

    async def hang(self, fault: Fault) -> None:
        fault.hanging += 1
        try:
            await self._released.wait()
        finally:
            fault.hanging -= 1

    def summary(self) -> list[Document]:
        return [fault.summary() for fault in self._faults]


def read_fault(rule: Mapping[str, Any], *, number: int) -> Fault:
    """One rule from JSON; raises ``ValueError`` for a field or a value that does not exist."""
    _check_names(rule, {each.name for each in fields(Fault) if each.init} - {"seen", "hits", "hanging"}, what="a fault")
    answer = rule.get("answer")
    moments = {"drop": rule.get("drop"), "hang": rule.get("hang"), "moment of an answer": (answer or {}).get("moment")}
    for what, moment in moments.items():
        if moment not in (None, *get_args(Moment)):
            raise ValueError(f"{what} is either before or after")
    if answer is not None and not 200 <= int(answer["status"]) <= 599:
        raise ValueError("the status of an answer is from 200 to 599")
    return Fault(
        name=rule.get("name", f"fault-{number}"),
        match=_read_match(rule.get("match", {})),
        answer=answer,
        delay=float(rule.get("delay", 0)),
        slow=float(rule.get("slow", 0)),
        drop=rule.get("drop"),
        hang=rule.get("hang"),
        operation=_read_operation(rule.get("operation")),
        meanwhile=list(rule.get("meanwhile", [])),
        stale=float(rule.get("stale", 0)),
        expired_token=bool(rule.get("expired_token", False)),
        times=rule.get("times"),
    )


def _read_match(match: Mapping[str, Any]) -> Match:
    _check_names(match, {"service", "method", "path", "principal", "nth", "probability", "seed"}, what="match")
    service = match.get("service", "arm")
    if service not in get_args(Service):
        raise ValueError(f"service is one of {', '.join(get_args(Service))}")
    methods = match.get("method", [])
    try:
        path = re.compile(match.get("path", ""))
    except re.error as problem:
        raise ValueError(f"path is no regular expression: {problem}") from None
    return Match(
        service=service,
        methods=frozenset([methods] if isinstance(methods, str) else methods),
        path=path,
        principal=match.get("principal"),
        nth=match.get("nth"),
        probability=float(match.get("probability", 1.0)),
        seed=int(match.get("seed", 0)),
    )


def _read_operation(operation: Any) -> OperationFault | None:
    if operation is None:
        return None
    if operation == "hold":
        return OperationFault(hold=True)
    return OperationFault(code=operation["code"], message=operation.get("message", ""))


def _check_names(given: Mapping[str, Any], known: set[str], *, what: str) -> None:
    unknown = given.keys() - known
    if unknown:
        raise ValueError(f"{what} has no {', '.join(sorted(unknown))}")
