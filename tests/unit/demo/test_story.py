"""The story's honesty: what was not observed is not told."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from demo import story
from demo.example import Example
from demo.scene import row
from demo.shell import environment_lines
from unit.demo.rehearsal import Rehearsal, told_by

RULE = {
    "id": "/nsg/securityRules/wgn-x-gateway-internet",
    "name": "wgn-x-gateway-internet",
    "properties": {
        "priority": 1001,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "sourceAddressPrefix": "Internet",
        "destinationAddressPrefix": "10.1.0.0/26",
        "destinationPortRanges": ["80", "443"],
    },
}


class Understudy(Rehearsal):
    """A scene without servers: all goes well, unless a test says otherwise."""

    def __init__(self, **otherwise: Any) -> None:
        self.example = Example.read()
        self._otherwise = otherwise

    def __getattr__(self, name: str) -> Any:
        answers: dict[str, Any] = {
            "differences": [],
            "left_behind": [],
            "foreign_differences": [],
            "remove_delegation": None,
            "deny": None,
            "rules": [RULE],
            "delegations": [],
            "access": "Deny",
        } | self._otherwise
        return lambda *_: answers[name]


def played(chapter: Any, **otherwise: Any) -> tuple[str, str]:
    return told_by(chapter, Understudy(**otherwise))


def test_a_deletion_that_goes_well_ends_with_azure_as_it_was() -> None:
    told, failure = played(story.deleted)

    assert failure == ""
    assert told.rstrip().endswith(
        "Azure is what it was before the resource was applied: every property of every resource, the subnet's too."
    )


@pytest.mark.parametrize(
    ("otherwise", "failure", "untold"),
    [
        ({"left_behind": ["/routeTables/ours"]}, "Something was left behind: /routeTables/ours.", "Azure is what it was"),
        (
            {"differences": ["subnet team-a.properties.routeTable"]},
            "Azure is not as it was: subnet team-a.properties.routeTable.",
            "Azure is what it was",
        ),
    ],
    ids=["left-behind", "azure-changed"],
)
def test_a_deletion_that_goes_wrong_is_not_told_as_if_it_went_well(otherwise: dict[str, Any], failure: str, untold: str) -> None:
    told, because = played(story.deleted, **otherwise)

    assert because == failure
    assert untold not in told


def test_a_change_by_hand_is_told_only_when_azure_shows_it() -> None:
    told, because = played(story.broken_and_healed, delegations=["Microsoft.Web/serverFarms"])

    assert because == "The delegation could not be removed."
    assert "Somebody removes" not in told


def test_a_rule_is_one_line_of_words() -> None:
    assert story.rule_in_words(RULE) == "1001  Inbound Allow  Internet → 10.1.0.0/26, TCP 80, 443  (wgn-x-gateway-internet)"


def test_the_columns_of_a_table_are_read_by_their_headings() -> None:
    table = (
        "NAME     READY   REASON            GATEWAY   AGE   MESSAGE\n"
        "team-a   True    AwaitingGateway             12s   The network is prepared.\n"
    )

    assert row(table) == {
        "NAME": "team-a",
        "READY": "True",
        "REASON": "AwaitingGateway",
        "GATEWAY": "",
        "AGE": "12s",
        "MESSAGE": "The network is prepared.",
    }


def test_the_environment_survives_a_shell(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text(environment_lines({"JSON": "Content-Type: application/json", "ODD": "it's $HOME"}, programs=tmp_path / "my bin"))

    printed = subprocess.run(
        ["bash", "-c", f'source "{file}"; echo "$JSON|$ODD|${{PATH%%:*}}"'], capture_output=True, text=True, check=True
    ).stdout

    assert printed == f"Content-Type: application/json|it's $HOME|{tmp_path}/my bin\n"
