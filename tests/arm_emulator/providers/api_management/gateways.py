"""Workspace gateways, with the hours that they take and the link that they leave on their subnet."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence

from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Document, id_at, provider_error
from arm_emulator.operations import Operation
from arm_emulator.providers.api_management.base import ApiManagementResourceType, new_version
from arm_emulator.providers.api_management.operation_results import operation_headers
from arm_emulator.providers.base import body_of, region
from arm_emulator.providers.network import subnet_users
from arm_emulator.providers.network.delegations import services_of
from arm_emulator.providers.network.prefixes import prefixes_of
from arm_emulator.store import Resource

_NAME = re.compile(r"[a-zA-Z](?:[a-zA-Z0-9-]{0,43}[a-zA-Z0-9])?")
_DELEGATION = {"external": "Microsoft.Web/serverFarms", "internal": "Microsoft.Web/hostingEnvironments"}
_FIRST_ADDRESS = 5
"""Which address of the subnet an Internal gateway gets if it is free: Azure reserves the first four and the last."""


class Gateways(ApiManagementResourceType):
    """Workspace gateways.

    A gateway sits in a subnet from its creation on: its service association link is there at once, before the gateway is
    in any list, and stays for hours after it is gone. Its address appears only after its activation.
    """

    name = "Microsoft.ApiManagement/gateways"
    read_only = frozenset({"provisioningState", "targetProvisioningState", "createdAtUtc", "frontend", "configurationApi"})

    def joins(self, document: Document) -> Iterator[tuple[str, str]]:
        subnet = id_at(document, "properties", "backend", "subnet")
        if subnet:
            yield "Microsoft.Network/virtualNetworks/subnets/join/action", subnet

    def new(self, path: ArmPath, document: Document) -> Resource:
        gateway = super().new(path, document)
        gateway.generated = {"targetProvisioningState": "", "createdAtUtc": self.world.clock.timestamp()}
        return gateway

    def writable(self, document: Document) -> Document:
        kept = super().writable(document)
        kept["properties"].setdefault("virtualNetworkType", "None")
        return kept

    def render(self, resource: Resource, *, api_version: str) -> Document:
        shown = super().render(resource, api_version=api_version)
        frontend = shown["properties"].get("frontend")
        if frontend and self.world.settings.gateway_address == "preview" and not api_version.endswith("-preview"):
            declared = {name: value for name, value in frontend.items() if name != "inboundIPAddresses"}
            shown["properties"].pop("frontend")
            shown["properties"] |= {"frontend": declared} if declared else {}
        return shown

    def listed(self, path: ArmPath) -> Sequence[Resource]:
        return [each for each in super().listed(path) if each.provisioning_state != "Created"]

    def place(self, path: ArmPath, document: Document) -> Resource:
        before = self.find(path)
        old_subnet = subnet_of(before) if before else None
        gateway = super().place(path, document)
        if old_subnet and old_subnet != subnet_of(gateway):
            self._unlink(gateway, old_subnet)
        self._link(gateway)
        return gateway

    def displace(self, resource: Resource) -> None:
        super().displace(resource)
        self._unlink(resource, subnet_of(resource))

    # --- verbs --------------------------------------------------------------------------------------------------

    def write(self, call: Call) -> Answer:
        document = self.writable(body_of(call, required=("location", "sku", "properties")))
        gateway = self.find(call.path)
        if gateway is not None:
            return self._update(call, gateway, document)
        if not _NAME.fullmatch(call.path.name):
            raise provider_error(400, "ValidationError", f"The gateway name '{call.path.name}' is not valid.")
        gateway = self.new(call.path, document)
        self._check_subnet(gateway)
        self.world.store.put(gateway)
        gateway.provisioning_state = "Created"
        gateway.generated["targetProvisioningState"] = "Activating"
        new_version(gateway)
        self._link(gateway)
        times = self.world.settings.gateways
        self.world.timeline.after(times.acceptance, lambda: _pass(gateway, "Created", "Activating"))
        operation = self._start(call, "CreateGateway", gateway, times.activation, lambda ok: self._activated(gateway, ok))
        body = self.render(gateway, api_version=call.api_version) | {"type": "Microsoft.ApiManagement/gateway"}  # sic
        return Answer(status=201, body=body, headers=operation_headers(call, operation))

    def patch(self, call: Call) -> Answer:
        gateway = self.get(call.path)
        body = body_of(call)
        document: Document = gateway.document | {name: body[name] for name in ("sku", "tags") if name in body}
        document["properties"] = {**gateway.properties, **self.writable(body)["properties"]}
        if "virtualNetworkType" not in body.get("properties", {}):
            document["properties"]["virtualNetworkType"] = gateway.properties["virtualNetworkType"]
        answer = self._update(call, gateway, document)
        return Answer(status=202, body=answer.body, headers=answer.headers)

    def delete(self, call: Call) -> Answer:
        gateway = self.find(call.path)
        if gateway is None:
            return Answer(status=204)
        gateway.provisioning_state = "Terminating"
        new_version(gateway)
        times = self.world.settings.gateways

        def finish(succeeded: bool) -> None:
            if not succeeded:
                gateway.provisioning_state = "TerminationFailed"
                return
            self.world.store.remove(gateway.id)
            subnet = subnet_of(gateway)
            self.world.timeline.after(times.link_lingers, lambda: self._unlink(gateway, subnet))

        operation = self._start(call, "DeleteGateway", gateway, times.deletion, finish, deletes=True)
        body = self.render(gateway, api_version=call.api_version)
        return Answer(status=202, body=body, headers=operation_headers(call, operation))

    def _update(self, call: Call, gateway: Resource, document: Document) -> Answer:
        for field in ("virtualNetworkType", "backend"):
            if _lowered(document["properties"].get(field)) != _lowered(gateway.properties.get(field)):
                raise provider_error(400, "PropertyChangeNotAllowed", f"Changing property '{field}' of a workspace gateway is not allowed.")
        if self.world.operations.running_on(gateway.key):
            raise provider_error(409, "Conflict", f"Another operation on the gateway '{gateway.name}' is in progress.")
        gateway.document = document
        gateway.provisioning_state = "Updating"
        new_version(gateway)

        def finish(succeeded: bool) -> None:
            self._end(gateway, succeeded)

        operation = self._start(call, "UpdateGateway", gateway, self.world.settings.gateways.update, finish)
        body = self.render(gateway, api_version=call.api_version)
        return Answer(status=200, body=body, headers=operation_headers(call, operation))

    # --- a gateway's life ---------------------------------------------------------------------------------------

    def _activated(self, gateway: Resource, succeeded: bool) -> None:
        gateway.generated["targetProvisioningState"] = ""
        self._end(gateway, succeeded)
        if succeeded and gateway.properties["virtualNetworkType"].lower() == "internal":
            self.world.timeline.after(self.world.settings.gateways.address_lag, lambda: self._publish(gateway))

    @staticmethod
    def _end(gateway: Resource, succeeded: bool) -> None:
        if gateway.provisioning_state != "Terminating":  # by a DELETE that did not wait
            gateway.provisioning_state = "Succeeded" if succeeded else "Failed"
        new_version(gateway)

    def _publish(self, gateway: Resource) -> None:
        subnet = self.world.store.get(subnet_of(gateway) or "")
        if subnet is None or self.world.store.get(gateway.id) is not gateway:
            return
        frontend = gateway.generated.setdefault("frontend", {})
        frontend["inboundIPAddresses"] = {"private": [self._free_address(subnet)]}
        new_version(gateway)

    def _free_address(self, subnet: Resource) -> str:
        neighbours = [each for each in self.world.store.referrers(subnet.id) if each.type == self.name]
        taken = {address for each in neighbours for address in private_addresses(each)}
        network = ipaddress.ip_network(prefixes_of(subnet.properties)[0])
        candidates = (str(network[index]) for index in range(_FIRST_ADDRESS, network.num_addresses - 1))
        return next(address for address in candidates if address not in taken)

    def _check_subnet(self, gateway: Resource) -> None:
        """A gateway needs a delegated subnet of its own, with a security group (Microsoft's requirements;
        the codes are not documented).
        """
        mode = str(gateway.properties["virtualNetworkType"]).lower()
        if mode not in _DELEGATION:
            return
        id = subnet_of(gateway)
        subnet = self.world.store.get(id or "")
        if subnet is None:
            raise _bad_subnet(f"The subnet '{id}' does not exist.")
        if _DELEGATION[mode].lower() not in {each.lower() for each in services_of(subnet.properties)}:
            raise _bad_subnet(f"The subnet '{subnet.id}' is not delegated to '{_DELEGATION[mode]}'.")
        if not subnet.properties.get("networkSecurityGroup"):
            raise _bad_subnet(f"The subnet '{subnet.id}' has no network security group.")
        if subnet.generated.get("serviceAssociationLinks"):
            raise _bad_subnet(f"The subnet '{subnet.id}' is used by another resource.")
        network = self.world.store.get(subnet.id.rsplit("/", 2)[0])
        if network is None or region(network.location) != region(gateway.location):
            raise _bad_subnet(f"The subnet '{subnet.id}' is not in the region of the gateway.")

    def _link(self, gateway: Resource) -> None:
        subnet = self.world.store.get(subnet_of(gateway) or "")
        service = _DELEGATION.get(str(gateway.properties.get("virtualNetworkType")).lower())
        if subnet is not None and service is not None:
            subnet_users.link(subnet, owner=gateway.id, linked_type=service)

    def _unlink(self, gateway: Resource, subnet_id: str | None) -> None:
        subnet = self.world.store.get(subnet_id or "")
        if subnet is not None:
            subnet_users.unlink(subnet, owner=gateway.id)

    def _start(
        self,
        call: Call,
        kind: str,
        gateway: Resource,
        seconds: float,
        finish: Callable[[bool], None],
        *,
        deletes: bool = False,
    ) -> Operation:
        operation = Operation(
            kind=kind,
            subscription=str(call.path.subscription),
            location=region(gateway.location),
            target=gateway.id,
            duration=seconds,
            locks=frozenset({gateway.key}),
            finish=finish,
            deletes=deletes,
        )
        return self.world.operations.start(operation, settings=self.world.settings, fault=call.operation_fault, lasting=True)


def subnet_of(gateway: Resource) -> str | None:
    """The lower-cased id of the subnet that a gateway names."""
    subnet = (gateway.properties.get("backend") or {}).get("subnet") or {}
    id = subnet.get("id")
    return str(id).lower() if id else None


def private_addresses(gateway: Resource) -> list[str]:
    """The private inbound addresses that a gateway shows."""
    frontend = gateway.generated.get("frontend") or {}
    return list((frontend.get("inboundIPAddresses") or {}).get("private") or [])


def _pass(gateway: Resource, state: str, following: str) -> None:
    if gateway.provisioning_state == state:
        gateway.provisioning_state = following
        new_version(gateway)


def _lowered(value: object) -> str:
    return str(value).lower()


def _bad_subnet(message: str) -> ArmError:
    return provider_error(400, "InvalidSubnet", message)
