"""The one table of reasons."""

from __future__ import annotations

import re
from itertools import groupby

import pytest

from documents.reasons import examples
from workspace_gateway_network.api.meanings import MEANINGS
from workspace_gateway_network.api.reasons import Reason, ReasonClass
from workspace_gateway_network.api.spec import ReadyWhen


def test_every_reason_has_a_meaning_in_the_same_order() -> None:
    assert list(MEANINGS) == list(Reason)


def test_the_worse_comes_first() -> None:
    """The order is that of precedence, so the classes follow each other, and within none does another begin."""
    assert [kind for kind, _ in groupby(reason.class_under(ReadyWhen.NETWORK_PREPARED) for reason in Reason)] == [
        ReasonClass.NEEDS_A_PERSON,
        ReasonClass.WILL_RETRY,
        ReasonClass.WORKING,
        ReasonClass.GOOD,
    ]
    assert sorted(Reason, key=lambda reason: reason.precedence) == list(Reason)


def test_to_await_the_gateway_is_all_that_depends_on_when_the_resource_is_ready() -> None:
    before = {reason: reason.class_under(ReadyWhen.NETWORK_PREPARED) for reason in Reason}
    assert {reason: kind for reason in Reason if (kind := reason.class_under(ReadyWhen.GATEWAY_PUBLISHED)) is not before[reason]} == {
        Reason.AWAITING_GATEWAY: ReasonClass.WORKING,
        Reason.AWAITING_HOSTNAME: ReasonClass.WORKING,
    }
    assert before[Reason.AWAITING_GATEWAY] is before[Reason.AWAITING_HOSTNAME] is ReasonClass.GOOD


def test_a_reason_is_found_by_its_text() -> None:
    assert Reason("AwaitingGateway") is Reason.AWAITING_GATEWAY
    assert str(Reason.AWAITING_GATEWAY) == "AwaitingGateway"


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_a_token_that_says_what_it_means_and_what_to_do(reason: Reason) -> None:
    assert re.fullmatch("([A-Z]+[a-z]+)+", reason)
    for sentence in (MEANINGS[reason].meaning, MEANINGS[reason].remedy):
        assert re.fullmatch(r"[A-Z`].*\.", sentence)


def test_only_what_needs_a_person_says_so() -> None:
    assert Reason.INVALID_SPEC.needs_a_person
    assert not Reason.AZURE_THROTTLED.needs_a_person


IMPERATIVE = re.compile(
    r"(?:[.;:,0-9] |\bor |\band |^)(?:Allow|Ask|Check|Choose|Correct|Create|Delete|Grant|Have|Move|Name|Put right|Raise|Remove|Run|See|Set|Use|Wait)\b",
    re.IGNORECASE,
)
BAD = [
    reason for reason in Reason if reason.class_under(ReadyWhen.NETWORK_PREPARED) in {ReasonClass.NEEDS_A_PERSON, ReasonClass.WILL_RETRY}
]


@pytest.mark.parametrize("reason", BAD)
def test_what_is_wrong_is_told_with_what_to_do(reason: Reason) -> None:
    said = examples()[reason]

    assert IMPERATIVE.search(said), said
    assert said.endswith((".", ")"))


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.needs_a_person])
def test_what_needs_a_person_has_something_to_do(reason: Reason) -> None:
    assert MEANINGS[reason].remedy != "None needed."


def test_fields_that_a_remedy_names_exist() -> None:
    from contract.crd.bounds import nodes, root_schema  # noqa: PLC0415 (only this test needs the published schema)

    fields = {path for path, _ in nodes(root_schema(), path="")}
    named = {
        field.rstrip(":")
        for meaning in MEANINGS.values()
        for field in re.findall(r"`((?:spec|status)\.[A-Za-z.]+)", meaning.meaning + meaning.remedy)
    }
    assert named
    assert named <= fields
