"""Writes a resource's status: all of it, only when it differs, and only over the version that it was made from."""

from __future__ import annotations

from workspace_gateway_network.cluster.client import KubernetesClient, StatusError
from workspace_gateway_network.cluster.resource import guarded, path_of, was_overtaken
from workspace_gateway_network.model.json import JsonObject, canonical


async def write_status(client: KubernetesClient, *, resource: JsonObject, status: JsonObject) -> JsonObject | None:
    """Replace the status and return the resource as it is then, unwritten where the status is this one already.

    None when the resource has changed or gone meanwhile. Raises one of client.FAILURES, also for a status that the CRD refuses.
    """
    if canonical(resource.get("status")) == canonical(status):
        return resource
    operations = guarded(resource, {"op": "add", "path": "/status", "value": status})
    try:
        return await client.json_patch(f"{path_of(resource)}/status", operations)
    except StatusError as error:
        if was_overtaken(error):
            return None
        raise
