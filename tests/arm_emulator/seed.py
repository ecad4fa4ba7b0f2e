"""Seeds: one JSON document of subscriptions, resources, provider registrations, principals, locks and policies.

``{"subscriptions": [{"subscriptionId", "tenantId"?, "providers"?}], "resources": [{"id", "location", "tags", "properties", …}],
"providers": {"Microsoft.Web": "Registered"}, "principals": [{"clientId", "objectId"?, "secret"?, "roles"?: [{"role", "scope"}]}],
"locks": [{"name", "scope", "level"}], "policies": [{"name", "scope", "displayName"?, "if"}]}``.
Networks carry their subnets inline, security groups their rules. Resource groups that no resource declares are made.
"""

from __future__ import annotations

from arm_emulator.arm import ArmPath, Document, parse_path
from arm_emulator.providers import Registry
from arm_emulator.store import Resource
from arm_emulator.world import Subscription, World

_ORDER = ("resourcegroups", "networksecuritygroups", "virtualnetworks", "subnets", "service", "gateways")
"""A gateway comes after the subnet that it puts its link on."""


def sow(seed: Document, *, world: World, registry: Registry) -> None:
    """Put a seed into a world; raises ``ValueError`` for what it cannot hold."""
    for each in seed.get("subscriptions", []):
        id = str(each["subscriptionId"])
        registrations = {namespace.lower(): state for namespace, state in each.get("providers", {}).items()}
        world.subscriptions[id.lower()] = Subscription(id=id, tenant_id=each.get("tenantId"), registrations=registrations)
    resources = [(_path(str(document["id"])), document) for document in seed.get("resources", [])]
    for path, document in sorted(resources, key=_rank):
        _place(path, document, world=world, registry=registry)
    for namespace, state in seed.get("providers", {}).items():
        for subscription in world.subscriptions.values():
            subscription.registrations.setdefault(namespace.lower(), state)
    governance = world.governance
    for principal in seed.get("principals", []):
        governance.principals.put(str(principal["clientId"]), principal)
    for lock in seed.get("locks", []):
        governance.locks.put(str(lock["name"]), lock)
    for policy in seed.get("policies", []):
        governance.policies.put(str(policy["name"]), policy)


def place(id: str, document: Document, *, world: World, registry: Registry) -> Resource:
    """Put one resource into a world as it is, with the subscription and resource group that it needs."""
    return _place(_path(id), document, world=world, registry=registry)


def _path(id: str) -> ArmPath:
    path = parse_path(id)
    if path is None or not path.is_resource:
        raise ValueError(f"{id} is not the id of a resource")
    return path


def _place(path: ArmPath, document: Document, *, world: World, registry: Registry) -> Resource:
    type = registry.find(path.type)
    if type is None or not type.stored:
        raise ValueError(f"{path.type} is not a type that this emulator holds")
    if path.parent_text is not None and world.store.get(path.parent_text) is None:
        raise ValueError(f"{path.text} needs {path.parent_text}")
    _make_room(path, document, world=world, registry=registry)
    return type.place(path, document)


def _make_room(path: ArmPath, document: Document, *, world: World, registry: Registry) -> None:
    subscription = str(path.subscription)
    if subscription.lower() not in world.subscriptions:
        world.subscriptions[subscription.lower()] = Subscription(id=subscription)
    group = path.resource_group
    if group is None or world.resource_group(subscription=subscription, name=group) is not None:
        return
    if path.type.lower() != "microsoft.resources/resourcegroups":
        id = f"/subscriptions/{subscription}/resourceGroups/{group}"
        place(id, {"location": document.get("location", "westeurope")}, world=world, registry=registry)


def _rank(placed: tuple[ArmPath, Document]) -> tuple[int, int]:
    path, _ = placed
    type = path.types[-1].lower()
    return (len(path.types), _ORDER.index(type) if type in _ORDER else 1)
