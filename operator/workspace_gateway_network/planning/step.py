"""One write to Azure as a value: everything the executor needs to guard it, send it, and tell of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.json import Json, JsonObject, canonical, child
from workspace_gateway_network.model.private_dns import PRIVATE_DNS_ZONE
from workspace_gateway_network.model.resource_id import ResourceId

_GROUP_LINK = "properties.networkSecurityGroup"
"""The property of a subnet that decides, beside the rules themselves, whether these are applied."""


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


REPAIRED = Change(path="properties.provisioningState", before="Failed", after="Succeeded")
"""What comes of writing something once more as it is, where its last change has failed."""


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
    the wire. `owned` are the paths of what is ours in it, such as `properties.delegations` or `tags.wgn-owner`: what else differs after
    the write was somebody's.
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
    seen: JsonObject | None = None
    """The target as it is, in the shape of `body`, where single properties of it can be left so; None where all go together."""

    @property
    def concerns(self) -> frozenset[ConditionType]:
        """The conditions that cannot be True before this step is done: a subnet's one PUT may bring its delegation and its group."""
        return frozenset({self.condition, *(self._concern(change) for change in self.changes)})

    def _concern(self, change: Change) -> ConditionType:
        return ConditionType.SECURITY_RULES_APPLIED if change.path.startswith(_GROUP_LINK) else self.condition

    @property
    def uses(self) -> frozenset[ResourceId]:
        """What the step writes to, and the network security group that it has a subnet refer to."""
        linked = (change.after for change in self.changes if change.path == f"{_GROUP_LINK}.id")
        return frozenset({self.target, *(ResourceId(after) for after in linked if isinstance(after, str))})

    @property
    def fields(self) -> frozenset[Field]:
        """What it sets."""
        return frozenset(self._field(change) for change in self.changes)

    def fields_of(self, conditions: Collection[ConditionType]) -> frozenset[Field]:
        """Those of them that concern one of these conditions."""
        return frozenset(self._field(change) for change in self.changes if self._concern(change) in conditions)

    def without(self, fields: Collection[Field]) -> Step | None:
        """The same write, but with these fields left as they are; None where nothing of it is left, or where all its fields go together."""
        left = tuple(change for change in self.changes if self._field(change) not in fields)
        if len(left) == len(self.changes):
            return self
        if not left or self.seen is None or self.body is None:
            return None
        kept = {change.path.split(".")[1] for change in self.changes if change not in left}
        wanted, seen = child(self.body, "properties"), child(self.seen, "properties")
        properties = {name: value for name, value in wanted.items() if name not in kept}
        properties |= {name: value for name, value in seen.items() if name in kept}
        return replace(self, changes=left, body={**self.body, "properties": properties})

    def _field(self, change: Change) -> Field:
        return Field(target=self.target, path=change.path, value=canonical(change.after))

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
