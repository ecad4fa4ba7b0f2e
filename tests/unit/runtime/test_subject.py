"""What a resource says of itself."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.api.status import Status
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.scope import Scope
from workspace_gateway_network.planning.scopes import NO_LIMITS, NamespaceScopes
from workspace_gateway_network.runtime.subject import InvalidSpecError, Subject, wants_finalizer
from worlds.documents import SUBNET_ID
from worlds.ports import FINALIZER, resource
from worlds.resources import additional, spec

READY: JsonObject = {"conditions": [], "observedGeneration": 1}


@pytest.mark.parametrize(
    ("requested", "handled", "asked"),
    [(None, None, False), (None, "1", False), ("1", None, True), ("2", "1", True), ("1", "1", False)],
    ids=["never", "no-longer", "first", "again", "answered"],
)
def test_asked_to_look_until_the_very_request_is_answered(requested: str | None, handled: str | None, asked: bool) -> None:
    annotations: JsonObject = {"workspacegateway.dev/reconcile-requested-at": requested} if requested else {}
    status: JsonObject = {**READY, "lastHandledReconcileAt": handled} if handled else dict(READY)

    assert Subject({"metadata": {"annotations": annotations}, "status": status}).is_asked_to_look is asked


def test_the_metadata_of_a_resource() -> None:
    subject = Subject(resource())

    assert subject.generation == 1
    assert subject.created == "2026-01-02T03:04:05Z"
    assert subject.owner(cluster_id="prod-1") == Owner(cluster_id="prod-1", namespace="apim", name="team-a")
    assert not subject.is_being_deleted
    assert not subject.has_finalizer
    assert not subject.is_released
    assert subject.reconcile_requested_at is None


def test_a_bare_object_can_be_read() -> None:
    subject = Subject({})

    assert (subject.generation, subject.created, subject.is_being_deleted, subject.has_finalizer) == (0, "", False, False)
    assert subject.status() == Status()


def test_marks_of_a_deletion() -> None:
    document = resource()
    document["metadata"] |= {
        "deletionTimestamp": "2026-02-03T04:05:06Z",
        "finalizers": ["others", FINALIZER],
        "annotations": {"workspacegateway.dev/deletion-policy-override": "Retain"},
    }
    subject = Subject(document)

    assert subject.is_being_deleted
    assert subject.has_finalizer
    assert subject.is_released


@pytest.mark.parametrize("value", ["retain", "Delete", "", "true"])
def test_only_the_exact_word_releases(value: str) -> None:
    assert not Subject({"metadata": {"annotations": {"workspacegateway.dev/deletion-policy-override": value}}}).is_released


@pytest.mark.parametrize("finalizers", [None, [], ["others"], ["workspacegateway.dev/finalizer2"]])
def test_others_finalizers_are_not_ours(finalizers: list[str] | None) -> None:
    assert not Subject({"metadata": {"finalizers": finalizers}}).has_finalizer


def test_a_spec_that_the_models_refuse_is_named_by_its_field() -> None:
    with pytest.raises(InvalidSpecError, match=r"^spec\.mode: "):
        Subject(resource(mode="Sideways")).spec()
    with pytest.raises(InvalidSpecError, match=r"^spec\.subnet\.id: "):
        Subject(resource(subnet={"id": "nonsense"})).spec()


def test_a_status_that_is_none_reads_as_none() -> None:
    assert Subject({"status": {"conditions": 7}}).status() == Status()


# The digest of what Azure shall be.


@pytest.mark.parametrize(
    "field",
    [{"suspend": True}, {"resyncIntervalSeconds": 30}, {"progressDeadlineSeconds": 60}, {"deletionPolicy": "Delete"}],
    ids=lambda field: next(iter(field)),
)
def test_when_and_how_long_is_not_about_azure(field: dict[str, Any]) -> None:
    assert Subject(resource(**field)).digest == Subject(resource()).digest


@pytest.mark.parametrize(
    "field",
    [
        {"managementPolicy": "Observe"},
        {"requirementsVersion": "2026-08-26"},
        {"tags": {"a": "b"}},
        {"resourceGroupId": "/subscriptions/s/resourceGroups/g"},
        {"networkSecurityGroup": {"additionalRules": [additional("office", 300)]}},
    ],
    ids=lambda field: next(iter(field)),
)
def test_everything_else_is_about_azure(field: dict[str, Any]) -> None:
    assert Subject(resource(**field)).digest != Subject(resource()).digest


def test_the_order_of_keys_means_nothing() -> None:
    document = resource(tags={"a": "1", "b": "2"})
    other = resource(tags={"b": "2", "a": "1"})
    other["spec"] = dict(reversed(other["spec"].items()))

    assert Subject(other).digest == Subject(document).digest


# The others.


def test_neighbours_are_the_others_that_can_be_read() -> None:
    younger = resource("team-b", created="2026-02-01T00:00:00Z")
    older = resource("team-c", created="2025-01-01T00:00:00Z")
    broken = resource("team-d", subnet={"id": "nonsense"})

    found = Subject(resource()).neighbours([younger, broken, older], cluster_id="prod-1", scopes=NO_LIMITS)

    assert [other.owner.name for other in found.others] == ["team-c", "team-b"]
    assert {other.subnet_id for other in found.others} == {ResourceId(SUBNET_ID)}
    assert found.created == "2026-01-02T03:04:05Z"


@pytest.mark.parametrize(("namespace", "may_have"), [("apim", True), ("shop", False)])
def test_a_neighbour_may_have_the_subnet_where_its_namespace_may(namespace: str, may_have: bool) -> None:
    scopes = NamespaceScopes(by_pattern={"apim": (Scope.parse(SUBNET_ID),)})
    other = resource("team-b")
    other["metadata"]["namespace"] = namespace

    (found,) = Subject(resource()).neighbours([other], cluster_id="prod-1", scopes=scopes).others

    assert found.may_have_subnet is may_have


@pytest.mark.parametrize(
    ("policies", "wanted"),
    [
        ({}, False),
        ({"deletionPolicy": "Retain"}, False),
        ({"deletionPolicy": "Delete"}, True),
        ({"deletionPolicy": "Delete", "managementPolicy": "Observe"}, False),
        ({"deletionPolicy": "Delete", "suspend": True}, True),
    ],
)
def test_who_wants_the_finalizer(policies: dict[str, Any], wanted: bool) -> None:
    assert wants_finalizer(spec(**policies)) is wanted
