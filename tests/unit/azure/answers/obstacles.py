"""Something is in the way, or the request is not as Azure takes it."""

from __future__ import annotations

from collections.abc import Mapping

from unit.azure.answers.case import (
    NETWORK,
    NSG,
    SUBNET,
    Case,
    wrapped,
)
from workspace_gateway_network.api.reasons import Reason

CASES: Mapping[str, Case] = {
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
    "InUseSubnetCannotBeUpdated": Case(
        status=400,
        body=wrapped("InUseSubnetCannotBeUpdated", "Subnet team-a is in use and cannot be updated."),
        reason=Reason.SUBNET_NOT_DEDICATED,
        message="Azure does not let the operator write subnet team-a while it is in use: Subnet team-a is in use and cannot be updated. "
        "Take away what uses it. (InUseSubnetCannotBeUpdated)",
    ),
    "InUseSubnetCannotBeUpdated, while taking away": Case(
        status=400,
        body=wrapped("InUseSubnetCannotBeUpdated", "Subnet team-a is in use and cannot be updated."),
        removing=True,
        reason=Reason.RESOURCE_IN_USE,
        message="Azure does not let the operator write subnet team-a while it is in use: Subnet team-a is in use and cannot be updated. "
        "Take away what uses it. (InUseSubnetCannotBeUpdated)",
    ),
    "InUseSubnetCannotBeUpdatedWithServiceAssociationLinks": Case(
        status=400,
        body=wrapped(
            "InUseSubnetCannotBeUpdatedWithServiceAssociationLinks",
            "Subnet team-a is in use and cannot be updated with service association links.",
        ),
        reason=Reason.SUBNET_NOT_DEDICATED,
        message="Azure does not let the operator write subnet team-a while it is in use: Subnet team-a is in use and cannot be updated with service association links. "
        "Take away what uses it. (InUseSubnetCannotBeUpdatedWithServiceAssociationLinks)",
    ),
    "InUseSubnetCannotBeUpdatedWithServiceAssociationLinks, while taking away": Case(
        status=400,
        body=wrapped(
            "InUseSubnetCannotBeUpdatedWithServiceAssociationLinks",
            "Subnet team-a is in use and cannot be updated with service association links.",
        ),
        removing=True,
        reason=Reason.RESOURCE_IN_USE,
        message="Azure does not let the operator write subnet team-a while it is in use: Subnet team-a is in use and cannot be updated with service association links. "
        "Take away what uses it. (InUseSubnetCannotBeUpdatedWithServiceAssociationLinks)",
    ),
    "subnet cannot be deleted": Case(
        status=400,
        method="DELETE",
        path=NETWORK,
        body=wrapped(
            "InUseSubnetCannotBeDeleted",
            "Subnet team-a is in use by /gw/gatewayIPConfigurations/ip-1 and cannot be deleted. In order to delete the subnet, delete all the "
            "resources within the subnet. See aka.ms/deletesubnet.",
        ),
        reason=Reason.RESOURCE_IN_USE,
        message="Azure does not let the operator delete virtual network v while it is in use: Subnet team-a is in use by "
        "/gw/gatewayIPConfigurations/ip-1 and cannot be deleted. Take away what uses it. (InUseSubnetCannotBeDeleted)",
    ),
    "NetcfgSubnetRangesOverlap": Case(
        status=400,
        body=wrapped(
            "NetcfgSubnetRangesOverlap",
            "Subnet 'team-a' is not valid because its IP address range overlaps with that of an existing subnet in virtual network 'v'.",
        ),
        reason=Reason.AZURE_REFUSED,
        message="Azure refused to write subnet team-a: "
        "Subnet 'team-a' is not valid because its IP address range overlaps with that of an existing subnet in virtual network 'v'. "
        "Put right what it names; if the request looks right, report a bug of the operator. (NetcfgSubnetRangesOverlap)",
    ),
    "NetcfgInvalidSubnet": Case(
        status=400,
        body=wrapped(
            "NetcfgInvalidSubnet",
            "Subnet 'team-a' is not valid in virtual network 'v'.",
        ),
        reason=Reason.AZURE_REFUSED,
        message="Azure refused to write subnet team-a: "
        "Subnet 'team-a' is not valid in virtual network 'v'. "
        "Put right what it names; if the request looks right, report a bug of the operator. (NetcfgInvalidSubnet)",
    ),
    "NetcfgSubnetRangeOutsideVnet": Case(
        status=400,
        body=wrapped(
            "NetcfgSubnetRangeOutsideVnet",
            "Subnet 'team-a' is not valid because its IP address range is outside the IP address range of virtual network 'v'.",
        ),
        reason=Reason.AZURE_REFUSED,
        message="Azure refused to write subnet team-a: "
        "Subnet 'team-a' is not valid because its IP address range is outside the IP address range of virtual network 'v'. "
        "Put right what it names; if the request looks right, report a bug of the operator. (NetcfgSubnetRangeOutsideVnet)",
    ),
    "quota of something else": Case(
        status=403,
        body=wrapped("QuotaExceeded", "Operation could not be completed as it results in exceeding approved quota."),
        reason=Reason.QUOTA_EXCEEDED,
        message="Azure refused to write subnet team-a: Operation could not be completed as it results in exceeding approved quota. Remove what is no longer "
        "used, or have Azure raise the limit. (QuotaExceeded)",
    ),
}
