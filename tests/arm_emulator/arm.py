"""Azure Resource Manager's paths, answers and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Document = dict[str, Any]
"""A JSON object."""


def copied(value: Any) -> Any:
    """A JSON value of one's own; several times as fast as ``copy.deepcopy``, which minds what JSON cannot hold."""
    if isinstance(value, dict):
        return {name: copied(each) for name, each in value.items()}
    if isinstance(value, list):
        return [copied(each) for each in value]
    return value


@dataclass(frozen=True, slots=True)
class ArmPath:
    """Where a request points: ``/subscriptions/{s}/resourceGroups/{rg}/providers/{ns}/{type}/{name}/…``.

    A resource has as many names as types; a collection, or an action on a resource, has one name less.
    Subscriptions, resource groups and providers count as types of ``Microsoft.Resources``.
    """

    text: str
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    subscription: str | None = None
    resource_group: str | None = None

    @property
    def key(self) -> str:
        """The id in lower case: Azure compares ids without case."""
        return self.text.lower()

    @property
    def type(self) -> str:
        """For example ``Microsoft.Network/virtualNetworks/subnets``, as the caller spelled it."""
        return f"{self.namespace}/{'/'.join(self.types)}"

    @property
    def is_resource(self) -> bool:
        return len(self.names) == len(self.types)

    @property
    def name(self) -> str:
        return self.names[-1]

    @property
    def ancestors(self) -> list[ArmPath]:
        """The resources that this one is nested in, outermost first."""
        return [] if self.parent is None else [*self.parent.ancestors, self.parent]

    @property
    def parent_text(self) -> str | None:
        """The id of the resource that this resource is nested in."""
        return self.text.rsplit("/", 2)[0] if len(self.types) > 1 else None

    @property
    def parent(self) -> ArmPath | None:
        """The resource that this one is nested in, or that this collection belongs to."""
        if len(self.types) < 2:
            return None
        segments = 2 if self.is_resource else 1
        return ArmPath(
            text=self.text.rsplit("/", segments)[0],
            namespace=self.namespace,
            types=self.types[:-1],
            names=self.names[: len(self.types) - 1],
            subscription=self.subscription,
            resource_group=self.resource_group,
        )


@lru_cache(maxsize=4096)
def parse_path(path: str) -> ArmPath | None:
    """Read an ARM path; ``None`` for a path that ARM would not route at all."""
    text = path.rstrip("/")
    parts = text.split("/")[1:]
    if not parts or parts[0].lower() != "subscriptions" or not all(parts):
        return None
    subscription = parts[1] if len(parts) > 1 else None
    if len(parts) <= 2:
        return _resources(text, ("subscriptions",), tuple(parts[1:]), subscription)
    rest, group = parts[2:], None
    if rest[0].lower() == "resourcegroups":
        group = rest[1] if len(rest) > 1 else None
        if len(rest) <= 2:
            return _resources(text, ("resourceGroups",), tuple(rest[1:]), subscription, group)
        rest = rest[2:]
    if rest[0].lower() != "providers":
        return _resources(text, tuple(rest[::2]), tuple(rest[1::2]), subscription, group)
    if len(rest) <= 2:
        return _resources(text, ("providers",), tuple(rest[1:]), subscription)
    if len(rest) == 3 and rest[2].lower() in ("register", "unregister"):
        return _resources(text, ("providers", rest[2]), (rest[1],), subscription)
    return ArmPath(
        text=text,
        namespace=rest[1],
        types=tuple(rest[2::2]),
        names=tuple(rest[3::2]),
        subscription=subscription,
        resource_group=group,
    )


def _resources(
    text: str,
    types: tuple[str, ...],
    names: tuple[str, ...],
    subscription: str | None,
    group: str | None = None,
) -> ArmPath:
    return ArmPath(
        text=text,
        namespace="Microsoft.Resources",
        types=types,
        names=names,
        subscription=subscription,
        resource_group=group,
    )


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, as the token says: an application's client id and its service principal's object id."""

    client_id: str
    object_id: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class OperationFault:
    """What a played fault does to the operation that a write starts: held for ever, or ended as Failed."""

    hold: bool = False
    code: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request that has passed the front door. ``headers`` have lower-case names.

    A played fault may decide the fate of the operation that it starts, or let a reader see the world as it was before the
    first change of the last ``stale`` seconds.
    """

    method: str
    path: ArmPath
    api_version: str
    base_url: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    principal: Principal | None = None
    operation_fault: OperationFault | None = None
    stale: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    r"""One answer. ``body`` is a JSON value, a ``str`` sent as it stands (HTML), or ``None`` for no body at all.
    ``escaped`` writes each slash of the JSON as ``\/``, as private DNS does.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    escaped: bool = False


class ArmError(Exception):
    """A refusal, in one of ARM's shapes.

    The front door's own errors carry ``x-ms-failure-cause: gateway`` and no details; a provider's carry
    ``details`` (an empty list where it has none).
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[Document] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = dict(headers or {})

    def answer(self) -> Answer:
        error: Document = {"code": self.code, "message": self.message}
        if self.details is not None:
            error["details"] = list(self.details)
        return Answer(status=self.status, body={"error": error}, headers=self.headers)


def front_door_error(status: int, code: str, message: str, **headers: str) -> ArmError:
    """An error of ARM itself, raised before a resource provider is asked."""
    return ArmError(status, code, message, headers={"x-ms-failure-cause": "gateway", **headers})


def provider_error(
    status: int,
    code: str,
    message: str,
    *,
    details: Sequence[Document] = (),
    headers: Mapping[str, str] | None = None,
) -> ArmError:
    """An error of the Microsoft.Network resource provider."""
    return ArmError(status, code, message, details=details, headers=headers)


def resource_group_not_found(name: str) -> ArmError:
    """The front door's 404 for anything in a resource group that does not exist."""
    return front_door_error(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")


def provider_not_registered(namespace: str) -> ArmError:
    """The front door's 409 for a resource provider that the subscription is not registered for (text as clients report it)."""
    code = "MissingSubscriptionRegistration"
    message = (
        f"The subscription is not registered to use namespace '{namespace}'. "
        "See https://aka.ms/rps-not-found for how to register subscriptions."
    )
    details = [{"code": code, "target": namespace, "message": message}]
    return ArmError(409, code, message, details=details, headers={"x-ms-failure-cause": "gateway"})


def resource_not_found(path: ArmPath) -> ArmError:
    """The front door's 404 for a resource it has never heard of (recorded: a missing network or security group)."""
    nested = "/".join(f"{kind}/{name}" for kind, name in zip(path.types, path.names, strict=True))
    return front_door_error(
        404,
        "ResourceNotFound",
        f"The Resource '{path.namespace}/{nested}' under resource group '{path.resource_group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def id_at(document: Any, *names: str) -> str | None:
    """The id of the resource that a document refers to under these names, if it does."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    id = document.get("id") if isinstance(document, dict) else None
    return id if isinstance(id, str) and id else None
