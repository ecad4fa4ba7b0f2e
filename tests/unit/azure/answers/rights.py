"""The identity, a policy or a lock does not allow it."""

from __future__ import annotations

from collections.abc import Mapping

from unit.azure.answers.case import (
    ACCESS,
    GROUP,
    NETWORKS,
    NSG,
    PREREQUISITES,
    SUBNET,
    Case,
    wrapped,
)
from workspace_gateway_network.api.reasons import Reason

CASES: Mapping[str, Case] = {
    "no action": Case(
        status=403,
        method="GET",
        path=NETWORKS,
        body=wrapped(
            "AuthorizationFailed",
            "The client 'a' with object id 'b' does not have authorization to perform action 'Microsoft.Network/virtualNetworks/read' over scope "
            "'/subscriptions/s1' or the scope is invalid. If access was recently granted, please refresh your credentials.",
        ),
        reason=Reason.AUTHORIZATION_FAILED,
        condition=ACCESS,
        message="The operator's identity may not read the virtual networks of subscription s1: it lacks the action "
        "Microsoft.Network/virtualNetworks/read at /subscriptions/s1. Grant a role with this action there; a new grant takes some minutes to work. "
        "(AuthorizationFailed)",
    ),
    "no action on what is linked": Case(
        status=403,
        body=wrapped(
            "LinkedAuthorizationFailed",
            f"The client 'a' with object id 'b' has permission to perform action 'Microsoft.Network/virtualNetworks/subnets/write' on scope '{SUBNET}'; "
            "however, it does not have permission to perform action 'Microsoft.Network/networkSecurityGroups/join/action' on the linked scope(s) "
            f"'{NSG}' or the linked scope(s) are invalid.",
        ),
        reason=Reason.AUTHORIZATION_FAILED,
        condition=ACCESS,
        message="The operator's identity may not write subnet team-a: it lacks the action Microsoft.Network/networkSecurityGroups/join/action "
        f"at {NSG}. Grant a role with this action there, unless that resource is gone; a new grant takes some minutes to work. "
        "(LinkedAuthorizationFailed)",
    ),
    "a 403 that explains nothing": Case(
        status=403,
        body="<html>Forbidden</html>",
        reason=Reason.AUTHORIZATION_FAILED,
        condition=ACCESS,
        message=("The operator's identity may not write subnet team-a: Azure does not say why. Grant it the documented role there. (403)"),
    ),
    "subscription not shown": Case(
        status=404,
        method="GET",
        path=NETWORKS,
        body=wrapped("SubscriptionNotFound", "The subscription 's1' could not be found."),
        reason=Reason.AUTHORIZATION_FAILED,
        condition=ACCESS,
        message=(
            "The operator's identity does not see subscription s1: the id is wrong, or the identity belongs to another"
            " tenant. Correct the spec, or grant the identity a role in that subscription. (SubscriptionNotFound)"
        ),
    ),
    "bad token": Case(
        status=401,
        body=wrapped("InvalidAuthenticationToken", "The access token is invalid."),
        reason=Reason.CREDENTIAL_UNAVAILABLE,
        condition=ACCESS,
        message=(
            "Azure does not accept the operator's token: The access token is invalid. Check the tenant and the audience"
            " that the operator is set up with. (InvalidAuthenticationToken)"
        ),
    ),
    "policy": Case(
        status=403,
        body=wrapped(
            "RequestDisallowedByPolicy",
            'Resource \'team-a\' was disallowed by policy. Policy identifiers: \'[{"policyAssignment":{"name":"Subnets need an NSG","id":"/x"}}]\'.',
        ),
        reason=Reason.POLICY_DENIED,
        message="Azure Policy 'Subnets need an NSG' does not allow the operator to write subnet team-a. Set what it asks for (tags in spec.tags), or "
        "have this scope exempted. (RequestDisallowedByPolicy)",
    ),
    "policy, in additionalInfo": Case(
        status=403,
        body=wrapped(
            "RequestDisallowedByPolicy",
            "Resource 'team-a' was disallowed by policy.",
            additionalInfo=[{"type": "PolicyViolation", "info": {"policyAssignmentDisplayName": "Tags", "policyAssignmentName": "abc"}}],
        ),
        reason=Reason.POLICY_DENIED,
        message="Azure Policy 'Tags' does not allow the operator to write subnet team-a. Set what it asks for (tags in spec.tags), or have this scope "
        "exempted. (RequestDisallowedByPolicy)",
    ),
    "lock": Case(
        status=409,
        body=wrapped(
            "ScopeLocked",
            f"The scope '{SUBNET}' cannot perform write operation because following scope(s) are locked: '{GROUP}'. Please remove the lock and try again.",
        ),
        reason=Reason.SCOPE_LOCKED,
        message=f"A lock on {GROUP} does not allow the operator to write subnet team-a. Remove the lock, or lift it for a while. (ScopeLocked)",
    ),
    "provider not registered": Case(
        status=409,
        body=wrapped(
            "MissingSubscriptionRegistration",
            "The subscription is not registered to use namespace 'Microsoft.Web'. See https://aka.ms/rps-not-found for how to register subscriptions.",
        ),
        reason=Reason.RESOURCE_PROVIDER_NOT_REGISTERED,
        condition=PREREQUISITES,
        message="Subscription s1 is not registered for Microsoft.Web. Run `az provider register --namespace Microsoft.Web` for it. "
        "(MissingSubscriptionRegistration)",
    ),
    "AuthenticationFailed": Case(
        status=401,
        body=wrapped("AuthenticationFailed", "Authentication failed."),
        condition=ACCESS,
        reason=Reason.CREDENTIAL_UNAVAILABLE,
        message="Azure does not accept the operator's token: Authentication failed. Check the tenant and the audience that "
        "the operator is set up with. (AuthenticationFailed)",
    ),
    "ExpiredAuthenticationToken": Case(
        status=401,
        body=wrapped("ExpiredAuthenticationToken", "The access token has expired."),
        condition=ACCESS,
        reason=Reason.CREDENTIAL_UNAVAILABLE,
        message="Azure does not accept the operator's token: The access token has expired. Check the tenant and the audience that "
        "the operator is set up with. (ExpiredAuthenticationToken)",
    ),
    "InvalidAuthenticationTokenTenant": Case(
        status=401,
        body=wrapped("InvalidAuthenticationTokenTenant", "The access token is from the wrong issuer."),
        condition=ACCESS,
        reason=Reason.CREDENTIAL_UNAVAILABLE,
        message="Azure does not accept the operator's token: The access token is from the wrong issuer. Check the tenant and the audience that "
        "the operator is set up with. (InvalidAuthenticationTokenTenant)",
    ),
    "denied by an assignment": Case(
        status=403,
        body=wrapped(
            "DenyAssignmentAuthorizationFailed",
            "The client 'a' with object id 'b' has permission to perform action 'Microsoft.Network/virtualNetworks/subnets/write' on scope "
            f"'{SUBNET}'; however, the access is denied because of the deny assignment with name 'Managed' and Id 'c' at scope '{GROUP}'.",
        ),
        condition=ACCESS,
        reason=Reason.AUTHORIZATION_FAILED,
        message=f"The deny assignment 'Managed' at {GROUP} does not allow the operator to write subnet team-a, whatever its roles. Have the "
        "operator's identity excluded from it, or use a resource that it does not cover. (DenyAssignmentAuthorizationFailed)",
    ),
}
