"""The table of errors, one recorded or documented answer a row: what it means, and what people read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from unit.azure.answers import absences, obstacles, private_dns, rights, waiting
from unit.azure.answers.case import NETWORKS, NSG, SUBNET, Case, bare, wrapped
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.errors import ROWS, Meaning, finding, is_absence, is_refusal, judge
from workspace_gateway_network.azure.failure import Failure, Origin, from_answer, from_operation

CASES = {**waiting.CASES, **rights.CASES, **obstacles.CASES, **private_dns.CASES, **absences.CASES}


def read(case: Case) -> Failure:
    body = case.body if isinstance(case.body, str) else json.dumps(case.body)
    return from_answer(method=case.method, path=case.path, status=case.status, headers=dict(case.headers), body=body)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_answer_means_one_thing(case: Case) -> None:
    verdict = judge(read(case), condition=ConditionType.SUBNET_DELEGATED, removing=case.removing)

    assert verdict.meaning is case.meaning
    assert verdict.finding.reason is case.reason
    assert verdict.finding.condition is case.condition
    assert verdict.finding.message == case.message
    assert verdict.retry_after == case.retry_after


WITH_A_CODE = {name: case for name, case in CASES.items() if isinstance(case.body, dict)}
WRITES = {name: case for name, case in WITH_A_CODE.items() if case.method != "GET"}


def error_of(case: Case) -> dict[str, Any]:
    error: dict[str, Any] = case.body.get("error", case.body)
    return error


@pytest.mark.parametrize("case", WITH_A_CODE.values(), ids=WITH_A_CODE.keys())
@pytest.mark.parametrize("shape", ["wrapped", "bare"])
def test_an_answer_means_the_same_in_either_shape_of_body(case: Case, shape: str) -> None:
    body = {"error": error_of(case)} if shape == "wrapped" else error_of(case)

    test_an_answer_means_one_thing(replace(case, body=body))


@pytest.mark.parametrize("case", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize("status", ["Failed", "Canceled"])
def test_an_operation_that_ends_with_it_says_the_same(case: Case, status: str) -> None:
    """But for a Retry-After, which is for those who would ask the operation again."""
    failure = from_operation(method=case.method, path=case.path, body={"status": status, "error": error_of(case)})

    verdict = judge(failure, condition=ConditionType.SUBNET_DELEGATED, removing=case.removing)

    assert verdict.meaning is case.meaning
    assert verdict.finding.reason is case.reason
    assert verdict.finding.condition is case.condition
    assert verdict.finding.message == case.message
    assert case.headers or verdict.retry_after == case.retry_after


@pytest.mark.parametrize(
    ("failure", "reason", "message"),
    [
        (
            Failure(origin=Origin.CONNECTION, method="GET", path=NSG, message="Cannot connect to host management.azure.com:443"),
            Reason.AZURE_UNAVAILABLE,
            (
                "Azure could not be reached to read network security group n: Cannot connect to host management.azure.com:443."
                " The operator tries again by itself; if this stays, check the way to Azure."
            ),
        ),
        (
            Failure(origin=Origin.CONNECTION, method="DELETE", path=NSG, message="Server disconnected"),
            Reason.AZURE_UNAVAILABLE,
            "Azure did not answer when asked to delete network security group n: Server disconnected. The operator looks whether it happened.",
        ),
        (
            Failure(
                origin=Origin.CREDENTIAL,
                method="GET",
                path=NSG,
                message="AADSTS700016: Application with identifier 'x' was not found. Trace ID: 1 Correlation ID: 2 Timestamp: 2026-01-01 00:00:00Z",
            ),
            Reason.CREDENTIAL_UNAVAILABLE,
            (
                "The operator could not get a token from Microsoft Entra ID: AADSTS700016: Application with identifier 'x' was"
                " not found. Check its tenant, its client id and its secret or federation."
            ),
        ),
        (
            Failure(origin=Origin.BUDGET, method="PUT", path=NSG, retry_after=12.5),
            Reason.AZURE_THROTTLED,
            "The request budget of subscription s1 is used up, so the operator waits before it goes on to write network security group n.",
        ),
        (
            Failure(origin=Origin.MALFORMED, method="GET", path=NETWORKS, message="a page that is no list of resources."),
            Reason.AZURE_UNAVAILABLE,
            (
                "Azure's answer about the virtual networks of subscription s1 makes no sense: a page that is no list of"
                " resources. The operator tries again by itself, and concludes nothing from it."
            ),
        ),
    ],
    ids=["read lost", "write lost", "no token", "own budget", "nonsense"],
)
def test_no_answer_means_one_thing_too(failure: Failure, reason: Reason, message: str) -> None:
    said = finding(failure)

    assert said.reason is reason
    assert said.condition is ConditionType.AZURE_ACCESS
    assert said.message == message
    assert said.retry_after == failure.retry_after
    assert not is_absence(failure)
    assert not is_refusal(failure)


@pytest.mark.parametrize(
    ("error", "meaning", "reason"),
    [
        ({"code": "AnotherOperationInProgress", "message": "…"}, Meaning.BUSY, Reason.WAITING_FOR_AZURE),
        ({"code": "CanceledAndSupersededDueToAnotherOperation", "message": "Operation was canceled."}, Meaning.MOVED, Reason.PROGRESSING),
        ({"code": "PreconditionFailed", "message": "The Zone z has been modified (etag mismatch)."}, Meaning.MOVED, Reason.PROGRESSING),
        ({"code": "InternalServerError", "message": "An error occurred.", "details": []}, Meaning.PROBLEM, Reason.AZURE_UNAVAILABLE),
        ({"code": "Weird", "message": "No."}, Meaning.PROBLEM, Reason.AZURE_REFUSED),
        (None, Meaning.PROBLEM, Reason.AZURE_REFUSED),
    ],
    ids=["busy", "superseded", "etag", "internal", "unknown", "no error at all"],
)
def test_an_operation_that_fails_is_judged_by_the_same_table(error: Any, meaning: Meaning, reason: Reason) -> None:
    verdict = judge(from_operation(method="PUT", path=SUBNET, body={"status": "Failed", "error": error}))

    assert verdict.meaning is meaning
    assert verdict.finding.reason is reason


SHAPES: dict[str, Any] = {
    "front door": lambda code, message: {"error": {"code": code, "message": message}},
    "network": lambda code, message: {"error": {"code": code, "message": message, "details": []}},
    "network, in the details": lambda code, message: wrapped("BadRequest", "See the details.", (code, message)),
    "private DNS": bare,
}


@pytest.mark.parametrize("code", ROWS)
def test_a_code_means_the_same_in_every_shape_of_body_and_at_the_end_of_an_operation(code: str) -> None:
    """The status does not count where there is a code, and a later end is judged like an answer at once."""
    verdicts = {
        judge(from_answer(method="PUT", path=SUBNET, status=status, headers={}, body=json.dumps(shape(code, "As recorded."))))
        for shape in SHAPES.values()
        for status in (400, 403, 409, 429, 500)
    }
    ended = {"code": code, "message": "As recorded."}
    verdicts.add(judge(from_operation(method="PUT", path=SUBNET, body={"status": "Failed", "error": ended})))
    nested = wrapped("BadRequest", "See the details.", (code, "As recorded."))
    verdicts.add(judge(from_operation(method="PUT", path=SUBNET, body={"status": "Failed", **nested})))

    assert len({(verdict.meaning, verdict.finding.reason, verdict.finding.condition, verdict.retry_after) for verdict in verdicts}) == 1


def test_every_code_of_the_table_is_proven() -> None:
    """A row without a case would be a guess."""
    assert ROWS.keys() - {code for case in CASES.values() for code in read(case).codes} == set()


def test_codes_have_no_case() -> None:
    failure = from_answer(method="PUT", path=SUBNET, status=409, headers={}, body=json.dumps(wrapped("scopelocked", "Locked.")))

    assert finding(failure).reason is Reason.SCOPE_LOCKED


def test_the_precise_code_in_the_details_decides() -> None:
    body = json.dumps(wrapped("BadRequest", "Bad.", ("InUseSubnetCannotBeDeleted", "Subnet s is in use by x.")))

    failure = from_answer(method="DELETE", path=SUBNET, status=400, headers={}, body=body)

    assert finding(failure).reason is Reason.RESOURCE_IN_USE
    assert failure.message == "Bad. Subnet s is in use by x."


@pytest.mark.parametrize(
    "body", ["null", "[]", "3", '"x"', "{", "", '{"error": null}', '{"error": "x"}', '{"error": {"code": 5, "details": [1, null]}}']
)
def test_no_body_breaks_the_reading(body: str) -> None:
    failure = from_answer(method="GET", path=SUBNET, status=500, headers={}, body=body)

    assert failure.code == "500"
    assert finding(failure).reason is Reason.AZURE_UNAVAILABLE


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2", 2.0), ("0", 0.0), ("1.5", 1.5), ("", None), ("soon", None), ("-1", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)],
)
def test_retry_after_is_seconds_or_nothing(header: str, seconds: float | None) -> None:
    failure = from_answer(method="GET", path=SUBNET, status=429, headers={"Retry-After": header}, body="")

    assert failure.retry_after == seconds


def test_an_endless_message_is_cut() -> None:
    body = json.dumps(wrapped("Weird", "word " * 500))

    said = finding(from_answer(method="PUT", path=SUBNET, status=400, headers={}, body=body)).message

    assert len(said) < 600
    assert said.endswith("word word… Put right what it names; if the request looks right, report a bug of the operator. (Weird)")
