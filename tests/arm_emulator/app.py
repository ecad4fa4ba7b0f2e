"""One emulator: takes HTTP requests in, plays faults, asks the front door, and keeps the journal."""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from arm_emulator import tokens
from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Document, front_door_error
from arm_emulator.control import PREFIX, Control
from arm_emulator.faults import Fault, Faults
from arm_emulator.frontdoor import FrontDoor
from arm_emulator.journal import Exchange, Journal
from arm_emulator.providers import Registry
from arm_emulator.settings import Settings
from arm_emulator.world import World

_log = logging.getLogger(__name__)
_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What of an HTTP request matters: lower-case header names, the body as text and as JSON."""

    method: str
    path: str
    url: str
    base_url: str
    query: dict[str, str]
    headers: dict[str, str]
    text: str
    body: Any
    client: str | None


class App:
    """Everything behind the socket."""

    def __init__(self, *, settings: Settings, journal: Path, seed: Document | None = None) -> None:
        self.world = World(settings)
        self.registry = Registry(self.world)
        self.front_door = FrontDoor(self.world, self.registry)
        self.faults = Faults()
        self.journal = Journal(journal)
        self.control = Control(world=self.world, registry=self.registry, faults=self.faults, journal=self.journal, seed=seed)
        self.control.reset()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        read = await _read(request)
        if read.path.startswith(PREFIX):
            return _response(self.control.answer(read.method, read.path, query=read.query, body=read.body))
        entra = self._entra(read)
        if entra is not None:
            return _response(entra)
        return await self._arm(read, request)

    def close(self) -> None:
        self.faults.clear()
        self.journal.close()

    # --- Microsoft Entra and discovery --------------------------------------------------------------------------

    def _entra(self, request: _Request) -> Answer | None:
        parts = request.path.strip("/").split("/")
        if request.path == "/metadata/endpoints":
            return tokens.cloud_metadata(base_url=request.base_url)
        if parts[-1] == "openid-configuration":
            return tokens.openid_configuration(tenant=parts[0], base_url=request.base_url)
        if parts[1:] == ["oauth2", "v2.0", "token"]:
            return tokens.issue(_form(request.text), tenant=parts[0], base_url=request.base_url, principals=self.world.principals)
        return None

    # --- ARM ----------------------------------------------------------------------------------------------------

    async def _arm(self, request: _Request, connection: web.BaseRequest) -> web.StreamResponse:
        latency = self.world.settings.profile.response
        if latency:
            await asyncio.sleep(self.world.clock.real(latency))
        fault = self.faults.strike(method=request.method, path=request.path.lower(), principal=request.client)
        if fault is None:
            return self._finish(request, self._answer(request, None), None)
        return await self._faulty(request, connection, fault)

    async def _faulty(self, request: _Request, connection: web.BaseRequest, fault: Fault) -> web.StreamResponse:
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.answer is not None:
            return self._finish(request, _played(fault.answer), fault)
        if "before" in (fault.drop, fault.hang):
            self._record(request, None, None, fault)
            return await self._lose(connection, fault)
        self.control.change(fault.meanwhile)
        answer = self._answer(request, fault)
        if "after" in (fault.drop, fault.hang):
            response = _response(answer)
            self._record(request, answer, response, fault)
            return await self._lose(connection, fault)
        return self._finish(request, answer, fault)

    async def _lose(self, connection: web.BaseRequest, fault: Fault) -> web.StreamResponse:
        """Close the connection without an answer, at once or when hanging requests are let go."""
        if fault.hang:
            await self.faults.hang(fault)
        if connection.transport is not None:
            connection.transport.abort()
        return web.Response(status=500)

    def _answer(self, request: _Request, fault: Fault | None) -> Answer:
        try:
            principal = tokens.authenticate(request.headers, base_url=request.base_url)
            call = Call(
                method=request.method,
                path=self.front_door.parse(request.path),
                api_version=_api_version(request.query),
                base_url=request.base_url,
                query=request.query,
                headers=request.headers,
                body=request.body,
                principal=principal,
                operation_fault=fault.operation if fault else None,
            )
            if request.text and request.body is None:
                raise front_door_error(400, "InvalidRequestContent", "The request content was invalid JSON.")
            return self.front_door.answer(call)
        except ArmError as refusal:
            return refusal.answer()
        except Exception:  # noqa: BLE001 - a bug of the emulator's: the client gets what Azure says to its own
            _log.exception("%s %s", request.method, request.url)
            error = {"code": "InternalServerError", "message": "An error occurred."}
            return Answer(status=500, body={"error": error})

    def _finish(self, request: _Request, answer: Answer, fault: Fault | None) -> web.Response:
        response = _response(answer)
        self._record(request, answer, response, fault)
        return response

    def _record(self, request: _Request, answer: Answer | None, response: web.Response | None, fault: Fault | None) -> None:
        answered = answer is not None and response is not None
        self.journal.write(
            Exchange(
                method=request.method,
                url=request.url,
                query=request.query,
                request_headers={name: value for name, value in request.headers.items() if name != "authorization"},
                request_body=json.dumps(request.body) if request.body is not None else None,
                status=answer.status if answered and answer else None,
                response_headers={name.lower(): value for name, value in response.headers.items()} if response else {},
                response_body=_journal_body(answer, response),
                at=self.world.clock.timestamp(),
                principal=request.client,
                resource_type=self._type_name(request.path),
                fault=fault.name if fault else None,
            )
        )

    def _type_name(self, path: str) -> str:
        """The resource type as this emulator spells it, so that counts do not depend on the caller's spelling."""
        try:
            parsed: ArmPath = self.front_door.parse(path)
        except ArmError:
            return ""
        known = self.registry.find(parsed.type)
        return known.name if known else parsed.type


async def _read(request: web.BaseRequest) -> _Request:
    text = await request.text() if request.can_read_body else ""
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = None
    if text and not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        try:
            body = json.loads(text)
        except ValueError:
            body = None
    return _Request(
        method=request.method,
        path=request.path,
        url=str(request.rel_url),
        base_url=f"https://{request.host}",
        query=dict(request.query),
        headers=headers,
        text=text,
        body=body,
        client=tokens.principal_of(headers),
    )


def _response(answer: Answer) -> web.Response:
    headers = {"x-ms-arm-service-request-id": str(uuid.uuid4()), "Cache-Control": "no-cache", **answer.headers}
    if answer.body is None:
        response = web.Response(status=answer.status, headers=headers)
        response.headers.popall("Content-Type", None)
        return response
    if isinstance(answer.body, str):
        headers.setdefault("Content-Type", "text/html")
        return web.Response(status=answer.status, headers=headers, body=answer.body.encode())
    headers.setdefault("Content-Type", _JSON)
    text = json.dumps(answer.body, separators=(",", ":"))
    body = (text.replace("/", "\\/") if answer.escaped else text).encode()
    return web.Response(status=answer.status, headers=headers, body=body)


def _played(answer: Document) -> Answer:
    headers = {str(name): str(value) for name, value in answer.get("headers", {}).items()}
    return Answer(status=int(answer["status"]), body=answer.get("body"), headers=headers)


def _journal_body(answer: Answer | None, response: web.Response | None) -> str | None:
    if answer is None or response is None or answer.body is None:
        return None
    if isinstance(answer.body, str):
        return json.dumps(answer.body)
    assert isinstance(response.body, bytes)
    return response.body.decode()


def _api_version(query: dict[str, str]) -> str:
    return next((value for name, value in query.items() if name.lower() == "api-version"), "")


def _form(text: str) -> dict[str, str]:
    return dict(parse_qsl(text))
