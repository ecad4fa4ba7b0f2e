"""Waiting in a scene: as long as it may take, and no longer than the operator lives."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from demo.example import Example
from demo.scene import DidNotHappen, Scene
from stage.stage import Stage


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(Scene, "snapshot", lambda _: {"subnet team-a": {"properties": {"routeTable": "/one"}}, "subnet databases": {}})
    monkeypatch.setattr(Scene, "resource_ids", lambda _: frozenset({"/one"}))
    operator = SimpleNamespace(exit_status=None)
    return Scene(example=Example.read(), stage=cast("Stage", SimpleNamespace(principal=lambda _: None, operator=operator)))


def test_what_is_there_is_not_waited_for(scene: Scene) -> None:
    assert scene.eventually(lambda: "event", what="No event came", seconds=0) == "event"


def test_what_does_not_come_is_given_up(scene: Scene) -> None:
    with pytest.raises(DidNotHappen, match=r"^No event came within 0 s\.$"):
        scene.eventually(lambda: None, what="No event came", seconds=0)


def test_nothing_is_waited_for_once_the_operator_has_ended(scene: Scene) -> None:
    scene.stage.operator.exit_status = 1  # type: ignore[union-attr, misc]

    with pytest.raises(DidNotHappen, match=r"^No event came: the operator has ended\.$"):
        scene.eventually(lambda: None, what="No event came", seconds=3600)


@pytest.mark.parametrize(
    ("thing", "properties", "foreign"),
    [
        ("subnet team-a", {"routeTable": "/one", "delegations": [{"name": "wgn-x"}], "networkSecurityGroup": {"id": "/nsg"}}, []),
        ("subnet team-a", {"routeTable": "/two"}, ["subnet team-a.properties.routeTable"]),
        ("subnet databases", {"delegations": []}, ["subnet databases.properties"]),
    ],
    ids=["ours", "not-ours", "the-neighbour's"],
)
def test_only_delegation_and_group_of_the_subnet_may_change(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, thing: str, properties: dict[str, object], foreign: list[str]
) -> None:
    after = {**scene.before, thing: {"properties": properties}}
    monkeypatch.setattr(Scene, "snapshot", lambda _: after)

    assert scene.foreign_differences() == foreign


def test_what_is_new_in_azure_was_left_behind(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scene, "resource_ids", lambda _: frozenset({"/one", "/three", "/two"}))

    assert scene.left_behind() == ["/three", "/two"]
