"""What the private DNS provider refuses, and how: its errors are not wrapped in ``error``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from arm_emulator.arm import Answer, ArmError, ArmPath, Document, front_door_error


class BareError(ArmError):
    """An error of the private DNS provider: ``{"code", "message"}`` and nothing around it (recorded by clients)."""

    def answer(self) -> Answer:
        body = {"code": self.code, "message": self.message}
        return replace(super().answer(), body=body, escaped=True)


def bad_request(message: str) -> BareError:
    """The provider's refusal of a request that can never work."""
    return BareError(400, "BadRequest", message)


def too_many_requests(limit: str, *, wait: str) -> BareError:
    """The provider's 429; code and text are not documented."""
    message = f"The limit of {limit} of private DNS in 5 minutes has been reached. Retry after {wait} seconds."
    return BareError(429, "TooManyRequests", message, headers={"Retry-After": wait})


def precondition_failed(message: str) -> Document:
    """The error of a condition that does not hold."""
    return {"code": "PreconditionFailed", "message": message}


def parent_not_found(method: str, path: ArmPath) -> ArmError:
    """The front door's 404 for a record set below a zone that is not there (recorded for PUT and DELETE)."""
    action = {"GET": "read", "HEAD": "read", "DELETE": "delete"}.get(method, "write")
    parent = path.parent
    assert parent is not None
    return front_door_error(
        404,
        "ParentResourceNotFound",
        f"Failed to perform '{action}' on resource(s) of type '{'/'.join(path.types)}', because the parent resource "
        f"'{parent.text}' could not be found.",
    )


def nested_resources_exist(nested: list[str]) -> ArmError:
    """The front door's 409 for a zone that still has links, even while they are being deleted (recorded)."""
    return front_door_error(
        409,
        "CannotDeleteResource",
        "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: "
        f"'{', '.join(nested)}'. Please delete all nested resources before deleting this resource.",
    )


def location_not_available(location: str, *, type: str) -> ArmError:
    """The front door's refusal of a region for a type that is global."""
    return front_door_error(
        400,
        "LocationNotAvailableForResourceType",
        f"The provided location '{location}' is not available for resource type '{type}'. List of available regions for the "
        "resource type is 'global'.",
    )


def unmet(headers: Mapping[str, str], *, etag: str | None, exists: str, modified: str) -> Document | None:
    """The error of the condition that does not hold for a resource with this etag (``None``: there is no resource).

    Etags count with and without quotes. ``exists`` and ``modified`` are the messages for either condition.
    """
    unless = headers.get("if-none-match")
    if unless is not None and etag is not None and _bare(unless) in ("*", _bare(etag)):
        return precondition_failed(exists)
    wanted = headers.get("if-match")
    if wanted is not None and (etag is None or _bare(wanted) not in ("*", _bare(etag))):
        return precondition_failed(modified)
    return None


def _bare(etag: str) -> str:
    return etag.strip().removeprefix("W/").strip('"')
