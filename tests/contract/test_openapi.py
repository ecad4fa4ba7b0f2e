"""oav, which judges every exchange of the tests, finds what is planted in one, and nothing in one that Azure could have had."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from oracles.openapi import specifications, validator
from oracles.openapi.journals import Exchange
from oracles.openapi.validator import Finding, Verdict

Document = dict[str, Any]

pytestmark = pytest.mark.skipif(
    not specifications.OPENAPI.is_dir(), reason="Azure's OpenAPI documents are not beside the repository (../shared/azure)"
)

NETWORK = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/net/providers/Microsoft.Network"
SUBNET = f"{NETWORK}/virtualNetworks/hub/subnets/team-a"
RULE = f"{NETWORK}/networkSecurityGroups/shield/securityRules/https"
RECORD = f"{NETWORK}/privateDnsZones/team-a.example/A/@"
LINK = f"{NETWORK}/privateDnsZones/team-a.example/virtualNetworkLinks/hub"
JSON = {"content-type": "application/json; charset=utf-8"}

SUBNET_PROPERTIES: Document = {
    "addressPrefix": "10.1.0.0/26",
    "delegations": [{"name": "web", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}],
}
RULE_PROPERTIES: Document = {
    "access": "Allow",
    "direction": "Inbound",
    "priority": 1000,
    "protocol": "Tcp",
    "sourceAddressPrefix": "*",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "*",
    "destinationPortRange": "443",
}


def put(kind: str, id: str, properties: Document, *, status: str = "200", version: str = "2025-05-01") -> Exchange:
    """A PUT that Azure has answered with what was asked for."""
    body = {"properties": properties}
    document = {
        "liveRequest": {
            "method": "PUT",
            "url": f"{id}?api-version={version}",
            "query": {"api-version": version},
            "headers": {**JSON, "user-agent": "azsdk-python-workspace-gateway-network/0.1.0"},
            "body": body,
        },
        "liveResponse": {"statusCode": status, "headers": JSON, "body": {"id": id, "name": id.rpartition("/")[2], **copy.deepcopy(body)}},
        "type": kind,
        "fault": None,
    }
    return Exchange(type=kind, where="test:1", document=document)


def subnet() -> Exchange:
    return put("Microsoft.Network/virtualNetworks/subnets", SUBNET, copy.deepcopy(SUBNET_PROPERTIES))


def rule() -> Exchange:
    return put("Microsoft.Network/networkSecurityGroups/securityRules", RULE, copy.deepcopy(RULE_PROPERTIES))


def record() -> Exchange:
    properties = {"ttl": 300, "aRecords": [{"ipv4Address": "10.1.0.5"}]}
    return put("Microsoft.Network/privateDnsZones/A", RECORD, properties, version="2024-06-01")


def link() -> Exchange:
    exchange = put("Microsoft.Network/privateDnsZones/virtualNetworkLinks", LINK, {"registrationEnabled": False}, status="202")
    headers = {**JSON, "azure-asyncoperation": "https://azure.example/operation", "location": "https://azure.example/result"}
    exchange.document["liveResponse"] |= {"headers": headers, "body": {}}
    return exchange


def asked(exchange: Exchange) -> Document:
    """The properties that were asked for."""
    properties: Document = exchange.document["liveRequest"]["body"]["properties"]
    return properties


def answered(exchange: Exchange) -> Document:
    """The properties that were answered."""
    properties: Document = exchange.document["liveResponse"]["body"]["properties"]
    return properties


def seeded() -> dict[str, Exchange]:
    """Exchanges in each of which one thing is wrong, by what it is."""
    made = {
        "a read-only property is asked for": subnet(),
        "an unknown property is asked for": rule(),
        "an address prefix of the wrong type is answered": subnet(),
        "a priority of the wrong type is answered": rule(),
        "an unknown property is answered": record(),
        "a direction is answered in another case": rule(),
        "a rule without direction is answered": rule(),
        "an answer has a status that is not documented": subnet(),
        "an answer has no body": record(),
        "an answer has no id": subnet(),
        "an error is not wrapped": subnet(),
        "a faulty answer": subnet(),
        "no such operation": subnet(),
    }
    asked(made["a read-only property is asked for"])["provisioningState"] = "Succeeded"
    asked(made["an unknown property is asked for"])["comment"] = "?"
    answered(made["an address prefix of the wrong type is answered"])["addressPrefix"] = ["10.1.0.0/26"]
    answered(made["a priority of the wrong type is answered"])["priority"] = "1000"
    answered(made["an unknown property is answered"])["comment"] = "?"
    answered(made["a direction is answered in another case"])["direction"] = "INBOUND"
    del answered(made["a rule without direction is answered"])["direction"]
    made["an answer has a status that is not documented"].document["liveResponse"]["statusCode"] = "202"
    del made["an answer has no body"].document["liveResponse"]["body"]
    del made["an answer has no id"].document["liveResponse"]["body"]["id"]
    refusal = {"statusCode": "400", "headers": JSON, "body": {"code": "InvalidRequestFormat", "message": "No."}}
    made["an error is not wrapped"].document["liveResponse"] = refusal
    made["a faulty answer"].document.update(liveResponse={"statusCode": "299", "headers": {}}, fault="played")
    made["no such operation"].document["liveRequest"]["method"] = "PATCH"
    return made


RIGHT = {"subnet": subnet, "rule": rule, "record": record, "link": link}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    """The verdict on each exchange, by its name, all from one run."""
    exchanges = {**{name: make() for name, make in RIGHT.items()}, **seeded()}
    return dict(zip(exchanges, validator.judge(each.as_judged() for each in exchanges.values()), strict=True))


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in findings]


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("subnet", "Subnets_CreateOrUpdate"),
        ("rule", "SecurityRules_CreateOrUpdate"),
        ("record", "RecordSets_CreateOrUpdate"),
        ("link", "VirtualNetworkLinks_CreateOrUpdate"),
    ],
)
def test_what_azure_could_have_answered_is_right(verdicts: dict[str, Verdict], name: str, operation: str) -> None:
    assert verdicts[name] == Verdict(operation=operation, request=(), response=())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a read-only property is asked for", [("READONLY_PROPERTY_NOT_ALLOWED_IN_REQUEST", "/properties/provisioningState")]),
        ("an unknown property is asked for", [("OBJECT_ADDITIONAL_PROPERTIES", "/properties/comment")]),
    ],
)
def test_what_is_wrong_in_a_request_is_found(verdicts: dict[str, Verdict], name: str, expected: list[tuple[str, str]]) -> None:
    assert codes(verdicts[name].request) == expected
    assert verdicts[name].response == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("an address prefix of the wrong type is answered", [("INVALID_TYPE", "/properties/addressPrefix")]),
        ("a priority of the wrong type is answered", [("INVALID_TYPE", "/properties/priority")]),
        ("an unknown property is answered", [("OBJECT_ADDITIONAL_PROPERTIES", "/properties/comment")]),
        ("a direction is answered in another case", [("ENUM_CASE_MISMATCH", "/properties/direction")]),
        ("a rule without direction is answered", [("OBJECT_MISSING_REQUIRED_PROPERTY", "/properties/direction")]),
        ("an answer has a status that is not documented", [("INVALID_RESPONSE_CODE", "")]),
        ("an answer has no body", [("INVALID_RESPONSE_BODY", "/body")]),
        ("an answer has no id", [("MISSING_RESOURCE_ID", "")]),
        ("an error is not wrapped", [("OBJECT_ADDITIONAL_PROPERTIES", "/code"), ("OBJECT_ADDITIONAL_PROPERTIES", "/message")]),
    ],
)
def test_what_is_wrong_in_an_answer_is_found(verdicts: dict[str, Verdict], name: str, expected: list[tuple[str, str]]) -> None:
    assert codes(verdicts[name].response) == expected
    assert verdicts[name].request == ()


def test_an_answer_that_a_fault_decided_is_not_judged(verdicts: dict[str, Verdict]) -> None:
    assert verdicts["a faulty answer"] == verdicts["subnet"]


def test_what_no_document_has_is_found(verdicts: dict[str, Verdict]) -> None:
    assert verdicts["no such operation"].operation is None
    assert codes(verdicts["no such operation"].request) == [("OPERATION_NOT_FOUND_IN_CACHE", "")]
