"""Peerings: what two virtual networks know of each other, each from its own side."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import ClassVar

from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Document, id_at, parse_path, provider_error
from arm_emulator.providers.base import body_of
from arm_emulator.providers.network.base import NetworkResourceType
from arm_emulator.providers.network.limits import check_name
from arm_emulator.providers.network.prefixes import overlap
from arm_emulator.providers.network.references import check_peered, referenced
from arm_emulator.store import Resource

_TYPE = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
_DEFAULTS: Document = {
    "allowVirtualNetworkAccess": True,
    "allowForwardedTraffic": False,
    "allowGatewayTransit": False,
    "useRemoteGateways": False,
    "doNotVerifyRemoteGateways": False,
    "peerCompleteVnets": True,
}


class VirtualNetworkPeerings(NetworkResourceType):
    """Peerings. One is ``Initiated`` until the other network has one, too; then both are ``Connected``."""

    name = _TYPE
    label = "VirtualNetworkPeering"
    read_only = frozenset(
        {"provisioningState", "resourceGuid", "peeringState", "peeringSyncLevel", "remoteVirtualNetworkAddressSpace", "routeServiceVips"}
    )
    properties_since: ClassVar[dict[str, str]] = {
        "resourceGuid": "2019-09-01",
        "doNotVerifyRemoteGateways": "2019-09-01",
        "peeringSyncLevel": "2021-02-01",
        "remoteVirtualNetworkAddressSpace": "2021-02-01",
        "peerCompleteVnets": "2023-11-01",
    }
    put_retry_after = 10
    delete_retry_after = 10
    conditional_always = False

    def joins(self, document: Document) -> Iterator[tuple[str, str]]:
        id = id_at(self._properties(document).get("remoteVirtualNetwork"))
        if id:
            yield "Microsoft.Network/virtualNetworks/peer/action", id

    def missing(self, path: ArmPath) -> ArmError:
        return provider_error(404, "NotFound", f"Resource {path.text} not found.")

    def show(self, resource: Resource) -> Document:
        remote = self._remote(resource)
        back = self._back(resource)
        space = remote.properties["addressSpace"] if remote else {"addressPrefixes": []}
        local = self.root(resource)
        return {
            "name": resource.name,
            "id": resource.id,
            "etag": self.etag(resource),
            "properties": {
                "provisioningState": resource.provisioning_state,
                "resourceGuid": str(uuid.uuid5(uuid.NAMESPACE_URL, "".join(sorted([local.key, _remote_id(resource).lower()])))),
                "peeringState": "Connected" if back else "Initiated" if remote else "Disconnected",
                "peeringSyncLevel": "FullyInSync" if back else "RemoteNotInSync",
                **resource.properties,
                "remoteAddressSpace": space,
                "remoteVirtualNetworkAddressSpace": space,
                "routeServiceVips": {},
            },
            "type": resource.type,
        }

    def writable(self, document: Document) -> Document:
        properties: Document = super().writable(document)["properties"]
        remote = properties.pop("remoteVirtualNetwork", None)
        properties.pop("remoteAddressSpace", None)
        return {"properties": {**({"remoteVirtualNetwork": remote} if remote else {}), **_DEFAULTS, **properties}}

    def write(self, call: Call) -> Answer:
        document = self.writable(body_of(call))
        check_name(call.path.name)
        parent = call.path.parent
        network = self.world.store.get(parent.text) if parent else None
        assert network is not None, "the front door has looked"
        peering = self.find(call.path)
        self.check_conditions(call, peering, id=call.path.text)
        self.check_lock(call, network, policy=self.world.settings.network_conflict)
        self._check_remote(call.path, network, document, peering)
        if peering is not None and peering.document == document and peering.provisioning_state == "Succeeded":
            return self.unchanged(call, peering)
        created = peering is None
        peering = peering or self.new(call.path, document)
        peering.document = document
        self.world.store.put(peering)
        return self.put(call, peering, created=created)

    def delete(self, call: Call) -> Answer:
        peering = self.find(call.path)
        if peering is None:
            return Answer(status=204)
        self.check_conditions(call, peering, id=peering.id)
        self.check_lock(call, self.root(peering), policy=self.world.settings.network_conflict)
        return self.start_delete(call, peering)

    def _check_remote(self, path: ArmPath, network: Resource, document: Document, before: Resource | None) -> None:
        remote_id = id_at(document["properties"].get("remoteVirtualNetwork")) or ""
        if parse_path(remote_id) is None or remote_id.lower() == network.key:
            raise provider_error(
                400, "InvalidRequestFormat", f"Cannot parse the request: {path.text} needs the id of another virtual network."
            )
        if before is not None and _remote_id(before).lower() != remote_id.lower():
            raise provider_error(
                400,
                "ChangingRemoteVirtualNetworkNotAllowed",
                f"Remote virtual network of peering {path.text} cannot be changed from {_remote_id(before)} to {remote_id}.",
            )
        remote = referenced(self.world, remote_id, by=path.text)
        check_peered(self.world, remote, by=path.text)
        mine, theirs = (each.properties["addressSpace"]["addressPrefixes"] for each in (network, remote))
        if overlap(mine, theirs):
            raise provider_error(
                400,
                "VnetAddressSpacesOverlap",
                f"Cannot create or update peering {path.text}. Virtual networks {network.id} and {remote.id} cannot be peered because "
                "their address spaces overlap.",
            )

    def _remote(self, resource: Resource) -> Resource | None:
        return self.world.store.get(_remote_id(resource))

    def _back(self, resource: Resource) -> Resource | None:
        """The peering of the other side."""
        here = self.root(resource).key
        others = self.world.store.children(_remote_id(resource), _TYPE)
        return next((each for each in others if _remote_id(each).lower() == here), None)


def _remote_id(peering: Resource) -> str:
    return id_at(peering.properties.get("remoteVirtualNetwork")) or ""
