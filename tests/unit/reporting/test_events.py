"""Events tell of transitions and writes, never of a state that merely lasts."""

from __future__ import annotations

from typing import Any

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.outcome import ConcurrentChange, Outcome
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.reporting.events import NOTE_LIMIT
from worlds import documents
from worlds.azure import World, absent, trouble
from worlds.documents import SUBNET_ID, gateway, group, group_id
from worlds.life import Life
from worlds.resources import INTERNET, LOAD_BALANCER, MARK, OUR_GROUP, OUR_GROUP_ID, additional


def settled(**spec: Any) -> Life:
    life = Life(**spec)
    life.settle()
    return life


def broken(life: Life) -> Life:
    rules = life.world.rules(OUR_GROUP_ID)
    rules[INTERNET]["access"] = "Deny"
    life.world.subnet["properties"]["delegations"] = []
    return life


def test_writes_and_the_way_to_ready_are_told() -> None:
    life = settled()

    assert life.told() == [
        ("Normal", "Created", f"Created network security group {OUR_GROUP}."),
        (
            "Normal",
            "Updated",
            (
                f'Updated subnet team-a: properties.delegations: [] → [{{"name":"wgn-{MARK}","serviceName":"Microsoft.Web/serverFarms"}}];'
                f" properties.networkSecurityGroup.id: none → {OUR_GROUP_ID}."
            ),
        ),
        ("Normal", "AwaitingGateway", "The network is prepared; a gateway can be created in subnet team-a."),
    ]
    assert life.last is not None
    assert [event.action for event in life.last.events] == ["Create", "Update", "Reconcile"]


def test_at_rest_nothing_is_told() -> None:
    life = settled()
    for _ in range(3):
        life.wait(60)
        life.look()
        assert life.told() == []


def test_drift_and_its_repair_are_told_with_both_values() -> None:
    life = broken(settled())
    life.settle()

    assert life.told() == [
        (
            "Warning",
            "DriftDetected",
            (
                f"Somebody changed security rule {INTERNET} (properties.access: Allow → Deny); subnet team-a (properties.delegations:"
                f' [{{"name":"wgn-{MARK}","serviceName":"Microsoft.Web/serverFarms"}}] → []).'
            ),
        ),
        ("Normal", "Updated", f"Updated security rule {INTERNET}: properties.access: Deny → Allow."),
        (
            "Normal",
            "Updated",
            f'Updated subnet team-a: properties.delegations: [] → [{{"name":"wgn-{MARK}","serviceName":"Microsoft.Web/serverFarms"}}].',
        ),
        ("Normal", "DriftCorrected", "Azure is as the spec wants it again."),
    ]


def test_what_was_removed_or_added_by_somebody_is_told_as_such() -> None:
    life = settled()
    rules = life.world.group(OUR_GROUP_ID)["properties"]["securityRules"]
    stray = {**rules[0], "name": f"wgn-{MARK}-stray", "properties": {**rules[0]["properties"], "priority": 2000}}
    life.world.group(OUR_GROUP_ID)["properties"]["securityRules"] = [rules[1], stray]
    life.settle()

    assert life.told()[0] == (
        "Warning",
        "DriftDetected",
        f"Somebody changed security rule {LOAD_BALANCER} (gone); security rule wgn-{MARK}-stray (not wanted).",
    )


def test_drift_is_told_once_however_long_its_repair_takes() -> None:
    life = broken(settled())
    life.look()
    assert [reason for _, reason, _ in life.told()] == ["DriftDetected"]
    life.wait(10)
    life.look()
    assert life.told() == []
    life.wait(10)
    life.look()
    assert life.told() == [("Normal", "CorrectingDrift", "Somebody changed Azure; it is being put back.")]
    life.wait(10)
    life.settle()

    assert [reason for _, reason, _ in life.told()] == ["Updated", "Updated", "DriftCorrected", "AwaitingGateway"]


def test_every_finding_is_told_once() -> None:
    life = Life(
        World(network=documents.network(location="ukwest"), service=documents.service(tier="Basic")),
        networkSecurityGroup={"id": group_id("nowhere")},
    )
    life.look()

    assert [(kind, reason) for kind, reason, _ in life.told()] == [
        ("Warning", "LocationMismatch"),
        ("Warning", "TierUnsupported"),
        ("Warning", "NetworkSecurityGroupNotFound"),
    ]
    life.look()
    assert life.told() == []


def test_trouble_is_a_warning_and_its_end_is_normal() -> None:
    life = settled()
    life.look(subnet=absent())
    assert life.told() == [("Warning", "SubnetNotFound", "There is no subnet team-a in virtual network hub.")]
    life.look()
    assert life.told() == [("Normal", "AwaitingGateway", "The network is prepared; a gateway can be created in subnet team-a.")]


def test_a_missed_deadline_is_a_warning() -> None:
    life = Life(progressDeadlineSeconds=60)
    life.look()
    life.wait(60)
    life.look()

    assert life.told() == [
        (
            "Warning",
            "ProgressDeadlineExceeded",
            (
                "No progress for 60 s: Azure is being made as the spec wants it. See the activity log in Azure for what holds it up; the"
                " operator goes on trying."
            ),
        )
    ]


def test_a_gateway_that_comes_is_told() -> None:
    life = settled()
    life.world.gateways.append(gateway())
    life.look()

    assert life.told() == [("Normal", "Reconciled", "The network of gateway gw is as the spec wants it.")]


def test_a_rivals_write_at_the_same_time_is_told_with_both_values() -> None:
    life = settled()
    change = ConcurrentChange(resource=ResourceId(SUBNET_ID), path="properties.routeTable", sent=None, read={"id": "/rt"})
    found = life.plan()
    life.pass_over(first=found, outcome=Outcome(concurrent_changes=(change,)))

    assert life.told() == [
        (
            "Warning",
            "ConcurrentChange",
            (
                'properties.routeTable of subnet team-a was sent as none and reads {"id":"/rt"}: somebody wrote at the same time. It is not this'
                " resource's, so it stays."
            ),
        )
    ]


def test_observe_tells_of_drift_and_of_no_repair() -> None:
    life = settled()
    life.edit(managementPolicy="Observe")
    life.look()
    broken(life)
    life.look()

    assert [(kind, reason) for kind, reason, _ in life.told()] == [("Warning", "DriftDetected"), ("Warning", "DriftDetected")]
    assert life.told()[1][2].startswith("Azure is not as the spec wants it: 2 changes in status.plan.")
    life.look()
    assert life.told() == []


def test_a_deletion_tells_what_it_removed() -> None:
    life = settled()
    first = life.delete()
    assert first.verdict.reason == "Deleting"
    steps = life.plan_deletion().steps
    life.pass_over(first=life.plan_deletion(), now=Plan(), outcome=Outcome(completed=steps), deleting=True)

    assert [reason for _, reason, _ in life.told()] == ["Updated", "Deleted"]
    assert life.told()[1][2] == f"Deleted network security group {OUR_GROUP}."


def test_a_note_is_cut_to_what_the_api_server_takes() -> None:
    rules = [additional(f"r{n:02}", 200 + n) for n in range(60)]
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("theirs")}), groups=[group("theirs")])
    life = Life(world, networkSecurityGroup={"additionalRules": rules})
    life.settle()
    for entry in life.world.group(group_id("theirs"))["properties"]["securityRules"]:
        entry["properties"]["description"] = "x" * 140
    life.look()

    (note,) = [note for _, reason, note in life.told() if reason == "DriftDetected"]
    assert NOTE_LIMIT - 3 <= len(note.encode()) <= NOTE_LIMIT == 1024
    assert note.endswith("…")


def test_a_long_value_is_cut() -> None:
    life = settled()
    change = ConcurrentChange(resource=ResourceId(SUBNET_ID), path="properties.x", sent="y" * 300, read="y" * 200)
    life.pass_over(first=life.plan(), outcome=Outcome(concurrent_changes=(change,)))

    assert f"was sent as {'y' * 199}… and reads {'y' * 200}:" in life.told()[0][2]


def test_trouble_while_repairing_is_told_after_the_drift() -> None:
    life = broken(settled())
    life.pass_over(first=life.plan(), outcome=Outcome(problem=trouble()))

    assert [(kind, reason) for kind, reason, _ in life.told()] == [("Warning", "DriftDetected"), ("Warning", "AzureUnavailable")]


def test_a_finding_that_comes_up_later_is_told_though_ready_keeps_its_reason() -> None:
    life = Life(World(network=documents.network(location="ukwest")))
    life.look()
    assert [reason for _, reason, _ in life.told()] == ["LocationMismatch"]

    life.world.service = documents.service(tier="Basic")
    life.look()
    assert life.said()[1] == "LocationMismatch"
    tier = "API Management service contoso has the tier Basic, which has no workspace gateways. Under requirements 2025-06-18 use Premium."
    assert life.told() == [("Warning", "TierUnsupported", tier)]

    life.look()
    assert life.told() == []
