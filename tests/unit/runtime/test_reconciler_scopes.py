"""A pass over a resource whose namespace may not use all of Azure: nothing is read for what its spec must not name."""

from __future__ import annotations

from typing import Any

import pytest

from contract.crd.specs import SUBSCRIPTION, at_every_maximum
from workspace_gateway_network.model.scope import Scope
from workspace_gateway_network.planning.scopes import NamespaceScopes
from workspace_gateway_network.runtime.requeue import Requeue
from worlds.documents import NETWORK_GROUP, SERVICE_ID, SUBNET_ID, subnet
from worlds.ports import FINALIZER, KEY, Stage, resource
from worlds.resources import INTERNET, OUR_GROUP, OUR_GROUP_ID


def scopes(*listed: str, pattern: str = "apim") -> NamespaceScopes:
    return NamespaceScopes(by_pattern={pattern: tuple(map(Scope.parse, listed))})


WITHIN = scopes(NETWORK_GROUP, SERVICE_ID)
WITHOUT = scopes(SERVICE_ID)
ELSEWHERE = scopes(NETWORK_GROUP, SERVICE_ID, pattern="shop")
RESYNC = Requeue(after=60)
FORBIDDEN = (
    f"Namespace apim may not use {SUBNET_ID} (spec.subnet.id): WGN_SCOPES allows it only {SERVICE_ID}."
    " Name something there, or ask whoever runs the operator to allow this."
)


async def settled(**spec: Any) -> Stage:
    """team-a when all is done, and before the operator is started with other scopes."""
    stage = Stage(limits={"scopes": WITHIN}, **spec)
    await stage.settle()
    assert stage.writes() == [f"Create {OUR_GROUP}", "Update team-a"]
    stage.log.clear()
    stage.cluster.events.clear()
    stage.azure.queries.clear()
    return stage


def messages(stage: Stage) -> dict[str, str]:
    return {each["type"]: each["message"] for each in stage.status["conditions"]}


async def test_what_a_spec_must_not_name_is_told_and_nothing_is_read() -> None:
    stage = Stage(limits={"scopes": WITHOUT})

    assert await stage.reconcile() == RESYNC

    assert (stage.azure.queries, stage.writes()) == ([], [])
    assert [(each["type"], each["status"], each["reason"], each["message"]) for each in stage.status["conditions"]] == [
        ("Ready", "False", "ScopeNotAllowed", FORBIDDEN),
        ("Stalled", "True", "ScopeNotAllowed", FORBIDDEN),
        ("AzureAccess", "Unknown", "ScopeNotAllowed", "Not judged: see PrerequisitesMet."),
        ("PrerequisitesMet", "False", "ScopeNotAllowed", FORBIDDEN),
        ("SubnetDelegated", "Unknown", "ScopeNotAllowed", "Not judged: see PrerequisitesMet."),
        ("SecurityRulesApplied", "Unknown", "ScopeNotAllowed", "Not judged: see PrerequisitesMet."),
        ("GatewayAttached", "Unknown", "ScopeNotAllowed", "Not judged: see PrerequisitesMet."),
        ("DNSRecordsPublished", "Unknown", "ScopeNotAllowed", "Not judged: see PrerequisitesMet."),
    ]
    assert [(event.type, event.reason, event.note) for event in stage.cluster.events] == [("Warning", "ScopeNotAllowed", FORBIDDEN)]


async def test_all_of_it_is_told_at_once() -> None:
    stage = Stage(limits={"scopes": ELSEWHERE})

    await stage.reconcile()

    first = (
        f"Namespace apim may not use {SERVICE_ID} (spec.apiManagement.id): WGN_SCOPES allows it nothing."
        " Ask whoever runs the operator to allow this."
    )
    second = f"Namespace apim may not use {SUBNET_ID} (spec.subnet.id) either."
    assert messages(stage)["Ready"] == f"{first} (1 more finding: see the other conditions and the events.)"
    assert messages(stage)["PrerequisitesMet"] == f"{first} {second}"
    assert [event.note for event in stage.cluster.events] == [f"{first} (1 more finding: see the other conditions and the events.)", second]


async def test_at_rest_it_is_told_once() -> None:
    stage = Stage(limits={"scopes": WITHOUT})
    await stage.reconcile()
    stage.log.clear()

    stage.wait(60)
    assert await stage.reconcile() == RESYNC

    assert stage.log == []


async def test_what_was_known_stays_when_the_scope_is_lost_and_so_does_the_finalizer() -> None:
    stage = await settled(deletionPolicy="Delete")
    before = stage.status
    stage.restart(scopes=WITHOUT)

    await stage.reconcile()

    assert stage.azure.queries == []
    assert stage.said() == ("False", "ScopeNotAllowed")
    assert stage.document["metadata"]["finalizers"] == [FINALIZER]
    assert stage.status["ownedResources"] == before["ownedResources"] != []
    assert {key: stage.status[key] for key in ("effective", "subnet", "securityRules")} == {
        key: before[key] for key in ("effective", "subnet", "securityRules")
    }


async def test_a_drift_out_of_scope_stays() -> None:
    stage = await settled()
    stage.azure.world.rules(OUR_GROUP_ID)[INTERNET]["access"] = "Deny"
    stage.restart(scopes=scopes(SUBNET_ID, SERVICE_ID))

    await stage.reconcile()

    assert stage.writes() == []
    assert stage.said() == ("False", "ScopeNotAllowed")
    assert stage.said("SecurityRulesApplied") == ("False", "ScopeNotAllowed")
    assert messages(stage)["Ready"] == (
        f"Namespace apim may not change network security group {OUR_GROUP_ID}: WGN_SCOPES allows it only {SUBNET_ID} and {SERVICE_ID}."
        " Name a group there in spec.networkSecurityGroup.id, or ask whoever runs the operator to allow this."
    )


async def test_a_scope_that_comes_back_goes_on_where_it_was() -> None:
    stage = await settled()
    stage.restart(scopes=WITHOUT)
    await stage.reconcile()
    stage.restart(scopes=WITHIN)

    assert await stage.reconcile() == RESYNC

    assert stage.said() == ("True", "AwaitingGateway")
    assert stage.writes() == []


async def test_a_suspended_resource_says_that_it_is_suspended() -> None:
    stage = await settled()
    stage.restart(scopes=WITHOUT)
    stage.edit(suspend=True)

    await stage.reconcile()

    assert stage.said() == ("True", "AwaitingGateway")
    assert [event.reason for event in stage.cluster.events] == ["Suspended"]


async def test_an_observed_resource_is_not_read_either() -> None:
    stage = Stage(limits={"scopes": WITHOUT}, managementPolicy="Observe")

    await stage.reconcile()

    assert (stage.said(), stage.azure.queries) == (("False", "ScopeNotAllowed"), [])


# Others.


async def test_a_namespace_that_may_not_have_a_subnet_keeps_nobody_from_it() -> None:
    """Whoever may create resources could otherwise stop every other team with one that names its subnet."""
    stage = Stage(limits={"scopes": WITHIN})
    intruder = resource("older", created="2020-01-01T00:00:00Z")
    intruder["metadata"]["namespace"] = "shop"
    stage.cluster.put(intruder)

    await stage.settle()

    assert stage.said() == ("True", "AwaitingGateway")


# Deletion.


async def test_a_resource_that_was_never_allowed_is_not_held() -> None:
    stage = Stage(limits={"scopes": WITHOUT}, deletionPolicy="Delete")

    await stage.reconcile()

    assert stage.said() == ("False", "ScopeNotAllowed")
    assert "finalizers" not in stage.document["metadata"]


async def test_a_resource_that_comes_into_scope_gets_its_finalizer_before_the_first_write() -> None:
    stage = Stage(limits={"scopes": WITHOUT}, deletionPolicy="Delete")
    await stage.reconcile()
    stage.restart(scopes=WITHIN)
    stage.log.clear()

    await stage.settle()

    assert [entry for entry in stage.log if entry not in {"status", "event"}] == ["finalizer", f"Create {OUR_GROUP}", "Update team-a"]


async def test_a_deletion_out_of_scope_waits_and_touches_nothing() -> None:
    stage = await settled(deletionPolicy="Delete")
    before = stage.azure.world.snapshot()
    stage.restart(scopes=WITHOUT)
    stage.delete()

    assert await stage.reconcile() == RESYNC

    assert (stage.azure.queries, stage.azure.world.snapshot()) == ([], before)
    assert stage.document["metadata"]["finalizers"] == [FINALIZER]
    assert stage.said() == ("False", "ScopeNotAllowed")
    assert messages(stage)["PrerequisitesMet"] == (
        f"Namespace apim may not use {SUBNET_ID} (spec.subnet.id), so nothing is removed: WGN_SCOPES allows it only {SERVICE_ID}. Ask"
        " whoever runs the operator to allow this, or set the annotation workspacegateway.dev/deletion-policy-override: Retain to leave"
        " Azure as it is."
    )


async def test_a_deletion_of_which_part_is_out_of_scope_touches_nothing_either() -> None:
    stage = await settled(deletionPolicy="Delete")
    before = stage.azure.world.snapshot()
    stage.restart(scopes=scopes(SUBNET_ID, SERVICE_ID))
    stage.delete()

    assert await stage.reconcile() == RESYNC

    assert stage.azure.world.snapshot() == before
    assert stage.document["metadata"]["finalizers"] == [FINALIZER]
    assert stage.said("SecurityRulesApplied") == ("False", "ScopeNotAllowed")


@pytest.mark.parametrize("way", ["annotation", "suspend", "Retain", "Observe"])
async def test_a_deletion_that_leaves_azure_alone_needs_no_scope(way: str) -> None:
    stage = await settled(deletionPolicy="Delete")
    before = stage.azure.world.snapshot()
    stage.restart(scopes=WITHOUT)
    match way:
        case "annotation":
            stage.annotate("deletion-policy-override", "Retain")
        case "suspend":
            stage.edit(suspend=True)
        case "Retain":
            stage.edit(deletionPolicy="Retain")
        case _:
            stage.edit(managementPolicy="Observe")
    stage.delete()

    await stage.reconcile()

    assert stage.is_gone
    assert (stage.azure.queries, stage.azure.world.snapshot()) == ([], before)


async def test_a_deletion_goes_on_when_the_scope_comes_back() -> None:
    stage = await settled(deletionPolicy="Delete")
    stage.restart(scopes=WITHOUT)
    stage.delete()
    await stage.reconcile()
    stage.restart(scopes=WITHIN)

    await stage.settle()

    assert KEY not in stage.cluster.resources
    assert stage.azure.world.groups == {}
    assert stage.azure.world.subnet["properties"] == subnet()["properties"]


async def test_the_most_that_can_be_forbidden_fits_into_a_condition() -> None:
    """A status that the API server refuses would be no status at all."""
    network = f"{SUBSCRIPTION}/resourceGroups/others/providers/Microsoft.Network/virtualNetworks/"
    longest = [network + letter * (1024 - len(network)) for letter in "abcd"]
    stage = Stage(limits={"scopes": scopes(*longest)}, **at_every_maximum())
    stage.document["spec"]["suspend"] = False

    await stage.reconcile()

    assert stage.said() == ("False", "ScopeNotAllowed")
    told = messages(stage)["PrerequisitesMet"]
    assert (told.count("Namespace apim may not use"), told.count(" either.")) == (35, 34)
