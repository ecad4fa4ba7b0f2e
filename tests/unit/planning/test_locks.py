"""What locks forbid is told before it is tried."""

from __future__ import annotations

import pytest

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.lock import Lock
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.locks import heed
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import Action
from worlds.documents import NETWORK_GROUP, NETWORK_ID, SUBNET_ID, SUBSCRIPTION, delegation
from worlds.preflight import noted, planned, wide
from worlds.resources import MARK, OUR_GROUP, OUR_GROUP_ID, desired


def lock(scope: str, level: str, *, name: str = "keep") -> Lock:
    return Lock.from_arm({"id": f"{scope}/providers/Microsoft.Authorization/locks/{name}", "name": name, "properties": {"level": level}})


def locked(*locks: Lock, deleting: bool = False) -> Plan:
    return heed(planned(wide()), locks=locks, deleting=deleting)


@pytest.mark.parametrize(
    ("scope", "what"),
    [
        (NETWORK_ID.upper(), "subnet team-a"),
        (SUBNET_ID, "subnet team-a"),
        (OUR_GROUP_ID, f"network security group {OUR_GROUP}"),
    ],
)
def test_a_read_only_lock_is_told_before_anything_is_written(scope: str, what: str) -> None:
    result = locked(lock(scope, "ReadOnly"))

    assert result.steps == ()
    assert [finding.message for finding in result.findings] == [
        f"The lock keep (ReadOnly) on {scope} does not allow the operator to write {what}. Remove the lock, or lift it for a while."
    ]
    assert {finding.reason for finding in result.findings} == {Reason.SCOPE_LOCKED}


def test_a_lock_on_all_is_told_for_each_part() -> None:
    result = locked(lock(f"/subscriptions/{SUBSCRIPTION}", "ReadOnly"))

    assert [finding.condition.value for finding in result.findings] == ["SecurityRulesApplied", "SubnetDelegated"]


@pytest.mark.parametrize(
    ("scope", "level"),
    [
        (NETWORK_ID, "CanNotDelete"),
        (f"{NETWORK_ID}2", "ReadOnly"),
        (f"{NETWORK_ID}/subnets/team-b", "ReadOnly"),
        (SUBNET_ID[:-1], "ReadOnly"),
        (NETWORK_ID, "NotSpecified"),
        ("", "ReadOnly"),
    ],
)
def test_a_lock_that_forbids_nothing_of_this_holds_nobody_up(scope: str, level: str) -> None:
    assert locked(lock(scope, level)) == planned(wide())


def test_a_lock_against_deletion_stops_a_deletion_as_a_whole() -> None:
    world = wide()
    world.apply(*planned(world).steps)
    ours = f"{OUR_GROUP_ID}/providers/Microsoft.Authorization/locks/keep"
    obsolete = planned(world, desired(requirementsVersion="2026-05-20"))
    assert any(step.action is Action.DELETE for step in obsolete.steps)

    held = heed(obsolete, locks=[lock(ours.rpartition("/providers/")[0], "CanNotDelete")], deleting=True)

    assert held.blocked
    assert held.steps == ()
    assert [finding.message for finding in held.findings] == [
        (
            f"The lock keep (CanNotDelete) on {OUR_GROUP_ID} does not allow the operator to delete security rule wgn-{MARK}-gateway-internet and"
            " 1 more. Remove the lock, or lift it for a while."
        )
    ]


def test_a_lock_keeps_what_is_above_it_from_being_deleted() -> None:
    inner = lock(f"{OUR_GROUP_ID}/securityRules/x", "CanNotDelete")

    assert inner.forbids(deletes=True, target=planned(wide()).steps[0].target)
    assert not inner.forbids(deletes=False, target=planned(wide()).steps[0].target)


def test_the_findings_of_a_plan_stay_beside_those_of_locks() -> None:
    other = Finding(condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.RECORD_CONFLICT, message="It is theirs.")
    plan_ = planned(wide())

    held = heed(Plan(steps=plan_.steps, findings=(other,)), locks=[lock(NETWORK_ID, "ReadOnly")])

    assert [finding.reason for finding in held.findings] == [Reason.RECORD_CONFLICT, Reason.SCOPE_LOCKED]


def test_every_lock_is_told_not_only_the_first() -> None:
    result = locked(lock(NETWORK_ID, "ReadOnly", name="a"), lock(NETWORK_GROUP, "ReadOnly", name="b"))

    remedy = "Remove the lock, or lift it for a while."
    assert [finding.message for finding in result.findings] == [
        f"The lock b (ReadOnly) on {NETWORK_GROUP} does not allow the operator to write network security group {OUR_GROUP}. {remedy}",
        f"The lock a (ReadOnly) on {NETWORK_ID} does not allow the operator to write subnet team-a. {remedy}",
        f"The lock b (ReadOnly) on {NETWORK_GROUP} does not allow the operator to write subnet team-a. {remedy}",
    ]


def test_a_lock_is_told_beside_what_blocks_the_plan() -> None:
    world = wide(delegations=[delegation("0", "Microsoft.Sql/managedInstances")])
    blocked = planned(world)

    held = heed(blocked, locks=[lock(NETWORK_ID, "ReadOnly")])

    assert held.blocked
    assert held.steps == ()
    assert [finding.reason for finding in held.findings] == [Reason.DELEGATION_CONFLICT, Reason.SCOPE_LOCKED]


def test_a_lock_where_nothing_is_to_be_written_yet_is_worth_a_note() -> None:
    world, zone_id = wide(), ResourceId(f"{NETWORK_GROUP}/providers/Microsoft.Network/privateDnsZones/azure-api.net")
    world.apply(*planned(world).steps)

    result = heed(planned(world), locks=[lock(NETWORK_GROUP, "ReadOnly"), lock(NETWORK_GROUP, "CanNotDelete")], zone_ids=[zone_id])

    assert (result.steps, result.findings) == ((), ())
    assert noted(result) == [
        (
            "LockAhead",
            (
                f"The lock keep (ReadOnly) on {NETWORK_GROUP} holds subnet team-a and private DNS zone azure-api.net. Nothing has to be written"
                " there now; remove the lock before that changes, and before a gateway is created."
            ),
        )
    ]
