"""What is published is taken back when it is positively known that nobody needs it, in safe order, and never while a gateway lives."""

from __future__ import annotations

from typing import Any

import pytest

from stage import seeds
from stage.injection import (
    SWIFT,
    addresses_of,
    connect,
    dns_writes,
    linked_networks,
    links,
    look,
    private_dns,
    publish,
    put_gateway,
    record,
    written,
)
from stage.stage import SetTheStage, Stage
from stage.world import assert_same, world

Document = dict[str, Any]
SUBNET = seeds.subnet_id("team-a")
GATEWAY = seeds.gateway_id("orders")
SHORT_ABSENCE = {**SWIFT, "settings": {**SWIFT["settings"], "WGN_ABSENCE_SECONDS": "5"}}
SPOKE = {"linkedVirtualNetworkIds": [seeds.SPOKE]}


@pytest.fixture
def stage(set_the_stage: SetTheStage) -> Stage:
    return set_the_stage(seed=seeds.hub(resources=[seeds.spoke()]), **SWIFT)


def delete(stage: Stage) -> None:
    stage.kubectl("delete", "wgn", "team-a", "--wait=false")


def wait_gone(stage: Stage) -> None:
    stage.wait_for(lambda: stage.find() is None, what="the end of team-a", then=lambda: str(stage.find()))


def end_gateway(stage: Stage) -> None:
    """The gateway and its connection are gone, and so is its link on the subnet."""
    stage.azure.delete(seeds.connection_id("orders"))
    stage.azure.delete(GATEWAY)


def delegated_to(stage: Stage) -> list[str]:
    subnet = stage.azure.get(SUBNET)
    assert subnet
    return [delegation["properties"]["serviceName"] for delegation in subnet["properties"]["delegations"]]


# A live gateway of the other mode.


def test_another_mode_does_not_touch_what_a_live_gateway_needs(stage: Stage) -> None:
    publish(stage)
    settled, since = world(stage.azure), stage.azure.seq()
    stage.apply(mode="Integration")
    ready = stage.wait_reason("GatewayReplacementRequired")
    assert ready["message"] == (
        "Gateway orders sits in the subnet with virtualNetworkType Internal, but the spec's mode needs External. A gateway's network cannot be"
        " changed, so nothing is touched: set spec.mode to the gateway's, or delete the gateway and create it anew once this resource has"
        " converged. (1 more finding: see the other conditions and the events.)"
    )
    look(stage)
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))


def test_nor_is_anything_prepared_for_private_names_around_a_public_gateway(stage: Stage) -> None:
    stage.apply(mode="Integration")
    stage.wait_reason("AwaitingGateway")
    public = seeds.gateway("orders", subnet="team-a")
    stage.azure.put(public["id"], public)
    connect(stage)
    look(stage)
    settled, since = world(stage.azure), stage.azure.seq()
    stage.apply(mode="Injection")
    ready = stage.wait_reason("GatewayReplacementRequired")
    assert ready["message"] == (
        "Gateway orders sits in the subnet with virtualNetworkType External, but the spec's mode needs Internal. A gateway's network cannot be"
        " changed, so nothing is touched: set spec.mode to the gateway's, or delete the gateway and create it anew once this resource has"
        " converged. (1 more finding: see the other conditions and the events.)"
    )
    look(stage)
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))


def test_names_given_for_a_gateway_of_the_other_mode_are_not_published(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub(resources=[seeds.gateway("orders", subnet="team-a")]), **SWIFT)
    stage.apply(mode="Injection", gateway={"hostnames": [seeds.HOSTNAME], "privateIPAddresses": [seeds.ADDRESS]})
    stage.wait_reason("GatewayReplacementRequired")
    look(stage)
    assert stage.writes() == []


def test_without_a_gateway_the_mode_changes_both_ways(stage: Stage) -> None:
    stage.apply(mode="Integration")
    stage.wait_reason("AwaitingGateway")
    integrated = world(stage.azure)
    stage.apply(mode="Injection")
    stage.wait_for(lambda: delegated_to(stage) == ["Microsoft.Web/hostingEnvironments"], what="the delegation of Injection")
    stage.wait_reason("AwaitingGateway")
    group = stage.azure.get(stage.own_group())
    assert group
    assert sorted(rule["name"].removeprefix(f"wgn-{stage.mark()}-") for rule in group["properties"]["securityRules"]) == [
        "gateway-load-balancer",
        "gateway-storage",
        "gateway-virtual-network",
    ]
    stage.apply(mode="Integration")
    stage.wait_for(lambda: delegated_to(stage) == ["Microsoft.Web/serverFarms"], what="the delegation of Integration")
    stage.wait_reason("AwaitingGateway")
    look(stage)
    assert_same(integrated, world(stage.azure))


def test_another_mode_waits_for_the_link_of_the_gateway_that_was_there_and_takes_its_name_back(stage: Stage) -> None:
    publish(stage)
    lingering = (stage.azure.get(SUBNET) or {})["properties"]["serviceAssociationLinks"]
    stage.stop_operator()
    end_gateway(stage)
    stage.azure.patch(SUBNET, {"properties": {"serviceAssociationLinks": lingering}})
    settled, since = world(stage.azure), stage.azure.seq()
    stage.apply(mode="Integration")
    stage.start_operator()
    ready = stage.wait_reason("ResourceInUse")
    assert ready["message"] == (
        "Subnet team-a is to be delegated to Microsoft.Web/serverFarms instead of Microsoft.Web/hostingEnvironments, but the service"
        f" association link {lingering[0]['name']} says that it is still used. Wait until the link is gone (it can outlive its gateway by"
        " hours), or use another subnet."
    )
    look(stage)
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))

    stage.azure.patch(SUBNET, {"properties": {"serviceAssociationLinks": None}})
    look(stage)
    stage.wait_for(lambda: delegated_to(stage) == ["Microsoft.Web/serverFarms"], what="the delegation of Integration")
    stage.wait_for(lambda: private_dns(stage) == {}, what="the end of the name")
    stage.wait_reason("AwaitingGateway")


# Deletion.


def test_deletion_waits_for_the_gateway_and_then_goes_in_safe_order(stage: Stage) -> None:
    before = world(stage.azure)
    publish(stage, deletionPolicy="Delete", dns=SPOKE)
    settled, since = world(stage.azure), stage.azure.seq()
    delete(stage)
    ready = stage.wait_reason("GatewayStillAttached")
    assert ready["status"] == "False"
    assert ready["message"] == (
        "Gateway orders still uses subnet team-a, so nothing is removed. Delete the gateway, or set the annotation"
        " workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
    )
    look(stage)
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))

    end_gateway(stage)
    wait_gone(stage)
    assert written(stage, since=since) == [
        ("DELETE", "record"),
        ("DELETE", "link"),
        ("DELETE", "link"),
        ("DELETE", "zone"),
        ("PUT", "subnet"),
        ("DELETE", "group"),
    ]
    assert_same(before, world(stage.azure))


def test_a_link_that_outlives_its_gateway_keeps_the_name_published(stage: Stage) -> None:
    publish(stage, deletionPolicy="Delete")
    lingering = (stage.azure.get(SUBNET) or {})["properties"]["serviceAssociationLinks"]
    stage.stop_operator()
    end_gateway(stage)
    stage.azure.patch(SUBNET, {"properties": {"serviceAssociationLinks": lingering}})
    settled, since = world(stage.azure), stage.azure.seq()
    delete(stage)
    stage.start_operator()
    ready = stage.wait_reason("ResourceInUse")
    assert ready["message"] == (
        f"Subnet team-a has the service association link {lingering[0]['name']}, so something may still use it and nothing is removed. Wait"
        " until the link is gone (it can outlive its gateway by hours), or set the annotation workspacegateway.dev/deletion-policy-override:"
        " Retain to leave Azure as it is."
    )
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))
    stage.azure.patch(SUBNET, {"properties": {"serviceAssociationLinks": None}})
    wait_gone(stage)
    assert private_dns(stage) == {}
    assert delegated_to(stage) == []


def test_retain_leaves_names_as_they_are(stage: Stage) -> None:
    publish(stage)
    settled, since = world(stage.azure), stage.azure.seq()
    delete(stage)
    wait_gone(stage)
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))


def test_a_zone_in_which_somebody_put_a_record_stays_until_it_is_free(stage: Stage) -> None:
    publish(stage, deletionPolicy="Delete")
    by_hand = {"properties": {"ttl": 77, "aRecords": [{"ipv4Address": "10.9.9.9"}]}}
    stage.azure.put(f"{seeds.zone_id()}/A/other", by_hand)
    end_gateway(stage)
    delete(stage)
    ready = stage.wait_reason("ResourceInUse")
    assert ready["message"] == (
        f"Private DNS zone {seeds.HOSTNAME} still holds records of others, so it is not removed. Remove them, or set the annotation"
        " workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
    )
    assert record(stage) is None
    assert linked_networks(stage) == {"hub"}
    assert addresses_of(record(stage, name="other")) == ["10.9.9.9"]
    stage.azure.delete(f"{seeds.zone_id()}/A/other")
    wait_gone(stage)
    assert private_dns(stage) == {}


# A gateway that is gone while its resource lives.


def test_one_look_without_the_gateway_takes_nothing_away_but_time_does(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(**SHORT_ABSENCE)
    publish(stage)
    settled, since = private_dns(stage), stage.azure.seq()
    end_gateway(stage)
    look(stage)
    assert dns_writes(stage, since=since) == []
    assert private_dns(stage) == settled

    def taken_away() -> bool:
        look(stage)
        return stage.azure.get(seeds.zone_id()) is None

    stage.wait_for(taken_away, what="the end of the zone")
    assert written(stage, since=since) == [("DELETE", "record"), ("DELETE", "link"), ("DELETE", "zone")]
    assert delegated_to(stage) == ["Microsoft.Web/hostingEnvironments"]
    stage.wait_reason("AwaitingGateway")
    assert "hostsEntries" not in stage.status()

    put_gateway(stage, addresses=["10.1.0.8"])
    connect(stage)
    look(stage)
    stage.wait_reason("Reconciled")
    assert addresses_of(record(stage)) == ["10.1.0.8"]


def test_a_gateway_that_comes_back_in_time_never_lost_its_name(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(**SHORT_ABSENCE)
    publish(stage)
    settled, since = private_dns(stage), stage.azure.seq()
    end_gateway(stage)
    look(stage)
    put_gateway(stage, addresses=[seeds.ADDRESS])
    connect(stage)
    look(stage)
    stage.wait_reason("Reconciled")
    assert stage.writes(since=since) == []
    assert private_dns(stage) == settled


def test_ten_minutes_must_pass_unless_told_otherwise(stage: Stage) -> None:
    publish(stage)
    (link,) = links(stage)
    settled, since = private_dns(stage), stage.azure.seq()
    end_gateway(stage)
    stage.azure.advance(24 * 3600)
    for _ in range(4):
        look(stage)
    assert stage.writes(since=since) == []
    assert private_dns(stage) == settled
    assert stage.azure.get(link["id"])
