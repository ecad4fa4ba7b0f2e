"""One write to Azure as a value: everything the executor needs to guard it, send it, and tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.json import Json, JsonObject, canonical
from workspace_gateway_network.model.private_dns import PRIVATE_DNS_ZONE
from workspace_gateway_network.model.resource_id import ResourceId


class Action(StrEnum):
    """What a step does to its target, in the words of `status.plan`."""

    CREATE = "Create"
    UPDATE = "Update"
    TAG = "Tag"
    DELETE = "Delete"
    REGISTER = "Register"
    """Of a resource provider, for a subscription."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One property that a step changes. `path` is empty where the whole resource comes or goes."""

    path: str
    before: Json
    after: Json


@dataclass(frozen=True, kw_only=True)
class Field:
    """One property of one resource, and what a step makes of it. `path` is empty where the whole resource comes or goes."""

    target: ResourceId
    path: str
    value: str
    """In canonical JSON."""


@dataclass(frozen=True, kw_only=True)
class ReadSet:
    """What a step was computed from, and what must be read again right before it is written."""

    subnet: bool = False
    network_security_groups: frozenset[ResourceId] = frozenset()
    gateways: bool = False
    web_registration: bool = False
    zones: frozenset[ResourceId] = frozenset()
    """Private DNS zones, each with its links and records."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One write.

    `body` is what to PUT (CREATE, UPDATE) or to PATCH (TAG), in ARM's spelling; read-only properties may be in it and are left out on
    the wire. `owned` are the top-level properties of the target that are ours: what else differs after the write was somebody's.
    """

    action: Action
    target: ResourceId
    condition: ConditionType
    changes: tuple[Change, ...]
    reads: ReadSet
    locks: frozenset[ResourceId]
    """The virtual network and network security groups whose writes this one must not overlap with."""
    body: JsonObject | None = None
    etag: str = ""
    """What the target must still be, sent as If-Match; empty where there is nothing to match."""
    owned: frozenset[str] = frozenset()

    @property
    def concerns(self) -> frozenset[ConditionType]:
        """The conditions that cannot be True before this step is done: a subnet's one PUT may bring its delegation and its group."""
        links = any(change.path.startswith("properties.networkSecurityGroup") for change in self.changes)
        return frozenset({self.condition, ConditionType.SECURITY_RULES_APPLIED} if links else {self.condition})

    @property
    def uses(self) -> frozenset[ResourceId]:
        """What the step writes to, and the network security group that it has a subnet refer to."""
        linked = (change.after for change in self.changes if change.path == "properties.networkSecurityGroup.id")
        return frozenset({self.target, *(ResourceId(after) for after in linked if isinstance(after, str))})

    @property
    def fields(self) -> frozenset[Field]:
        """What it sets."""
        return frozenset(Field(target=self.target, path=change.path, value=canonical(change.after)) for change in self.changes)

    @property
    def zone_name(self) -> str | None:
        """The name, in lower case, of the private DNS zone that it writes to or in; None for everything else."""
        zone_type = PRIVATE_DNS_ZONE.lower()
        whole = next((each for each in (self.target, self.target.parent) if each.type == zone_type), None)
        return whole.name.lower() if whole else None

    @property
    def intent(self) -> tuple[Action, ResourceId, tuple[Change, ...]]:
        """What must be the same when the step is computed again from a fresh look; the rest of the body may have moved on."""
        return (self.action, self.target, self.changes)
