"""A story that ends well: told once undisturbed, and again with a SIGKILL of the operator at each of its writes, to the very same end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from stage.stage import CLIENT_ID, OPERATOR_USER, Document, Stage
from stage.world import assert_same, difference, of_others, world

TOLD_AGAIN: Mapping[str, Any] = {
    # Operations end when they are first asked about, and no Retry-After makes anybody wait.
    "emulator_options": ("--latency", "instant", "--time-scale", "90"),
    # Azure is set back between two tellings, which no list may have outlived.
    "settings": {"WGN_LOOK_MAX_AGE_SECONDS": "0", "WGN_OPERATION_POLL_SECONDS": "0.2"},
}
"""Options of a `Stage` on which stories are told."""

MOST_PASSES = 40
WRITES = ["PUT", "PATCH", "POST", "DELETE"]
MOMENTS = ("before", "after")
"""When the operator dies: before its write has an effect, or after it and without an answer."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What Azure is at first, what the resource asked for then, and what makes the operator write."""

    seed: Document
    given: Callable[[Stage], None] | None = None
    """Applies the resource and is converged before the story begins; None for a story that begins with applying it."""
    meanwhile: Callable[[Stage], None] | None = None
    """What others do in Azure first."""
    happens: Callable[[Stage], None]
    """What has the operator look."""
    fewest: int
    """Writes that the story has at least: an empty one would prove nothing."""


class Story:
    """One scenario, told again and again on one stage."""

    def __init__(self, stage: Stage, scenario: Scenario) -> None:
        self.stage = stage
        self.scenario = scenario
        self.seed = scenario.seed
        self.writes: list[str] = []
        self.end: Document = {}
        self.said: Document = {}
        self._was_ready_for: int | None = None
        self._tokens = count()

    def tell_with_every_kill(self, subtests: pytest.Subtests, *, moments: tuple[str, ...] = MOMENTS) -> int:
        """Undisturbed, then once for each write and moment; returns how often the operator was killed."""
        self.tell()
        assert len(self.writes) >= self.scenario.fewest, self.writes
        for moment in moments:
            for number, write in enumerate(self.writes, start=1):
                with subtests.test(f"{moment} {write}", number=number):
                    self.tell_with_a_kill(number=number, moment=moment)
        self._assert_never_failed()
        return len(self.writes) * len(moments)

    def tell(self) -> None:
        """Undisturbed; what was written, and what it came to, is what every other telling is held to."""
        stage = self.stage
        with self._beginning():
            self.seed = {**self.scenario.seed, "resources": stage.azure.resources()}
            since = stage.azure.seq()
            self._meanwhile()
            before = world(stage.azure)
            self.scenario.happens(stage)
            self._wait_for_rest()
            self.writes = [named(exchange) for exchange in stage.writes(since=since)]
            self.end, self.said = world(stage.azure), self._says()
        assert_same(of_others(before), of_others(self.end))

    def tell_with_a_kill(self, *, number: int, moment: str) -> None:
        """The same, but the operator dies at the write of this number, and a new one finds what it has left."""
        stage = self.stage
        with self._beginning():
            since = stage.azure.seq()
            # After its effect, the write's operation is still under way when the new operator has its first look.
            effect: Document = {"hang": "before"} if moment == "before" else {"hang": "after", "operation": "hold"}
            stage.azure.add_fault(method=WRITES, principal=CLIENT_ID, nth=number, **effect)
            self._meanwhile()
            self.scenario.happens(stage)
            stage.wait_for(lambda: stage.azure.faults()[0]["hanging"], what=f"write {number}")
            stage.kill_operator()
            assert [named(exchange) for exchange in stage.writes(since=since)] == self.writes[:number]
            stage.azure.clear_faults()
            stage.start_operator()
            self._after_a_pass()
            for operation in stage.azure.operations():
                if operation["held"]:
                    stage.azure.release_operation(operation["id"])
            self._wait_for_the_same_end()
            assert self._says() == self.said

    @contextmanager
    def _beginning(self) -> Iterator[None]:
        """From the state that the story begins with; at its end, however it ended, nothing is left in the namespace."""
        stage = self.stage
        try:
            stage.reset_azure(self.seed)
            if stage.operator is None:
                stage.start_operator()
            since = stage.azure.seq()
            if self.scenario.given:
                self.scenario.given(stage)
                self._wait_for_rest()
            applied = stage.find()
            self._was_ready_for = applied["metadata"]["generation"] if applied else 0
            assert not self.end or not stage.writes(since=since), "the story did not begin where the undisturbed one did"
            yield
        except BaseException:
            stage.kill_operator()
            raise
        finally:
            self._was_ready_for = None
            stage.azure.clear_faults()
            stage.clear()

    def _meanwhile(self) -> None:
        if self.scenario.meanwhile:
            self.scenario.meanwhile(self.stage)

    def _wait_for_rest(self) -> None:
        """Wait until the resource is gone, or two passes in a row found everything well and nothing to write."""
        quiet = 0
        for _ in range(MOST_PASSES):
            since = self.stage.azure.seq()
            resource = self._after_a_pass()
            if resource is None:
                return
            rests = _is_ready(resource) and not self.stage.writes(since=since)
            quiet = quiet + 1 if rests else 0
            if quiet == 2:
                return
        raise AssertionError(f"no rest after {MOST_PASSES} passes: {json.dumps(resource, indent=1)}")

    def _wait_for_the_same_end(self) -> None:
        stage = self.stage

        def has_ended() -> bool:
            self._judge(stage.find())
            return world(stage.azure) == self.end

        try:
            stage.wait_for(has_ended, seconds=30, what="the end of the undisturbed story")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{difference(self.end, world(stage.azure))}") from None
        self._wait_for_rest()
        assert_same(self.end, world(stage.azure))

    def _after_a_pass(self) -> Document | None:
        """Wait until a whole pass of the operator is over, and give the resource as it is then; None where it is gone."""
        stage, token = self.stage, f"pass-{next(self._tokens)}"
        if stage.annotate(**{"reconcile-requested-at": token}) is None:
            return None

        def answered() -> list[Document | None]:
            found = stage.find()
            self._judge(found)
            is_answered = found is None or found.get("status", {}).get("lastHandledReconcileAt") == token
            return [found] if is_answered else []

        (resource,) = stage.wait_for(answered, what=f"the answer to {token}")
        return resource

    def _judge(self, resource: Document | None) -> None:
        """Whoever is told that a new generation is Ready, or sees the resource gone, may rely on Azure being so by then."""
        if not self.end or self._was_ready_for is None:
            return  # The story is not known yet, or has not begun.
        if resource is None or (resource["metadata"]["generation"] > self._was_ready_for and _is_ready(resource)):
            found = world(self.stage.azure)
            assert found == self.end, f"told too early that all is done:\n{difference(self.end, found)}"

    def _says(self) -> Document:
        """What the status says, but for times and counts; nothing where the resource is gone."""
        found = self.stage.find()
        if found is None:
            return {}
        status = found["status"]
        said = [{key: each[key] for key in ("type", "status", "reason", "message")} for each in status["conditions"]]
        parts = ("effective", "subnet", "securityRules", "gateway", "dns", "hostsEntries", "ownedResources")
        return {"conditions": said, **{key: status.get(key) for key in parts}}

    def _assert_never_failed(self) -> None:
        """Nothing in a story stands in anybody's way, so no status may ever have said so."""
        stage = self.stage
        for event in stage.control_plane.audit_events(OPERATOR_USER, namespace=stage.namespace):
            if event.subresource == "status" and event.code == 200:
                ready = _ready(event.response_object)
                assert ready.get("status") != "False", ready


def _ready(resource: Document) -> Document:
    conditions = resource.get("status", {}).get("conditions", [])
    return next((condition for condition in conditions if condition["type"] == "Ready"), {})


def _is_ready(resource: Document) -> bool:
    ready = _ready(resource)
    return ready.get("status") == "True" and ready.get("observedGeneration") == resource["metadata"]["generation"]


def named(exchange: Document) -> str:
    """Method and resource, such as ``PUT securityRules/wgn-…-partner``."""
    request = exchange["liveRequest"]
    return f"{request['method']} {'/'.join(request['url'].split('?')[0].split('/')[-2:])}"
