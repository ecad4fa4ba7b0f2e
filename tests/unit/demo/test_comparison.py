"""Whether Azure is as it was."""

from __future__ import annotations

from typing import Any

import pytest

from demo.comparison import differences

SUBNET = {
    "name": "team-a",
    "etag": 'W/"1"',
    "properties": {"routeTable": {"id": "/one"}, "delegations": [{"name": "x", "etag": 'W/"1"'}], "flag": False},
}


def test_etags_and_the_order_of_keys_are_no_difference() -> None:
    after = {
        "properties": {"flag": False, "delegations": [{"etag": 'W/"2"', "name": "x"}], "routeTable": {"id": "/one"}},
        "etag": 'W/"2"',
        "name": "team-a",
    }

    assert differences(SUBNET, after) == []


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({"routeTable": {"id": "/two"}}, "properties.routeTable.id"),
        ({"routeTable": None}, "properties.routeTable"),
        ({"delegations": []}, "properties.delegations"),
        ({"delegations": [{"name": "y"}]}, "properties.delegations[0].name"),
        ({"flag": 0.5}, "properties.flag"),
        ({"new": {}}, "properties.new"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_difference_is_named_by_its_path(properties: dict[str, Any], path: str) -> None:
    after = {**SUBNET, "properties": {**SUBNET["properties"], **properties}}  # type: ignore[dict-item]

    assert differences(SUBNET, after) == [path]
    assert differences(after, SUBNET) == [path]


def test_a_thing_that_is_gone_is_a_difference() -> None:
    assert differences({"subnet team-a": SUBNET}, {"subnet team-a": None}) == ["subnet team-a"]
