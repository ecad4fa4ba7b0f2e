"""A live gateway is never cut off, and what belongs to somebody else is never taken."""

from __future__ import annotations

from typing import Any

from stage import seeds
from stage.stage import SetTheStage, Stage

Document = dict[str, Any]


def put_gateway(stage: Stage, name: str, *, network_type: str = "External", state: str = "Succeeded") -> None:
    """Place a gateway in the subnet, as its creator's deployment leaves it."""
    document = seeds.gateway(name, subnet="team-a", network_type=network_type, state=state)
    stage.azure.put(document["id"], document)


def test_a_gateway_is_found_by_its_subnet_and_shown(stage: Stage) -> None:
    stage.apply()
    stage.wait_ready()
    put_gateway(stage, "orders", state="Activating")
    stage.reconcile_now(token="gateway-begun")
    attached = stage.condition("GatewayAttached")
    assert (attached["status"], attached["reason"]) == ("Unknown", "AwaitingGateway")
    assert attached["message"] == "The network is prepared; gateway orders is Activating."
    assert stage.condition("Ready")["reason"] == "AwaitingGateway"

    put_gateway(stage, "orders")
    stage.reconcile_now(token="gateway-up")
    attached = stage.condition("GatewayAttached")
    assert (attached["status"], attached["reason"], attached["message"]) == ("True", "Reconciled", "Gateway orders is in the subnet.")
    ready = stage.condition("Ready")
    assert (ready["status"], ready["reason"]) == ("True", "Reconciled")
    assert ready["message"] == "The network of gateway orders is as the spec wants it."
    gateway = stage.status()["gateway"]
    assert gateway == {"id": seeds.gateway_id("orders"), "name": "orders", "provisioningState": "Succeeded"}
    since = stage.azure.seq()
    stage.reconcile_now(token="at-rest")
    assert stage.writes(since=since) == []


def test_a_gateway_of_the_other_mode_stops_every_write(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub(resources=[seeds.gateway("orders", subnet="team-a", network_type="Internal")]))
    stage.apply()
    ready = stage.wait_reason("GatewayReplacementRequired")
    assert ready["status"] == "False"
    assert ready["message"] == (
        "Gateway orders sits in the subnet with virtualNetworkType Internal, but the spec's mode needs External. A gateway's network cannot be"
        " changed, so nothing is touched: set spec.mode to the gateway's, or delete the gateway and create it anew once this resource has"
        " converged."
    )
    assert stage.condition("Stalled")["status"] == "True"
    stage.reconcile_now(token="again")
    assert stage.writes() == []


def test_two_resources_that_want_one_subnet_never_fight(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage()
    stage.apply("team-a")
    stage.wait_ready("team-a")
    since = stage.azure.seq()
    stage.apply("usurper", subnet={"id": seeds.subnet_id("team-a")})
    ready = stage.wait_reason("OwnershipConflict", "usurper")
    assert ready["message"] == (
        f"The delegation of subnet team-a belongs to WorkspaceGatewayNetwork {stage.namespace}/team-a."
        " A subnet serves one gateway: delete one of the two resources."
    )
    stage.stop_operator()
    stage.start_operator()
    stage.reconcile_now("usurper", token="after-restart")
    stage.reconcile_now("team-a", token="after-restart")
    assert stage.writes(since=since) == []
    assert stage.condition("Ready", "team-a")["status"] == "True"
    assert stage.condition("Ready", "usurper")["reason"] == "OwnershipConflict"


def test_what_azure_would_refuse_later_is_said_before_any_write(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub(subnets=[seeds.plain_subnet("team-a", prefix="10.1.0.0/28")]))
    stage.apply()
    ready = stage.wait_reason("SubnetSizeUnsupported")
    assert ready["message"] == (
        "Subnet 10.1.0.0/28 is too small: a workspace gateway needs /27 to /24, /24 recommended."
        " Use another subnet; the prefix of a subnet in use cannot be changed."
    )
    assert stage.writes() == []


def test_what_is_missing_is_waited_for_and_found_when_it_appears(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub(subnets=[]))
    stage.apply()
    ready = stage.wait_reason("SubnetNotFound")
    assert stage.condition("Reconciling")["reason"] == "SubnetNotFound"
    assert "team-a" in ready["message"]
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/26")
    stage.azure.put(seeds.subnet_id("team-a"), {"properties": subnet["properties"]})
    stage.wait_ready()
