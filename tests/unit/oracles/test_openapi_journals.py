"""Which lines of a journal are judged, and how oav gets to read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from oracles.openapi import journals

SUBNETS = "Microsoft.Network/virtualNetworks/subnets"


def line(kind: str = SUBNETS, *, version: str | None = "2025-05-01", fault: str | None = None, more: str = "") -> dict[str, Any]:
    query = {"api-version": version} if version else {}
    return {
        "liveRequest": {"method": "GET", "url": f"/a/b?api-version={version}{more}", "headers": {}, "query": query},
        "liveResponse": {"statusCode": "200", "headers": {}},
        "type": kind,
        "fault": fault,
    }


def read(directory: Path, *lines: dict[str, Any]) -> list[journals.Exchange]:
    (directory / "one.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    return list(journals.read(directory))


def test_our_types_are_judged_and_no_polls_and_no_other_types(tmp_path: Path) -> None:
    polls, groups = line("Microsoft.Network/locations/operations"), line("Microsoft.Resources/resourceGroups")
    read_exchanges = read(tmp_path, polls, line(), groups, line("Microsoft.Network/privateDnsZones"))
    assert [(each.type, each.where) for each in read_exchanges] == [
        (SUBNETS, "one.jsonl:2"),
        ("Microsoft.Network/privateDnsZones", "one.jsonl:4"),
    ]


def test_a_request_without_version_has_no_document(tmp_path: Path) -> None:
    assert read(tmp_path, line(version=None)) == []


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (SUBNETS, "2024-03-01"),
        ("Microsoft.Network/privateDnsZones/A", "2024-06-01"),
        ("Microsoft.ApiManagement/gateways", "2024-05-01"),
    ],
)
def test_any_version_is_judged_by_the_one_document_there_is(tmp_path: Path, kind: str, expected: str) -> None:
    (exchange,) = read(tmp_path, line(kind, more="&$skiptoken=eA"))
    request = exchange.as_judged()["liveRequest"]
    assert request["url"] == f"/a/b?api-version={expected}&$skiptoken=eA"
    assert request["query"] == {"api-version": expected}


def test_the_answer_of_a_fault_is_left_out(tmp_path: Path) -> None:
    sound, faulty = read(tmp_path, line(), line(fault="busy"))
    assert sound.as_judged()["liveResponse"] == {"statusCode": "200", "headers": {}}
    assert faulty.as_judged()["liveResponse"] is None
    assert (faulty.title, faulty.is_answered) == ("GET /a/b 200", False)


def test_a_journal_is_kept_under_the_name_of_its_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "JOURNALS", tmp_path / "kept")
    (tmp_path / "exchanges.jsonl").write_text("{}\n")
    journals.keep(tmp_path / "exchanges.jsonl", name="tests/e2e/test_deletion.py::test_it[a b] 0")
    assert [each.name for each in (tmp_path / "kept").iterdir()] == ["tests-e2e-test-deletion-py-test-it-a-b-0.jsonl"]
