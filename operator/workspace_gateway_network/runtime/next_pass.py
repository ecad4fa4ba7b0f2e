"""When the next pass over a resource is due."""

from __future__ import annotations

from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.reporting.report import Report
from workspace_gateway_network.reporting.scene import Scene
from workspace_gateway_network.runtime.ports import Urgency
from workspace_gateway_network.runtime.requeue import Requeue


def next_pass(scene: Scene, *, result: Report, urgency_now: int = Urgency.CHANGED) -> Requeue:
    """At Azure's word, else sooner the more there is to do. `urgency_now`: how urgent the pass was that has ended."""
    resync = scene.spec.resync_interval_seconds
    urgency = Urgency.DRIFTED if scene.is_correcting_drift else Urgency.CHANGED
    outcome = scene.outcome
    # The budget sees to it that nothing goes out before its time, so that only what is throttled has to wait for it.
    throttled = [finding for finding in scene.findings if finding.reason is Reason.AZURE_THROTTLED]
    wait = _longest(outcome.retry_after, *(finding.retry_after for finding in scene.findings if finding not in throttled))
    if outcome.problem is None:
        # What goes on goes on, also where a rule without a number needs a person.
        if outcome.waiting_for is not None:
            return Requeue(after=wait or 0, urgency=urgency, pending=True)
        if outcome.moved:
            return Requeue(after=None, urgency=urgency, failed=True, at_least=wait or 0.0)
        if scene.plan.steps and not scene.observes:
            return Requeue(after=0, urgency=urgency)
    if result.verdict.reason.needs_a_person or not scene.findings:
        return Requeue(after=resync)
    if (put_off := _longest(*(finding.retry_after for finding in throttled))) is not None:
        # A little more urgent each time: a periodic look neither overtakes what has changed nor waits for ever.
        return Requeue(after=min(put_off, resync), urgency=max(Urgency.CHANGED, urgency_now - 1), pending=True)
    if wait is not None and all(finding.retry_after is not None for finding in scene.findings):
        return Requeue(after=wait, urgency=urgency, pending=True)
    return Requeue(after=resync, failed=True, at_least=wait or 0.0)


def _longest(*waits: float | None) -> float | None:
    return max((seconds for seconds in waits if seconds is not None), default=None)
