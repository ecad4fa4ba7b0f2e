"""Operations of the network provider, as their two URLs show them."""

from __future__ import annotations

from arm_emulator.arm import Answer, Call, Document, provider_error
from arm_emulator.operations import Operation
from arm_emulator.providers.network.provider import NetworkType


class _OperationView(NetworkType):
    stored = False
    polled = True

    def operation(self, call: Call) -> Operation:
        operation = self.world.operations.get(call.path.name)
        if operation is None or operation.subscription.lower() != str(call.path.subscription).lower():
            raise provider_error(404, "OperationNotFound", f"Operation {call.path.name} was not found.")
        return operation


class OperationStatuses(_OperationView):
    """What ``Azure-AsyncOperation`` names: always 200, with a status."""

    name = "Microsoft.Network/locations/operations"

    def read(self, call: Call) -> Answer:
        operation = self.operation(call)
        body: Document = {"status": self.world.operations.poll(operation, settings=self.world.settings)}
        if body["status"] == "Failed":
            body["error"] = operation.error
        return Answer(status=200, body=body, headers=self._wait(operation) if body["status"] == "InProgress" else {})

    def _wait(self, operation: Operation) -> dict[str, str]:
        """The Retry-After of a poll that comes too early: it grows with each of them."""
        waits = self.world.settings.profile.waits
        seconds = waits[min(operation.polls, len(waits)) - 1]
        return {"Retry-After": self.world.clock.retry_after(seconds)}


class OperationResults(_OperationView):
    """What the ``Location`` of a DELETE names: 202 while it runs, then 204."""

    name = "Microsoft.Network/locations/operationResults"

    def read(self, call: Call) -> Answer:
        operation = self.operation(call)
        state = self.world.operations.poll(operation, settings=self.world.settings)
        if state == "Failed":
            error = operation.error or {}
            raise provider_error(400, str(error.get("code")), str(error.get("message")))
        here = f"{call.base_url}{call.path.text}?api-version={call.api_version}"
        headers = {
            "Location": here,
            "Azure-AsyncOperation": here.replace(f"/{call.path.types[1]}/", "/operations/"),
            "Azure-AsyncNotification": "Enabled",
        }
        if state == "InProgress":
            return Answer(status=202, headers=headers | {"Retry-After": self.world.clock.retry_after(10)})
        return Answer(status=204 if operation.deletes else 200, headers=headers)
