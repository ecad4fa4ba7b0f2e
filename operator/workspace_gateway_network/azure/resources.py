"""One resource at a time: by a list where it tells, alone where it cannot, and never older than what we wrote ourselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from workspace_gateway_network.azure.arm import Arm
from workspace_gateway_network.azure.errors import is_absence, is_refusal
from workspace_gateway_network.azure.failure import AzureError
from workspace_gateway_network.azure.lists import Listing
from workspace_gateway_network.azure.options import AzureOptions
from workspace_gateway_network.azure.overlay import Gone, Overlay, Single
from workspace_gateway_network.azure.shared import Shared, Timed
from workspace_gateway_network.model.json import JsonObject
from workspace_gateway_network.model.resource_id import ResourceId


class Resources:
    """Single resources, with what was read alone or written in front of what lists say. Nothing here raises for what Azure answers."""

    def __init__(self, *, arm: Arm, options: AzureOptions, now: Callable[[], float]) -> None:
        self._arm = arm
        self._options = options
        self._now = now
        self._singles: Shared[Single] = Shared(now=now)
        self._overlay = Overlay()
        self._absent: dict[ResourceId, Timed[Gone]] = {}

    async def read(self, resource_id: ResourceId, *, urgency: int) -> Single:
        """One resource, now and for the caller alone."""
        began = self._now()
        try:
            content: JsonObject | Gone = await self._arm.get(resource_id.text, urgency=urgency)
        except AzureError as error:
            if not is_absence(error.failure):
                return error.failure
            content = Gone(error.failure)
        else:
            self._absent.pop(resource_id, None)
        self._overlay.record(resource_id, began=began, content=content)
        return content

    async def alone(self, resource_id: ResourceId, *, not_before: float, urgency: int) -> Timed[Single]:
        """One resource by a GET that may be shared."""
        return await self._singles.get(resource_id.key, not_before=not_before, read=lambda: self.read(resource_id, urgency=urgency))

    async def listed(self, resource_id: ResourceId, listing: Listing, *, not_before: float, urgency: int) -> Timed[Single]:
        """A resource by a list, by a later single read that stands in front of it, or by a GET where the list cannot tell."""
        document, written = listing.documents.get(resource_id), self._overlay.written_at(resource_id)
        if written is not None:
            alone = await self.alone(resource_id, not_before=max(written, not_before), urgency=urgency)
            self._overlay.settle(resource_id, began=listing.began, listed=document, alone=alone.value)
            return alone
        newer = self._overlay.newer_than(resource_id, began=max(listing.began, not_before))
        if newer is not None:
            return Timed(newer.began, newer.content)
        if document is not None:
            return Timed(listing.began, document)
        if listing.failure is not None and not is_refusal(listing.failure):
            # A list that is not permitted leaves single reads; one that broke says that Azure is in trouble, and more requests are no help.
            return Timed(listing.began, listing.failure)
        return await self.alone(resource_id, not_before=not_before, urgency=urgency)

    async def confirmed(self, resource_id: ResourceId, listing: Listing, *, not_before: float, urgency: int) -> Timed[Single]:
        """As `listed`, but an absence that was confirmed once is believed for a while, as long as complete lists agree."""
        known = self._absent.get(resource_id)
        if (
            known is not None
            and listing.failure is None
            and resource_id not in listing.documents
            and known.began > self._now() - self._options.absence_memory
        ):
            return Timed(known.began, known.value)
        self._absent.pop(resource_id, None)
        single = await self.listed(resource_id, listing, not_before=not_before, urgency=urgency)
        if isinstance(single.value, Gone):
            self._absent[resource_id] = Timed(single.began, single.value)
        return single

    async def children(self, parent: ResourceId, kind: str, listing: Listing, *, not_before: float, urgency: int) -> list[Single]:
        """A whole list of a resource's children, with those of them in front that are known better than the list knows them."""
        documents: dict[ResourceId, Single] = dict(listing.documents)
        for resource_id in self._overlay.ids_below(parent, kind):
            is_written = self._overlay.written_at(resource_id) is not None
            if not is_written and self._overlay.newer_than(resource_id, began=max(listing.began, not_before)) is None:
                continue
            documents[resource_id] = (await self.listed(resource_id, listing, not_before=not_before, urgency=urgency)).value
        return list(documents.values())

    def touch(self, resource_ids: Iterable[ResourceId]) -> None:
        """These were written, or may have been, or lists are not good enough for them: look at each by itself until lists show it."""
        for resource_id in resource_ids:
            self._overlay.touch(resource_id, at=self._now())
            self._absent.pop(resource_id, None)

    def doubt_absences(self) -> None:
        """Ask again for whatever was absent."""
        self._absent.clear()

    async def close(self) -> None:
        """End what is being read."""
        await self._singles.close()
