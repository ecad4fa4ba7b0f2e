"""`docs/permissions.md`: what the operator's identity must be allowed in Azure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from documents.markdown import document, generated_from, table
from stage.role import actions, features

_WRITES = ("look", "foresight", "polling", "subnet", "attachments", "rules")
USES: Mapping[str, tuple[str, ...]] = {
    "Observe, Integration": ("look", "foresight"),
    "Observe, Injection": ("look", "foresight", "names"),
    "Integration, with a network security group of its own": (*_WRITES, "group"),
    "Integration, with a network security group of somebody else": _WRITES,
    "Injection, with zones of its own": (*_WRITES, "group", "names", "records", "zones"),
    "Injection, with zones of somebody else (`spec.dns.zones`)": (*_WRITES, "group", "names", "records"),
    "Injection, `dns.management: Manual`": (*_WRITES, "group", "names"),
    "`resourceProviderRegistration: Register`, besides": ("registration",),
}
"""The features that each use takes, clean-up included."""


def role() -> str:
    """A custom role of all actions, as `az role definition create` takes it; the subscription in it is a placeholder."""
    definition = {
        "Name": "Workspace Gateway Network Operator",
        "IsCustom": True,
        "Description": "What the WorkspaceGatewayNetwork operator needs",
        "Actions": actions(),
        "NotActions": [],
        "AssignableScopes": ["/subscriptions/00000000-0000-0000-0000-000000000000"],
    }
    return json.dumps(definition, indent=2) + "\n"


def render() -> str:
    """The document."""
    head = generated_from("`deploy/azure/permissions.json`")
    uses = table(["Use", "Features"], ([use, ", ".join(f"`{each}`" for each in named)] for use, named in USES.items()))
    every = table(["Feature", "It is for", "Granted on", "Actions"], _rows())
    return document("# Permissions", head, _INTRODUCTION, uses, _FEATURES, every, _PARTS, _ROLE)


def _rows() -> Iterator[list[str]]:
    for each in features():
        optional = " (optional)" if each.get("optional") else ""
        listed = "<br>".join(f"`{action}`" for action in each["actions"])
        yield [f"`{each['feature']}`{optional}", f"{each['for']}.", each["scope"], listed]


_INTRODUCTION = """
The operator's identity in Azure needs these actions and no others. Grant only those of the features that your resources use:
"""

_FEATURES = """
Every action that is missing is named, together with the scope that it is missing on, in a condition with the reason `AuthorizationFailed`; nothing
is concluded from what may not be seen, and nothing is written on its account. What is optional holds nothing up: without it the condition
`AzureAccess` (of a registration, `PrerequisitesMet`) stays True, and names the action in a note. A new grant takes some minutes to work, and is
noticed by itself.
"""

_PARTS = """
## A role on parts of a subscription

The role may be assigned on resource groups instead of the subscription. Azure then leaves out of a list what the identity may not read, without a
word. So the operator asks for what it needs by id, and takes no list for whole that a role may have shortened: before it concludes from a list that
something is not there, it asks for a thing that nobody has (`wgn-may-we-list`), which Azure refuses to whom it would not show the rest either.

What the operator made it finds by the status, by its name in the resource group of `spec.resourceGroupId` (else the network's), and by its marks
wherever it may look. What lies where it may not look, and what no status tells of any more, it cannot find: `AzureAccess` says so in a note, and so
does the event `Released` at the end of a deletion.
"""

_ROLE = """
## A custom role

[deploy/azure/role.json](../deploy/azure/role.json) has all actions. Take out those of features that you don't use, then, for one subscription:

```sh
subscription=00000000-0000-0000-0000-000000000000  # yours
sed -i "s/00000000-0000-0000-0000-000000000000/$subscription/" deploy/azure/role.json
az role definition create --role-definition @deploy/azure/role.json
az role assignment create --assignee "$CLIENT_ID" --role "Workspace Gateway Network Operator" --scope "/subscriptions/$subscription"
```
"""
