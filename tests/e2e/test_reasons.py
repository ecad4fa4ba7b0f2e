"""Every reason comes about, and says what docs/reasons.md shows as its example: real API server, real operator, and an Azure over HTTPS.

All of them on one stage at once, each resource in a namespace and a subscription of its own, so that what goes wrong there goes wrong for
nobody else.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from controlplane import KubectlFailed
from documents.reasons import EXAMPLES, examples
from e2e.reasons import LAST, SCENES, Scene
from stage import seeds
from stage.injection import SWIFT
from stage.operator_process import REPOSITORY
from stage.place import Place, seed_of, subscription_of
from stage.role import actions as actions_of_the_role
from stage.stage import CLIENT_ID, Document, SetTheStage
from workspace_gateway_network.api.reasons import Reason

RECORD = "RECORD_EXAMPLES"
"""Set in the environment, it has the examples written instead of compared."""


def test_every_reason_comes_about_and_says_what_its_example_says(
    set_the_stage: SetTheStage, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    assert SCENES.keys() == set(Reason)
    stage = set_the_stage(seed=seed(), running=False, **with_scopes(tmp_path / "scopes.yaml"))
    places = {reason: Place(stage=stage.in_namespace(namespace(reason)), subscription=subscription_of(reason)) for reason in SCENES}
    for reason, scene in SCENES.items():
        scene.given(places[reason])
    apply_under_a_newer_crd(places[Reason.INVALID_SPEC], SCENES[Reason.INVALID_SPEC], file=tmp_path / "newer.yaml")
    stage.start_operator()
    documents = [place.document(**SCENES[reason].spec) for reason, place in places.items() if reason is not Reason.INVALID_SPEC]
    stage.control_plane.kubectl("apply", "--filename=-", input=yaml.safe_dump_all(documents))

    said: dict[str, str] = {}
    for together in ([reason for reason in SCENES if reason is not LAST], [LAST]):
        for reason in together:
            with subtests.test(happens=reason.value):
                SCENES[reason].then(places[reason])
        for reason in together:
            with subtests.test(reason=reason.value):
                said[reason] = said_in(places[reason], reason, SCENES[reason])

    if os.environ.get(RECORD):
        EXAMPLES.write_text(json.dumps(said, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    for name, message in said.items():
        with subtests.test(example=name):
            assert message == examples().get(name)
    assert examples().keys() == set(Reason)


def namespace(reason: Reason) -> str:
    """Its own, or what the message is to show."""
    return SCENES[reason].namespace or "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in reason).strip("-")


def seed() -> Document:
    """One network and one service in every subscription, and an operator with the documented role in each."""
    return {
        **seed_of({reason: scene.providers for reason, scene in SCENES.items()}),
        "principals": [{"clientId": CLIENT_ID, "secret": "made-up", "roles": [role(reason) for reason in SCENES]}],
    }


def role(reason: Reason) -> Document:
    """What the operator may do in the subscription of a reason."""
    actions = [action for action in actions_of_the_role() if action != SCENES[reason].lacks]
    return {"role": {"actions": actions}, "scope": f"/subscriptions/{subscription_of(reason)}"}


def with_scopes(file: Path) -> Document:
    """Options of a stage on which every namespace has its own subscription."""
    scopes = {
        namespace(reason): [scope.replace(seeds.SUBSCRIPTION, subscription_of(reason)) for scope in scene.scopes]
        for reason, scene in SCENES.items()
    }
    file.write_text(json.dumps(scopes), encoding="utf-8")
    return {**SWIFT, "settings": {**SWIFT["settings"], "WGN_SCOPES": str(file)}}


def apply_under_a_newer_crd(place: Place, scene: Scene, *, file: Path) -> None:
    """A spec that our CRD refuses is there all the same where the CRD of a newer release took it, and was put back since."""
    stage, newest = place.stage, "- '2026-08-26'"
    known = (REPOSITORY / "crds" / "workspacegatewaynetworks.yaml").read_text(encoding="utf-8")
    assert newest in known
    file.write_text(known.replace(newest, f"{newest}\n                - '{scene.spec['requirementsVersion']}'"), encoding="utf-8")
    stage.control_plane.apply_crds(file)

    def applied() -> bool:
        try:
            stage.kubectl("apply", "--filename=-", input=json.dumps(place.document(**scene.spec)))
        except KubectlFailed:
            return False
        return True

    stage.wait_for(applied, what="the newer CRD")
    stage.control_plane.apply_crds(REPOSITORY / "crds")


def said_in(place: Place, reason: Reason, scene: Scene) -> str:
    """What the condition says, once it has the reason for what is asked for now."""

    def told() -> Document | None:
        condition = place.stage.condition(scene.condition)
        is_current = condition.get("observedGeneration") == place.stage.get()["metadata"]["generation"]
        return condition if is_current and condition["reason"] == reason else None

    message: str = place.stage.wait_for(told, what=reason, then=lambda: json.dumps(place.stage.status(), indent=1))["message"]
    return message
