"""What was true in Azure while a recording was made, and isn't in the file: what there was, and what others did meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from arm_emulator.client import Document
from contract.emulator.replay.recordings import GROUP, LINK, NETWORK, SUBNET, ZONE, Recorded

_PLACED = ("networkSecurityGroups", "virtualNetworks", "routeTables", "natGateways", "applicationSecurityGroups", "serviceEndpointPolicies")
"""What bodies refer to and the emulator holds."""
OCCUPANTS = ("ipConfigurations", "serviceAssociationLinks", "resourceNavigationLinks", "networkInterfaces")
"""Read-only properties that show what uses a subnet or a security group: resources of types that aren't replayed."""
_IN_USE = re.compile(r"Subnet (?P<subnet>\S+) is in use by (?P<user>\S+) and cannot be deleted")


def presupposed(run: Sequence[Recorded]) -> Document:
    """A seed with what a run takes for granted: resource groups, what its bodies refer to, and what of others it reads."""
    written = {each.id.lower() for each in run if each.method == "PUT"}
    referred = [id for each in run if each.method == "PUT" for id in ids_in(each.body)]
    found = {each["id"].lower(): each for each in _of_others(run)}
    found |= {each["id"].lower(): each for each in _attached(found.values())}
    found = {id: each for id, each in found.items() if not written & {id, *_above(id)}}
    for above in [above for each in found for above in _above(each) if above not in found]:
        found[above] = {"id": above, "location": _location(run), "properties": _least(above)}
    for id in [each for each in referred if each.lower() not in written]:
        if len(id.split("/")) == 9 and id.split("/")[-2] in _PLACED:
            found.setdefault(id.lower(), {"id": id, "location": _location(run), "properties": _least(id)})
    groups = {each.id.partition("/providers/")[0] for each in run if "/resourcegroups/" in each.id.lower()}
    return {
        "subscriptions": [{"subscriptionId": each} for each in {each.id.split("/")[2] for each in run}],
        "resources": [
            *({"id": group, "location": _location(run)} for group in groups),
            *found.values(),
            *({"id": f"{each['id']}/A/somebody", "properties": {"ttl": 10}} for each in found.values() if _is_crowded(each)),
        ],
    }


def settings(run: Sequence[Recorded]) -> Document:
    """The settings that make the emulator the Azure of that day, where nothing in a request tells the days apart."""
    reads = [each for each in run if each.type == NETWORK and each.method == "GET" and each.is_resource and each.accepted]
    return {"network_etag_header": all("etag" in each.answer_headers for each in reads)}


def occupied(recorded: Recorded) -> Iterator[tuple[str, Document]]:
    """The resources that an answer shows as used by others or as free of them: the id of each, and what uses it."""
    if recorded.accepted and recorded.is_resource and recorded.method == "DELETE":
        yield recorded.id, {}
    for each in _shown(recorded.answer):
        properties = each["properties"]
        yield each["id"], {name: properties[name] for name in OCCUPANTS if properties.get(name)}
    in_use = _IN_USE.search(str(recorded.answer)) if recorded.code == "InUseSubnetCannotBeDeleted" else None
    if in_use:
        network = recorded.id.partition("/subnets/")[0]
        yield f"{network}/subnets/{in_use['subnet']}", {"ipConfigurations": [{"id": in_use["user"]}]}


def in_order(run: Sequence[Recorded]) -> list[Recorded]:
    """The exchanges in an order in which they can be sent one after the other. They were recorded side by side: one that was refused
    because of an operation comes after the write that started it.
    """
    ordered = list(run)
    for each in run:
        writes = [other for other in ordered if other.started & named_operations(each)]
        if writes and ordered.index(writes[0]) > ordered.index(each):
            ordered.remove(each)
            ordered.insert(ordered.index(writes[0]) + 1, each)
    return ordered


def named_operations(recorded: Recorded) -> set[str]:
    """The ids of the operations that a refusal gives as its reason."""
    if recorded.status not in (409, 429):
        return set()
    return set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\)|\?)", str(recorded.answer)))


def ids_in(value: Any) -> Iterator[str]:
    """The ids of resources that a body refers to."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "id" and isinstance(inner, str) and inner.lower().startswith("/subscriptions/"):
                yield inner
            else:
                yield from ids_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from ids_in(inner)


def _of_others(run: Sequence[Recorded]) -> Iterator[Document]:
    """Resources that were there from the start: those in lists, and those read or changed before anybody wrote them."""
    for each in run:
        if each.status != 200 or each.method != "GET" or not each.type.startswith((NETWORK, ZONE, GROUP)):
            continue
        shown = [each.answer] if each.is_resource else each.answer.get("value", [])
        for item in shown:
            if item.get("type") not in (SUBNET, LINK) or each.is_resource:
                yield item


def _attached(groups: Iterable[Document]) -> Iterator[Document]:
    """The subnets that security groups of others are attached to."""
    for group in groups:
        for subnet in group.get("properties", {}).get("subnets", []) if group.get("type") == GROUP else []:
            space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}}
            yield {"id": subnet["id"].partition("/subnets/")[0], "location": group["location"], "properties": space}
            yield {"id": subnet["id"], "properties": {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": {"id": group["id"]}}}


def _above(id: str) -> Iterator[str]:
    """The ids of the resources that one is nested in."""
    while id.count("/") > 8:
        id = id.rsplit("/", 2)[0]
        yield id


def _shown(answer: Any) -> Iterator[Document]:
    """The resources in an answer, inline ones too."""
    if not isinstance(answer, dict):
        return
    items = answer["value"] if isinstance(answer.get("value"), list) else [answer]
    for item in items:
        properties = item.get("properties")
        if isinstance(properties, dict) and "id" in item:
            yield item
            yield from (each for each in properties.get("subnets", []) if isinstance(each.get("properties"), dict))


def _location(run: Sequence[Recorded]) -> str:
    locations = [each.body["location"] for each in run if isinstance(each.body, dict) and each.body.get("location", "global") != "global"]
    return str(locations[0]) if locations else "westus"


def _least(id: str) -> Document:
    """The properties that a resource cannot be without."""
    return {"addressSpace": {"addressPrefixes": ["10.0.0.0/8"]}} if "/virtualnetworks/" in id.lower() else {}


def _is_crowded(resource: Document) -> bool:
    """Whether a zone has a record set besides its start of authority."""
    return bool(resource.get("properties", {}).get("numberOfRecordSets") == 2)
