"""Virtual networks. Their subnets are resources of their own, shown and accepted inline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from arm_emulator.arm import Answer, ArmPath, Call, Document, provider_error
from arm_emulator.providers.base import body_of, named_items
from arm_emulator.providers.network.base import NetworkResourceType
from arm_emulator.providers.network.limits import check_name, check_networks
from arm_emulator.providers.network.prefixes import parse_prefix, prefixes_of
from arm_emulator.providers.network.subnets import Subnets
from arm_emulator.providers.network.virtual_network_peerings import VirtualNetworkPeerings
from arm_emulator.store import Resource, new_guid
from arm_emulator.world import World

OMITTED_SUBNETS_STAY_FROM = "2023-09-01"
"""The first api-version where a PUT without ``subnets`` leaves them alone; before it, they were deleted."""


class VirtualNetworks(NetworkResourceType):
    """Virtual networks; a PATCH changes nothing but tags."""

    name = "Microsoft.Network/virtualNetworks"
    label = "VirtualNetwork"
    read_only = frozenset({"provisioningState", "resourceGuid", "flowLogs", "defaultPublicNatGateway"})
    inline = frozenset({"subnets", "virtualNetworkPeerings"})
    properties_since: ClassVar[dict[str, str]] = {"enableDdosProtection": "2017-08-01", "privateEndpointVNetPolicies": "2024-03-01"}
    put_retry_after = 3
    delete_retry_after = 10

    def __init__(self, world: World, *, subnets: Subnets, peerings: VirtualNetworkPeerings) -> None:
        super().__init__(world)
        self.subnets = subnets
        self.peerings = peerings

    def read(self, call: Call) -> Answer:
        answer = super().read(call)
        return answer if self.world.settings.network_etag_header else replace(answer, headers={})

    def new(self, path: ArmPath, document: Document) -> Resource:
        resource = super().new(path, document)
        resource.generated["resourceGuid"] = new_guid()
        return resource

    def joins(self, document: Document) -> Iterator[tuple[str, str]]:
        inline = self._properties(document).get("subnets")
        for each in inline if isinstance(inline, list) else []:
            if isinstance(each, dict):
                yield from self.subnets.joins(each)

    def show(self, resource: Resource) -> Document:
        inline = {
            field: [type.show(each) for each in self.world.store.children(resource.id, type.name)]
            for field, type in (("subnets", self.subnets), ("virtualNetworkPeerings", self.peerings))
        }
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
                **inline,
            },
        }

    def as_of(self, shown: Document, api_version: str) -> Document:
        for field, type in (("subnets", self.subnets), ("virtualNetworkPeerings", self.peerings)):
            for each in shown["properties"][field]:
                type.as_of(each, api_version)
        return super().as_of(shown, api_version)

    def writable(self, document: Document) -> Document:
        kept = super().writable(document)
        kept["properties"].setdefault("privateEndpointVNetPolicies", "Disabled")
        kept["properties"].setdefault("enableDdosProtection", False)
        if kept["properties"].get("enableVmProtection") is False:  # accepted, never shown (recorded)
            del kept["properties"]["enableVmProtection"]
        return kept

    def place(self, path: ArmPath, document: Document) -> Resource:
        network = super().place(path, document)
        inline = self._properties(document).get("subnets")
        if inline is not None:
            self._remove_unnamed(network, inline)
            placed = [self.subnets.become(self.subnets.nested(network, each["name"]), each) for each in inline]
            self.touch([network, *placed])
        return network

    def write(self, call: Call) -> Answer:
        body = body_of(call, required=("location",))
        network = self.find(call.path)
        self.check_conditions(call, network, id=call.path.text)
        if network is not None:
            self.check_lock(call, network, policy=self.world.settings.network_conflict)
        document = self.writable(body)
        _check_address_space(call.path.text, document["properties"])
        inline = self._inline_subnets(body, call.api_version, existing=network is not None)
        created = network is None
        if network is None:
            check_name(call.path.name, longest=64)
            check_networks(self.count_beside(call.path, document) + 1)
            network = self.new(call.path, document)
        self._check_subnets(network, document, inline)
        changed = self._changed_subnets(network, inline)
        removed = self._unnamed(network, inline)
        quiet = not created and not changed and not removed and network.properties == document["properties"]
        if quiet and network.provisioning_state == "Succeeded":
            # Where subnets are left out, and stay, Azure says 201 although nothing is created (recorded).
            return self.retag(call, network, document, status=201 if inline is None else 200)
        network.document = document
        self.world.store.put(network)
        for each in removed:
            self.world.store.remove(each.id)
        also = [self.subnets.upsert(network, item) for item in changed]
        return self.put(call, network, created=created, also=also)

    def patch(self, call: Call) -> Answer:
        network = self.get(call.path)
        self.check_conditions(call, network, id=network.id)
        network.document["tags"] = body_of(call).get("tags", network.document.get("tags", {}))
        self.touch([network])
        return Answer(status=200, body=self.render(network, api_version=call.api_version))

    def delete(self, call: Call) -> Answer:
        network = self.find(call.path)
        if network is None:
            return Answer(status=204)
        self.check_conditions(call, network, id=network.id)
        self.check_lock(call, network, policy=self.world.settings.network_conflict)
        for subnet in self.world.store.children(network.id, self.subnets.name):
            self.subnets.check_unused(subnet)
        return self.start_delete(call, network)

    # --- inline subnets -----------------------------------------------------------------------------------------

    def _inline_subnets(self, body: Document, api_version: str, *, existing: bool) -> list[Document] | None:
        """The subnets that a PUT asks for; ``None`` where it leaves them as they are."""
        inline = self._properties(body).get("subnets")
        if inline is not None:
            return named_items(inline, id="subnets")
        return [] if existing and api_version < OMITTED_SUBNETS_STAY_FROM else None

    def _check_subnets(self, network: Resource, document: Document, inline: list[Document] | None) -> None:
        space = document["properties"]["addressSpace"]["addressPrefixes"]
        if inline is None:
            for subnet in self.world.store.children(network.id, self.subnets.name):
                self.subnets.check_prefixes(network, space, subnet.name, prefixes_of(subnet.properties), others=[])
            return
        for each in self._unnamed(network, inline):
            self.subnets.check_unused(each)
        earlier: list[tuple[str, list[str]]] = []
        for item in inline:
            self.subnets.check(network, item, space=space, others=earlier)
            earlier.append((item["name"], prefixes_of(item.get("properties", {}))))

    def _changed_subnets(self, network: Resource, inline: list[Document] | None) -> list[Document]:
        return [item for item in inline or [] if self.subnets.would_change(network, item)]

    def _unnamed(self, network: Resource, inline: list[Document] | None) -> list[Resource]:
        if inline is None:
            return []
        named = {str(item.get("name", "")).lower() for item in inline}
        existing = self.world.store.children(network.id, self.subnets.name)
        return [each for each in existing if each.name.lower() not in named]

    def _remove_unnamed(self, network: Resource, inline: list[Document]) -> None:
        for each in self._unnamed(network, inline):
            self.world.store.remove(each.id)


def _check_address_space(id: str, properties: dict[str, Any]) -> None:
    space = properties.get("addressSpace", {})
    prefixes = space.get("addressPrefixes") if isinstance(space, dict) else None
    if not prefixes:
        raise provider_error(400, "InvalidRequestFormat", f"Cannot parse the request: {id} needs at least one prefix in addressSpace.")
    for prefix in prefixes:
        parse_prefix(prefix, id=id)
