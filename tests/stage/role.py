"""The role that the operator asks for in Azure: `deploy/azure/permissions.json`, feature by feature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PERMISSIONS = Path(__file__).parents[2] / "deploy" / "azure" / "permissions.json"


def features() -> list[dict[str, Any]]:
    """The features in the file, each with its actions."""
    listed: list[dict[str, Any]] = json.loads(PERMISSIONS.read_text(encoding="utf-8"))
    return listed


def actions(*names: str) -> list[str]:
    """The actions of these features; of all without names."""
    return [action for each in features() if not names or each["feature"] in names for action in each["actions"]]
