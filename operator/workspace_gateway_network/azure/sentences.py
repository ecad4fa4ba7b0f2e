"""What people read when Azure did not do as asked: the offending fact first, then the fix, then Azure's own code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workspace_gateway_network.azure.failure import Failure
from workspace_gateway_network.azure.wording import is_collection, kind, quoted, thing, verb
from workspace_gateway_network.model.noun import noun

_ACTION = re.compile(r"does not have (?:authorization|permission) to perform action(?:\(s\))? '([^']+)'", re.IGNORECASE)
_SCOPE = re.compile(r"over scope '([^']+)'", re.IGNORECASE)
_LINKED_SCOPE = re.compile(r"on the linked scope\(s\) '([^']+)'", re.IGNORECASE)
_DENIAL = re.compile(r"deny assignment with name '([^']+)'.* at scope '([^']+)'", re.IGNORECASE)
_LOCKS = re.compile(r"following scope\(s\) are locked: '([^']+)'", re.IGNORECASE)
_NAMESPACE = re.compile(r"not registered to use namespace '([^']+)'", re.IGNORECASE)
_FAILED = re.compile(r"because resource (\S+) used by resource \S+ is not in Succeeded state\. Resource is in Failed state", re.IGNORECASE)
_ENTRA = re.compile(r"AADSTS\d+: .+?(?='?\s*(?:Content:|Trace ID|[\r\n]|$))")
_MISSING = re.compile(r"The Resource '([^']+)/([^'/]+)' under resource group '([^']+)' was not found", re.IGNORECASE)
_MISSING_PARENT = re.compile(r"the parent resource '([^']+)' could not be found", re.IGNORECASE)
_MISSING_GROUP = re.compile(r"Resource group '([^']+)' could not be found", re.IGNORECASE)
_SILENT = "it does not say why."
_UNLOCK = "Remove the lock, or lift it for a while."
_AGAIN = "The operator tries again by itself"
_CREATE = {
    "": "Create it, or correct the ids in the spec.",
    "microsoft.network/virtualnetworks": "Create it, or make this resource anew with the right spec.subnet.id.",
    "microsoft.network/virtualnetworks/subnets": "Create it, or make this resource anew with the right spec.subnet.id.",
    "microsoft.network/networksecuritygroups": "Create it, or correct spec.networkSecurityGroup.id.",
    "microsoft.network/privatednszones": "Create it, or correct spec.dns.zones.",
    "microsoft.apimanagement/service": "Create it, or correct spec.apiManagement.id.",
}
"""What to do where something is not there, by its type: ids that cannot be changed need a new resource."""
_POLICY_ADVICE = "Set what it asks for (tags in spec.tags), or have this scope exempted."


@dataclass(frozen=True)
class Missing:
    """What a 404 says is not there: its resource type in lower case (empty for a resource group) and its name."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{noun(self.kind) if self.kind else 'resource group'} {self.name}"


def missing(failure: Failure) -> Missing:
    """What a 404 is about: Azure's text may name a parent of what was asked for."""
    if match := _MISSING_GROUP.search(failure.message):
        return Missing("", match[1])
    if match := _MISSING.search(failure.message):
        return Missing(_type_of(match[1]), match[2])
    if match := _MISSING_PARENT.search(failure.message):
        return Missing(kind(match[1]), match[1].rstrip("/").split("/")[-1])
    return Missing(kind(failure.path), failure.path.rstrip("/").split("/")[-1])


def names_nothing(failure: Failure) -> bool:
    """Whether a 404 for a list does not say what is missing: a list may be empty, but it is always there."""
    return is_collection(failure.path) and missing(failure).kind == kind(failure.path)


def absent(failure: Failure) -> str:
    """It does not exist."""
    gone = missing(failure)
    parts = failure.path.split("/")
    in_group = gone.kind and len(parts) > 4 and parts[3].lower() == "resourcegroups"
    where = f"in resource group {parts[4]}" if in_group else f"in subscription {parts[2]}" if len(parts) > 2 else "in Azure"
    if gone.kind == "microsoft.network/virtualnetworks/subnets" and len(parts) > 8:
        where = f"in virtual network {parts[8]}"
    remedy = f"{_CREATE[gone.kind]} " if gone.kind in _CREATE else ""
    return f"There is no {gone} {where}. {remedy}{_code(failure)}"


def unauthorized(failure: Failure) -> str:
    """The identity lacks a role action: which, and where."""
    action, scope = (
        _ACTION.search(failure.message),
        _LINKED_SCOPE.search(failure.message) or _SCOPE.search(failure.message),
    )
    attempt = f"{verb(failure)} {thing(failure.path)}"
    if not action:
        says = quoted(failure.message) or "Azure does not say why."
        return f"The operator's identity may not {attempt}: {says} Grant it the documented role there. {_code(failure)}"
    where = f" at {scope[1]}" if scope else ""
    doubt = ", unless that resource is gone" if _LINKED_SCOPE.search(failure.message) else ""
    return (
        f"The operator's identity may not {attempt}: it lacks the action {action[1]}{where}. "
        f"Grant a role with this action there{doubt}; a new grant takes some minutes to work. {_code(failure)}"
    )


def denied(failure: Failure) -> str:
    """A deny assignment forbids it, whatever roles there are: which, and where."""
    match = _DENIAL.search(failure.message)
    by = f"The deny assignment '{match[1]}' at {match[2]}" if match else "A deny assignment"
    return (
        f"{by} does not allow the operator to {verb(failure)} {thing(failure.path)}, whatever its roles. Have the operator's identity"
        f" excluded from it, or use a resource that it does not cover. {_code(failure)}"
    )


def no_subscription(failure: Failure) -> str:
    """Azure does not show the subscription to this identity."""
    return (
        f"The operator's identity does not see subscription {_subscription(failure)}: "
        "the id is wrong, or the identity belongs to another tenant. Correct the spec, or grant the identity a role in that subscription."
        f" {_code(failure)}"
    )


def token_refused(failure: Failure) -> str:
    """There was a token, and Azure did not take it."""
    says = quoted(failure.message) or _SILENT
    return (
        f"Azure does not accept the operator's token: {says} Check the tenant and the audience that the operator is set up with."
        f" {_code(failure)}"
    )


def no_token(failure: Failure) -> str:
    """The identity platform gave no token."""
    match = _ENTRA.search(failure.message)
    says = quoted(match[0] if match else failure.message)
    return (
        f"The operator could not get a token from Microsoft Entra ID: {says} Check its tenant, its client id and its secret or federation."
    )


def policy(failure: Failure) -> str:
    """An Azure Policy assignment forbids it: which."""
    attempt = f"{verb(failure)} {thing(failure.path)}"
    if failure.policies:
        names = ", ".join(f"'{name}'" for name in failure.policies)
        return f"Azure Policy {names} does not allow the operator to {attempt}. {_POLICY_ADVICE} {_code(failure)}"
    return f"Azure Policy does not allow the operator to {attempt}: {quoted(failure.message)} {_POLICY_ADVICE} {_code(failure)}"


def locked(failure: Failure) -> str:
    """A lock forbids it: where it sits."""
    attempt = f"{verb(failure)} {thing(failure.path)}"
    if match := _LOCKS.search(failure.message):
        return f"A lock on {match[1]} does not allow the operator to {attempt}. {_UNLOCK} {_code(failure)}"
    return f"A lock does not allow the operator to {attempt}: {quoted(failure.message)} {_UNLOCK} {_code(failure)}"


def not_registered(failure: Failure) -> str:
    """The subscription is not registered for a resource provider: which."""
    match = _NAMESPACE.search(failure.message)
    namespace = match[1] if match else "the resource provider"
    hint = f"Run `az provider register --namespace {namespace}` for it." if match else "Register it with `az provider register`."
    return f"Subscription {_subscription(failure)} is not registered for {namespace}. {hint} {_code(failure)}"


def rests_on_a_failed_one(failure: Failure) -> bool:
    """Whether Azure waits for a resource whose last change has failed, and so would wait for ever."""
    return _FAILED.search(failure.message) is not None


def failed_dependency(failure: Failure) -> str:
    """A resource that this one uses is broken: which."""
    match = _FAILED.search(failure.message)
    broken = match[1] if match else "a resource that it uses"
    return (
        f"Azure does not {verb(failure)} {thing(failure.path)} because {broken} is in Failed state. Write that resource once more as it is,"
        f" which repairs it, or put right what its activity log names. {_code(failure)}"
    )


def in_use(failure: Failure) -> str:
    """Azure names what is in the way."""
    attempt = f"{verb(failure)} {thing(failure.path)}"
    says = quoted(failure.message)
    return f"Azure does not let the operator {attempt} while it is in use: {says} Take away what uses it. {_code(failure)}"


def second_zone(failure: Failure) -> str:
    """A network may be linked to one zone of a name only, and is linked to another one already."""
    return (
        f"Azure does not let the operator {verb(failure)} {thing(failure.path)}, for the virtual network is linked to a zone of that name "
        f"already: {quoted(failure.message)} Name that zone in spec.dns.zones to have the record put into it. {_code(failure)}"
    )


def throttled(failure: Failure) -> str:
    """Too many requests, by whomever."""
    return (
        f"Azure asks the operator to slow down, and did not let it {verb(failure)} {thing(failure.path)}. {_AGAIN}; if this stays, raise"
        f" spec.resyncIntervalSeconds. {_code(failure)}"
    )


def budget(failure: Failure) -> str:
    """The operator keeps within Azure's limits by itself."""
    return (
        f"The request budget of subscription {_subscription(failure)} is used up, "
        f"so the operator waits before it goes on to {verb(failure)} {thing(failure.path)}."
    )


def failed(failure: Failure) -> str:
    """Azure's own trouble."""
    says = quoted(failure.message) or _SILENT
    return f"Azure failed to {verb(failure)} {thing(failure.path)}: {says} {_AGAIN}; if this stays, see Azure's status. {_code(failure)}"


def unreachable(failure: Failure) -> str:
    """No answer. A write may have taken effect all the same."""
    if failure.method == "GET":
        return (
            f"Azure could not be reached to read {thing(failure.path)}: {quoted(failure.message)} {_AGAIN}; if this stays, check the way to"
            " Azure."
        )
    return (
        f"Azure did not answer when asked to {verb(failure)} {thing(failure.path)}: {quoted(failure.message)} "
        "The operator looks whether it happened."
    )


def malformed(failure: Failure) -> str:
    """An answer that cannot be trusted."""
    return f"Azure's answer about {thing(failure.path)} makes no sense: {quoted(failure.message)} {_AGAIN}, and concludes nothing from it."


def refused(failure: Failure) -> str:
    """Azure says no; its own sentence says why."""
    advice = "Put right what it names; if the request looks right, report a bug of the operator."
    return f"Azure refused to {verb(failure)} {thing(failure.path)}: {quoted(failure.message) or _SILENT} {advice} {_code(failure)}"


def full(failure: Failure) -> str:
    """A limit is reached."""
    advice = "Remove what is no longer used, or have Azure raise the limit."
    return f"Azure refused to {verb(failure)} {thing(failure.path)}: {quoted(failure.message) or _SILENT} {advice} {_code(failure)}"


def busy(failure: Failure) -> str:
    """Another operation runs."""
    return f"Azure is still working on {thing(failure.path)}, or on something that it depends on. {_code(failure)}"


def moved(failure: Failure) -> str:
    """Somebody else changed it in between."""
    return f"Somebody changed {thing(failure.path)} at the same time; the operator looks again. {_code(failure)}"


def _code(failure: Failure) -> str:
    return f"({failure.code})"


def _subscription(failure: Failure) -> str:
    return failure.path.split("/")[2]


def _type_of(type_and_parents: str) -> str:
    """The type in `Microsoft.Network/virtualNetworks/{v}/subnets`: every name but the last is still in it."""
    namespace, *rest = type_and_parents.split("/")
    return "/".join((namespace, *rest[::2])).lower()
