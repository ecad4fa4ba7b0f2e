"""A custom resource as the API server addresses and guards it."""

from __future__ import annotations

from http import HTTPStatus

from workspace_gateway_network.api.names import GROUP, PLURAL, VERSION
from workspace_gateway_network.cluster.client import StatusError
from workspace_gateway_network.model.json import JsonObject, child, text


def path_of(resource: JsonObject) -> str:
    """Where the resource is, below the API server's address."""
    metadata = child(resource, "metadata")
    return f"/apis/{GROUP}/{VERSION}/namespaces/{text(metadata, 'namespace')}/{PLURAL}/{text(metadata, 'name')}"


def guarded(resource: JsonObject, operation: JsonObject) -> tuple[JsonObject, ...]:
    """The operation as a JSON patch that applies to this very version of the resource, or not at all."""
    version = text(child(resource, "metadata"), "resourceVersion")
    return ({"op": "test", "path": "/metadata/resourceVersion", "value": version}, operation)


def was_overtaken(error: StatusError) -> bool:
    """Whether a guarded patch was refused because the resource has changed or gone, and not for what is in it.

    A failed `test` is answered 422 without a cause; what the CRD refuses is a 422 with a cause for each field.
    """
    if error.code == HTTPStatus.UNPROCESSABLE_ENTITY:
        return not error.causes
    return error.code in (HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND)
