"""Operations on gateways: one URL, whose path carries a token."""

from __future__ import annotations

import base64

from arm_emulator.arm import Answer, Call, Document, provider_error
from arm_emulator.operations import Operation
from arm_emulator.providers.base import ResourceType


def operation_headers(call: Call, operation: Operation) -> dict[str, str]:
    """The headers of a write, both with the same URL."""
    token = base64.urlsafe_b64encode(operation.id.encode()).decode()
    url = f"{call.base_url}{operation.target}/operationresults/{token}?api-version={call.api_version}&asyncResponse"
    return {"Location": url, "Azure-AsyncOperation": url}


class GatewayOperationResults(ResourceType):
    """``GET …/gateways/{gateway}/operationresults/{token}``; lives on when the gateway is gone."""

    name = "Microsoft.ApiManagement/gateways/operationresults"
    stored = False
    polled = True
    outlives_parent = True

    def read(self, call: Call) -> Answer:
        try:
            id = base64.urlsafe_b64decode(call.path.name.encode()).decode()
        except ValueError:
            id = ""
        operation = self.world.operations.get(id)
        if operation is None:
            raise provider_error(404, "ResourceNotFound", "The operation was not found.")
        state = self.world.operations.poll(operation, settings=self.world.settings)
        here = f"{call.base_url}{call.path.text}?api-version={call.api_version}&asyncResponse"
        body: Document = {"id": call.path.text, "name": call.path.name, "status": state}
        if state == "InProgress":
            return Answer(status=202, body=body, headers={"Location": here, "Azure-AsyncOperation": here})
        return Answer(status=200, body=body | ({"error": operation.error} if operation.error else {}))


class ConnectionOperationResults(GatewayOperationResults):
    """The same of a config connection."""

    name = "Microsoft.ApiManagement/gateways/configConnections/operationresults"
