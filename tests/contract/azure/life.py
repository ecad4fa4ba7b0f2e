"""A resource's whole life with the real reconciler against the emulator, in one process: nobody waits for what only takes time."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from arm_emulator.client import Emulator
from contract.azure.names import GATEWAY, HOSTNAME, put_connection, put_internal_gateway
from contract.azure.world import GROUP, NETWORK, NSG, OPERATOR, ROUTES, SERVICE, SUBNET, World, seed
from workspace_gateway_network.planning.scopes import NO_LIMITS, NamespaceScopes
from workspace_gateway_network.runtime.backoff import LONGEST_SECONDS
from workspace_gateway_network.runtime.ports import Azure, Key, Urgency
from workspace_gateway_network.runtime.reconciler import Identity, Reconciler
from worlds.ports import FINALIZER, Counted, FakeCluster

Document = dict[str, Any]

KEY = Key("apim", "team-a")
NAT = f"{GROUP}/providers/Microsoft.Network/natGateways/egress"
POLICY = f"{GROUP}/providers/Microsoft.Network/serviceEndpointPolicies/storage"
ZONE = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/{HOSTNAME}"
_BEGIN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_PASSES = 60


class Life:
    """The resource team-a and everything that happens to it. Each pass is made when it is due."""

    def __init__(self, world: World, *, scopes: NamespaceScopes = NO_LIMITS, resource: Document | None = None, **spec: Any) -> None:
        """`spec` are fields beside what is required; the mode is Integration unless they say otherwise. `resource` is one that has lived."""
        self.world = world
        self.emulator: Emulator = world.emulator
        self.cluster = FakeCluster(log=[])
        self._start = world.clock()
        self._began = _BEGIN if resource is None else _BEGIN + timedelta(days=1)
        self._failures = 0
        self._scopes = scopes
        self.restart(world.azure)
        self.cluster.put(
            copy.deepcopy(resource)
            if resource is not None
            else {
                "apiVersion": "workspacegateway.dev/v1alpha1",
                "kind": "WorkspaceGatewayNetwork",
                "metadata": {
                    "namespace": KEY.namespace,
                    "name": KEY.name,
                    "uid": "1",
                    "generation": 1,
                    "creationTimestamp": "2026-01-01T00:00:00Z",
                },
                "spec": {"mode": "Integration", "apiManagement": {"id": SERVICE}, "subnet": {"id": SUBNET}, **spec},
                "status": {"observedGeneration": -1},
            }
        )

    def restart(self, azure: Azure) -> None:
        """Another process takes over: it knows what Kubernetes and Azure say, and nothing else."""
        self._reconciler = Reconciler(
            cluster=self.cluster,
            azure=azure,
            identity=Identity(cluster_id="prod-1", default_tags={}, scopes=self._scopes),
            absence_seconds=600,
            contest_seconds=60,
            observer=Counted(),
            clock=self._now,
        )

    def _now(self) -> datetime:
        return self._began + timedelta(seconds=self.world.clock() - self._start)

    async def step(self) -> float | None:
        """One pass. Seconds until the next is due; None where none is."""
        due = await self._reconciler.reconcile(KEY, urgency=Urgency.CHANGED)
        if not due.failed:
            self._failures = self._failures if due.pending else 0
            return due.after
        step = min(2.0**self._failures, LONGEST_SECONDS)
        self._failures += 1
        return max(due.at_least, step if due.after is None else min(step, due.after))

    async def settle(self, *, passes: int = _PASSES) -> bool:
        """Passes until only the periodic look is left, or the resource is gone. False where that never comes."""
        for _ in range(passes):
            wait = await self.step()
            if self.is_gone or wait is None or wait >= 30:
                return True
            self.wait(wait)
        return False

    def wait(self, seconds: float) -> None:
        """Let time pass for the operator and for Azure."""
        self.world.clock.advance(seconds + 0.1)
        if seconds:
            self.emulator.advance(seconds + 0.1)

    def edit(self, **spec: Any) -> None:
        """Apply another spec."""
        document = self.cluster.resources[KEY]
        document["spec"] |= spec
        document["metadata"]["generation"] += 1

    def delete(self) -> None:
        """Ask for the resource to go, which the API server counts as a generation."""
        metadata = self.cluster.resources[KEY]["metadata"]
        metadata["generation"] += 1
        metadata["deletionTimestamp"] = "2026-02-03T04:05:06Z"

    def document(self) -> Document:
        """The resource as it is now, for another life to go on from."""
        return copy.deepcopy(self.cluster.resources[KEY])

    def ids(self, pattern: str) -> list[str]:
        """What there is in Azure whose lower-cased id matches a regular expression."""
        return [each["id"] for each in self.emulator.resources() if re.search(pattern, each["id"].lower())]

    @property
    def has_finalizer(self) -> bool:
        """Whether its deletion waits for us."""
        return FINALIZER in self.cluster.resources[KEY]["metadata"].get("finalizers", [])

    @property
    def is_gone(self) -> bool:
        """Whether it was let go."""
        return KEY not in self.cluster.resources

    def said(self, kind: str = "Ready") -> tuple[str, str, str]:
        """Status, reason and message of a condition."""
        conditions = self.cluster.resources[KEY]["status"].get("conditions", [])
        return next(((each["status"], each["reason"], each["message"]) for each in conditions if each["type"] == kind), ("", "", ""))

    def messages(self) -> str:
        """All that the conditions say."""
        return " ".join(each["message"] for each in self.cluster.resources[KEY]["status"].get("conditions", []))

    def foreign(self) -> Document:
        """Everything in Azure that is not the resource's, without what every write moves."""
        return {document["id"].lower(): _foreign_part(document) for document in self.emulator.resources() if not _is_ours(document)}


def rich_seed(**extra: Any) -> Document:
    """The small world with everything on the subnet that its write has to name again."""
    document = copy.deepcopy(seed())
    network = next(each for each in document["resources"] if each["id"] == NETWORK)
    network["properties"]["subnets"][0]["properties"] |= {"natGateway": {"id": NAT}, "serviceEndpointPolicies": [{"id": POLICY}]}
    document["resources"] += [
        {"id": NAT, "location": "uksouth", "sku": {"name": "Standard"}, "properties": {}},
        {"id": POLICY, "location": "uksouth", "properties": {}},
    ]
    return {**document, **extra}


def attach_shared(emulator: Emulator) -> None:
    """Somebody attaches the shared group to the subnet, so that its rules are what is written."""
    document = emulator.get(SUBNET)
    assert document is not None
    emulator.patch(SUBNET, {"properties": {"networkSecurityGroup": {"id": NSG}}})


def bring_gateway(emulator: Emulator) -> None:
    """A gateway for Injection, with its address and its name."""
    put_internal_gateway(emulator)
    put_connection(emulator, "orders")


def take_gateway(emulator: Emulator) -> None:
    """The gateway goes, and its link on the subnet with it."""
    for each in [document["id"] for document in emulator.resources() if "/configconnections/" in document["id"].lower()]:
        emulator.delete(each)
    emulator.delete(GATEWAY)
    emulator.patch(SUBNET, {"properties": {"serviceAssociationLinks": []}})


def allow(emulator: Emulator, actions: list[str], *, scope: str) -> None:
    """Give the operator a role of just these actions."""
    emulator.put_principal(OPERATOR, secret="right", roles=[{"role": {"actions": actions}, "scope": scope}])


def _is_ours(document: Document) -> bool:
    text = document["id"].lower()
    return "wgn-" in text or text.startswith(ZONE.lower())


def _foreign_part(document: Document) -> Document:
    """Of the subnet and the shared group that part which is not ours to set."""
    properties = {key: value for key, value in document.get("properties", {}).items() if key not in _OURS_OR_MOVING}
    if "securityRules" in properties:
        properties["securityRules"] = [_still(each) for each in properties["securityRules"] if not each["name"].startswith("wgn-")]
    if "addressSpace" in properties:
        properties["subnets"] = [_foreign_part(each) for each in properties["subnets"]]
    else:
        properties.pop("subnets", None)  # A group's back-reference follows the subnet.
    return {"properties": _still(properties), "tags": document.get("tags"), "location": document.get("location")}


_OURS_OR_MOVING = {"delegations", "networkSecurityGroup", "provisioningState", "resourceGuid", "networkSecurityGroups"}


def _still(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _still(each) for key, each in value.items() if key not in {"etag", "provisioningState"}}
    return [_still(each) for each in value] if isinstance(value, list) else value


__all__ = ["KEY", "NAT", "POLICY", "ROUTES", "ZONE", "Life", "allow", "attach_shared", "bring_gateway", "rich_seed", "take_gateway"]
