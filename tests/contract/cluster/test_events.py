"""Events as a real API server takes them: one object for all repeats of one saying."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from contract.cluster.world import Requests, Team
from workspace_gateway_network.cluster.client import KubernetesClient
from workspace_gateway_network.cluster.events import EventRecorder
from workspace_gateway_network.reporting.event import Event, EventType

pytestmark = pytest.mark.xdist_group("cluster")

DRIFT = Event(type=EventType.WARNING, reason="DriftDetected", action="Look", note="The delegation of subnet team is missing.")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(client: KubernetesClient, clock: Clock) -> EventRecorder:
    return EventRecorder(client=client, clock=clock)


async def test_an_event_says_what_happened_to_which_resource(team: Team, recorder: EventRecorder) -> None:
    resource = team.make()
    await recorder.post(resource=resource, event=DRIFT)
    (event,) = team.events()
    assert (event["type"], event["reason"], event["action"]) == ("Warning", "DriftDetected", "Look")
    assert event["note"] == "The delegation of subnet team is missing."
    assert event["regarding"]["uid"] == team.get()["metadata"]["uid"]
    assert event["reportingController"] == "workspacegateway.dev/operator"
    assert "series" not in event
    assert "The delegation of subnet team is missing." in team.kubectl("describe", "wgn", "a")


async def test_a_repeat_is_counted_and_written_once_in_ten_minutes(
    team: Team, recorder: EventRecorder, clock: Clock, requests: Requests
) -> None:
    resource = team.make()
    for _ in range(5):
        await recorder.post(resource=resource, event=DRIFT)
        clock.now += 100
    assert requests.seen == [("POST", "201")]
    clock.now += 100
    await recorder.post(resource=resource, event=DRIFT)
    await recorder.post(resource=resource, event=DRIFT)
    (event,) = team.events()
    assert event["series"]["count"] == 6
    assert requests.seen == [("POST", "201"), ("PATCH", "200")]


async def test_another_saying_or_another_resource_is_another_event(team: Team, recorder: EventRecorder) -> None:
    first, second = team.make("a"), team.make("b")
    for resource in (first, second):
        await recorder.post(resource=resource, event=DRIFT)
    await recorder.post(resource=first, event=replace(DRIFT, note="The group of subnet team is another."))
    await recorder.post(resource=first, event=replace(DRIFT, reason="DriftCorrected"))
    assert len(team.events()) == 4


async def test_after_a_restart_the_count_goes_on(team: Team, client: KubernetesClient, recorder: EventRecorder, clock: Clock) -> None:
    resource = team.make()
    await recorder.post(resource=resource, event=DRIFT)
    clock.now += 600
    await recorder.post(resource=resource, event=DRIFT)
    await EventRecorder(client=client, clock=clock).post(resource=resource, event=DRIFT)
    (event,) = team.events()
    assert event["series"]["count"] == 3


async def test_an_event_that_has_expired_is_made_again(team: Team, recorder: EventRecorder, clock: Clock) -> None:
    resource = team.make()
    await recorder.post(resource=resource, event=DRIFT)
    team.kubectl("delete", "events.v1.events.k8s.io", "--all")
    clock.now += 600
    await recorder.post(resource=resource, event=DRIFT)
    (event,) = team.events()
    assert "series" not in event


async def test_a_long_note_is_cut_to_what_kubernetes_takes(team: Team, recorder: EventRecorder) -> None:
    await recorder.post(resource=team.make(), event=replace(DRIFT, note="ü" * 1000))
    (event,) = team.events()
    assert event["note"] == "ü" * 512


async def test_a_namespace_that_is_going_takes_none_and_nobody_minds(
    team: Team, recorder: EventRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    resource = team.make(finalizers=["workspacegateway.dev/finalizer"])
    team.plane.kubectl("delete", "namespace", team.namespace, "--wait=false")
    with caplog.at_level(logging.DEBUG):
        await recorder.post(resource=resource, event=DRIFT)
    said = [(record.levelname, record.getMessage()) for record in caplog.records if record.name.endswith("cluster.events")]
    assert said == [("DEBUG", "Event DriftDetected not posted, as its namespace is going")]
    assert team.events() == []


async def test_an_event_that_cannot_be_posted_is_logged_and_lost(
    team: Team, recorder: EventRecorder, client: KubernetesClient, caplog: pytest.LogCaptureFixture
) -> None:
    resource = team.make()
    await recorder.post(resource=resource, event=replace(DRIFT, reason="not/allowed" * 20))
    assert "Could not post event not/allowed" in caplog.text
    assert "422 Invalid" in caplog.text
    team.plane.apiserver_stop()
    try:
        await recorder.post(resource=resource, event=DRIFT)
    finally:
        team.plane.apiserver_start()
    assert "Could not post event DriftDetected" in caplog.text
