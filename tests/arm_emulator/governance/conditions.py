"""The conditions of a policy rule, in Azure Policy's own language as far as it speaks of one resource.

``{"allOf": […]}``, ``{"anyOf": […]}``, ``{"not": {…}}``, and ``{"field": …, <operator>: …}`` with the operators ``equals``, ``notEquals``,
``like``, ``notLike``, ``in``, ``notIn`` and ``exists``. A field is ``name``, ``type``, ``location``, ``id``, ``tags``, ``tags['…']``, or an
alias: the type with a property behind it, where ``[*]`` stands for all items of a list, which must all satisfy the operator.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from arm_emulator.arm import Document

_TAG = re.compile(r"tags\['?([^'\]]+)'?\]")
_PLAIN = ("name", "type", "location", "id", "tags")


def check_condition(condition: Document) -> None:
    """Raise ``ValueError`` for a condition that nobody could judge."""
    for each in condition.get("allOf", condition.get("anyOf", [condition["not"]] if "not" in condition else [])):
        check_condition(each)
    if condition.keys() & {"allOf", "anyOf", "not"}:
        return
    operators = condition.keys() - {"field"}
    if "field" not in condition or len(operators) != 1 or not operators <= _OPERATORS.keys():
        raise ValueError(f"a condition has a field and one of {', '.join(_OPERATORS)}: {condition}")


def holds(condition: Document, document: Document, *, type: str) -> bool:
    """Whether a condition holds for a resource of a type."""
    if "allOf" in condition:
        return all(holds(each, document, type=type) for each in condition["allOf"])
    if "anyOf" in condition:
        return any(holds(each, document, type=type) for each in condition["anyOf"])
    if "not" in condition:
        return not holds(condition["not"], document, type=type)
    ((operator, wanted),) = ((name, value) for name, value in condition.items() if name != "field")
    return all(_OPERATORS[operator](value, wanted) for value in _values(condition["field"], document, type=type))


def _values(field: str, document: Document, *, type: str) -> list[Any]:
    """The values of a field; ``[None]`` where the resource has none, or is of another type than the alias."""
    tag = _TAG.fullmatch(field)
    if tag:
        return [(document.get("tags") or {}).get(tag[1])]
    if field in _PLAIN:
        return [document.get(field)]
    alias = f"{type}/".lower()
    if not field.lower().startswith(alias):
        return [None]
    return _below(document.get("properties"), field[len(alias) :].split("."))


def _below(value: Any, names: list[str]) -> list[Any]:
    if not names:
        return [value]
    name, every = names[0].removesuffix("[*]"), names[0].endswith("[*]")
    inner = value.get(name) if isinstance(value, dict) else None
    if not every:
        return _below(inner, names[1:])
    return [found for each in inner or [] for found in _below(each, names[1:])]


def _equal(value: Any, wanted: Any) -> bool:
    return bool(_lowered(value) == _lowered(wanted))


def _like(value: Any, wanted: str) -> bool:
    return isinstance(value, str) and fnmatchcase(value.lower(), wanted.lower())


def _lowered(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _equal,
    "notEquals": lambda value, wanted: not _equal(value, wanted),
    "like": _like,
    "notLike": lambda value, wanted: not _like(value, wanted),
    "in": lambda value, wanted: any(_equal(value, each) for each in wanted),
    "notIn": lambda value, wanted: not any(_equal(value, each) for each in wanted),
    "exists": lambda value, wanted: (value is not None) == (str(wanted).lower() == "true"),
}
