"""The reconciler's two ports in memory: a cluster that guards its writes, and an Azure whose operations take as long as they are told."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from workspace_gateway_network.api.spec import ManagementPolicy
from workspace_gateway_network.api.status import Status
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.planning.observed import Observed
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.planning.scopes import NO_LIMITS, NamespaceScopes
from workspace_gateway_network.planning.step import Step
from workspace_gateway_network.reporting.event import Event
from workspace_gateway_network.runtime.ports import Key, Urgency
from workspace_gateway_network.runtime.reconciler import Identity, Reconciler
from workspace_gateway_network.runtime.requeue import Requeue
from workspace_gateway_network.runtime.subject import Subject
from worlds import resources
from worlds.azure import World
from worlds.documents import Document
from worlds.life import BEGIN, judge

FINALIZER = "workspacegateway.dev/finalizer"
KEY = Key("apim", "team-a")
POLL_SECONDS = 4.0


def resource(name: str = "team-a", *, created: str = resources.CREATED, **spec: Any) -> Document:
    """A custom resource as the API server first shows it."""
    return {
        "apiVersion": "workspacegateway.dev/v1alpha1",
        "kind": "WorkspaceGatewayNetwork",
        "metadata": {"namespace": "apim", "name": name, "uid": f"uid-{name}", "generation": 1, "creationTimestamp": created},
        "spec": resources.spec_document(**spec),
        "status": {"observedGeneration": -1},
    }


class FakeCluster:
    """Resources, and what was done to them. `conflicts` writes fail because somebody else wrote in between."""

    def __init__(self, *, log: list[str]) -> None:
        """`log` gets one word a write, in order with Azure's."""
        self.resources: dict[Key, Document] = {}
        self.events: list[Event] = []
        self.conflicts = 0
        self.status_writes = 0
        self._log = log

    def put(self, document: Document) -> None:
        """Create or replace a resource."""
        self.resources[Key(document["metadata"]["namespace"], document["metadata"]["name"])] = document

    def get(self, key: Key) -> JsonObject | None:
        """The resource as the watch last saw it."""
        return copy.deepcopy(self.resources.get(key))

    def others(self, key: Key) -> Iterable[JsonObject]:
        """All other resources."""
        return [copy.deepcopy(document) for other, document in self.resources.items() if other != key]

    async def write_status(self, *, resource: JsonObject, status: JsonObject) -> bool:
        """Replace the status."""
        if self._is_refused():
            return False
        self._log.append("status")
        self.status_writes += 1
        self._stored(resource)["status"] = copy.deepcopy(dict(status))
        return True

    async def set_finalizer(self, *, resource: JsonObject, present: bool) -> bool:
        """Add or remove our finalizer; without it, a resource that is being deleted is gone."""
        if self._is_refused():
            return False
        self._log.append("finalizer" if present else "no finalizer")
        metadata = self._stored(resource)["metadata"]
        metadata["finalizers"] = [FINALIZER] if present else []
        if not present and "deletionTimestamp" in metadata:
            del self.resources[Key(metadata["namespace"], metadata["name"])]
        return True

    async def post(self, *, resource: JsonObject, event: Event) -> None:  # noqa: ARG002
        """Tell of something."""
        self._log.append("event")
        self.events.append(event)

    def _is_refused(self) -> bool:
        self.conflicts -= 1
        return self.conflicts >= 0

    def _stored(self, shown: JsonObject) -> Document:
        metadata: Any = shown["metadata"]
        return self.resources[Key(metadata["namespace"], metadata["name"])]


class FakeAzure:
    """A world behind the port. `polls` is how often an operation answers that it is still running; 0 means that writes end at once."""

    def __init__(self, world: World, *, log: list[str], polls: int = 0) -> None:
        """`log` gets the target of every write, in order with the cluster's."""
        self.world = world
        self.polls = polls
        self.parts: dict[str, Any] = {}
        """Parts of every look that are not as they are in the world."""
        self.answers: list[Outcome] = []
        """What the next calls of apply come to, in place of what they would."""
        self.queries: list[Query] = []
        self.fresh: list[bool] = []
        self.forgotten: list[Key] = []
        self.in_flight: dict[Key, tuple[Step, int]] = {}
        self._log = log

    async def look(self, *, query: Query, urgency: int, fresh: bool = False) -> Observed:  # noqa: ARG002
        """The world as it is."""
        self.queries.append(query)
        self.fresh.append(fresh)
        return self.world.observed(**self.parts)

    async def apply(
        self,
        *,
        key: Key,
        plan: Plan,
        observed: Observed,  # noqa: ARG002
        replan: Callable[[Observed], Plan],
        urgency: int,  # noqa: ARG002
    ) -> Outcome:
        """Carry out the steps that are still the same when they are planned again; begin only one where operations take their time."""
        if self.answers:
            return self.answers.pop(0)
        completed: list[Step] = []
        for step in plan.steps:
            again = replan(self.world.observed(**self.parts)).steps
            if not again or again[0].intent != step.intent:
                return Outcome(completed=tuple(completed), moved=True)
            self._log.append(f"{step.action} {step.target.name}")
            if self.polls:
                self.in_flight[key] = (again[0], self.polls)
                return Outcome(completed=tuple(completed), waiting_for=step.target, retry_after=POLL_SECONDS)
            self.world.apply(again[0])
            completed.append(again[0])
        return Outcome(completed=tuple(completed))

    async def poll(self, *, key: Key) -> Outcome | None:
        """One more answer of the operation."""
        if key not in self.in_flight:
            return None
        step, left = self.in_flight[key]
        if left > 1:
            self.in_flight[key] = (step, left - 1)
            return Outcome(waiting_for=step.target, retry_after=POLL_SECONDS)
        del self.in_flight[key]
        self.world.apply(step)
        return Outcome(completed=(step,))

    def forget(self, *, key: Key) -> None:
        """Drop what is remembered."""
        self.forgotten.append(key)


@dataclass
class Counted:
    """Who counts drift."""

    seen: list[tuple[str, str]] = field(default_factory=list)

    def drift_detected(self, *, resource_type: str, action: str) -> None:
        """Something in Azure was other than it had been made."""
        self.seen.append((resource_type, action))


class Stage:
    """One reconciler between the two, with team-a on it."""

    def __init__(self, world: World | None = None, *, polls: int = 0, limits: Mapping[str, Any] | None = None, **spec: Any) -> None:
        """`spec` are fields of team-a's spec, `limits` as of `restart`."""
        self.log: list[str] = []
        self.now = BEGIN
        self.cluster = FakeCluster(log=self.log)
        self.azure = FakeAzure(world or World(), log=self.log, polls=polls)
        self.counted = Counted()
        self.restart(**(limits or {}))
        self.cluster.put(resource(**spec))

    def restart(self, *, scopes: NamespaceScopes = NO_LIMITS, max_policy: ManagementPolicy = ManagementPolicy.MANAGE) -> None:
        """Another process takes over, with these limits."""
        self.reconciler = Reconciler(
            cluster=self.cluster,
            azure=self.azure,
            identity=Identity(cluster_id=resources.CLUSTER, default_tags={}, scopes=scopes, max_policy=max_policy),
            absence_seconds=600,
            contest_seconds=60,
            observer=self.counted,
            clock=lambda: self.now,
        )

    @property
    def document(self) -> Document:
        """team-a as it is stored."""
        return self.cluster.resources[KEY]

    @property
    def is_gone(self) -> bool:
        """Whether team-a was let go."""
        return KEY not in self.cluster.resources

    def edit(self, **spec: Any) -> None:
        """Apply another spec."""
        self.document["spec"] |= spec
        self.document["metadata"]["generation"] += 1

    def annotate(self, name: str, value: str) -> None:
        """Set one of our annotations."""
        self.document["metadata"].setdefault("annotations", {})[f"workspacegateway.dev/{name}"] = value

    def delete(self) -> None:
        """Ask for team-a to go, which the API server counts as a generation."""
        self.document["metadata"]["generation"] += 1
        self.document["metadata"]["deletionTimestamp"] = "2026-02-03T04:05:06Z"

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    async def reconcile(self, *, urgency: int = Urgency.CHANGED) -> Requeue:
        """One pass. Every status that it writes is judged."""
        before = self.seen()
        due = await self.reconciler.reconcile(KEY, urgency=urgency)
        after = self.seen()
        if after != before and not self.is_gone:
            judge(after, before=before, generation=self.document["metadata"]["generation"])
        return due

    async def settle(self) -> None:
        """Passes, each when it is due, until only the periodic look is left."""
        for _ in range(60):
            due = await self.reconcile()
            if due.after is None or (due.after >= 30 and not due.failed):
                return
            self.wait(due.after)
        raise AssertionError("it does not come to rest")

    def seen(self) -> Status:
        """team-a's status as the reconciler reads it; an empty one where it is gone."""
        document = self.cluster.resources.get(KEY) or {}
        return Subject(document).status()

    def said(self, kind: str = "Ready") -> tuple[str, str]:
        """Status and reason of a condition as stored."""
        conditions = self.document["status"]["conditions"]
        return next((each["status"], each["reason"]) for each in conditions if each["type"] == kind)

    @property
    def status(self) -> Document:
        """The status as stored."""
        stored: Document = self.document["status"]
        return stored

    def writes(self) -> list[str]:
        """What was written to Azure so far."""
        words = {"status", "event", "finalizer", "no finalizer"}
        return [entry for entry in self.log if entry not in words]
