"""A scene of Injection: its gateway's life, as others lead it, and what private DNS then holds."""

from __future__ import annotations

from typing import Any

from stage import seeds
from stage.stage import Document, Stage

SWIFT: dict[str, Any] = {
    "emulator_options": ("--latency", "lan", "--time-scale", "60"),
    "settings": {"WGN_OPERATION_POLL_SECONDS": "0.2"},
}
"""Options of a `Stage` on which private DNS, which asks for half a minute between two polls, does not keep anybody waiting."""

PRIVATE_DNS = "/privateDnsZones"


def put_gateway(
    stage: Stage, name: str = "orders", *, addresses: list[str] | None = None, state: str = "Succeeded", subnet: str = "team-a"
) -> None:
    """Place the gateway in the subnet, as its creator's deployment leaves it."""
    document = seeds.private_gateway(name, subnet=subnet, addresses=addresses, state=state)
    stage.azure.put(document["id"], document)


def connect(stage: Stage, hostname: str = seeds.HOSTNAME, *, gateway: str = "orders") -> None:
    """Connect the gateway with a workspace, which gives it its hostname."""
    stage.azure.put(seeds.connection_id(gateway), seeds.connection(hostname))


def show_addresses(stage: Stage, *addresses: str) -> None:
    """Have the gateway show these private addresses."""
    stage.azure.patch(seeds.gateway_id("orders"), {"properties": {"frontend": {"inboundIPAddresses": {"private": list(addresses)}}}})


def look(stage: Stage, name: str = "team-a") -> None:
    """Have the operator look at Azure, and wait until it has."""
    stage.reconcile_now(name, token=f"look-{stage.azure.seq()}")


def bring_gateway(stage: Stage, **spec: Any) -> None:
    """The network is prepared, a gateway comes and is connected, and the operator has seen it."""
    stage.apply(mode="Injection", **spec)
    stage.wait_reason("AwaitingGateway")
    put_gateway(stage, addresses=[seeds.ADDRESS])
    connect(stage)
    look(stage)


def publish(stage: Stage, **spec: Any) -> None:
    """The whole way: the network is prepared, a gateway comes and is connected, its name is published."""
    bring_gateway(stage, **spec)
    stage.wait_reason("Reconciled")


def addresses_of(record: Document | None) -> list[str]:
    """The addresses in an A record set; none where there is no such set."""
    return [entry["ipv4Address"] for entry in record["properties"]["aRecords"]] if record else []


def record(stage: Stage, zone_id: str | None = None, name: str = "@") -> Document | None:
    """A record set, in the hostname's own zone unless told otherwise."""
    return stage.azure.get(f"{zone_id or seeds.zone_id()}/A/{name}")


def links(stage: Stage, zone_id: str | None = None) -> list[Document]:
    """The links of a zone."""
    prefix = f"{zone_id or seeds.zone_id()}/virtualNetworkLinks/".lower()
    return [document for document in stage.azure.resources() if document["id"].lower().startswith(prefix)]


def linked_networks(stage: Stage, zone_id: str | None = None) -> set[str]:
    """The names of the networks in which a zone is seen."""
    return {link["properties"]["virtualNetwork"]["id"].rpartition("/")[2] for link in links(stage, zone_id)}


def private_dns(stage: Stage) -> Document:
    """All that private DNS holds, by id, but for etags and counters."""
    return {
        document["id"]: {
            "tags": document.get("tags", {}),
            **{key: document["properties"].get(key) for key in ("ttl", "metadata", "aRecords", "virtualNetwork", "registrationEnabled")},
        }
        for document in stage.azure.resources()
        if PRIVATE_DNS.lower() in document["id"].lower()
    }


def said(stage: Stage, kind: str = "Ready", name: str = "team-a") -> tuple[str, str, str]:
    """Status, reason and message of a condition; empty texts where it isn't there."""
    condition = stage.condition(kind, name)
    return condition.get("status", ""), condition.get("reason", ""), condition.get("message", "")


_KINDS = {"A": "record", "virtualNetworkLinks": "link", "privateDnsZones": "zone", "subnets": "subnet", "networkSecurityGroups": "group"}


def written(stage: Stage, *, since: int) -> list[tuple[str, str]]:
    """Method and kind of what the operator wrote, in order."""
    exchanges = ((each["liveRequest"]["method"], each["liveRequest"]["url"].split("?")[0]) for each in stage.writes(since=since))
    return [(method, _KINDS[url.split("/")[-2]]) for method, url in exchanges]


def dns_writes(stage: Stage, *, since: int = 0) -> list[tuple[str, str]]:
    """Method, and path from the zone's name on, of the operator's writes to private DNS."""
    written = ((write["liveRequest"]["method"], write["liveRequest"]["url"].split("?")[0]) for write in stage.writes(since=since))
    return [(method, url.rpartition(f"{PRIVATE_DNS}/")[2]) for method, url in written if PRIVATE_DNS.lower() in url.lower()]
