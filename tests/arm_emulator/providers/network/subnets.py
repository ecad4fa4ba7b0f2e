"""Subnets: a PUT replaces the whole, and what uses a subnet guards it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import ClassVar

from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Document, provider_error, provider_not_registered
from arm_emulator.providers.base import body_of
from arm_emulator.providers.network.base import NetworkResourceType
from arm_emulator.providers.network.delegations import SERVICES, render_delegation, services_of, writable_delegation
from arm_emulator.providers.network.limits import check_name, check_subnets
from arm_emulator.providers.network.prefixes import inside, parse_prefix, prefixes_of
from arm_emulator.providers.network.provider import NetworkType
from arm_emulator.providers.network.references import check_references, joins
from arm_emulator.providers.network.subnet_users import NATIVE_USERS, render_association, users_of
from arm_emulator.store import Resource
from arm_emulator.world import World

_TYPE = "Microsoft.Network/virtualNetworks/subnets"
_IPAM_FROM, _IPAM_BEFORE = "2024-01-01", "2024-03-01"
"""The api-versions that show an empty list of allocations from IPAM pools; the others show none (recorded)."""


class Subnets(NetworkResourceType):
    """Subnets. There is no PATCH: a PUT sets the whole, and what it leaves out is gone."""

    name = _TYPE
    label = "Subnet"
    read_only = frozenset(
        {"provisioningState", "purpose", "serviceAssociationLinks", *NATIVE_USERS},
    )
    properties_since: ClassVar[dict[str, str]] = {
        "delegations": "2018-04-01",
        "privateEndpointNetworkPolicies": "2019-04-01",
        "privateLinkServiceNetworkPolicies": "2019-04-01",
    }
    put_retry_after = 3
    delete_retry_after = 10
    conditional_always = False

    def joins(self, document: Document) -> Iterator[tuple[str, str]]:
        return joins(self._properties(document))

    def missing(self, path: ArmPath) -> ArmError:
        return provider_error(404, "NotFound", f"Resource {path.text} not found.")

    def show(self, resource: Resource) -> Document:
        written = resource.properties
        shown: Document = {"provisioningState": resource.provisioning_state}
        shown |= {name: value for name, value in resource.generated.items() if name != "serviceAssociationLinks"}
        shown |= written
        links = resource.generated.get("serviceAssociationLinks")
        if links:
            shown["serviceAssociationLinks"] = [render_association(each, subnet=resource.id, etag=self.etag(resource)) for each in links]
        if "serviceEndpoints" in written:
            shown["serviceEndpoints"] = [{"provisioningState": resource.provisioning_state, **each} for each in written["serviceEndpoints"]]
        shown["delegations"] = [
            render_delegation(each, subnet=resource.id, etag=self.etag(resource)) for each in written.get("delegations", [])
        ]
        return {
            "name": resource.name,
            "id": resource.id,
            "etag": self.etag(resource),
            "properties": shown,
            "type": resource.type,
        }

    def as_of(self, shown: Document, api_version: str) -> Document:
        if _IPAM_FROM <= api_version < _IPAM_BEFORE:
            shown["properties"].setdefault("ipamPoolPrefixAllocations", [])
        return super().as_of(shown, api_version)

    def writable(self, document: Document) -> Document:
        properties: Document = super().writable(document)["properties"]
        prefixes = prefixes_of(properties)
        properties.pop("addressPrefixes", None)
        if len(prefixes) == 1:
            properties["addressPrefix"] = prefixes[0]
        elif prefixes:
            properties.pop("addressPrefix", None)
            properties["addressPrefixes"] = prefixes
        for endpoint in properties.get("serviceEndpoints", []):
            endpoint.pop("provisioningState", None)
            endpoint["locations"] = endpoint.get("locations") or ["*"]
        properties["delegations"] = [writable_delegation(each) for each in properties.get("delegations", [])]
        properties.setdefault("privateEndpointNetworkPolicies", "Disabled")
        properties.setdefault("privateLinkServiceNetworkPolicies", "Enabled")
        return {"properties": properties}

    def write(self, call: Call) -> Answer:
        body = body_of(call)
        network = self._network(call.path)
        subnet = self.find(call.path)
        self.check_conditions(call, subnet, id=call.path.text)
        self.check_lock(call, network, policy=self.world.settings.network_conflict)
        item = {**body, "name": subnet.name if subnet else call.path.name}
        self.check(network, item, space=network.properties["addressSpace"]["addressPrefixes"])
        if subnet and subnet.provisioning_state == "Succeeded" and not self.would_change(network, item):
            return self.unchanged(call, subnet)
        return self.put(call, self.upsert(network, item), created=subnet is None)

    def delete(self, call: Call) -> Answer:
        subnet = self.find(call.path)
        if subnet is None:
            return Answer(status=204)
        network = self._network(call.path)
        self.check_conditions(call, subnet, id=subnet.id)
        self.check_lock(call, network, policy=self.world.settings.network_conflict)
        self.check_unused(subnet)
        return self.start_delete(call, subnet)

    def _network(self, path: ArmPath) -> Resource:
        assert path.parent is not None
        network = self.world.store.get(path.parent.text)
        assert network is not None, "the front door has looked"
        return network

    # --- one subnet of a network, from its own PUT or the network's ---------------------------------------------

    def would_change(self, network: Resource, item: Document) -> bool:
        existing = self.world.store.get(f"{network.id}/subnets/{item['name']}")
        return existing is None or existing.document != self.writable(item)

    def upsert(self, network: Resource, item: Document) -> Resource:
        """Put a checked subnet into the store."""
        subnet = self.nested(network, item["name"])
        subnet.document = self.writable(item)
        self.world.store.put(subnet)
        return subnet

    def check(
        self,
        network: Resource,
        item: Document,
        *,
        space: Sequence[str],
        others: Sequence[tuple[str, list[str]]] | None = None,
    ) -> None:
        """Raise what Azure says to a subnet that cannot be. ``others`` are names and prefixes of its siblings."""
        id = f"{network.id}/subnets/{item['name']}"
        wanted = self.writable(item)["properties"]
        prefixes = prefixes_of(wanted)
        if not prefixes and not wanted.get("ipamPoolPrefixAllocations"):
            raise provider_error(400, "InvalidRequestFormat", f"Cannot parse the request: {id} needs an address prefix.")
        if others is None:
            siblings = self.world.store.children(network.id, _TYPE)
            others = [(each.name, prefixes_of(each.properties)) for each in siblings if each.key != id.lower()]
        existing = self.world.store.get(id)
        if existing is None:
            check_name(item["name"])
            check_subnets(len(others) + 1)
        self.check_prefixes(network, space, item["name"], prefixes, others=others)
        check_references(self.world, network, id, wanted=wanted, before=existing.properties if existing else {})
        self._check_delegations(id, wanted, existing)
        if existing is not None and users_of(existing) and prefixes != prefixes_of(existing.properties):
            user = users_of(existing)[0]
            raise provider_error(
                400,
                "InUseSubnetCannotBeUpdated",
                f"Subnet {existing.name} is in use by {user} and cannot be updated.",
            )

    def check_prefixes(
        self,
        network: Resource,
        space: Sequence[str],
        name: str,
        prefixes: Sequence[str],
        *,
        others: Sequence[tuple[str, list[str]]],
    ) -> None:
        """Raise for a prefix that is malformed, lies outside the network, or overlaps another subnet's."""
        for text in prefixes:
            prefix = parse_prefix(text, id=f"{network.id}/subnets/{name}")
            if not any(inside(prefix, ipaddress.ip_network(each)) for each in space):
                raise provider_error(400, "NetcfgInvalidSubnet", f"Subnet '{name}' is not valid in virtual network '{network.name}'.")
            for other, other_prefixes in others:
                if any(prefix.overlaps(ipaddress.ip_network(each)) for each in other_prefixes):
                    raise provider_error(
                        400,
                        "NetcfgSubnetRangesOverlap",
                        f"Subnet '{name}' is not valid because its IP address range overlaps with that of an existing "
                        f"subnet in virtual network '{network.name}': '{other}'.",
                    )

    def _check_delegations(self, id: str, wanted: Document, existing: Resource | None) -> None:
        services = services_of(wanted)
        before = services_of(existing.properties) if existing else []
        for service in services:
            if service.lower() not in SERVICES:
                raise provider_error(400, "InvalidDelegationServiceName", f"Delegation to {service!r} of subnet {id} is not supported.")
            self._check_registered(id, service, already=service in before)
        if existing is None or _lowered(services) == _lowered(before):
            return
        for link in existing.generated.get("serviceAssociationLinks", []):
            needed = str(link["properties"].get("linkedResourceType", ""))
            if needed.lower() in _lowered(services):
                continue
            if services:
                raise _delegations_in_use(id, before, services, f"{id}/serviceAssociationLinks/{link['name']}")
            raise provider_error(
                400,
                "SubnetMissingRequiredDelegation",
                f"Subnet {id} requires any of the following delegation(s) [{needed}] to reference service association "
                f"link {id}/serviceAssociationLinks/{link['name']}.",
            )
        native = [each for name in NATIVE_USERS for each in existing.generated.get(name, [])]
        if native:
            raise _delegations_in_use(id, before, services, str(native[0].get("id")))

    def _check_registered(self, id: str, service: str, *, already: bool) -> None:
        namespace = service.split("/", maxsplit=1)[0]
        subscription = self.world.subscriptions[id.split("/", 3)[2].lower()]
        if not already and subscription.registration(namespace) in ("NotRegistered", "Unregistered"):
            raise provider_not_registered(namespace)

    def check_unused(self, subnet: Resource) -> None:
        """Raise when something in the subnet keeps it from being deleted."""
        users = users_of(subnet)
        if users:
            raise provider_error(
                400,
                "InUseSubnetCannotBeDeleted",
                f"Subnet {subnet.name} is in use by {users[0]} and cannot be deleted. In order to delete the subnet, "
                "delete all the resources within the subnet. See aka.ms/deletesubnet.",
            )


class _Users(NetworkType):
    """A list of what uses a subnet, as the subnet shows it."""

    stored = False

    def __init__(self, world: World, *, subnets: Subnets) -> None:
        super().__init__(world)
        self.subnets = subnets

    def list(self, call: Call) -> Answer:
        assert call.path.parent is not None
        shown = self.subnets.show(self.subnets.get(call.path.parent))
        return Answer(status=200, body={"value": shown["properties"].get(self.name.rsplit("/", 1)[1], [])})


class ServiceAssociationLinks(_Users):
    """``GET …/subnets/{subnet}/serviceAssociationLinks``."""

    name = f"{_TYPE}/serviceAssociationLinks"


class ResourceNavigationLinks(_Users):
    """``GET …/subnets/{subnet}/resourceNavigationLinks``."""

    name = f"{_TYPE}/resourceNavigationLinks"


def _lowered(services: Sequence[str]) -> set[str]:
    return {each.lower() for each in services}


def _delegations_in_use(id: str, before: Sequence[str], after: Sequence[str], user: str) -> ArmError:
    return provider_error(
        400,
        "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
        f"Delegations of subnet {id} cannot be changed from [{', '.join(before)}] to [{', '.join(after)}] because it is "
        f"being used by the resource {user}.",
    )
