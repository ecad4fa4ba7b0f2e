"""One emulator: takes HTTP requests in, plays faults, asks the front door, and keeps the journal."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

from aiohttp import web

from arm_emulator import messages, tokens
from arm_emulator.arm import Answer, ArmError, ArmPath, Call, Document, front_door_error
from arm_emulator.control import PREFIX, Control
from arm_emulator.faults import Fault, Faults, Service
from arm_emulator.frontdoor import FrontDoor
from arm_emulator.journal import Exchange, Journal
from arm_emulator.messages import Request
from arm_emulator.providers import Registry
from arm_emulator.settings import Settings
from arm_emulator.world import World

_log = logging.getLogger(__name__)
_METADATA = "/metadata/endpoints"
_OPENID = "/.well-known/openid-configuration"
_TOKEN = "/oauth2/v2.0/token"
_LARGEST = 4 * 2**20
"""Characters that ARM takes in (Microsoft's *Azure subscription limits*)."""


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

    async def handle(self, connection: web.BaseRequest) -> web.StreamResponse:
        request = await messages.read(connection)
        if request.path.startswith(PREFIX):
            return messages.response(self.control.answer(request.method, request.path, query=request.query, body=request.body))
        service: Service = "entra" if _is_entra(request.path) else "arm"
        latency = self.world.settings.profile.response
        if latency and service == "arm":
            await asyncio.sleep(self.world.clock.real(latency))
        fault = self.faults.strike(service=service, method=request.method, path=request.path, principal=request.client)
        if fault is None:
            answer = self._answer(request, service, None)
            response = messages.response(answer)
            self._record(request, service, answer, response, None)
            return response
        return await self._faulty(request, service, connection, fault)

    def close(self) -> None:
        self.faults.clear()
        self.journal.close()

    # --- faults -------------------------------------------------------------------------------------------------

    async def _faulty(self, request: Request, service: Service, connection: web.BaseRequest, fault: Fault) -> web.StreamResponse:
        if fault.delay:
            await asyncio.sleep(fault.delay)
        answer = None
        if not fault.prevents:
            self.control.change(fault.meanwhile)
            answer = self._answer(request, service, fault)
        if fault.answer is not None:
            answer = messages.played(fault.answer)
        response = messages.response(answer) if answer else None
        self._record(request, service, answer, response, fault)
        if response is None or fault.silences:
            return await self._lose(connection, fault)
        return await messages.trickle(connection, response, seconds=fault.slow) if fault.slow else response

    async def _lose(self, connection: web.BaseRequest, fault: Fault) -> web.StreamResponse:
        """Close the connection without an answer, at once or when hanging requests are let go."""
        if fault.hang:
            await self.faults.hang(fault)
        if connection.transport is not None:
            connection.transport.abort()
        return web.Response(status=500)

    # --- answers ------------------------------------------------------------------------------------------------

    def _answer(self, request: Request, service: Service, fault: Fault | None) -> Answer:
        if request.method not in ("GET", "HEAD"):
            self.world.remember(seconds=self.faults.longest_stale)
        return self._entra(request) if service == "entra" else self._arm(request, fault)

    def _entra(self, request: Request) -> Answer:
        tenant = request.path.strip("/").split("/")[0]
        if request.path == _METADATA:
            return tokens.cloud_metadata(base_url=request.base_url)
        if request.path.endswith(_OPENID):
            return tokens.openid_configuration(tenant=tenant, base_url=request.base_url)
        principals = self.world.governance.principals
        return self.world.tokens.issue(request.form, tenant=tenant, base_url=request.base_url, principals=principals)

    def _arm(self, request: Request, fault: Fault | None) -> Answer:
        try:
            expired = fault.expired_token if fault else False
            principal = self.world.tokens.authenticate(request.headers, base_url=request.base_url, expired=expired)
            call = Call(
                method=request.method,
                path=self.front_door.parse(request.path),
                api_version=request.api_version,
                base_url=request.base_url,
                query=request.query,
                headers=request.headers,
                body=request.body,
                principal=principal,
                operation_fault=fault.operation if fault else None,
                stale=fault.stale if fault else 0.0,
            )
            _check_content(request)
            return self.front_door.answer(call)
        except ArmError as refusal:
            return refusal.answer()
        except Exception:  # noqa: BLE001 - a bug of the emulator's: the client gets what Azure says to its own
            _log.exception("%s %s", request.method, request.url)
            error = {"code": "InternalServerError", "message": "An error occurred."}
            return Answer(status=500, body={"error": error})

    # --- the journal --------------------------------------------------------------------------------------------

    def _record(
        self, request: Request, service: Service, answer: Answer | None, response: web.Response | None, fault: Fault | None
    ) -> None:
        """Write an exchange with ARM into the journal; those with Entra carry secrets, and are not in it."""
        if service == "entra":
            return
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
                response_body=messages.journal_body(answer, response),
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


def _check_content(request: Request) -> None:
    """Raise for a body that ARM does not take in."""
    if len(request.text) > _LARGEST:
        raise front_door_error(413, "RequestContentTooLarge", "The request content size exceeds the maximum size of 4 MB.")
    if request.text and request.body is None:
        raise front_door_error(400, "InvalidRequestContent", "The request content was invalid JSON.")


def _is_entra(path: str) -> bool:
    """Whether a path belongs to Microsoft Entra or to a cloud's discovery."""
    return path == _METADATA or path.endswith((_OPENID, _TOKEN))
