"""The models refuse what the API server refuses, in the same words."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from contract.crd.case import Case
from contract.crd.cases import cases
from contract.crd.specs import at_every_maximum, full, least
from workspace_gateway_network.api.schema import lower_ascii, sentences
from workspace_gateway_network.api.spec import Attach, ManagementPolicy, Spec

ALL = cases()
OF_RULES = [case for case in ALL if case.is_of_rule]


def complaints(case: Case) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Spec.model_validate(case.spec)
    return list(sentences(caught.value))


@pytest.mark.parametrize("case", ALL, ids=[f"{number}-{case.set}" for number, case in enumerate(ALL)])
def test_what_the_server_refuses_the_models_refuse(case: Case) -> None:
    """And blame the same field, or the list that it is in."""
    blamed, _, _ = complaints(case)[0].partition(": ")
    assert case.answer.removeprefix("[").startswith(blamed)
    assert len(blamed) > len("spec")


@pytest.mark.parametrize("case", OF_RULES, ids=[f"{number}-{case.set}" for number, case in enumerate(OF_RULES)])
def test_a_rule_has_one_message_in_both(case: Case) -> None:
    field, _, _ = case.answer.partition(": Invalid value: ")
    assert complaints(case)[0] == f"{field}: {case.sentence}"


def test_there_are_cases_of_both_kinds() -> None:
    assert 100 < len(OF_RULES) < len(ALL)


@pytest.mark.parametrize("spec", [least(), full(), at_every_maximum()], ids=["least", "full", "at-every-maximum"])
def test_good_specs_are_read(spec: dict[str, object]) -> None:
    assert json.loads(Spec.model_validate(spec).model_dump_json(by_alias=True, exclude_defaults=True)).keys() <= spec.keys()


def test_the_least_spec_writes_to_azure_and_never_deletes() -> None:
    spec = Spec.model_validate(least())
    assert (spec.management_policy, spec.deletion_policy, spec.suspend) == (ManagementPolicy.MANAGE, "Retain", False)
    assert spec.network_security_group is None


def test_another_group_is_never_swapped_out_unasked() -> None:
    spec = Spec.model_validate({**least(), "networkSecurityGroup": {}})
    assert spec.network_security_group is not None
    assert spec.network_security_group.attach is Attach.IF_ABSENT


def test_fields_of_a_newer_version_are_let_be() -> None:
    assert Spec.model_validate({**least(), "novelty": {"is": "unheard of"}}) == Spec.model_validate(least())


def test_a_spec_cannot_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Spec.model_validate(least()).suspend = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "lower"),
    [("ABC", "abc"), ("\u212a", "\u212a"), ("\u0130", "\u0130"), ("\u00c9", "\u00c9")],
    ids=["ascii", "kelvin", "dotted-i", "accent"],
)
def test_only_ascii_has_case(text: str, lower: str) -> None:
    assert lower_ascii(text) == lower
