"""The plan for a resource that lives: what should change so that Azure is as desired, or what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.model.gateway import ApiManagementService, Gateway
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.resource_provider import is_unregistered, web_provider_of
from workspace_gateway_network.model.subnet import Subnet, VirtualNetwork
from workspace_gateway_network.planning import prerequisites
from workspace_gateway_network.planning.absence import why_not_gone
from workspace_gateway_network.planning.dedication import served_elsewhere
from workspace_gateway_network.planning.delegation import DelegationDecision, decide_delegation
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.group import GroupChoice, choose_group, repair_group
from workspace_gateway_network.planning.marks import merged
from workspace_gateway_network.planning.neighbours import Neighbours, taken_by
from workspace_gateway_network.planning.note import Note
from workspace_gateway_network.planning.observed import Found, Observed
from workspace_gateway_network.planning.ownership import first_in_motion, lost_its_marks, owned_resources
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.publication import NamesPlan, plan_names
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.planning.rules import RulePlan, delete_rules, plan_rules, rule_document
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step
from workspace_gateway_network.planning.subnet_put import put_subnet


def plan(*, desired: Desired, observed: Observed, neighbours: Neighbours) -> Plan:
    """Plan for a resource that is not being deleted.

    The order of the steps is the order of safety: the network security group is complete before the subnet gets it, and what is obsolete
    goes last.
    """
    query = desired.query.knowing(observed.zones)
    gateways = query.gateways_concerned(observed.gateways)
    subnet = observed.subnet.value if isinstance(observed.subnet, Found) else None
    unread = tuple(prerequisites.reading_problems(observed))
    if unread:
        known = prerequisites.unmet(desired=desired, observed=observed, gateways=gateways)
        return Plan(findings=(*unread, *known), blocked=True, subnet=subnet, gateways=gateways)
    scene = _Scene.of(desired=desired, observed=observed, neighbours=neighbours, query=query)
    return scene.plan()


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """Everything of one plan, once all that it rests on was read."""

    desired: Desired
    observed: Observed
    neighbours: Neighbours
    network: VirtualNetwork
    subnet: Subnet
    service: ApiManagementService
    gateways: tuple[Gateway, ...]
    """Those that this is about."""
    gateway: Gateway | None
    """The one whose network this is."""
    unmet: tuple[Finding, ...]
    doubt: Finding | None
    """What this look lacks to prove that no gateway is there; None where it proves it."""

    @classmethod
    def of(cls, *, desired: Desired, observed: Observed, neighbours: Neighbours, query: Query) -> _Scene:
        network, subnet, service = observed.virtual_network, observed.subnet, observed.api_management
        if not (isinstance(network, Found) and isinstance(subnet, Found) and isinstance(service, Found)):
            raise TypeError("what a plan rests on must have been read")
        gateways = query.gateways_concerned(observed.gateways)
        return cls(
            desired=desired,
            observed=observed,
            neighbours=neighbours,
            network=network.value,
            subnet=subnet.value,
            gateways=gateways,
            service=service.value,
            gateway=query.gateway_in_question(observed.gateways),
            unmet=tuple(prerequisites.unmet(desired=desired, observed=observed, gateways=gateways)),
            doubt=why_not_gone(desired=desired, observed=observed),
        )

    def plan(self) -> Plan:
        delegation = self._delegation()
        choice = choose_group(desired=self.desired, network=self.network, subnet=self.subnet, groups=self.observed.network_security_groups)
        blocking = tuple(self._blocking(delegation, choice))
        rules = self._rules(choice)
        names = self._names()
        network = () if blocking else (*self._register(), *self._steps(delegation=delegation, choice=choice, rules=rules))
        steps = () if blocking else (*network, *names.steps, *names.removals)
        return Plan(
            steps=steps,
            findings=(*blocking, *(rules.findings if rules else ()), *names.findings),
            blocked=bool(blocking),
            subnet=self.subnet,
            network_security_group_id=choice.group_id,
            rules=rules.reports if rules else (),
            notes=tuple(self._notes(rules)),
            gateways=self.gateways,
            names=names.report,
            owned=owned_resources(desired=self.desired, observed=self.observed),
            in_motion=first_in_motion(subnet=self.subnet, groups=(choice.group,) if choice.group else ()) or names.in_motion,
        )

    def _delegation(self) -> DelegationDecision:
        is_free = self.doubt is None
        return decide_delegation(desired=self.desired, subnet=self.subnet, neighbours=self.neighbours, is_free=is_free)

    def _names(self) -> NamesPlan:
        return plan_names(
            desired=self.desired,
            observed=self.observed,
            subnet=self.subnet,
            service=self.service,
            gateway=self.gateway,
            neighbours=self.neighbours,
            is_free=self.doubt is None,
        )

    def _blocking(self, delegation: DelegationDecision, choice: GroupChoice) -> Iterator[Finding]:
        yield from self.unmet
        yield from served_elsewhere(subnet=self.subnet, group=self._attached_group(), owner=self.desired.owner)
        rival = self.neighbours.senior_rival(owner=self.desired.owner, subnet_id=self.subnet.id)
        if delegation.finding:
            yield delegation.finding
        elif rival and not self._holds_the_mark():
            yield taken_by(rival, what=f"Subnet {self.subnet.id.name}")
        elif delegation.replaces and not self.unmet and self.doubt:
            yield self.doubt
        if choice.finding:
            yield choice.finding

    def _attached_group(self) -> NetworkSecurityGroup | None:
        attached = self.subnet.network_security_group_id
        return self.observed.network_security_groups.get(attached) if attached else None

    def _holds_the_mark(self) -> bool:
        return any(delegation.name.lower() == self.desired.owner.delegation_name for delegation in self.subnet.delegations)

    def _rules(self, choice: GroupChoice) -> RulePlan | None:
        is_unread = choice.finding is not None and choice.finding.condition is ConditionType.AZURE_ACCESS
        if choice.group_id is None or is_unread:
            return None
        return plan_rules(
            desired=self.desired,
            group=choice.group,
            prefixes=self.subnet.address_prefixes,
            network=self.network,
            group_id=choice.group_id,
        )

    def _notes(self, rules: RulePlan | None) -> Iterator[Note]:
        yield from prerequisites.notes(desired=self.desired, observed=self.observed, gateways=self.gateways)
        yield from rules.notes if rules else ()

    def _register(self) -> Iterator[Step]:
        state = self.observed.web_registration
        if prerequisites.is_in_use(self.gateways) or not isinstance(state, Found) or not is_unregistered(state.value):
            return
        yield Step(
            action=Action.REGISTER,
            target=web_provider_of(self.desired.subnet_id.subscription),
            condition=ConditionType.PREREQUISITES_MET,
            changes=(Change(path="registrationState", before=state.value, after="Registered"),),
            reads=ReadSet(web_registration=True),
            locks=frozenset(),
        )

    def _steps(self, *, delegation: DelegationDecision, choice: GroupChoice, rules: RulePlan | None) -> Iterator[Step]:
        if rules is None or choice.group_id is None:
            return
        if choice.group is None:
            yield self._create_group(choice.group_id, rules=rules)
        else:
            yield from repair_group(choice.group, desired=self.desired)
            yield from self._mark_group(choice.group, rules=rules)
            yield from rules.writes
        yield from self._write_subnet(delegation=delegation, choice=choice)
        yield from rules.removals
        if not choice.links:
            yield from self._leave_other_groups(choice.group_id)

    def _create_group(self, group_id: ResourceId, *, rules: RulePlan) -> Step:
        documents = [rule_document(rule) for rule in rules.wanted]
        return Step(
            action=Action.CREATE,
            target=group_id,
            condition=ConditionType.SECURITY_RULES_APPLIED,
            changes=(Change(path="", before=None, after={"securityRules": [rule.name for rule in rules.wanted]}),),
            reads=ReadSet(subnet=True, network_security_groups=frozenset({group_id})),
            locks=frozenset({group_id}),
            body={
                "location": self.network.location,
                "tags": dict(self.desired.tags),
                "properties": {"securityRules": documents},
            },
            owned=frozenset({"location", "tags", "properties"}),
        )

    def _mark_group(self, group: NetworkSecurityGroup, *, rules: RulePlan) -> Iterator[Step]:
        """Put our tags back on a group of ours; on one that lost its marks only where it is otherwise as we want it."""
        is_as_wanted = not rules.writes
        if not (
            group.is_marked_by(self.desired.owner) or (is_as_wanted and lost_its_marks(group, desired=self.desired, subnet=self.subnet))
        ):
            return
        tags = merged(group.tags, self.desired.tags)
        if tags != group.tags:
            yield Step(
                action=Action.TAG,
                target=group.id,
                condition=ConditionType.SECURITY_RULES_APPLIED,
                changes=(Change(path="tags", before=dict(group.tags), after=dict(tags)),),
                reads=ReadSet(subnet=True, network_security_groups=frozenset({group.id})),
                locks=frozenset({group.id}),
                body={"tags": dict(tags)},
                owned=frozenset({"tags"}),
            )

    def _write_subnet(self, *, delegation: DelegationDecision, choice: GroupChoice) -> Iterator[Step]:
        if delegation.wanted is None and not choice.links:
            return
        attached = self.subnet.network_security_group_id
        yield put_subnet(
            subnet=self.subnet,
            network_id=self.network.id,
            delegations=delegation.wanted,
            group=(attached, choice.group_id) if choice.links else None,
            rereads_gateways=delegation.replaces,
        )

    def _leave_other_groups(self, group_id: ResourceId) -> Iterator[Step]:
        """Take our rules out of groups that the subnet no longer has; a group of ours stays until the resource is deleted."""
        for group in self.observed.network_security_groups.found:
            if group.id != group_id and not group.is_marked_by(self.desired.owner):
                yield from delete_rules(desired=self.desired, group=group)
