"""Private inbound access: the network is prepared for a gateway, and the gateway's name is published as soon as it is known."""

from __future__ import annotations

from typing import Any

import pytest

from stage import seeds
from stage.injection import (
    SWIFT,
    addresses_of,
    connect,
    dns_writes,
    links,
    look,
    private_dns,
    publish,
    put_gateway,
    record,
    said,
    show_addresses,
)
from stage.rest import assert_only_reads_at_rest
from stage.stage import CLIENT_ID, SetTheStage, Stage

Document = dict[str, Any]
SUBNET = seeds.subnet_id("team-a")
ZONE = seeds.zone_id()
AWAITING = "The network is prepared; a gateway can be created in subnet team-a."


@pytest.fixture
def stage(set_the_stage: SetTheStage) -> Stage:
    return set_the_stage(**SWIFT)


def rules(stage: Stage) -> dict[str, Document]:
    """The rules of the resource's own group by requirement, without what Azure adds."""
    group = stage.azure.get(stage.own_group())
    assert group
    return {
        rule["name"].removeprefix(f"wgn-{stage.mark()}-"): {
            key: value for key, value in rule["properties"].items() if value != [] and key != "provisioningState"
        }
        for rule in group["properties"]["securityRules"]
    }


# Before there is a gateway.


def test_apply_prepares_exactly_this_network_and_no_dns(stage: Stage) -> None:
    before = stage.azure.get(SUBNET)
    stage.apply(mode="Injection")
    stage.wait_ready()
    subnet = stage.azure.get(SUBNET)
    assert before
    assert subnet
    (delegation,) = subnet["properties"]["delegations"]
    assert (delegation["name"], delegation["properties"]["serviceName"]) == (
        f"wgn-{stage.mark()}",
        "Microsoft.Web/hostingEnvironments",
    )
    assert subnet["properties"]["networkSecurityGroup"] == {"id": stage.own_group()}
    changed = {"delegations", "networkSecurityGroup"}
    kept = {key: value for key, value in subnet["properties"].items() if key not in changed}
    assert kept == {key: value for key, value in before["properties"].items() if key not in changed}
    assert rules(stage) == {
        "gateway-load-balancer": {
            "direction": "Inbound",
            "priority": 1000,
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "AzureLoadBalancer",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "10.1.0.0/26",
            "destinationPortRange": "80",
            "description": "Health probes of the internal load balancer",
        },
        "gateway-virtual-network": {
            "direction": "Inbound",
            "priority": 1001,
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "VirtualNetwork",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "10.1.0.0/26",
            "destinationPortRanges": ["80", "443"],
            "description": "Calls to the gateway from the virtual network",
        },
        "gateway-storage": {
            "direction": "Outbound",
            "priority": 1000,
            "access": "Allow",
            "protocol": "Tcp",
            "sourceAddressPrefix": "10.1.0.0/26",
            "sourcePortRange": "*",
            "destinationAddressPrefix": "Storage",
            "destinationPortRange": "443",
            "description": "The gateway's dependency on Azure Storage",
        },
    }
    assert said(stage) == ("True", "AwaitingGateway", AWAITING)
    assert said(stage, "DNSRecordsPublished") == (
        "Unknown",
        "AwaitingGateway",
        "No gateway is in subnet team-a yet, so there is no name to publish.",
    )
    assert said(stage, "SecurityRulesApplied") == (
        "True",
        "Reconciled",
        f"Network security group wgn-team-a-{stage.mark()} is attached and holds all 3 wanted rules.",
    )
    assert private_dns(stage) == {}


# A gateway comes.


@pytest.mark.parametrize("ready_when", ["NetworkPrepared", "GatewayPublished"])
def test_what_is_not_known_yet_is_waited_for_and_said(stage: Stage, ready_when: str) -> None:
    waiting = "True" if ready_when == "NetworkPrepared" else "Unknown"
    reconciling = None if waiting == "True" else "True"
    stage.apply(mode="Injection", readyWhen=ready_when)
    stage.wait_reason("AwaitingGateway")
    assert said(stage) == (waiting, "AwaitingGateway", AWAITING)
    assert stage.condition("Reconciling").get("status") == reconciling

    put_gateway(stage, state="Activating")
    look(stage)
    assert said(stage) == (waiting, "AwaitingGateway", "The network is prepared; gateway orders is Activating.")
    assert said(stage, "DNSRecordsPublished") == (
        "Unknown",
        "AwaitingGateway",
        "Gateway orders is Activating, so it has no name or address to publish yet.",
    )
    assert stage.condition("Reconciling").get("status") == reconciling

    put_gateway(stage)
    look(stage)
    assert said(stage) == (
        waiting,
        "AwaitingHostname",
        "Gateway orders has no hostname yet: it gets one with its first workspace. Connect a workspace to it.",
    )
    assert stage.condition("Reconciling").get("status") == reconciling

    connect(stage)
    look(stage)
    assert said(stage) == (
        "Unknown",
        "PrivateIPUnknown",
        (
            "Gateway orders has no private IP address yet; Azure can show it some minutes after the gateway is created. If it does"
            " not, set spec.gateway.privateIPAddresses."
        ),
    )
    assert stage.condition("Reconciling")["status"] == "True"
    assert private_dns(stage) == {}

    show_addresses(stage, seeds.ADDRESS)
    look(stage)
    stage.wait_reason("Reconciled")
    assert said(stage) == ("True", "Reconciled", "The network of gateway orders is as the spec wants it.")
    assert stage.condition("Reconciling") == {}
    assert addresses_of(record(stage)) == [seeds.ADDRESS]


def test_a_name_is_published_exactly_so(stage: Stage) -> None:
    publish(stage, tags={"costCentre": "4711"})
    marks = {"wgn-owner": stage.mark(), "wgn-resource": f"stage/{stage.namespace}/team-a"}
    zone, published = stage.azure.get(ZONE), record(stage)
    (link,) = links(stage)
    assert zone
    assert published
    assert (zone["location"], zone["tags"]) == ("global", {"costCentre": "4711", **marks})
    assert published["properties"]["aRecords"] == [{"ipv4Address": "10.1.0.5"}]
    assert published["properties"]["ttl"] == 300
    assert published["properties"]["metadata"] == {**marks, "wgn-gateway": seeds.gateway_id("orders")}
    assert (link["location"], link["tags"]) == ("global", {"costCentre": "4711", **marks})
    assert link["properties"]["virtualNetwork"] == {"id": seeds.NETWORK}
    assert link["properties"]["registrationEnabled"] is False
    assert dns_writes(stage) == [
        ("PUT", seeds.HOSTNAME),
        ("PUT", f"{seeds.HOSTNAME}/A/@"),
        ("PUT", f"{seeds.HOSTNAME}/virtualNetworkLinks/{link['name']}"),
    ]

    status = stage.status()
    assert status["hostsEntries"] == [f"10.1.0.5 {seeds.HOSTNAME}"]
    assert status["gateway"] == {
        "id": seeds.gateway_id("orders"),
        "name": "orders",
        "provisioningState": "Succeeded",
        "hostnames": [seeds.HOSTNAME],
        "privateIPAddresses": ["10.1.0.5"],
    }
    assert status["dns"] == {"records": [{"fqdn": seeds.HOSTNAME, "zoneId": ZONE, "ipAddresses": ["10.1.0.5"], "state": "Published"}]}
    assert status["effective"]["zoneNames"] == [seeds.HOSTNAME]
    assert status["effective"]["delegation"] == "Microsoft.Web/hostingEnvironments"
    assert said(stage, "DNSRecordsPublished") == (
        "True",
        "Reconciled",
        f"{seeds.HOSTNAME} is published in private DNS with 10.1.0.5.",
    )
    assert said(stage, "GatewayAttached") == ("True", "Reconciled", "Gateway orders is in the subnet.")


@pytest.mark.timeout(300)
def test_at_rest_five_resyncs_only_read(stage: Stage) -> None:
    publish(stage)
    assert_only_reads_at_rest(stage, listed="privateDnsZones")


# What others change.


def heal(stage: Stage, what: str) -> None:
    """Have the operator find what somebody changed, and wait until private DNS is as it was before."""
    look(stage)
    stage.wait_for(lambda: stage.status()["drift"]["state"] == "InSync", what=f"{what} to be put back")


def test_a_removed_mark_comes_back_and_notes_of_others_stay(stage: Stage) -> None:
    publish(stage)
    (link,) = links(stage)
    stage.azure.patch(ZONE, {"tags": {"wgn-owner": None, "wgn-resource": None, "team": "dns"}})
    stage.azure.patch(f"{ZONE}/A/@", {"properties": {"metadata": {"wgn-gateway": "/nobody", "ticket": "4711"}}})
    stage.azure.patch(link["id"], {"tags": {"wgn-resource": "somebody", "team": "dns"}})
    heal(stage, "the marks")
    marks = {"wgn-owner": stage.mark(), "wgn-resource": f"stage/{stage.namespace}/team-a"}
    held = private_dns(stage)
    assert held[ZONE]["tags"] == {**marks, "team": "dns"}
    assert (stage.azure.get(link["id"]) or {})["tags"] == {**marks, "team": "dns"}
    healed = record(stage)
    assert healed
    assert healed["properties"]["metadata"] == {**marks, "wgn-gateway": seeds.gateway_id("orders"), "ticket": "4711"}
    since = stage.azure.seq()
    look(stage)
    assert dns_writes(stage, since=since) == []


def test_a_changed_address_is_followed(stage: Stage) -> None:
    publish(stage)
    show_addresses(stage, "10.1.0.9", "10.1.0.7")
    look(stage)
    stage.wait_for(lambda: addresses_of(record(stage)) == ["10.1.0.7", "10.1.0.9"], what="the record to follow")
    stage.wait_for(
        lambda: stage.status()["hostsEntries"] == [f"10.1.0.7 {seeds.HOSTNAME}", f"10.1.0.9 {seeds.HOSTNAME}"], what="hosts lines"
    )
    assert "DriftDetected" not in {event["reason"] for event in stage.events()}


# What cannot be seen.


def refusal(status: int, code: str) -> Document:
    return {"status": status, "body": {"error": {"code": code, "message": "Made up."}}}


def page(*items: Document, **more: Any) -> Document:
    return {"status": 200, "body": {"value": list(items), **more}}


GATEWAYS, CONNECTIONS = r"/microsoft\.apimanagement/gateways$", r"/configconnections$"
NAMELESS: Document = {
    "id": seeds.connection_id("orders"),
    "name": "orders",
    "properties": {"sourceId": f"{seeds.SERVICE}/workspaces/orders"},
}
SECOND_PAGE = "/second-page"
BLIND: dict[str, dict[str, Document]] = {
    "connections forbidden": {CONNECTIONS: refusal(403, "AuthorizationFailed")},
    "connections broken": {CONNECTIONS: refusal(500, "InternalServerError")},
    "connections not found": {CONNECTIONS: refusal(404, "ResourceNotFound")},
    "connections unavailable": {CONNECTIONS: {"status": 503, "body": "<html>Service Unavailable</html>"}},
    "gateways forbidden": {r"/gateways(/[^/]+)?$": refusal(403, "AuthorizationFailed")},
    "gateways broken": {r"/gateways(/[^/]+)?$": refusal(503, "ServiceUnavailable")},
    "gateways not found": {GATEWAYS: refusal(404, "ResourceNotFound")},
    "no gateways listed": {GATEWAYS: page()},
    "the gateway missing altogether": {GATEWAYS: page(), r"/gateways/orders$": refusal(404, "ResourceNotFound")},
    "no connections listed": {CONNECTIONS: page()},
    "a connection without its name": {CONNECTIONS: page(NAMELESS)},
    "gateways on a page that breaks": {GATEWAYS: page(nextLink=SECOND_PAGE), SECOND_PAGE: refusal(503, "ServiceUnavailable")},
    "connections on a page that breaks": {CONNECTIONS: page(nextLink=SECOND_PAGE), SECOND_PAGE: refusal(503, "ServiceUnavailable")},
    "zones forbidden": {r"/privatednszones(/[^/]+)?$": refusal(403, "AuthorizationFailed")},
    "zones broken": {r"/privatednszones": refusal(500, "InternalServerError")},
    "records forbidden": {r"/privatednszones/[^/]+/a$": refusal(403, "AuthorizationFailed")},
    "an answer that is no page": {CONNECTIONS: {"status": 200, "body": {}}},
    "an answer that is cut short": {CONNECTIONS: {"status": 200, "body": '{"value": [{"na'}},
}


def lead_astray(stage: Stage, faults: dict[str, Document]) -> None:
    """Have the operator get these answers, by path; a link to a next page leads to the emulator."""
    for path, answer in faults.items():
        body = answer["body"]
        if isinstance(body, dict) and "nextLink" in body:
            body = {**body, "nextLink": f"{stage.azure.url}/subscriptions/{seeds.SUBSCRIPTION}{body['nextLink']}?api-version=2024-05-01"}
        stage.azure.add_fault(method="GET", path=path, principal=CLIENT_ID, answer={**answer, "body": body})


def look_astray(stage: Stage) -> None:
    """Have the operator look while a fault is in force, which it may answer by trying again and again."""
    before = stage.azure.faults()[0]["hits"]
    stage.annotate(**{"reconcile-requested-at": f"astray-{before}"})
    stage.wait_for(lambda: stage.azure.faults()[0]["hits"] > before, what="a look that is led astray")


@pytest.mark.parametrize("what", BLIND)
def test_what_cannot_be_read_removes_and_changes_nothing(stage: Stage, what: str) -> None:
    publish(stage)
    settled, since = private_dns(stage), stage.azure.seq()
    lead_astray(stage, BLIND[what])
    look_astray(stage)
    look_astray(stage)
    assert all(fault["hits"] for fault in stage.azure.faults())
    stage.azure.clear_faults()
    look(stage)
    stage.wait_reason("Reconciled")
    assert stage.writes(since=since) == []
    assert private_dns(stage) == settled


def test_an_address_that_azure_does_not_show_for_a_while_stays_published(stage: Stage) -> None:
    publish(stage)
    settled, since = private_dns(stage), stage.azure.seq()
    nothing: tuple[list[str] | None, ...] = ([], None)
    for shown in nothing:
        stage.azure.patch(seeds.gateway_id("orders"), {"properties": {"frontend": {"inboundIPAddresses": {"private": shown}}}})
        look(stage)
        assert said(stage) == ("True", "Reconciled", "The network of gateway orders is as the spec wants it.")
        assert said(stage, "DNSRecordsPublished")[:2] == ("True", "Reconciled")
        assert stage.status()["hostsEntries"] == [f"10.1.0.5 {seeds.HOSTNAME}"]
    show_addresses(stage, seeds.ADDRESS)
    look(stage)
    assert stage.writes(since=since) == []
    assert private_dns(stage) == settled
