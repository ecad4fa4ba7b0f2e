"""Markdown, as far as the reference needs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what would end a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)


def generated_from(*sources: str) -> str:
    """The note at the head of a document that nobody edits."""
    return f"<!-- Made by `make docs` from {' and '.join(sources)}: edit those. -->"


def document(*parts: str) -> str:
    """Parts with an empty line between them."""
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"
