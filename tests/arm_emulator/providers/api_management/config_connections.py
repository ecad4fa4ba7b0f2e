"""Config connections: which workspaces a gateway serves, and under which hostname."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

from arm_emulator.arm import Answer, ArmError, Call, Document, provider_error
from arm_emulator.operations import Operation
from arm_emulator.providers.api_management.base import ApiManagementResourceType, new_version
from arm_emulator.providers.api_management.operation_results import operation_headers
from arm_emulator.providers.base import body_of, region
from arm_emulator.store import Resource

_NAME = re.compile(r"[a-zA-Z](?:[a-zA-Z0-9-]{0,28}[a-zA-Z0-9])?")
_WORKSPACE = re.compile(
    r"(/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ApiManagement/service/[^/]+)/workspaces/[^/]+", re.IGNORECASE
)


class ConfigConnections(ApiManagementResourceType):
    """Config connections of workspace gateways. One has its hostname, the gateway's, when its operation has ended.

    A gateway takes one write of them at a time (practitioners deploy them one by one; the code is not documented).
    """

    name = "Microsoft.ApiManagement/gateways/configConnections"
    read_only = frozenset({"provisioningState", "defaultHostname"})

    def write(self, call: Call) -> Answer:
        document = self.writable(body_of(call, required=("properties",)))
        gateway = self._gateway(call)
        self._check(call, document)
        self._check_idle(gateway)
        connection = self.find(call.path)
        created = connection is None
        if connection is None:
            connection = self.new(call.path, document)
        elif connection.properties.get("sourceId", "").lower() != document["properties"]["sourceId"].lower():
            raise provider_error(400, "PropertyChangeNotAllowed", "Changing property 'sourceId' of a config connection is not allowed.")
        connection.document = document
        connection.provisioning_state = "Created" if created else "Updating"
        new_version(connection)
        self.world.store.put(connection)

        def finish(succeeded: bool) -> None:
            connection.provisioning_state = "Succeeded" if succeeded else "Failed"
            if succeeded:
                connection.generated["defaultHostname"] = hostname_of(gateway)
            new_version(connection)

        operation = self._start(call, "PutConfigConnection", connection, gateway, finish)
        body = self.render(connection, api_version=call.api_version)
        return Answer(status=201 if created else 200, body=body, headers=operation_headers(call, operation))

    def delete(self, call: Call) -> Answer:
        wanted = call.headers.get("if-match")
        if wanted is None:
            raise provider_error(400, "ValidationError", "The header 'If-Match' is required.")
        connection = self.find(call.path)
        if connection is None:
            return Answer(status=204)
        if wanted.strip('"') not in ("*", connection.etag):
            raise provider_error(412, "PreconditionFailed", f"The config connection '{connection.name}' has been modified.")
        gateway = self._gateway(call)
        self._check_idle(gateway)
        connection.provisioning_state = "Terminating"
        new_version(connection)

        def finish(succeeded: bool) -> None:
            if succeeded:
                self.world.store.remove(connection.id)
            else:
                connection.provisioning_state = "TerminationFailed"

        operation = self._start(call, "DeleteConfigConnection", connection, gateway, finish, deletes=True)
        return Answer(status=202, headers=operation_headers(call, operation))

    def _gateway(self, call: Call) -> Resource:
        gateway = self.world.store.get(call.path.text.rsplit("/", 2)[0])
        assert gateway is not None, "the front door has looked for it"
        return gateway

    def _check(self, call: Call, document: Document) -> None:
        if not _NAME.fullmatch(call.path.name):
            raise _invalid(f"The config connection name '{call.path.name}' is not valid.")
        hostnames = document["properties"].get("hostnames", [])
        if not isinstance(hostnames, list) or not all(isinstance(each, str) for each in hostnames):
            raise _invalid("The property 'hostnames' must be a list of texts.")
        source = str(document["properties"].get("sourceId"))
        workspace = _WORKSPACE.fullmatch(source)
        if workspace is None:
            raise _invalid(f"The property 'sourceId' must be the id of a workspace, not '{source}'.")
        if self.world.store.get(workspace[1]) is None:
            raise _invalid(f"The API Management service of the workspace '{source}' does not exist.")

    def _check_idle(self, gateway: Resource) -> None:
        if gateway.provisioning_state != "Succeeded" or self.world.operations.running_on(gateway.key):
            raise provider_error(409, "Conflict", f"Another operation on the gateway '{gateway.name}' is in progress.")

    def _start(
        self,
        call: Call,
        kind: str,
        connection: Resource,
        gateway: Resource,
        finish: Callable[[bool], None],
        *,
        deletes: bool = False,
    ) -> Operation:
        operation = Operation(
            kind=kind,
            subscription=str(call.path.subscription),
            location=region(gateway.location),
            target=connection.id,
            duration=self.world.settings.gateways.connection,
            locks=frozenset({connection.key, gateway.key}),
            finish=finish,
            deletes=deletes,
        )
        return self.world.operations.start(operation, settings=self.world.settings, fault=call.operation_fault)


def hostname_of(gateway: Resource) -> str:
    """The hostname of a gateway, the same on each of its connections."""
    digest = base64.b32encode(hashlib.sha256(gateway.key.encode()).digest()).decode().lower()
    return f"{gateway.name.lower()}-{digest[:16]}.gateway.{region(gateway.location)}-01.azure-api.net"


def _invalid(message: str) -> ArmError:
    return provider_error(400, "ValidationError", message)
