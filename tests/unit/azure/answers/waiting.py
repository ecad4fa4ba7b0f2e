"""Azure or somebody else is at work, was faster, or wants fewer requests."""

from __future__ import annotations

from collections.abc import Mapping

from unit.azure.answers.case import (
    ACCESS,
    NETWORK,
    NSG,
    RULE,
    SUBNET,
    Case,
    bare,
    wrapped,
)
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.errors import Meaning

CASES: Mapping[str, Case] = {
    # Somebody else is at work.
    "another operation": Case(
        status=409,
        body=wrapped(
            "AnotherOperationInProgress",
            "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: "
            "https://management.azure.com/subscriptions/s1/providers/Microsoft.Network/locations/uksouth/operations/1?api-version=2024-01-01.",
        ),
        meaning=Meaning.BUSY,
        reason=Reason.WAITING_FOR_AZURE,
        message="Azure is still working on subnet team-a, or on something that it depends on. (AnotherOperationInProgress)",
        retry_after=10,
    ),
    "lock, not quota": Case(
        status=429,
        headers=(("Retry-After", "11"),),
        body=wrapped(
            "RetryableError",
            "A retryable error occurred.",
            (
                "RetryableErrorDueToAnotherOperation",
                f"Operation PutSubnetOperation (9b0d5a6e-0000-0000-0000-000000000000) is updating resource {NETWORK}. The call can be retried in 11 seconds.",
            ),
        ),
        meaning=Meaning.BUSY,
        reason=Reason.WAITING_FOR_AZURE,
        message="Azure is still working on subnet team-a, or on something that it depends on. (RetryableError)",
        retry_after=11,
    ),
    "dependency not ready, 429": Case(
        status=429,
        body=wrapped(
            "RetryableError",
            "A retryable error occurred.",
            ("ReferencedResourceNotProvisioned", "Cannot proceed with operation because resource is not in Succeeded state."),
        ),
        meaning=Meaning.BUSY,
        reason=Reason.WAITING_FOR_AZURE,
        message="Azure is still working on subnet team-a, or on something that it depends on. (RetryableError)",
        retry_after=10,
    ),
    "dependency not ready, 400": Case(
        status=400,
        body=wrapped("ReferencedResourceNotProvisioned", "Cannot proceed with operation because resource is not in Succeeded state."),
        meaning=Meaning.BUSY,
        reason=Reason.WAITING_FOR_AZURE,
        message="Azure is still working on subnet team-a, or on something that it depends on. (ReferencedResourceNotProvisioned)",
        retry_after=10,
    ),
    "dependency failed": Case(
        status=429,
        body=wrapped(
            "RetryableError",
            "A retryable error occurred.",
            (
                "ReferencedResourceNotProvisioned",
                (
                    f"Cannot proceed with operation because resource {NSG} used by resource {SUBNET} is not in Succeeded state. Resource is in Failed "
                    "state and the last operation that updated/is updating the resource is PutNetworkSecurityGroupOperation."
                ),
            ),
        ),
        reason=Reason.AZURE_REFUSED,
        message=f"Azure does not write subnet team-a because {NSG} is in Failed state. Write that resource once more as it is, which repairs it, or "
        "put right what its activity log names. (RetryableError)",
    ),
    "request conflict": Case(
        status=409,
        body=wrapped("RequestConflict", "Another operation is being performed on the parent resource"),
        meaning=Meaning.BUSY,
        reason=Reason.WAITING_FOR_AZURE,
        message="Azure is still working on subnet team-a, or on something that it depends on. (RequestConflict)",
        retry_after=10,
    ),
    "dependency updating": Case(
        status=400,
        body=wrapped(
            "ReferencedResourceNotProvisioned",
            f"Cannot proceed with operation because resource {NSG} used by resource {SUBNET} is not in Succeeded state. Resource is in Updating "
            "state and the last operation that updated/is updating the resource is PutSubnetOperation.",
        ),
        meaning=Meaning.BUSY,
        reason=Reason.WAITING_FOR_AZURE,
        message="Azure is still working on subnet team-a, or on something that it depends on. (ReferencedResourceNotProvisioned)",
        retry_after=10,
    ),
    "conflict": Case(
        status=409,
        body=wrapped("Conflict", "Another write is under way."),
        meaning=Meaning.BUSY,
        reason=Reason.WAITING_FOR_AZURE,
        message="Azure is still working on subnet team-a, or on something that it depends on. (Conflict)",
        retry_after=10,
    ),
    # Somebody else was faster.
    "etag mismatch": Case(
        status=412,
        body=wrapped(
            "PreconditionFailed",
            "Precondition failed.",
            (
                "PreconditionFailedEtagMismatch",
                'Etag provided in if-match header W/"1" does not match etag W/"2" of resource in NRP data store.',
            ),
        ),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed subnet team-a at the same time; the operator looks again. (PreconditionFailed)",
    ),
    "etag mismatch, bare": Case(
        status=412,
        body=bare("PreconditionFailed", "The Record set x has been modified (etag mismatch)."),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed subnet team-a at the same time; the operator looks again. (PreconditionFailed)",
    ),
    "number taken": Case(
        status=400,
        path=RULE,
        body=wrapped("SecurityRuleConflict", "Security rule A conflicts with rule B. Rules cannot have the same Priority and Direction."),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed security rule r at the same time; the operator looks again. (SecurityRuleConflict)",
        retry_after=5,
    ),
    "referenced thing gone": Case(
        status=400,
        body=wrapped("InvalidResourceReference", f"Resource {NSG} referenced by resource {SUBNET} was not found."),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed subnet team-a at the same time; the operator looks again. (InvalidResourceReference)",
        retry_after=5,
    ),
    "superseded": Case(
        status=409,
        body=wrapped("CanceledAndSupersededDueToAnotherOperation", "The request failed due to conflict with a concurrent request."),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed subnet team-a at the same time; the operator looks again. (CanceledAndSupersededDueToAnotherOperation)",
    ),
    "canceled": Case(
        status=409,
        body=wrapped("Canceled", "Operation was canceled."),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed subnet team-a at the same time; the operator looks again. (Canceled)",
        retry_after=5,
    ),
    "number taken, in Azure's whole words": Case(
        status=400,
        path=RULE,
        body=wrapped(
            "SecurityRuleConflict",
            "Security rule A conflicts with rule B. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.",
        ),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed security rule r at the same time; the operator looks again. (SecurityRuleConflict)",
        retry_after=5,
    ),
    # Too much, or not now.
    "throttled": Case(
        status=429,
        headers=(("Retry-After", "2"),),
        body=wrapped(
            "429", "Request is temporarily throttled because subscription s1 has issued too many requests. Retry after 2 seconds."
        ),
        reason=Reason.AZURE_THROTTLED,
        condition=ACCESS,
        message=(
            "Azure asks the operator to slow down, and did not let it write subnet team-a. The operator tries again by"
            " itself; if this stays, raise spec.resyncIntervalSeconds. (429)"
        ),
        retry_after=2,
    ),
    "background jobs throttled": Case(
        status=503,
        body=wrapped(
            "ServiceUnavailable",
            "The request for subscription 's1' could not be processed due to an excessive volume of traffic. Please try again later.",
        ),
        reason=Reason.AZURE_THROTTLED,
        condition=ACCESS,
        message=(
            "Azure asks the operator to slow down, and did not let it write subnet team-a. The operator tries again by"
            " itself; if this stays, raise spec.resyncIntervalSeconds. (ServiceUnavailable)"
        ),
    ),
    "503 in HTML": Case(
        status=503,
        body="<html><body>Service Unavailable</body></html>",
        reason=Reason.AZURE_UNAVAILABLE,
        condition=ACCESS,
        message=(
            "Azure failed to write subnet team-a: it does not say why. The operator tries again by itself; if this stays,"
            " see Azure's status. (503)"
        ),
    ),
    "504": Case(
        status=504,
        method="GET",
        body=wrapped("GatewayTimeout", "The gateway did not receive a response from 'Microsoft.Network' within the specified time period."),
        reason=Reason.AZURE_UNAVAILABLE,
        condition=ACCESS,
        message="Azure failed to read subnet team-a: The gateway did not receive a response from 'Microsoft.Network' within"
        " the specified time period. The operator tries again by itself; if this stays, see Azure's status."
        " (GatewayTimeout)",
    ),
    "TooManyRequests": Case(
        status=429,
        body=wrapped("TooManyRequests", "Too many requests."),
        condition=ACCESS,
        reason=Reason.AZURE_THROTTLED,
        message="Azure asks the operator to slow down, and did not let it write subnet team-a. The operator tries again by itself; if this stays, "
        "raise spec.resyncIntervalSeconds. (TooManyRequests)",
    ),
    "SubscriptionRequestsThrottled": Case(
        status=429,
        body=wrapped(
            "SubscriptionRequestsThrottled",
            "Number of requests for subscription 's1' and operation 'GET' exceeded the backend storage limit.",
        ),
        condition=ACCESS,
        reason=Reason.AZURE_THROTTLED,
        message="Azure asks the operator to slow down, and did not let it write subnet team-a. The operator tries again by itself; if this stays, "
        "raise spec.resyncIntervalSeconds. (SubscriptionRequestsThrottled)",
    ),
    "background jobs throttled, 429": Case(
        status=429,
        body=wrapped(
            "TooManyJobs",
            "The request for subscription 's1' could not be processed due to an excessive volume of traffic. Please try again later.",
        ),
        condition=ACCESS,
        reason=Reason.AZURE_THROTTLED,
        message="Azure asks the operator to slow down, and did not let it write subnet team-a. The operator tries again by itself; if this stays, "
        "raise spec.resyncIntervalSeconds. (TooManyJobs)",
    ),
    "ServiceUnavailable": Case(
        status=503,
        body=wrapped("ServiceUnavailable", "The service is unavailable now. Please retry the request later."),
        condition=ACCESS,
        reason=Reason.AZURE_UNAVAILABLE,
        message="Azure failed to write subnet team-a: The service is unavailable now. Please retry the request later. The operator tries again by itself; "
        "if this stays, see Azure's status. (ServiceUnavailable)",
    ),
    "InternalServerError": Case(
        status=500,
        body=wrapped("InternalServerError", "An error occurred."),
        condition=ACCESS,
        reason=Reason.AZURE_UNAVAILABLE,
        message="Azure failed to write subnet team-a: An error occurred. The operator tries again by itself; "
        "if this stays, see Azure's status. (InternalServerError)",
    ),
    "InternalExecutionError": Case(
        status=500,
        body=wrapped("InternalExecutionError", "An internal execution error occurred."),
        condition=ACCESS,
        reason=Reason.AZURE_UNAVAILABLE,
        message="Azure failed to write subnet team-a: An internal execution error occurred. The operator tries again by itself; "
        "if this stays, see Azure's status. (InternalExecutionError)",
    ),
    "OperationTimedOut": Case(
        status=500,
        body=wrapped("OperationTimedOut", "The operation timed out."),
        condition=ACCESS,
        reason=Reason.AZURE_UNAVAILABLE,
        message="Azure failed to write subnet team-a: The operation timed out. The operator tries again by itself; "
        "if this stays, see Azure's status. (OperationTimedOut)",
    ),
    "ServerTimeout": Case(
        status=503,
        body=wrapped("ServerTimeout", "The request timed out."),
        condition=ACCESS,
        reason=Reason.AZURE_UNAVAILABLE,
        message="Azure failed to write subnet team-a: The request timed out. The operator tries again by itself; "
        "if this stays, see Azure's status. (ServerTimeout)",
    ),
}
