"""The one table from whatever Azure answers to what it means: a reason with a sentence for people, a race, or a reason to wait.

Codes and texts are those of recorded answers; where none is recorded, of Microsoft's documentation and of its own clients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure import sentences
from workspace_gateway_network.azure.failure import Failure, Origin
from workspace_gateway_network.planning.finding import Finding


class Meaning(StrEnum):
    """What a failure asks of the operator."""

    PROBLEM = "problem"
    """Say it in the status, and try again later."""
    ABSENT = "absent"
    """Azure says, positively, that the thing or a parent of it does not exist."""
    MOVED = "moved"
    """The world is another one than was looked at: look again."""
    BUSY = "busy"
    """Azure is at work on this or on something that it depends on: come back."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one failure means, with all that a status needs to tell of it."""

    meaning: Meaning
    finding: Finding

    @property
    def retry_after(self) -> float | None:
        """Seconds until asking again makes sense; None leaves it to the caller's own back-off."""
        return self.finding.retry_after


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. `condition` None means the part that was being worked on; `removing` is the reason while taking away."""

    reason: Reason
    say: Callable[[Failure], str] = sentences.refused
    meaning: Meaning = Meaning.PROBLEM
    condition: ConditionType | None = None
    removing: Reason | None = None
    retry_after: float | None = None


_ACCESS, _PREREQUISITES = ConditionType.AZURE_ACCESS, ConditionType.PREREQUISITES_MET

_AGAIN_SOON = 5.0
"""Seconds after a race in which Azure and our reads may disagree for a moment."""
_LOCKED = 10.0
"""Seconds after a lock conflict without Retry-After; recorded ones with it say 11 to 14."""

_BUSY = Row(meaning=Meaning.BUSY, reason=Reason.WAITING_FOR_AZURE, say=sentences.busy, retry_after=_LOCKED)
_MOVED = Row(meaning=Meaning.MOVED, reason=Reason.PROGRESSING, say=sentences.moved)
_MOVED_A_MOMENT_AGO = Row(meaning=Meaning.MOVED, reason=Reason.PROGRESSING, say=sentences.moved, retry_after=_AGAIN_SOON)
_UNAUTHORIZED = Row(reason=Reason.AUTHORIZATION_FAILED, condition=_ACCESS, say=sentences.unauthorized)
_BAD_TOKEN = Row(reason=Reason.CREDENTIAL_UNAVAILABLE, condition=_ACCESS, say=sentences.token_refused)
_THROTTLED = Row(reason=Reason.AZURE_THROTTLED, condition=_ACCESS, say=sentences.throttled)
_UNAVAILABLE = Row(reason=Reason.AZURE_UNAVAILABLE, condition=_ACCESS, say=sentences.failed)
_IN_USE = Row(reason=Reason.RESOURCE_IN_USE, say=sentences.in_use)
_SUBNET_IN_USE = Row(reason=Reason.SUBNET_NOT_DEDICATED, removing=Reason.RESOURCE_IN_USE, say=sentences.in_use)
_POLICY = Row(reason=Reason.POLICY_DENIED, say=sentences.policy)
_SECOND_ZONE = Row(reason=Reason.RECORD_CONFLICT, say=sentences.second_zone)
_FAILED_DEPENDENCY = Row(reason=Reason.AZURE_REFUSED, say=sentences.failed_dependency)
_QUOTA = Row(reason=Reason.QUOTA_EXCEEDED, say=sentences.full)
_REFUSED = Row(reason=Reason.AZURE_REFUSED)
_ABSENT = Row(meaning=Meaning.ABSENT, reason=Reason.AZURE_REFUSED, condition=_PREREQUISITES, say=sentences.absent)

ROWS: Mapping[str, Row] = MappingProxyType(
    {
        # Somebody else is at work.
        "AnotherOperationInProgress": _BUSY,
        "RetryableError": _BUSY,
        "RetryableErrorDueToAnotherOperation": _BUSY,
        "ReferencedResourceNotProvisioned": _BUSY,
        "RequestConflict": _BUSY,
        "Conflict": _BUSY,
        # Somebody else was faster.
        "PreconditionFailed": _MOVED,
        "PreconditionFailedEtagMismatch": _MOVED,
        "CanceledAndSupersededDueToAnotherOperation": _MOVED,
        "Canceled": _MOVED_A_MOMENT_AGO,
        "InvalidResourceReference": _MOVED_A_MOMENT_AGO,
        "SecurityRuleConflict": _MOVED_A_MOMENT_AGO,  # the number was free when the guarding read was made
        # May we?
        "AuthorizationFailed": _UNAUTHORIZED,
        "LinkedAuthorizationFailed": _UNAUTHORIZED,
        "DenyAssignmentAuthorizationFailed": Row(reason=Reason.AUTHORIZATION_FAILED, condition=_ACCESS, say=sentences.denied),
        "SubscriptionNotFound": Row(reason=Reason.AUTHORIZATION_FAILED, condition=_ACCESS, say=sentences.no_subscription),
        "AuthenticationFailed": _BAD_TOKEN,
        "ExpiredAuthenticationToken": _BAD_TOKEN,
        "InvalidAuthenticationToken": _BAD_TOKEN,
        "InvalidAuthenticationTokenTenant": _BAD_TOKEN,
        "RequestDisallowedByPolicy": _POLICY,
        "ScopeLocked": Row(reason=Reason.SCOPE_LOCKED, say=sentences.locked),
        "MissingSubscriptionRegistration": Row(
            reason=Reason.RESOURCE_PROVIDER_NOT_REGISTERED, condition=_PREREQUISITES, say=sentences.not_registered
        ),
        # What is in the way.
        "SubnetMissingRequiredDelegation": _IN_USE,
        "SubnetDelegationsCannotChangeWhenSubnetUsedByResource": _SUBNET_IN_USE,
        "InUseSubnetCannotBeUpdated": _SUBNET_IN_USE,
        "InUseSubnetCannotBeUpdatedWithServiceAssociationLinks": _SUBNET_IN_USE,
        "InUseSubnetCannotBeDeleted": _IN_USE,
        "InUseNetworkSecurityGroupCannotBeDeleted": _IN_USE,
        "CannotDeleteResource": _IN_USE,
        # Too much, or not now.
        "429": _THROTTLED,
        "TooManyRequests": _THROTTLED,
        "SubscriptionRequestsThrottled": _THROTTLED,
        "QuotaExceeded": _QUOTA,
        "InternalServerError": _UNAVAILABLE,
        "InternalExecutionError": _UNAVAILABLE,
        "OperationTimedOut": _UNAVAILABLE,
        "ServerTimeout": _UNAVAILABLE,
        "ServiceUnavailable": _UNAVAILABLE,
        "GatewayTimeout": _UNAVAILABLE,
    }
)
"""By Azure's error code; a code in the details counts before the outer one."""

_BY_CODE = {code.lower(): row for code, row in ROWS.items()}

_BY_STATUS = {401: _BAD_TOKEN, 403: _UNAUTHORIZED, 408: _UNAVAILABLE, 412: _MOVED, 429: _THROTTLED}

_BY_ORIGIN = {
    Origin.CONNECTION: Row(reason=Reason.AZURE_UNAVAILABLE, condition=_ACCESS, say=sentences.unreachable),
    Origin.CREDENTIAL: Row(reason=Reason.CREDENTIAL_UNAVAILABLE, condition=_ACCESS, say=sentences.no_token),
    Origin.BUDGET: Row(reason=Reason.AZURE_THROTTLED, condition=_ACCESS, say=sentences.budget),
    Origin.MALFORMED: Row(reason=Reason.AZURE_UNAVAILABLE, condition=_ACCESS, say=sentences.malformed),
}

_NOT_FOUND_CODES = frozenset({"notfound", "resourcenotfound", "resourcegroupnotfound", "parentresourcenotfound"})
"""The codes that say "it, or what it would be in, does not exist". Any other 404, or one in HTML, is no evidence of absence."""

_NOT_FOUND = {
    "": Reason.RESOURCE_GROUP_NOT_FOUND,
    "microsoft.network/virtualnetworks": Reason.VIRTUAL_NETWORK_NOT_FOUND,
    "microsoft.network/virtualnetworks/subnets": Reason.SUBNET_NOT_FOUND,
    "microsoft.network/networksecuritygroups": Reason.NETWORK_SECURITY_GROUP_NOT_FOUND,
    "microsoft.network/privatednszones": Reason.PRIVATE_DNS_ZONE_NOT_FOUND,
    "microsoft.apimanagement/service": Reason.API_MANAGEMENT_NOT_FOUND,
}

_EXCESSIVE_TRAFFIC = "excessive volume of traffic"
"""What a 429 or 503 of Azure's background jobs says (Microsoft Learn, "Understand how Azure Resource Manager throttles requests")."""

_OVERLAPPING = "linked to multiple zones with overlapping namespaces"
"""What private DNS says beside the code BadRequest, where a network has a zone of that name already (seen by users)."""


def judge(failure: Failure, *, condition: ConditionType = ConditionType.AZURE_ACCESS, removing: bool = False) -> Verdict:
    """What a failure means.

    `condition` is the part that was being worked on; `removing` says that something was being taken away, where "in use" is a reason
    to wait rather than a mistake in the spec.
    """
    row = _row(failure)
    finding = Finding(
        condition=row.condition or condition,
        reason=_reason(row, failure, removing=removing),
        message=row.say(failure),
        retry_after=failure.retry_after if failure.retry_after is not None else row.retry_after,
    )
    return Verdict(meaning=row.meaning, finding=finding)


def finding(failure: Failure, *, condition: ConditionType = ConditionType.AZURE_ACCESS) -> Finding:
    """The obstacle that a failed read is."""
    return judge(failure, condition=condition).finding


def is_absence(failure: Failure) -> bool:
    """Whether Azure says, positively, that what was asked for does not exist."""
    return _row(failure).meaning is Meaning.ABSENT


def is_refusal(failure: Failure) -> bool:
    """Whether the identity may not do this, so that asking for less may still work."""
    return _row(failure) is _UNAUTHORIZED


def _reason(row: Row, failure: Failure, *, removing: bool) -> Reason:
    if row.meaning is Meaning.ABSENT:
        return _NOT_FOUND.get(sentences.missing(failure).kind, row.reason)
    return row.removing if removing and row.removing else row.reason


def _row(failure: Failure) -> Row:
    if failure.origin in _BY_ORIGIN:
        return _BY_ORIGIN[failure.origin]
    if _EXCESSIVE_TRAFFIC in failure.message:
        return _THROTTLED
    if sentences.rests_on_a_failed_one(failure):
        return _FAILED_DEPENDENCY
    if _OVERLAPPING in failure.message:
        return _SECOND_ZONE
    codes = [code.lower() for code in reversed(failure.codes)]
    for code in codes:
        if row := _by_code(code):
            return row
    if failure.status == 404 or (failure.origin is Origin.OPERATION and _NOT_FOUND_CODES.intersection(codes)):
        return _not_found(failure, codes)
    if failure.status >= 500:
        return _UNAVAILABLE
    return _BY_STATUS.get(failure.status, _REFUSED)


def _not_found(failure: Failure, codes: list[str]) -> Row:
    is_said = bool(_NOT_FOUND_CODES.intersection(codes))
    if not codes or (is_said and sentences.names_nothing(failure)):
        return _UNAVAILABLE
    return _ABSENT if is_said else _REFUSED


def _by_code(code: str) -> Row | None:
    if code.endswith(("limitreached", "limitexceeded", "quotaexceeded")):
        return _QUOTA
    if code.startswith("requestdisallowedby"):
        return _POLICY
    return _BY_CODE.get(code)
