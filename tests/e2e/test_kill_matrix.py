"""The operator dies by SIGKILL at every write, before its effect and after it, and a new one ends where an undisturbed one does."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from stage import seeds
from stage.stage import CLIENT_ID, SetTheStage, Stage

Document = dict[str, Any]
MADE_ANEW_BY_AZURE = {"etag", "resourceGuid"}
QUICK = ("--latency", "instant", "--time-scale", "60")
"""Operations end when they are first asked about, and no Retry-After makes anybody wait."""
FORGETFUL = {"WGN_LOOK_MAX_AGE_SECONDS": "0"}
"""Azure is set back between two tellings, which no list may have outlived."""
MOST_PASSES = 40
WRITES = ["PUT", "PATCH", "POST", "DELETE"]
SHARED = seeds.network_security_group_id("shared")
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


def extra(name: str, *, priority: int, port: str) -> Document:
    """An additional rule."""
    peer = {"prefixes": ["203.0.113.0/24"]}
    return {
        "name": name,
        "priority": priority,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "peer": peer,
        "ports": [port],
    }


def shared_seed() -> Document:
    """A subnet with a network security group of the organisation."""
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/26")
    subnet["properties"]["networkSecurityGroup"] = {"id": SHARED}
    return seeds.hub(subnets=[subnet], resources=[seeds.shared_group()])


TWO_RULES = {"additionalRules": [extra("partner", priority=300, port="443"), extra("backup", priority=310, port="8443")]}
SWAPPED = {
    "additionalRules": [
        extra("partner", priority=310, port="443"),
        extra("backup", priority=300, port="8443"),
        extra("audit", priority=320, port="9443"),
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
    "first convergence on a group of others": Scenario(seed=shared_seed(), happens=apply(networkSecurityGroup=TWO_RULES), fewest=5),
    "healing of drift": Scenario(seed=seeds.hub(), given=apply(), happens=drift, fewest=3),
    "change of version and rules": Scenario(
        seed=shared_seed(),
        given=apply(networkSecurityGroup=TWO_RULES),
        happens=apply(networkSecurityGroup=SWAPPED, requirementsVersion="2026-05-20"),
        fewest=6,
    ),
    "deletion with a group of its own": Scenario(seed=seeds.hub(), given=apply(deletionPolicy="Delete"), happens=delete, fewest=2),
    "deletion with a group of others": Scenario(
        seed=shared_seed(), given=apply(deletionPolicy="Delete", networkSecurityGroup=TWO_RULES), happens=delete, fewest=5
    ),
}


# What is compared.


def world(stage: Stage) -> Document:
    """Everything in Azure by its id, but for what Azure makes anew whenever it likes."""
    return {document["id"]: _comparable(document) for document in stage.azure.resources()}


def of_others(everything: Document) -> Document:
    """What of a world is nobody's of this operator."""
    return {id: _unmarked(document) for id, document in everything.items() if not _is_marked(document)}


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _comparable(each) for key, each in value.items() if key not in MADE_ANEW_BY_AZURE}
    if isinstance(value, list):
        entries = [_comparable(each) for each in value]
        named = entries and all(isinstance(each, dict) and "name" in each for each in entries)
        return sorted(entries, key=lambda each: str(each["name"])) if named else entries
    return value


def _is_marked(document: Document) -> bool:
    return str(document.get("name", "")).startswith("wgn-") or "wgn-owner" in document.get("tags", {})


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        mine = str((value.get("networkSecurityGroup") or {}).get("id", "")).rpartition("/")[2].startswith("wgn-")
        return {key: _unmarked(each) for key, each in value.items() if not (mine and key == "networkSecurityGroup")}
    if isinstance(value, list):
        return [_unmarked(each) for each in value if not (isinstance(each, dict) and _is_marked(each))]
    return value


def difference(expected: Document, found: Document) -> str:
    one, other = (json.dumps(each, indent=1, sort_keys=True).splitlines() for each in (expected, found))
    return "\n".join(difflib.unified_diff(one, other, "undisturbed", "found", lineterm="", n=8))


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
            before, since = world(stage), stage.azure.seq()
            self.scenario.happens(stage)
            self._wait_for_rest()
            self.writes = [named(exchange) for exchange in stage.writes(since=since)]
            self.end, self.said = world(stage), self._says()
        assert of_others(self.end) == of_others(before)

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
            self._wait_for_an_answer()
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
            if not self._wait_for_an_answer():
                return
            rests = self.stage.condition("Ready").get("status") == "True" and not self.stage.writes(since=since)
            quiet = quiet + 1 if rests else 0
            if quiet == 2:
                return
        raise AssertionError(f"no rest after {MOST_PASSES} passes: {json.dumps(self.stage.status(), indent=1)}")

    def _wait_for_the_same_end(self) -> None:
        stage = self.stage
        try:
            stage.wait_for(lambda: world(stage) == self.end, seconds=30, what="the end of the undisturbed story")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{difference(self.end, world(stage))}") from None
        self._wait_for_rest()
        assert world(stage) == self.end, difference(self.end, world(stage))

    def _wait_for_an_answer(self) -> bool:
        """Wait until a whole pass of the operator is over. False where the resource is gone by then."""
        stage, token = self.stage, f"pass-{next(self._tokens)}"
        if stage.annotate(**{"reconcile-requested-at": token}) is None:
            return False

        def is_answered() -> bool:
            found = stage.find()
            return found is None or found.get("status", {}).get("lastHandledReconcileAt") == token

        stage.wait_for(is_answered, what=f"the answer to {token}")
        return stage.find() is not None

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
