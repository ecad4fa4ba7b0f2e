"""ARM resource ids as values that compare the way Azure compares them: without case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


class MalformedResourceIdError(ValueError):
    """A text that is no ARM resource id."""


@dataclass(frozen=True)
class ResourceId:
    """The id of a resource group or of anything in one.

    Azure answers with ids in other cases than they were sent in (private DNS lower-cases groups and links, `ipConfigurations` come
    in capitals), so equality and hash ignore case, while `str()` keeps the spelling it was made from.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> ResourceId:
        """Read an id such as `/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}…`.

        Raises:
            MalformedResourceIdError: the text does not have that shape.
        """
        parts = text.split("/")
        is_group = len(parts) == 5
        is_resource = len(parts) >= 9 and len(parts) % 2 == 1 and parts[5].lower() == "providers"
        if not (is_group or is_resource) or parts[0] or not all(parts[1:]):
            raise MalformedResourceIdError(f"{text!r} is not an ARM resource id")
        if parts[1].lower() != "subscriptions" or parts[3].lower() != "resourcegroups":
            raise MalformedResourceIdError(f"{text!r} does not begin with /subscriptions/…/resourceGroups/…")
        return cls(text)

    @cached_property
    def key(self) -> str:
        """The id in lower case: what to compare and to index by."""
        return self.text.lower()

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        return tuple(self.text.split("/"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ResourceId) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.text

    @property
    def subscription(self) -> str:
        """The subscription's GUID, in lower case."""
        return self._parts[2].lower()

    @property
    def resource_group(self) -> ResourceId:
        """The id of the group that the resource is in."""
        return ResourceId("/".join(self._parts[:5]))

    @property
    def name(self) -> str:
        """The last segment."""
        return self._parts[-1]

    @property
    def type(self) -> str:
        """The resource type in lower case, such as `microsoft.network/virtualnetworks/subnets`; empty for a resource group.

        A resource provider of a subscription has its own name for a type.
        """
        if self._parts[3:4] == ("providers",):
            return self._parts[4].lower()
        return "/".join((*self._parts[6:7], *self._parts[7::2])).lower()

    @property
    def parent(self) -> ResourceId:
        """The id two segments up: of a subnet its virtual network, of a rule its network security group."""
        return ResourceId("/".join(self._parts[:-2]))

    def child(self, kind: str, name: str) -> ResourceId:
        """The id of a child resource, such as `.child("securityRules", "wgn-…")`."""
        return ResourceId(f"{self.text}/{kind}/{name}")

    def resource(self, kind: str, name: str) -> ResourceId:
        """Of a resource group: the id of a resource in it, `kind` with its namespace (`Microsoft.Network/networkSecurityGroups`)."""
        return ResourceId(f"{self.text}/providers/{kind}/{name}")
