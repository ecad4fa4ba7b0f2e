from __future__ import annotations

import json
from datetime import UTC, datetime

from controlplane import audit


def line(audit_id: str, **fields: object) -> str:
    document = {
        "auditID": audit_id,
        "stage": "ResponseComplete",
        "requestURI": "/readyz",
        "verb": "get",
        "user": {"username": "operator"},
        "userAgent": "wgn",
        "responseStatus": {"code": 200},
        "stageTimestamp": "2026-11-24T07:52:49.290693Z",
        **fields,
    }
    return json.dumps(document) + "\n"


def test_a_request_without_a_resource() -> None:
    (event,) = audit.parse(line("a"))
    assert (event.user, event.verb, event.uri, event.code) == ("operator", "get", "/readyz", 200)
    assert (event.group, event.resource, event.subresource, event.namespace, event.name) == (None,) * 5
    assert (event.request_object, event.response_object) == (None, None)
    assert event.stage_timestamp == datetime(2026, 11, 24, 7, 52, 49, 290693, tzinfo=UTC)


def test_the_core_group_is_the_empty_string() -> None:
    (event,) = audit.parse(line("a", objectRef={"resource": "namespaces", "name": "default", "apiVersion": "v1"}))
    assert (event.group, event.resource, event.name) == ("", "namespaces", "default")


def test_an_impersonated_user_is_the_user() -> None:
    (event,) = audit.parse(line("a", impersonatedUser={"username": "viewer"}))
    assert event.user == "viewer"


def test_a_watch_counts_once_however_often_it_is_logged() -> None:
    started = line("w", verb="watch", stage="ResponseStarted")
    ended = line("w", verb="watch", responseStatus={"code": 504})
    events = audit.parse(started + line("a") + ended)
    assert [(event.verb, event.code) for event in events] == [("watch", 504), ("get", 200)]


def test_a_line_that_is_still_being_written_is_left_out() -> None:
    assert len(audit.parse(line("a") + line("b")[:40])) == 1
    assert audit.parse("") == []


def test_a_line_separator_inside_a_string_ends_no_line() -> None:
    document = line("a").replace("/readyz", "/readyz?\u2028\x85")
    (event,) = audit.parse(document)
    assert event.uri == "/readyz?\u2028\x85"
