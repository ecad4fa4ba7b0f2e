"""The operator dies by SIGKILL at every write, before its effect and after it, and a new one ends where an undisturbed one does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from stage import seeds
from stage.stage import CLIENT_ID, SetTheStage, Stage
from stage.world import assert_same, difference, of_others, world

Document = dict[str, Any]
QUICK = ("--latency", "instant", "--time-scale", "60")
"""Operations end when they are first asked about, and no Retry-After makes anybody wait."""
FORGETFUL = {"WGN_LOOK_MAX_AGE_SECONDS": "0"}
"""Azure is set back between two tellings, which no list may have outlived."""
MOST_PASSES = 40
WRITES = ["PUT", "PATCH", "POST", "DELETE"]
SUBNET = seeds.subnet_id("team-a")


# What happens.


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A row of the matrix: what Azure is at first, what the resource asked for then, and what makes the operator write."""

    seed: Document
    given: Callable[[Stage], None] | None = None
    """Applies the resource and is converged before the story begins; None for a story that begins with applying it."""
    happens: Callable[[Stage], None]
    fewest: int
    """Writes that the story has at least: an empty row of the matrix would prove nothing."""


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
    stage.annotate(**{"reconcile-requested-at": "after-the-drift"})


def delete(stage: Stage) -> None:
    stage.kubectl("delete", "wgn", "team-a", "--wait=false")


SCENARIOS = {
    "first convergence with a new group": Scenario(seed=seeds.hub(), happens=apply(), fewest=2),
    "first convergence on a group of others": Scenario(
        seed=seeds.hub_with_shared_group(), happens=apply(networkSecurityGroup=TWO_RULES), fewest=5
    ),
    "healing of drift": Scenario(seed=seeds.hub(), given=apply(), happens=drift, fewest=3),
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


# How it goes.


class Story:
    """One scenario, told again and again on one stage."""

    def __init__(self, stage: Stage, scenario: Scenario) -> None:
        self.stage = stage
        self.scenario = scenario
        self.seed = scenario.seed
        self.writes: list[str] = []
        self.end: Document = {}
        self.said: Document = {}
        self._tokens = count()

    def tell(self) -> None:
        """Undisturbed; what was written, and what it came to, is what every other telling is held to."""
        stage = self.stage
        with self._beginning():
            self.seed = {**self.scenario.seed, "resources": stage.azure.resources()}
            before, since = world(stage.azure), stage.azure.seq()
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
            stage.azure.reset(self.seed)
            if stage.operator is None:
                stage.start_operator()
            since = stage.azure.seq()
            if self.scenario.given:
                self.scenario.given(stage)
                self._wait_for_rest()
            assert not self.end or not stage.writes(since=since), "the story did not begin where the undisturbed one did"
            yield
        except BaseException:
            stage.kill_operator()
            raise
        finally:
            stage.azure.clear_faults()
            stage.clear()

    def _wait_for_rest(self) -> None:
        """Wait until the resource is gone, or two passes in a row found everything well and nothing to write."""
        quiet = 0
        for _ in range(MOST_PASSES):
            since = self.stage.azure.seq()
            resource = self._after_a_pass()
            if resource is None:
                return
            ready = next(condition for condition in resource["status"]["conditions"] if condition["type"] == "Ready")
            rests = ready["status"] == "True" and not self.stage.writes(since=since)
            quiet = quiet + 1 if rests else 0
            if quiet == 2:
                return
        raise AssertionError(f"no rest after {MOST_PASSES} passes: {json.dumps(resource, indent=1)}")

    def _wait_for_the_same_end(self) -> None:
        stage = self.stage
        try:
            stage.wait_for(lambda: world(stage.azure) == self.end, seconds=30, what="the end of the undisturbed story")
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
            is_answered = found is None or found.get("status", {}).get("lastHandledReconcileAt") == token
            return [found] if is_answered else []

        (resource,) = stage.wait_for(answered, what=f"the answer to {token}")
        return resource

    def _says(self) -> Document:
        """What the status says, but for times and counts; nothing where the resource is gone."""
        found = self.stage.find()
        if found is None:
            return {}
        status = found["status"]
        said = [{key: each[key] for key in ("type", "status", "reason", "message")} for each in status["conditions"]]
        return {"conditions": said, **{key: status[key] for key in ("effective", "subnet", "securityRules", "ownedResources")}}


def named(exchange: Document) -> str:
    """Method and resource, such as ``PUT securityRules/wgn-…-partner``."""
    request = exchange["liveRequest"]
    return f"{request['method']} {'/'.join(request['url'].split('?')[0].split('/')[-2:])}"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kill_at_any_write_leads_to_the_same_end(
    set_the_stage: SetTheStage, subtests: pytest.Subtests, scenario: str, moment: str
) -> None:
    stage = set_the_stage(seed=SCENARIOS[scenario].seed, emulator_options=QUICK, settings=FORGETFUL)
    story = Story(stage, SCENARIOS[scenario])
    story.tell()
    assert len(story.writes) >= SCENARIOS[scenario].fewest
    for number, write in enumerate(story.writes, start=1):
        with subtests.test(f"{moment} {write}", number=number):
            story.tell_with_a_kill(number=number, moment=moment)
    print(f"{scenario}: {len(story.writes)} kills {moment} the effect of a write")
