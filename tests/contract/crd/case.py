"""One case of bad input, and the kinds that a schema's keywords make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from contract.crd.specs import REMOVED, Spec, changed, full

Json = Any

UNCHECKED: Final = (
    "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid;"
    " correct the existing errors to complete validation"
)
"""What the server adds when a field is missing or not of its type or too long: it then leaves out all CEL rules."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One refusal of a spec that is good but for one value."""

    broken: str
    """The field with the rule or the bound, `[]` for any item: `spec.networkSecurityGroup.additionalRules[].ports[]`."""
    bound: str
    """The keyword of the schema, or the message of the CEL rule with the field that it blames: `must be … (.apiManagement.id)`."""
    because: str
    """What is wrong, in the words of the documentation."""
    set: str
    """The field of the spec that is given another value."""
    value: Json
    answer: str
    """The API server's whole message, behind `WorkspaceGatewayNetwork.workspacegateway.dev "team-a" is invalid: `."""
    of: Spec = field(default_factory=full)
    """The good spec, where one with every field will not do."""

    @property
    def spec(self) -> Spec:
        """The refused spec."""
        return changed(self.of, self.set, self.value)

    @property
    def is_of_rule(self) -> bool:
        """Whether a CEL rule refuses it, and not a keyword of the schema."""
        return self.bound.startswith("must ")

    @property
    def sentence(self) -> str:
        """The message of the CEL rule."""
        return self.bound.partition(" (.")[0]


def required(field: str) -> Case:
    """The field is left out."""
    parent, _, name = any_item(field).rpartition(".")
    return Case(
        broken=parent,
        bound=f"required: {name}",
        because="It is left out.",
        set=field,
        value=REMOVED,
        answer=f"[spec.{field}: Required value, {UNCHECKED}]",
    )


def choice(field: str, value: str, *, choices: str) -> Case:
    """The value is none of the field's choices."""
    return Case(
        broken=any_item(field),
        bound="enum",
        because="It is none of the choices. They are case-sensitive.",
        set=field,
        value=value,
        answer=f'[spec.{field}: Unsupported value: "{value}": supported values: {choices}, {UNCHECKED}]',
    )


def too_long(field: str, value: str, *, limit: int) -> Case:
    """The text is longer than the limit."""
    return Case(
        broken=any_item(field),
        bound="maxLength",
        because=f"It is longer than {limit} characters, which the server calls bytes.",
        set=field,
        value=value,
        answer=f"[spec.{field}: Too long: may not be more than {limit} bytes, {UNCHECKED}]",
    )


def too_many(field: str, value: Json, *, limit: int, bound: str = "maxItems") -> Case:
    """The list or map is longer than the limit."""
    return Case(
        broken=any_item(field),
        bound=bound,
        because=f"There are more than {limit}.",
        set=field,
        value=value,
        answer=f"[spec.{field}: Too many: {len(value)}: must have at most {limit} items, {UNCHECKED}]",
    )


def empty(field: str) -> Case:
    """The list is empty."""
    return Case(
        broken=any_item(field),
        bound="minItems",
        because="The list is empty.",
        set=field,
        value=[],
        answer=f"spec.{field}: Invalid value: 0: spec.{field} in body should have at least 1 items",
    )


def too_small(field: str, value: int, *, limit: int) -> Case:
    """The number is below the limit."""
    return Case(
        broken=any_item(field),
        bound="minimum",
        because=f"It is less than {limit}.",
        set=field,
        value=value,
        answer=f"spec.{field}: Invalid value: {value}: spec.{field} in body should be greater than or equal to {limit}",
    )


def too_large(field: str, value: int, *, limit: int) -> Case:
    """The number is beyond the limit."""
    return Case(
        broken=any_item(field),
        bound="maximum",
        because=f"It is more than {limit}.",
        set=field,
        value=value,
        answer=f"spec.{field}: Invalid value: {value}: spec.{field} in body should be less than or equal to {limit}",
    )


def any_item(field: str) -> str:
    """The path of a field as the table has it, where an item's number does not matter."""
    return f"spec.{field.replace('[0]', '[]').replace('[1]', '[]')}"


def quoted(text: str) -> str:
    """The way the server shows a text: as Go does."""
    return '"' + text.replace("\\", "\\\\").replace("\n", "\\n") + '"'
