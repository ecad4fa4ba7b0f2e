"""HTTP messages: what of a request matters, and how an answer is written."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from arm_emulator import tokens
from arm_emulator.arm import Answer, Document

_JSON = "application/json; charset=utf-8"
_PIECES = 10
"""In how many pieces a slow body is sent."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: lower-case header names, the body as text and, where it is JSON, parsed; ``client`` as its token says."""

    method: str
    path: str
    url: str
    base_url: str
    query: dict[str, str]
    headers: dict[str, str]
    text: str
    body: Any
    client: str | None

    @property
    def api_version(self) -> str:
        return next((value for name, value in self.query.items() if name.lower() == "api-version"), "")

    @property
    def form(self) -> dict[str, str]:
        """The fields of a request that carries a form."""
        return dict(parse_qsl(self.text))


async def read(request: web.BaseRequest) -> Request:
    """Take a request in, with its whole body, however large: a world that is sown again may be."""
    text = (await request.content.read()).decode() if request.can_read_body else ""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(
        method=request.method,
        path=request.path,
        url=str(request.rel_url),
        base_url=f"https://{request.host}",
        query=dict(request.query),
        headers=headers,
        text=text,
        body=None if headers.get("content-type", "").startswith(_FORM) else _parsed(text),
        client=tokens.principal_of(headers),
    )


def response(answer: Answer) -> web.Response:
    """The response that carries an answer."""
    headers = {"x-ms-arm-service-request-id": str(uuid.uuid4()), "Cache-Control": "no-cache", **answer.headers}
    if answer.body is None:
        empty = web.Response(status=answer.status, headers=headers)
        empty.headers.popall("Content-Type", None)
        return empty
    if isinstance(answer.body, str):
        headers.setdefault("Content-Type", "text/html")
        return web.Response(status=answer.status, headers=headers, body=answer.body.encode())
    headers.setdefault("Content-Type", _JSON)
    text = json.dumps(answer.body, separators=(",", ":"))
    body = (text.replace("/", "\\/") if answer.escaped else text).encode()
    return web.Response(status=answer.status, headers=headers, body=body)


async def trickle(connection: web.BaseRequest, whole: web.Response, *, seconds: float) -> web.StreamResponse:
    """Send a response whose body takes its time."""
    body = whole.body if isinstance(whole.body, bytes) else b""
    response = web.StreamResponse(status=whole.status, headers=whole.headers)
    response.content_length = len(body)
    await response.prepare(connection)
    size = max(1, len(body) // _PIECES)
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / _PIECES)
        await response.write(body[start : start + size])
    await response.write_eof()
    return response


def played(answer: Document) -> Answer:
    """The answer that a fault gives."""
    headers = {str(name): str(value) for name, value in answer.get("headers", {}).items()}
    return Answer(status=int(answer["status"]), body=answer.get("body"), headers=headers)


def journal_body(answer: Answer | None, response: web.Response | None) -> str | None:
    """The body of a response as JSON text, ``None`` where it has none."""
    if answer is None or response is None or answer.body is None:
        return None
    if isinstance(answer.body, str):
        return json.dumps(answer.body)
    assert isinstance(response.body, bytes)
    return response.body.decode()


def _parsed(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
