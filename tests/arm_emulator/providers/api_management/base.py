"""What the resources of Microsoft.ApiManagement have in common."""

from __future__ import annotations

import base64
import itertools

from arm_emulator.arm import ArmPath, Document
from arm_emulator.providers.base import ResourceType
from arm_emulator.store import Resource

_versions = itertools.count(2_500_000)


class ApiManagementResourceType(ResourceType):
    """A type whose etag is a number in base64, shown in the body only."""

    def new(self, path: ArmPath, document: Document) -> Resource:
        resource = super().new(path, document)
        new_version(resource)
        return resource

    def place(self, path: ArmPath, document: Document) -> Resource:
        resource = super().place(path, document)
        new_version(resource)
        return resource

    def show(self, resource: Resource) -> Document:
        return super().show(resource) | {"etag": resource.etag}


def new_version(resource: Resource) -> None:
    """Give a changed resource a new etag."""
    resource.etag = base64.b64encode(next(_versions).to_bytes(8, "big")).decode()
