"""A deletion takes back what the resource owns in Azure, and leaves everything else exactly as it was."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from stage import seeds
from stage.stage import BRISK, CLIENT_ID, OPERATOR_USER, SetTheStage, Stage
from stage.world import assert_same, of_others, world

Document = dict[str, Any]
FINALIZER = "workspacegateway.dev/finalizer"
SUBNET = seeds.subnet_id("team-a")
SHARED = seeds.network_security_group_id("shared")
TWO_RULES = {
    "additionalRules": [
        seeds.additional_rule("partner", priority=300, port="443"),
        seeds.additional_rule("backup", priority=310, port="8443"),
    ]
}
STILL_ATTACHED = (
    "Gateway orders still uses subnet team-a, so nothing is removed. Delete the gateway, or set the annotation"
    " workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
)


@pytest.fixture
def stage(set_the_stage: SetTheStage) -> Stage:
    return set_the_stage(**BRISK)


def converge(stage: Stage, **spec: Any) -> None:
    """Apply with `deletionPolicy: Delete`, unless told otherwise, and wait until Azure is so."""
    stage.apply(**{"deletionPolicy": "Delete", **spec})
    stage.wait_ready()


def delete(stage: Stage, name: str = "team-a") -> None:
    stage.kubectl("delete", "wgn", name, "--wait=false")


def wait_gone(stage: Stage, name: str = "team-a") -> None:
    stage.wait_for(lambda: stage.find(name) is None, what=f"the end of {name}", then=lambda: str(stage.find(name)))


def finalizers(stage: Stage) -> list[str]:
    found: list[str] = stage.get()["metadata"].get("finalizers", [])
    return found


def notes(stage: Stage, reason: str) -> list[str]:
    return [event["note"] for event in stage.events() if event["reason"] == reason]


# What goes, and what stays.


def test_a_group_of_its_own_goes_and_the_subnet_is_as_before(stage: Stage) -> None:
    before = world(stage.azure)
    converge(stage, networkSecurityGroup=TWO_RULES, tags={"costCentre": "4711"})
    assert finalizers(stage) == [FINALIZER]
    assert stage.azure.get(stage.own_group())
    delete(stage)
    wait_gone(stage)
    assert_same(before, world(stage.azure))
    assert notes(stage, "Released") == ["What the resource owned in Azure is gone."]


def test_in_a_group_of_others_only_its_own_rules_go(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub_with_shared_group(), **BRISK)
    before = world(stage.azure)
    converge(stage, networkSecurityGroup=TWO_RULES)
    names = [rule["name"] for rule in stage.azure.get(SHARED)["properties"]["securityRules"]]  # type: ignore[index]
    assert sum(name.startswith(f"wgn-{stage.mark()}-") for name in names) == 4
    delete(stage)
    wait_gone(stage)
    assert_same(before, world(stage.azure))


def test_a_right_delegation_of_others_stays(set_the_stage: SetTheStage) -> None:
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/26")
    subnet["properties"]["delegations"] = [{"name": "by-hand", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}]
    stage = set_the_stage(seed=seeds.hub(subnets=[subnet]), **BRISK)
    before = world(stage.azure)
    converge(stage)
    delete(stage)
    wait_gone(stage)
    assert_same(before, world(stage.azure))


def test_a_group_given_by_id_stays_attached(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub(resources=[seeds.shared_group()]), **BRISK)
    before = world(stage.azure)
    converge(stage, networkSecurityGroup={"id": SHARED})
    delete(stage)
    wait_gone(stage)
    expected = copy.deepcopy(before)
    link = {"id": SHARED}
    expected[SUBNET]["properties"]["networkSecurityGroup"] = link
    expected[SHARED]["properties"]["subnets"] = [{"id": SUBNET}]
    (inline,) = expected[seeds.NETWORK]["properties"]["subnets"]
    inline["properties"]["networkSecurityGroup"] = link
    assert_same(expected, world(stage.azure))


@pytest.mark.parametrize("seed", [seeds.hub(), seeds.hub_with_shared_group()], ids=["own group", "group of others"])
def test_retain_leaves_azure_as_it_is_and_never_needs_a_finalizer(set_the_stage: SetTheStage, seed: Document) -> None:
    stage = set_the_stage(seed=seed, **BRISK)
    converge(stage, deletionPolicy="Retain")
    assert finalizers(stage) == []
    settled, since = world(stage.azure), stage.azure.seq()
    delete(stage)
    wait_gone(stage)
    assert_same(settled, world(stage.azure))
    assert stage.writes(since=since) == []
    events = stage.control_plane.audit_events(OPERATOR_USER, namespace=stage.namespace)
    written = {event.subresource for event in events if event.resource == "workspacegatewaynetworks" and event.verb == "patch"}
    assert written == {"status"}


def test_observe_never_needs_a_finalizer(stage: Stage) -> None:
    stage.apply(deletionPolicy="Delete", managementPolicy="Observe")
    stage.wait_reason("DriftDetected")
    assert finalizers(stage) == []
    delete(stage)
    wait_gone(stage)
    assert stage.writes() == []


def test_the_last_operation_is_waited_for(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub_with_shared_group(), **BRISK)
    before = world(stage.azure)
    converge(stage)
    stage.stop_operator()
    for name in ("gateway-internet", "gateway-load-balancer"):
        stage.azure.delete(f"{SHARED}/securityRules/wgn-{stage.mark()}-{name}")
    stage.azure.add_fault(method="PUT", path="/subnets/team-a$", operation="hold")
    delete(stage)
    stage.start_operator()

    def held() -> list[Document]:
        return [operation for operation in stage.azure.operations() if operation["held"] and operation["polls"] >= 3]

    (operation,) = stage.wait_for(held, what="an operation that was asked about again and again")
    assert stage.azure.get(SUBNET)["properties"]["delegations"] == []  # type: ignore[index]
    ready = stage.condition("Ready")
    assert (ready["reason"], ready["message"]) == ("Deleting", "What this resource owns in Azure is being removed.")
    stage.azure.release_operation(operation["id"])
    wait_gone(stage)
    assert_same(before, world(stage.azure))


# When nobody was there.


def test_a_deletion_while_the_operator_was_down_is_caught_up_with(stage: Stage) -> None:
    before = world(stage.azure)
    converge(stage)
    stage.kill_operator()
    delete(stage)
    assert stage.get()["metadata"]["deletionTimestamp"]
    stage.start_operator()
    wait_gone(stage)
    assert_same(before, world(stage.azure))


@pytest.mark.parametrize("seed", [seeds.hub(), seeds.hub_with_shared_group()], ids=["own group", "group of others"])
def test_what_was_made_right_before_a_death_is_found_by_its_marks(set_the_stage: SetTheStage, seed: Document) -> None:
    """The status never told of it: the operator died with the answer on its way."""
    stage = set_the_stage(seed=seed, **BRISK)
    before = world(stage.azure)
    stage.azure.add_fault(method="PUT", principal=CLIENT_ID, nth=1, hang="after")
    stage.apply(deletionPolicy="Delete")
    stage.wait_for(lambda: stage.azure.faults()[0]["hanging"], what="the first write")
    stage.kill_operator()
    stage.azure.clear_faults()
    assert world(stage.azure) != before
    assert "ownedResources" not in stage.status()
    delete(stage)
    stage.start_operator()
    wait_gone(stage)
    assert_same(before, world(stage.azure))


def test_a_deletion_in_the_middle_of_the_first_convergence_leaves_nothing(stage: Stage) -> None:
    before = world(stage.azure)
    stage.azure.add_fault(method="PUT", principal=CLIENT_ID, nth=1, operation="hold")
    stage.apply(deletionPolicy="Delete")
    (operation,) = stage.wait_for(lambda: stage.azure.operations()[-1:], what="the first operation")
    delete(stage)
    stage.wait_reason("Deleting")
    stage.azure.release_operation(operation["id"])
    wait_gone(stage)
    assert_same(before, world(stage.azure))


def two_subnets() -> Document:
    return seeds.hub(subnets=[seeds.plain_subnet("team-a", prefix="10.1.0.0/26"), seeds.plain_subnet("team-b", prefix="10.1.0.64/26")])


def of_team(everything: Document, name: str) -> Document:
    """What of a world belongs to one of two teams."""
    return {id: document for id, document in everything.items() if name in id.rpartition("/")[2]}


@pytest.mark.parametrize("running", [True, False], ids=["running", "down"])
def test_a_whole_namespace_goes_with_its_resources(set_the_stage: SetTheStage, running: bool) -> None:
    stage = set_the_stage(seed=two_subnets(), **BRISK)
    before = world(stage.azure)
    for name, policy in (("team-a", "Delete"), ("team-b", "Retain")):
        stage.apply(name, deletionPolicy=policy)
    for name in ("team-a", "team-b"):
        stage.wait_ready(name)
    settled = world(stage.azure)
    if not running:
        stage.kill_operator()
    stage.kubectl("delete", "namespace", stage.namespace, "--wait=false")
    if not running:
        stage.wait_for(lambda: stage.find("team-b") is None, what="the end of team-b")
        assert stage.find("team-a")
        stage.start_operator()
    stage.wait_for(
        lambda: stage.control_plane.request("GET", f"/api/v1/namespaces/{stage.namespace}") is None, what="the end of the namespace"
    )
    after = world(stage.azure)
    assert_same(of_team(before, "team-a"), of_team(after, "team-a"))
    assert_same(of_team(settled, "team-b"), of_team(after, "team-b"))
    assert_same(of_others(before), of_others(after))


# A live gateway.


def with_a_gateway(set_the_stage: SetTheStage) -> Stage:
    """A converged resource whose subnet has a gateway."""
    stage = set_the_stage(**BRISK)
    converge(stage)
    gateway = seeds.gateway("orders", subnet="team-a")
    stage.azure.put(gateway["id"], gateway)
    return stage


def test_a_live_gateway_is_waited_for_and_nothing_is_touched(set_the_stage: SetTheStage) -> None:
    stage = with_a_gateway(set_the_stage)
    settled, since = world(stage.azure), stage.azure.seq()
    delete(stage)
    ready = stage.wait_reason("GatewayStillAttached")
    assert (ready["status"], ready["message"]) == ("False", STILL_ATTACHED)
    assert stage.condition("Reconciling")["status"] == "True"
    stage.reconcile_now(token="once-more")
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))

    stage.azure.delete(seeds.gateway_id("orders"))
    wait_gone(stage)
    (subnet,) = of_team(world(stage.azure), "team-a").values()
    assert subnet["properties"]["delegations"] == []
    assert "networkSecurityGroup" not in subnet["properties"]


@pytest.mark.parametrize("state", ["Activating", "Deleting", "Failed", "SomethingNew"])
def test_a_gateway_in_any_state_is_live(set_the_stage: SetTheStage, state: str) -> None:
    stage = set_the_stage(**BRISK)
    converge(stage)
    gateway = seeds.gateway("orders", subnet="team-a", state=state)
    stage.azure.put(gateway["id"], gateway)
    since = stage.azure.seq()
    delete(stage)
    stage.wait_reason("GatewayStillAttached")
    assert stage.writes(since=since) == []


def test_a_link_that_outlives_its_gateway_is_waited_for(set_the_stage: SetTheStage) -> None:
    stage = with_a_gateway(set_the_stage)
    links = stage.azure.get(SUBNET)["properties"]["serviceAssociationLinks"]  # type: ignore[index]
    stage.stop_operator()
    stage.azure.delete(seeds.gateway_id("orders"))
    stage.azure.patch(SUBNET, {"properties": {"serviceAssociationLinks": links}})
    settled = world(stage.azure)
    delete(stage)
    stage.start_operator()
    ready = stage.wait_reason("ResourceInUse")
    (link,) = links
    assert ready["message"] == (
        f"Subnet team-a has the service association link {link['name']}, so something may still use it and nothing is removed. Wait until the"
        " link is gone (it can outlive its gateway by hours), or set the annotation workspacegateway.dev/deletion-policy-override: Retain to"
        " leave Azure as it is."
    )
    assert_same(settled, world(stage.azure))

    stage.azure.patch(SUBNET, {"properties": {"serviceAssociationLinks": None}})
    wait_gone(stage)
    assert list(of_team(world(stage.azure), "team-a")) == [SUBNET]


# Ways out.


def test_break_glass_frees_a_stuck_deletion_without_touching_azure(set_the_stage: SetTheStage) -> None:
    stage = with_a_gateway(set_the_stage)
    delete(stage)
    stage.wait_reason("GatewayStillAttached")
    settled, since = world(stage.azure), stage.azure.seq()
    stage.kubectl("annotate", "wgn", "team-a", "workspacegateway.dev/deletion-policy-override=Retain")
    wait_gone(stage)
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))
    assert notes(stage, "Released") == ["The annotation deletion-policy-override says Retain: Azure is left as it is."]


def test_break_glass_needs_no_azure_at_all(stage: Stage) -> None:
    converge(stage)
    stage.azure.add_fault(method="GET", answer={"status": 503, "body": {"error": {"code": "ServiceUnavailable", "message": "Down."}}})
    delete(stage)
    stage.wait_reason("AzureUnavailable")
    stage.kubectl("annotate", "wgn", "team-a", "workspacegateway.dev/deletion-policy-override=Retain")
    wait_gone(stage)


def test_a_suspended_resource_is_let_go_without_a_clean_up(stage: Stage) -> None:
    converge(stage)
    settled, since = world(stage.azure), stage.azure.seq()
    stage.apply(deletionPolicy="Delete", suspend=True)
    delete(stage)
    wait_gone(stage)
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))
    assert notes(stage, "Released") == ["The resource is suspended: Azure is left as it is."]


def test_the_finalizer_follows_the_policy(stage: Stage) -> None:
    converge(stage)
    assert finalizers(stage) == [FINALIZER]
    stage.apply(deletionPolicy="Retain")
    stage.wait_for(lambda: finalizers(stage) == [], what="a resource without the finalizer")
    stage.apply(deletionPolicy="Delete")
    stage.wait_for(lambda: finalizers(stage) == [FINALIZER], what="the finalizer")
    stage.apply(deletionPolicy="Delete", managementPolicy="Observe")
    stage.wait_for(lambda: finalizers(stage) == [], what="a resource without the finalizer")


def test_finalizers_of_others_stay(stage: Stage) -> None:
    converge(stage)
    stage.kubectl(
        "patch", "wgn", "team-a", "--type=json", "--patch", '[{"op":"add","path":"/metadata/finalizers/-","value":"example.org/audit"}]'
    )
    delete(stage)
    stage.wait_for(lambda: finalizers(stage) == ["example.org/audit"], what="a resource without our finalizer")
    assert stage.azure.get(stage.own_group()) is None


# What others did meanwhile.


def test_a_group_of_its_own_that_somebody_attached_elsewhere_waits(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=two_subnets(), **BRISK)
    before = world(stage.azure)
    converge(stage)
    elsewhere = seeds.subnet_id("team-b")
    stage.azure.patch(elsewhere, {"properties": {"networkSecurityGroup": {"id": stage.own_group()}}})
    delete(stage)
    ready = stage.wait_reason("ResourceInUse")
    assert ready["message"] == (
        f"Network security group {stage.own_group().rpartition('/')[2]} is still used by {elsewhere}, so it is not removed. Attach another group"
        " there, or set the annotation workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
    )
    stage.wait_for(lambda: world(stage.azure)[SUBNET] == before[SUBNET], what="the subnet as it was before")

    stage.azure.patch(elsewhere, {"properties": {"networkSecurityGroup": None}})
    wait_gone(stage)
    assert_same(before, world(stage.azure))


GONE = {
    "subnet": [SUBNET],
    "network": [seeds.NETWORK],
    "API Management service": [seeds.SERVICE],
    "resource group": [seeds.NETWORK, seeds.GROUP],
}


@pytest.mark.parametrize("what", GONE)
def test_a_parent_that_is_gone_means_done(stage: Stage, what: str) -> None:
    converge(stage)
    if what == "resource group":
        stage.azure.delete(stage.own_group())
    for id in GONE[what]:
        stage.azure.delete(id)
    delete(stage)
    wait_gone(stage)
    assert [id for id, document in world(stage.azure).items() if "wgn-" in str(document)] == []


def test_rules_in_a_group_of_others_go_though_the_subnet_is_gone(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub_with_shared_group(), **BRISK)
    converge(stage, networkSecurityGroup=TWO_RULES)
    stage.azure.delete(SUBNET)
    before = of_others(world(stage.azure))
    delete(stage)
    wait_gone(stage)
    assert_same(before, world(stage.azure))


def test_a_group_of_others_that_is_gone_means_done(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seeds.hub_with_shared_group(), **BRISK)
    converge(stage)
    stage.azure.patch(SUBNET, {"properties": {"networkSecurityGroup": None}})
    stage.azure.delete(SHARED)
    delete(stage)
    wait_gone(stage)
    assert world(stage.azure)[SUBNET]["properties"]["delegations"] == []


def test_what_somebody_detached_meanwhile_is_still_removed(stage: Stage) -> None:
    before = world(stage.azure)
    converge(stage)
    stage.azure.patch(SUBNET, {"properties": {"networkSecurityGroup": None, "delegations": []}})
    delete(stage)
    wait_gone(stage)
    assert_same(before, world(stage.azure))


def test_a_group_whose_marks_somebody_removed_is_not_ours_to_delete(stage: Stage) -> None:
    converge(stage)
    stage.kill_operator()
    stage.azure.patch(stage.own_group(), {"tags": {"wgn-owner": None, "wgn-resource": None}})
    delete(stage)
    stage.start_operator()
    wait_gone(stage)
    group = stage.azure.get(stage.own_group())
    assert group
    assert group["properties"]["securityRules"] == []
    assert stage.azure.get(SUBNET)["properties"]["networkSecurityGroup"] == {"id": stage.own_group()}  # type: ignore[index]


# Two resources that want one subnet.


def with_a_rival(set_the_stage: SetTheStage) -> Stage:
    stage = set_the_stage(**BRISK)
    converge(stage)
    stage.apply("rival", subnet={"id": SUBNET}, deletionPolicy="Delete")
    stage.wait_reason("OwnershipConflict", "rival")
    return stage


def test_who_does_not_have_the_subnet_takes_nothing_away(set_the_stage: SetTheStage) -> None:
    stage = with_a_rival(set_the_stage)
    settled, since = world(stage.azure), stage.azure.seq()
    delete(stage, "rival")
    wait_gone(stage, "rival")
    assert stage.writes(since=since) == []
    assert_same(settled, world(stage.azure))


def test_who_waited_for_the_subnet_gets_it(set_the_stage: SetTheStage) -> None:
    stage = with_a_rival(set_the_stage)
    delete(stage)
    wait_gone(stage)
    stage.wait_reason("AwaitingGateway", "rival")
    everything = str(world(stage.azure))
    assert stage.mark() not in everything
    (delegation,) = stage.azure.get(SUBNET)["properties"]["delegations"]  # type: ignore[index]
    assert delegation["name"] == f"wgn-{stage.mark('rival')}"
