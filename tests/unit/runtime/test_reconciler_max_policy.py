"""A pass where the operator's administrator allows no resource to have anything written."""

from __future__ import annotations

from workspace_gateway_network.api.spec import ManagementPolicy
from worlds.azure import World
from worlds.ports import FINALIZER, Stage
from worlds.resources import INTERNET, OUR_GROUP, OUR_GROUP_ID

OBSERVE = ManagementPolicy.OBSERVE


def message(stage: Stage) -> str:
    ready: str = stage.status["conditions"][0]["message"]
    return ready


async def test_a_managed_resource_is_only_observed_and_says_why() -> None:
    stage = Stage(limits={"max_policy": OBSERVE}, deletionPolicy="Delete")

    await stage.reconcile()

    assert stage.azure.world.snapshot() == World().snapshot()
    assert stage.said() == ("False", "DriftDetected")
    assert message(stage) == (
        "Azure is not as the spec wants it: 3 changes in status.plan. Nothing is written while WGN_MAX_POLICY is"
        " Observe. Have whoever runs the operator set that to Manage, or make the changes by other means."
    )
    assert [(change["action"], change["resource"].rpartition("/")[2]) for change in stage.status["plan"]["changes"]] == [
        ("Create", OUR_GROUP),
        ("Update", "team-a"),
        ("Update", "team-a"),
    ]
    assert "finalizers" not in stage.document["metadata"]


async def test_a_resource_that_observes_by_itself_says_so() -> None:
    stage = Stage(limits={"max_policy": OBSERVE}, managementPolicy="Observe")

    await stage.reconcile()

    assert message(stage) == (
        "Azure is not as the spec wants it: 3 changes in status.plan. Nothing is written under managementPolicy"
        " Observe. Set it to Manage, or make the changes by other means."
    )


async def test_drift_is_reported_and_healed_when_the_limit_is_gone() -> None:
    stage = Stage()
    await stage.settle()
    stage.azure.world.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Deny"
    stage.restart(max_policy=OBSERVE)
    stage.log.clear()

    await stage.reconcile()

    assert (stage.writes(), stage.said()) == ([], ("False", "DriftDetected"))
    assert stage.counted.seen == [("securityrules", "reported")]
    stage.restart()
    await stage.settle()
    assert (stage.writes(), stage.said()) == ([f"Update {INTERNET}"], ("True", "AwaitingGateway"))


async def test_a_deletion_leaves_azure_as_it_is() -> None:
    stage = Stage(deletionPolicy="Delete")
    await stage.settle()
    before = stage.azure.world.snapshot()
    stage.restart(max_policy=OBSERVE)
    assert stage.document["metadata"]["finalizers"] == [FINALIZER]
    stage.delete()

    await stage.reconcile()

    assert (stage.is_gone, stage.azure.world.snapshot()) == (True, before)
    assert stage.cluster.events[-1].note == "WGN_MAX_POLICY is Observe: Azure is left as it is."
