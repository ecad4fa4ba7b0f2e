"""Everything that a CRD's schema can refuse, read from the published file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

CRD: Final = Path(__file__).parents[3] / "crds" / "workspacegatewaynetworks.yaml"

_LIMITS: Final = ("enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "maxProperties")


def root_schema() -> dict[str, Any]:
    """The schema of the one version that is served."""
    (version,) = yaml.safe_load(CRD.read_text(encoding="utf-8"))["spec"]["versions"]
    schema: dict[str, Any] = version["schema"]["openAPIV3Schema"]
    return schema


def nodes(schema: dict[str, Any], *, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in a schema, with its path: `.name` for a field, `[]` for the items of a list, `{}` for the values of a map."""
    yield path, schema
    for name, field in schema.get("properties", {}).items():
        yield from nodes(field, path=f"{path}.{name}" if path else name)
    if "items" in schema:
        yield from nodes(schema["items"], path=f"{path}[]")
    if "additionalProperties" in schema:
        yield from nodes(schema["additionalProperties"], path=f"{path}{{}}")


def bounds(schema: dict[str, Any], *, path: str) -> Iterator[tuple[str, str]]:
    """Path and bound of everything that can be refused; of a CEL rule its message, with the field that it blames."""
    for where, node in nodes(schema, path=path):
        yield from ((where, limit) for limit in _LIMITS if limit in node)
        yield from ((where, f"required: {name}") for name in node.get("required", ()))
        if node.get("x-kubernetes-list-type") in ("map", "set"):
            yield where, "x-kubernetes-list-map-keys"
        for rule in node.get("x-kubernetes-validations", ()):
            yield where, rule["message"] + (f" ({rule['fieldPath']})" if "fieldPath" in rule else "")
