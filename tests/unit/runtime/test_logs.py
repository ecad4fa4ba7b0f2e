"""Log lines: what is in them, and what is not."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from workspace_gateway_network.runtime import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_json_has_the_context_beside_the_record(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(log_format="json", level="INFO")
    with logs.context(namespace="team", name="a", reconcileID="1"):
        logs.bind(generation=3)
        logging.getLogger("wgn.test").warning("Waited %d s", 5, extra={"azureRequestId": "r"})
    logging.getLogger("wgn.test").info("Alone")
    first, second = written(capsys)
    assert first.pop("ts")
    assert first == {
        "level": "warning",
        "logger": "wgn.test",
        "message": "Waited 5 s",
        "azureRequestId": "r",
        "namespace": "team",
        "name": "a",
        "reconcileID": "1",
        "generation": 3,
    }
    assert second.keys() == {"ts", "level", "logger", "message"}


def test_json_keeps_a_traceback_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(log_format="json", level="INFO")
    try:
        raise ZeroDivisionError("by nought")
    except ZeroDivisionError:
        logging.getLogger("wgn.test").exception("Failed")
    (line,) = written(capsys)
    assert str(line["error"]).endswith("ZeroDivisionError: by nought")


def test_levels_below_the_one_set_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(log_format="json", level="WARNING")
    logging.getLogger("wgn.test").info("Unheard")
    logging.getLogger("wgn.test").warning("Heard")
    assert [line["message"] for line in written(capsys)] == ["Heard"]


@pytest.mark.parametrize(
    "name",
    [
        "azure.core.pipeline.policies.http_logging_policy",
        "azure.identity.aio._internal.get_token_mixin",
        "aiohttp.access",
        "kopf.objects",
        "kopf._core.engines.activities",
        "kopf._core.reactor.running",
    ],
)
def test_what_prints_headers_bodies_or_chatter_is_silent_even_when_all_is_logged(capsys: pytest.CaptureFixture[str], name: str) -> None:
    logs.configure(log_format="json", level="DEBUG")
    logging.getLogger(name).info("Authorization: Bearer eyJ0")
    logging.getLogger(name).error("Broken")
    assert [line["message"] for line in written(capsys)] == ["Broken"]
