"""What goes over the wire: a resource without what Azure alone may set, by the SDK's own models, and how two readings of it compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from azure.mgmt.network.models import NetworkSecurityGroup, SecurityRule, Subnet
from azure.mgmt.privatedns.models import PrivateZone, RecordSet, VirtualNetworkLink

from workspace_gateway_network.azure.wording import kind
from workspace_gateway_network.model.json import Json, JsonObject, canonical, child
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.outcome import ConcurrentChange

_Model = Subnet | NetworkSecurityGroup | SecurityRule | PrivateZone | VirtualNetworkLink | RecordSet

_MODELS: Mapping[str, type[_Model]] = {
    "microsoft.network/virtualnetworks/subnets": Subnet,
    "microsoft.network/networksecuritygroups": NetworkSecurityGroup,
    "microsoft.network/networksecuritygroups/securityrules": SecurityRule,
    "microsoft.network/privatednszones": PrivateZone,
    "microsoft.network/privatednszones/virtualnetworklinks": VirtualNetworkLink,
    "microsoft.network/privatednszones/a": RecordSet,
}
_ENVELOPE = frozenset({"id", "name", "type", "etag", "properties", "systemData"})


def writable(resource_id: ResourceId, document: JsonObject) -> JsonObject:
    """The document without read-only properties, nested ones too. Properties that the SDK does not know stay as they are.

    The etag is left out also where the SDK takes it for writable (private DNS): in a body it is no condition (recorded).
    """
    model = _MODELS.get(kind(resource_id.text))
    if model is None:
        return document
    parsed: Any = model(cast("Mapping[str, Any]", document))
    sent = cast("JsonObject", parsed.as_dict(exclude_readonly=True))
    return {name: value for name, value in sent.items() if name != "etag"}


def foreign_changes(resource_id: ResourceId, *, sent: JsonObject, read: JsonObject, owned: frozenset[str]) -> Iterator[ConcurrentChange]:
    """What is not ours and reads back other than it was sent. Both sides may hold read-only properties; they do not count.

    Tags and a record set's metadata are compared entry by entry, each with a path of its own, such as `tags.costCentre`.
    """
    wrote, found = _leaves(writable(resource_id, sent)), _leaves(writable(resource_id, read))
    for path in sorted({*wrote, *found}):
        before, after = wrote.get(path), found.get(path)
        if not owned.intersection(_and_above(path)) and canonical(before) != canonical(after):
            yield ConcurrentChange(resource=resource_id, path=".".join(path), sent=before, read=after)


def same_content(one: JsonObject | None, other: JsonObject | None) -> bool:
    """Whether two readings say the same.

    Entity tags do not count: a sibling's write may move those (all recorded answers). Nor does the case of ids and names: private DNS
    answers with other spellings in one place than in another (recorded).
    """
    if one is None or other is None:
        return one is other
    return canonical(_plain(one)) == canonical(_plain(other))


def _leaves(document: JsonObject) -> dict[tuple[str, ...], Json]:
    """A document by the paths at which its parts may be different people's."""
    properties = child(document, "properties")
    parts: dict[tuple[str, ...], Json] = {(name,): value for name, value in document.items() if name not in {*_ENVELOPE, "tags"}}
    parts.update({("tags", name): value for name, value in child(document, "tags").items()})
    parts.update({("properties", name): value for name, value in properties.items() if name != "metadata"})
    parts.update({("properties", "metadata", name): value for name, value in child(properties, "metadata").items()})
    return parts


def _and_above(path: tuple[str, ...]) -> set[str]:
    return {".".join(path[:length]) for length in range(1, len(path) + 1)}


def _plain(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {name: _folded(inner) if name in {"id", "name"} else _plain(inner) for name, inner in value.items() if name != "etag"}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


def _folded(value: Json) -> Json:
    return value.lower() if isinstance(value, str) else _plain(value)
