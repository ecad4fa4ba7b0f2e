"""What goes over the wire: a resource without what Azure alone may set, by the SDK's own models, and how two readings of it compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from azure.mgmt.network.models import NetworkSecurityGroup, SecurityRule, Subnet

from workspace_gateway_network.azure.wording import kind
from workspace_gateway_network.model.json import Json, JsonObject, canonical, child
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.outcome import ConcurrentChange

_MODELS: Mapping[str, type[Subnet | NetworkSecurityGroup | SecurityRule]] = {
    "microsoft.network/virtualnetworks/subnets": Subnet,
    "microsoft.network/networksecuritygroups": NetworkSecurityGroup,
    "microsoft.network/networksecuritygroups/securityrules": SecurityRule,
}
_ENVELOPE = frozenset({"id", "name", "type", "etag", "properties", "systemData"})


def writable(resource_id: ResourceId, document: JsonObject) -> JsonObject:
    """The document without read-only properties, nested ones too. Properties that the SDK does not know stay as they are."""
    model = _MODELS.get(kind(resource_id.text))
    if model is None:
        return document
    parsed: Any = model(cast("Mapping[str, Any]", document))
    return cast("JsonObject", parsed.as_dict(exclude_readonly=True))


def foreign_changes(resource_id: ResourceId, *, sent: JsonObject, read: JsonObject, owned: frozenset[str]) -> Iterator[ConcurrentChange]:
    """What is not ours and reads back other than it was sent. Both sides may hold read-only properties; they do not count."""
    wrote, found = writable(resource_id, sent), writable(resource_id, read)
    for path, before, after in (
        *_pairs("", wrote, found, _ENVELOPE),
        *_pairs("properties.", child(wrote, "properties"), child(found, "properties"), frozenset()),
    ):
        if not owned.intersection({path, path.split(".", 1)[0]}) and canonical(before) != canonical(after):
            yield ConcurrentChange(resource=resource_id, path=path, sent=before, read=after)


def same_content(one: JsonObject | None, other: JsonObject | None) -> bool:
    """Whether two readings say the same, entity tags aside: a sibling's write may move those (all recorded answers)."""
    if one is None or other is None:
        return one is other
    return canonical(_without_etags(one)) == canonical(_without_etags(other))


def _pairs(prefix: str, sent: JsonObject, read: JsonObject, left_out: frozenset[str]) -> Iterator[tuple[str, Json, Json]]:
    for name in sorted({*sent, *read} - left_out):
        yield prefix + name, sent.get(name), read.get(name)


def _without_etags(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {name: _without_etags(inner) for name, inner in value.items() if name != "etag"}
    if isinstance(value, (list, tuple)):
        return [_without_etags(inner) for inner in value]
    return value
