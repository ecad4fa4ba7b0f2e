"""One pass over one custom resource: look, plan, write, report. Everything starts from what is, and nothing from what was remembered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from workspace_gateway_network.api.spec import ManagementPolicy, Spec
from workspace_gateway_network.api.status import Status
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.absence import is_gateway_gone
from workspace_gateway_network.planning.contest import withhold
from workspace_gateway_network.planning.deletion import plan_deletion
from workspace_gateway_network.planning.desired import DEFAULT_GATEWAY_SUFFIXES, Desired, desire
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.locks import heed
from workspace_gateway_network.planning.observed import Observed
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.planning.scopes import NO_LIMITS, NamespaceScopes, forbidden_ids, unlooked, within
from workspace_gateway_network.reporting.event import Event, EventType
from workspace_gateway_network.reporting.report import Report, report, report_invalid, report_suspended
from workspace_gateway_network.reporting.scene import Scene
from workspace_gateway_network.runtime.absences import Absences
from workspace_gateway_network.runtime.contests import Contests
from workspace_gateway_network.runtime.next_pass import next_pass
from workspace_gateway_network.runtime.ports import Azure, Cluster, Key, Urgency
from workspace_gateway_network.runtime.requeue import Requeue
from workspace_gateway_network.runtime.rounds import Planner, Rounds, Task, go_round
from workspace_gateway_network.runtime.subject import InvalidSpecError, Subject, wants_finalizer

logger = logging.getLogger(__name__)


class DriftObserver(Protocol):
    """Who counts drift."""

    def drift_detected(self, *, resource_type: str, action: str) -> None:
        """Something in Azure was other than it had been made."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What one operator brings to every resource."""

    cluster_id: str
    default_tags: Mapping[str, str]
    gateway_suffixes: Sequence[str] = DEFAULT_GATEWAY_SUFFIXES
    """What every hostname must lie below."""
    scopes: NamespaceScopes = NO_LIMITS
    """What the resources of each namespace may use in Azure."""
    max_policy: ManagementPolicy = ManagementPolicy.MANAGE
    """What every resource may have at most."""


class Reconciler:
    """Brings one resource at a time nearer to what it wants."""

    def __init__(
        self,
        *,
        cluster: Cluster,
        azure: Azure,
        identity: Identity,
        absence_seconds: float,
        contest_seconds: float,
        observer: DriftObserver,
        clock: Callable[[], datetime],
    ) -> None:
        self._cluster = cluster
        self._azure = azure
        self._identity = identity
        self._absences = Absences(seconds=absence_seconds, clock=clock)
        self._contests = Contests(first_wait_seconds=contest_seconds, clock=clock)
        self._observer = observer
        self._clock = clock

    async def reconcile(self, key: Key, *, urgency: int) -> Requeue:
        """One pass over one resource. Says when the next is due, and never raises for what Azure or the spec say."""
        resource = self._cluster.get(key)
        if resource is None:
            self._azure.forget(key=key)
            self._absences.forget(key)
            self._contests.forget(key)
            return Requeue(after=None)
        subject = Subject(resource)
        if subject.is_being_deleted and not subject.has_finalizer:
            return Requeue(after=None)
        if subject.is_being_deleted and subject.is_released:
            return await self._let_go(subject, "The annotation deletion-policy-override says Retain: Azure is left as it is.")
        try:
            spec = subject.spec()
        except InvalidSpecError as error:
            return await self._refuse(subject, problem=str(error))
        if subject.is_being_deleted:
            return await self._delete(key, subject=subject, spec=spec, urgency=urgency)
        return await self._keep(key, subject=subject, spec=spec, urgency=urgency)

    # A resource that lives.

    async def _keep(self, key: Key, *, subject: Subject, spec: Spec, urgency: int) -> Requeue:
        forbidden = self._forbidden(subject, spec=spec)
        # What was never allowed to write has nothing to clean up, and must not be held; what has written keeps its finalizer.
        wanted = wants_finalizer(spec, max_policy=self._identity.max_policy) and (subject.has_finalizer or not forbidden)
        if subject.has_finalizer is not wanted:
            # Before the first write to Azure, so that no deletion can slip in between and leave something behind.
            if not await self._cluster.set_finalizer(resource=subject.resource, present=wanted):
                return Requeue(after=None, urgency=Urgency.CHANGED, failed=True)
            return Requeue(after=0, urgency=Urgency.CHANGED)
        if spec.suspend:
            return await self._suspend(subject, spec=spec)
        desired = self._desire(subject, spec=spec)
        neighbours = subject.neighbours(self._cluster.others(key), cluster_id=self._identity.cluster_id, scopes=self._identity.scopes)
        scene = await self._look_and_write(
            key,
            subject=subject,
            spec=spec,
            desired=desired,
            forbidden=forbidden,
            planner=lambda observed: withhold(
                plan(desired=self._knowing_of_absence(key, desired=desired, observed=observed), observed=observed, neighbours=neighbours),
                contested=self._contests.contested(key),
            ),
            urgency=urgency,
        )
        written = (*scene.outcome.completed, *scene.outcome.undone)
        self._contests.note(key, written, repairs=bool(scene.drifted) or scene.was_drifted)
        self._count_drift(scene)
        due = await self._tell(subject, scene=scene, result=report(scene), urgency=urgency)
        wait = self._contests.wait(key) if scene.plan.withheld else None
        return due if wait is None else due.not_later_than(wait)

    async def _suspend(self, subject: Subject, *, spec: Spec) -> Requeue:
        previous = subject.status()
        result = report_suspended(
            generation=subject.generation,
            digest=subject.digest,
            previous=previous,
            now=self._clock(),
            requested_at=subject.reconcile_requested_at,
        )
        if previous.observed_generation != subject.generation:
            note = "spec.suspend is set: nothing is written to Azure, and changes that others make there are not undone."
            event = Event(type=EventType.NORMAL, reason="Suspended", action="Reconcile", note=note)
            result = replace(result, events=(*result.events, event))
        written = await self._write(subject, result=result)
        return Requeue(after=spec.resync_interval_seconds) if written else Requeue(after=None, failed=True)

    async def _refuse(self, subject: Subject, *, problem: str) -> Requeue:
        result = report_invalid(
            generation=subject.generation,
            problem=problem,
            previous=subject.status(),
            now=self._clock(),
            requested_at=subject.reconcile_requested_at,
        )
        written = await self._write(subject, result=result)
        return Requeue(after=None, failed=not written)

    # A resource that goes.

    async def _delete(self, key: Key, *, subject: Subject, spec: Spec, urgency: int) -> Requeue:
        if not wants_finalizer(spec):
            return await self._let_go(subject, "The spec does not ask for a clean-up: Azure is left as it is.")
        if not wants_finalizer(spec, max_policy=self._identity.max_policy):
            return await self._let_go(subject, f"WGN_MAX_POLICY is {self._identity.max_policy}: Azure is left as it is.")
        if spec.suspend:
            return await self._let_go(subject, "The resource is suspended: Azure is left as it is.")
        desired = self._desire(subject, spec=spec)
        scene = await self._look_and_write(
            key,
            subject=subject,
            spec=spec,
            desired=desired,
            forbidden=self._forbidden(subject, spec=spec),
            planner=partial(_deletion, desired=desired),
            urgency=urgency,
        )
        if not scene.unfinished and not scene.findings:
            gone = " ".join(("What the resource owned in Azure is gone.", *(note.message for note in scene.plan.notes)))
            return await self._let_go(subject, gone, completed=report(scene).events)
        return await self._tell(subject, scene=scene, result=report(scene), urgency=urgency)

    async def _let_go(self, subject: Subject, note: str, *, completed: tuple[Event, ...] = ()) -> Requeue:
        for event in (*completed, Event(type=EventType.NORMAL, reason="Released", action="Delete", note=note)):
            await self._cluster.post(resource=subject.resource, event=event)
        if await self._cluster.set_finalizer(resource=subject.resource, present=False):
            return Requeue(after=None)
        return Requeue(after=None, urgency=Urgency.CHANGED, failed=True)

    # What both have in common.

    def _knowing_of_absence(self, key: Key, *, desired: Desired, observed: Observed) -> Desired:
        is_gone = is_gateway_gone(desired=desired, observed=observed)
        known = desired.query.knowing(observed.zones).known_gateway_ids
        return replace(desired, gateway_is_gone=self._absences.is_confirmed(key, is_gone=is_gone, gateway_ids=known))

    def _desire(self, subject: Subject, *, spec: Spec) -> Desired:
        status = subject.status()
        return desire(
            spec=spec,
            owner=subject.owner(cluster_id=self._identity.cluster_id),
            default_tags=self._identity.default_tags,
            gateway_suffixes=self._identity.gateway_suffixes,
            last_gateway_id=ResourceId(status.gateway.id) if status.gateway else None,
            owned_hint=map(ResourceId, status.owned_resources or ()),
            numbers={rule.name: rule.priority for rule in status.security_rules or () if rule.priority is not None},
        )

    def _forbidden(self, subject: Subject, *, spec: Spec) -> tuple[Finding, ...]:
        allowance = self._identity.scopes.of(subject.namespace)
        return forbidden_ids(spec, allowance=allowance, deleting=subject.is_being_deleted)

    async def _look_and_write(
        self, key: Key, *, subject: Subject, spec: Spec, desired: Desired, forbidden: tuple[Finding, ...], planner: Planner, urgency: int
    ) -> Scene:
        """Bring Azure nearer to what the planner says, as far as the namespace may; not even look where the spec names what it may not."""
        if forbidden:
            return self._scene(subject, spec=spec, desired=desired, rounds=Rounds.none(unlooked(forbidden)))
        allowance, deleting = self._identity.scopes.of(subject.namespace), subject.is_being_deleted
        task = Task(
            key=key,
            query=desired.query,
            planner=lambda observed: heed(
                within(planner(observed), allowance=allowance, deleting=deleting),
                locks=observed.locks,
                zone_ids=desired.own_zone_ids,
                deleting=deleting,
            ),
            writes=deleting or spec.management_policy.at_most(self._identity.max_policy) is ManagementPolicy.MANAGE,
            urgency=urgency,
            fresh=subject.is_asked_to_look,
            was_ready=subject.was_ready,
            is_current=lambda: self._is_current(key, subject),
        )
        return self._scene(subject, spec=spec, desired=desired, rounds=await go_round(self._azure, task))

    def _is_current(self, key: Key, subject: Subject) -> bool:
        """Whether the resource still asks for what this pass began with: a suspension or a new spec must not wait for its end."""
        resource = self._cluster.get(key)
        now = Subject(resource) if resource is not None else None
        return now is not None and (now.generation, now.is_being_deleted) == (subject.generation, subject.is_being_deleted)

    def _scene(self, subject: Subject, *, spec: Spec, desired: Desired, rounds: Rounds) -> Scene:
        return Scene(
            generation=subject.generation,
            digest=subject.digest,
            spec=spec,
            desired=desired,
            first_plan=rounds.first_plan,
            plan=rounds.plan,
            outcome=rounds.outcome,
            previous=subject.status(),
            now=self._clock(),
            reconcile_requested_at=subject.reconcile_requested_at,
            deleting=subject.is_being_deleted,
            max_policy=self._identity.max_policy,
        )

    def _count_drift(self, scene: Scene) -> None:
        for step in scene.drifted:
            action = "reported" if scene.observes or step in scene.first_plan.withheld else "corrected"
            self._observer.drift_detected(resource_type=step.target.type.rpartition("/")[2], action=action)

    async def _tell(self, subject: Subject, *, scene: Scene, result: Report, urgency: int) -> Requeue:
        if not await self._write(subject, result=result):
            return Requeue(after=None, urgency=Urgency.CHANGED, failed=True)
        return next_pass(scene, result=result, urgency_now=urgency)

    async def _write(self, subject: Subject, *, result: Report) -> bool:
        """Write the status where it says something new, and post the events. False when the resource changed meanwhile.

        The events are of what happened, so they are posted in either case: the next pass would find it done and have nothing to tell.
        """
        status = _document(result.status)
        written = status == _document(subject.status()) or await self._cluster.write_status(resource=subject.resource, status=status)
        for event in result.events:
            await self._cluster.post(resource=subject.resource, event=event)
        return written


def _deletion(observed: Observed, *, desired: Desired) -> Plan:
    return plan_deletion(desired=desired, observed=observed)


def _document(status: Status) -> JsonObject:
    document: JsonObject = status.model_dump(mode="json", by_alias=True, exclude_none=True)
    return document
