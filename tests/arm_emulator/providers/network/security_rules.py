"""Security rules: children of a network security group, written one by one or with the whole group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Document, id_at, provider_error
from arm_emulator.providers.base import body_of
from arm_emulator.providers.network.base import NetworkResourceType
from arm_emulator.providers.network.limits import check_name, check_rules
from arm_emulator.providers.network.rule_fields import PLURALS, SINGULARS, check_fields
from arm_emulator.store import Resource

_TYPE = "Microsoft.Network/networkSecurityGroups/securityRules"


class SecurityRules(NetworkResourceType):
    """Security rules. A PUT may change everything of a rule in place, direction and priority included."""

    name = _TYPE
    label = "SecurityRule"
    properties_since: ClassVar[dict[str, str]] = dict.fromkeys(PLURALS, "2017-06-01")
    put_seconds = 2
    delete_seconds = 3
    put_retry_after = 1
    delete_retry_after = 1
    conditional_always = False

    def joins(self, document: Document) -> Iterator[tuple[str, str]]:
        properties = self._properties(document)
        for field in ("sourceApplicationSecurityGroups", "destinationApplicationSecurityGroups"):
            for each in properties.get(field) or []:
                id = id_at(each)
                if id:
                    yield "Microsoft.Network/applicationSecurityGroups/joinNetworkSecurityRule/action", id

    def missing(self, path: ArmPath) -> ArmError:
        return provider_error(404, "NotFound", f"Resource {path.text} not found.")

    def show(self, resource: Resource) -> Document:
        return {
            "name": resource.name,
            "id": resource.id,
            "etag": self.etag(resource),
            "type": resource.type,
            "properties": {"provisioningState": resource.provisioning_state, **resource.properties},
        }

    def writable(self, document: Document) -> Document:
        properties: Document = super().writable(document)["properties"]
        for field in SINGULARS:
            if properties.get(field) == "":
                del properties[field]
        for field in PLURALS:
            properties.setdefault(field, [])
        return {"properties": properties}

    def write(self, call: Call) -> Answer:
        body = body_of(call)
        group = self._group(call.path)
        rule = self.find(call.path)
        self.check_conditions(call, rule, id=call.path.text)
        self.check_lock(call, group, policy=self.world.settings.security_group_conflict)
        item = {**body, "name": rule.name if rule else call.path.name}
        siblings = self.world.store.children(group.id, _TYPE)
        others = [(each.name, each.properties) for each in siblings if each.name.lower() != item["name"].lower()]
        self.check(group, item, others=others)
        return self.put(call, self.upsert(group, item), created=rule is None)

    def delete(self, call: Call) -> Answer:
        rule = self.find(call.path)
        if rule is None:
            return Answer(status=204)
        self.check_conditions(call, rule, id=rule.id)
        self.check_lock(call, self._group(call.path), policy=self.world.settings.security_group_conflict)
        return self.start_delete(call, rule)

    def _group(self, path: ArmPath) -> Resource:
        assert path.parent is not None
        group = self.world.store.get(path.parent.text)
        assert group is not None, "the front door has looked"
        return group

    def upsert(self, group: Resource, item: Document) -> Resource:
        """Put a checked rule into the store."""
        rule = self.nested(group, item["name"])
        rule.document = self.writable(item)
        self.world.store.put(rule)
        return rule

    def check(self, group: Resource, item: Document, *, others: Sequence[tuple[str, Document]]) -> None:
        """Raise what Azure says to a rule that cannot be. ``others`` are names and properties of its siblings."""
        name = str(item.get("name", ""))
        id = f"{group.id}/securityRules/{name}"
        check_name(name)
        check_rules(len(others) + 1)
        rule = self.writable(item)["properties"]
        check_fields(id, rule)
        for other, properties in others:
            same_number = properties.get("priority") == rule["priority"]
            if same_number and str(properties.get("direction")).lower() == rule["direction"].lower():
                raise provider_error(
                    400,
                    "SecurityRuleConflict",
                    f"Security rule {name} conflicts with rule {other}. Rules cannot have the same Priority and "
                    "Direction. To learn more, see aka.ms/nsgrules.",
                )
