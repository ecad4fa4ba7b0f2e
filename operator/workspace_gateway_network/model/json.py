"""The JSON that ARM speaks: its type, a canonical spelling, and tolerant access."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
JsonObject = Mapping[str, Json]
"""A JSON object. Documents are shared between readers and must never be changed in place."""

_NOTHING: JsonObject = {}


def canonical(value: Json) -> str:
    """The one spelling of a JSON value: sorted keys, no white space. Equal texts mean equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def child(document: JsonObject, key: str) -> JsonObject:
    """The object below `key`; an empty one where ARM left it out or sent null or something else."""
    value = document.get(key)
    return value if isinstance(value, Mapping) else _NOTHING


def items(document: JsonObject, key: str) -> tuple[JsonObject, ...]:
    """The objects of the list below `key`; none where ARM left the list out or sent null."""
    value = document.get(key)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(item for item in value if isinstance(item, Mapping))


def text(document: JsonObject, key: str) -> str:
    """The string below `key`; empty where it is missing or no string."""
    value = document.get(key)
    return value if isinstance(value, str) else ""


def texts(document: JsonObject, key: str) -> tuple[str, ...]:
    """The strings of the list below `key`; none where the list is missing."""
    value = document.get(key)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(item for item in value if isinstance(item, str))


def referenced_id(document: JsonObject, key: str) -> str:
    """The `id` of a sub-resource reference such as `networkSecurityGroup: {id}`; empty where there is none."""
    return text(child(document, key), "id")
