"""Specs to start from: the least, one with every field, and one at every maximum; and ways to change them."""

from __future__ import annotations

import copy
import itertools
import re
from typing import Any, Final

Spec = dict[str, Any]

SUBSCRIPTION: Final = "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333"
OTHER_SUBSCRIPTION: Final = "/subscriptions/0b1f6471-1bf0-4dda-aec3-444455556666"
GROUP: Final = f"{SUBSCRIPTION}/resourceGroups/network"
API_MANAGEMENT: Final = f"{SUBSCRIPTION}/resourceGroups/apim/providers/Microsoft.ApiManagement/service/contoso"
GATEWAY: Final = f"{SUBSCRIPTION}/resourceGroups/apim/providers/Microsoft.ApiManagement/gateways/team-a"
ZONES: Final = f"{OTHER_SUBSCRIPTION}/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones"
ZONE: Final = f"{ZONES}/gateway.uksouth-01.azure-api.net"
SPOKE: Final = f"{OTHER_SUBSCRIPTION}/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/spoke"
HOSTNAME: Final = "team-a-123456abcdef.gateway.uksouth-01.azure-api.net"
SUBNET: Final = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/hub/subnets/team-a"
NETWORK_SECURITY_GROUP: Final = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/team-a"

REMOVED: Final = object()
"""As a value: the field is not there."""


def least() -> Spec:
    """Only what is required."""
    return {"mode": "Integration", "apiManagement": {"id": API_MANAGEMENT}, "subnet": {"id": SUBNET}}


def full() -> Spec:
    """Every field of the spec, though of a rule's peer only one."""
    return {
        **least(),
        "mode": "Injection",
        "requirementsVersion": "2026-05-20",
        "gateway": {"id": GATEWAY, "hostnames": [HOSTNAME], "privateIPAddresses": ["10.1.0.5", "10.1.0.6"]},
        "networkSecurityGroup": {
            "id": NETWORK_SECURITY_GROUP,
            "attach": "Replace",
            "onDeny": "Precede",
            "additionalRules": [
                rule("office", description="Staff", peer={"prefixes": ["203.0.113.0/24", "198.51.100.7"]}, ports=["443", "8000-8080"]),
                rule("storage", direction="Outbound", peer={"serviceTag": "Storage.UKSouth"}),
            ],
        },
        "dns": {
            "management": "AzurePrivateZone",
            "zones": [{"id": ZONE}, {"id": f"{ZONES}/azure-api.net"}],
            "linkedVirtualNetworkIds": [SPOKE],
            "ttlSeconds": 60,
            "onConflict": "Adopt",
        },
        "resourceGroupId": GROUP,
        "tags": {"costCentre": "4711"},
        "resourceProviderRegistration": "Register",
        "managementPolicy": "Observe",
        "deletionPolicy": "Delete",
        "readyWhen": "GatewayPublished",
        "suspend": True,
        "resyncIntervalSeconds": 30,
        "progressDeadlineSeconds": 600,
    }


def rule(name: str, **fields: Any) -> Spec:
    """An additional rule with all that is required."""
    required = {"priority": 300, "direction": "Inbound", "access": "Allow", "protocol": "Tcp"}
    return {"name": name, **required, "peer": {"serviceTag": "Internet"}, "ports": ["443"], **fields}


def at_every_maximum() -> Spec:
    """The most of everything at once, and each as long as it can be."""
    group = f"{SUBSCRIPTION}/resourceGroups/{'g' * 90}"
    network = f"{group}/providers/Microsoft.Network"
    numbers = itertools.count()
    octets = [(third, fourth) for third in range(100, 256) for fourth in range(100, 256)]

    def prefixes() -> list[str]:
        return [f"100.100.{third}.{fourth}/32" for third, fourth in octets[:50]]

    return {
        **full(),
        "apiManagement": {"id": f"{group}/providers/Microsoft.ApiManagement/service/{'a' * 50}"},
        "subnet": {"id": f"{network}/virtualNetworks/{'v' * 64}/subnets/{'s' * 80}"},
        "gateway": {
            "id": f"{group}/providers/Microsoft.ApiManagement/gateways/{'g' * 45}",
            "hostnames": [f"h{number}" + "h" * 61 + f".{'l' * 63}.{'m' * 63}.{'n' * 61}" for number in range(10)],
            "privateIPAddresses": [f"100.100.100.{number}" for number in range(100, 110)],
        },
        "networkSecurityGroup": {
            "id": f"{network}/networkSecurityGroups/{'n' * 80}",
            "additionalRules": [
                rule(
                    f"{next(numbers):03}" + "N" * 47,
                    priority=4096 - number // 2,
                    direction="Outbound" if number % 2 else "Inbound",
                    peer={"prefixes": prefixes()},
                    ports=[f"{port}-{port + 1}" for port in range(60000, 60064, 2)],
                    description="d" * 140,
                )
                for number in range(100)
            ],
        },
        "dns": {
            **full()["dns"],
            "zones": [{"id": f"{network}/privateDnsZones/{number}{'.z' * 126}"} for number in range(10)],
            "linkedVirtualNetworkIds": [f"{network}/virtualNetworks/{number}{'v' * 62}" for number in range(10, 30)],
            "ttlSeconds": 86400,
        },
        "resourceGroupId": group,
        "tags": {f"{number}" + "T" * 511: "v" * 256 for number in range(10)},
        "resyncIntervalSeconds": 86400,
        "progressDeadlineSeconds": 604800,
    }


def changed(spec: Spec, path: str, value: Any) -> Spec:
    """The spec with another value at a path such as `subnet.id` or `networkSecurityGroup.additionalRules[0].ports`."""
    result = copy.deepcopy(spec)
    target: Any = result
    *steps, last = (int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path))
    for step in steps:
        target = target[step]
    if value is REMOVED:
        del target[last]
    else:
        target[last] = value
    return result


def manifest(spec: Spec, *, name: str = "team-a") -> dict[str, Any]:
    """A resource with the spec."""
    return {
        "apiVersion": "workspacegateway.dev/v1alpha1",
        "kind": "WorkspaceGatewayNetwork",
        "metadata": {"name": name, "namespace": "default"},
        "spec": spec,
    }
