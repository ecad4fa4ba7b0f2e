"""What the store believes when watch, sweeps and our own writes tell of a resource in any order, and whom it tells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace_gateway_network.cluster.store import Store, key_of, version_of
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.runtime.ports import Key

A, B = Key("team", "a"), Key("team", "b")
REQUEST = "workspacegateway.dev/reconcile-requested-at"
OVERRIDE = "workspacegateway.dev/deletion-policy-override"


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[str, Key]] = []

    def changed(self, key: Key) -> None:
        self.heard.append(("changed", key))

    def gone(self, key: Key) -> None:
        self.heard.append(("gone", key))

    def since(self) -> list[tuple[str, Key]]:
        heard, self.heard = self.heard, []
        return heard


def resource(version: object, *, name: str = "a", uid: str = "1", status: str = "", **metadata: Any) -> JsonObject:
    return {
        "metadata": {"namespace": "team", "name": name, "uid": uid, "resourceVersion": str(version), "generation": 1, **metadata},
        "status": {"note": status},
    }


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def store(ear: Ear) -> Store:
    return Store(listener=ear)


def version(store: Store, key: Key = A) -> float | None:
    held = store.get(key)
    return None if held is None else version_of(held)


def test_a_new_resource_is_told_and_kept(store: Store, ear: Ear) -> None:
    store.seen(resource(5))
    assert ear.since() == [("changed", A)]
    assert store.get(A) == resource(5)
    assert store.get(B) is None


def test_it_is_kept_without_its_managed_fields(store: Store) -> None:
    store.seen(resource(5, managedFields=[{"manager": "kubectl"}]))
    assert store.get(A) == resource(5)


def test_others_are_all_but_one(store: Store) -> None:
    store.seen(resource(5))
    store.seen(resource(6, name="b"))
    assert [key_of(other) for other in store.others(A)] == [B]
    assert len(store.all()) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"generation": 2},
        {"deletionTimestamp": "2026-01-01T00:00:00Z"},
        {"finalizers": ["workspacegateway.dev/finalizer"]},
        {"annotations": {REQUEST: "now"}},
        {"annotations": {OVERRIDE: "Retain"}},
    ],
    ids=["generation", "deletion", "finalizer", "request", "override"],
)
def test_what_a_reconcile_depends_on_is_told(store: Store, ear: Ear, change: dict[str, Any]) -> None:
    store.seen(resource(5))
    ear.since()
    store.seen(resource(6, **change))
    assert ear.since() == [("changed", A)]


@pytest.mark.parametrize(
    "change", [{"status": "Ready"}, {"labels": {"a": "b"}}, {"annotations": {"other": "note"}}], ids=["status", "label", "annotation"]
)
def test_a_status_a_label_or_a_foreign_annotation_is_kept_and_not_told(store: Store, ear: Ear, change: dict[str, Any]) -> None:
    store.seen(resource(5))
    ear.since()
    store.seen(resource(6, **change))
    assert ear.since() == []
    assert store.get(A) == resource(6, **change)


def test_a_changed_request_is_told_and_a_removed_one_is_not(store: Store, ear: Ear) -> None:
    store.seen(resource(5, annotations={REQUEST: "1"}))
    ear.since()
    store.seen(resource(6, annotations={REQUEST: "2"}))
    assert ear.since() == [("changed", A)]
    store.seen(resource(7, annotations={}))
    assert ear.since() == []


def test_a_removed_finalizer_or_override_is_told(store: Store, ear: Ear) -> None:
    store.seen(resource(5, finalizers=["f"], annotations={OVERRIDE: "Retain"}))
    ear.since()
    store.seen(resource(6, finalizers=["f"]))
    store.seen(resource(7))
    assert ear.since() == [("changed", A), ("changed", A)]


def test_an_older_version_is_ignored(store: Store, ear: Ear) -> None:
    store.seen(resource(10, generation=2))
    ear.since()
    store.seen(resource(9, generation=1))
    store.seen(resource(10, generation=2))
    assert (version(store), ear.since()) == (10, [])


def test_the_answer_to_our_write_is_kept_and_its_echo_in_the_watch_changes_nothing(store: Store, ear: Ear) -> None:
    store.seen(resource(5))
    ear.since()
    store.written(resource(7, finalizers=["ours"]))
    store.seen(resource(6, status="between"))
    assert version(store) == 7
    store.seen(resource(7, finalizers=["ours"]))
    assert ear.since() == []


def test_the_answer_to_our_write_is_dropped_where_the_watch_knows_something_newer(store: Store) -> None:
    store.seen(resource(8))
    store.written(resource(7))
    assert version(store) == 8


def test_the_answer_to_our_write_does_not_bring_back_what_was_deleted(store: Store, ear: Ear) -> None:
    store.seen(resource(5))
    store.deleted(resource(8))
    store.written(resource(7))
    assert (version(store), ear.since()) == (None, [("changed", A), ("gone", A)])
    store.seen(resource(9, uid="2"))
    store.written(resource(10, uid="1"))
    assert version(store) == 9


def test_a_deletion_is_told_once(store: Store, ear: Ear) -> None:
    store.seen(resource(5))
    ear.since()
    store.deleted(resource(6))
    store.deleted(resource(6))
    assert ear.since() == [("gone", A)]


def test_a_deletion_of_an_earlier_resource_of_that_name_is_ignored(store: Store, ear: Ear) -> None:
    store.seen(resource(9, uid="2"))
    ear.since()
    store.deleted(resource(6, uid="1"))
    assert (version(store), ear.since()) == (9, [])


def test_a_resource_made_anew_while_the_watch_was_away_is_gone_and_new(store: Store, ear: Ear) -> None:
    store.seen(resource(5))
    ear.since()
    store.seen(resource(9, uid="2"))
    assert ear.since() == [("gone", A), ("changed", A)]


def test_a_sweep_brings_what_the_watch_missed(store: Store, ear: Ear) -> None:
    store.seen(resource(5))
    store.seen(resource(6, name="b"))
    ear.since()
    store.sweep_begins()
    store.swept([resource(8, generation=2), resource(7, name="c")], version="9")
    assert ear.since() == [("changed", A), ("changed", Key("team", "c")), ("gone", B)]


def test_a_sweep_leaves_what_was_made_or_changed_after_its_list(store: Store, ear: Ear) -> None:
    store.seen(resource(5))
    store.sweep_begins()
    store.seen(resource(11, name="b"))
    store.seen(resource(12, generation=2))
    ear.since()
    store.swept([resource(5)], version="9")
    assert (version(store), version(store, B), ear.since()) == (12, 11, [])


def test_a_sweep_does_not_bring_back_what_was_deleted_after_its_list(store: Store, ear: Ear) -> None:
    store.seen(resource(5))
    store.sweep_begins()
    store.deleted(resource(10))
    ear.since()
    store.swept([resource(5)], version="9")
    assert (version(store), ear.since()) == (None, [])


def test_a_sweep_that_finds_nothing_new_tells_nothing(store: Store, ear: Ear) -> None:
    store.seen(resource(5))
    ear.since()
    store.sweep_begins()
    store.swept([resource(5)], version="9")
    assert ear.since() == []


def test_versions_that_are_no_numbers_count_as_newer(store: Store) -> None:
    store.seen(resource("x1"))
    store.seen(resource("x2", status="later"))
    assert store.get(A) == resource("x2", status="later")
    store.deleted(resource("x3"))
    assert store.get(A) is None


@given(st.permutations([*range(2, 8)]), st.data())
def test_whatever_the_order_the_newest_version_wins(order: list[int], data: st.DataObject) -> None:
    store = Store(listener=Ear())
    store.seen(resource(1))
    for number in order:
        take = store.written if data.draw(st.booleans()) else store.seen
        take(resource(number))
    assert version(store) == 7
