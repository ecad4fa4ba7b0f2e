"""When the next pass over a resource is due."""

from __future__ import annotations

from workspace_gateway_network.reporting.report import Report
from workspace_gateway_network.reporting.scene import Scene
from workspace_gateway_network.runtime.ports import Urgency
from workspace_gateway_network.runtime.requeue import Requeue


def next_pass(scene: Scene, *, result: Report) -> Requeue:
    """At Azure's word, else sooner the more there is to do."""
    resync = scene.spec.resync_interval_seconds
    urgency = Urgency.DRIFTED if scene.is_correcting_drift else Urgency.CHANGED
    outcome = scene.outcome
    waits = (outcome.retry_after, *(finding.retry_after for finding in scene.findings))
    wait = max((seconds for seconds in waits if seconds is not None), default=None)
    if outcome.problem is None:
        # What goes on goes on, also where a rule without a number needs a person.
        if outcome.waiting_for is not None:
            return Requeue(after=wait or 0, urgency=urgency)
        if outcome.moved:
            return Requeue(after=None, urgency=urgency, failed=True, at_least=wait or 0.0)
        if scene.plan.steps and not scene.observes:
            return Requeue(after=0, urgency=urgency)
    if result.verdict.reason.needs_a_person or not scene.findings:
        return Requeue(after=resync)
    if wait is not None:
        return Requeue(after=wait, urgency=urgency)
    return Requeue(after=resync, failed=True)
