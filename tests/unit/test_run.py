"""When the operator calls itself alive and ready."""

from __future__ import annotations

import time
from typing import cast

import pytest

from workspace_gateway_network.cluster.client import KubernetesClient
from workspace_gateway_network.run import Operator
from workspace_gateway_network.runtime.metrics import Metrics
from workspace_gateway_network.runtime.ports import Azure, Key, Urgency
from workspace_gateway_network.runtime.settings import Credential, Settings


class Client:
    """As far as probes ask it."""

    def __init__(self) -> None:
        self.answered_at = time.monotonic()


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
async def operator(client: Client) -> Operator:
    settings = Settings(cluster_id="unit", azure_credential=Credential.MANAGED_IDENTITY, pass_seconds=0.001)
    return Operator(settings=settings, metrics=Metrics(), client=cast("KubernetesClient", client), azure=cast("Azure", object()))


def problems(operator: Operator) -> dict[str, str]:
    return {name: problem for name, probe in {**operator.live, **operator.ready}.items() if (problem := probe())}


async def test_it_is_ready_when_all_resources_have_been_listed_once(operator: Operator) -> None:
    assert problems(operator) == {"listed": "not all resources have been listed yet"}
    operator._sweep.done_once = True
    assert problems(operator) == {}


async def test_a_watch_that_is_silent_while_the_api_server_answers_needs_a_restart(operator: Operator, client: Client) -> None:
    operator._sweep.done_once = True
    operator._watch._heard_at = time.monotonic() - 400
    assert problems(operator) == {"watch": "has brought nothing for 400 s, though the API server answers"}
    client.answered_at = time.monotonic() - 390
    assert problems(operator) == {}


async def test_a_watch_that_has_not_begun_is_not_silent(operator: Operator) -> None:
    operator._watch._heard_at = time.monotonic() - 400
    assert "watch" not in problems(operator)


async def test_a_pass_that_cannot_be_given_up_needs_a_restart(operator: Operator) -> None:
    operator._sweep.done_once = True
    operator.changed(Key("team", "a"))
    assert await operator._queue.get() is not None
    operator._queue._worked_on[Key("team", "a")] -= 5
    assert problems(operator) == {"workers": "a pass goes on since 5 s"}


async def test_a_resource_that_is_new_or_gone_is_urgent(operator: Operator) -> None:
    operator.changed(Key("team", "a"))
    operator.gone(Key("team", "b"))
    for name in ("a", "b"):
        work = await operator._queue.get()
        assert work is not None
        assert (work.key.name, work.urgency) == (name, Urgency.CHANGED)
