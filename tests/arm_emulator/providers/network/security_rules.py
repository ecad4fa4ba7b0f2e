"""Security rules: children of a network security group, written one by one or with the whole group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Document, id_at, provider_error
from arm_emulator.providers.base import body_of
from arm_emulator.providers.network.base import NetworkResourceType
from arm_emulator.providers.network.limits import check_name, check_rules
from arm_emulator.store import Resource

_TYPE = "Microsoft.Network/networkSecurityGroups/securityRules"
_PLURALS = ("sourcePortRanges", "destinationPortRanges", "sourceAddressPrefixes", "destinationAddressPrefixes")
_SINGULARS = ("sourcePortRange", "destinationPortRange", "sourceAddressPrefix", "destinationAddressPrefix")
_CHOICES = {
    "protocol": ("Tcp", "Udp", "Icmp", "Esp", "Ah", "*"),
    "access": ("Allow", "Deny"),
    "direction": ("Inbound", "Outbound"),
}


class SecurityRules(NetworkResourceType):
    """Security rules. A PUT may change everything of a rule in place, direction and priority included."""

    name = _TYPE
    label = "SecurityRule"
    properties_since: ClassVar[dict[str, str]] = dict.fromkeys(_PLURALS, "2017-06-01")
    put_seconds = 2
    delete_seconds = 3
    put_retry_after = 1
    delete_retry_after = 10
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
        for field in _SINGULARS:
            if properties.get(field) == "":
                del properties[field]
        for field in _PLURALS:
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
        _check_fields(id, rule)
        for other, properties in others:
            same_number = properties.get("priority") == rule["priority"]
            if same_number and str(properties.get("direction")).lower() == rule["direction"].lower():
                raise provider_error(
                    400,
                    "SecurityRuleConflict",
                    f"Security rule {name} conflicts with rule {other}. Rules cannot have the same Priority and "
                    "Direction. To learn more, see aka.ms/nsgrules.",
                )


def _check_fields(id: str, rule: dict[str, Any]) -> None:
    for field, choices in _CHOICES.items():
        value = rule.get(field)
        if value is None:
            raise _missing(id, field)
        if str(value).lower() not in {each.lower() for each in choices}:
            raise provider_error(
                400,
                "SecurityRuleParameterContainsUnsupportedValue",
                f"Security rule parameter {field} for rule with Id {id} has unsupported value {value}. "
                f"Supported values: {', '.join(choices)}.",
            )
    priority = rule.get("priority")
    if priority is None:
        raise _missing(id, "priority")
    if not isinstance(priority, int) or isinstance(priority, bool) or not 100 <= priority <= 4096:
        raise provider_error(
            400,
            "SecurityRuleInvalidPriority",
            f"Security rule {id} has invalid Priority. Value provided: {priority} Allowed range 100-4096.",
        )
    if len(rule.get("description", "")) > 140:
        raise provider_error(
            400,
            "SecurityRuleInvalidDescription",
            f"The description of security rule {id} can be up to 140 characters long.",
        )
    for singular, plural in zip(_SINGULARS, _PLURALS, strict=True):
        groups = {"sourceAddressPrefix": "source", "destinationAddressPrefix": "destination"}.get(singular)
        by_group = groups is not None and bool(rule.get(f"{groups}ApplicationSecurityGroups"))
        if not rule.get(singular) and not rule.get(plural) and not by_group:
            raise _missing(id, singular)
        if rule.get(singular) and rule.get(plural):
            raise provider_error(
                400,
                "SecurityRuleInvalidParameters",
                f"Security rule {id} cannot have both {singular} and {plural}.",
            )


def _missing(id: str, field: str) -> ArmError:
    return provider_error(
        400,
        "SecurityRuleParameterMissing",
        f"Required security rule parameters are missing for security rule with Id: {id}. Security rule must specify {field}.",
    )
