"""Which 404: what it is that does not exist."""

from __future__ import annotations

from collections.abc import Mapping

from unit.azure.answers.case import (
    ACCESS,
    LINK,
    PREREQUISITES,
    RECORD,
    RULE,
    SERVICE,
    SUBNET,
    ZONE,
    Case,
    bare,
    wrapped,
)
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.errors import Meaning

CASES: Mapping[str, Case] = {
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
    "no link": Case(
        status=404,
        method="GET",
        path=LINK,
        body=wrapped(
            "ResourceNotFound",
            "The Resource 'Microsoft.Network/privateDnsZones/a.azure-api.net/virtualNetworkLinks/hub' under resource group 'rg' was not found. "
            "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        ),
        meaning=Meaning.ABSENT,
        condition=PREREQUISITES,
        reason=Reason.AZURE_REFUSED,
        message="There is no virtual network link hub in resource group rg. (ResourceNotFound)",
    ),
    "no zone, wrote a record": Case(
        status=404,
        path=RECORD,
        body=wrapped(
            "ParentResourceNotFound",
            f"Failed to perform 'write' on resource(s) of type 'privateDnsZones/A', because the parent resource '{ZONE}' could not be found.",
        ),
        meaning=Meaning.ABSENT,
        condition=PREREQUISITES,
        reason=Reason.PRIVATE_DNS_ZONE_NOT_FOUND,
        message="There is no private DNS zone a.azure-api.net in resource group rg. Create it, or correct spec.dns.zones. (ParentResourceNotFound)",
    ),
}
