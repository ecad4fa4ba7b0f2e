"""Principals and what their roles allow them, on which scopes."""

from __future__ import annotations

from dataclasses import dataclass

from arm_emulator.arm import ArmError, Document, Principal, front_door_error
from arm_emulator.governance.roles import Role, read_role
from arm_emulator.governance.scopes import lies_in, normalised


@dataclass(frozen=True, slots=True)
class _Assignment:
    role: Role
    scope: str


class Principals:
    """Who there is, by client id, as seeds name them. With nobody, every client is let in and may do everything.

    A principal with ``roles`` may do what they allow and nothing else; one without them may do everything.
    """

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._assignments: dict[str, list[_Assignment]] = {}

    def __bool__(self) -> bool:
        return bool(self._documents)

    def documents(self) -> list[Document]:
        """All of them, without their secrets."""
        return [{name: value for name, value in each.items() if name != "secret"} for each in self._documents.values()]

    def get(self, client_id: str) -> Document | None:
        return self._documents.get(client_id)

    def put(self, client_id: str, document: Document) -> None:
        """Add a principal or replace it: ``{"objectId", "secret", "roles": [{"role", "scope"}]}``. Raises ``ValueError``."""
        assignments = [_Assignment(role=read_role(each["role"]), scope=normalised(each["scope"])) for each in document.get("roles", [])]
        self._documents[client_id] = {**document, "clientId": client_id}
        self._assignments.pop(client_id, None)
        if "roles" in document:
            self._assignments[client_id] = assignments

    def remove(self, client_id: str) -> bool:
        self._assignments.pop(client_id, None)
        return self._documents.pop(client_id, None) is not None

    def may(self, principal: Principal | None, *, action: str, scope: str) -> bool:
        assignments = self._assignments.get(principal.client_id) if principal else None
        if assignments is None:
            return True
        key = scope.lower()
        return any(lies_in(key, each.scope) and each.role.allows(action) for each in assignments)

    def sees(self, principal: Principal | None, subscription: str) -> bool:
        """Whether a principal has any role in a subscription, without which it does not exist for it."""
        assignments = self._assignments.get(principal.client_id) if principal else None
        return assignments is None or any(lies_in(each.scope, f"/subscriptions/{subscription}".lower()) for each in assignments)

    def check(self, principal: Principal | None, *, action: str, scope: str) -> None:
        """Raise the front door's 403 for an action that no role allows (recorded)."""
        if self.may(principal, action=action, scope=scope):
            return
        assert principal is not None
        raise front_door_error(
            403,
            "AuthorizationFailed",
            f"{_client(principal)} does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. "
            "If access was recently granted, please refresh your credentials.",
        )

    def check_joins(self, principal: Principal | None, *, action: str, scope: str, joins: list[tuple[str, str]]) -> None:
        """Raise the 403 of a request that names another resource without being allowed to join it (reported by clients)."""
        for needed in dict.fromkeys(join for join, _ in joins):
            refused = [id for join, id in joins if join == needed and not self.may(principal, action=needed, scope=id)]
            if refused:
                raise _not_linked(principal, action=action, scope=scope, needed=needed, linked=refused)


def _not_linked(principal: Principal | None, *, action: str, scope: str, needed: str, linked: list[str]) -> ArmError:
    assert principal is not None
    return front_door_error(
        403,
        "LinkedAuthorizationFailed",
        f"{_client(principal)} has permission to perform action '{action}' on scope '{scope}'; however, it does not have permission to "
        f"perform action '{needed}' on the linked scope(s) '{','.join(dict.fromkeys(linked))}' or the linked scope(s) are invalid.",
    )


def _client(principal: Principal) -> str:
    return f"The client '{principal.client_id}' with object id '{principal.object_id}'"
