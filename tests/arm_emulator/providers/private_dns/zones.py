"""Private DNS zones."""

from __future__ import annotations

import base64
import re
from typing import ClassVar

from arm_emulator.arm import ArmPath, Call, Document, parse_path
from arm_emulator.providers.private_dns.base import LINKS, ZONES, AsynchronousType
from arm_emulator.providers.private_dns.errors import bad_request, nested_resources_exist
from arm_emulator.providers.private_dns.record_sets import RecordSets
from arm_emulator.store import Resource, new_guid
from arm_emulator.world import World

MOST_ZONES = 1000
MOST_LABELS = 34
RESERVED = frozenset(
    {
        "azclient.ms",
        "azure.com",
        "cloudapp.net",
        "core.windows.net",
        "microsoft.com",
        "msidentity.com",
        "trafficmanager.net",
        "windows.net",
    }
)
"""Names that no private zone may have (Microsoft's *What is a private Azure DNS zone?*)."""
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_AZURE_API = "azure-api.net"


class PrivateDnsZones(AsynchronousType):
    """Private DNS zones. One is there when its operation has ended, with its start of authority."""

    name = ZONES
    label = "PrivateDnsZone"
    read_only = frozenset(
        {
            "provisioningState",
            "internalId",
            "maxNumberOfRecordSets",
            "maxNumberOfVirtualNetworkLinks",
            "maxNumberOfVirtualNetworkLinksWithRegistration",
            "numberOfRecordSets",
            "numberOfVirtualNetworkLinks",
            "numberOfVirtualNetworkLinksWithRegistration",
        }
    )
    properties_since: ClassVar = {"internalId": "2024-06-01"}

    def __init__(self, world: World, *, start_of_authority: RecordSets) -> None:
        super().__init__(world)
        self.start_of_authority = start_of_authority

    def new(self, path: ArmPath, document: Document) -> Resource:
        zone = super().new(path, document)
        identity = f"ImmutableZoneIdentity;{new_guid()};0"
        zone.generated = {"internalId": base64.b64encode(identity.encode()).decode()}
        return zone

    def place(self, path: ArmPath, document: Document) -> Resource:
        zone = super().place(path, document)
        self._give_authority(zone)
        return zone

    def keep(self, resource: Resource) -> None:
        super().keep(resource)
        self._give_authority(resource)

    def show(self, resource: Resource) -> Document:
        shown = super().show(resource)
        links = self.world.store.children(resource.id, LINKS)
        shown["properties"] |= {
            "maxNumberOfRecordSets": 25000,
            "maxNumberOfVirtualNetworkLinks": 1000,
            "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
            "numberOfRecordSets": max(1, self.world.store.count_children(resource.id) - len(links)),
            "numberOfVirtualNetworkLinks": len(links),
            "numberOfVirtualNetworkLinksWithRegistration": sum(bool(each.properties.get("registrationEnabled")) for each in links),
        }
        return shown

    def check(self, call: Call, _document: Document) -> None:
        name = call.path.name.lower()
        labels = name.split(".")
        if not 2 <= len(labels) <= MOST_LABELS or len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
            raise bad_request(
                f"The Private DNS zone name '{call.path.name}' is invalid: it needs 2 to {MOST_LABELS} labels of 1 to 63 characters."
            )
        if name in RESERVED or (name == _AZURE_API and self.world.settings.private_dns.reserves_azure_api):
            raise bad_request(
                f"The Private DNS zone name '{call.path.name}' is not permitted as it is a reserved Azure infrastucture domain.."  # sic
            )
        zones = self.world.store.of_type(self.name, below=f"/subscriptions/{call.path.subscription}")
        if self.find(call.path) is None and len(zones) >= MOST_ZONES:
            raise bad_request(f"The subscription '{call.path.subscription}' has reached its limit of {MOST_ZONES} Private DNS zones.")

    def check_deletion(self, resource: Resource) -> None:
        links = self.world.store.children(resource.id, LINKS)
        if links:
            raise nested_resources_exist([f"{ZONES}/{resource.name}/virtualNetworkLinks/{each.name}" for each in links])

    def messages(self, path: ArmPath) -> tuple[str, str]:
        return (
            f"The Zone {path.name} exists already and hence cannot be created again.",
            f"The Zone {path.name} has been modified (etag mismatch).",
        )

    def _give_authority(self, zone: Resource) -> None:
        path = parse_path(f"{zone.id}/SOA/@")
        assert path is not None
        if self.start_of_authority.find(path) is None:
            self.start_of_authority.place(path, {})
