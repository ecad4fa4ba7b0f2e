"""Management locks: a scope that cannot be deleted, or not even changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from arm_emulator.arm import Call, Document, front_door_error
from arm_emulator.governance.scopes import lies_in, normalised

Level = Literal["CanNotDelete", "ReadOnly"]
_OPERATIONS = {"PUT": "write", "PATCH": "write", "POST": "write", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class _Lock:
    scope: str
    level: Level

    def forbids(self, operation: str, scope: str) -> bool:
        """A lock holds for all that is in its scope, and keeps what its scope is in from being deleted."""
        if operation == "delete" and lies_in(self.scope.lower(), scope):
            return True
        return lies_in(scope, self.scope.lower()) and (operation == "delete" or self.level == "ReadOnly")


class Locks:
    """Locks by name."""

    def __init__(self) -> None:
        self._locks: dict[str, _Lock] = {}

    def documents(self) -> list[Document]:
        return [{"name": name, "scope": each.scope, "level": each.level} for name, each in self._locks.items()]

    def put(self, name: str, document: Document) -> None:
        """Add a lock or replace it: ``{"scope", "level"}``. Raises ``ValueError``."""
        if document["level"] not in get_args(Level):
            raise ValueError(f"the level of a lock is one of {', '.join(get_args(Level))}")
        normalised(document["scope"])
        self._locks[name] = _Lock(scope=document["scope"].rstrip("/"), level=document["level"])

    def remove(self, name: str) -> bool:
        return self._locks.pop(name, None) is not None

    def check(self, call: Call) -> None:
        """Raise the 409 of a locked scope (text as clients report it)."""
        operation = _OPERATIONS.get(call.method)
        if operation is None or not self._locks:
            return
        locked = dict.fromkeys(each.scope for each in self._locks.values() if each.forbids(operation, call.path.key))
        if locked:
            raise front_door_error(
                409,
                "ScopeLocked",
                f"The scope '{call.path.text}' cannot perform {operation} operation because following scope(s) are locked: "
                f"'{','.join(locked)}'. Please remove the lock and try again.",
            )
