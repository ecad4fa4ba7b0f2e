"""Adds and removes our finalizer: the only thing that is ever written to the resource itself."""

from __future__ import annotations

from workspace_gateway_network.api.names import FINALIZER
from workspace_gateway_network.cluster.client import KubernetesClient, StatusError
from workspace_gateway_network.cluster.resource import guarded, path_of, was_overtaken
from workspace_gateway_network.model.json import JsonObject, child, texts


async def set_finalizer(client: KubernetesClient, *, resource: JsonObject, present: bool) -> JsonObject | None:
    """Have our finalizer there or not, others' untouched, and return the resource as it is then.

    None when the resource has changed or gone meanwhile. Raises one of client.FAILURES.
    """
    before = texts(child(resource, "metadata"), "finalizers")
    if (FINALIZER in before) == present:
        return resource
    after = [*before, FINALIZER] if present else [finalizer for finalizer in before if finalizer != FINALIZER]
    try:
        return await client.json_patch(path_of(resource), guarded(resource, {"op": "add", "path": "/metadata/finalizers", "value": after}))
    except StatusError as error:
        if was_overtaken(error):
            return None
        raise
