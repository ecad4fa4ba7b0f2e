"""What a namespace may use in Azure: nothing else is read for its specs, nothing else is written, and it learns nothing of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stage import seeds
from stage.injection import SWIFT, addresses_of, bring_gateway, dns_writes, look, publish, record
from stage.stage import CLIENT_ID, SetTheStage, Stage

Document = dict[str, Any]

OURS = f"/subscriptions/{seeds.SUBSCRIPTION}/resourceGroups/ours"
THEIRS = f"/subscriptions/{seeds.SUBSCRIPTION}/resourceGroups/theirs"
OTHER_SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-00000000a202"
GATEWAYS = seeds.gateway_id("orders").rpartition("/")[0]
SUBNET = seeds.subnet_id("team-a")
NEEDED = (SUBNET, seeds.SERVICE)
ONLY = f"WGN_SCOPES allows it only {SUBNET} and {seeds.SERVICE}."
ASK = "ask whoever runs the operator to allow this."


@pytest.fixture
def scopes(tmp_path: Path) -> Path:
    """The file, in which what is allowed is allowed to every namespace; the test's own is named after it."""
    return tmp_path / "scopes.yaml"


def allow(scopes: Path, *listed: str) -> dict[str, str]:
    """Write the file, and give the settings that name it."""
    scopes.write_text(json.dumps({"*": listed}), encoding="utf-8")
    return {"WGN_SCOPES": str(scopes)}


def restart(stage: Stage) -> None:
    """Let an operator begin that knows the file as it is now."""
    stage.stop_operator()
    stage.start_operator()


def reads(stage: Stage, *, since: int = 0) -> list[str]:
    """What the operator asked Azure for."""
    return [exchange["liveRequest"]["url"] for exchange in stage.azure.exchanges(since=since, principal=CLIENT_ID)]


def theirs(name: str = "theirs") -> Document:
    """Another team's network security group, in another resource group."""
    return seeds.shared_group(name) | {"id": f"{THEIRS}/providers/Microsoft.Network/networkSecurityGroups/{name}"}


OUR_GROUP = seeds.shared_group("ours") | {"id": f"{OURS}/providers/Microsoft.Network/networkSecurityGroups/ours"}
"""A group of the team's own, in its own resource group."""

FORBIDDEN: dict[str, tuple[str, Document]] = {
    "spec.apiManagement.id": (
        f"{THEIRS}/providers/Microsoft.ApiManagement/service/theirs",
        {"apiManagement": {"id": f"{THEIRS}/providers/Microsoft.ApiManagement/service/theirs"}},
    ),
    "spec.subnet.id": (seeds.subnet_id("team-b"), {"subnet": {"id": seeds.subnet_id("team-b")}}),
    "spec.gateway.id": (f"{GATEWAYS}/theirs", {"gateway": {"id": f"{GATEWAYS}/theirs"}}),
    "spec.networkSecurityGroup.id": (theirs()["id"], {"networkSecurityGroup": {"id": theirs()["id"]}}),
    "spec.dns.zones[0].id": (
        f"{OTHER_SUBSCRIPTION}/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/azure-api.net",
        {
            "mode": "Injection",
            "dns": {
                "zones": [{"id": f"{OTHER_SUBSCRIPTION}/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/azure-api.net"}]
            },
        },
    ),
    "spec.dns.linkedVirtualNetworkIds[0]": (seeds.SPOKE, {"mode": "Injection", "dns": {"linkedVirtualNetworkIds": [seeds.SPOKE]}}),
    "spec.resourceGroupId": (THEIRS, {"resourceGroupId": THEIRS}),
}


def test_what_a_spec_must_not_name_is_refused_unread_whether_it_exists_or_not(set_the_stage: SetTheStage, scopes: Path) -> None:
    subnets = [seeds.plain_subnet("team-a", prefix="10.1.0.0/26"), seeds.plain_subnet("team-b", prefix="10.1.1.0/26")]
    seed = seeds.hub(subnets=subnets, resources=[theirs(), seeds.spoke(), seeds.private_gateway("theirs", subnet="team-b")])
    stage = set_the_stage(seed=seed, settings=allow(scopes, *NEEDED))
    names = {field: f"case-{number}" for number, field in enumerate(FORBIDDEN)}
    for field, (_, spec) in FORBIDDEN.items():
        stage.apply(names[field], **{"subnet": {"id": SUBNET}, **spec})
    stage.apply(
        "nothing-there",
        subnet={"id": SUBNET},
        networkSecurityGroup={"id": f"{THEIRS}/providers/Microsoft.Network/networkSecurityGroups/none"},
    )

    said = {field: stage.wait_reason("ScopeNotAllowed", names[field])["message"] for field in FORBIDDEN}
    assert said == {
        field: f"Namespace {stage.namespace} may not use {forbidden} ({field}): {ONLY} Name something there, or {ASK}"
        for field, (forbidden, _) in FORBIDDEN.items()
    }
    missing = stage.wait_reason("ScopeNotAllowed", "nothing-there")["message"]
    assert missing == said["spec.networkSecurityGroup.id"].replace("networkSecurityGroups/theirs", "networkSecurityGroups/none")
    for name in (*names.values(), "nothing-there"):
        assert stage.condition("PrerequisitesMet", name)["status"] == "False"
        assert stage.condition("Stalled", name)["status"] == "True"
        assert set(stage.status(name)) == {"conditions", "observedGeneration", "effective", "drift", "progressingSince"}
    assert reads(stage) == []


def test_all_that_a_spec_must_not_name_is_told_at_once(set_the_stage: SetTheStage, scopes: Path) -> None:
    stage = set_the_stage(settings=allow(scopes, *NEEDED))
    zone = seeds.zone_id("azure-api.net", group=THEIRS)
    stage.apply(mode="Injection", networkSecurityGroup={"id": theirs()["id"]}, dns={"zones": [{"id": zone}]}, resourceGroupId=THEIRS)

    ready = stage.wait_reason("ScopeNotAllowed")
    first = (
        f"Namespace {stage.namespace} may not use {theirs()['id']} (spec.networkSecurityGroup.id): {ONLY} Name something there, or {ASK}"
    )
    others = [
        f"Namespace {stage.namespace} may not use {zone} (spec.dns.zones[0].id) either.",
        f"Namespace {stage.namespace} may not use {THEIRS} (spec.resourceGroupId) either.",
    ]
    assert ready["message"] == f"{first} (2 more findings: see the other conditions and the events.)"
    assert stage.condition("PrerequisitesMet")["message"] == " ".join([first, *others])
    stage.wait_for(lambda: {event["note"] for event in stage.events()} >= set(others), what="the events of the others")
    assert reads(stage) == []


def test_nothing_is_written_to_an_attached_group_out_of_scope_and_another_may_take_its_place(
    set_the_stage: SetTheStage, scopes: Path
) -> None:
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/26")
    subnet["properties"]["networkSecurityGroup"] = {"id": theirs()["id"]}
    seed = seeds.hub(subnets=[subnet], resources=[theirs(), OUR_GROUP])
    stage = set_the_stage(seed=seed, settings=allow(scopes, *NEEDED, OURS))
    before = stage.azure.get(theirs()["id"])
    stage.apply()

    ready = stage.wait_reason("ScopeNotAllowed")
    assert ready["message"] == (
        f"Namespace {stage.namespace} may not change network security group {theirs()['id']}: WGN_SCOPES allows it only {SUBNET},"
        f" {seeds.SERVICE} and {OURS}. Name a group there in spec.networkSecurityGroup.id, or {ASK}"
    )
    assert stage.condition("SecurityRulesApplied")["reason"] == "ScopeNotAllowed"
    assert stage.condition("PrerequisitesMet")["status"] == "True"
    assert stage.writes() == []

    stage.apply(networkSecurityGroup={"id": OUR_GROUP["id"], "attach": "Replace"})
    stage.wait_ready()
    attached = stage.azure.get(SUBNET)
    assert attached
    assert attached["properties"]["networkSecurityGroup"]["id"] == OUR_GROUP["id"]
    assert {write["liveRequest"]["url"].split("?")[0] for write in stage.writes()} == {
        SUBNET,
        f"{OUR_GROUP['id']}/securityRules/wgn-{stage.mark()}-gateway-load-balancer",
        f"{OUR_GROUP['id']}/securityRules/wgn-{stage.mark()}-gateway-internet",
    }
    after = stage.azure.get(theirs()["id"])
    assert before
    assert after
    assert after["properties"]["securityRules"] == before["properties"]["securityRules"]


def test_what_is_made_goes_where_the_namespace_may_have_it(set_the_stage: SetTheStage, scopes: Path) -> None:
    settings = {**SWIFT["settings"], **allow(scopes, *NEEDED, OURS)}
    stage = set_the_stage(seed=seeds.hub(resources=[OUR_GROUP]), settings=settings, emulator_options=SWIFT["emulator_options"])
    stage.apply(mode="Injection")
    ready = stage.wait_reason("ScopeNotAllowed")
    allowed = f"WGN_SCOPES allows it only {SUBNET}, {seeds.SERVICE} and {OURS}."
    assert ready["message"] == (
        f"Namespace {stage.namespace} may not create network security group {stage.own_group()}: {allowed} Set spec.resourceGroupId to a"
        f" resource group there, name a group there in spec.networkSecurityGroup.id, or {ASK}"
    )
    assert stage.writes() == []

    bring_gateway(stage, resourceGroupId=OURS)
    stage.wait_reason("Reconciled")
    written = {write["liveRequest"]["url"].split("?")[0] for write in stage.writes()}
    assert {url for url in written if not url.startswith(f"{OURS}/")} == {SUBNET}
    assert addresses_of(record(stage, seeds.zone_id(group=OURS))) == [seeds.ADDRESS]


def test_a_record_in_a_zone_that_was_taken_away_stays_as_it_is(set_the_stage: SetTheStage, scopes: Path) -> None:
    zone = seeds.zone_id("azure-api.net", group=THEIRS)
    seed = seeds.hub(resources=[{"id": zone, "location": "global", "properties": {}}])
    settings = {**SWIFT["settings"], **allow(scopes, seeds.GROUP, THEIRS, seeds.SERVICE)}
    stage = set_the_stage(seed=seed, settings=settings, emulator_options=SWIFT["emulator_options"])
    publish(stage, dns={"zones": [{"id": zone}]})
    name = seeds.HOSTNAME.removesuffix(".azure-api.net")
    assert addresses_of(record(stage, zone, name)) == [seeds.ADDRESS]

    allow(scopes, seeds.GROUP, seeds.SERVICE)
    restart(stage)
    stage.apply(mode="Injection")
    ready = stage.wait_reason("ScopeNotAllowed")
    assert ready["message"] == (
        f"Namespace {stage.namespace} may not change private DNS zone {zone}: WGN_SCOPES allows it only {seeds.GROUP} and {seeds.SERVICE}."
        f" Remove by hand what this resource has there, or {ASK}"
    )
    assert addresses_of(record(stage)) == [seeds.ADDRESS]
    assert addresses_of(record(stage, zone, name)) == [seeds.ADDRESS]
    look(stage)
    since = stage.azure.seq()
    look(stage)
    assert dns_writes(stage, since=since) == []


def test_a_deletion_that_lost_its_scope_waits_until_somebody_decides(set_the_stage: SetTheStage, scopes: Path) -> None:
    stage = set_the_stage(settings=allow(scopes, seeds.GROUP, seeds.SERVICE))
    stage.apply(deletionPolicy="Delete")
    stage.wait_ready()
    owned = stage.status()["ownedResources"]
    allow(scopes, seeds.SERVICE)
    restart(stage)
    since = stage.azure.seq()
    before = stage.azure.resources()
    stage.kubectl("delete", "wgn", "team-a", "--wait=false")

    ready = stage.wait_reason("ScopeNotAllowed")
    assert ready["message"] == (
        f"Namespace {stage.namespace} may not use {SUBNET} (spec.subnet.id), so nothing is removed: WGN_SCOPES allows it only"
        f" {seeds.SERVICE}. Ask whoever runs the operator to allow this, or set the annotation"
        " workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
    )
    stage.reconcile_now(token="again")
    assert stage.get()["metadata"]["finalizers"] == ["workspacegateway.dev/finalizer"]
    assert stage.status()["ownedResources"] == owned

    stage.annotate(**{"deletion-policy-override": "Retain"})
    stage.wait_for(lambda: stage.find() is None, what="the resource to be let go")
    assert stage.azure.resources() == before
    assert reads(stage, since=since) == []


def test_a_resource_that_was_never_allowed_goes_when_it_is_deleted(set_the_stage: SetTheStage, scopes: Path) -> None:
    stage = set_the_stage(settings=allow(scopes, seeds.SERVICE))
    stage.apply(deletionPolicy="Delete")
    stage.wait_reason("ScopeNotAllowed")
    stage.kubectl("delete", "wgn", "team-a", "--timeout=30s")
    assert stage.find() is None
    assert reads(stage) == []


def test_where_the_operator_may_only_observe_every_resource_says_so(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(settings={"WGN_MAX_POLICY": "Observe"})
    stage.apply(deletionPolicy="Delete")
    ready = stage.wait_reason("DriftDetected")
    assert ready["message"] == (
        "Azure is not as the spec wants it: 3 changes in status.plan. Nothing is written while WGN_MAX_POLICY is"
        " Observe. Have whoever runs the operator set that to Manage, or make the changes by other means."
    )
    stage.kubectl("delete", "wgn", "team-a", "--timeout=30s")
    assert stage.writes() == []


def test_a_namespace_gets_what_its_patterns_allow_and_no_other_ones(set_the_stage: SetTheStage, scopes: Path) -> None:
    settings = allow(scopes)
    scopes.write_text(json.dumps({"*-decidedly-another": [seeds.GROUP, seeds.SERVICE], "test-a-*": [seeds.GROUP]}), encoding="utf-8")
    stage = set_the_stage(settings=settings)
    stage.apply()
    ready = stage.wait_reason("ScopeNotAllowed")
    assert ready["message"] == (
        f"Namespace {stage.namespace} may not use {seeds.SERVICE} (spec.apiManagement.id): WGN_SCOPES allows it only {seeds.GROUP}."
        f" Name something there, or {ASK}"
    )
    scopes.write_text(json.dumps({"test-a-*": [seeds.GROUP], "t*[0-9]": [seeds.SERVICE.upper()]}), encoding="utf-8")
    restart(stage)
    stage.wait_ready()


def test_a_name_below_no_allowed_suffix_is_not_published(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(settings={"WGN_GATEWAY_SUFFIXES": "apis.contoso.com,azure-api.us"})
    bring_gateway(stage)

    assert stage.wait_reason("AwaitingHostname")["message"] == (
        f"Gateway orders has no hostname below apis.contoso.com or azure-api.us yet, only {seeds.HOSTNAME}. Connect a workspace to it, or have"
        " whoever runs the operator allow the suffix of its names (WGN_GATEWAY_SUFFIXES)."
    )

    stage.apply(mode="Injection", gateway={"hostnames": [seeds.HOSTNAME]})

    assert stage.wait_reason("ScopeNotAllowed")["message"] == (
        f"Hostname {seeds.HOSTNAME} is not below apis.contoso.com or azure-api.us, the suffixes that WGN_GATEWAY_SUFFIXES allows. Set"
        " spec.gateway.hostnames to the gateway's own names, or have whoever runs the operator allow their suffix."
    )
    assert dns_writes(stage) == []
