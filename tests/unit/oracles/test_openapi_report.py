"""What is made of oav's verdicts: what is counted, what is allowed, and when it all is a failure."""

from __future__ import annotations

from typing import Any

import pytest

from oracles.openapi.allowances import ALLOWANCES, Side
from oracles.openapi.journals import Exchange
from oracles.openapi.report import Report, report
from oracles.openapi.validator import Finding, Verdict

SUBNETS = "Microsoft.Network/virtualNetworks/subnets"
OPERATOR = "azsdk-python-workspace-gateway-network/0.1.0 Python/3.11"
FINE = Verdict(operation="Subnets_Get", request=(), response=())


def exchange(*, sender: str = OPERATOR, status: str | None = "200", fault: str | None = None, number: int = 1) -> Exchange:
    document: dict[str, Any] = {
        "liveRequest": {"method": "GET", "url": "/vnet/subnets/team-a?api-version=2025-05-01", "headers": {"user-agent": sender}},
        "liveResponse": {"statusCode": status} if status else None,
        "fault": fault,
    }
    return Exchange(type=SUBNETS, where=f"test.jsonl:{number}", document=document)


def unknown(path: str) -> Finding:
    name = path.rpartition("/")[2]
    return Finding(code="OBJECT_ADDITIONAL_PROPERTIES", path=path, message=f"Additional properties not allowed: {name}")


def verdict(*, request: str | None = None, response: str | None = None, operation: str | None = "Subnets_Get") -> Verdict:
    return Verdict(
        operation=operation,
        request=(unknown(request),) if request else (),
        response=(unknown(response),) if response else (),
    )


def test_nothing_wrong_is_no_failure() -> None:
    made = report([exchange(), exchange(sender="curl")], [FINE, FINE])
    assert made.complaint is None
    assert (made.responses[SUBNETS], made.requests[SUBNETS]) == (2, 1)


def test_nothing_judged_is_a_failure() -> None:
    assert report([], []).complaint == "No exchange was judged: the end-to-end tests have left no journals."


def test_nothing_of_the_operators_is_a_failure() -> None:
    assert report([exchange(sender="curl")], [FINE]).complaint == "No request of the operator was judged."


def test_a_verdict_too_few_is_a_failure() -> None:
    with pytest.raises(ValueError, match="zip"):
        report([exchange(), exchange()], [FINE])


def test_what_is_wrong_is_told_once_with_its_first_example() -> None:
    exchanges = [exchange(number=number) for number in (7, 8)]
    made = report(exchanges, [verdict(response=f"/value/{index}/properties/odd") for index in (0, 12)])
    assert made.complaint == "Findings that neither the documents nor the list of allowances allow: 2."
    assert made.text().splitlines()[-2:] == [
        "WRONG 2 times: response of Subnets_Get: OBJECT_ADDITIONAL_PROPERTIES /value/*/properties/odd",
        "  Additional properties not allowed: odd (GET /vnet/subnets/team-a 200, test.jsonl:7)",
    ]


def test_only_the_operators_requests_count() -> None:
    wrong = verdict(request="/properties/provisioningState")
    assert report([exchange(), exchange(sender="curl")], [FINE, wrong]).complaint is None
    assert report([exchange()], [wrong]).complaint == "Findings that neither the documents nor the list of allowances allow: 1."


def test_a_fault_takes_the_answer_away_and_not_the_request() -> None:
    made = report([exchange(), exchange(fault="busy"), exchange(status=None)], [FINE, FINE, verdict(request="/odd")])
    assert (made.responses[SUBNETS], made.requests[SUBNETS]) == (1, 3)
    assert "2 answers were decided or kept back by a played fault, and not judged" in made.text().splitlines()
    assert made.complaint == "Findings that neither the documents nor the list of allowances allow: 1."


@pytest.mark.parametrize(
    ("sender", "status", "wrong"),
    [("curl", "405", False), ("curl", "403", False), ("curl", "200", True), ("curl", "500", True), (OPERATOR, "405", True)],
)
def test_an_operation_of_no_document_is_wrong_unless_it_is_refused(sender: str, status: str, wrong: bool) -> None:
    judged = [exchange(), exchange(sender=sender, status=status)]
    assert bool(report(judged, [FINE, verdict(operation=None, request="/odd")]).wrong) == wrong


def test_the_table_has_every_type_and_the_sums() -> None:
    lines = report([exchange(), exchange(sender="curl")], [FINE, FINE]).text().splitlines()
    assert lines[0] == "responses  requests  resource type"
    assert f"        2         1  {SUBNETS}" in lines
    assert "        0         0  Microsoft.Network/privateDnsZones/A" in lines
    assert lines[-2] == "        2         1  (requests of the operator only)"


@pytest.mark.parametrize(
    ("side", "operation", "path"),
    [
        ("response", "RecordSets_Get", "/code"),
        ("response", "ApiGateway_List", "/value/3/properties/frontend/inboundIPAddresses"),
        ("response", "Subnets_Get", "/properties/serviceAssociationLinks/0/properties/subnetId"),
        ("response", "ServiceAssociationLinks_List", "/value/0/properties/enabledForArmDeployments"),
        ("response", "VirtualNetworks_List", "/value/2/properties/subnets/0/properties/ipamPoolPrefixAllocations"),
        ("response", "SecurityRules_CreateOrUpdate", "/error/additionalInfo"),
        ("request", "Subnets_CreateOrUpdate", "/properties/somethingFromTheFuture"),
    ],
)
def test_where_azure_is_other_than_its_documents_is_allowed_and_said(side: Side, operation: str, path: str) -> None:
    judged = verdict(operation=operation, request=path if side == "request" else None, response=path if side == "response" else None)
    made = report([exchange()], [judged])
    assert made.complaint is None
    (allowance,) = made.allowed
    assert f"allowed 1 times: {allowance.because}" in made.text().splitlines()


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("Subnets_Get", "/code"),
        ("RecordSets_Get", "/properties/code"),
        ("ApiGateway_Get", "/properties/inboundIPAddresses"),
        ("Subnets_Get", "/properties/delegations/0/properties/subnetId"),
        ("ApiGateway_Get", "/properties/somethingFromTheFuture"),
    ],
)
def test_elsewhere_the_same_is_wrong(operation: str, path: str) -> None:
    assert report([exchange()], [verdict(operation=operation, response=path)]).wrong


def test_what_answers_may_do_requests_may_not() -> None:
    assert report([exchange()], [verdict(operation="ApiGateway_Update", request="/properties/frontend/inboundIPAddresses")]).wrong


def test_there_are_few_allowances_each_with_a_reason() -> None:
    assert len(ALLOWANCES) <= 7
    assert all(len(allowance.because.split()) > 5 for allowance in ALLOWANCES)


def test_an_empty_report_can_be_shown() -> None:
    assert Report().text().startswith("responses  requests  resource type")
