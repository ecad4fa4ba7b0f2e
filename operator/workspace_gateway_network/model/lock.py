"""A management lock (`Microsoft.Authorization/locks`), as read from ARM."""

from __future__ import annotations

from dataclasses import dataclass

from workspace_gateway_network.model.json import JsonObject, child, text
from workspace_gateway_network.model.resource_id import ResourceId

_SUFFIX = "/providers/microsoft.authorization/locks/"


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A lock on a scope. `CanNotDelete` keeps from deleting, `ReadOnly` from writing too (Microsoft Learn, "Lock your resources")."""

    name: str
    scope: str
    level: str

    @classmethod
    def from_arm(cls, document: JsonObject) -> Lock:
        """Read an item of a list: the scope is what comes before the lock in its id."""
        lock_id = text(document, "id")
        at = lock_id.lower().rfind(_SUFFIX)
        return cls(
            name=text(document, "name") or lock_id.rpartition("/")[2],
            scope=lock_id[: max(at, 0)],
            level=text(child(document, "properties"), "level"),
        )

    def forbids(self, *, deletes: bool, target: ResourceId) -> bool:
        """Whether it forbids to write the target, or to delete it.

        It holds for all that is below its scope, and keeps what is above from being deleted.
        """
        if not self.scope or self.level.lower() not in {"cannotdelete", "readonly"}:
            return False
        scope = f"{self.scope.lower()}/"
        holds = f"{target.key}/".startswith(scope) and (deletes or self.level.lower() == "readonly")
        return holds or (deletes and scope.startswith(f"{target.key}/"))
