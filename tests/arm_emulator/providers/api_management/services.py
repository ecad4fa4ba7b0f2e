"""API Management instances, to be read; a seed or the control endpoint places them."""

from __future__ import annotations

from arm_emulator.arm import ArmPath, Document
from arm_emulator.providers.api_management.base import ApiManagementResourceType
from arm_emulator.store import Resource


class Services(ApiManagementResourceType):
    """API Management instances."""

    name = "Microsoft.ApiManagement/service"
    read_only = frozenset({"provisioningState", "targetProvisioningState", "createdAtUtc", "gatewayUrl", "platformVersion"})

    def new(self, path: ArmPath, document: Document) -> Resource:
        service = super().new(path, document)
        service.generated = {
            "targetProvisioningState": "",
            "createdAtUtc": self.world.clock.timestamp(),
            "gatewayUrl": f"https://{path.name.lower()}.azure-api.net",
        }
        return service

    def show(self, resource: Resource) -> Document:
        shown = super().show(resource)
        hostname = f"{resource.name.lower()}.azure-api.net"
        built_in = {
            "type": "Proxy",
            "hostName": hostname,
            "negotiateClientCertificate": False,
            "defaultSslBinding": True,
            "certificateSource": "BuiltIn",
        }
        shown["properties"].setdefault("hostnameConfigurations", [built_in])
        return shown
