"""The judge of a story's phases hears every wrong word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from controlplane import AuditEvent
from oracles.phases import Phases
from oracles.status_writes import BadStatusError

USER = "operator"


def wrote(version: int, reason: str, status: str = "Unknown", *, user: str = USER, code: int = 200) -> AuditEvent:
    conditions = [{"type": "Ready", "status": status, "reason": reason}]
    return AuditEvent(
        user=user,
        user_agent=None,
        verb="patch",
        uri="",
        group="workspacegateway.dev",
        resource="workspacegatewaynetworks",
        subresource="status",
        namespace="team",
        name="team-a",
        code=code,
        request_object=None,
        response_object={"metadata": {"resourceVersion": str(version)}, "status": {"conditions": conditions}},
        stage_timestamp=datetime(2026, 1, 31, tzinfo=UTC),
    )


@pytest.fixture
def phases() -> Phases:
    """A network is prepared up to version 10, and a name is published up to version 100."""
    story = Phases()
    story.over("preparing", version="10", status="True", reason="AwaitingGateway", on_the_way={"Progressing"})
    story.over("publishing", version="100", status="True", reason="Reconciled", on_the_way={"Progressing", "WaitingForAzure"})
    return story


RIGHT = [
    [],
    [wrote(9, "AwaitingGateway", "True"), wrote(99, "Reconciled", "True")],
    [wrote(1, "Progressing"), wrote(9, "AwaitingGateway", "True"), wrote(10, "AwaitingGateway", "True")],
    [wrote(11, "AwaitingGateway", "True"), wrote(12, "WaitingForAzure"), wrote(13, "Progressing"), wrote(100, "Reconciled", "True")],
    [wrote(5, "PolicyDenied", "False", user="somebody"), wrote(6, "PolicyDenied", "False", code=409)],
]


@pytest.mark.parametrize("writes", RIGHT)
def test_what_fits_its_phase_is_right(phases: Phases, writes: list[AuditEvent]) -> None:
    assert phases.judge(writes, user=USER) == sum(write.user == USER and write.code == 200 for write in writes)


WRONG = {
    "a false Failed": (
        [wrote(5, "PolicyDenied", "False")],
        "while preparing, Ready was False with PolicyDenied, and not True with AwaitingGateway",
    ),
    "a false Ready": (
        [wrote(5, "Reconciled", "True")],
        "while preparing, Ready was True with Reconciled, and not True with AwaitingGateway",
    ),
    "another status with the right reason": (
        [wrote(9, "AwaitingGateway")],
        "while preparing, Ready was Unknown with AwaitingGateway, and not True with AwaitingGateway",
    ),
    "a word of the phase before, too late": (
        [wrote(12, "Progressing"), wrote(13, "AwaitingGateway", "True")],
        "while publishing, Ready was True with AwaitingGateway, and not True with Reconciled",
    ),
    "a relapse": (
        [wrote(12, "Reconciled", "True"), wrote(13, "Progressing")],
        "while publishing, Ready was Unknown with Progressing again, and not True with Reconciled",
    ),
    "what may be said in another phase only": (
        [wrote(5, "WaitingForAzure")],
        "while preparing, Ready was Unknown with WaitingForAzure, and not True with AwaitingGateway",
    ),
    "something after the end": ([wrote(101, "Reconciled", "True")], "after the last phase, Ready was True with Reconciled"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_named(phases: Phases, what: str) -> None:
    writes, complaint = WRONG[what]
    with pytest.raises(BadStatusError) as caught:
        phases.judge(writes, user=USER)
    assert str(caught.value) == complaint


def test_a_phase_that_ends_as_it_began_may_be_left_only_on_a_way_that_it_knows() -> None:
    story = Phases()
    story.over("preparing", version="10", status="True", reason="AwaitingGateway")
    story.over("withdrawing", version="20", status="True", reason="AwaitingGateway", on_the_way={"Progressing"})
    there_and_back = [wrote(11, "AwaitingGateway", "True"), wrote(12, "Progressing"), wrote(13, "AwaitingGateway", "True")]
    assert story.judge(there_and_back, user=USER) == 3
    with pytest.raises(BadStatusError):
        story.judge([*there_and_back, wrote(14, "Progressing")], user=USER)
    with pytest.raises(BadStatusError):
        story.judge([wrote(11, "WaitingForAzure"), wrote(12, "AwaitingGateway", "True")], user=USER)
