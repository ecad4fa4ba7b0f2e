"""Single reads in front of lists: who knows better at which time."""

from __future__ import annotations

from typing import Any

from workspace_gateway_network.azure.failure import Failure, Origin
from workspace_gateway_network.azure.overlay import Gone, Overlay
from workspace_gateway_network.model.resource_id import ResourceId

ID = ResourceId("/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n")
NOT_FOUND = Failure(origin=Origin.ANSWER, method="GET", path=ID.text, status=404, codes=("NotFound",))
BROKEN = Failure(origin=Origin.CONNECTION, method="GET", path=ID.text)


def document(value: int, etag: str = "1") -> dict[str, Any]:
    return {"id": ID.text, "etag": etag, "properties": {"value": value, "rules": [{"name": "r", "etag": etag}]}}


def test_a_reading_stands_in_front_of_an_older_list() -> None:
    overlay = Overlay()
    overlay.record(ID, began=10, content=document(2))

    newer = overlay.newer_than(ID, began=5)

    assert newer is not None
    assert newer.content == document(2)


def test_a_list_that_began_later_knows_better() -> None:
    overlay = Overlay()
    overlay.record(ID, began=10, content=document(2))

    assert overlay.newer_than(ID, began=11) is None
    assert overlay.newer_than(ID, began=5) is None, "and the old reading is forgotten"


def test_readings_may_arrive_in_any_order() -> None:
    overlay = Overlay()
    overlay.record(ID, began=10, content=document(2))
    overlay.record(ID, began=8, content=document(1))

    newer = overlay.newer_than(ID, began=5)

    assert newer is not None
    assert newer.content == document(2)


def test_a_write_stays_until_a_list_from_after_it_says_the_same() -> None:
    overlay = Overlay()
    overlay.touch(ID, at=10)

    overlay.settle(ID, began=9, listed=document(2), alone=document(2))
    assert overlay.written_at(ID) == 10, "a list that began before the write proves nothing"

    overlay.settle(ID, began=11, listed=document(1), alone=document(2))
    assert overlay.written_at(ID) == 10, "the list lags behind"

    overlay.settle(ID, began=12, listed=None, alone=document(2))
    assert overlay.written_at(ID) == 10, "the list does not have it yet"

    overlay.settle(ID, began=13, listed=document(2, etag="2"), alone=document(2, etag="1"))
    assert overlay.written_at(ID) is None, "a sibling may have moved the etag"


def test_a_deletion_stays_until_lists_no_longer_have_it() -> None:
    overlay = Overlay()
    overlay.touch(ID, at=10)

    overlay.settle(ID, began=11, listed=document(1), alone=Gone(NOT_FOUND))
    assert overlay.written_at(ID) == 10

    overlay.settle(ID, began=12, listed=None, alone=Gone(NOT_FOUND))
    assert overlay.written_at(ID) is None


def test_what_could_not_be_read_settles_nothing() -> None:
    overlay = Overlay()
    overlay.touch(ID, at=10)

    overlay.settle(ID, began=11, listed=None, alone=BROKEN)

    assert overlay.written_at(ID) == 10


def test_the_later_of_two_writes_counts() -> None:
    overlay = Overlay()
    overlay.touch(ID, at=10)
    overlay.touch(ID, at=20)
    overlay.touch(ID, at=15)

    assert overlay.written_at(ID) == 20
