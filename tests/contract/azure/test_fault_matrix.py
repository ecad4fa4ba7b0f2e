"""Every request of ours times everything that can go wrong with it: the right reason, no futile hurry, an end once it goes right, and
nobody else's harmed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.azure.life import Document, Life
from contract.azure.matrix.expected import EXPECTED, FINE, MESSAGES, WORDS
from contract.azure.matrix.faults import FAULTS
from contract.azure.matrix.requests import REQUESTS, Request
from contract.azure.world import Clock, Counted, World
from workspace_gateway_network.api.reasons import Reason, ReasonClass
from workspace_gateway_network.api.spec import ReadyWhen
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.session import connect

RESYNC = 60
MOST_PASSES = 16
LONG_ENOUGH = 20.0
"""Seconds of a fault: longer than a repair may stay unsaid."""
UNNOTICED: dict[tuple[str, str], float] = {("list gateways of group", "403"): 300}
"""Seconds after which the end of a fault is noticed, where that is not at the next look: a list that is not permitted is left alone for
a while, for it usually stays so.
"""
MATRIX = [(request, fault) for request, each in REQUESTS.items() for fault in each.faults()]


@pytest.fixture(scope="module")
def rests() -> dict[str, Document]:
    """How the lives that a scene goes on from were at rest, as soon as one has been."""
    return {}


@pytest.fixture
async def hasty(process: Emulator, options: AzureOptions) -> AsyncIterator[World]:
    """A world in which nobody waits for their turn: time is put forward instead."""
    clock = Clock()
    async with connect(options=replace(options, budget_patience=0.0), metrics=Counted(), now=clock) as azure:
        yield World(emulator=process, azure=azure, clock=clock, metrics=Counted(), since=0)
    process.clear_faults()


@dataclass(kw_only=True)
class Trial:
    """A life with a fault, and when the fault struck and was told of, with nothing else to do."""

    life: Life
    request: Request
    rule: str
    seconds: float = 0.0
    struck_at: list[float] = field(default_factory=list)
    hits: int = 0
    done: int = 0
    is_untold: bool = False
    """Whether the fault has struck, and the resource does not say so yet."""
    message: str = ""
    """What the resource said of it."""

    @classmethod
    def of(cls, life: Life, request: Request, fault: str) -> Trial:
        """Begin it."""
        effect: dict[str, Any] = dict(FAULTS[fault])
        return cls(life=life, request=request, rule=life.emulator.add_fault(method=request.method, path=request.path, **effect))

    async def go_on(self, expected: Reason | None) -> None:
        """Passes until the fault has struck as often, and for as long, as it can, and the resource says what is expected."""
        for _ in range(MOST_PASSES):
            began, wait = self.seconds, await self.life.step()
            hits = next(each["hits"] for each in self.life.emulator.faults() if each["name"] == self.rule)
            is_told = not self.life.is_gone and self.life.said()[1] == expected
            if self._has_got_on():
                self.struck_at.clear()
            self.is_untold |= hits > self.hits
            if self.is_untold and is_told:
                self.struck_at.append(began)
                self.is_untold, self.message = False, self.life.said()[2]
            self.hits = hits
            if self.life.is_gone or wait is None or (hits and is_told and self._is_enough(wait)):
                return
            self.life.wait(wait)
            self.seconds += wait

    @property
    def reason(self) -> Reason | None:
        """What the resource says; None when it is gone."""
        return None if self.life.is_gone else Reason(self.life.said()[1])

    def _has_got_on(self) -> bool:
        """Whether something else has been written since the last pass, which is no reason to back off."""
        before, self.done = self.done, sum(each["state"] == "Succeeded" for each in self.life.emulator.operations())
        return self.done > before

    def _is_enough(self, wait: float) -> bool:
        if class_of(self.life) is ReasonClass.GOOD:
            return wait >= RESYNC
        is_held = any(each["state"] == "InProgress" and each["held"] for each in self.life.emulator.operations())
        began = self.struck_at[0] if self.struck_at else self.seconds
        return self.seconds - began >= LONG_ENOUGH and (is_held or len(self.struck_at) >= 3)

    @property
    def pace(self) -> float:
        """The seconds from the first to the last time that the fault was what the resource waited for."""
        return self.struck_at[-1] - self.struck_at[0] if self.struck_at else 0.0


def class_of(life: Life) -> ReasonClass:
    return Reason(life.said()[1]).class_under(ReadyWhen.NETWORK_PREPARED)


def least_seconds(fault: str, reason: Reason | None, strikes: int) -> float:
    """How long so many tries must take at least: what needs a person is tried by resync only, Azure's word is kept, all else backs off.

    A row of failures may begin anew once, with the progress that was made before.
    """
    steady = {"400": 0.9 * RESYNC, "409": 10.0, "429 with Retry-After": 7.0}
    if fault in steady and reason is not Reason.AUTHORIZATION_FAILED:
        return steady[fault] * (strikes - 2)
    return sum(min(2.0**step, RESYNC) for step in range(strikes - 2))


def expected(request_name: str, fault: str) -> Reason | None:
    word = EXPECTED[request_name][fault]
    return FINE.get(REQUESTS[request_name].scene.begin.__name__, Reason.AWAITING_GATEWAY) if word == "fine" else WORDS[word]


@pytest.mark.parametrize(("request_name", "fault"), MATRIX, ids=[f"{request} - {fault}" for request, fault in MATRIX])
async def test_a_fault_has_its_reason_and_ends_with_its_cause(
    hasty: World, rests: dict[str, Document], request_name: str, fault: str
) -> None:
    request = REQUESTS[request_name]
    life = await request.scene.life(hasty, rests)
    before = life.foreign()
    trial = Trial.of(life, request, fault)

    await trial.go_on(expected(request_name, fault))

    assert trial.hits, "the request was never made"
    assert trial.reason is expected(request_name, fault), life.said()
    if not life.is_gone and class_of(life) is not ReasonClass.GOOD:
        assert trial.pace >= least_seconds(fault, trial.reason, len(trial.struck_at)), trial.struck_at
    if request_name == "write subnet":
        assert trial.message == MESSAGES[fault]
    await recover(life, within=UNNOTICED.get((request_name, fault), 0.0))
    assert life.is_gone or class_of(life) is ReasonClass.GOOD, life.said()
    after = life.foreign()
    assert after == before


async def recover(life: Life, *, within: float) -> None:
    """The fault ends, nobody touches the resource, and the next look comes, or as many as it takes."""
    life.emulator.clear_faults()
    for operation in life.emulator.operations():
        if operation["state"] == "InProgress":
            life.emulator.succeed_operation(operation["id"])
    while not life.is_gone:
        life.wait(RESYNC)
        await life.settle()
        within -= RESYNC
        if within < 0:
            return


def test_every_fault_of_every_request_has_its_expectation() -> None:
    assert {name: tuple(each.faults()) for name, each in REQUESTS.items()} == {name: tuple(words) for name, words in EXPECTED.items()}
    assert MESSAGES.keys() == FAULTS.keys()


def test_the_size_of_the_matrix_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nfault matrix: {len(REQUESTS)} requests, {len(FAULTS)} faults, {len(MATRIX)} cases")
    assert len(MATRIX) >= 500
