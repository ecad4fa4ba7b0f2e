"""Answers of real Azure, recorded by other projects, and what of an answer is comparable."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

FILE = Path(__file__).resolve().parents[4] / "shared/azure/recordings/arm-exchanges.jsonl.gz"

HEADERS = frozenset(
    {"content-type", "etag", "azure-asyncoperation", "azure-asyncnotification", "location", "retry-after", "x-ms-failure-cause"}
)
"""The headers that say something about a resource; whether they are there is compared, not their values."""
MADE_BY_AZURE = frozenset({"etag", "internalId"})
"""Fields whose values nobody can foresee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One recorded exchange. ``headers`` of the request are the conditional ones only."""

    recording: str
    index: int
    method: str
    path: str
    """With the query."""
    headers: Mapping[str, str]
    body: Any
    answer: AnswerShape
    response_headers: Mapping[str, str]
    response_body: Any

    @property
    def id(self) -> str:
        return urlsplit(self.path).path

    @property
    def name(self) -> str:
        return f"{self.recording} {self.index} {self.method} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShape:
    """What has to be the same of two answers."""

    status: int
    headers: frozenset[str]
    body: Any
    escaped: bool

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], text: str) -> Self:
        body = json.loads(text) if text else None
        slashes = text.count("/")
        return cls(
            status=status,
            headers=frozenset(each.lower() for each in headers) & HEADERS,
            body=_comparable(body),
            escaped=bool(slashes) and text.count("\\/") == slashes,
        )


def runs() -> list[list[Recorded]]:
    """The recorded exchanges that belong together, in their order."""
    found: list[list[Recorded]] = []
    for each in _exchanges():
        last = found[-1][-1] if found else None
        if last is None or each.recording != last.recording or each.index <= last.index:
            found.append([])
        found[-1].append(each)
    return found


def _exchanges() -> Iterator[Recorded]:
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)
            url = urlsplit(raw["url"])
            yield Recorded(
                recording=raw["recording"],
                index=raw["index"],
                method=raw["method"],
                path=f"{url.path}?{url.query}",
                headers=raw["request_headers"],
                body=json.loads(raw["request_body"]) if raw["request_body"] else None,
                answer=AnswerShape.of(raw["status"], raw["response_headers"], raw["response_body"]),
                response_headers=raw["response_headers"],
                response_body=json.loads(raw["response_body"]) if raw["response_body"] else None,
            )


def _comparable(value: Any, name: str = "") -> Any:
    """A body without what cannot be the same: etags and guids of Azure's, texts of messages, the order of lists of
    resources, and the case of ids.
    """
    if name in MADE_BY_AZURE:
        return bool(value)
    if isinstance(value, dict):
        return {each: _comparable(inner, each) for each, inner in value.items()}
    if isinstance(value, list):
        items = [_comparable(each) for each in value]
        return sorted(items, key=json.dumps) if name == "value" else items
    if name == "message":
        return re.sub(r"'[^']*'", "''", str(value))
    return value.lower() if name in ("id", "name") and isinstance(value, str) else value
