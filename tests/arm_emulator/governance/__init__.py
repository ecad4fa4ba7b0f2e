"""What keeps a caller from doing what a resource provider would do: roles, locks and policies, each by scope.

The front door asks in this order, before it looks whether anything is there (which is why a 403 may hide a 404).
"""

from __future__ import annotations

from typing import Protocol

from arm_emulator.arm import Call, Document
from arm_emulator.governance.locks import Locks
from arm_emulator.governance.policies import Policies
from arm_emulator.governance.principals import Principals


class Named(Protocol):
    """Things that seeds and the control endpoint add and remove by their names."""

    def documents(self) -> list[Document]: ...

    def put(self, name: str, document: Document, /) -> None: ...

    def remove(self, name: str, /) -> bool: ...


class Governance:
    """The roles, locks and policies of one emulator."""

    def __init__(self) -> None:
        self.principals = Principals()
        self.locks = Locks()
        self.policies = Policies()

    def kinds(self) -> dict[str, Named]:
        """What there is, by its plural."""
        return {"principals": self.principals, "locks": self.locks, "policies": self.policies}

    def check(self, call: Call, *, action: str, scope: str, joins: list[tuple[str, str]]) -> None:
        """Raise for what the caller may not do, for a locked scope, or for a policy's denial.

        ``joins`` are the actions on other resources that the request's body takes, each with the id that it names.
        """
        self.principals.check(call.principal, action=action, scope=scope)
        self.principals.check_joins(call.principal, action=action, scope=scope, joins=joins)
        self.locks.check(call)
        self.policies.check(call, type=action.rpartition("/")[0])
