"""Private DNS, which does not wrap its errors."""

from __future__ import annotations

from collections.abc import Mapping

from unit.azure.answers.case import (
    ACCESS,
    GROUP,
    LINK,
    RECORD,
    ZONE,
    Case,
    S,
    bare,
    wrapped,
)
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.errors import Meaning

CASES: Mapping[str, Case] = {
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
    "record changed": Case(
        status=412,
        path=RECORD,
        body=bare(
            "PreconditionFailed",
            "The Record set @ has been modified (etag mismatch).",
        ),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed A record @ of private DNS zone a.azure-api.net at the same time; the operator looks again. (PreconditionFailed)",
    ),
    "zone exists": Case(
        status=412,
        path=ZONE,
        body=bare(
            "PreconditionFailed",
            "The Zone a.azure-api.net exists already and hence cannot be created again.",
        ),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed private DNS zone a.azure-api.net at the same time; the operator looks again. (PreconditionFailed)",
    ),
    "zone changed": Case(
        status=412,
        path=ZONE,
        body=bare(
            "PreconditionFailed",
            "The Zone a.azure-api.net has been modified (etag mismatch).",
        ),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed private DNS zone a.azure-api.net at the same time; the operator looks again. (PreconditionFailed)",
    ),
    "link exists": Case(
        status=412,
        path=LINK,
        body=bare(
            "PreconditionFailed",
            "The Virtual Network link hub for the Private DNS zone a.azure-api.net exists already and hence cannot be created again.",
        ),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed virtual network link hub of private DNS zone a.azure-api.net at the same time; the operator looks again. (PreconditionFailed)",
    ),
    "link changed": Case(
        status=412,
        path=LINK,
        body=bare(
            "PreconditionFailed",
            "The Virtual Network link 'hub' for the Private DNS zone 'a.azure-api.net' has been modified (etag mismatch).",
        ),
        meaning=Meaning.MOVED,
        reason=Reason.PROGRESSING,
        message="Somebody changed virtual network link hub of private DNS zone a.azure-api.net at the same time; the operator looks again. (PreconditionFailed)",
    ),
}
