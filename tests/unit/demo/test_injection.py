"""The second act's honesty: what was not observed is not told."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rich.console import Console

from demo import injection
from demo.example import INJECTION, Example
from demo.injection_scene import HOSTS_LINES, InjectionScene
from demo.narrator import Narrator
from demo.scene import DidNotHappen
from unit.demo.rehearsal import Rehearsal, told_by

NAME = "team-c-0a1b2c3d.gateway.uksouth-01.azure-api.net"
RULE = {"id": "/nsg/securityRules/wgn-x-gateway-storage", "name": "wgn-x-gateway-storage"}
API_REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "api.md"


class Understudy(Rehearsal):
    """A scene without servers. An answer that is a list of answers gives one after the other, and the last for good."""

    def __init__(self, **otherwise: Any) -> None:
        self.example = Example.read(INJECTION)
        self.stage = SimpleNamespace(writes=list)
        self._answers: dict[str, tuple[Any, ...]] = {
            "look_now": ("annotated\n",),
            "condition": ({"status": "True", "reason": "GatewayStillAttached", "message": "Gateway team-c still uses it."},),
            "gateway_state": ("Created", "Succeeded"),
            "links_of_subnet": (["gateway"], []),
            "zone_id": (f"/privateDnsZones/{NAME}",),
            "addresses": (["10.1.0.69"],),
            "shown_addresses": ([],),
            "linked_network_ids": ({self.example.network_id, *self.example.linked_network_ids},),
            "hosts_lines": (f"10.1.0.69 {NAME}\n",),
            "rules": ([RULE],),
            "access": ("Deny", "Allow"),
            "wait_for_event": ({"type": "Warning", "reason": "DriftDetected", "note": "Somebody changed it."},),
            "differences": ([],),
            "left_behind": ([],),
        } | otherwise

    def __getattr__(self, name: str) -> Any:
        def answer(*_: Any, **__: Any) -> Any:
            first, *others = self._answers.get(name, (None,))
            if others:
                self._answers[name] = tuple(others)
            return first

        return answer


def played(chapter: Any, **otherwise: Any) -> tuple[str, str]:
    return told_by(chapter, Understudy(**otherwise))


def ready(reason: str) -> dict[str, str]:
    return {"status": "True", "reason": reason, "message": f"It is {reason}."}


HELD_BACK = (ready("GatewayStillAttached"), ready("GatewayStillAttached"), ready("ResourceInUse"))
GOING = {"condition": HELD_BACK, "gateway_state": ("",)}
WRONG = ([injection.WRONG_ADDRESS],)

CHAPTERS: list[tuple[Any, dict[str, Any], str]] = [
    (injection.published, {}, f"10.1.0.69 {NAME}"),
    (injection.broken_and_healed, {"addresses": (["10.1.0.69"], *WRONG, ["10.1.0.69"])}, "Somebody changed it."),
    (injection.address_withheld, {"condition": (ready("PrivateIPUnknown"), ready("Reconciled"))}, "It is Reconciled."),
    (injection.deleted, GOING, "every property of every resource, the subnet's too."),
]


@pytest.mark.parametrize(("chapter", "otherwise", "ending"), CHAPTERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_chapter_that_goes_well_is_told_to_its_end(chapter: Any, otherwise: dict[str, Any], ending: str) -> None:
    told, failure = played(chapter, **otherwise)

    assert failure == ""
    assert told.rstrip().endswith(ending)


@pytest.mark.parametrize(
    ("chapter", "otherwise", "failure", "untold"),
    [
        (injection.published, {"gateway_state": ("",)}, "Gateway team-c is not in Azure.", "Another team"),
        (injection.published, {"gateway_state": ("Created", "Created", "Failed")}, "Gateway team-c is Failed, not Succeeded.", "are over"),
        (injection.published, {"condition": ({},)}, "The name was not published within 60 s.", "The operator has found"),
        (injection.published, {"addresses": ([],)}, "The record is not in private DNS.", "the record answers"),
        (injection.published, {"linked_network_ids": (set(),)}, "Private DNS is not linked to hub, spoke.", "the record answers"),
        (injection.published, {"hosts_lines": ("",)}, "The lines are not so: ''.", "10.1.0.69 team-c"),
        (injection.broken_and_healed, {}, "The record could not be changed.", "Somebody has the record"),
        (
            injection.broken_and_healed,
            {"addresses": (["10.1.0.69"], *WRONG)},
            "The record did not change back within 60 s.",
            "again",
        ),
        (injection.address_withheld, {"shown_addresses": (["10.1.0.69"],)}, "ARM still shows an address.", "Somebody empties"),
        (injection.address_withheld, {"addresses": (["10.1.0.69"], [])}, "The record answers nothing.", "written nothing"),
        (injection.address_withheld, {}, "The resource did not recover within 20 s.", "all is well"),
        (injection.deleted, {"condition": ({},)}, "The deletion was not held back within 20 s.", "kubectl waits"),
        (injection.deleted, {"gateway_state": ("Terminating",)}, "Gateway team-c is still Terminating.", "The team deletes"),
        (injection.deleted, GOING | {"addresses": ([],)}, "The record is gone too early.", "Nothing was removed"),
        (injection.deleted, GOING | {"left_behind": (["/zone"],)}, "Something was left behind: /zone.", "Azure is what it was"),
    ],
)
def test_what_goes_wrong_is_not_told_as_if_it_went_well(chapter: Any, otherwise: dict[str, Any], failure: str, untold: str) -> None:
    told, because = played(chapter, **otherwise)

    assert because == failure
    assert untold not in told


def test_a_write_while_nothing_is_known_ends_the_story() -> None:
    written: list[list[str]] = [[], ["a write"]]
    understudy = Understudy()
    understudy.stage = SimpleNamespace(writes=lambda: written.pop(0))

    with pytest.raises(DidNotHappen, match=r"^Something was written to Azure although nothing is known to have changed\.$"):
        injection.address_withheld(cast("InjectionScene", understudy), Narrator(Console(file=io.StringIO())))


def test_the_command_for_the_hosts_file_is_the_documented_one() -> None:
    assert f"kubectl get wgn team-c -n apim -o jsonpath='{HOSTS_LINES}'" in API_REFERENCE.read_text(encoding="utf-8")
    assert f"`kubectl get wgn team-c -n apim -o jsonpath='{HOSTS_LINES}'`" in INJECTION.read_text(encoding="utf-8")
