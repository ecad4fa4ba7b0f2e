"""The custom resource team-a, as written by a person, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workspace_gateway_network.api.spec import Spec
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.desired import Desired, desire
from workspace_gateway_network.planning.neighbours import Neighbour, Neighbours
from worlds.documents import SERVICE_ID, SUBNET_ID, Document, group_id

CLUSTER = "prod-1"
CREATED = "2026-01-02T03:04:05Z"
OWNER = Owner(cluster_id=CLUSTER, namespace="apim", name="team-a")
MARK = OWNER.mark
PREFIX = f"wgn-{MARK}-"
OUR_GROUP = f"wgn-team-a-{MARK}"
OUR_GROUP_ID = group_id(OUR_GROUP)
OUR_TAGS = {"wgn-owner": MARK, "wgn-resource": "prod-1/apim/team-a"}
LOAD_BALANCER = f"{PREFIX}gateway-load-balancer"
INTERNET = f"{PREFIX}gateway-internet"


def spec_document(**fields: Any) -> Document:
    """A spec with nothing but what is required, and further fields by their names in YAML."""
    return {"mode": "Integration", "apiManagement": {"id": SERVICE_ID}, "subnet": {"id": SUBNET_ID}, **fields}


def spec(**fields: Any) -> Spec:
    """The same as a model."""
    return Spec.model_validate(spec_document(**fields))


def additional(name: str, priority: int, **fields: Any) -> Document:
    """An entry of `additionalRules`."""
    return {
        "name": name,
        "priority": priority,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "peer": {"prefixes": ["203.0.113.0/24"]},
        "ports": ["443"],
        **fields,
    }


def desired(*rules: Document, owned: Iterable[str] = (), numbers: Mapping[str, int] | None = None, **fields: Any) -> Desired:
    """What team-a wants: additional rules, what its status remembers, and fields of its spec."""
    if rules:
        fields["networkSecurityGroup"] = {**fields.get("networkSecurityGroup", {}), "additionalRules": list(rules)}
    return desire(spec=spec(**fields), owner=OWNER, default_tags={}, owned_hint=map(ResourceId, owned), numbers=numbers)


def neighbour(name: str, *, created: str = CREATED, subnet_id: str = SUBNET_ID, namespace: str = "apim") -> Neighbour:
    """Another resource of the same cluster."""
    return Neighbour(owner=Owner(cluster_id=CLUSTER, namespace=namespace, name=name), subnet_id=ResourceId(subnet_id), created=created)


def neighbours(*others: Neighbour) -> Neighbours:
    """The others, as team-a sees them."""
    return Neighbours.of(created=CREATED, others=others)
