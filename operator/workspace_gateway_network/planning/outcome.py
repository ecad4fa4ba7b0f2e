"""How carrying out a plan went."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workspace_gateway_network.model.json import Json
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.step import Step


@dataclass(frozen=True, kw_only=True)
class ConcurrentChange:
    """Somebody else's property that read back other than it was sent: a rival wrote during our write, or Azure dropped it."""

    resource: ResourceId
    path: str
    sent: Json
    read: Json


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one pass wrote, and why it stopped where it did."""

    completed: tuple[Step, ...] = ()
    """Steps whose writes were seen to have ended well in this pass."""
    undone: tuple[Step, ...] = ()
    """Steps whose writes ended well too, and were not there any more when they were read back: somebody took them away at once."""
    waiting_for: ResourceId | None = None
    """Azure is still working on this: our own write, or somebody's."""
    moved: bool = False
    """The world changed between the look and the write; nothing was written, and a new look is due at once."""
    problem: Finding | None = None
    retry_after: float | None = None
    """Seconds until it makes sense to come back, where Azure or the executor knows."""
    concurrent_changes: tuple[ConcurrentChange, ...] = ()

    def after(self, earlier: Outcome) -> Outcome:
        """The same, with what was written before it in the same pass."""
        return replace(
            self,
            completed=(*earlier.completed, *self.completed),
            undone=(*earlier.undone, *self.undone),
            concurrent_changes=(*earlier.concurrent_changes, *self.concurrent_changes),
        )
