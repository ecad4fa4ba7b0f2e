"""One pass over one resource: in which order things are done, and when the next pass is due."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Unreadable
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.runtime.ports import Urgency
from workspace_gateway_network.runtime.requeue import Requeue
from worlds import documents
from worlds.azure import World, absent, trouble
from worlds.documents import SUBNET_ID, gateway, group, group_id, rule
from worlds.life import Life
from worlds.ports import FINALIZER, KEY, POLL_SECONDS, Stage, resource
from worlds.resources import INTERNET, LOAD_BALANCER, MARK, OUR_GROUP, OUR_GROUP_ID, additional

RESYNC = Requeue(after=60)
AGAIN_AT_ONCE = Requeue(after=0, urgency=Urgency.CHANGED)
CONFLICT = Requeue(after=None, urgency=Urgency.CHANGED, failed=True)
PROBLEM = Finding(condition=ConditionType.SECURITY_RULES_APPLIED, reason=Reason.AZURE_UNAVAILABLE, message="Azure failed.")


async def settled(world: World | None = None, **spec: Any) -> Stage:
    stage = Stage(world, **spec)
    await stage.settle()
    stage.log.clear()
    stage.cluster.events.clear()
    return stage


def broken(stage: Stage) -> Stage:
    stage.azure.world.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Deny"
    return stage


def reasons(stage: Stage) -> list[str]:
    return [event.reason for event in stage.cluster.events]


# From nothing to rest.


async def test_a_resource_is_brought_to_rest_in_one_pass_where_azure_ends_at_once() -> None:
    stage = Stage()

    assert await stage.reconcile() == RESYNC

    assert stage.writes() == [f"Create {OUR_GROUP}", "Update team-a"]
    assert stage.said() == ("True", "AwaitingGateway")
    assert stage.status["observedGeneration"] == 1
    assert reasons(stage) == ["Created", "Updated", "AwaitingGateway"]


async def test_at_rest_nothing_is_written_and_nothing_told() -> None:
    stage = await settled()

    for _ in range(3):
        stage.wait(60)
        assert await stage.reconcile(urgency=Urgency.RESYNC) == RESYNC

    assert stage.log == []


async def test_the_next_look_is_due_after_the_interval_of_the_spec() -> None:
    stage = Stage(resyncIntervalSeconds=300)

    assert await stage.reconcile() == Requeue(after=300)


async def test_an_operation_is_polled_when_azure_says_and_blocks_nobody() -> None:
    stage = Stage(polls=3)

    assert await stage.reconcile() == Requeue(after=POLL_SECONDS, urgency=Urgency.CHANGED, pending=True)
    assert stage.said() == ("Unknown", "WaitingForAzure")
    for _ in range(2):
        stage.wait(POLL_SECONDS)
        assert await stage.reconcile() == Requeue(after=POLL_SECONDS, urgency=Urgency.CHANGED, pending=True)
    assert stage.writes() == [f"Create {OUR_GROUP}"]
    stage.wait(POLL_SECONDS)
    await stage.reconcile()

    assert stage.writes() == [f"Create {OUR_GROUP}", "Update team-a"]
    await stage.settle()
    assert stage.said() == ("True", "AwaitingGateway")


async def test_one_status_a_change_and_no_more() -> None:
    stage = Stage(polls=3)
    await stage.settle()

    assert stage.cluster.status_writes == 3
    assert reasons(stage) == ["WaitingForAzure", "Created", "Updated", "AwaitingGateway"]


async def test_rules_that_come_one_operation_after_another_do_not_wait_for_the_next_look() -> None:
    """Also where a rule without a number needs a person: that is no reason to be slow with the rest."""
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("theirs")}), groups=[group("theirs", rule("x", 300))])
    stage = Stage(world, polls=1, networkSecurityGroup={"additionalRules": [additional("office", 300)]})

    assert await stage.reconcile() == Requeue(after=POLL_SECONDS, urgency=Urgency.CHANGED, pending=True)
    await stage.settle()

    assert stage.writes() == [f"Create {LOAD_BALANCER}", f"Create {INTERNET}", "Update team-a"]
    assert stage.said() == ("False", "PriorityConflict")
    assert await stage.reconcile() == RESYNC


async def test_what_the_status_remembers_is_looked_at() -> None:
    stage = await settled()
    stage.azure.queries.clear()
    stage.edit(networkSecurityGroup={"id": group_id("theirs")})
    await stage.reconcile()

    assert stage.azure.queries[0].network_security_group_ids == {ResourceId(OUR_GROUP_ID), ResourceId(group_id("theirs"))}


async def test_a_number_that_somebody_changed_goes_back_to_the_remembered_one() -> None:
    stage = await settled()
    stage.azure.world.rules(OUR_GROUP_ID)[INTERNET]["priority"] = 4000

    await stage.reconcile()

    assert stage.azure.world.rules(OUR_GROUP_ID)[INTERNET]["priority"] == 1001


async def test_a_number_is_not_remembered_before_it_was_written() -> None:
    """A Deny that came while nothing was written must be passed, not jumped over."""
    stage = Stage(World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("theirs")})), managementPolicy="Observe")
    stage.azure.world.groups[ResourceId(group_id("theirs"))] = group("theirs")
    await stage.reconcile()
    stage.azure.world.group(group_id("theirs"))["properties"]["securityRules"].append(rule("deny", 2000, sourceAddressPrefix="*"))
    stage.edit(managementPolicy="Manage")
    await stage.settle()

    assert {name: each["priority"] for name, each in stage.azure.world.rules(group_id("theirs")).items()} == {
        "deny": 2000,
        LOAD_BALANCER: 2001,
        INTERNET: 2002,
    }


# A request to look now.


async def test_a_request_to_look_is_answered_with_what_was_read_after_it() -> None:
    stage = await settled()
    stage.annotate("reconcile-requested-at", "noon")
    stage.azure.fresh.clear()

    await stage.reconcile()
    await stage.reconcile()

    assert stage.azure.fresh == [True, False]
    assert stage.status["lastHandledReconcileAt"] == "noon"


async def test_a_request_longer_than_the_status_takes_is_answered_all_the_same() -> None:
    stage = await settled()
    stage.annotate("reconcile-requested-at", "x" * 1000)

    assert await stage.reconcile() == RESYNC
    assert stage.status["lastHandledReconcileAt"] == "x" * 256
    stage.log.clear()
    await stage.reconcile()
    assert stage.log == []


# Drift.


async def test_drift_is_repaired_and_counted() -> None:
    stage = broken(await settled())
    conditions = stage.status["conditions"]
    stage.wait(60)

    assert await stage.reconcile(urgency=Urgency.RESYNC) == RESYNC

    assert stage.writes() == [f"Update {INTERNET}"]
    assert stage.status["conditions"] == conditions
    assert stage.status["drift"] == {"state": "InSync", "detectedAt": "2026-01-02T03:05:05Z", "count": 1}
    assert stage.counted.seen == [("securityrules", "corrected")]
    assert reasons(stage) == ["DriftDetected", "Updated", "DriftCorrected"]


async def test_a_repair_under_way_goes_before_other_work_and_is_counted_once() -> None:
    stage = broken(await settled())
    stage.azure.polls = 2

    assert await stage.reconcile(urgency=Urgency.RESYNC) == Requeue(after=POLL_SECONDS, urgency=Urgency.DRIFTED, pending=True)
    assert stage.said() == ("True", "AwaitingGateway")
    stage.wait(POLL_SECONDS)
    assert await stage.reconcile() == Requeue(after=POLL_SECONDS, urgency=Urgency.DRIFTED, pending=True)
    stage.wait(POLL_SECONDS)
    assert await stage.reconcile() == RESYNC

    assert stage.status["drift"]["count"] == 1
    assert stage.counted.seen == [("securityrules", "corrected")]
    assert reasons(stage) == ["DriftDetected", "Updated", "DriftCorrected"]


# Policies that write nothing.


async def test_observe_writes_nothing_to_azure() -> None:
    stage = Stage(managementPolicy="Observe", deletionPolicy="Delete")

    assert await stage.reconcile() == RESYNC

    assert stage.writes() == []
    assert stage.said() == ("False", "DriftDetected")
    assert len(stage.status["plan"]["changes"]) == 3
    assert "finalizers" not in stage.document["metadata"]


async def test_drift_under_observe_is_reported_and_nothing_written() -> None:
    stage = await settled()
    stage.edit(managementPolicy="Observe")
    await stage.reconcile()
    broken(stage)
    await stage.reconcile()
    await stage.reconcile()

    assert stage.writes() == []
    assert stage.counted.seen == [("securityrules", "reported")]


async def test_suspended_means_that_azure_is_not_even_looked_at() -> None:
    stage = broken(await settled())
    stage.edit(suspend=True)
    stage.azure.queries.clear()

    assert await stage.reconcile() == RESYNC

    assert stage.azure.queries == []
    assert stage.said() == ("True", "AwaitingGateway")
    assert stage.status["observedGeneration"] == 2
    assert [(event.reason, event.note) for event in stage.cluster.events] == [
        ("Suspended", "spec.suspend is set: nothing is written to Azure, and changes that others make there are not undone.")
    ]
    stage.log.clear()
    await stage.reconcile()
    assert stage.log == []


async def test_suspended_together_with_a_change_is_not_green() -> None:
    stage = await settled()
    stage.edit(suspend=True, requirementsVersion="2026-08-26")
    await stage.reconcile()

    assert stage.said() == ("Unknown", "Suspended")
    stage.edit(suspend=False)
    await stage.settle()
    assert stage.said() == ("True", "AwaitingGateway")


@pytest.mark.parametrize("field", [{"resyncIntervalSeconds": 30}, {"progressDeadlineSeconds": 60}, {"deletionPolicy": "Retain"}])
async def test_a_change_that_is_not_about_azure_keeps_its_green_while_suspended(field: dict[str, Any]) -> None:
    stage = await settled()
    stage.edit(suspend=True, **field)
    await stage.reconcile()

    assert stage.said() == ("True", "AwaitingGateway")


async def test_a_conflict_while_suspending_is_tried_again() -> None:
    stage = await settled()
    stage.edit(suspend=True)
    stage.cluster.conflicts = 1

    assert await stage.reconcile() == Requeue(after=None, failed=True)
    assert await stage.reconcile() == RESYNC
    assert stage.status["observedGeneration"] == 2


# The finalizer.


async def test_the_finalizer_is_there_before_anything_is_written_to_azure() -> None:
    stage = Stage(deletionPolicy="Delete")

    assert await stage.reconcile() == AGAIN_AT_ONCE
    assert stage.log == ["finalizer"]
    await stage.settle()

    assert stage.document["metadata"]["finalizers"] == [FINALIZER]
    assert stage.log.index("finalizer") < stage.log.index(f"Create {OUR_GROUP}")


async def test_without_its_finalizer_nothing_is_written_to_azure() -> None:
    stage = Stage(deletionPolicy="Delete")
    stage.cluster.conflicts = 1

    assert await stage.reconcile() == CONFLICT
    assert stage.log == []


@pytest.mark.parametrize("change", [{"deletionPolicy": "Retain"}, {"managementPolicy": "Observe"}])
async def test_the_finalizer_goes_when_a_deletion_would_have_nothing_to_do(change: dict[str, str]) -> None:
    stage = await settled(deletionPolicy="Delete")
    stage.edit(**change)
    await stage.settle()

    assert stage.document["metadata"]["finalizers"] == []


# Conflicts and other trouble.


async def test_a_resource_that_changed_meanwhile_is_looked_at_again() -> None:
    stage = Stage()
    stage.cluster.conflicts = 1

    assert await stage.reconcile() == CONFLICT
    assert stage.status == {"observedGeneration": -1}
    assert await stage.reconcile() == RESYNC
    assert stage.said() == ("True", "AwaitingGateway")


async def test_what_was_done_is_told_even_if_the_status_could_not_be_written() -> None:
    stage = broken(await settled())
    stage.cluster.conflicts = 1
    await stage.reconcile()

    assert reasons(stage) == ["DriftDetected", "Updated", "DriftCorrected"]


async def test_trouble_backs_off_up_to_the_next_look() -> None:
    stage = Stage()
    stage.azure.parts = {"subnet": Unreadable(trouble())}

    assert await stage.reconcile() == Requeue(after=60, failed=True)
    assert stage.said() == ("False", "AzureUnavailable")


async def test_trouble_with_a_time_to_wait_is_waited_out() -> None:
    stage = Stage()
    stage.azure.answers = [Outcome(problem=PROBLEM, retry_after=17)]

    assert await stage.reconcile() == Requeue(after=60, failed=True, at_least=17)
    assert stage.said("SecurityRulesApplied") == ("False", "AzureUnavailable")


def throttled(stage: Stage, *, seconds: float) -> None:
    stage.azure.parts = {"subnet": Unreadable(replace(trouble(Reason.AZURE_THROTTLED), retry_after=seconds))}


@pytest.mark.parametrize(("seconds", "after"), [(12, 12), (120, 60)])
async def test_what_azure_throttles_keeps_nothing_else_from_being_looked_at_at_every_resync(seconds: float, after: float) -> None:
    stage = Stage()
    throttled(stage, seconds=seconds)

    assert await stage.reconcile() == Requeue(after=after, urgency=Urgency.CHANGED, pending=True)
    assert stage.said() == ("False", "AzureThrottled")


async def test_an_operation_is_polled_in_time_while_something_else_is_throttled() -> None:
    stage = Stage(polls=3)
    await stage.reconcile()
    throttled(stage, seconds=300)

    assert await stage.reconcile() == Requeue(after=POLL_SECONDS, urgency=Urgency.CHANGED, pending=True)


async def test_a_look_that_was_put_off_is_more_urgent_each_time_but_never_more_than_a_change() -> None:
    stage = await settled()
    throttled(stage, seconds=12)

    urgencies = [Urgency.RESYNC]
    for _ in range(3):
        urgencies.append((await stage.reconcile(urgency=urgencies[-1])).urgency)

    assert urgencies == [Urgency.RESYNC, Urgency.DRIFTED, Urgency.CHANGED, Urgency.CHANGED]


async def test_what_azure_refuses_is_looked_at_at_every_resync() -> None:
    stage = Stage()
    stage.azure.answers = [Outcome(problem=replace(PROBLEM, reason=Reason.POLICY_DENIED))]

    assert await stage.reconcile() == RESYNC


@pytest.mark.parametrize("edit", [{"suspend": True}, {"managementPolicy": "Observe"}, {"requirementsVersion": "2026-05-20"}])
async def test_a_spec_that_changed_during_the_pass_is_not_applied_any_more(edit: dict[str, Any]) -> None:
    stage = Stage()
    seen = stage.azure.look

    async def look(**arguments: Any) -> Any:
        observed = await seen(**arguments)
        stage.edit(**edit)
        stage.cluster.conflicts = 1
        return observed

    stage.azure.look = look  # type: ignore[method-assign]

    await stage.reconcile()

    assert stage.writes() == []


async def test_a_resource_that_went_during_the_pass_is_not_applied_any_more() -> None:
    stage = Stage()
    seen = stage.azure.look

    async def look(**arguments: Any) -> Any:
        observed = await seen(**arguments)
        del stage.cluster.resources[KEY]
        return observed

    stage.azure.look = look  # type: ignore[method-assign]
    stage.cluster.conflicts = 1

    await stage.reconcile()

    assert stage.writes() == []


async def test_a_world_that_moved_is_looked_at_again_soon() -> None:
    stage = Stage()
    stage.azure.answers = [Outcome(moved=True)]

    assert await stage.reconcile() == Requeue(after=None, urgency=Urgency.CHANGED, failed=True)


async def test_a_world_that_moved_although_a_person_is_needed_is_looked_at_again_soon() -> None:
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("theirs")}), groups=[group("theirs", rule("x", 300))])
    stage = Stage(world, networkSecurityGroup={"additionalRules": [additional("office", 300)]})
    stage.azure.answers = [Outcome(moved=True)]

    assert await stage.reconcile() == Requeue(after=None, urgency=Urgency.CHANGED, failed=True)


async def test_a_world_that_azure_itself_does_not_agree_on_is_looked_at_again_when_it_should() -> None:
    stage = Stage()
    stage.azure.answers = [Outcome(moved=True, retry_after=5)]

    assert await stage.reconcile() == Requeue(after=None, urgency=Urgency.CHANGED, failed=True, at_least=5)


async def test_what_needs_a_person_is_looked_at_at_every_resync() -> None:
    stage = Stage(World(service=documents.service(tier="Basic")))

    assert await stage.reconcile() == RESYNC
    assert stage.said("Stalled") == ("True", "TierUnsupported")
    stage.azure.world.service = documents.service()
    await stage.settle()
    assert stage.said() == ("True", "AwaitingGateway")


async def test_what_is_missing_may_come() -> None:
    stage = Stage()
    stage.azure.parts = {"subnet": absent()}

    assert await stage.reconcile() == Requeue(after=60, failed=True)


async def test_a_pass_ends_even_where_there_is_always_something_to_do() -> None:
    stage = Stage()
    stage.azure.answers = [Outcome(completed=Life().plan().steps[:1])] * 9

    assert await stage.reconcile() == AGAIN_AT_ONCE
    assert len(stage.azure.answers) == 4


# An invalid spec.


async def test_an_invalid_spec_is_told_and_nothing_done() -> None:
    stage = Stage(mode="Sideways")

    assert await stage.reconcile() == Requeue(after=None)

    assert stage.azure.queries == []
    assert stage.said() == ("False", "InvalidSpec")
    assert stage.status["conditions"][0]["message"].startswith("The spec is invalid: spec.mode: ")
    assert stage.status["observedGeneration"] == 1


async def test_an_invalid_spec_that_changed_meanwhile_is_read_again() -> None:
    stage = Stage(mode="Sideways")
    stage.cluster.conflicts = 1

    assert await stage.reconcile() == Requeue(after=None, failed=True)


# Neighbours.


async def test_two_resources_for_one_subnet() -> None:
    stage = Stage()
    stage.cluster.put(resource("older", created="2025-01-01T00:00:00Z"))
    stage.cluster.put(resource("broken", created="2025-01-01T00:00:00Z", subnet={"id": "nonsense"}))

    await stage.reconcile()

    assert stage.said() == ("False", "OwnershipConflict")
    assert stage.writes() == []


# Deleting.


async def test_a_deletion_cleans_up_and_lets_go() -> None:
    stage = await settled(deletionPolicy="Delete")
    stage.delete()

    assert await stage.reconcile() == Requeue(after=None)

    assert stage.writes() == ["Update team-a", f"Delete {OUR_GROUP}"]
    assert stage.is_gone
    assert reasons(stage) == ["Updated", "Deleted", "Deleting", "Released"]
    assert stage.cluster.events[-1].note == "What the resource owned in Azure is gone."
    assert stage.log[-1] == "no finalizer"


async def test_a_deletion_waits_for_each_operation() -> None:
    stage = await settled(deletionPolicy="Delete")
    stage.azure.polls = 2
    stage.delete()

    assert await stage.reconcile() == Requeue(after=POLL_SECONDS, urgency=Urgency.CHANGED, pending=True)
    assert stage.said() == ("Unknown", "Deleting")
    await stage.settle()

    assert stage.is_gone
    assert stage.azure.world.groups == {}


async def test_a_deletion_ends_an_operation_of_the_resources_life_first() -> None:
    stage = Stage(polls=3, deletionPolicy="Delete")
    await stage.reconcile()
    await stage.reconcile()
    stage.delete()
    await stage.settle()

    assert stage.writes() == [f"Create {OUR_GROUP}", f"Delete {OUR_GROUP}"]
    assert stage.is_gone


async def test_a_live_gateway_holds_a_deletion_up_and_nothing_is_touched() -> None:
    stage = await settled(World(gateways=[gateway()]), deletionPolicy="Delete")
    stage.delete()

    assert await stage.reconcile() == Requeue(after=60, failed=True)

    assert stage.writes() == []
    assert stage.said() == ("False", "GatewayStillAttached")
    stage.azure.world.gateways.clear()
    await stage.settle()
    assert stage.is_gone


async def test_a_stuck_deletion_is_let_go_by_the_annotation() -> None:
    stage = await settled(World(gateways=[gateway()]), deletionPolicy="Delete")
    stage.delete()
    stage.annotate("deletion-policy-override", "Retain")
    before = stage.azure.world.snapshot()

    assert await stage.reconcile() == Requeue(after=None)

    assert stage.is_gone
    assert stage.azure.world.snapshot() == before
    assert [event.note for event in stage.cluster.events] == [
        "The annotation deletion-policy-override says Retain: Azure is left as it is."
    ]


async def test_the_annotation_alone_deletes_nothing_and_only_retain_counts() -> None:
    stage = await settled(deletionPolicy="Delete")
    stage.annotate("deletion-policy-override", "Retain")
    await stage.reconcile()
    assert not stage.is_gone
    stage.annotate("deletion-policy-override", "Delete")
    stage.delete()
    await stage.settle()

    assert stage.writes() == ["Update team-a", f"Delete {OUR_GROUP}"]


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"suspend": True}, "The resource is suspended: Azure is left as it is."),
        ({"deletionPolicy": "Retain"}, "The spec does not ask for a clean-up: Azure is left as it is."),
        ({"managementPolicy": "Observe"}, "The spec does not ask for a clean-up: Azure is left as it is."),
    ],
)
async def test_what_a_deletion_leaves_alone(change: dict[str, Any], note: str) -> None:
    stage = await settled(deletionPolicy="Delete")
    before = stage.azure.world.snapshot()
    stage.edit(**change)
    stage.delete()

    assert await stage.reconcile() == Requeue(after=None)

    assert stage.is_gone
    assert stage.azure.world.snapshot() == before
    assert [event.note for event in stage.cluster.events] == [note]


async def test_a_finalizer_that_changed_meanwhile_is_tried_again() -> None:
    stage = await settled(deletionPolicy="Delete")
    stage.delete()
    stage.cluster.conflicts = 1

    assert await stage.reconcile() == CONFLICT
    assert await stage.reconcile() == Requeue(after=None)
    assert stage.is_gone


async def test_a_deletion_that_others_hold_up_is_none_of_our_business() -> None:
    stage = await settled()
    stage.delete()
    stage.azure.queries.clear()

    assert await stage.reconcile() == Requeue(after=None)

    assert stage.azure.queries == []
    assert stage.log == []


async def test_a_deletion_of_an_invalid_spec_can_be_let_go() -> None:
    stage = await settled(deletionPolicy="Delete")
    stage.edit(mode="Sideways")
    stage.delete()
    assert await stage.reconcile() == Requeue(after=None)
    assert stage.said() == ("False", "InvalidSpec")
    stage.annotate("deletion-policy-override", "Retain")

    await stage.reconcile()

    assert stage.is_gone


async def test_a_resource_that_is_gone_is_forgotten() -> None:
    stage = Stage()
    del stage.cluster.resources[KEY]

    assert await stage.reconcile() == Requeue(after=None)
    assert stage.azure.forgotten == [KEY]


async def test_a_status_that_is_none_is_written_anew() -> None:
    stage = await settled()
    stage.document["status"] = {"conditions": "?", "ownedResources": 7}

    await stage.reconcile()

    assert stage.said() == ("True", "AwaitingGateway")
    assert stage.status["ownedResources"] == [f"{SUBNET_ID}/delegations/wgn-{MARK}", OUR_GROUP_ID]


# What somebody else's operation still holds.


async def test_a_first_convergence_waits_for_the_end_of_an_operation_that_a_dead_process_began() -> None:
    stage = await settled()
    stage.document["status"] = {"observedGeneration": -1}
    stage.azure.world.subnet["properties"]["provisioningState"] = "Updating"

    assert await stage.reconcile() == Requeue(after=5, urgency=Urgency.CHANGED, pending=True)

    assert stage.said() == ("Unknown", "WaitingForAzure")
    stage.azure.world.subnet["properties"]["provisioningState"] = "Succeeded"
    assert await stage.reconcile() == RESYNC
    assert stage.said() == ("True", "AwaitingGateway")
    assert stage.writes() == []


async def test_a_ready_resource_stays_ready_while_somebody_writes_the_subnet() -> None:
    stage = await settled()
    stage.azure.world.subnet["properties"]["provisioningState"] = "Updating"

    assert await stage.reconcile() == RESYNC

    assert stage.said() == ("True", "AwaitingGateway")


async def test_a_deletion_is_not_let_go_before_azure_is_done_with_the_subnet() -> None:
    stage = await settled(deletionPolicy="Delete")
    stage.delete()
    for _ in range(3):
        stage.azure.world.subnet["properties"]["provisioningState"] = "Updating"
        await stage.reconcile()

    assert not stage.is_gone
    stage.azure.world.subnet["properties"]["provisioningState"] = "Succeeded"
    await stage.reconcile()
    assert stage.is_gone
