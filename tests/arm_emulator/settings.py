"""What can be chosen about the emulator, on the command line or while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

LatencyName = Literal["instant", "lan", "azure"]
IfMatch = Literal["own", "network", "ignored"]
Conflict = Literal["429", "409", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long things take, in seconds of the emulator's time.

    ``polls`` is how many polls of an operation say ``InProgress`` at least; the next one ends it. An operation
    that nobody polls ends by itself after ``unattended`` seconds, or after its own duration where
    that is ``None``.
    """

    response: float
    polls: int
    unattended: float | None


LATENCIES: dict[LatencyName, Latency] = {
    "instant": Latency(response=0.0, polls=0, unattended=0.0),
    "lan": Latency(response=0.003, polls=2, unattended=1.0),
    "azure": Latency(response=0.06, polls=0, unattended=None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayTimes:
    """Seconds in the life of a workspace gateway: Microsoft says that creation takes up to three hours or more."""

    activation: float = 3 * 3600.0
    update: float = 1800.0
    deletion: float = 900.0
    address_lag: float = 120.0
    link_lingers: float = 2 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One emulator's choices.

    ``if_match`` says what If-Match on subnets and rules is compared with: the resource's ``own`` etag, the whole
    ``network``'s (a sibling's write then costs a 412), or nothing. ``network_conflict`` and
    ``security_group_conflict`` say what a second write gets while one is running: 429 RetryableError,
    409 AnotherOperationInProgress, or acceptance. ``hold_operations`` keeps new operations InProgress until released.
    """

    latency: LatencyName = "instant"
    time_scale: float = 1.0
    throttle: bool = False
    if_match: IfMatch = "own"
    network_conflict: Conflict = "429"
    security_group_conflict: Conflict = "off"
    page_size: int = 50
    hold_operations: bool = False
    gateways: GatewayTimes = field(default_factory=GatewayTimes)

    @property
    def profile(self) -> Latency:
        return LATENCIES[self.latency]

    def changed(self, changes: dict[str, Any]) -> Settings:
        """The settings after a change by the control endpoint; raises ``ValueError`` for what cannot be changed."""
        changeable = {
            "latency": get_args(LatencyName),
            "throttle": (True, False),
            "if_match": get_args(IfMatch),
            "network_conflict": get_args(Conflict),
            "security_group_conflict": get_args(Conflict),
            "hold_operations": (True, False),
        }
        values = dict(changes)
        for name, value in values.items():
            if name in ("page_size", "gateways"):
                continue
            if name not in changeable:
                raise ValueError(f"{name} cannot be changed; what can: {', '.join([*changeable, 'page_size', 'gateways'])}")
            if value not in changeable[name]:
                raise ValueError(f"{name} must be one of {', '.join(map(str, changeable[name]))}")
        if not isinstance(values.get("page_size", 1), int) or values.get("page_size", 1) < 1:
            raise ValueError("page_size must be a whole number from 1 up")
        if "gateways" in values:
            times = {name: float(seconds) for name, seconds in values["gateways"].items()}
            unknown = times.keys() - {each.name for each in fields(GatewayTimes)}
            if unknown:
                raise ValueError(f"gateways has no {', '.join(sorted(unknown))}")
            values["gateways"] = replace(self.gateways, **times)
        return replace(self, **values)
