"""What a report is made from: one pass of the reconciler over one custom resource, as it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.dns import DnsManagement
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.api.spec import ManagementPolicy, Mode, ReadyWhen, Spec
from workspace_gateway_network.api.status import Condition, DriftState, Status
from workspace_gateway_network.model.gateway import Gateway
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import NamesReport, Plan
from workspace_gateway_network.planning.step import Step
from workspace_gateway_network.reporting.memory import remembered
from workspace_gateway_network.reporting.moment import read

SILENT_REPAIR = timedelta(seconds=15)
"""Drift that is repaired within this time of being seen is an event and a metric, but no condition."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One pass over a living resource."""

    generation: int
    digest: str
    """Of the spec, but for `suspend`."""
    spec: Spec
    desired: Desired
    first_plan: Plan
    """From the look that the pass began with."""
    plan: Plan
    """From the last look of the pass: what is still to be done."""
    outcome: Outcome
    previous: Status
    now: datetime
    reconcile_requested_at: str | None = None
    deleting: bool = False
    max_policy: ManagementPolicy = ManagementPolicy.MANAGE
    """What the operator's administrator allows every resource at most."""

    @property
    def observes(self) -> bool:
        """Whether the plan is only shown and never carried out."""
        return self.spec.management_policy.at_most(self.max_policy) is ManagementPolicy.OBSERVE and not self.deleting

    @property
    def needs_private_dns(self) -> bool:
        """Whether callers reach the gateway through private DNS only."""
        return self.spec.mode is Mode.INJECTION

    @property
    def keeps_private_dns(self) -> bool:
        """Whether that private DNS is the operator's to keep."""
        is_manual = self.spec.dns is not None and self.spec.dns.management is DnsManagement.MANUAL
        return self.needs_private_dns and not is_manual

    @property
    def gateway(self) -> Gateway | None:
        """The gateway that this is about: the one that the spec names, else the one in the subnet."""
        wanted = self.spec.gateway.id if self.spec.gateway else None
        if wanted is None:
            return self.plan.gateways[0] if self.plan.gateways else None
        return next((gateway for gateway in self.plan.gateways if gateway.id == ResourceId(wanted)), None)

    @property
    def names(self) -> NamesReport | None:
        """What is known of the gateway's names: by this look and, where it brings nothing new, by earlier ones."""
        return self._names_in(self.plan)

    def _names_in(self, plan: Plan) -> NamesReport | None:
        names = plan.names
        if names is None or names.waiting is None or self.previous.observed_generation != self.generation:
            return names
        return remembered(names, plan=plan, gateway=self.gateway, previous=self.previous)

    @property
    def awaited(self) -> Finding | None:
        """What the names of the gateway wait for, nothing being wrong; None where they are published, or nobody wants them to be."""
        return self.names.waiting if self.names else None

    @property
    def obstacles(self) -> tuple[Finding, ...]:
        """What keeps Azure from becoming as the spec wants it, the worst first."""
        problem = (self.outcome.problem,) if self.outcome.problem else ()
        return tuple(sorted((*self.plan.findings, *problem), key=lambda finding: finding.reason.precedence))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong, the worst first: the obstacles, and a gateway that failed where Ready takes one that works."""
        return tuple(sorted((*self.obstacles, *self._failed_gateway()), key=lambda finding: finding.reason.precedence))

    def _failed_gateway(self) -> Iterator[Finding]:
        gateway = self.gateway
        takes_one = self.spec.ready_when is ReadyWhen.GATEWAY_PUBLISHED and not self.deleting
        if takes_one and gateway and gateway.provisioning_state == "Failed":
            yield Finding(
                condition=ConditionType.GATEWAY_ATTACHED,
                reason=Reason.GATEWAY_FAILED,
                message=f"Gateway {gateway.name} is Failed: see its activity log, then repair it, or delete it and create it anew.",
            )

    @property
    def unfinished(self) -> bool:
        """Whether something is still to be done or under way."""
        return bool(self.plan.steps) or self.outcome.waiting_for is not None or self.outcome.moved

    @property
    def was_ready(self) -> bool:
        """Whether the last pass left this very spec Ready."""
        return self.previous.is_ready_at(self.generation)

    @property
    def was_drifted(self) -> bool:
        """Whether the last pass left drift of this very spec under repair."""
        drift = self.previous.drift
        return (
            drift is not None
            and drift.state is DriftState.DRIFTED
            and self.previous.observed_generation == self.generation
            and not self.deleting
        )

    @property
    def drifted(self) -> tuple[Step, ...]:
        """What somebody changed since this spec was last seen to be in place: the repairs, newly found in this pass.

        Publishing a gateway's new name or address, or taking back one that is gone, repairs nothing.
        """
        if not self.was_ready or self.was_drifted or self.deleting:
            return ()
        progress = self.first_plan.steps_for(ConditionType.DNS_RECORDS_PUBLISHED) if self._has_other_names else ()
        return tuple(step for step in (*self.first_plan.steps, *self.first_plan.withheld) if step not in progress)

    @property
    def _has_other_names(self) -> bool:
        names = self._names_in(self.first_plan)
        before = self.previous.dns.records if self.previous.dns else ()
        now = names.records if names else ()
        return {(record.fqdn, record.ip_addresses) for record in before} != {(record.fqdn, record.addresses) for record in now}

    @property
    def is_correcting_drift(self) -> bool:
        """Whether what is unfinished is the repair of drift."""
        return self.unfinished and (bool(self.drifted) or self.was_drifted) and not self.observes

    @property
    def repairs_silently(self) -> bool:
        """Whether the repair is still young enough not to show in the conditions."""
        return self.is_correcting_drift and self.was_ready and self.now - self.drift_seen_at < SILENT_REPAIR

    @property
    def drift_seen_at(self) -> datetime:
        """When the drift that is being repaired was first seen."""
        seen = read(self.previous.drift.detected_at) if self.previous.drift and self.was_drifted else None
        return seen or self.now

    def previous_condition(self, kind: ConditionType) -> Condition | None:
        """The condition of this type as the last pass left it."""
        return self.previous.condition(kind)
