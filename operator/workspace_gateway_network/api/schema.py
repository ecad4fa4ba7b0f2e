"""How the custom resource's models say what pydantic alone cannot: CEL rules and list types, in the API server's own keywords."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict


class ApiModel(BaseModel):
    """A part of the custom resource: frozen, camelCase in YAML, and indifferent to fields of newer versions."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore")


def cel(*rules: tuple[str, str]) -> JsonDict:
    """Rules that the API server checks, each a CEL expression and the sentence it answers with when the expression is false."""
    return {"x-kubernetes-validations": [{"rule": rule, "message": message} for rule, message in rules]}


def list_map(key: str) -> JsonDict:
    """A list whose items are told apart by one required field."""
    return {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key]}


ATOMIC: JsonDict = {"x-kubernetes-list-type": "atomic"}
"""A list that is replaced as a whole."""
