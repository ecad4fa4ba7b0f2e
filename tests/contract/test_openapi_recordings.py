"""The judge of every exchange is fair: it lets all pass that real Azure answered, with no more than what is allowed to the emulator."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from contract.emulator.replay.recordings import FILE, Recorded, runs
from oracles.openapi import specifications, validator
from oracles.openapi.journals import Exchange
from oracles.openapi.report import report
from oracles.openapi.specifications import VERSIONS

pytestmark = pytest.mark.skipif(
    not (FILE.exists() and specifications.OPENAPI.is_dir()),
    reason="recordings and OpenAPI documents of real Azure are not beside the repository (../shared/azure)",
)

SHOWN_IN_RECORDINGS = {
    "Azure shows these of subnets and of peerings, and the document of this version does not declare them",
    "Azure shows these two of a service association link, and its document does not declare them",
    "Azure takes protocols in any case and keeps the spelling",
}
TYPES = {kind.lower(): kind for kind in VERSIONS}


def exchange(recorded: Recorded) -> Exchange:
    """A recorded exchange in the emulator's words."""
    answer = {"statusCode": str(recorded.status), "headers": dict(recorded.answer_headers)}
    request = {
        "method": recorded.method,
        "url": recorded.path,
        "query": dict(parse_qsl(urlsplit(recorded.path).query)),
        "headers": dict(recorded.headers),
    }
    document = {
        "liveRequest": request if recorded.body is None else {**request, "body": recorded.body},
        "liveResponse": {**answer, "body": recorded.answer} if recorded.text else answer,
        "fault": None,
    }
    return Exchange(type=TYPES[recorded.type.lower()], where=recorded.name, document=document)


def test_every_answer_of_real_azure_is_right() -> None:
    exchanges = [exchange(each) for run in runs() for each in run if each.type.lower() in TYPES]
    made = report(exchanges, validator.judge(each.as_judged() for each in exchanges))
    assert made.wrong.total() == 0, made.text()
    assert made.responses.total() == 584
    assert {allowance.because for allowance in made.allowed} == SHOWN_IN_RECORDINGS
