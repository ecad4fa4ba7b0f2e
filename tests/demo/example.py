"""The resource that the demo applies: a file of `examples/`, just as a user would take it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
INTEGRATION = _EXAMPLES / "integration.yaml"
INJECTION = _EXAMPLES / "injection.yaml"


@dataclass(frozen=True, kw_only=True)
class Example:
    """What the demo must know of the file. The emulated Azure is made to fit it."""

    path: Path
    name: str
    namespace: str
    service_id: str
    """The API Management service."""
    subnet_id: str
    mode: str
    resync_seconds: int
    linked_network_ids: tuple[str, ...]
    """Where else a private gateway's name shall resolve."""

    @classmethod
    def read(cls, path: Path = INTEGRATION) -> Self:
        """Read the file; it must hold one WorkspaceGatewayNetwork."""
        document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        metadata, spec = document["metadata"], document["spec"]
        return cls(
            path=path,
            name=metadata["name"],
            namespace=metadata["namespace"],
            service_id=spec["apiManagement"]["id"],
            subnet_id=spec["subnet"]["id"],
            mode=spec["mode"],
            resync_seconds=spec["resyncIntervalSeconds"],
            linked_network_ids=tuple(spec.get("dns", {}).get("linkedVirtualNetworkIds", ())),
        )

    @property
    def subscription(self) -> str:
        """The subscription's GUID."""
        return self.subnet_id.split("/")[2]

    @property
    def network_id(self) -> str:
        """The subnet's virtual network."""
        return self.subnet_id.rpartition("/subnets/")[0]

    @property
    def network_group_id(self) -> str:
        """The resource group of the network."""
        return self.subnet_id.partition("/providers/")[0]

    @property
    def subnet_name(self) -> str:
        """The last segment of the subnet's id."""
        return self.subnet_id.rpartition("/")[2]

    @property
    def network_name(self) -> str:
        """The last segment of the network's id."""
        return self.network_id.rpartition("/")[2]

    @property
    def gateway_id(self) -> str:
        """The gateway that will move in: of the resource's name, beside the service."""
        return f"{self.service_id.partition('/providers/')[0]}/providers/Microsoft.ApiManagement/gateways/{self.name}"
