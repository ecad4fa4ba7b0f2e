"""What happens around a private gateway: its life in Azure, led by the team that owns it, and its name in private DNS."""

from __future__ import annotations

from demo import world
from demo.example import Example
from demo.scene import NOTICE_SECONDS, Document, Scene
from stage.stage import Stage

HOSTS_LINES = r"""{range .status.hostsEntries[*]}{@}{"\n"}{end}"""
"""The jsonpath that docs/api.md gives for the lines of a hosts file."""


class InjectionScene(Scene):
    """A scene with one more person in Azure: the team whose gateway it is."""

    def __init__(self, *, example: Example, stage: Stage) -> None:
        super().__init__(example=example, stage=stage)
        self.team = self.stage.principal("gateway-team")

    # The gateway's life. What takes Azure hours takes the emulator's clock as long, and that is moved ahead.

    def create_gateway(self) -> None:
        """The team asks Azure for the gateway, which goes on for hours."""
        self.team.begin_put(self.example.gateway_id, world.gateway(self.example))

    def connect_workspace(self) -> None:
        """The team connects the gateway with a workspace of the service, which gives it its hostname."""
        connection = {"properties": {"sourceId": f"{self.example.service_id}/workspaces/orders"}}
        self.team.put(f"{self.example.gateway_id}/configConnections/orders", connection)

    def delete_gateway(self) -> None:
        """The team asks Azure to delete the gateway, which takes a while."""
        self.team.begin_delete(self.example.gateway_id)

    def time_passes(self, *, hours: float = 0, minutes: float = 0) -> None:
        """Move the emulator's clock ahead."""
        self.stage.azure.advance(hours * 3600 + minutes * 60)

    def gateway_state(self) -> str:
        """The gateway's provisioning state; empty where there is no gateway."""
        gateway = self.auditor.get(self.example.gateway_id)
        return gateway["properties"]["provisioningState"] if gateway else ""

    def show_addresses(self, addresses: list[str]) -> None:
        """Have ARM show these addresses of the gateway, which ARM alone can change."""
        self.stage.azure.patch(self.example.gateway_id, {"properties": {"frontend": {"inboundIPAddresses": {"private": addresses}}}})

    def shown_addresses(self) -> list[str]:
        """The private addresses that ARM shows of the gateway, as the auditor reads it."""
        gateway = self.auditor.get(self.example.gateway_id) or {"properties": {}}
        addresses: list[str] = gateway["properties"].get("frontend", {}).get("inboundIPAddresses", {}).get("private", [])
        return addresses

    def links_of_subnet(self) -> list[str]:
        """The service association links that hold the subnet."""
        return [link["name"] for link in self.subnet()["properties"].get("serviceAssociationLinks", [])]

    # The gateway's name.

    def hosts_lines(self) -> str:
        """The lines for a hosts file, as kubectl prints them."""
        return self.stage.kubectl("get", "wgn", self.example.name, "-o", f"jsonpath={HOSTS_LINES}")

    def zone_id(self) -> str:
        """The private DNS zone that the resource says it keeps the name in; empty where it says none."""
        records = self.stage.status(self.example.name).get("dns", {}).get("records", [])
        return records[0].get("zoneId", "") if records else ""

    def private_dns(self) -> list[str]:
        """The ids of everything in private DNS."""
        return sorted(id for id in self.resource_ids() if "/privatednszones/" in id.lower())

    def linked_network_ids(self) -> set[str]:
        """The networks that private DNS is linked to, as the auditor reads it."""
        links = (self.auditor.get(id) or {} for id in self.private_dns() if "/virtualnetworklinks/" in id.lower())
        return {link["properties"]["virtualNetwork"]["id"] for link in links if link}

    def addresses(self, zone_id: str) -> list[str]:
        """What a zone's A record at its top answers, as the auditor reads it; nothing where there is none."""
        record = self.auditor.get(f"{zone_id}/A/@")
        return [each["ipv4Address"] for each in record["properties"].get("aRecords", [])] if record else []

    def repoint(self, zone_id: str, address: str) -> None:
        """Somebody has the record answer another address."""
        record = self.somebody.get(f"{zone_id}/A/@") or {}
        record["properties"]["aRecords"] = [{"ipv4Address": address}]
        self.somebody.put(f"{zone_id}/A/@", record)

    # The operator.

    def looked(self, request: str) -> Document:
        """The resource's status, once the operator has done what `look_now` asked for."""

        def answered() -> Document | None:
            status = self.stage.status(self.example.name)
            return status if status.get("lastHandledReconcileAt") == request else None

        return self.eventually(answered, what="The operator did not look", seconds=NOTICE_SECONDS)
