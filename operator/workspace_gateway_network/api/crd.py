"""The CustomResourceDefinition, made from the models of the spec and the status.

pydantic's JSON schema is turned into the structural schema that the API server demands: references inlined, `T | None` made optional,
presentation dropped. A keyword that is not known to be right there is an error, so a new kind of field cannot slip through.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel

from workspace_gateway_network.api.names import GROUP, KIND, PLURAL, SHORT_NAME, SINGULAR, VERSION
from workspace_gateway_network.api.spec import Spec
from workspace_gateway_network.api.status import Status

Schema = dict[str, Any]

_KEPT = (
    "description",
    "type",
    "format",
    "enum",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "maxProperties",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "required",
    "properties",
    "items",
    "additionalProperties",
    "x-kubernetes-validations",
)
"""The keywords that may be there, in the order in which a reader wants them."""
_DROPPED = frozenset({"title", "$defs"})

MAX_NAME_LENGTH = 63


class UnsupportedSchemaError(TypeError):
    """A model uses something that a structural schema cannot say."""


def render() -> str:
    """The CRD as YAML, as it is kept in `crds/`."""
    return yaml.safe_dump(definition(), sort_keys=False, width=120, allow_unicode=True)


def definition() -> dict[str, Any]:
    """The CRD as an object."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": KIND,
                "listKind": f"{KIND}List",
                "plural": PLURAL,
                "singular": SINGULAR,
                "shortNames": [SHORT_NAME],
                "categories": ["azure", "apim"],
            },
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": _printer_columns(),
                    "schema": {"openAPIV3Schema": _root_schema()},
                }
            ],
        },
    }


def _root_schema() -> Schema:
    return {
        "type": "object",
        "description": "The Azure network of one API Management workspace gateway, kept as declared.",
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": "Version of the schema of this object."},
            "kind": {"type": "string", "description": "Kind of this object."},
            "metadata": {"type": "object", "properties": {"name": {"type": "string"}}},
            "spec": structural(Spec),
            # Without a status a tool that follows kstatus takes a new object for healthy before anybody has looked at it.
            "status": {**structural(Status), "default": {"observedGeneration": -1}},
        },
        "x-kubernetes-validations": [
            {
                "rule": f"size(self.metadata.name) <= {MAX_NAME_LENGTH}",
                "message": f"must have at most {MAX_NAME_LENGTH} characters",
                "fieldPath": ".metadata.name",
            }
        ],
    }


def _printer_columns() -> list[dict[str, Any]]:
    ready = '.status.conditions[?(@.type=="{}")].{}'
    columns = [
        ("Ready", "string", ready.format("Ready", "status"), 0),
        ("Reason", "string", ready.format("Ready", "reason"), 0),
        ("Mode", "string", ".spec.mode", 0),
        ("Subnet", "string", ".status.subnet.name", 0),
        ("Gateway", "string", ".status.gateway.name", 0),
        ("Age", "date", ".metadata.creationTimestamp", 0),
        ("Delegated", "string", ready.format("SubnetDelegated", "status"), 1),
        ("Rules", "string", ready.format("SecurityRulesApplied", "status"), 1),
        ("DNS", "string", ready.format("DNSRecordsPublished", "status"), 1),
        ("Drift", "string", ".status.drift.state", 1),
        ("Policy", "string", ".spec.managementPolicy", 1),
        ("Suspended", "boolean", ".spec.suspend", 1),
        ("Message", "string", ready.format("Ready", "message"), 1),
    ]
    return [{"name": name, "type": kind, "jsonPath": path, "priority": priority} for name, kind, path, priority in columns]


def structural(model: type[BaseModel]) -> Schema:
    """The structural schema of a model.

    Raises:
        UnsupportedSchemaError: the model has a field that a structural schema cannot say.
    """
    schema = model.model_json_schema(by_alias=True)
    return _structural(schema, definitions=schema.get("$defs", {}), where=model.__name__)


def _structural(node: Mapping[str, Any], *, definitions: Mapping[str, Any], where: str) -> Schema:
    node = _without_null(_inlined(node, definitions=definitions), definitions=definitions, where=where)
    if "const" in node:
        node = {**{key: value for key, value in node.items() if key != "const"}, "enum": [node["const"]]}
    unknown = node.keys() - {*_KEPT, *_DROPPED}
    if unknown:
        raise UnsupportedSchemaError(f"{where}: {', '.join(sorted(unknown))}")
    result = {key: node[key] for key in _KEPT if key in node and not (key == "default" and node[key] is None)}
    if result.get("type") == "integer":
        result.setdefault("format", "int64")
    if isinstance(result.get("additionalProperties"), Mapping):
        result["additionalProperties"] = _structural(result["additionalProperties"], definitions=definitions, where=f"{where}.*")
    elif "additionalProperties" in result:
        del result["additionalProperties"]
    if "items" in result:
        result["items"] = _structural(result["items"], definitions=definitions, where=f"{where}[]")
    if "properties" in result:
        result["properties"] = {
            name: _structural(field, definitions=definitions, where=f"{where}.{name}") for name, field in result["properties"].items()
        }
    return result


def _inlined(node: Mapping[str, Any], *, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in node:
        return node
    target = _inlined(definitions[node["$ref"].removeprefix("#/$defs/")], definitions=definitions)
    merged = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    rules = [*target.get("x-kubernetes-validations", ()), *node.get("x-kubernetes-validations", ())]
    return {**merged, "x-kubernetes-validations": rules} if rules else merged


def _without_null(node: Mapping[str, Any], *, definitions: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    if "anyOf" not in node:
        return node
    branches = [branch for branch in node["anyOf"] if branch != {"type": "null"}]
    if len(branches) != 1:
        raise UnsupportedSchemaError(f"{where}: a field can have one type only")
    outer = {key: value for key, value in node.items() if key != "anyOf"}
    inner = _inlined(branches[0], definitions=definitions)
    rules = [*inner.get("x-kubernetes-validations", ()), *outer.get("x-kubernetes-validations", ())]
    return {**inner, **outer, "x-kubernetes-validations": rules} if rules else {**inner, **outer}
