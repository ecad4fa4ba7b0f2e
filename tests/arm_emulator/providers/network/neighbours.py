"""What a subnet or a rule can refer to besides a security group: simple tracked resources, written at once."""

from __future__ import annotations

from arm_emulator.arm import Answer, Call, Document, provider_error
from arm_emulator.providers.base import body_of
from arm_emulator.providers.network.base import NetworkResourceType
from arm_emulator.store import Resource


class Neighbour(NetworkResourceType):
    """A route table, NAT gateway or application security group: created, read, listed and deleted."""

    put_retry_after = 1
    delete_retry_after = 10
    put_seconds = 1

    def show(self, resource: Resource) -> Document:
        return super().show(resource) | {"etag": self.etag(resource)}

    def write(self, call: Call) -> Answer:
        document = self.writable(body_of(call, required=("location",)))
        resource = self.find(call.path)
        self.check_conditions(call, resource, id=call.path.text)
        created = resource is None
        if resource is None:
            resource = self.new(call.path, document)
        elif resource.document == document and resource.provisioning_state == "Succeeded":
            return self.unchanged(call, resource)
        resource.document = document
        self.world.store.put(resource)
        return self.put(call, resource, created=created)

    def delete(self, call: Call) -> Answer:
        resource = self.find(call.path)
        if resource is None:
            return Answer(status=204)
        users = self.world.store.referrers(resource.id)
        if users:
            raise provider_error(
                400,
                f"InUse{self.label}CannotBeDeleted",
                f"{self.label} {resource.name} is in use and cannot be deleted. "
                f"It is in use by the following resources: {', '.join(each.id for each in users)}.",
            )
        return self.start_delete(call, resource)


class RouteTables(Neighbour):
    """Their routes are kept as they come."""

    name = "Microsoft.Network/routeTables"
    label = "RouteTable"


class NatGateways(Neighbour):
    """Nothing of theirs is looked into."""

    name = "Microsoft.Network/natGateways"
    label = "NatGateway"


class ApplicationSecurityGroups(Neighbour):
    """Names that rules may use instead of addresses."""

    name = "Microsoft.Network/applicationSecurityGroups"
    label = "ApplicationSecurityGroup"


class ServiceEndpointPolicies(Neighbour):
    """Nothing of theirs is looked into."""

    name = "Microsoft.Network/serviceEndpointPolicies"
    label = "ServiceEndpointPolicy"
