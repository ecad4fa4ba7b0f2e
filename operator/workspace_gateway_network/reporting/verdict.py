"""How it stands on the whole: the one reason that `Ready` gives, and what follows for `Reconciling` and `Stalled`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason, ReasonClass
from workspace_gateway_network.api.spec import ManagementPolicy, ReadyWhen
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.described import described
from workspace_gateway_network.reporting.moment import read
from workspace_gateway_network.reporting.scene import Scene

_WITHOUT_DEADLINE = frozenset(
    {Reason.AWAITING_GATEWAY, Reason.AWAITING_HOSTNAME, Reason.GATEWAY_STILL_ATTACHED, Reason.RESOURCE_IN_USE, Reason.SUSPENDED}
)

_KNOWN_TO_AZURE = frozenset({Reason.WAITING_FOR_AZURE, Reason.PROGRESSING, Reason.CORRECTING_DRIFT})
"""Reasons that say nothing of what to do: why it takes so long only Azure can tell."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Reason and message of `Ready`. `progressing_since` is the start of the deadline's clock, None while it does not run."""

    reason: Reason
    message: str
    ready_when: ReadyWhen = ReadyWhen.NETWORK_PREPARED
    progressing_since: datetime | None = None

    @property
    def reason_class(self) -> ReasonClass:
        """What the reason makes of `Ready`, as this resource has it."""
        return self.reason.class_under(self.ready_when)

    @property
    def is_ready(self) -> bool:
        """Whether `Ready` is True."""
        return self.reason_class is ReasonClass.GOOD


def judge(scene: Scene) -> Verdict:
    """The verdict of a pass, the progress deadline included."""
    verdict = replace(_without_deadline(scene), ready_when=scene.spec.ready_when)
    if verdict.is_ready or verdict.reason in _WITHOUT_DEADLINE:
        return verdict
    since = _progressing_since(scene)
    deadline = timedelta(seconds=scene.spec.progress_deadline_seconds)
    if verdict.reason.needs_a_person or scene.now - since < deadline:
        return replace(verdict, progressing_since=since)
    where = " See the activity log in Azure for what holds it up; the operator goes on trying." if verdict.reason in _KNOWN_TO_AZURE else ""
    return Verdict(
        reason=Reason.PROGRESS_DEADLINE_EXCEEDED,
        message=f"No progress for {scene.spec.progress_deadline_seconds} s: {verdict.message}{where}",
        progressing_since=since,
    )


def _without_deadline(scene: Scene) -> Verdict:
    findings = scene.findings
    if findings:
        return Verdict(reason=findings[0].reason, message=_leading(scene))
    if scene.deleting:
        return Verdict(reason=Reason.DELETING, message="What this resource owns in Azure is being removed.")
    if scene.unfinished and not scene.repairs_silently:
        return _unfinished(scene)
    return _good(scene)


def _leading(scene: Scene) -> str:
    """The worst finding's message, and how many others there are."""
    worst, *others = dict.fromkeys(finding.message for finding in scene.findings)
    if not others:
        return worst
    return f"{worst} ({len(others)} more {'finding' if len(others) == 1 else 'findings'}: see the other conditions and the events.)"


def _unfinished(scene: Scene) -> Verdict:
    if scene.observes and scene.plan.steps:
        count = sum(len(step.changes) for step in scene.plan.steps)
        noun = "change" if count == 1 else "changes"
        is_own_choice = scene.spec.management_policy is ManagementPolicy.OBSERVE
        why = "under managementPolicy Observe" if is_own_choice else "while WGN_MAX_POLICY is Observe"
        remedy = "Set it to Manage" if is_own_choice else "Have whoever runs the operator set that to Manage"
        message = (
            f"Azure is not as the spec wants it: {count} {noun} in status.plan. Nothing is written {why}. {remedy}, or make the changes by"
            " other means."
        )
        return Verdict(reason=Reason.DRIFT_DETECTED, message=message)
    waiting = scene.outcome.waiting_for
    if scene.is_correcting_drift:
        return Verdict(reason=Reason.CORRECTING_DRIFT, message="Somebody changed Azure; it is being put back.")
    if waiting:
        return Verdict(reason=Reason.WAITING_FOR_AZURE, message=f"Azure is working on {described(waiting)}.")
    return Verdict(reason=Reason.PROGRESSING, message="Azure is being made as the spec wants it.")


def _good(scene: Scene) -> Verdict:
    """Nothing is wrong and nothing to be done: what is there, or what it still takes. The gateway's names count in every state of it."""
    awaited, gateway = scene.awaited, scene.gateway
    if awaited and awaited.reason is not Reason.AWAITING_GATEWAY:
        return Verdict(reason=awaited.reason, message=awaited.message)
    if gateway and gateway.is_up:
        return Verdict(reason=Reason.RECONCILED, message=f"The network of gateway {gateway.name} is as the spec wants it.")
    return Verdict(reason=Reason.AWAITING_GATEWAY, message=awaiting_gateway(scene))


def awaiting_gateway(scene: Scene) -> str:
    """That the network is ready and the gateway is not."""
    gateway, subnet = scene.gateway, scene.desired.subnet_id.name
    if gateway:
        return f"The network is prepared; gateway {gateway.name} is {gateway.provisioning_state or 'in an unknown state'}."
    if scene.spec.gateway and scene.spec.gateway.id:
        return f"The network is prepared; gateway {ResourceId(scene.spec.gateway.id).name} can be created in subnet {subnet}."
    return f"The network is prepared; a gateway can be created in subnet {subnet}."


def _progressing_since(scene: Scene) -> datetime:
    """When the deadline's clock began: with a new generation, with the end of a reason that does not count, with the last progress."""
    since = read(scene.previous.progressing_since)
    is_new = scene.previous.observed_generation != scene.generation
    if since is None or is_new or scene.outcome.completed:
        return scene.now
    ready = scene.previous_condition(ConditionType.READY)
    return since if ready else scene.now
