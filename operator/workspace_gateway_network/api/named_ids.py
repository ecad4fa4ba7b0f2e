"""What a spec names in Azure: every ARM id in it, found by the types of its fields, so that a new field is among them by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from workspace_gateway_network.api.arm_ids import IdRule
from workspace_gateway_network.api.schema import ApiModel
from workspace_gateway_network.api.spec import Spec
from workspace_gateway_network.model.resource_id import ResourceId


@dataclass(frozen=True, kw_only=True)
class NamedId:
    """An ARM id in a spec."""

    field: str
    """Where it stands, such as `spec.dns.zones[0].id`."""
    id: ResourceId


def named_ids(spec: Spec) -> Iterator[NamedId]:
    """All of them, in the order of the fields."""
    return _in_model(spec, field="spec")


def _in_model(model: ApiModel, *, field: str) -> Iterator[NamedId]:
    for name, info in type(model).model_fields.items():
        yield from _in_value(getattr(model, name), kind=info.annotation, notes=info.metadata, field=f"{field}.{info.alias or name}")


def _in_value(value: object, *, kind: Any, field: str, notes: list[Any] | None = None) -> Iterator[NamedId]:  # noqa: ANN401 (a type)
    """The ids in a value of that type, which `notes` annotate."""
    origin, parts = get_origin(kind), get_args(kind)
    if any(isinstance(note, IdRule) for note in notes or ()) and isinstance(value, str):
        yield NamedId(field=field, id=ResourceId.parse(value))
    elif origin is Annotated:
        yield from _in_value(value, kind=parts[0], notes=list(parts[1:]), field=field)
    elif origin in {Union, UnionType} and value is not None:
        for part in parts:
            if part is not NoneType:
                yield from _in_value(value, kind=part, field=field)
    elif isinstance(value, ApiModel):
        yield from _in_model(value, field=field)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _in_value(item, kind=parts[0], field=f"{field}[{number}]")
