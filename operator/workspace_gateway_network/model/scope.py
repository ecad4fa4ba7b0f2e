"""ARM scopes: a subscription, a resource group or a resource, with everything below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from workspace_gateway_network.api.schema import lower_ascii
from workspace_gateway_network.model.resource_id import MalformedResourceIdError, ResourceId

_SUBSCRIPTION = re.compile("/subscriptions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FORBIDDEN = re.compile(r"[\s*?#%\\]")
_MAX_LENGTH = 1024


class MalformedScopeError(ValueError):
    """A text that is no ARM scope."""


@dataclass(frozen=True)
class Scope:
    """One scope, in the spelling of whoever wrote it."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Scope:
        """Read `/subscriptions/<guid>`, `/subscriptions/<guid>/resourceGroups/<group>` or the ARM id of a resource.

        Raises:
            MalformedScopeError: it is none of them.
        """
        subscription = "/".join(lower_ascii(text).split("/")[:3])
        if len(text) > _MAX_LENGTH or _FORBIDDEN.search(text) or not _SUBSCRIPTION.fullmatch(subscription):
            raise MalformedScopeError(text)
        if len(text) > len(subscription):
            try:
                ResourceId.parse(text)
            except MalformedResourceIdError as error:
                raise MalformedScopeError(text) from error
        return cls(text)

    def covers(self, resource_id: ResourceId) -> bool:
        """Whether it is that resource, or one above it. Only whole segments count, and only the case of ASCII letters does not.

        Azure tells names apart that Unicode's lower case makes equal, such as those with a k and with U+212A.
        """
        return _segments(str(resource_id))[: len(self._own)] == self._own

    @cached_property
    def _own(self) -> tuple[str, ...]:
        return _segments(self.text)


def _segments(text: str) -> tuple[str, ...]:
    return tuple(lower_ascii(text).split("/"))
