"""Network security groups, with their default rules and the subnets that use them."""

from __future__ import annotations

from collections.abc import Iterator

from arm_emulator.arm import Answer, ArmPath, Call, Document, provider_error
from arm_emulator.providers.base import body_of, named_items
from arm_emulator.providers.network.base import NetworkResourceType
from arm_emulator.providers.network.default_security_rules import default_rules
from arm_emulator.providers.network.limits import check_groups, check_name
from arm_emulator.providers.network.security_rules import SecurityRules
from arm_emulator.store import Resource, new_guid
from arm_emulator.world import World

_SUBNETS = "microsoft.network/virtualnetworks/subnets"


class NetworkSecurityGroups(NetworkResourceType):
    """Network security groups. A PUT replaces all rules; a PATCH changes nothing but tags."""

    name = "Microsoft.Network/networkSecurityGroups"
    label = "NetworkSecurityGroup"
    read_only = frozenset({"provisioningState", "resourceGuid", "defaultSecurityRules", "networkInterfaces", "subnets", "flowLogs"})
    inline = frozenset({"securityRules"})
    put_seconds = 2
    delete_seconds = 3
    put_retry_after = 1
    delete_retry_after = 1

    def __init__(self, world: World, *, rules: SecurityRules) -> None:
        super().__init__(world)
        self.rules = rules

    def new(self, path: ArmPath, document: Document) -> Resource:
        resource = super().new(path, document)
        resource.generated["resourceGuid"] = new_guid()
        return resource

    def joins(self, document: Document) -> Iterator[tuple[str, str]]:
        inline = self._properties(document).get("securityRules")
        for each in inline if isinstance(inline, list) else []:
            if isinstance(each, dict):
                yield from self.rules.joins(each)

    def show(self, resource: Resource) -> Document:
        rules = self.world.store.children(resource.id, self.rules.name)
        users = self.users(resource)
        return {
            "name": resource.name,
            "id": resource.id,
            "etag": self.etag(resource),
            "type": resource.type,
            **{name: value for name, value in resource.document.items() if name != "properties"},
            "properties": {
                "provisioningState": resource.provisioning_state,
                **resource.generated,
                **resource.properties,
                "securityRules": [self.rules.show(each) for each in rules],
                "defaultSecurityRules": default_rules(resource, etag=self.etag(resource)),
                **({"subnets": [{"id": each} for each in users]} if users else {}),
            },
        }

    def users(self, group: Resource) -> list[str]:
        """The ids of the subnets that the group is attached to."""
        return [
            each.id
            for each in self.world.store.referrers(group.id)
            if each.type.lower() == _SUBNETS and str((each.properties.get("networkSecurityGroup") or {}).get("id")).lower() == group.key
        ]

    def as_of(self, shown: Document, api_version: str) -> Document:
        for field in ("securityRules", "defaultSecurityRules"):
            for each in shown["properties"][field]:
                self.rules.as_of(each, api_version)
        return super().as_of(shown, api_version)

    def place(self, path: ArmPath, document: Document) -> Resource:
        group = super().place(path, document)
        group.generated.pop("subnets", None)
        group.generated.pop("defaultSecurityRules", None)
        inline = self._properties(document).get("securityRules")
        if inline is not None:
            for each in self._unnamed(group, inline):
                self.world.store.remove(each.id)
            placed = [self.rules.become(self.rules.nested(group, each["name"]), each) for each in inline]
            self.touch([group, *placed])
        return group

    def write(self, call: Call) -> Answer:
        body = body_of(call, required=("location",))
        group = self.find(call.path)
        self.check_conditions(call, group, id=call.path.text)
        if group is not None:
            self.check_lock(call, group, policy=self.world.settings.security_group_conflict)
        document = self.writable(body)
        created = group is None
        if group is None:
            check_name(call.path.name)
            check_groups(self.count_beside(call.path, document) + 1)
            group = self.new(call.path, document)
        inline: list[Document] = named_items(self._properties(body).get("securityRules") or [], id="securityRules")
        for number, item in enumerate(inline):
            earlier = [(each["name"], each.get("properties", {})) for each in inline[:number]]
            self.rules.check(group, item, others=earlier)
        removed = self._unnamed(group, inline)
        changed = [item for item in inline if self._would_change(group, item)]
        same_properties = group.document["properties"] == document["properties"]
        quiet = not created and not changed and not removed and same_properties
        if quiet and group.provisioning_state == "Succeeded":
            return self.retag(call, group, document)
        group.document = document
        self.world.store.put(group)
        for each in removed:
            self.world.store.remove(each.id)
        also = [self.rules.upsert(group, item) for item in inline]
        return self.put(call, group, created=created, also=also)

    def patch(self, call: Call) -> Answer:
        group = self.get(call.path)
        self.check_conditions(call, group, id=group.id)
        group.document["tags"] = body_of(call).get("tags", group.document.get("tags", {}))
        self.touch([group])
        return Answer(status=200, body=self.render(group, api_version=call.api_version))

    def delete(self, call: Call) -> Answer:
        group = self.find(call.path)
        if group is None:
            return Answer(status=204)
        self.check_conditions(call, group, id=group.id)
        self.check_lock(call, group, policy=self.world.settings.security_group_conflict)
        users = self.users(group)
        if users:
            raise provider_error(
                400,
                "InUseNetworkSecurityGroupCannotBeDeleted",
                f"Network security group {group.id} cannot be deleted because it is in use by the following resources: "
                f"{', '.join(users)}. In order to delete the Network security group, remove the association with the "
                "resource(s). To learn how to do this, see aka.ms/deletensg.",
            )
        return self.start_delete(call, group)

    def _would_change(self, group: Resource, item: Document) -> bool:
        existing = self.world.store.get(f"{group.id}/securityRules/{item['name']}")
        return existing is None or existing.document != self.rules.writable(item)

    def _unnamed(self, group: Resource, inline: list[Document]) -> list[Resource]:
        named = {str(item.get("name", "")).lower() for item in inline}
        rules = self.world.store.children(group.id, self.rules.name)
        return [each for each in rules if each.name.lower() not in named]
