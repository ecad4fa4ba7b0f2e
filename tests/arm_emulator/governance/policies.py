"""Azure Policy: assignments that deny a write."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from arm_emulator.arm import Answer, ArmError, Call, Document
from arm_emulator.governance.conditions import check_condition, holds
from arm_emulator.governance.scopes import lies_in, normalised


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    """One assignment of a definition with the effect ``deny``; both have the same names."""

    name: str
    display_name: str
    scope: str
    condition: Document

    @property
    def assignment_id(self) -> str:
        return f"{self.scope}/providers/Microsoft.Authorization/policyAssignments/{self.name}"

    @property
    def definition_id(self) -> str:
        subscription = "/".join(self.scope.split("/")[:3])
        return f"{subscription}/providers/Microsoft.Authorization/policyDefinitions/{self.name}"

    def identifiers(self) -> Document:
        return {
            "policyAssignment": {"name": self.display_name, "id": self.assignment_id},
            "policyDefinition": {"name": self.display_name, "id": self.definition_id},
        }

    def violation(self) -> Document:
        info = {
            "policyDefinitionDisplayName": self.display_name,
            "policyDefinitionId": self.definition_id,
            "policyDefinitionName": self.name,
            "policyDefinitionEffect": "deny",
            "policyAssignmentId": self.assignment_id,
            "policyAssignmentName": self.name,
            "policyAssignmentDisplayName": self.display_name,
            "policyAssignmentScope": self.scope,
        }
        return {"type": "PolicyViolation", "info": info}


class PolicyDenial(ArmError):
    """The 403 of a write that policies deny, in the shape that Microsoft's articles show."""

    def __init__(self, *, target: str, policies: list[_Policy]) -> None:
        identifiers = json.dumps([each.identifiers() for each in policies], separators=(",", ":"))
        message = f"Resource '{target}' was disallowed by policy. Policy identifiers: '{identifiers}'."
        super().__init__(403, "RequestDisallowedByPolicy", message, headers={"x-ms-failure-cause": "gateway"})
        self.target = target
        self.policies = policies

    def answer(self) -> Answer:
        error = {"code": self.code, "target": self.target, "message": self.message}
        body = {"error": error | {"additionalInfo": [each.violation() for each in self.policies]}}
        return replace(super().answer(), body=body)


class Policies:
    """Denying policies by name."""

    def __init__(self) -> None:
        self._policies: dict[str, _Policy] = {}

    def documents(self) -> list[Document]:
        return [
            {"name": each.name, "displayName": each.display_name, "scope": each.scope, "if": each.condition}
            for each in self._policies.values()
        ]

    def put(self, name: str, document: Document) -> None:
        """Add a policy or replace it: ``{"scope", "displayName", "if"}``, where ``if`` is that of a policy rule. Raises ``ValueError``."""
        normalised(document["scope"])
        check_condition(document["if"])
        self._policies[name] = _Policy(
            name=name,
            display_name=document.get("displayName", name),
            scope=document["scope"].rstrip("/"),
            condition=document["if"],
        )

    def remove(self, name: str) -> bool:
        return self._policies.pop(name, None) is not None

    def check(self, call: Call, *, type: str) -> None:
        """Raise the 403 of a write that policies deny. Resources inside the body of another are not looked at."""
        if call.method not in ("PUT", "PATCH") or not self._policies or not isinstance(call.body, dict):
            return
        document = {**call.body, "name": call.path.name, "type": type, "id": call.path.text}
        denying = [
            each
            for each in self._policies.values()
            if lies_in(call.path.key, each.scope.lower()) and holds(each.condition, document, type=type)
        ]
        if denying:
            raise PolicyDenial(target=call.path.name, policies=denying)
