"""Every finding of preflight with its whole message: real API server, real operator, and an Azure over HTTPS, all of them at once."""

from __future__ import annotations

import hashlib

import pytest
import yaml

from controlplane import KubectlFailed
from e2e.case import Case
from e2e.findings import CASES, MUCH
from e2e.obstacles import NETWORK, lock_of
from stage import seeds
from stage.injection import SWIFT
from stage.place import Place, seed_of, subscription_of
from stage.stage import SetTheStage, Stage


def test_every_finding_is_told_beforehand_in_these_words(set_the_stage: SetTheStage, subtests: pytest.Subtests) -> None:
    stage = set_the_stage(seed=seed_of({"names": {}, **{name: case.providers for name, case in CASES.items()}}), running=False, **SWIFT)
    places = {name: Place(stage=stage.in_namespace(f"finding-{name}"), subscription=subscription_of(name)) for name in CASES}
    for name, case in CASES.items():
        case.given(places[name])
    stage.start_operator()
    documents = [place.here(place.stage.document(CASES[name].name, **CASES[name].spec)) for name, place in places.items()]
    stage.control_plane.kubectl("apply", "--filename=-", input=yaml.safe_dump_all(documents))
    settle(places)

    for name, place in places.items():
        with subtests.test(says=name):
            assert said(place, CASES[name]) == expected(place, CASES[name])
    writes = written(stage, places)
    for name, paths in writes.items():
        with subtests.test(writes=name):
            assert bool(paths) is CASES[name].writes, paths
    with subtests.test("the registration is asked for once, where it is wanted"):
        posts = [(name, path.rpartition("/providers/")[2]) for name, paths in writes.items() for path in paths if path.startswith("POST")]
        assert posts == [("registered-on-request", "Microsoft.Web/register")]
    with subtests.test("events list all that Ready only counts"):
        place = places["much-at-once"]
        told = {event["note"] for event in place.stage.events()}
        leading = expected(place, CASES["much-at-once"])["Ready"].partition(": ")[2]
        assert told == {leading, *(in_words(place, text) for text in MUCH)}


def test_everything_is_in_one_subscription_or_the_api_server_says_so(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(running=False)
    other = seeds.SERVICE.replace(seeds.SUBSCRIPTION, "00000000-0000-0000-0000-00000000a299")

    with pytest.raises(KubectlFailed) as refusal:
        stage.apply(apiManagement={"id": other})

    assert str(refusal.value).partition("\n")[2].strip() == (
        'The WorkspaceGatewayNetwork "team-a" is invalid: spec.apiManagement.id: Invalid value: must be in the subscription of spec.subnet.id'
    )


def settle(places: dict[str, Place]) -> None:
    """Wait until every resource says what is expected; where one never does, comparing them tells which."""
    first = next(iter(places.values())).stage
    waiting = dict(places)

    def all_said() -> bool:
        for name in [name for name, place in waiting.items() if said(place, CASES[name]) == expected(place, CASES[name])]:
            del waiting[name]
        return not waiting

    try:
        first.wait_for(all_said, seconds=60, what="the words of every case")
    except AssertionError:
        return


def said(place: Place, case: Case) -> dict[str, str]:
    """What the resource says: Ready's reason and message, and the messages of the other conditions that the case names."""
    ready = place.stage.condition("Ready", case.name)
    details = {kind: place.stage.condition(kind, case.name).get("message", "") for kind in case.details}
    return {"Ready": f"{ready.get('reason')}: {ready.get('message')}", **details}


def expected(place: Place, case: Case) -> dict[str, str]:
    """What the resource is to say."""
    details = {kind: in_words(place, message) for kind, message in case.details.items()}
    return {"Ready": f"{case.reason}: {in_words(place, case.message)}", **details}


def in_words(place: Place, message: str) -> str:
    """A message with the names that the place has."""
    own = {
        "<mark>": place.stage.mark(),
        "<group>": place.stage.own_group().rpartition("/")[2],
        "<link>": f"wgn-{place.stage.mark()}-{hashlib.sha256(place.here(NETWORK).lower().encode()).hexdigest()[:8]}",
        "<lock>": lock_of(place),
    }
    for name, value in own.items():
        message = message.replace(name, value)
    words: str = place.here(message)
    return words


def written(stage: Stage, places: dict[str, Place]) -> dict[str, list[str]]:
    """Method and path of each write of the operator that Azure took, by the place in whose subscription it was."""
    taken = [each["liveRequest"] for each in stage.writes() if int(each["liveResponse"]["statusCode"]) < 400]
    paths = [f"{request['method']} {request['url'].split('?')[0]}" for request in taken]
    return {name: [path for path in paths if place.subscription in path] for name, place in places.items()}
