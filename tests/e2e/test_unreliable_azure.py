"""An Azure that shows late what was written, or does not take a token any more."""

from __future__ import annotations

from collections import Counter

import pytest

from stage import seeds
from stage.stage import CLIENT_ID, Stage


def delegated(stage: Stage) -> bool:
    subnet = stage.azure.get(seeds.subnet_id("team-a"))
    return bool(subnet and subnet["properties"]["delegations"])


@pytest.mark.timeout(240)
def test_reads_that_lag_behind_writes_cost_a_412_and_no_second_write(stage: Stage) -> None:
    stage.azure.add_fault(method="GET", principal=CLIENT_ID, stale=4)
    since = stage.azure.seq()
    stage.apply()
    stage.wait_ready(seconds=150)

    writes = [(each["liveRequest"], each["liveResponse"]["statusCode"]) for each in stage.writes(since=since)]
    took_effect = Counter(request["url"].split("?")[0] for request, status in writes if status != "412")
    assert took_effect == {stage.own_group(): 1, seeds.subnet_id("team-a"): 1}
    assert delegated(stage)


@pytest.mark.timeout(240)
def test_a_token_that_is_not_taken_any_more_is_replaced(stage: Stage) -> None:
    stage.apply()
    stage.wait_ready()
    since = stage.azure.seq()
    stage.azure.expire_tokens()
    stage.azure.patch(seeds.subnet_id("team-a"), {"properties": {"delegations": None}})
    stage.reconcile_now(token="expired")

    stage.wait_for(lambda: delegated(stage), what="the delegation", then=lambda: str(stage.status()))

    answers = Counter(each["liveResponse"]["statusCode"] for each in stage.azure.exchanges(since=since, principal=CLIENT_ID))
    assert answers["401"] >= 1
