"""One of many places on a stage: a namespace and a subscription of its own, in which everything has the same names as elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stage import seeds
from stage.injection import look
from stage.stage import Document, Stage

WRITES = ["PUT", "PATCH", "DELETE"]


def subscription_of(name: str) -> str:
    """The subscription of a place: an id that is the same in every run."""
    return f"00000000-0000-0000-0000-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def seed_of(places: Mapping[str, Mapping[str, str]]) -> Document:
    """One network and one service in the subscription of every place, and the resource providers there in these states."""
    resources = json.dumps(seeds.hub()["resources"])
    return {
        "subscriptions": [
            {"subscriptionId": subscription_of(name), "tenantId": seeds.TENANT, "providers": providers}
            for name, providers in places.items()
        ],
        "resources": [each for name in places for each in json.loads(resources.replace(seeds.SUBSCRIPTION, subscription_of(name)))],
    }


@dataclass(frozen=True, kw_only=True)
class Place:
    """The namespace and the subscription. Ids are those of `seeds`, and are taken to mean what is here."""

    stage: Stage
    """In that namespace."""
    subscription: str

    def here(self, value: Any) -> Any:
        """The same ids, in this subscription."""
        return json.loads(json.dumps(value).replace(seeds.SUBSCRIPTION, self.subscription))

    def document(self, **spec: Any) -> Document:
        """The resource to apply."""
        document: Document = self.here(self.stage.document(**spec))
        return document

    def put(self, document: Document) -> None:
        """Have Azure hold a resource, by the id in its document."""
        placed = self.here(document)
        self.stage.azure.put(placed["id"], placed)

    def patch(self, id: str, **merge: Any) -> None:
        """Change a resource in Azure."""
        self.stage.azure.patch(self.here(id), self.here(merge))

    def set(self, id: str, **properties: Any) -> None:
        """Change properties of a resource in Azure."""
        self.patch(id, properties=properties)

    def delete(self, id: str) -> None:
        """Take a resource out of Azure."""
        self.stage.azure.delete(self.here(id))

    def fault(self, *, path: str = "", method: str | list[str] | None = None, **effect: Any) -> None:
        """Have something go wrong here only; `path` is what follows the subscription, in lower case."""
        self.stage.azure.add_fault(path=f"/subscriptions/{self.subscription}/.*{path}", method=method, **effect)

    def hold(self) -> None:
        """Have Azure begin what is asked of it, and never finish it."""
        self.fault(method=WRITES, operation="hold")

    def look(self) -> None:
        """Have the operator look at Azure."""
        look(self.stage)
