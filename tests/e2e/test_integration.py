"""The main job: one resource travels the whole way, and what it asked for is exactly what Azure holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stage import seeds
from stage.rest import assert_only_reads_at_rest
from stage.stage import CLIENT_ID, SetTheStage, Stage

Document = dict[str, Any]


def rule(stage: Stage, name: str) -> Document:
    """A rule of the resource's own group, without what Azure adds."""
    found = stage.azure.get(f"{stage.own_group()}/securityRules/wgn-{stage.mark()}-{name}")
    assert found
    return {key: value for key, value in found["properties"].items() if value != [] and key != "provisioningState"}


def test_apply_leads_to_ready_and_to_exactly_this_azure(stage: Stage) -> None:
    before = stage.azure.get(seeds.subnet_id("team-a"))
    stage.apply(tags={"costCentre": "4711"})
    stage.wait_ready()

    subnet, group = stage.azure.get(seeds.subnet_id("team-a")), stage.azure.get(stage.own_group())
    assert before
    assert subnet
    assert group
    (delegation,) = subnet["properties"]["delegations"]
    assert delegation["name"] == f"wgn-{stage.mark()}"
    assert delegation["properties"]["serviceName"] == "Microsoft.Web/serverFarms"
    assert subnet["properties"]["networkSecurityGroup"] == {"id": stage.own_group()}
    changed = {"delegations", "networkSecurityGroup"}
    kept = {key: value for key, value in subnet["properties"].items() if key not in changed}
    assert kept == {key: value for key, value in before["properties"].items() if key not in changed}

    assert group["location"] == "uksouth"
    assert group["tags"] == {
        "costCentre": "4711",
        "wgn-owner": stage.mark(),
        "wgn-resource": f"stage/{stage.namespace}/team-a",
    }
    assert rule(stage, "gateway-load-balancer") == {
        "direction": "Inbound",
        "priority": 1000,
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "AzureLoadBalancer",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "10.1.0.0/26",
        "destinationPortRange": "80",
        "description": "Health probes of the internal load balancer",
    }
    assert rule(stage, "gateway-internet") == {
        "direction": "Inbound",
        "priority": 1001,
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "Internet",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "10.1.0.0/26",
        "destinationPortRanges": ["80", "443"],
        "description": "Calls to the gateway from the internet",
    }
    assert len(group["properties"]["securityRules"]) == 2


def test_the_status_says_what_was_done(stage: Stage) -> None:
    stage.apply()
    stage.wait_ready()
    status = stage.status()
    said = {condition["type"]: (condition["status"], condition["reason"], condition["message"]) for condition in status["conditions"]}
    group = f"wgn-team-a-{stage.mark()}"
    awaiting = "The network is prepared; a gateway can be created in subnet team-a."
    assert said == {
        "Ready": ("True", "AwaitingGateway", awaiting),
        "AzureAccess": ("True", "Reconciled", "Azure answers what is asked of it."),
        "PrerequisitesMet": (
            "True",
            "Reconciled",
            (
                "Subnet team-a has the size and the region that a workspace gateway needs, and serves nobody else. Note: Subnet 10.1.0.0/26"
                " is smaller than the recommended /24, and cannot be enlarged once a gateway is in it."
            ),
        ),
        "SubnetDelegated": ("True", "Reconciled", "Subnet team-a is delegated to Microsoft.Web/serverFarms."),
        "SecurityRulesApplied": (
            "True",
            "Reconciled",
            f"Network security group {group} is attached and holds all 2 wanted rules. Azure does not enforce 2 of them in this mode today.",
        ),
        "GatewayAttached": ("Unknown", "AwaitingGateway", awaiting),
        "DNSRecordsPublished": ("True", "NotRequired", "An Integration gateway is reached through public DNS."),
    }
    assert status["subnet"] == {
        "id": seeds.subnet_id("team-a"),
        "name": "team-a",
        "addressPrefixes": ["10.1.0.0/26"],
        "delegation": "Microsoft.Web/serverFarms",
        "networkSecurityGroupId": stage.own_group(),
    }
    assert [(row["requirement"], row["priority"], row["state"]) for row in status["securityRules"]] == [
        ("gateway-load-balancer", 1000, "NotEnforced"),
        ("gateway-internet", 1001, "NotEnforced"),
    ]
    assert status["ownedResources"] == [
        f"{seeds.subnet_id('team-a')}/delegations/wgn-{stage.mark()}",
        stage.own_group(),
    ]


def test_writes_are_as_few_as_can_be(stage: Stage) -> None:
    stage.apply()
    stage.wait_ready()
    written = [(write["liveRequest"]["method"], write["liveRequest"]["url"].split("?")[0]) for write in stage.writes()]
    assert written == [("PUT", stage.own_group()), ("PUT", seeds.subnet_id("team-a"))]
    read_only = {"etag", "provisioningState", "resourceGuid", "serviceAssociationLinks", "ipConfigurations", "actions"}
    for write in stage.writes():
        assert not read_only & keys(write["liveRequest"]["body"])


def keys(document: Any) -> set[str]:
    """All keys of a document, at any depth."""
    if isinstance(document, dict):
        return set(document) | {key for value in document.values() for key in keys(value)}
    return {key for item in document for key in keys(item)} if isinstance(document, list) else set()


@pytest.mark.timeout(300)
def test_at_rest_five_resyncs_only_read(stage: Stage) -> None:
    stage.apply()
    stage.wait_ready()
    assert_only_reads_at_rest(stage, listed="virtualNetworks")


def test_drift_is_found_by_the_periodic_resync_and_told(stage: Stage) -> None:
    stage.apply()
    stage.wait_ready()
    rule_id = f"{stage.own_group()}/securityRules/wgn-{stage.mark()}-gateway-internet"
    stage.azure.patch(rule_id, {"properties": {"access": "Deny"}})
    stage.wait_for(lambda: rule(stage, "gateway-internet")["access"] == "Allow", what="the rule to be healed")
    stage.wait_for(lambda: stage.status()["drift"].get("count") == 1, what="the correction to be counted")
    told = {event["reason"]: event["note"] for event in stage.events()}
    assert told["DriftDetected"] == (
        f"Somebody changed security rule wgn-{stage.mark()}-gateway-internet (properties.access: Allow → Deny)."
    )
    assert told["DriftCorrected"] == "Azure is as the spec wants it again."
    metrics = stage.operator.metrics() if stage.operator else ""
    assert 'wgn_drift_detected_total{action="corrected",resource="securityrules"} 1.0' in metrics
    ready = stage.condition("Ready")
    assert (ready["status"], ready["reason"]) == ("True", "AwaitingGateway")


def test_suspended_and_observed_resources_never_write(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(
        seed=seeds.hub(subnets=[seeds.plain_subnet("team-a", prefix="10.1.0.0/26"), seeds.plain_subnet("team-b", prefix="10.1.1.0/26")])
    )
    stage.apply("team-a", suspend=True)
    stage.apply("team-b", managementPolicy="Observe", deletionPolicy="Delete")
    suspended = stage.wait_reason("Suspended", "team-a")
    assert suspended["message"] == "spec.suspend is set, and this spec was not applied before."
    observed = stage.wait_reason("DriftDetected", "team-b")
    assert observed["message"] == (
        "Azure is not as the spec wants it: 3 changes in status.plan. Nothing is written under managementPolicy"
        " Observe. Set it to Manage, or make the changes by other means."
    )
    changes = stage.status("team-b")["plan"]["changes"]
    assert [(change["action"], change["resource"].rsplit("/", 1)[1], change.get("path")) for change in changes] == [
        ("Create", f"wgn-team-b-{stage.mark('team-b')}", None),
        ("Update", "team-b", "properties.delegations"),
        ("Update", "team-b", "properties.networkSecurityGroup.id"),
    ]
    assert stage.get("team-b")["metadata"].get("finalizers") is None
    assert stage.writes() == []


def test_suspending_a_ready_resource_keeps_it_ready_and_leaves_drift_alone(stage: Stage) -> None:
    stage.apply()
    stage.wait_ready()
    stage.apply(suspend=True)
    stage.wait_for(lambda: stage.status()["observedGeneration"] == 2, what="the suspended generation to be observed")
    stage.wait_ready()
    stage.azure.patch(seeds.subnet_id("team-a"), {"properties": {"delegations": []}})
    since = stage.azure.seq()
    stage.reconcile_now(token="while-suspended")
    assert stage.azure.exchanges(since=since, principal=CLIENT_ID) == []
    stage.apply(suspend=False)
    stage.wait_for(
        lambda: (stage.azure.get(seeds.subnet_id("team-a")) or {})["properties"]["delegations"], what="the delegation, once resumed"
    )


def test_kubectl_shows_it_at_a_glance(stage: Stage) -> None:
    stage.apply()
    stage.wait_ready()
    header, row = stage.kubectl("get", "wgn", "--output=wide").splitlines()
    assert header.split() == [
        *("NAME", "READY", "REASON", "MODE", "SUBNET", "GATEWAY", "AGE"),
        *("DELEGATED", "RULES", "DNS", "DRIFT", "POLICY", "SUSPENDED", "MESSAGE"),
    ]
    assert row.split()[:5] == ["team-a", "True", "AwaitingGateway", "Integration", "team-a"]


def test_the_operator_leaves_no_marks_on_the_resource(stage: Stage) -> None:
    stage.apply()
    stage.wait_ready()
    metadata = stage.get()["metadata"]
    assert set(metadata.get("annotations", {})) == {"kubectl.kubernetes.io/last-applied-configuration"}
    assert "finalizers" not in metadata
    fields = json.loads(stage.kubectl("get", "wgn", "team-a", "--show-managed-fields", "--output=json"))["metadata"]["managedFields"]
    assert [field["manager"] for field in fields if field.get("subresource") != "status"] == ["kubectl-client-side-apply"]
