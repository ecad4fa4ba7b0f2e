"""The operator dies by SIGKILL at every write, before its effect and after it, and a new one ends where an undisturbed one does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stage import seeds
from stage.stage import SetTheStage, Stage
from stage.story import TOLD_AGAIN, Scenario, Story

SUBNET = seeds.subnet_id("team-a")

TWO_RULES = {
    "additionalRules": [
        seeds.additional_rule("partner", priority=300, port="443"),
        seeds.additional_rule("backup", priority=310, port="8443"),
    ]
}
SWAPPED = {
    "additionalRules": [
        seeds.additional_rule("partner", priority=310, port="443"),
        seeds.additional_rule("backup", priority=300, port="8443"),
        seeds.additional_rule("audit", priority=320, port="9443"),
    ]
}


def apply(**spec: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.apply(**spec)


def drift(stage: Stage) -> None:
    """Four things at once, so that the repair takes several writes."""
    group, mark = stage.own_group(), stage.mark()
    internet, probes = (f"{group}/securityRules/wgn-{mark}-{name}" for name in ("gateway-internet", "gateway-load-balancer"))
    stage.azure.patch(SUBNET, {"properties": {"delegations": [], "networkSecurityGroup": None}})
    stage.azure.patch(internet, {"properties": {"access": "Deny"}})
    stage.azure.delete(probes)


def ask(stage: Stage) -> None:
    stage.annotate(**{"reconcile-requested-at": "now"})


def delete(stage: Stage) -> None:
    stage.kubectl("delete", "wgn", "team-a", "--wait=false")


SCENARIOS = {
    "first convergence with a new group": Scenario(seed=seeds.hub(), happens=apply(), fewest=2),
    "first convergence on a group of others": Scenario(
        seed=seeds.hub_with_shared_group(), happens=apply(networkSecurityGroup=TWO_RULES), fewest=5
    ),
    "healing of drift": Scenario(seed=seeds.hub(), given=apply(), meanwhile=drift, happens=ask, fewest=3),
    "change of version and rules": Scenario(
        seed=seeds.hub_with_shared_group(),
        given=apply(networkSecurityGroup=TWO_RULES),
        happens=apply(networkSecurityGroup=SWAPPED, requirementsVersion="2026-05-20"),
        fewest=6,
    ),
    "deletion with a group of its own": Scenario(seed=seeds.hub(), given=apply(deletionPolicy="Delete"), happens=delete, fewest=2),
    "deletion with a group of others": Scenario(
        seed=seeds.hub_with_shared_group(), given=apply(deletionPolicy="Delete", networkSecurityGroup=TWO_RULES), happens=delete, fewest=5
    ),
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kill_at_any_write_leads_to_the_same_end(set_the_stage: SetTheStage, subtests: pytest.Subtests, scenario: str) -> None:
    stage = set_the_stage(seed=SCENARIOS[scenario].seed, **TOLD_AGAIN)
    kills = Story(stage, SCENARIOS[scenario]).tell_with_every_kill(subtests)
    print(f"{scenario}: {kills} kills")
