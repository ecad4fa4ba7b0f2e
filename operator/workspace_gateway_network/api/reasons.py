"""Every reason that a condition can have, with what it makes of `Ready`: one table. Its words for people are in `meanings`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from workspace_gateway_network.api.spec import ReadyWhen


class ReasonClass(StrEnum):
    """What a reason makes of the conditions `Ready`, `Reconciling` and `Stalled`; the values are the words of the documentation."""

    GOOD = "good"
    """Ready is True."""
    WORKING = "working"
    """Ready is Unknown and Reconciling True: nothing is wrong, it is not done yet."""
    WILL_RETRY = "will retry"
    """Ready is False and Reconciling True: wrong now, and tried again without anybody's help."""
    NEEDS_A_PERSON = "needs a person"
    """Ready is False and Stalled True: trying again cannot help, though every resync looks again."""


_GOOD, _WORKING = ReasonClass.GOOD, ReasonClass.WORKING
_WILL_RETRY, _NEEDS_A_PERSON = ReasonClass.WILL_RETRY, ReasonClass.NEEDS_A_PERSON


class Reason(StrEnum):
    """A condition's reason and its class, or its two: the second is for `readyWhen: GatewayPublished`, where Ready waits for the gateway.

    The order is the order of precedence: of several bad causes, `Ready` names the first.
    """

    INVALID_SPEC = ("InvalidSpec", _NEEDS_A_PERSON)
    SCOPE_NOT_ALLOWED = ("ScopeNotAllowed", _NEEDS_A_PERSON)
    GATEWAY_REPLACEMENT_REQUIRED = ("GatewayReplacementRequired", _NEEDS_A_PERSON)
    OWNERSHIP_CONFLICT = ("OwnershipConflict", _NEEDS_A_PERSON)
    LOCATION_MISMATCH = ("LocationMismatch", _NEEDS_A_PERSON)
    TIER_UNSUPPORTED = ("TierUnsupported", _NEEDS_A_PERSON)
    SUBNET_SIZE_UNSUPPORTED = ("SubnetSizeUnsupported", _NEEDS_A_PERSON)
    SUBNET_NOT_DEDICATED = ("SubnetNotDedicated", _NEEDS_A_PERSON)
    DELEGATION_CONFLICT = ("DelegationConflict", _NEEDS_A_PERSON)
    NETWORK_SECURITY_GROUP_CONFLICT = ("NetworkSecurityGroupConflict", _NEEDS_A_PERSON)
    SHADOWED_BY_DENY = ("ShadowedByDeny", _NEEDS_A_PERSON)
    PRIORITY_CONFLICT = ("PriorityConflict", _NEEDS_A_PERSON)
    RECORD_CONFLICT = ("RecordConflict", _NEEDS_A_PERSON)
    RESOURCE_PROVIDER_NOT_REGISTERED = ("ResourceProviderNotRegistered", _NEEDS_A_PERSON)
    SCOPE_LOCKED = ("ScopeLocked", _NEEDS_A_PERSON)
    POLICY_DENIED = ("PolicyDenied", _NEEDS_A_PERSON)
    QUOTA_EXCEEDED = ("QuotaExceeded", _NEEDS_A_PERSON)
    CONTESTED = ("Contested", _NEEDS_A_PERSON)
    AZURE_REFUSED = ("AzureRefused", _NEEDS_A_PERSON)
    GATEWAY_FAILED = ("GatewayFailed", _NEEDS_A_PERSON)
    DRIFT_DETECTED = ("DriftDetected", _NEEDS_A_PERSON)
    PROGRESS_DEADLINE_EXCEEDED = ("ProgressDeadlineExceeded", _NEEDS_A_PERSON)
    CREDENTIAL_UNAVAILABLE = ("CredentialUnavailable", _WILL_RETRY)
    AUTHORIZATION_FAILED = ("AuthorizationFailed", _WILL_RETRY)
    API_MANAGEMENT_NOT_FOUND = ("ApiManagementNotFound", _WILL_RETRY)
    VIRTUAL_NETWORK_NOT_FOUND = ("VirtualNetworkNotFound", _WILL_RETRY)
    SUBNET_NOT_FOUND = ("SubnetNotFound", _WILL_RETRY)
    NETWORK_SECURITY_GROUP_NOT_FOUND = ("NetworkSecurityGroupNotFound", _WILL_RETRY)
    PRIVATE_DNS_ZONE_NOT_FOUND = ("PrivateDnsZoneNotFound", _WILL_RETRY)
    RESOURCE_GROUP_NOT_FOUND = ("ResourceGroupNotFound", _WILL_RETRY)
    AZURE_THROTTLED = ("AzureThrottled", _WILL_RETRY)
    AZURE_UNAVAILABLE = ("AzureUnavailable", _WILL_RETRY)
    GATEWAY_STILL_ATTACHED = ("GatewayStillAttached", _WILL_RETRY)
    RESOURCE_IN_USE = ("ResourceInUse", _WILL_RETRY)
    SUSPENDED = ("Suspended", _WORKING)
    DELETING = ("Deleting", _WORKING)
    WAITING_FOR_AZURE = ("WaitingForAzure", _WORKING)
    CORRECTING_DRIFT = ("CorrectingDrift", _WORKING)
    PRIVATE_IP_UNKNOWN = ("PrivateIPUnknown", _WORKING)
    PROGRESSING = ("Progressing", _WORKING)
    AWAITING_GATEWAY = ("AwaitingGateway", _GOOD, _WORKING)
    AWAITING_HOSTNAME = ("AwaitingHostname", _GOOD, _WORKING)
    NOT_REQUIRED = ("NotRequired", _GOOD)
    MANAGED_EXTERNALLY = ("ManagedExternally", _GOOD)
    RECONCILED = ("Reconciled", _GOOD)

    classes: tuple[ReasonClass, ...]
    """Its class in both cases, or one for each."""

    def __new__(cls, value: str, *classes: ReasonClass) -> Self:
        """A reason is its text."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.classes = classes
        return member

    def class_under(self, ready_when: ReadyWhen) -> ReasonClass:
        """What this reason makes of `Ready` for a resource with that `readyWhen`."""
        return self.classes[-1] if ready_when is ReadyWhen.GATEWAY_PUBLISHED else self.classes[0]

    @property
    def needs_a_person(self) -> bool:
        """Whether trying again without anybody's help is futile."""
        return _NEEDS_A_PERSON in self.classes

    @property
    def precedence(self) -> int:
        """The smaller, the sooner `Ready` names it."""
        return _PRECEDENCE[self]


_PRECEDENCE: Mapping[Reason, int] = MappingProxyType({reason: number for number, reason in enumerate(Reason)})
