"""Logging: one line of JSON or text a record, each with the custom resource and the pass that it is about."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, Final, Literal

from pythonjsonlogger.json import JsonFormatter

LogFormat = Literal["json", "text"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})
_context: ContextVar[Mapping[str, object]] = ContextVar("log context", default=_NOTHING)

_QUIETER: Final = {
    # Azure's logs every header of every request, at INFO. They stay out even when our own level is DEBUG: bodies and
    # headers of requests are nobody's business but Azure's.
    "azure": logging.WARNING,
    # Warns of every failed attempt to get a token, which each resource's conditions say already.
    "azure.identity": logging.ERROR,
    "msal": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "kubernetes": logging.WARNING,
    "asyncio": logging.WARNING,
    "kopf": logging.WARNING,
    # It runs outside the main thread on purpose, and warns that it doesn't see signals.
    "kopf._core.reactor.running": logging.ERROR,
    # Prints bodies of resources.
    "kopf.objects": logging.ERROR,
}


def configure(*, log_format: LogFormat, level: LogLevel) -> None:
    """Send all records of this process to standard error, as lines of that format, from that level up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if log_format == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in _QUIETER.items():
        logging.getLogger(name).setLevel(max(least, root.level))


@contextmanager
def context(**fields: object) -> Iterator[None]:
    """Put these fields on every record logged inside, also by what is called and by tasks that are started."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def bind(**fields: object) -> None:
    """Put these fields on every further record of the surrounding `context`."""
    _context.set({**_context.get(), **fields})


class _Json(JsonFormatter):
    """`ts`, `level`, `logger`, `message`, then the context's fields and the record's own."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message"],
            timestamp="ts",
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "error"},
        )

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data["level"] = record.levelname.lower()
        for name, value in _context.get().items():
            log_data.setdefault(name, value)


class _Text(logging.Formatter):
    """For a person at a terminal: time, level, message, then the context's fields."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the base class's name)
        fields = "".join(f" {name}={value}" for name, value in _context.get().items())
        return super().formatMessage(record) + fields
