"""What the status says of a pass. Every report here is also judged by `worlds.life.judge`."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.api.status import Status
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Gateways, NetworkSecurityGroups, Unreadable
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import Plan
from worlds import documents
from worlds.azure import World, absent, forbidden, trouble
from worlds.documents import SUBNET_ID, delegation, gateway, group, group_id, rule
from worlds.life import Life
from worlds.resources import INTERNET, LOAD_BALANCER, MARK, OUR_GROUP, OUR_GROUP_ID, additional

DETAILS = ("AzureAccess", "PrerequisitesMet", "SubnetDelegated", "SecurityRulesApplied", "GatewayAttached", "DNSRecordsPublished")


def details(life: Life) -> dict[str, tuple[str, str]]:
    return {kind: life.said(kind)[:2] for kind in DETAILS}


def settled(**spec: Any) -> Life:
    life = Life(**spec)
    life.settle()
    return life


def broken(life: Life) -> Life:
    life.world.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Deny"
    return life


# A resource that gets on.


def test_before_the_gateway_exists_the_network_is_ready() -> None:
    life = settled()

    assert life.said() == ("True", "AwaitingGateway", "The network is prepared; a gateway can be created in subnet team-a.")
    assert [(kind, *life.said(kind)) for kind in DETAILS] == [
        ("AzureAccess", "True", "Reconciled", "Azure answers what is asked of it."),
        (
            "PrerequisitesMet",
            "True",
            "Reconciled",
            (
                "Subnet team-a has the size and the region that a workspace gateway needs, and serves nobody else. Note: Subnet 10.1.0.0/26 is"
                " smaller than the recommended /24, and cannot be enlarged once a gateway is in it."
            ),
        ),
        ("SubnetDelegated", "True", "Reconciled", "Subnet team-a is delegated to Microsoft.Web/serverFarms."),
        (
            "SecurityRulesApplied",
            "True",
            "Reconciled",
            f"Network security group {OUR_GROUP} is attached and holds all 2 wanted rules. Azure does not enforce 2 of them in this mode today.",
        ),
        ("GatewayAttached", "Unknown", "AwaitingGateway", "The network is prepared; a gateway can be created in subnet team-a."),
        ("DNSRecordsPublished", "True", "NotRequired", "An Integration gateway is reached through public DNS."),
    ]


def test_with_the_gateway_all_is_reconciled() -> None:
    life = Life(World(gateways=[gateway()]))
    life.settle()

    assert life.said() == ("True", "Reconciled", "The network of gateway gw is as the spec wants it.")
    assert life.said("GatewayAttached") == ("True", "Reconciled", "Gateway gw is in the subnet.")


@pytest.mark.parametrize(("state", "words"), [("Activating", "Activating"), ("Failed", "Failed"), ("", "in an unknown state")])
def test_a_gateway_that_never_succeeded_is_awaited(state: str, words: str) -> None:
    life = Life(World(gateways=[gateway(state=state)]))
    life.settle()

    assert life.said() == ("True", "AwaitingGateway", f"The network is prepared; gateway gw is {words}.")


def test_a_single_rule_is_told_in_the_singular() -> None:
    assert settled(requirementsVersion="2026-08-26").said("SecurityRulesApplied")[2] == (
        f"Network security group {OUR_GROUP} is attached and holds the one wanted rule."
    )


def test_the_first_pass_tells_what_is_under_way() -> None:
    life = Life()
    life.pass_over(first=life.plan(), outcome=Outcome(waiting_for=ResourceId(OUR_GROUP_ID)))

    message = f"Azure is working on network security group {OUR_GROUP}."
    assert life.said() == ("Unknown", "WaitingForAzure", message)
    assert life.said("SubnetDelegated") == ("Unknown", "WaitingForAzure", message)
    assert life.said("SecurityRulesApplied") == ("Unknown", "WaitingForAzure", message)
    assert details(life)["AzureAccess"] == ("True", "Reconciled")


def test_a_group_that_the_subnet_does_not_have_yet_is_not_applied() -> None:
    life = Life()
    life.world.apply(life.plan().steps[0])

    life.pass_over(first=life.plan(), outcome=Outcome(waiting_for=ResourceId(SUBNET_ID)))

    assert life.said("SecurityRulesApplied") == ("Unknown", "WaitingForAzure", "Azure is working on subnet team-a.")


def test_what_is_done_is_told_while_the_rest_is_under_way() -> None:
    life = settled()
    life.edit(requirementsVersion="2026-08-26")

    life.look()

    assert life.said() == ("Unknown", "Progressing", "Azure is being made as the spec wants it.")
    assert details(life)["SubnetDelegated"] == ("True", "Reconciled")
    assert details(life)["SecurityRulesApplied"] == ("Unknown", "Progressing")


def test_a_wait_without_anything_left_to_do_is_a_wait() -> None:
    life = settled()
    life.edit(tags={"a": "b"})
    found = life.plan()
    life.pass_over(first=found, now=Plan(subnet=found.subnet), outcome=Outcome(waiting_for=ResourceId(OUR_GROUP_ID)))

    assert life.said("SecurityRulesApplied")[:2] == ("Unknown", "WaitingForAzure")


def test_a_world_that_moved_means_another_look() -> None:
    life = Life()
    life.pass_over(first=life.plan(), outcome=Outcome(moved=True))

    assert life.said()[:2] == ("Unknown", "Progressing")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (f"{SUBNET_ID}", "subnet team-a"),
        (SUBNET_ID.rpartition("/subnets")[0], "virtual network hub"),
        (OUR_GROUP_ID, f"network security group {OUR_GROUP}"),
        (f"{OUR_GROUP_ID}/securityRules/r", "security rule r"),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.Other/things/t", "microsoft.other/things t"),
    ],
)
def test_how_a_resource_is_called(target: str, words: str) -> None:
    life = Life()
    life.pass_over(first=life.plan(), outcome=Outcome(waiting_for=ResourceId(target)))

    assert life.said()[2] == f"Azure is working on {words}."


# The rest of the status.


def test_the_status_of_a_settled_resource() -> None:
    life = settled()

    assert life.status.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"conditions", "effective"}) == {
        "observedGeneration": 1,
        "subnet": {
            "id": SUBNET_ID,
            "name": "team-a",
            "addressPrefixes": ["10.1.0.0/26"],
            "delegation": "Microsoft.Web/serverFarms",
            "networkSecurityGroupId": OUR_GROUP_ID,
        },
        "securityRules": [
            {
                "name": LOAD_BALANCER,
                "requirement": "gateway-load-balancer",
                "direction": "Inbound",
                "priority": 1000,
                "state": "NotEnforced",
            },
            {"name": INTERNET, "requirement": "gateway-internet", "direction": "Inbound", "priority": 1001, "state": "NotEnforced"},
        ],
        "drift": {"state": "InSync", "count": 0},
        "ownedResources": [f"{SUBNET_ID}/delegations/wgn-{MARK}", OUR_GROUP_ID],
    }
    assert life.status.effective is not None
    assert life.status.effective.model_dump(by_alias=True, exclude={"digest"}, exclude_none=True) == {
        "requirementsVersion": "2025-06-18",
        "delegation": "Microsoft.Web/serverFarms",
        "networkSecurityGroupId": OUR_GROUP_ID,
    }


def test_the_gateway_is_shown_and_forgotten_when_it_is_gone() -> None:
    life = Life(World(gateways=[gateway(state="Updating")]))
    life.settle()
    assert life.status.gateway is not None
    assert life.status.gateway.model_dump(by_alias=True, exclude_none=True) == {
        "id": documents.gateway_id("gw"),
        "name": "gw",
        "provisioningState": "Updating",
    }

    life.world.gateways.clear()
    life.look()

    assert life.status.gateway is None


def test_what_could_not_be_read_this_time_stays_as_it_was_told() -> None:
    life = Life(World(gateways=[gateway()]))
    life.settle()
    before = life.status
    life.wait(60)

    life.look(subnet=Unreadable(trouble()), gateways=Gateways(found=(), incomplete=trouble()))

    assert life.said() == ("False", "AzureUnavailable", "Azure could not be reached.")
    assert details(life) == {
        "AzureAccess": ("False", "AzureUnavailable"),
        "PrerequisitesMet": ("True", "Reconciled"),
        "SubnetDelegated": ("True", "Reconciled"),
        "SecurityRulesApplied": ("True", "Reconciled"),
        "GatewayAttached": ("True", "Reconciled"),
        "DNSRecordsPublished": ("True", "NotRequired"),
    }
    kept = ("subnet", "security_rules", "gateway", "owned_resources", "effective")
    assert {name: getattr(life.status, name) for name in kept} == {name: getattr(before, name) for name in kept}


def test_what_could_not_be_read_at_first_is_unknown() -> None:
    life = Life()
    life.look(subnet=Unreadable(trouble()))

    assert details(life) == {
        "AzureAccess": ("False", "AzureUnavailable"),
        "PrerequisitesMet": ("Unknown", "AzureUnavailable"),
        "SubnetDelegated": ("Unknown", "AzureUnavailable"),
        "SecurityRulesApplied": ("Unknown", "AzureUnavailable"),
        "GatewayAttached": ("Unknown", "AzureUnavailable"),
        "DNSRecordsPublished": ("True", "NotRequired"),
    }
    assert life.said("SubnetDelegated")[2] == "Not judged: see AzureAccess."


def test_rules_of_a_group_that_cannot_be_read_are_not_called_missing() -> None:
    life = settled()
    before = life.status.security_rules

    life.look(network_security_groups=NetworkSecurityGroups(found=(), unreadable=forbidden()))

    assert life.status.security_rules == before
    assert life.said("SecurityRulesApplied")[:2] == ("True", "Reconciled")


def test_what_was_said_of_another_spec_is_not_kept() -> None:
    life = settled()
    life.edit(requirementsVersion="2026-08-26")

    life.look(subnet=Unreadable(trouble()))

    assert life.said("SubnetDelegated") == ("Unknown", "AzureUnavailable", "Not judged: see AzureAccess.")


def test_what_is_missing_is_a_prerequisite_and_no_trouble_with_azure() -> None:
    life = settled()

    life.look(subnet=absent())

    assert life.said() == ("False", "SubnetNotFound", "There is no subnet team-a in virtual network hub.")
    assert details(life)["AzureAccess"] == ("True", "Reconciled")
    assert details(life)["PrerequisitesMet"] == ("False", "SubnetNotFound")
    assert life.status.subnet is None


def test_the_owned_resources_are_told_up_to_fifty() -> None:
    rules = [additional(f"r{n:02}", 200 + n) for n in range(60)]
    life = Life(
        World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("theirs")}), groups=[group("theirs")]),
        networkSecurityGroup={"additionalRules": rules},
    )
    life.settle()

    assert len(life.status.owned_resources or ()) == 50


# What is wrong.


def test_ready_names_the_worst_and_counts_the_others() -> None:
    life = Life(
        World(network=documents.network(location="ukwest"), service=documents.service(tier="Basic")),
        networkSecurityGroup={"id": group_id("nowhere")},
    )
    life.look()

    region = "Virtual network hub is in ukwest, but API Management service contoso is in UK South. Use a network in the service's region."
    tier = "API Management service contoso has the tier Basic, which has no workspace gateways. Under requirements 2025-06-18 use Premium."
    assert life.said() == ("False", "LocationMismatch", f"{region} (2 more findings: see the other conditions and the events.)")
    note = "Note: Subnet 10.1.0.0/26 is smaller than the recommended /24, and cannot be enlarged once a gateway is in it."
    assert life.said("PrerequisitesMet") == ("False", "LocationMismatch", f"{region} {tier} {note}")
    assert life.said("SecurityRulesApplied")[1] == "NetworkSecurityGroupNotFound"
    assert life.said("SubnetDelegated")[:2] == ("Unknown", "LocationMismatch")
    assert life.condition("Stalled") is not None


def test_one_other_finding_is_told_in_the_singular() -> None:
    life = Life(World(network=documents.network(location="ukwest"), service=documents.service(tier="Basic")))
    life.look()

    assert life.said()[2].endswith("(1 more finding: see the other conditions and the events.)")


def test_a_problem_while_writing_counts_like_any_other() -> None:
    life = Life()
    problem = Finding(condition=ConditionType.SECURITY_RULES_APPLIED, reason=Reason.SCOPE_LOCKED, message="A lock is in the way.")

    life.pass_over(first=life.plan(), outcome=Outcome(problem=problem))

    assert life.said() == ("False", "ScopeLocked", "A lock is in the way.")
    assert life.said("SecurityRulesApplied") == ("False", "ScopeLocked", "A lock is in the way.")
    assert life.said("SubnetDelegated")[:2] == ("Unknown", "ScopeLocked")


def test_a_rule_without_a_number_stalls_although_the_rest_is_done() -> None:
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("theirs")}), groups=[group("theirs", rule("x", 300))])
    life = Life(world, networkSecurityGroup={"additionalRules": [additional("office", 300)]})
    world.apply(*life.plan().steps)

    life.look()

    assert life.said()[:2] == ("False", "PriorityConflict")
    assert details(life)["SubnetDelegated"] == ("True", "Reconciled")
    assert [(each.requirement, each.priority, each.state) for each in life.status.security_rules or ()] == [
        ("gateway-load-balancer", 1000, "NotEnforced"),
        ("gateway-internet", 1001, "NotEnforced"),
        ("office", None, "Missing"),
    ]


# No noise.


@pytest.mark.parametrize(
    "parts",
    [{}, {"subnet": Unreadable(trouble())}, {"subnet": absent()}, {"gateways": Gateways(found=(), incomplete=trouble())}],
    ids=["well", "unreadable", "absent", "no gateways"],
)
@pytest.mark.parametrize("policy", ["Manage", "Observe"])
@pytest.mark.parametrize("begun", [True, False])
def test_a_look_that_brings_nothing_new_changes_nothing(parts: dict[str, Any], policy: str, begun: bool) -> None:
    life = settled() if begun else Life()
    life.edit(managementPolicy=policy)
    life.look(**parts)
    life.wait(20)
    life.look(**parts)
    before = life.status
    life.wait(60)

    life.look(**parts)

    assert life.status == before
    assert life.told() == []


def test_a_change_of_reason_alone_moves_no_time() -> None:
    life = settled()
    since = life.condition("Ready")
    life.wait(100)
    life.world.gateways.append(gateway())

    life.look()

    now = life.condition("Ready")
    assert since is not None
    assert now is not None
    assert (since.reason, now.reason) == ("AwaitingGateway", "Reconciled")
    assert now.last_transition_time == since.last_transition_time == "2026-01-02T03:04:05Z"
    attached = life.condition("GatewayAttached")
    assert attached is not None
    assert attached.last_transition_time == "2026-01-02T03:05:45Z"


def test_a_request_is_answered_and_the_answer_stays() -> None:
    life = settled()
    life.suspend(requested_at="now")
    life.look()

    assert life.status.last_handled_reconcile_at == "now"


# The deadline.


def test_the_clock_runs_from_the_first_look_to_the_deadline() -> None:
    life = Life(progressDeadlineSeconds=600)
    life.look(subnet=absent())
    life.wait(599)
    life.look(subnet=absent())
    assert life.said()[1] == "SubnetNotFound"
    life.wait(1)
    life.look(subnet=absent())

    assert life.said() == (
        "False",
        "ProgressDeadlineExceeded",
        "No progress for 600 s: There is no subnet team-a in virtual network hub.",
    )
    assert life.condition("Stalled") is not None
    assert life.status.progressing_since == "2026-01-02T03:04:05Z"


def test_after_the_deadline_it_stays_until_a_pass_makes_progress() -> None:
    life = Life(progressDeadlineSeconds=60)
    life.look()
    life.wait(60)
    life.look()
    assert life.said()[:2] == ("False", "ProgressDeadlineExceeded")
    steps = life.plan().steps
    life.world.apply(steps[0])

    life.pass_over(first=life.plan(), outcome=Outcome(completed=steps[:1]))

    assert life.said()[:2] == ("Unknown", "Progressing")
    assert life.status.progressing_since == "2026-01-02T03:05:05Z"


def test_readiness_and_another_spec_set_the_clock_anew() -> None:
    life = Life()
    life.look()
    life.settle()
    assert life.status.progressing_since is None
    life.wait(10)
    life.edit(requirementsVersion="2026-08-26")
    life.look()
    life.wait(10)
    life.edit(requirementsVersion="2026-05-20")
    life.look()

    assert life.status.progressing_since == "2026-01-02T03:04:25Z"


@pytest.mark.parametrize("link", [False, True], ids=["GatewayStillAttached", "ResourceInUse"])
def test_a_deletion_that_waits_for_others_has_no_deadline(link: bool) -> None:
    life = settled(progressDeadlineSeconds=60)
    if link:
        life.world.subnet["properties"]["serviceAssociationLinks"] = [documents.service_association_link()]
    else:
        life.world.gateways.append(gateway())
    life.delete()
    life.wait(86400)
    life.delete()

    assert life.said()[:2] == ("False", "ResourceInUse" if link else "GatewayStillAttached")
    assert life.status.progressing_since is None


def test_what_needs_a_person_from_the_start_is_not_called_a_deadline() -> None:
    life = Life(World(service=documents.service(tier="Basic")), progressDeadlineSeconds=60)
    life.look()
    life.wait(100)
    life.look()

    assert life.said()[1] == "TierUnsupported"


# Drift.


def test_drift_that_is_repaired_within_the_pass_is_no_condition() -> None:
    life = broken(settled())
    before = life.status.conditions
    life.wait(60)

    life.settle()

    assert life.status.conditions == before
    assert life.status.drift is not None
    assert life.status.drift.model_dump(mode="json") == {"state": "InSync", "detected_at": "2026-01-02T03:05:05Z", "count": 1}
    assert life.last is not None
    assert life.last.corrected


def test_a_repair_under_way_is_silent_for_fifteen_seconds() -> None:
    life = broken(settled())
    before = life.status.conditions
    life.look()
    assert life.status.conditions == before
    assert life.status.drift is not None
    assert life.status.drift.state == "Drifted"
    life.wait(14)
    life.look()
    assert life.status.conditions == before
    life.wait(1)
    life.look()

    assert life.said() == ("Unknown", "CorrectingDrift", "Somebody changed Azure; it is being put back.")
    assert life.said("SecurityRulesApplied")[:2] == ("Unknown", "CorrectingDrift")
    assert life.said("SubnetDelegated")[:2] == ("True", "Reconciled")
    assert life.status.drift.count == 0


def test_a_long_repair_ends_and_is_counted_once() -> None:
    life = broken(settled())
    life.look()
    life.wait(20)
    life.look()
    life.wait(20)

    life.settle()

    assert life.said()[:2] == ("True", "AwaitingGateway")
    assert life.status.drift is not None
    assert life.status.drift.model_dump(mode="json") == {"state": "InSync", "detected_at": "2026-01-02T03:04:05Z", "count": 1}


def test_a_silent_repair_that_fails_is_not_silent() -> None:
    life = broken(settled())
    life.pass_over(first=life.plan(), outcome=Outcome(problem=trouble()))

    assert life.said()[:2] == ("False", "AzureUnavailable")
    life.wait(60)
    life.settle()
    assert life.status.drift is not None
    assert life.status.drift.count == 1


def test_a_first_write_is_no_drift() -> None:
    life = Life()
    life.look()
    life.settle()
    life.edit(requirementsVersion="2026-08-26")
    life.settle()

    assert life.status.drift is not None
    assert life.status.drift.count == 0
    assert all(reason != "DriftDetected" for _, reason, _ in life.told())


# Observe.


def test_observe_shows_the_plan_and_what_it_would_do() -> None:
    life = Life(managementPolicy="Observe")
    life.look()

    assert life.said() == (
        "False",
        "DriftDetected",
        (
            "Azure is not as the spec wants it: 3 changes in status.plan. Nothing is written under managementPolicy"
            " Observe. Set it to Manage, or make the changes by other means."
        ),
    )
    assert life.status.plan is not None
    assert [change.model_dump(by_alias=True, exclude_none=True) for change in life.status.plan.changes] == [
        {"action": "Create", "resource": OUR_GROUP_ID, "to": f'{{"securityRules":["{LOAD_BALANCER}","{INTERNET}"]}}'},
        {
            "action": "Update",
            "resource": SUBNET_ID,
            "path": "properties.delegations",
            "from": "[]",
            "to": f'[{{"name":"wgn-{MARK}","serviceName":"Microsoft.Web/serverFarms"}}]',
        },
        {"action": "Update", "resource": SUBNET_ID, "path": "properties.networkSecurityGroup.id", "to": f'"{OUR_GROUP_ID}"'},
    ]
    assert details(life)["SubnetDelegated"] == ("False", "DriftDetected")
    assert life.status.drift is not None
    assert life.status.drift.state == "Drifted"


def test_one_change_is_told_in_the_singular() -> None:
    life = broken(settled())
    life.edit(managementPolicy="Observe")
    life.look()

    assert life.said()[2].startswith("Azure is not as the spec wants it: 1 change in status.plan.")


def test_the_same_changes_are_the_same_plan() -> None:
    life = Life(managementPolicy="Observe")
    life.look()
    first = life.status.plan
    life.wait(100)
    life.look()
    assert life.status.plan == first

    life.world.subnet["properties"]["delegations"] = [delegation("0")]
    life.look()

    assert first is not None
    assert life.status.plan is not None
    assert life.status.plan.id != first.id
    assert life.status.plan.created_at == "2026-01-02T03:05:45Z"


def test_observe_with_nothing_to_do_is_ready_and_has_no_plan() -> None:
    life = settled()
    life.edit(managementPolicy="Observe")
    life.look()

    assert life.said()[:2] == ("True", "AwaitingGateway")
    assert life.status.plan is None
    assert life.status.drift is not None
    assert life.status.drift.state == "InSync"


def test_a_long_plan_is_cut_and_says_so() -> None:
    rules = [additional(f"r{n:02}", 200 + n) for n in range(60)]
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("theirs")}), groups=[group("theirs")])
    life = Life(world, managementPolicy="Observe", networkSecurityGroup={"additionalRules": rules})
    life.look()

    assert life.status.plan is not None
    assert len(life.status.plan.changes) == 50
    assert life.status.plan.more == "and 13 more"


def test_values_of_a_plan_are_cut_to_what_the_status_takes() -> None:
    prefixes = [f"203.0.{n}.0/24" for n in range(50)]
    wide = additional("w" * 50, 300, peer={"prefixes": prefixes}, ports=[str(p) for p in range(1, 64, 2)], description="d" * 140)
    life = Life(
        managementPolicy="Observe",
        networkSecurityGroup={"additionalRules": [wide] + [additional(f"{'r' * 47}{n}", 400 + n) for n in range(99)]},
    )
    life.look()

    assert life.status.plan is not None
    assert {len(change.to or "") for change in life.status.plan.changes[:1]} == {2048}
    assert (life.status.plan.changes[0].to or "").endswith("…")


def test_a_write_from_before_observe_is_waited_for_and_not_called_drift() -> None:
    life = settled()
    life.edit(managementPolicy="Observe")
    life.pass_over(first=life.plan(), outcome=Outcome(waiting_for=ResourceId(SUBNET_ID)))

    assert life.said() == ("Unknown", "WaitingForAzure", "Azure is working on subnet team-a.")


def test_drift_under_observe_is_seen_once_and_never_counted() -> None:
    life = settled()
    life.edit(managementPolicy="Observe")
    life.look()
    broken(life)
    life.wait(60)
    life.look()
    assert life.status.drift is not None
    assert life.status.drift.model_dump(mode="json") == {"state": "Drifted", "detected_at": "2026-01-02T03:05:05Z", "count": 0}
    life.world.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Allow"
    life.wait(60)
    life.look()

    assert life.status.drift.model_dump(mode="json") == {"state": "InSync", "detected_at": "2026-01-02T03:05:05Z", "count": 0}


# Suspended.


def test_suspending_a_settled_resource_keeps_what_was_said() -> None:
    life = settled()
    said = life.said()
    life.edit(suspend=True)
    life.wait(60)

    life.suspend()

    assert life.said() == said
    assert life.status.observed_generation == 2


def test_suspending_together_with_a_change_is_never_green() -> None:
    life = settled()
    life.edit(suspend=True, requirementsVersion="2026-08-26")
    life.suspend()

    assert life.said() == ("Unknown", "Suspended", "spec.suspend is set, and this spec was not applied before.")
    assert set(details(life).values()) == {("Unknown", "Suspended")}


def test_a_resource_that_is_suspended_from_the_start_is_never_green() -> None:
    life = Life(suspend=True)
    life.suspend()
    before = life.status
    life.wait(60)
    life.suspend()

    assert life.said()[:2] == ("Unknown", "Suspended")
    assert life.status == before


def test_going_back_while_suspended_does_not_turn_green_by_itself() -> None:
    life = settled()
    life.edit(suspend=True, requirementsVersion="2026-08-26")
    life.suspend()
    life.edit(requirementsVersion="2025-06-18")
    life.suspend()

    assert life.said()[:2] == ("Unknown", "Suspended")
    life.edit(suspend=False)
    life.look()
    assert life.said()[0] == "True"


def test_a_clock_does_not_run_while_suspended() -> None:
    life = Life()
    life.look()
    life.edit(suspend=True)
    life.suspend()

    assert life.status.progressing_since is None


# An invalid spec.


def test_an_invalid_spec_stalls_at_once() -> None:
    life = settled()
    life.edit()
    life.refuse(requested_at="now")

    message = "The spec is invalid: spec.mode must be one of Integration. Correct it and apply it again."
    assert life.said() == ("False", "InvalidSpec", message)
    assert {life.said(kind) for kind in DETAILS} == {("Unknown", "InvalidSpec", message)}
    assert life.status.last_handled_reconcile_at == "now"
    assert life.status.owned_resources == (f"{SUBNET_ID}/delegations/wgn-{MARK}", OUR_GROUP_ID)


def test_a_spec_that_is_suspended_right_after_an_invalid_one_is_not_called_invalid() -> None:
    life = settled()
    life.edit()
    life.refuse()
    life.edit(suspend=True)
    life.suspend()

    assert life.said()[:2] == ("Unknown", "Suspended")


# Deleting.


def test_a_deletion_under_way() -> None:
    life = settled()
    life.delete(outcome=Outcome(waiting_for=ResourceId(SUBNET_ID)))

    assert life.said() == ("Unknown", "Deleting", "What this resource owns in Azure is being removed.")
    assert details(life) == {
        "AzureAccess": ("True", "Reconciled"),
        "PrerequisitesMet": ("True", "Reconciled"),
        "SubnetDelegated": ("Unknown", "Deleting"),
        "SecurityRulesApplied": ("Unknown", "Deleting"),
        "GatewayAttached": ("Unknown", "Deleting"),
        "DNSRecordsPublished": ("True", "NotRequired"),
    }


def test_a_deletion_that_waits_for_the_gateway_leaves_all_else_as_it_is() -> None:
    """The deletion is a generation of its own, and asks for nothing else of what was there."""
    life = Life(World(gateways=[gateway()]))
    life.settle()
    life.edit()
    life.delete()

    assert life.said()[:2] == ("False", "GatewayStillAttached")
    assert details(life)["SubnetDelegated"] == ("True", "Reconciled")
    assert details(life)["SecurityRulesApplied"] == ("True", "Reconciled")
    assert details(life)["GatewayAttached"] == ("False", "GatewayStillAttached")


def test_a_resource_that_is_deleted_before_it_was_looked_at_claims_nothing() -> None:
    life = Life()
    life.delete(outcome=Outcome(waiting_for=ResourceId(SUBNET_ID)))

    assert details(life) == dict.fromkeys(DETAILS, ("Unknown", "Deleting")) | {"AzureAccess": ("True", "Reconciled")}


def test_a_deletion_goes_on_once_the_gateway_is_gone() -> None:
    life = Life(World(gateways=[gateway()]))
    life.settle()
    life.delete(subnet=Unreadable(trouble()))
    life.world.gateways.clear()
    life.delete(outcome=Outcome(waiting_for=ResourceId(SUBNET_ID)))

    assert details(life)["GatewayAttached"] == ("Unknown", "Deleting")
    assert details(life)["AzureAccess"] == ("True", "Reconciled")


def test_a_deletion_that_azure_does_not_answer() -> None:
    life = settled()
    life.delete(subnet=Unreadable(trouble()))

    assert life.said()[:2] == ("False", "AzureUnavailable")
    assert life.status.owned_resources == (f"{SUBNET_ID}/delegations/wgn-{MARK}", OUR_GROUP_ID)


def test_drift_means_nothing_to_a_resource_that_goes() -> None:
    life = broken(settled())
    life.look()
    life.delete(outcome=Outcome(waiting_for=ResourceId(SUBNET_ID)))

    assert life.said()[1] == "Deleting"
    assert life.status.drift is not None
    assert (life.status.drift.state.value, life.status.drift.count) == ("InSync", 0)


def test_a_status_of_another_operators_words_is_not_repeated() -> None:
    life = settled()
    strange = [
        condition.model_copy(update={"reason": "FromTheFuture"}) if condition.type == "SubnetDelegated" else condition
        for condition in life.status.conditions or ()
    ]
    life.status = life.status.model_copy(update={"conditions": tuple(strange)})

    life.look(subnet=Unreadable(trouble()))

    assert life.said("SubnetDelegated")[:2] == ("Unknown", "AzureUnavailable")


def test_an_unreadable_time_counts_as_none() -> None:
    life = Life()
    life.status = Status(progressing_since="yesterday", observed_generation=1)
    life.look()

    assert life.status.progressing_since == "2026-01-02T03:04:05Z"
