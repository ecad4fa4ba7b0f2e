"""The one PUT of a subnet: delegation and network security group change together, and every other field stays."""

from __future__ import annotations

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.json import Json, JsonObject, items
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import Delegation, Subnet
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step


def put_subnet(
    *,
    subnet: Subnet,
    network_id: ResourceId,
    delegations: tuple[Delegation, ...] | None,
    group: tuple[ResourceId | None, ResourceId | None] | None,
    rereads_gateways: bool,
) -> Step:
    """The one PUT that changes delegation and network security group together and keeps every other field.

    With nothing to change it writes the subnet once more as it is, which repairs one whose last change has failed: Azure lets no gateway
    into it until then.

    Args:
        subnet: As read; its document is the body, but for the changes.
        network_id: The virtual network, whose subnets cannot be written at the same time.
        delegations: What the delegations shall be; None leaves them.
        group: The attached group and the one to attach, either may be None for none; None altogether leaves it.
        rereads_gateways: Whether the gateways must be read again before the write.
    """
    changes: list[Change] = []
    properties: dict[str, Json] = {}
    if delegations is not None:
        properties["delegations"] = _delegation_documents(subnet, delegations)
        changes.append(Change(path="properties.delegations", before=_described(subnet.delegations), after=_described(delegations)))
    if group is not None:
        before, after = group
        properties["networkSecurityGroup"] = {"id": str(after)} if after else None
        changes.append(
            Change(
                path="properties.networkSecurityGroup.id",
                before=str(before) if before else None,
                after=str(after) if after else None,
            )
        )
    if not changes:
        changes.append(Change(path="properties.provisioningState", before=subnet.provisioning_state, after="Succeeded"))
    groups = frozenset(filter(None, group or ()))
    is_only_linked = group is not None and delegations is None
    return Step(
        action=Action.UPDATE,
        target=subnet.id,
        condition=ConditionType.SECURITY_RULES_APPLIED if is_only_linked else ConditionType.SUBNET_DELEGATED,
        changes=tuple(changes),
        reads=ReadSet(subnet=True, network_security_groups=groups, gateways=rereads_gateways),
        locks=frozenset({network_id, *groups}),
        body=subnet.with_properties(**properties),
        etag=subnet.etag,
        owned=frozenset({"properties.delegations", "properties.networkSecurityGroup"}),
        seen=subnet.document,
    )


def _delegation_documents(subnet: Subnet, delegations: tuple[Delegation, ...]) -> list[Json]:
    """Entries of the body: those that stay keep their document, whatever a newer version put into it."""
    documents = dict(zip(subnet.delegations, items(subnet.properties, "delegations"), strict=True))
    return [documents.get(entry, _delegation_document(entry)) for entry in delegations]


def _delegation_document(delegation: Delegation) -> JsonObject:
    return {"name": delegation.name, "properties": {"serviceName": delegation.service_name}}


def _described(delegations: tuple[Delegation, ...]) -> list[Json]:
    return [{"name": delegation.name, "serviceName": delegation.service_name} for delegation in delegations]
