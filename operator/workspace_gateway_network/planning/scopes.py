"""What the resources of a namespace may use in Azure: held against their specs before any read, and against every step before a write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.named_ids import named_ids
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.api.spec import Spec
from workspace_gateway_network.model.network_security_group import NETWORK_SECURITY_GROUP
from workspace_gateway_network.model.noun import noun
from workspace_gateway_network.model.private_dns import PRIVATE_DNS_ZONE
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.scope import Scope
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import Action, Step

_GROUP, _ZONE = NETWORK_SECURITY_GROUP.lower(), PRIVATE_DNS_ZONE.lower()
_VERBS = {Action.REGISTER: "register"}
_MAX_TOLD = 3
"""Scopes that a message lists."""
_WHOM = "whoever runs the operator to allow this"
_RELEASE = "set the annotation workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is"


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What the resources of one namespace may use."""

    namespace: str
    scopes: tuple[Scope, ...] | None
    """None where there are no limits; empty where there is nothing that they may use."""

    def covers(self, resource_id: ResourceId) -> bool:
        """Whether they may use this."""
        return self.scopes is None or any(scope.covers(resource_id) for scope in self.scopes)

    @property
    def told(self) -> str:
        """What they may use, as a sentence."""
        texts = [scope.text for scope in self.scopes or ()]
        if not texts:
            return "WGN_SCOPES allows it nothing."
        listed, more = texts[:_MAX_TOLD], len(texts) - _MAX_TOLD
        *first, last = [*listed, f"{more} more"] if more > 0 else listed
        return f"WGN_SCOPES allows it only {', '.join(first)}{' and ' if first else ''}{last}."


@dataclass(frozen=True, kw_only=True)
class NamespaceScopes:
    """The scopes of all namespaces: of every pattern that a namespace matches, all of them together."""

    by_pattern: Mapping[str, tuple[Scope, ...]] | None = None
    """By patterns as of `fnmatch`: `*`, `?`, `[…]` and `[!…]`. None: no namespace has limits."""

    def of(self, namespace: str) -> Allowance:
        """What a namespace may use. One that no pattern matches may use nothing."""
        if namespace not in self._known:
            self._known[namespace] = Allowance(namespace=namespace, scopes=self._scopes(namespace))
        return self._known[namespace]

    @cached_property
    def _known(self) -> dict[str, Allowance]:
        return {}

    def _scopes(self, namespace: str) -> tuple[Scope, ...] | None:
        if self.by_pattern is None:
            return None
        matching = (scopes for pattern, scopes in self.by_pattern.items() if fnmatchcase(namespace, pattern))
        return tuple(dict.fromkeys(scope for scopes in matching for scope in scopes))


NO_LIMITS = NamespaceScopes()


def forbidden_ids(spec: Spec, *, allowance: Allowance, deleting: bool = False) -> tuple[Finding, ...]:
    """Every id of a spec that it must not name. Nothing may be read while there is one: whether that exists is not for them to know.

    The subnet's own network is not among them: it is read with the subnet, gets links to the zones that they may use, and is never written.
    """
    forbidden = [named for named in named_ids(spec) if not allowance.covers(named.id)]
    advice = "Name something there" if allowance.scopes else ""
    first = _consequence(allowance, advice, deleting=deleting)
    return tuple(
        _finding(
            ConditionType.PREREQUISITES_MET,
            f"Namespace {allowance.namespace} may not use {named.id} ({named.field}){' either.' if number else first}",
        )
        for number, named in enumerate(forbidden)
    )


def unlooked(findings: tuple[Finding, ...]) -> Plan:
    """The plan of a resource for which Azure is not even looked at."""
    return Plan(findings=findings, blocked=True, looked=False)


def within(plan: Plan, *, allowance: Allowance, deleting: bool = False) -> Plan:
    """The same plan without what must not be written, and with a finding for it.

    What the network needs and must not have stops the whole plan, as a deletion is stopped by anything. A clean-up that is not allowed is
    left out, and in private DNS everything of zones by that name: a link here may have to go before another can come there.
    """
    forbidden = [step for step in plan.due if not all(map(allowance.covers, step.uses))]
    if not forbidden:
        return plan
    # What they may not use is not judged any further: whether it is locked is not for them to know either.
    known = [step for step in plan.due if allowance.covers(step.target)]
    held, withheld = (tuple(step for step in steps if step in known) for steps in (plan.held, plan.withheld))
    plan = replace(plan, held=held, withheld=withheld)
    findings = (*plan.findings, *dict.fromkeys(_findings(forbidden, allowance=allowance, deleting=deleting)))
    if deleting or any(step.zone_name is None and step.action is not Action.DELETE for step in forbidden):
        waiting = tuple(step for step in plan.steps if step in known)
        return replace(plan, steps=(), held=(*waiting, *held), findings=findings, blocked=True)
    zone_names = {step.zone_name for step in forbidden} - {None}
    steps = tuple(step for step in plan.steps if step not in forbidden and step.zone_name not in zone_names)
    waiting = tuple(step for step in plan.steps if step in known and step not in steps)
    return replace(plan, steps=steps, held=(*waiting, *held), findings=findings)


def _findings(steps: list[Step], *, allowance: Allowance, deleting: bool) -> Iterator[Finding]:
    created = {step.target for step in steps if step.action is Action.CREATE}
    beyond = ((step, used) for step in steps for used in sorted(step.uses, key=str) if not allowance.covers(used))
    for step, used in beyond:
        whole = _whole(used)
        verb = "create" if whole in created else _VERBS.get(step.action, "change")
        what = f"{verb} {noun(whole.type)} {whole}"
        advice = _advice(whole, creates=whole in created, action=step.action)
        message = f"Namespace {allowance.namespace} may not {what}{_consequence(allowance, advice, deleting=deleting)}"
        yield _finding(step.condition if used == step.target else ConditionType.SECURITY_RULES_APPLIED, message)


def _advice(whole: ResourceId, *, creates: bool, action: Action) -> str:
    if action is Action.REGISTER:
        return "Have the subscription registered by whoever has it"
    if action is Action.DELETE:
        return "Remove by hand what this resource has there"
    named = "a zone there in spec.dns.zones" if whole.type == _ZONE else "a group there in spec.networkSecurityGroup.id"
    return f"Set spec.resourceGroupId to a resource group there, name {named}" if creates else f"Name {named}"


def _whole(resource_id: ResourceId) -> ResourceId:
    """A rule's group, a record's zone; everything else is itself."""
    return resource_id.parent if resource_id.parent.type in {_GROUP, _ZONE} else resource_id


def _consequence(allowance: Allowance, advice: str, *, deleting: bool) -> str:
    """How the sentence about a thing that is not allowed goes on: what is, and what can be done."""
    if deleting:
        return f", so nothing is removed: {allowance.told} Ask {_WHOM}, or {_RELEASE}."
    return f": {allowance.told} {advice}, or ask {_WHOM}." if advice else f": {allowance.told} Ask {_WHOM}."


def _finding(condition: ConditionType, message: str) -> Finding:
    return Finding(condition=condition, reason=Reason.SCOPE_NOT_ALLOWED, message=message)
