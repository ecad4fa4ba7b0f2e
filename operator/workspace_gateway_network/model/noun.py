"""The words that people use for kinds of Azure resources."""

from __future__ import annotations

_NOUNS = {
    "microsoft.web": ("resource provider", "resource providers"),
    "microsoft.authorization/locks": ("lock", "locks"),
    "microsoft.network/virtualnetworks": ("virtual network", "virtual networks"),
    "microsoft.network/virtualnetworks/subnets": ("subnet", "subnets"),
    "microsoft.network/networksecuritygroups": ("network security group", "network security groups"),
    "microsoft.network/networksecuritygroups/securityrules": ("security rule", "security rules"),
    "microsoft.network/privatednszones": ("private DNS zone", "private DNS zones"),
    "microsoft.network/privatednszones/virtualnetworklinks": ("virtual network link", "virtual network links"),
    "microsoft.network/privatednszones/a": ("A record", "A records"),
    "microsoft.network/privatednsoperationstatuses": ("private DNS operation", "private DNS operations"),
    "microsoft.network/operations": ("network operation", "network operations"),
    "microsoft.network/locations/operations": ("operation", "operations"),
    "microsoft.network/locations/operationresults": ("operation", "operations"),
    "microsoft.apimanagement/service": ("API Management service", "API Management services"),
    "microsoft.apimanagement/gateways": ("gateway", "gateways"),
    "microsoft.apimanagement/gateways/configconnections": ("connection", "connections"),
}


def noun(resource_type: str) -> str:
    """The word for one resource of this type; the type itself where there is no word for it."""
    return _NOUNS.get(resource_type.lower(), (resource_type,))[0]


def plural(resource_type: str) -> str:
    """The word for several of them."""
    return _NOUNS.get(resource_type.lower(), (resource_type,))[-1]
