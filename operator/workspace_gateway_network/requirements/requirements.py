"""A published version of the requirements, read from its file."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from workspace_gateway_network.api.spec import Mode
from workspace_gateway_network.model.security_rule import Direction


class RuleKind(StrEnum):
    """What a row of a rule table is about."""

    DEPENDENCY = "dependency"
    """The gateway fails without it."""
    ACCESS = "access"
    """Who may call the gateway: the organisation's to decide."""
    NOT_ENFORCED = "notEnforced"
    """Azure ignores it in this mode today. Written and shown, never judged."""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="forbid")


class RequiredRule(_Document):
    """One row: an Allow between the subnet and a service tag. The source ports are always all."""

    name: str = Field(pattern=r"^gateway-[a-z-]+$", max_length=50)
    kind: RuleKind
    direction: Direction
    peer: str = Field(pattern=r"^[A-Z][A-Za-z]*$")
    """The service tag at the far side: the source of an inbound row, the destination of an outbound one."""
    regional: bool = False
    """Whether the part of the tag that is the gateway's own region is enough, such as `Storage.UKSouth` for `Storage`."""
    ports: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,5}(-[0-9]{1,5})?$")], ...] = Field(min_length=1)
    protocol: Literal["Tcp", "Udp", "*"]
    purpose: str = Field(min_length=1, max_length=140)


class ModeRequirements(_Document):
    """What one mode demands."""

    delegation: str = Field(pattern=r"^Microsoft\.[A-Za-z]+/[A-Za-z]+$")
    rules: tuple[RequiredRule, ...]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        if len({rule.name for rule in self.rules}) < len(self.rules):
            raise ValueError("two rows have one name")
        return self


class SubnetPrefixLength(_Document):
    """How large a subnet may be, in prefix lengths: the smallest subnet has the longest prefix."""

    smallest: int = Field(ge=0, le=32)
    largest: int = Field(ge=0, le=32)
    recommended: int = Field(ge=0, le=32)

    def allows(self, prefix: str) -> bool:
        """Whether an IPv4 prefix is of an allowed size; False for IPv6, which gateways are not known to support."""
        network = ipaddress.ip_network(prefix, strict=False)
        return network.version == 4 and self.largest <= network.prefixlen <= self.smallest

    def is_recommended(self, prefix: str) -> bool:
        """Whether a prefix is at least as large as recommended."""
        return ipaddress.ip_network(prefix, strict=False).prefixlen <= self.recommended


class Requirements(_Document):
    """One published version, for every mode."""

    version: str
    published: date
    source: str = Field(min_length=1)
    """The document that says so, and its edition."""
    subnet_prefix_length: SubnetPrefixLength
    supported_tiers: tuple[str, ...]
    unsupported_tiers: tuple[str, ...]
    modes: Mapping[Mode, ModeRequirements]

    @model_validator(mode="after")
    def _has_every_mode(self) -> Self:
        if missing := set(Mode) - set(self.modes):
            raise ValueError(f"without {', '.join(sorted(missing))}")
        return self


@cache
def load(version: str) -> Requirements:
    """The requirements of a version, such as `2025-06-18`.

    Raises:
        KeyError: there is no such version.
        pydantic.ValidationError: its file breaks the schema, which these models are.
    """
    file = resources.files(__package__).joinpath("versions", f"{version}.json")
    if not file.is_file():
        raise KeyError(version)
    return Requirements.model_validate_json(file.read_text(encoding="utf-8"))
