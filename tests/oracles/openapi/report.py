"""The verdicts on all exchanges, by resource type, and what is wrong by kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from oracles.openapi.allowances import ALLOWANCES, Allowance, Side
from oracles.openapi.journals import Exchange
from oracles.openapi.specifications import VERSIONS
from oracles.openapi.validator import Finding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One kind of fault. Numbers in paths and names in messages are left out, so that a thousand alike are one."""

    side: Side
    operation: str | None
    code: str
    path: str


@dataclass(slots=True)
class Report:
    """What came of it."""

    requests: Counter[str] = field(default_factory=Counter)
    """Requests of the operator that were judged, by resource type."""
    responses: Counter[str] = field(default_factory=Counter)
    """Answers that were judged, by resource type."""
    unjudged: int = 0
    """Answers that a played fault decided or kept back."""
    allowed: Counter[Allowance] = field(default_factory=Counter)
    wrong: Counter[Wrong] = field(default_factory=Counter)
    examples: dict[Wrong, str] = field(default_factory=dict)

    @property
    def complaint(self) -> str | None:
        """Why this is a failure; None where it is none."""
        if not self.responses.total():
            return "No exchange was judged: the end-to-end tests have left no journals."
        if not self.requests.total():
            return "No request of the operator was judged."
        if self.wrong:
            return f"Findings that neither the documents nor the list of allowances allow: {self.wrong.total()}."
        return None

    def text(self) -> str:
        """A table, the allowances that were needed, and everything that is wrong with an example of each."""
        rows = [f"{self.responses[kind]:9}  {self.requests[kind]:8}  {kind}" for kind in VERSIONS]
        return "\n".join(
            [
                "responses  requests  resource type",
                *rows,
                f"{self.responses.total():9}  {self.requests.total():8}  (requests of the operator only)",
                f"{self.unjudged} answers were decided or kept back by a played fault, and not judged",
                *(f"allowed {count} times: {allowance.because}" for allowance, count in self.allowed.most_common()),
                *(self._line(wrong, count) for wrong, count in self.wrong.most_common()),
            ]
        )

    def add(self, findings: Iterable[Finding], *, side: Side, exchange: Exchange, operation: str | None) -> None:
        """Take in what was found on one side of an exchange."""
        for finding in findings:
            allowance = next((each for each in ALLOWANCES if each.covers(side=side, operation=operation, finding=finding)), None)
            if allowance:
                self.allowed[allowance] += 1
                continue
            wrong = Wrong(side=side, operation=operation, code=finding.code, path=re.sub(r"/\d+(?=/|$)", "/*", finding.path))
            self.wrong[wrong] += 1
            self.examples.setdefault(wrong, f"{finding.message} ({exchange.title}, {exchange.where})")

    def _line(self, wrong: Wrong, count: int) -> str:
        return f"WRONG {count} times: {wrong.side} of {wrong.operation}: {wrong.code} {wrong.path}\n  {self.examples[wrong]}"


def report(exchanges: Sequence[Exchange], verdicts: Iterable[Verdict]) -> Report:
    """Put verdicts on exchanges together. Raises ValueError where there is not one for each."""
    made = Report()
    for exchange, verdict in zip(exchanges, verdicts, strict=True):
        made.requests[exchange.type] += exchange.is_the_operators
        if exchange.is_the_operators or (verdict.operation is None and not exchange.is_refused):
            made.add(verdict.request, side="request", exchange=exchange, operation=verdict.operation)
        made.unjudged += not exchange.is_answered
        if verdict.operation and exchange.is_answered:
            made.responses[exchange.type] += 1
            made.add(verdict.response, side="response", exchange=exchange, operation=verdict.operation)
    return made
