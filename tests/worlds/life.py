"""A resource's status through the passes of its life: each report is made from the one before, as the reconciler does it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from workspace_gateway_network.api.conditions import DETAILS, ConditionType
from workspace_gateway_network.api.reasons import Reason, ReasonClass
from workspace_gateway_network.api.spec import ReadyWhen
from workspace_gateway_network.api.status import Condition, Status
from workspace_gateway_network.model.json import canonical
from workspace_gateway_network.planning.deletion import plan_deletion
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.reporting.report import Report, report, report_invalid, report_suspended
from workspace_gateway_network.reporting.scene import Scene
from worlds import resources
from worlds.azure import World

BEGIN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Life:
    """One resource in one world. The last report is in `last`, its status in `status`."""

    def __init__(self, world: World | None = None, **spec: Any) -> None:
        """Nothing was reported yet; `spec` are fields of the spec, which may be changed in between."""
        self.world = world or World()
        self.spec = spec
        self.generation = 1
        self.now = BEGIN
        self.status = Status(observed_generation=-1)
        self.last: Report | None = None

    def edit(self, **spec: Any) -> None:
        """Apply another spec."""
        self.spec |= spec
        self.generation += 1

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @property
    def digest(self) -> str:
        """Stands for the digest of what the spec wants Azure to be."""
        wanted = canonical({key: value for key, value in self.spec.items() if key != "suspend"})
        return hashlib.sha256(wanted.encode()).hexdigest()

    def plan(self, **parts: Any) -> Plan:
        """What would be done now."""
        wanted = resources.desired(
            owned=self.status.owned_resources or (),
            numbers={rule.name: rule.priority for rule in self.status.security_rules or () if rule.priority is not None},
            **self.spec,
        )
        return plan(desired=wanted, observed=self.world.observed(**parts), neighbours=resources.neighbours())

    def settle(self) -> Report:
        """A pass that does everything there is to do."""
        first = self.plan()
        done = first.steps
        for _ in range(3):
            self.world.apply(*self.plan().steps)
        return self.pass_over(first=first, now=self.plan(), outcome=Outcome(completed=done))

    def look(self, **parts: Any) -> Report:
        """A pass that writes nothing."""
        found = self.plan(**parts)
        return self.pass_over(first=found, now=found)

    def pass_over(self, *, first: Plan, now: Plan | None = None, outcome: Outcome | None = None, deleting: bool = False) -> Report:
        """A pass that began and ended with these plans."""
        scene = Scene(
            generation=self.generation,
            digest=self.digest,
            spec=resources.spec(**self.spec),
            desired=resources.desired(**self.spec),
            first_plan=first,
            plan=now or first,
            outcome=outcome or Outcome(),
            previous=self.status,
            now=self.now,
            deleting=deleting,
        )
        return self._said(report(scene))

    def delete(self, outcome: Outcome | None = None, **parts: Any) -> Report:
        """A pass over the resource while it is being deleted, that writes nothing."""
        return self.pass_over(first=self.plan_deletion(**parts), outcome=outcome, deleting=True)

    def plan_deletion(self, **parts: Any) -> Plan:
        """What would be taken away now."""
        return plan_deletion(desired=resources.desired(**self.spec), observed=self.world.observed(**parts))

    def suspend(self, *, requested_at: str | None = None) -> Report:
        """A pass over the resource while it is suspended."""
        return self._said(
            report_suspended(generation=self.generation, digest=self.digest, previous=self.status, now=self.now, requested_at=requested_at)
        )

    def refuse(self, problem: str = "spec.mode must be one of Integration", *, requested_at: str | None = None) -> Report:
        """A pass over a spec that is none."""
        return self._said(
            report_invalid(generation=self.generation, problem=problem, previous=self.status, now=self.now, requested_at=requested_at)
        )

    def _said(self, result: Report) -> Report:
        judge(
            result.status,
            before=self.status,
            generation=self.generation,
            ready_when=ReadyWhen(self.spec.get("readyWhen", "NetworkPrepared")),
        )
        self.status, self.last = result.status, result
        return result

    def condition(self, kind: str) -> Condition | None:
        """The condition as last reported."""
        return next((condition for condition in self.status.conditions or () if condition.type == kind), None)

    def said(self, kind: str = "Ready") -> tuple[str, str, str]:
        """Status, reason and message of a condition as last reported."""
        condition = self.condition(kind)
        assert condition is not None, f"there is no condition {kind}"
        return condition.status, condition.reason, condition.message

    def told(self) -> list[tuple[str, str, str]]:
        """Type, reason and note of the events of the last report."""
        assert self.last is not None
        return [(event.type.value, event.reason, event.note) for event in self.last.events]


def judge(status: Status, *, before: Status, generation: int, ready_when: ReadyWhen = ReadyWhen.NETWORK_PREPARED) -> None:
    """What holds for every status ever written (kstatus, Flux, Argo CD, `kubectl wait`).

    Raises:
        AssertionError: it does not.
    """
    conditions = status.conditions or ()
    kinds = [condition.type for condition in conditions]
    summary = [kind for kind in (ConditionType.RECONCILING, ConditionType.STALLED) if kind in kinds]
    assert kinds == [ConditionType.READY, *summary, *DETAILS]
    assert len(summary) <= 1, "Reconciling and Stalled at once"
    assert status.observed_generation == generation
    assert {condition.observed_generation for condition in conditions} == {generation}
    ready = conditions[0]
    expected = {
        "True": (None, {ReasonClass.GOOD}),
        "Unknown": (ConditionType.RECONCILING, {ReasonClass.WORKING}),
        "False": (ConditionType.RECONCILING, {ReasonClass.WILL_RETRY}),
    }
    stalled = (ConditionType.STALLED, {ReasonClass.NEEDS_A_PERSON})
    companion, classes = stalled if ConditionType.STALLED in kinds else expected[ready.status]
    assert summary == ([companion] if companion else [])
    assert Reason(ready.reason).class_under(ready_when) in classes, ready.reason
    if summary:
        assert ready.status != "True"
        assert (conditions[1].status, conditions[1].reason, conditions[1].message) == ("True", ready.reason, ready.message)
    earlier = {condition.type: condition for condition in before.conditions or ()}
    for condition in conditions:
        assert Reason(condition.reason).value == condition.reason
        assert condition.message
        then = earlier.get(condition.type)
        if then and then.status == condition.status:
            assert condition.last_transition_time == then.last_transition_time
        elif then:
            assert condition.last_transition_time >= then.last_transition_time
