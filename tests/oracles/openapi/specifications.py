"""The OpenAPI documents of our resource types, as oav can read them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

OPENAPI: Final = Path(__file__).resolve().parents[4] / "shared" / "azure" / "openapi"
"""Part of Azure/azure-rest-api-specs; it lies beside the repository, or is absent."""

_NETWORK: Final = "specification/network/resource-manager/Microsoft.Network/stable/2024-03-01"
_PRIVATE_DNS: Final = "specification/privatedns/resource-manager/Microsoft.Network/stable/2024-06-01"
_API_MANAGEMENT: Final = "specification/apimanagement/resource-manager/Microsoft.ApiManagement/stable/2024-05-01"

DOCUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    f"{_NETWORK}/virtualNetwork.json": (
        "Microsoft.Network/virtualNetworks",
        "Microsoft.Network/virtualNetworks/subnets",
        "Microsoft.Network/virtualNetworks/subnets/serviceAssociationLinks",
    ),
    f"{_NETWORK}/networkSecurityGroup.json": (
        "Microsoft.Network/networkSecurityGroups",
        "Microsoft.Network/networkSecurityGroups/securityRules",
    ),
    f"{_NETWORK}/availableDelegations.json": ("Microsoft.Network/locations/availableDelegations",),
    f"{_PRIVATE_DNS}/privatedns.json": (
        "Microsoft.Network/privateDnsZones",
        "Microsoft.Network/privateDnsZones/A",
        "Microsoft.Network/privateDnsZones/ALL",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    ),
    f"{_API_MANAGEMENT}/apigateway.json": ("Microsoft.ApiManagement/gateways",),
    f"{_API_MANAGEMENT}/apimgatewayConfigConnections.json": ("Microsoft.ApiManagement/gateways/configConnections",),
    f"{_API_MANAGEMENT}/apimdeployment.json": ("Microsoft.ApiManagement/service",),
}
"""Document to the resource types in it. Its folder is named by its api-version."""

VERSIONS: Final = {kind: Path(document).parent.name for document, types in DOCUMENTS.items() for kind in types}
"""Resource type to the api-version by which it is judged, whatever version was asked for: there is one document of each."""


def prepare(folder: Path) -> None:
    """Make a working copy of all documents in a folder that doesn't exist yet."""
    shutil.copytree(OPENAPI, folder, copy_function=shutil.copyfile)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    private_dns = folder / _PRIVATE_DNS / "privatedns.json"
    document = json.loads(private_dns.read_text(encoding="utf-8"))
    document["paths"] = dict(_for_a_records(*entry) for entry in document["paths"].items())
    private_dns.write_text(json.dumps(document), encoding="utf-8")


def _for_a_records(path: str, operations: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The same path for A records only: oav cannot tell `{recordType}/{name}` from `virtualNetworkLinks/{name}`."""
    if "{recordType}" not in path:
        return path, operations
    narrowed = {
        method: {**operation, "parameters": [each for each in operation["parameters"] if each.get("name") != "recordType"]}
        for method, operation in operations.items()
    }
    return path.replace("{recordType}", "A"), narrowed
