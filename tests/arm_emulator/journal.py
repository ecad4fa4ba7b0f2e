"""The journal: every exchange with the emulated Azure, in the shape that Microsoft's validator ``oav`` reads."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from arm_emulator.arm import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One exchange. ``request_body`` and ``response_body`` are JSON texts, or ``None``; ``status`` is ``None`` where no
    answer was given; ``fault`` names the played fault.
    """

    method: str
    url: str
    query: Mapping[str, str]
    request_headers: Mapping[str, str]
    request_body: str | None
    status: int | None
    response_headers: Mapping[str, str]
    response_body: str | None
    at: str
    principal: str | None
    resource_type: str
    fault: str | None


class Journal:
    """Writes exchanges to a file, one line each, numbered from 1, and counts them.

    Each line is in the file before its answer is sent. A journal that finds an older file goes on behind it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offsets: list[int] = []
        self._counted: list[tuple[str | None, str, str]] = []
        if file.exists():
            self._resume()
        self._end = file.stat().st_size if file.exists() else 0
        self._lines: IO[bytes] = file.open("ab")

    @property
    def latest(self) -> int:
        """The number of the newest exchange, 0 before the first."""
        return len(self._offsets)

    def write(self, exchange: Exchange) -> int:
        seq = self.latest + 1
        line = _line(exchange, seq).encode()
        self._lines.write(line)
        self._lines.flush()
        self._offsets.append(self._end)
        self._end += len(line)
        self._counted.append((exchange.principal, exchange.method, exchange.resource_type))
        return seq

    def since(self, seq: int) -> Iterator[Document]:
        """The exchanges with a greater number than ``seq``, oldest first."""
        if seq >= self.latest:
            return
        with self._file.open("rb") as lines:
            lines.seek(self._offsets[max(0, seq)])
            yield from map(json.loads, lines)

    def counts(self, since: int) -> list[Document]:
        """How many exchanges after ``since`` there were by principal, method and resource type."""
        counter = Counter(self._counted[max(0, since) :])
        return [
            {"principal": principal, "method": method, "type": kind, "count": count}
            for (principal, method, kind), count in sorted(counter.items(), key=str)
        ]

    def close(self) -> None:
        self._lines.close()

    def _resume(self) -> None:
        content = self._file.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):  # the process was killed while it wrote
            self._file.write_bytes(whole)
        offset = 0
        for line in whole.splitlines(keepends=True):
            exchange = json.loads(line)
            self._offsets.append(offset)
            self._counted.append((exchange["principal"], exchange["liveRequest"]["method"], exchange["type"]))
            offset += len(line)


def _line(exchange: Exchange, seq: int) -> str:
    """One line. The bodies are JSON already and go in as they are: parsing them again would cost most of the time."""
    request = json.dumps(
        {
            "method": exchange.method,
            "url": exchange.url,
            "headers": dict(exchange.request_headers),
            "query": dict(exchange.query),
        }
    )
    response = "null"
    if exchange.status is not None:
        response = json.dumps({"statusCode": str(exchange.status), "headers": dict(exchange.response_headers)})
        response = _with_body(response, exchange.response_body)
    rest = json.dumps(
        {
            "seq": seq,
            "at": exchange.at,
            "principal": exchange.principal,
            "type": exchange.resource_type,
            "fault": exchange.fault,
        }
    )
    request = _with_body(request, exchange.request_body)
    return f'{{"liveRequest": {request}, "liveResponse": {response}, {rest[1:]}\n'


def _with_body(message: str, body: str | None) -> str:
    return message if body is None else f'{message[:-1]}, "body": {body}}}'
