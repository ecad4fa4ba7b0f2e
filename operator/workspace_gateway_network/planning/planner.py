"""The plan for a resource that lives: what should change so that Azure is as desired, or what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
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
from workspace_gateway_network.planning.marks import merged, own_entries, remarked
from workspace_gateway_network.planning.neighbours import Neighbours, taken_by
from workspace_gateway_network.planning.note import Note
from workspace_gateway_network.planning.observed import Observed, found
from workspace_gateway_network.planning.ownership import first_in_motion, lost_its_marks, owned_resources
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.publication import NamesPlan, plan_names
from workspace_gateway_network.planning.rights import missing_rights
from workspace_gateway_network.planning.rules import RulePlan, delete_rules, plan_rules, rule_document
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step
from workspace_gateway_network.planning.subnet_put import put_subnet


def plan(*, desired: Desired, observed: Observed, neighbours: Neighbours) -> Plan:
    """Plan for a resource that is not being deleted.

    Whatever stands in the way is told at once: what could not be read keeps nothing from being judged that does not rest on it. The order
    of the steps is the order of safety: the network security group is complete before the subnet gets it, and what is obsolete goes last.
    """
    return _Scene.of(desired=desired, observed=observed, neighbours=neighbours).plan()


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """Everything of one plan: what it rests on, as far as it was read."""

    desired: Desired
    observed: Observed
    neighbours: Neighbours
    network: VirtualNetwork | None
    subnet: Subnet | None
    service: ApiManagementService | None
    gateways: tuple[Gateway, ...]
    """Those that this is about."""
    gateway: Gateway | None
    """The one whose network this is."""
    unread: tuple[Finding, ...]
    """Why there may be no steps: some of what they rest on was not read, or does not exist."""
    unmet: tuple[Finding, ...]
    doubt: Finding | None
    """What this look lacks to prove that no gateway is there; None where it proves it."""

    @classmethod
    def of(cls, *, desired: Desired, observed: Observed, neighbours: Neighbours) -> _Scene:
        query = desired.query.knowing(observed.zones)
        gateways = query.gateways_concerned(observed.gateways)
        return cls(
            desired=desired,
            observed=observed,
            neighbours=neighbours,
            network=found(observed.virtual_network),
            subnet=found(observed.subnet),
            gateways=gateways,
            service=found(observed.api_management),
            gateway=query.gateway_in_question(observed.gateways),
            unread=tuple(prerequisites.reading_problems(observed)),
            unmet=tuple(prerequisites.unmet(desired=desired, observed=observed, gateways=gateways)),
            doubt=why_not_gone(desired=desired, observed=observed),
        )

    def plan(self) -> Plan:
        delegation, choice = self._delegation(), self._choice()
        blocking = tuple(self._blocking(delegation, choice))
        rules = self._rules(choice)
        names = self._names()
        network = (*self._register(), *self._steps(delegation=delegation, choice=choice, rules=rules))
        steps = (*network, *names.steps, *names.removals)
        return Plan(
            steps=() if blocking else steps,
            findings=tuple(dict.fromkeys((*blocking, *(rules.findings if rules else ()), *names.findings))),
            held=(*(steps if blocking else ()), *names.held),
            blocked=bool(blocking),
            subnet=self.subnet,
            network_security_group_id=choice.group_id,
            rules=rules.reports if rules else (),
            notes=tuple(self._notes(rules, blocking=blocking)),
            gateways=self.gateways,
            names=None if self.unread else names.report,
            owned=owned_resources(desired=self.desired, observed=self.observed),
            in_motion=first_in_motion(subnet=self.subnet, groups=(choice.group,) if choice.group else ()) or names.in_motion,
        )

    def _delegation(self) -> DelegationDecision:
        if self.subnet is None:
            return DelegationDecision()
        is_free = self.doubt is None
        return decide_delegation(desired=self.desired, subnet=self.subnet, neighbours=self.neighbours, is_free=is_free)

    def _choice(self) -> GroupChoice:
        if self.subnet is None:
            return GroupChoice()
        return choose_group(desired=self.desired, network=self.network, subnet=self.subnet, groups=self.observed.network_security_groups)

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
        yield from self.unread
        yield from self.unmet
        if self.subnet:
            group = self.observed.network_security_groups.attached_to(self.subnet)
            yield from served_elsewhere(subnet=self.subnet, group=group, owner=self.desired.owner)
        if delegation.finding:
            yield delegation.finding
        rival = self.neighbours.senior_rival(owner=self.desired.owner, subnet_id=self.desired.subnet_id)
        if rival and rival != delegation.holder and not self._holds_the_mark():
            yield taken_by(rival, what=f"Subnet {self.desired.subnet_id.name}")
        is_said = any(finding.reason is Reason.GATEWAY_REPLACEMENT_REQUIRED for finding in self.unmet)
        if delegation.replaces and self.doubt and not is_said:
            yield self.doubt
        yield from choice.findings

    def _holds_the_mark(self) -> bool:
        held = self.subnet.delegations if self.subnet else ()
        return any(delegation.name.lower() == self.desired.owner.delegation_name for delegation in held)

    def _rules(self, choice: GroupChoice) -> RulePlan | None:
        if self.subnet is None or self.network is None or choice.group_id is None or choice.is_unread:
            return None
        return plan_rules(
            desired=self.desired,
            group=choice.group,
            prefixes=self.subnet.address_prefixes,
            network=self.network,
            group_id=choice.group_id,
        )

    def _notes(self, rules: RulePlan | None, *, blocking: tuple[Finding, ...]) -> Iterator[Note]:
        yield from prerequisites.notes(desired=self.desired, observed=self.observed, gateways=self.gateways)
        yield from rules.notes if rules else ()
        told = {finding.message for finding in blocking}
        yield from missing_rights(desired=self.desired, observed=self.observed, told=told)

    def _register(self) -> Iterator[Step]:
        state = found(self.observed.web_registration)
        if state is None or not is_unregistered(state) or not self.desired.registers or prerequisites.is_in_use(self.gateways):
            return
        yield Step(
            action=Action.REGISTER,
            target=web_provider_of(self.desired.subnet_id.subscription),
            condition=ConditionType.PREREQUISITES_MET,
            changes=(Change(path="registrationState", before=state, after="Registered"),),
            reads=ReadSet(web_registration=True),
            locks=frozenset(),
        )

    def _steps(self, *, delegation: DelegationDecision, choice: GroupChoice, rules: RulePlan | None) -> Iterator[Step]:
        if self.subnet is None:
            return
        if rules is None or choice.group_id is None or choice.findings:
            yield from self._write_subnet(self.subnet, delegation=delegation, choice=choice)
            return
        if choice.group is None:
            yield from self._create_group(choice.group_id, rules=rules)
        else:
            yield from repair_group(choice.group, desired=self.desired)
            yield from self._mark_group(choice.group, subnet=self.subnet, rules=rules)
            yield from rules.writes
        yield from self._write_subnet(self.subnet, delegation=delegation, choice=choice)
        yield from rules.removals
        if not choice.links:
            yield from self._leave_other_groups(choice.group_id)

    def _create_group(self, group_id: ResourceId, *, rules: RulePlan) -> Iterator[Step]:
        if self.network is None:
            return
        documents = [rule_document(rule) for rule in rules.wanted]
        yield Step(
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

    def _mark_group(self, group: NetworkSecurityGroup, *, subnet: Subnet, rules: RulePlan) -> Iterator[Step]:
        """Put our tags back on a group of ours; on one that lost its marks only where it is otherwise as we want it."""
        is_as_wanted = not rules.writes
        if not (group.is_marked_by(self.desired.owner) or (is_as_wanted and lost_its_marks(group, desired=self.desired, subnet=subnet))):
            return
        tags = merged(group.tags, self.desired.tags)
        if tags != group.tags:
            yield Step(
                action=Action.TAG,
                target=group.id,
                condition=ConditionType.SECURITY_RULES_APPLIED,
                changes=(remarked("tags", before=group.tags, after=tags),),
                reads=ReadSet(subnet=True, network_security_groups=frozenset({group.id})),
                locks=frozenset({group.id}),
                body={"tags": dict(tags)},
                etag=group.etag,
                owned=own_entries("tags", among=tags, wanted=self.desired.tags),
            )

    def _write_subnet(self, subnet: Subnet, *, delegation: DelegationDecision, choice: GroupChoice) -> Iterator[Step]:
        attached = subnet.network_security_group_id
        # What a conflict keeps from being written is written once somebody has settled it.
        wanted = delegation.wanted or ((self.desired.delegation,) if delegation.finding else None)
        links = choice.links or (bool(choice.findings) and not choice.is_unread and choice.group_id != attached)
        if wanted is None and not links and not (subnet.is_failed and self._holds_the_mark()):
            return
        yield put_subnet(
            subnet=subnet,
            network_id=subnet.id.parent,
            delegations=wanted,
            group=(attached, choice.group_id) if links else None,
            rereads_gateways=delegation.replaces,
        )

    def _leave_other_groups(self, group_id: ResourceId) -> Iterator[Step]:
        """Take our rules out of groups that the subnet no longer has; a group of ours stays until the resource is deleted."""
        for group in self.observed.network_security_groups.found:
            if group.id != group_id and not group.is_marked_by(self.desired.owner):
                yield from delete_rules(desired=self.desired, group=group)
