"""One thing that is in the way, or worth knowing, and the words in which a resource tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stage.place import Place
from stage.stage import Document

ALONE = "A workspace gateway needs the subnet to itself"
SIZES = "a workspace gateway needs /27 to /24, /24 recommended. Use another subnet; the prefix of a subnet in use cannot be changed."
UNLOCK = "Remove the lock, or lift it for a while."
PREPARED = "The network is prepared; a gateway can be created in subnet team-a."
MET = "Subnet team-a has the size and the region that a workspace gateway needs, and serves nobody else."
SMALLER = "Subnet 10.1.0.0/26 is smaller than the recommended /24, and cannot be enlarged once a gateway is in it."
UNEXPLAINED = (
    "a gateway that is being created or was deleted, or another service. Until it is gone Azure may refuse to change the delegation or to"
    " create a gateway."
)
NOTED = f"{MET} Note: {SMALLER}"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something in the way, and what is said. In texts, ids are those of `seeds`, and <mark> and <group> are the resource's own."""

    reason: str
    message: str
    """Of Ready."""
    details: Mapping[str, str] = field(default_factory=dict)
    """The messages of other conditions."""
    given: Callable[[Place], object] = lambda _: None
    """What is so in Azure before anybody looks."""
    spec: Document = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    """States of resource providers that are not registered here."""
    name: str = "team-a"
    """The resource that says it."""
    writes: bool = False
    """Whether Azure takes any write here."""


def well(*notes: str, given: Callable[[Place], object] = lambda _: None, **fields: object) -> Case:
    """Nothing is in the way, though this is worth knowing."""
    told = {"PrerequisitesMet": " ".join((NOTED, *notes))}
    return Case(reason="AwaitingGateway", message=PREPARED, details=told, given=given, writes=True, **fields)  # type: ignore[arg-type]


def counted(message: str, others: int) -> str:
    """The message of the worst of several findings."""
    return f"{message} ({others} more finding{'s' if others > 1 else ''}: see the other conditions and the events.)"


def locked(name: str, level: str, scope: str, attempt: str) -> str:
    """What is said of a lock."""
    return f"The lock {name} ({level}) on {scope} does not allow the operator to {attempt}. {UNLOCK}"
