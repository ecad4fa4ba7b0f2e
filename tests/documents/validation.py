"""`docs/validation.md`: what the API server says to bad input, and why."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from contract.crd.case import UNCHECKED, Case, any_item
from contract.crd.cases import MUST_HAVE_SHORT_NAME, MUST_NOT_CHANGE, cases
from documents.markdown import document, generated_from, table

_SHOWN = 24
"""Characters of a value that may stand behind its cause."""


def render() -> str:
    """The document."""
    return document(
        "# Validation",
        generated_from("`tests/contract/crd/cases.py`"),
        _INTRODUCTION,
        "## Rules",
        *_rules(),
        _BEYOND_THE_TABLE,
        "## Bounds",
        table(["Field", "Message", "Because"], _bounds()),
    )


def _rules() -> Iterator[str]:
    by_field: dict[str, list[Case]] = {}
    for case in cases():
        if case.is_of_rule:
            by_field.setdefault(_field(case), []).append(case)
    known: dict[str, str] = {}
    for field, of_field in by_field.items():
        yield f"### `{field}`"
        for message, same in groupby(of_field, key=lambda case: case.sentence):
            yield f"```text\n{message}\n```"
            causes = " ".join(map(_cause, same))
            yield causes if known.setdefault(causes, field) == field else f"The causes are those of `{known[causes]}`."


def _bounds() -> Iterator[list[str]]:
    for case in cases():
        if not case.is_of_rule:
            _, _, message = case.answer.removeprefix("[").removesuffix(f", {UNCHECKED}]").partition(": ")
            yield [f"`{_field(case)}`", f"`{message}`", case.because]


def _field(case: Case) -> str:
    """The field to look under: the one in the message."""
    if case.bound.startswith("required: "):
        return f"{case.broken}.{case.bound.removeprefix('required: ')}"
    return f"spec.{case.set}" if case.broken == "spec" else case.broken.replace("{}", "")


def _cause(case: Case) -> str:
    value = case.value if isinstance(case.value, str) else ""
    is_blamed = any_item(case.set) == case.broken and "ARM id" not in case.bound
    if is_blamed and 0 < len(value) <= _SHOWN and value.isprintable() and value == value.strip():
        return f"{case.because[:-1]}: `{value}`."
    return case.because


_INTRODUCTION = f"""
The API server checks every resource before it is stored; there is no webhook. `kubectl apply --dry-run=server` asks it without
storing anything. Its messages begin with the field and, for texts and numbers, the value:

```text
The WorkspaceGatewayNetwork "team-a" is invalid: spec.networkSecurityGroup.additionalRules[0].ports[0]: Invalid value: "00443": must be …
```

This page has the rest of every message, by field, with what causes it: first the rules of this resource, then the plain bounds. Where
a field is missing, not of its type, too long or not among its choices, the server checks no further rule and says so, in one message
more:

```text
{UNCHECKED}
```

The operator holds a resource to the same rules again, with the reason `InvalidSpec`: it may have been stored under an older CRD.
"""

_BEYOND_THE_TABLE = f"""
### Changes, and names

```text
spec.subnet.id: Forbidden: {MUST_NOT_CHANGE}
```

An update names another subnet. The case of the id may change.

```text
metadata.name: Invalid value: {MUST_HAVE_SHORT_NAME}
```

The resource's name is longer.
"""
