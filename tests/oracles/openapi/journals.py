"""The journals that emulators have left behind, and what in them can be judged."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from oracles.openapi.specifications import VERSIONS

JOURNALS: Final = Path(__file__).resolve().parents[3] / ".build" / "journals"
"""Where tests keep them. `make test` begins with none."""

_OPERATOR: Final = "workspace-gateway-network/"
"""What the operator calls itself in its User-Agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One exchange, of a resource type that the documents describe."""

    type: str
    where: str
    """Journal and line number."""
    document: dict[str, Any]
    """The line, as the emulator's journal has it."""

    @property
    def is_the_operators(self) -> bool:
        """Whether the operator sent the request: others send what tests want to see refused."""
        return _OPERATOR in self.document["liveRequest"]["headers"].get("user-agent", "")

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer that no played fault decided."""
        return self.document["liveResponse"] is not None and self.document["fault"] is None

    @property
    def status(self) -> str | None:
        """The status of the answer; None where there was none."""
        response = self.document["liveResponse"]
        return response["statusCode"] if response else None

    @property
    def is_refused(self) -> bool:
        """Whether the answer is that the request was wrong: all that can be said to one that no document has."""
        return (self.status or "").startswith("4")

    @property
    def title(self) -> str:
        """Method, path and status."""
        request = self.document["liveRequest"]
        return f"{request['method']} {request['url'].partition('?')[0]} {self.status or 'unanswered'}"

    def as_judged(self) -> dict[str, Any]:
        """What oav reads: with the api-version of the documents, and without an answer that is a fault's."""
        request, version = self.document["liveRequest"], VERSIONS[self.type]
        url = re.sub(r"(?<=[?&]api-version=)[^&]*", version, request["url"], flags=re.IGNORECASE)
        query = {name: version if name.lower() == "api-version" else value for name, value in request["query"].items()}
        return {
            "liveRequest": {**request, "url": url, "query": query},
            "liveResponse": self.document["liveResponse"] if self.is_answered else None,
        }


def keep(journal: Path, *, name: str) -> None:
    """Keep a copy of a journal under a name that says whose it is."""
    JOURNALS.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(journal, JOURNALS / f"{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-')}.jsonl")


def read(directory: Path) -> Iterator[Exchange]:
    """The exchanges of all journals in a directory that can be judged: polls, tokens and other types are in no document,
    and a request without api-version is refused before any resource provider sees it.
    """
    for journal in sorted(directory.glob("*.jsonl")):
        with journal.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                document = json.loads(line)
                if document["type"] in VERSIONS and any(name.lower() == "api-version" for name in document["liveRequest"]["query"]):
                    yield Exchange(type=document["type"], where=f"{journal.name}:{number}", document=document)
