"""`python -m oracles.openapi`, as `make` runs it: when it fails, and when there is nothing to do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from oracles.openapi import __main__ as command
from oracles.openapi import specifications, validator
from oracles.openapi.validator import Finding, Verdict

ODD = Finding(code="INVALID_TYPE", path="/properties/addressPrefix", message="Expected type string but found type array")
DOCUMENT = {
    "liveRequest": {
        "method": "PUT",
        "url": "/subnets/team-a?api-version=2025-05-01",
        "headers": {"user-agent": "azsdk-python-workspace-gateway-network/0.1.0"},
        "query": {"api-version": "2025-05-01"},
    },
    "liveResponse": {"statusCode": "200", "headers": {}},
    "type": "Microsoft.Network/virtualNetworks/subnets",
    "fault": None,
}


@pytest.fixture(autouse=True)
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The documents are there, wherever this runs."""
    monkeypatch.setattr(specifications, "OPENAPI", tmp_path)


def says(monkeypatch: pytest.MonkeyPatch, *response: Finding) -> None:
    """Have oav say this of every exchange."""

    def judge(exchanges: Iterable[Any]) -> list[Verdict]:
        return [Verdict(operation="Subnets_CreateOrUpdate", request=(), response=response) for _ in exchanges]

    monkeypatch.setattr(validator, "judge", judge)


def test_nothing_wrong_is_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.jsonl").write_text(json.dumps(DOCUMENT))
    says(monkeypatch)
    assert command.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("oav 4.0.3 has found nothing wrong, in ")


def test_a_finding_is_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.jsonl").write_text(json.dumps(DOCUMENT))
    says(monkeypatch, ODD)
    assert command.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "Findings that neither the documents nor the list of allowances allow: 1."


def test_no_journal_is_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "No exchange was judged: the end-to-end tests have left no journals."


@pytest.mark.parametrize("arguments", [[], ["--install"]])
def test_without_documents_there_is_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr(specifications, "OPENAPI", tmp_path / "absent")
    monkeypatch.setattr(validator, "install", pytest.fail)
    assert command.main(arguments) == 0
    assert (
        capsys.readouterr().out == "Azure's OpenAPI documents are not beside the repository (../shared/azure): exchanges are not judged.\n"
    )
