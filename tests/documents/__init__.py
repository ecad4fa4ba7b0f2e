"""The reference in `docs/`, made from the models, the table of reasons and the table of refusals, so that none can go stale.

`make docs` writes it; a test compares. So it is with the table in `docs/emulator.md`, which a replay of recordings makes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from documents import api, permissions, reasons, validation

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"

DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "api.md": api.render,
    "permissions.md": permissions.render,
    "reasons.md": reasons.render,
    "validation.md": validation.render,
}
"""File name to what makes its text."""

ROLE = REPOSITORY / "deploy" / "azure" / "role.json"
"""Made from the same table as `docs/permissions.md`."""
