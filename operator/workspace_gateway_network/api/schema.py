"""How the custom resource's models say what pydantic alone cannot: CEL rules and list types, in the API server's own keywords."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

ATOMIC: JsonDict = {"x-kubernetes-list-type": "atomic"}
"""A list that is replaced as a whole."""

_VALIDATIONS = "x-kubernetes-validations"


def list_map(key: str) -> JsonDict:
    """A list whose items are told apart by one required field."""
    return {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key]}


def lower_ascii(text: str) -> str:
    """CEL's `lowerAscii`. Python's own `lower` goes further: it makes a k of U+212A."""
    return text.encode(errors="surrogatepass").lower().decode(errors="surrogatepass")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule in two tongues: CEL for the API server, Python for the models. They agree on every value.

    The models need it too, because a resource may have been stored under an older CRD, or be checked where there is no cluster.
    As part of an `Annotated` type the rule is about that value; in `ApiModel.RULES` about the whole object.
    """

    cel: str
    """True of a good value. An error in it is a refusal with a message of its own, so it must be total: `!guard || check`."""
    holds: Callable[[Any], bool]
    """The same as `cel`, about the value as the model has it."""
    message: str
    """Follows the field's path and value, so it begins with its verb: `spec.subnet.id: Invalid value: "…": must be …`."""
    path: str | None = None
    """The field to blame, such as `.apiManagement.id`, where the rule is about a whole object."""

    def as_validation(self) -> JsonDict:
        """The rule as the CRD has it."""
        blamed: JsonDict = {"fieldPath": self.path} if self.path else {}
        return {"rule": self.cel, "message": self.message, **blamed}

    def check(self, value: Any) -> Any:  # noqa: ANN401 (whatever the rule is about)
        """The value as it is, or an error for pydantic to gather."""
        if not self.holds(value):
            raise PydanticCustomError("rule", "{sentence}", {"sentence": self.message, "path": self.path or ""})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _with_validations(handler(core), self.as_validation())


def distinct(message: str) -> Rule:
    """The rule that the texts of a list differ in more than case."""
    return Rule(
        cel="self.all(a, self.exists_one(b, a.lowerAscii() == b.lowerAscii()))",
        holds=lambda texts: len(set(map(lower_ascii, texts))) == len(texts),
        message=message,
    )


@dataclass(frozen=True, kw_only=True)
class Immutable:
    """Marks a text that cannot change, but for its case. Only the API server knows what it was, so only CEL says it."""

    message: str

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        rule = "self.lowerAscii() == oldSelf.lowerAscii()"
        return _with_validations(handler(core), {"rule": rule, "message": self.message, "reason": "FieldValueForbidden"})


class ApiModel(BaseModel):
    """A part of the custom resource: frozen, camelCase in YAML, and indifferent to fields of newer versions."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore")

    RULES: ClassVar[tuple[Rule, ...]] = ()
    """What must hold between the fields."""

    @model_validator(mode="after")
    def _obeys_rules(self) -> Self:
        for rule in self.RULES:
            rule.check(self)
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return _with_validations(handler.resolve_ref_schema(handler(core)), *(rule.as_validation() for rule in cls.RULES))


def sentences(error: ValidationError, *, root: str = "spec") -> Iterator[str]:
    """Every complaint of the models with the field that it is about, such as `spec.subnet.id: must be …`."""
    for complaint in error.errors():
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in complaint["loc"])
        yield f"{root}{''.join(steps)}{complaint.get('ctx', {}).get('path', '')}: {complaint['msg']}"


def _with_validations(schema: JsonSchemaValue, *validations: JsonDict) -> JsonSchemaValue:
    if validations:
        schema[_VALIDATIONS] = [*schema.get(_VALIDATIONS, ()), *validations]
    return schema
