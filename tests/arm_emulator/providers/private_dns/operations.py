"""Operations of private DNS: two views of each, in the resource group, named by a token in base64."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from typing import ClassVar

from arm_emulator.arm import Answer, Call, Document
from arm_emulator.clock import Clock
from arm_emulator.operations import Operation
from arm_emulator.providers.base import ResourceType
from arm_emulator.providers.private_dns.errors import BareError
from arm_emulator.providers.private_dns.provider import PrivateDnsType
from arm_emulator.world import World

RETRY_SECONDS = 30
"""The Retry-After of a write and of each poll that comes too early (recorded)."""
_STATUSES = "Microsoft.Network/privateDnsOperationStatuses"
_RESULTS = "Microsoft.Network/privateDnsOperationResults"


def operation_headers(call: Call, operation: Operation, *, clock: Clock) -> dict[str, str]:
    """The headers of a write, and of a poll of an operation that is still running."""
    group = f"/subscriptions/{call.path.subscription}/resourceGroups/{call.path.resource_group}"

    def url(view: str) -> str:
        return f"{call.base_url}{group}/providers/{view}/{_token(operation)}?api-version={call.api_version}"

    return {"Azure-AsyncOperation": url(_STATUSES), "Location": url(_RESULTS), "Retry-After": clock.retry_after(RETRY_SECONDS)}


class _OperationView(PrivateDnsType):
    stored: ClassVar[bool] = False
    polled: ClassVar[bool] = True

    def operation(self, call: Call) -> Operation:
        operation = self.world.operations.get(_operation_id(call.path.name))
        if operation is None or operation.subscription.lower() != str(call.path.subscription).lower():
            raise BareError(404, "NotFound", f"The operation '{call.path.name}' was not found.")
        return operation

    def running(self, call: Call, operation: Operation, body: Document | None) -> Answer:
        return Answer(status=202, body=body, headers=operation_headers(call, operation, clock=self.world.clock))


class OperationStatuses(_OperationView):
    """What ``Azure-AsyncOperation`` names: 202 while it runs, then 200, also for one that failed (recorded)."""

    name = _STATUSES

    def read(self, call: Call) -> Answer:
        operation = self.operation(call)
        state = self.world.operations.poll(operation, settings=self.world.settings)
        if state == "InProgress":
            return self.running(call, operation, {"status": state})
        error = {"error": {name: operation.error[name] for name in ("code", "message")}} if operation.error else {}
        return Answer(status=200, body={**error, "status": state}, escaped=True)


class OperationResults(_OperationView):
    """What ``Location`` names: 202 while it runs, then the resource, or an empty object where it is gone (recorded)."""

    name = _RESULTS

    def __init__(self, world: World, *, writes: Sequence[ResourceType]) -> None:
        super().__init__(world)
        self.writes = {each.name: each for each in writes}

    def read(self, call: Call) -> Answer:
        operation = self.operation(call)
        state = self.world.operations.poll(operation, settings=self.world.settings)
        if state == "InProgress":
            return self.running(call, operation, {})
        if operation.error:
            status = 412 if operation.error["code"] == "PreconditionFailed" else 400
            raise BareError(status, str(operation.error["code"]), str(operation.error["message"]))
        resource = self.world.store.get(operation.target)
        if resource is None:
            return Answer(status=200, body={})
        body = self.writes[resource.type].render(resource, api_version=call.api_version)
        return Answer(status=200, body=body, escaped=True)


def _token(operation: Operation) -> str:
    backend = uuid.uuid5(uuid.NAMESPACE_URL, operation.subscription.lower())
    return base64.b64encode(f"FrontEndAsyncOperation;{operation.kind};{operation.id}_{backend}".encode()).decode()


def _operation_id(token: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode().split(";")[2].partition("_")[0]
    except (ValueError, IndexError):
        return ""
