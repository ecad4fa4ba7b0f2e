"""Azure's answers to the reads of the operator, made from a world, with any of them refused, broken, short or stale for a while."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping

from workspace_gateway_network.azure.failure import AzureError, from_answer
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.resource_provider import web_provider_of
from worlds.azure import World
from worlds.documents import Document

_LISTS = {
    "virtualnetworks": "networks",
    "networksecuritygroups": "groups",
    "privatednszones": "zones",
    "gateways": "gateways",
    "configconnections": "connections",
    "virtualnetworklinks": "links",
    "a": "records",
    "locks": "locks",
}
_SINGLES = {
    **{kind: name.removesuffix("s") for kind, name in _LISTS.items()},
    "subnets": "subnet",
    "service": "service",
    "microsoft.web": "registration",
}
_CODES = {403: "AuthorizationFailed", 404: "ResourceNotFound", 503: "ServiceUnavailable"}


class Answers:
    """Reads of Azure Resource Manager, in place of the client's own."""

    def __init__(self, world: World) -> None:
        """All answers are right until `faults` says otherwise."""
        self.world = world
        self.faults: Mapping[str, str] = {}
        """What is wrong, by what is asked for: a status, `lacks` for a list that leaves everything out, and others for connections."""
        self.registration = "Registered"
        self.gateway: Document | None = None
        """How the gateway shows itself, where it is not as it is."""

    async def get(self, path: str, *, urgency: int) -> JsonObject:  # noqa: ARG002
        """One resource."""
        self._fail(_SINGLES[ResourceId(path).type.rpartition("/")[2]], path)
        document = self._documents().get(ResourceId(path))
        if document is None:
            raise _error(404, path)
        return copy.deepcopy(document)

    async def list(self, path: str, *, urgency: int) -> tuple[JsonObject, ...]:  # noqa: ARG002
        """A collection, whole or not at all."""
        parent, _, kind = path.rpartition("/")
        name = _LISTS[kind.lower()]
        self._fail(name, path)
        if self.faults.get(name) == "lacks":
            return ()
        if name == "connections":
            return tuple(self._connections(path))
        below = ResourceId(parent) if name in {"links", "records"} else None
        found = (each for each in self._documents().items() if each[0].type.endswith(f"/{kind.lower()}"))
        return tuple(copy.deepcopy(document) for each, document in found if below is None or each.parent == below)

    def scarcity(self, path: str) -> float:  # noqa: ARG002
        """Reads are plenty."""
        return 0.0

    def _fail(self, name: str, path: str) -> None:
        fault = self.faults.get(name, "")
        if fault.isdigit():
            raise _error(int(fault), path)

    def _documents(self) -> dict[ResourceId, Document]:
        world = self.world
        network = copy.deepcopy(world.network)
        network["properties"]["subnets"] = [world.subnet]
        gateways = [self.gateway or each for each in world.gateways]
        documents = {ResourceId(each["id"]): each for each in (network, world.subnet, world.service, *gateways)}
        counted = {each: {**document, "properties": self._counted(each)} for each, document in world.private_dns.items()}
        web = web_provider_of(ResourceId(world.subnet["id"]).subscription)
        registration = {web: {"id": str(web), "registrationState": self.registration}}
        return {**documents, **world.groups, **counted, **registration}

    def _counted(self, resource_id: ResourceId) -> Document:
        properties: Document = self.world.private_dns[resource_id]["properties"]
        if "numberOfRecordSets" not in properties:
            return properties
        records = [each for each in self.world.private_dns if each.parent == resource_id and each.type.endswith("/a")]
        return {**properties, "numberOfRecordSets": 1 + len(records)}

    def _connections(self, path: str) -> Iterator[JsonObject]:
        fault = self.faults.get("connections")
        there = self.world.connections
        wrong = {"empty": [], "nameless": [*there[:1], ""], "foreign": [""]}
        for number, hostname in enumerate(wrong.get(fault or "", there)):
            others = ["api.contoso.com"] if fault == "foreign" else []
            yield {"id": f"{path}/c{number}", "properties": {**({"defaultHostname": hostname} if hostname else {}), "hostnames": others}}


def _error(status: int, path: str) -> AzureError:
    body = json.dumps({"error": {"code": _CODES[status], "message": f"Not now: {path}."}})
    return AzureError(from_answer(method="GET", path=path, status=status, headers={}, body=body))
