"""One of many places on a stage: a namespace and a subscription of its own, in which everything has the same names as elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from stage import seeds
from stage.injection import look
from stage.stage import Document, Stage

WRITES = ["PUT", "PATCH", "DELETE"]


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
