"""The published schema, field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
import yaml
from pydantic import BaseModel, Field

from contract.crd.bounds import CRD, nodes, root_schema
from workspace_gateway_network.api import crd
from workspace_gateway_network.api.reasons import Reason

Node = dict[str, Any]

SIZE_LIMIT = 200 * 1024
"""kubectl's client-side apply keeps a copy in an annotation, and fails above 256 KiB."""

NODES = [(path, node) for path, node in nodes(root_schema(), path="") if not path.startswith("metadata")]
INNER = [(path, node) for path, node in NODES if path]


def test_the_published_file_is_what_the_models_say() -> None:
    assert CRD.read_text(encoding="utf-8") == crd.render(), "run 'make crd'"


def test_it_is_small_enough_for_every_way_of_applying_it() -> None:
    assert CRD.stat().st_size < SIZE_LIMIT


def test_the_walk_sees_every_part() -> None:
    paths = {path for path, _ in NODES}
    assert {"spec.networkSecurityGroup.additionalRules[].ports[]", "spec.tags{}", "status.plan.changes[].resource"} <= paths
    assert len(paths) > 80


def offenders(*, all_of: Callable[[str, Node], bool], without: Callable[[Node], bool]) -> list[str]:
    """The paths of the nodes that the first speaks of and in which the second misses something. There must be some to speak of."""
    meant = [(path, node) for path, node in INNER if all_of(path, node)]
    assert meant
    return [path for path, node in meant if without(node)]


def test_every_field_has_a_description_that_is_a_sentence_or_two() -> None:
    assert (
        offenders(
            all_of=lambda path, _: not path.endswith(("[]", "{}")),
            without=lambda node: not node.get("description", "").endswith("."),
        )
        == []
    )


def test_every_text_has_a_greatest_length_or_choices() -> None:
    assert offenders(
        all_of=lambda _, node: node["type"] == "string",
        without=lambda node: not {"maxLength", "enum"} & node.keys(),
    ) == ["apiVersion", "kind"]


def test_every_list_has_a_greatest_length_and_a_type() -> None:
    assert (
        offenders(
            all_of=lambda _, node: node["type"] == "array",
            without=lambda node: not {"maxItems", "x-kubernetes-list-type"} <= node.keys(),
        )
        == []
    )


def test_the_keys_of_a_list_are_required() -> None:
    """The other way, a default for the key, is a default inside a list."""
    assert (
        offenders(
            all_of=lambda _, node: node.get("x-kubernetes-list-type") == "map",
            without=lambda node: not set(node["x-kubernetes-list-map-keys"]) <= set(node["items"]["required"]),
        )
        == []
    )


def test_every_map_has_a_greatest_size() -> None:
    assert offenders(all_of=lambda _, node: "additionalProperties" in node, without=lambda node: "maxProperties" not in node) == []


def test_every_number_is_whole() -> None:
    assert (
        offenders(
            all_of=lambda _, node: node["type"] in {"integer", "number"},
            without=lambda node: (node["type"], node.get("format")) != ("integer", "int64"),
        )
        == []
    )


def test_defaults_are_plain_values_outside_of_lists() -> None:
    """A default object would bring parts of the spec into being; in a list's item it would change what others applied."""
    defaults = {path: node["default"] for path, node in INNER if "default" in node}
    assert defaults.pop("status") == {"observedGeneration": -1}
    assert defaults
    assert [path for path, value in defaults.items() if "[]" in path or not isinstance(value, str | bool | int)] == []


def test_nothing_is_kept_that_nobody_knows() -> None:
    forbidden = {"x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string", "x-kubernetes-embedded-resource", "nullable"}
    assert [path for path, node in NODES if forbidden & node.keys()] == []


MESSAGES = {rule["message"] for _, node in NODES for rule in node.get("x-kubernetes-validations", ())}


@pytest.mark.parametrize("message", sorted(MESSAGES))
def test_a_message_reads_on_from_the_fields_name(message: str) -> None:
    """As in `spec.tags: Invalid value: must have names of …`. It is a sentence's rest: no capital, no full stop."""
    assert message.startswith(("must ", "the subnet of a gateway cannot be changed"))
    assert not message.endswith(".")


def test_all_fields_of_the_status_are_optional() -> None:
    assert "required" not in root_schema()["properties"]["status"]


def test_a_condition_can_have_every_reason() -> None:
    conditions = dict(NODES)["status.conditions[].reason"]
    assert all(conditions["minLength"] <= len(reason) <= conditions["maxLength"] for reason in Reason)


@pytest.mark.parametrize(
    ("annotation", "keyword"),
    [
        (int | str, "one type only"),
        (Annotated[int, Field(gt=0)], "exclusiveMinimum"),
        (Annotated[str, Field(pattern="^a$")], "pattern"),
        (set[str], "uniqueItems"),
        (tuple[str, int], "prefixItems"),
    ],
    ids=["union", "exclusive", "pattern", "set", "tuple"],
)
def test_what_a_structural_schema_cannot_say_is_an_error(annotation: Any, keyword: str) -> None:
    model = type("Model", (BaseModel,), {"__annotations__": {"field": annotation}, "__module__": __name__})
    with pytest.raises(crd.UnsupportedSchemaError, match=rf"^Model\.field: .*{keyword}"):
        crd.structural(model)


def test_the_published_file_is_plain_yaml() -> None:
    """No anchors and aliases, which some tools don't read."""
    text = CRD.read_text(encoding="utf-8")
    assert "&id" not in text
    assert yaml.safe_load(text)["metadata"]["name"] == "workspacegatewaynetworks.workspacegateway.dev"
