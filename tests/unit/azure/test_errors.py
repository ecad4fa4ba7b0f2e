"""The table of errors, one recorded or documented answer a row: what it means, and what people read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.errors import ROWS, Meaning, finding, is_absence, is_refusal, judge
from workspace_gateway_network.azure.failure import Failure, Origin, from_answer, from_operation

S = "/subscriptions/s1"
GROUP = f"{S}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v"
SUBNET = f"{NETWORK}/subnets/team-a"
NSG = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/n"
RULE = f"{NSG}/securityRules/r"
ZONE = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/a.azure-api.net"
LINK = f"{ZONE}/virtualNetworkLinks/hub"
RECORD = f"{ZONE}/A/@"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/contoso"
NETWORKS = f"{S}/providers/Microsoft.Network/virtualNetworks"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One answer, and what it must come to."""

    status: int
    body: Any
    method: str = "PUT"
    path: str = SUBNET
    headers: tuple[tuple[str, str], ...] = ()
    removing: bool = False
    meaning: Meaning = Meaning.PROBLEM
    reason: Reason
    condition: ConditionType = ConditionType.SUBNET_DELEGATED
    message: str
    retry_after: float | None = None


def wrapped(code: str, message: str, *details: tuple[str, str], **extra: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "details": [{"code": c, "message": m} for c, m in details], **extra}}


def bare(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message}


ACCESS, PREREQUISITES = ConditionType.AZURE_ACCESS, ConditionType.PREREQUISITES_MET

CASES = {
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
    # May we?
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
    # What is in the way.
    "delegation needed by a link": Case(
        status=400,
        removing=True,
        body=wrapped(
            "SubnetMissingRequiredDelegation",
            f"Subnet {SUBNET} requires any of the following delegation(s) [Microsoft.Web/serverFarms] to reference service association link "
            f"{SUBNET}/serviceAssociationLinks/AppServiceLink.",
        ),
        reason=Reason.RESOURCE_IN_USE,
        message=f"Azure does not let the operator write subnet team-a while it is in use: Subnet {SUBNET} requires any of the"
        " following delegation(s) [Microsoft.Web/serverFarms] to reference service association link"
        f" {SUBNET}/serviceAssociationLinks/AppServiceLink. Take away what uses it. (SubnetMissingRequiredDelegation)",
    ),
    "subnet used by something": Case(
        status=400,
        body=wrapped(
            "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
            f"Delegations of subnet {SUBNET} cannot be changed from [] to [Microsoft.Web/serverFarms] because it is being used by the resource /nic.",
        ),
        reason=Reason.SUBNET_NOT_DEDICATED,
        message=f"Azure does not let the operator write subnet team-a while it is in use: Delegations of subnet {SUBNET} cannot"
        " be changed from [] to [Microsoft.Web/serverFarms] because it is being used by the resource /nic. Take away"
        " what uses it. (SubnetDelegationsCannotChangeWhenSubnetUsedByResource)",
    ),
    "subnet used by something, while taking away": Case(
        status=400,
        removing=True,
        body=wrapped("SubnetDelegationsCannotChangeWhenSubnetUsedByResource", "Delegations cannot be changed."),
        reason=Reason.RESOURCE_IN_USE,
        message="Azure does not let the operator write subnet team-a while it is in use: Delegations cannot be changed. Take"
        " away what uses it. (SubnetDelegationsCannotChangeWhenSubnetUsedByResource)",
    ),
    "group in use": Case(
        status=400,
        method="DELETE",
        path=NSG,
        removing=True,
        body=wrapped(
            "InUseNetworkSecurityGroupCannotBeDeleted",
            f"Network security group {NSG} cannot be deleted because it is in use by the following resources: {SUBNET}. In order to delete the Network "
            "security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.",
        ),
        reason=Reason.RESOURCE_IN_USE,
        message="Azure does not let the operator delete network security group n while it is in use: Network security group"
        f" {NSG} cannot be deleted because it is in use by the following resources: {SUBNET}. Take away what uses it."
        " (InUseNetworkSecurityGroupCannotBeDeleted)",
    ),
    "quota": Case(
        status=400,
        path=NSG,
        body=wrapped("NetworkSecurityGroupCountLimitReached", "Cannot create more than 5000 network security groups."),
        reason=Reason.QUOTA_EXCEEDED,
        message="Azure refused to write network security group n: Cannot create more than 5000 network security groups. Remove"
        " what is no longer used, or have Azure raise the limit. (NetworkSecurityGroupCountLimitReached)",
    ),
    "a code we do not know": Case(
        status=400,
        body=wrapped("InvalidAddressPrefixFormat", f"Address prefix 10.0.0.0 of resource {SUBNET} is not formatted correctly."),
        reason=Reason.AZURE_REFUSED,
        message=f"Azure refused to write subnet team-a: Address prefix 10.0.0.0 of resource {SUBNET} is not formatted"
        " correctly. Put right what it names; if the request looks right, report a bug of the operator."
        " (InvalidAddressPrefixFormat)",
    ),
    # Private DNS, which does not wrap its errors.
    "record exists": Case(
        status=412,
        path=RECORD,
        body=bare("PreconditionFailed", "The Record set @ exists already and hence cannot be created again."),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed A record @ of private DNS zone a.azure-api.net at the same time; the operator looks again. (PreconditionFailed)",
    ),
    "network has a zone of that name": Case(
        status=400,
        path=LINK,
        body=bare(
            "BadRequest",
            "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual network with "
            "'a.azure-api.net' and 'a.azure-api.net' zones.",
        ),
        reason=Reason.RECORD_CONFLICT,
        message="Azure does not let the operator write virtual network link hub of private DNS zone a.azure-api.net, for the virtual network is "
        "linked to a zone of that name already: A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to "
        "link virtual network with 'a.azure-api.net' and 'a.azure-api.net' zones. Name that zone in spec.dns.zones to have the record put into "
        "it. (BadRequest)",
    ),
    "reserved name": Case(
        status=400,
        path=ZONE,
        body=bare(
            "BadRequest", "The Private DNS zone name 'azure-api.net' is not permitted as it is a reserved Azure infrastucture domain.."
        ),
        reason=Reason.AZURE_REFUSED,
        message="Azure refused to write private DNS zone a.azure-api.net: The Private DNS zone name 'azure-api.net' is not"
        " permitted as it is a reserved Azure infrastucture domain.. Put right what it names; if the request looks"
        " right, report a bug of the operator. (BadRequest)",
    ),
    "zone with links": Case(
        status=409,
        method="DELETE",
        path=ZONE,
        removing=True,
        body=wrapped(
            "CannotDeleteResource",
            "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: "
            "'Microsoft.Network/privateDnsZones/a.azure-api.net/virtualNetworkLinks/hub'. Please delete all nested resources before deleting "
            "this resource.",
        ),
        reason=Reason.RESOURCE_IN_USE,
        message="Azure does not let the operator delete private DNS zone a.azure-api.net while it is in use: Cannot delete"
        " resource while nested resources exist. Some existing nested resource IDs include:"
        " 'Microsoft.Network/privateDnsZones/a.azure-api.net/virtualNetworkLinks/hub'. Please delete all nested"
        " resources before deleting this resource. Take away what uses it. (CannotDeleteResource)",
    ),
    "too many zones": Case(
        status=400,
        path=ZONE,
        body=bare("PrivateDnsZoneLimitExceeded", "The subscription has 1000 private DNS zones."),
        reason=Reason.QUOTA_EXCEEDED,
        message="Azure refused to write private DNS zone a.azure-api.net: The subscription has 1000 private DNS zones. Remove what is no"
        " longer used, or have Azure raise the limit. (PrivateDnsZoneLimitExceeded)",
    ),
    "zones of a subscription": Case(
        status=403,
        method="GET",
        path=f"{S}/providers/Microsoft.Network/privateDnsZones",
        body="",
        reason=Reason.AUTHORIZATION_FAILED,
        condition=ACCESS,
        message=(
            "The operator's identity may not read the private DNS zones of subscription s1: Azure does not say why. Grant"
            " it the documented role there. (403)"
        ),
    ),
    "records of a zone": Case(
        status=403,
        method="GET",
        path=f"{ZONE}/A",
        body="",
        reason=Reason.AUTHORIZATION_FAILED,
        condition=ACCESS,
        message=(
            "The operator's identity may not read the A records of private DNS zone a.azure-api.net: Azure does not say"
            " why. Grant it the documented role there. (403)"
        ),
    ),
    "connections of a gateway": Case(
        status=403,
        method="GET",
        path=f"{GROUP}/providers/Microsoft.ApiManagement/gateways/gw/configConnections",
        body="",
        reason=Reason.AUTHORIZATION_FAILED,
        condition=ACCESS,
        message=(
            "The operator's identity may not read the connections of gateway gw: Azure does not say why. Grant it the"
            " documented role there. (403)"
        ),
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
    # Which 404.
    "no resource group": Case(
        status=404,
        method="GET",
        body=wrapped("ResourceGroupNotFound", "Resource group 'rg' could not be found."),
        meaning=Meaning.ABSENT,
        reason=Reason.RESOURCE_GROUP_NOT_FOUND,
        condition=PREREQUISITES,
        message=("There is no resource group rg in subscription s1. Create it, or correct the ids in the spec. (ResourceGroupNotFound)"),
    ),
    "no network, asked for a subnet": Case(
        status=404,
        method="GET",
        body=wrapped(
            "ResourceNotFound",
            "The Resource 'Microsoft.Network/virtualNetworks/v' under resource group 'rg' was not found. For more details please go to "
            "https://aka.ms/ARMResourceNotFoundFix",
        ),
        meaning=Meaning.ABSENT,
        reason=Reason.VIRTUAL_NETWORK_NOT_FOUND,
        condition=PREREQUISITES,
        message=(
            "There is no virtual network v in resource group rg. Create it, or make this resource anew with the right"
            " spec.subnet.id. (ResourceNotFound)"
        ),
    ),
    "no subnet": Case(
        status=404,
        method="GET",
        body=wrapped("NotFound", f"Resource {SUBNET} not found."),
        meaning=Meaning.ABSENT,
        reason=Reason.SUBNET_NOT_FOUND,
        condition=PREREQUISITES,
        message=(
            "There is no subnet team-a in virtual network v. Create it, or make this resource anew with the right"
            " spec.subnet.id. (NotFound)"
        ),
    ),
    "no group, asked for a rule": Case(
        status=404,
        method="DELETE",
        path=RULE,
        body=wrapped(
            "ResourceNotFound", "The Resource 'Microsoft.Network/networkSecurityGroups/n' under resource group 'rg' was not found."
        ),
        meaning=Meaning.ABSENT,
        reason=Reason.NETWORK_SECURITY_GROUP_NOT_FOUND,
        condition=PREREQUISITES,
        message=(
            "There is no network security group n in resource group rg. Create it, or correct"
            " spec.networkSecurityGroup.id. (ResourceNotFound)"
        ),
    ),
    "no zone": Case(
        status=404,
        method="GET",
        path=ZONE,
        body=wrapped(
            "ResourceNotFound", "The Resource 'Microsoft.Network/privateDnsZones/a.azure-api.net' under resource group 'rg' was not found."
        ),
        meaning=Meaning.ABSENT,
        reason=Reason.PRIVATE_DNS_ZONE_NOT_FOUND,
        condition=PREREQUISITES,
        message=(
            "There is no private DNS zone a.azure-api.net in resource group rg. Create it, or correct spec.dns.zones. (ResourceNotFound)"
        ),
    ),
    "no zone, asked for a record": Case(
        status=404,
        method="DELETE",
        path=RECORD,
        body=wrapped(
            "ParentResourceNotFound",
            f"Failed to perform 'delete' on resource(s) of type 'privateDnsZones/A', because the parent resource '{ZONE}' could not be found.",
        ),
        meaning=Meaning.ABSENT,
        reason=Reason.PRIVATE_DNS_ZONE_NOT_FOUND,
        condition=PREREQUISITES,
        message=(
            "There is no private DNS zone a.azure-api.net in resource group rg. Create it, or correct spec.dns.zones."
            " (ParentResourceNotFound)"
        ),
    ),
    "no record": Case(
        status=404,
        method="GET",
        path=RECORD,
        body=bare("NotFound", "The resource record '@' does not exist in resource group 'rg' of subscription 's1'."),
        meaning=Meaning.ABSENT,
        reason=Reason.AZURE_REFUSED,
        condition=PREREQUISITES,
        message="There is no A record @ in resource group rg. (NotFound)",
    ),
    "no service": Case(
        status=404,
        method="GET",
        path=SERVICE,
        body=wrapped("ResourceNotFound", "The Resource 'Microsoft.ApiManagement/service/contoso' under resource group 'rg' was not found."),
        meaning=Meaning.ABSENT,
        reason=Reason.API_MANAGEMENT_NOT_FOUND,
        condition=PREREQUISITES,
        message=(
            "There is no API Management service contoso in resource group rg. Create it, or correct spec.apiManagement.id."
            " (ResourceNotFound)"
        ),
    ),
    "a 404 in HTML": Case(
        status=404,
        method="GET",
        body="<html>Not Found</html>",
        reason=Reason.AZURE_UNAVAILABLE,
        condition=ACCESS,
        message=(
            "Azure failed to read subnet team-a: it does not say why. The operator tries again by itself; if this stays,"
            " see Azure's status. (404)"
        ),
    ),
    "a 404 for a list, which always is": Case(
        status=404,
        method="GET",
        path=f"{ZONE}/A",
        body=wrapped("ResourceNotFound", "Not found."),
        reason=Reason.AZURE_UNAVAILABLE,
        condition=ACCESS,
        message=(
            "Azure failed to read the A records of private DNS zone a.azure-api.net: Not found. The operator tries again"
            " by itself; if this stays, see Azure's status. (ResourceNotFound)"
        ),
    ),
    "a 404 of another kind": Case(
        status=404,
        method="GET",
        condition=ConditionType.SUBNET_DELEGATED,
        body=wrapped("InvalidResourceType", "The resource type could not be found in the namespace."),
        reason=Reason.AZURE_REFUSED,
        message=(
            "Azure refused to read subnet team-a: The resource type could not be found in the namespace. Put right what it"
            " names; if the request looks right, report a bug of the operator. (InvalidResourceType)"
        ),
    ),
}


def read(case: Case) -> Failure:
    body = case.body if isinstance(case.body, str) else json.dumps(case.body)
    return from_answer(method=case.method, path=case.path, status=case.status, headers=dict(case.headers), body=body)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_answer_means_one_thing(case: Case) -> None:
    verdict = judge(read(case), condition=ConditionType.SUBNET_DELEGATED, removing=case.removing)

    assert verdict.meaning is case.meaning
    assert verdict.finding.reason is case.reason
    assert verdict.finding.condition is case.condition
    assert verdict.finding.message == case.message
    assert verdict.retry_after == case.retry_after


@pytest.mark.parametrize(
    ("failure", "reason", "message"),
    [
        (
            Failure(origin=Origin.CONNECTION, method="GET", path=NSG, message="Cannot connect to host management.azure.com:443"),
            Reason.AZURE_UNAVAILABLE,
            (
                "Azure could not be reached to read network security group n: Cannot connect to host management.azure.com:443."
                " The operator tries again by itself; if this stays, check the way to Azure."
            ),
        ),
        (
            Failure(origin=Origin.CONNECTION, method="DELETE", path=NSG, message="Server disconnected"),
            Reason.AZURE_UNAVAILABLE,
            "Azure did not answer when asked to delete network security group n: Server disconnected. The operator looks whether it happened.",
        ),
        (
            Failure(
                origin=Origin.CREDENTIAL,
                method="GET",
                path=NSG,
                message="AADSTS700016: Application with identifier 'x' was not found. Trace ID: 1 Correlation ID: 2 Timestamp: 2026-01-01 00:00:00Z",
            ),
            Reason.CREDENTIAL_UNAVAILABLE,
            (
                "The operator could not get a token from Microsoft Entra ID: AADSTS700016: Application with identifier 'x' was"
                " not found. Check its tenant, its client id and its secret or federation."
            ),
        ),
        (
            Failure(origin=Origin.BUDGET, method="PUT", path=NSG, retry_after=12.5),
            Reason.AZURE_THROTTLED,
            "The request budget of subscription s1 is used up, so the operator waits before it goes on to write network security group n.",
        ),
        (
            Failure(origin=Origin.MALFORMED, method="GET", path=NETWORKS, message="a page that is no list of resources."),
            Reason.AZURE_UNAVAILABLE,
            (
                "Azure's answer about the virtual networks of subscription s1 makes no sense: a page that is no list of"
                " resources. The operator tries again by itself, and concludes nothing from it."
            ),
        ),
    ],
    ids=["read lost", "write lost", "no token", "own budget", "nonsense"],
)
def test_no_answer_means_one_thing_too(failure: Failure, reason: Reason, message: str) -> None:
    said = finding(failure)

    assert said.reason is reason
    assert said.condition is ConditionType.AZURE_ACCESS
    assert said.message == message
    assert said.retry_after == failure.retry_after
    assert not is_absence(failure)
    assert not is_refusal(failure)


@pytest.mark.parametrize(
    ("error", "meaning", "reason"),
    [
        ({"code": "AnotherOperationInProgress", "message": "…"}, Meaning.BUSY, Reason.WAITING_FOR_AZURE),
        ({"code": "CanceledAndSupersededDueToAnotherOperation", "message": "Operation was canceled."}, Meaning.MOVED, Reason.PROGRESSING),
        ({"code": "PreconditionFailed", "message": "The Zone z has been modified (etag mismatch)."}, Meaning.MOVED, Reason.PROGRESSING),
        ({"code": "InternalServerError", "message": "An error occurred.", "details": []}, Meaning.PROBLEM, Reason.AZURE_UNAVAILABLE),
        ({"code": "Weird", "message": "No."}, Meaning.PROBLEM, Reason.AZURE_REFUSED),
        (None, Meaning.PROBLEM, Reason.AZURE_REFUSED),
    ],
    ids=["busy", "superseded", "etag", "internal", "unknown", "no error at all"],
)
def test_an_operation_that_fails_is_judged_by_the_same_table(error: Any, meaning: Meaning, reason: Reason) -> None:
    verdict = judge(from_operation(method="PUT", path=SUBNET, body={"status": "Failed", "error": error}))

    assert verdict.meaning is meaning
    assert verdict.finding.reason is reason


SHAPES: dict[str, Any] = {
    "front door": lambda code, message: {"error": {"code": code, "message": message}},
    "network": lambda code, message: {"error": {"code": code, "message": message, "details": []}},
    "network, in the details": lambda code, message: wrapped("BadRequest", "See the details.", (code, message)),
    "private DNS": bare,
}


@pytest.mark.parametrize("code", ROWS)
def test_a_code_means_the_same_in_every_shape_of_body_and_at_the_end_of_an_operation(code: str) -> None:
    """The status does not count where there is a code, and a later end is judged like an answer at once."""
    verdicts = {
        judge(from_answer(method="PUT", path=SUBNET, status=status, headers={}, body=json.dumps(shape(code, "As recorded."))))
        for shape in SHAPES.values()
        for status in (400, 403, 409, 429, 500)
    }
    ended = {"code": code, "message": "As recorded."}
    verdicts.add(judge(from_operation(method="PUT", path=SUBNET, body={"status": "Failed", "error": ended})))
    nested = wrapped("BadRequest", "See the details.", (code, "As recorded."))
    verdicts.add(judge(from_operation(method="PUT", path=SUBNET, body={"status": "Failed", **nested})))

    assert len({(verdict.meaning, verdict.finding.reason, verdict.finding.condition, verdict.retry_after) for verdict in verdicts}) == 1


def test_every_code_of_the_table_is_proven_or_a_spelling_of_one_that_is() -> None:
    """A row without a case would be a guess; those listed share the row of one that has a case."""
    share_a_row = {
        "Conflict",
        "Canceled",
        "DenyAssignmentAuthorizationFailed",
        "AuthenticationFailed",
        "ExpiredAuthenticationToken",
        "InvalidAuthenticationTokenTenant",
        "InUseSubnetCannotBeUpdated",
        "InUseSubnetCannotBeUpdatedWithServiceAssociationLinks",
        "InUseSubnetCannotBeDeleted",
        "TooManyRequests",
        "SubscriptionRequestsThrottled",
        "QuotaExceeded",
        "InternalExecutionError",
        "OperationTimedOut",
        "ServerTimeout",
    }
    proven = {code for case in CASES.values() for code in read(case).codes}
    proven |= {"CanceledAndSupersededDueToAnotherOperation", "InternalServerError", "ServiceUnavailable"}

    assert ROWS.keys() - proven == share_a_row
    assert len(share_a_row) <= 15


def test_codes_have_no_case() -> None:
    failure = from_answer(method="PUT", path=SUBNET, status=409, headers={}, body=json.dumps(wrapped("scopelocked", "Locked.")))

    assert finding(failure).reason is Reason.SCOPE_LOCKED


def test_the_precise_code_in_the_details_decides() -> None:
    body = json.dumps(wrapped("BadRequest", "Bad.", ("InUseSubnetCannotBeDeleted", "Subnet s is in use by x.")))

    failure = from_answer(method="DELETE", path=SUBNET, status=400, headers={}, body=body)

    assert finding(failure).reason is Reason.RESOURCE_IN_USE
    assert failure.message == "Bad. Subnet s is in use by x."


@pytest.mark.parametrize(
    "body", ["null", "[]", "3", '"x"', "{", "", '{"error": null}', '{"error": "x"}', '{"error": {"code": 5, "details": [1, null]}}']
)
def test_no_body_breaks_the_reading(body: str) -> None:
    failure = from_answer(method="GET", path=SUBNET, status=500, headers={}, body=body)

    assert failure.code == "500"
    assert finding(failure).reason is Reason.AZURE_UNAVAILABLE


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2", 2.0), ("0", 0.0), ("1.5", 1.5), ("", None), ("soon", None), ("-1", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)],
)
def test_retry_after_is_seconds_or_nothing(header: str, seconds: float | None) -> None:
    failure = from_answer(method="GET", path=SUBNET, status=429, headers={"Retry-After": header}, body="")

    assert failure.retry_after == seconds


def test_an_endless_message_is_cut() -> None:
    body = json.dumps(wrapped("Weird", "word " * 500))

    said = finding(from_answer(method="PUT", path=SUBNET, status=400, headers={}, body=body)).message

    assert len(said) < 600
    assert said.endswith("word word… Put right what it names; if the request looks right, report a bug of the operator. (Weird)")
