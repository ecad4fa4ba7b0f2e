"""No fights: a rival that puts a whole group every 30 seconds is resisted ever more rarely and named, and nothing else suffers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from stage import seeds
from stage.injection import look, said
from stage.rival import Rival
from stage.stage import BRISK, SetTheStage, Stage
from stage.world import assert_same, of_others, world

SHARED = seeds.network_security_group_id("shared")
TIME_SCALE = 20
FIRST_WAIT = 4.0
CONTESTING: dict[str, Any] = {**BRISK, "settings": {**BRISK["settings"], "WGN_CONTEST_SECONDS": f"{FIRST_WAIT}"}}
PREPARED = "The network is prepared; a gateway can be created in subnet team-a."


def seed() -> dict[str, Any]:
    """Two subnets with one group of the organisation."""
    subnets = [seeds.plain_subnet("team-a", prefix="10.1.0.0/26"), seeds.plain_subnet("team-b", prefix="10.1.0.64/26")]
    for subnet in subnets:
        subnet["properties"]["networkSecurityGroup"] = {"id": SHARED}
    return seeds.hub(subnets=subnets, resources=[seeds.shared_group()])


def rule(stage: Stage, requirement: str = "gateway-load-balancer", *, of: str = "team-a") -> str:
    return f"wgn-{stage.mark(of)}-{requirement}"


def rules(stage: Stage, *, of: str) -> dict[str, str]:
    """A resource's rules in the group: name and access."""
    group = stage.azure.get(SHARED)
    assert group is not None
    found = {each["name"]: each["properties"]["access"] for each in group["properties"]["securityRules"]}
    return {name: access for name, access in found.items() if name.startswith(f"wgn-{stage.mark(of)}-")}


def puts(stage: Stage, name: str, *, since: int) -> list[datetime]:
    """When, in Azure's time, the operator put a rule."""
    written = (each for each in stage.writes(since=since) if f"/securityRules/{name}?" in each["liveRequest"]["url"])
    return [datetime.fromisoformat(each["at"]) for each in written if each["liveResponse"]["statusCode"] in {"200", "201"}]


def keep_looking(stage: Stage, until: Callable[[], bool], *, what: str) -> None:
    """Have the operator look at both again and again, as often as it can."""

    def looked() -> bool:
        for name in ("team-a", "team-b"):
            look(stage, name)
        return until()

    stage.wait_for(looked, seconds=90, what=what)


def told(stage: Stage, requirement: str = "gateway-load-balancer") -> str:
    """What is said of a rule that is fought over."""
    return (
        f"Somebody keeps changing security rule {rule(stage, requirement)} in network security group shared: it was put right more than 3"
        " times within an hour, so that is done ever more rarely now, down to once an hour. See the activity log in Azure for"
        " who it is, and have one of the two leave it alone."
    )


def is_contested(stage: Stage) -> bool:
    """Whether both rules of team-a are left alone for now: `Ready` tells of the first, and counts the other."""
    both = f"{told(stage)} (1 more finding: see the other conditions and the events.)"
    return said(stage) == ("False", "Contested", both)


@pytest.mark.timeout(300)
def test_a_rival_that_puts_the_whole_group_is_resisted_ever_more_rarely_and_nobody_else_suffers(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(seed=seed(), **CONTESTING)
    stage.apply("team-b")
    stage.wait_ready("team-b")
    rival = Rival(stage, group_id=SHARED)
    stage.apply("team-a")
    stage.wait_ready("team-a")
    settled, since = world(stage.azure), stage.azure.seq()

    with rival.at_work():
        keep_looking(stage, lambda: is_contested(stage), what="a fight to be seen")
        fought = len(puts(stage, rule(stage), since=since))
        assert 4 <= fought <= 6, "the fourth is one too many; the other rule may have been undone less often, and is waited for here"
        assert stage.condition("Stalled")["status"] == "True"
        assert said(stage, "SecurityRulesApplied")[:2] == ("False", "Contested")
        assert said(stage, "SubnetDelegated")[:2] == ("True", "Reconciled")
        assert told(stage, "gateway-internet") in said(stage, "SecurityRulesApplied")[2]
        assert any(event["type"] == "Warning" and event["note"].startswith(told(stage)) for event in stage.events())
        assert any(event["type"] == "Warning" and event["reason"] == "DriftDetected" for event in stage.events())
        assert corrected(stage) >= 2

        keep_looking(stage, lambda: len(puts(stage, rule(stage), since=since)) >= fought + 2, what="two more corrections")
        keep_looking(stage, lambda: is_contested(stage), what="the rival to undo it again")
        times = puts(stage, rule(stage), since=since)[fought - 1 :]
        waits = [(after - before).total_seconds() / TIME_SCALE for before, after in pairwise(times)]
        assert all(wait > 0.9 * FIRST_WAIT * 2**number for number, wait in enumerate(waits)), waits

        stage.stop_operator()
        since = stage.azure.seq()
        stage.start_operator(WGN_CONTEST_SECONDS="20")
        keep_looking(stage, lambda: len(puts(stage, rule(stage), since=since)) >= 4, what="a new operator to count anew")
        keep_looking(stage, lambda: is_contested(stage), what="the fight to be seen again")
        assert len(puts(stage, rule(stage), since=since)) in {4, 5}

    assert rules(stage, of="team-a") == {}
    since = stage.azure.seq()
    stage.azure.patch(seeds.subnet_id("team-a"), {"properties": {"delegations": []}})
    stage.azure.patch(f"{SHARED}/securityRules/{rule(stage, of='team-b')}", {"properties": {"access": "Deny"}})
    for name in ("team-a", "team-b"):
        look(stage, name)
    stage.wait_for(lambda: delegations(stage) == [f"wgn-{stage.mark()}"], what="the delegation of the same resource")
    stage.wait_for(lambda: set(rules(stage, of="team-b").values()) == {"Allow"}, what="the rule of the other resource in the same group")
    assert is_contested(stage)
    assert puts(stage, rule(stage), since=since) == []
    assert rules(stage, of="team-a") == {}

    stage.wait_for(lambda: said(stage) == ("True", "AwaitingGateway", PREPARED), what="peace, without anybody's help")
    stage.wait_for(lambda: stage.status()["drift"]["state"] == "InSync", what="the end of the drift")
    assert len(puts(stage, rule(stage), since=since)) == 1
    assert_same(settled, world(stage.azure))
    assert_same(of_others(settled), of_others(world(stage.azure)))


def delegations(stage: Stage) -> list[str]:
    subnet = stage.azure.get(seeds.subnet_id("team-a"))
    assert subnet is not None
    return [each["name"] for each in subnet["properties"]["delegations"]]


def corrected(stage: Stage) -> float:
    """How many rules were counted as drift that is put right; what is undone before the resource was Ready again counts once."""
    assert stage.operator is not None
    series = 'wgn_drift_detected_total{action="corrected",resource="securityrules"} '
    return next((float(line.removeprefix(series)) for line in stage.operator.metrics().splitlines() if line.startswith(series)), 0.0)
