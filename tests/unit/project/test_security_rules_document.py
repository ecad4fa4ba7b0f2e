"""`docs/security-rules.md` shows what the operator really says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.outcome import ConcurrentChange, Outcome
from worlds import documents
from worlds.azure import World
from worlds.documents import NETWORK_GROUP, group, group_id, rule
from worlds.life import Life

DOCUMENT = (Path(__file__).parents[3] / "docs" / "security-rules.md").read_text(encoding="utf-8")
SHOWN = {title: yaml.safe_load(block) for title, block in re.findall(r"<!-- (.*?) -->\n```yaml\n(.*?)```", DOCUMENT, flags=re.DOTALL)}
OUT = {"direction": "Outbound", "sourceAddressPrefix": "*"}
SCANNER = [{"id": f"{NETWORK_GROUP}/providers/Microsoft.Network/applicationSecurityGroups/scanner"}]
RULES = {
    "no-internet": rule("no-internet", 200, **OUT, destinationAddressPrefix="Internet"),
    "no-office": rule("no-office", 200, sourceAddressPrefix="10.1.2.0/24"),
    "storage-for-all": rule(
        "storage-for-all",
        300,
        direction="Outbound",
        access="Allow",
        protocol="Tcp",
        sourceAddressPrefix="VirtualNetwork",
        destinationAddressPrefix="Storage.UKSouth",
        destinationPortRange="443",
    ),
    "no-scanner": rule("no-scanner", 210, sourceAddressPrefix=None, sourceApplicationSecurityGroups=SCANNER),
}


def status(title: str) -> dict[str, Any]:
    """What a resource says where the group has the rules of the title, cut down to what the document shows."""
    named = title.split(", ")
    foreign = [RULES[name] for name in named if name in RULES]
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": group_id("theirs")}), groups=[group("theirs", *foreign)])
    on_deny = {"networkSecurityGroup": {"onDeny": "Precede"}} if "onDeny: Precede" in named else {}
    life = Life(world, mode="Injection", **on_deny)
    life.settle()
    said = life.status.model_dump(mode="json", by_alias=True, exclude_none=True)
    kinds = [condition["type"] for condition in SHOWN[title]["conditions"]]
    found = {
        condition["type"]: {key: condition[key] for key in ("type", "status", "reason", "message")} for condition in said["conditions"]
    }
    rows = [{key: value for key, value in row.items() if key != "name"} for row in said["securityRules"]]
    return {"conditions": [found[kind] for kind in kinds], "securityRules": rows}


@pytest.mark.parametrize("title", SHOWN)
def test_a_case_is_shown_as_it_is(title: str) -> None:
    assert status(title) == SHOWN[title]


def test_what_a_rival_comes_to_is_shown_as_it_is() -> None:
    life = Life()
    life.settle()
    change = ConcurrentChange(
        resource=ResourceId(documents.SUBNET_ID), path="properties.privateEndpointNetworkPolicies", sent="Disabled", read="Enabled"
    )
    life.pass_over(first=life.plan(), outcome=Outcome(concurrent_changes=(change,)))

    ((_, reason, note),) = life.told()
    assert note in " ".join(DOCUMENT.split())
    assert f"`{reason}`" in DOCUMENT


def test_three_cases_are_shown() -> None:
    assert DOCUMENT.count("\n### ") == 3
    assert list(SHOWN) == ["no-internet", "no-internet, onDeny: Precede", "no-office", "storage-for-all, no-scanner"]
