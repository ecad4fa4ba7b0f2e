"""One answer of Azure, and what it must come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.errors import Meaning

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
