"""`docs/permissions.md`: what the operator's identity must be allowed in Azure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from documents.markdown import document, generated_from, table

PERMISSIONS = Path(__file__).parents[2] / "deploy" / "azure" / "permissions.json"


def features() -> list[dict[str, Any]]:
    """The features in the file, each with its actions."""
    listed: list[dict[str, Any]] = json.loads(PERMISSIONS.read_text(encoding="utf-8"))
    return listed


def actions(*names: str) -> list[str]:
    """The actions of these features; of all without names."""
    return [action for each in features() if not names or each["feature"] in names for action in each["actions"]]


def render() -> str:
    """The document."""
    head = generated_from("`deploy/azure/permissions.json`")
    return document("# Permissions", head, _INTRODUCTION, table(["Feature", "It is for", "Granted on", "Actions"], _rows()), _ROLE)


def _rows() -> Iterator[list[str]]:
    for each in features():
        optional = " (optional)" if each.get("optional") else ""
        listed = "<br>".join(f"`{action}`" for action in each["actions"])
        yield [f"`{each['feature']}`{optional}", f"{each['for']}.", each["scope"], listed]


_INTRODUCTION = """
The operator's identity in Azure needs these actions and no others. Grant only those of the features that you use; `look` is always needed. Every
action that is missing is named in a condition with the reason `AuthorizationFailed`, together with the scope that it is missing on; a new grant
takes some minutes to work, and is noticed by itself. Azure leaves out of a list what an identity may not read, without a word: the operator asks
for what it needs by id, and takes no list for whole that a role on part of the subscription may have shortened.
"""

_ROLE = """
A custom role with all of them, for one subscription:

```sh
subscription=00000000-0000-0000-0000-000000000000
jq --arg scope "/subscriptions/$subscription" '{Name: "Workspace Gateway Network Operator", IsCustom: true,
  Description: "What the WorkspaceGatewayNetwork operator needs", Actions: [.[].actions[]], NotActions: [], AssignableScopes: [$scope]}' \\
  deploy/azure/permissions.json > role.json
az role definition create --role-definition @role.json
az role assignment create --assignee "$CLIENT_ID" --role "Workspace Gateway Network Operator" --scope "/subscriptions/$subscription"
```
"""
