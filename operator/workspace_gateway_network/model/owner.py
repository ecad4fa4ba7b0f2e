"""Who owns a thing in Azure: the marks by which an operator knows its own, even after it lost all memory."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

MARK_PREFIX = "wgn-"
"""Begins the name of every delegation, security rule and network security group that any of these operators made."""

OWNER_TAG = "wgn-owner"
RESOURCE_TAG = "wgn-resource"


def mark_in(notes: Mapping[str, str], name: str) -> str:
    """What a mark says among tags or metadata, whose names have no case in Azure; empty where it is not among them."""
    return next((value for key, value in notes.items() if key.lower() == name), "")


@dataclass(frozen=True, kw_only=True)
class Owner:
    """One custom resource as the owner of things in Azure."""

    cluster_id: str
    namespace: str
    name: str

    @property
    def cluster_mark(self) -> str:
        """6 hex digits that tell this cluster's marks from another's."""
        return _digest(self.cluster_id)[:6]

    @property
    def mark(self) -> str:
        """16 hex digits: the cluster's 6, then 10 of the resource's namespace and name."""
        return self.cluster_mark + _digest(f"{self.namespace}/{self.name}")[:10]

    @property
    def resource(self) -> str:
        """What the tag `wgn-resource` says: `<cluster id>/<namespace>/<name>`."""
        return f"{self.cluster_id}/{self.namespace}/{self.name}"

    @property
    def tags(self) -> dict[str, str]:
        """The tags on everything with tags that this owner made."""
        return {OWNER_TAG: self.mark, RESOURCE_TAG: self.resource}

    @property
    def name_prefix(self) -> str:
        """What the names of this owner's security rules begin with; without the last hyphen, its delegation's name."""
        return f"{MARK_PREFIX}{self.mark}-"

    @property
    def delegation_name(self) -> str:
        """The name of a delegation that this owner made."""
        return f"{MARK_PREFIX}{self.mark}"


@functools.lru_cache(maxsize=4096)
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
