"""The emulated Azure: what there is, what is going on in it, and what time it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field

from arm_emulator.arm import Document
from arm_emulator.clock import Clock, Timeline
from arm_emulator.governance import Governance
from arm_emulator.listings import Listings
from arm_emulator.operations import Operations
from arm_emulator.past import Past
from arm_emulator.settings import Settings
from arm_emulator.store import Resource, Store
from arm_emulator.throttling import Throttle
from arm_emulator.tokens import Issuer

REGISTERED = "Registered"


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One subscription. ``registrations`` are the states of resource providers, by lower-cased namespace; a provider
    that is not in it is registered.
    """

    id: str
    tenant_id: str | None = None
    registrations: dict[str, str] = field(default_factory=dict)

    def registration(self, namespace: str) -> str:
        return self.registrations.get(namespace.lower(), REGISTERED)


@dataclass(frozen=True, kw_only=True)
class _State:
    """What there was at some time."""

    resources: Mapping[str, Resource]
    subscriptions: dict[str, Subscription]


class World:
    """Everything that one emulator knows, apart from its journal and faults."""

    def __init__(self, settings: Settings) -> None:
        self.started_with = settings
        self.tokens = Issuer()
        self._kept: dict[str, _State] = {}
        self.reset()

    def reset(self) -> None:
        """Back to an empty Azure with the settings that the emulator was started with."""
        self.settings = self.started_with
        self.tokens.forgive()
        self.clock = Clock(scale=self.settings.time_scale)
        self.timeline = Timeline(self.clock)
        self.operations = Operations(clock=self.clock, timeline=self.timeline)
        self.throttle = Throttle(self.clock, self.settings.limits)
        self.listings = Listings(self.clock)
        self.past = Past(self.clock)
        self.store = Store(removed=self.listings.note_removal)
        self.subscriptions: dict[str, Subscription] = {}
        self.governance = Governance()

    def keep(self, name: str) -> None:
        """Keep all resources and registrations as they are now, under a name that outlives a reset."""
        self.timeline.settle()
        self._kept[name] = _State(resources=self.store.snapshot(like={}), subscriptions=deepcopy(self.subscriptions))

    def go_back(self, name: str) -> None:
        """Have the resources and registrations that were kept, and no others; raises ``KeyError`` for a name that nothing has."""
        kept = self._kept[name]
        self.store = Store.holding((each.copy() for each in kept.resources.values()), removed=self.listings.note_removal)
        self.subscriptions = deepcopy(kept.subscriptions)

    def resource_group(self, *, subscription: str, name: str) -> Resource | None:
        return self.store.get(f"/subscriptions/{subscription}/resourceGroups/{name}")

    def remember(self, *, seconds: float) -> None:
        """Keep the present state, which is about to change, for those who are to see it for so many seconds more."""
        if seconds:
            self.timeline.settle()
            self.past.remember(self.store, seconds=seconds)

    @contextmanager
    def as_before(self, *, seconds: float) -> Iterator[None]:
        """Meanwhile, the world is as it was before the first change of the last so many seconds. For reading only."""
        present, earlier = self.store, self.past.before(seconds=seconds) if seconds else None
        self.store = present if earlier is None else earlier
        try:
            yield
        finally:
            self.store = present

    def change_settings(self, changes: Document) -> None:
        """Change settings while running; raises ``ValueError``. New limits begin with full buckets."""
        self.settings = self.settings.changed(changes)
        if self.settings.limits != self.throttle.limits:
            self.throttle = Throttle(self.clock, self.settings.limits)
