"""What subnets and peerings refer to: it must exist, be provisioned, and its caller may join it."""

from __future__ import annotations

from collections.abc import Iterator

from arm_emulator.arm import ArmError, Document, id_at, provider_error
from arm_emulator.providers.base import region
from arm_emulator.store import Resource
from arm_emulator.world import World

_JOINED = {
    "networkSecurityGroup": "Microsoft.Network/networkSecurityGroups/join/action",
    "routeTable": "Microsoft.Network/routeTables/join/action",
    "natGateway": "Microsoft.Network/natGateways/join/action",
    "serviceEndpointPolicies": "Microsoft.Network/serviceEndpointPolicies/join/action",
}
"""The action that a role must allow on what a subnet is written with, even where nothing of it changes."""


def joins(properties: Document) -> Iterator[tuple[str, str]]:
    """The actions on other resources that a subnet's properties take, each with the id."""
    for field, action in _JOINED.items():
        referred = properties.get(field)
        for each in referred if isinstance(referred, list) else [referred]:
            id = id_at(each)
            if id:
                yield action, id


def check_references(world: World, network: Resource, id: str, *, wanted: Document, before: Document) -> None:
    """Raise unless what a subnet newly refers to exists, in the network's region, and is provisioned."""
    for field in ("networkSecurityGroup", "routeTable", "natGateway"):
        reference = wanted.get(field)
        if not reference or reference == before.get(field):
            continue
        target = referenced(world, id_at(reference) or "", by=id, location=network.location)
        if target.provisioning_state != "Succeeded":
            raise _not_provisioned(world, target, id, as_400=world.settings.not_provisioned == "400")


def referenced(world: World, id: str, *, by: str, location: str | None = None) -> Resource:
    """The resource that another one names; raises when there is none, or none in the wanted region."""
    target = world.store.get(id)
    if target is None or (location is not None and region(target.location) != region(location)):
        raise provider_error(
            400,
            "InvalidResourceReference",
            f"Resource {id} referenced by resource {by} was not found. Please make sure that the referenced resource exists, and that "
            "both resources are in the same region.",
        )
    return target


def check_peered(world: World, remote: Resource, *, by: str) -> None:
    """Raise unless the other network of a peering is provisioned: always a 400 (recorded)."""
    if remote.provisioning_state != "Succeeded":
        raise _not_provisioned(world, remote, by, as_400=True)


def _not_provisioned(world: World, target: Resource, id: str, *, as_400: bool) -> ArmError:
    """Azure says the same with either status (recorded), never with a Retry-After."""
    running = world.operations.running_on(target.key)
    kind = target.type.rsplit("/", 1)[1].removesuffix("s")
    code = "ReferencedResourceNotProvisioned"
    message = (
        f"Cannot proceed with operation because resource {target.id} used by resource {id} is not in Succeeded state. Resource is in "
        f"{target.provisioning_state} state and the last operation that updated/is updating the resource is "
        f"{running[-1].kind if running else f'Put{kind[0].upper()}{kind[1:]}Operation'}."
    )
    if as_400:
        return provider_error(400, code, message)
    return provider_error(429, "RetryableError", "A retryable error occurred.", details=[{"code": code, "message": message}])
