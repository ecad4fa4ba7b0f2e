"""What can be chosen about the emulator, on the command line or while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeVar, get_args

from arm_emulator.listings import LONGEST_LAG

LatencyName = Literal["instant", "lan", "azure"]
IfMatch = Literal["own", "network", "ignored"]
Conflict = Literal["429", "409", "off"]
UnreadableLists = Literal["filtered", "refused"]
NotProvisioned = Literal["429", "400"]
AddressVersions = Literal["all", "preview"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long things take, in seconds of the emulator's time.

    ``polls`` is how many polls of an operation say ``InProgress`` at least; the next one ends it. An operation
    that nobody polls ends by itself after ``unattended`` seconds, or after its own duration where
    that is ``None``. ``waits`` are the Retry-Afters that too early polls of one network operation get, one after the other.
    """

    response: float
    polls: int
    unattended: float | None
    waits: tuple[float, ...] = (1.0,)


LATENCIES: dict[LatencyName, Latency] = {
    "instant": Latency(response=0.0, polls=0, unattended=0.0),
    "lan": Latency(response=0.003, polls=2, unattended=1.0),
    "azure": Latency(response=0.06, polls=0, unattended=None, waits=(10, 20, 20, 40, 40, 80, 160, 100)),
}
"""The waits of ``azure`` are the recorded ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayTimes:
    """Seconds in the life of a workspace gateway: Microsoft says that creation takes up to three hours or more.

    A gateway is ``Created``, and not in any list yet, for its first ``acceptance`` seconds. ``connection`` is what a
    config connection takes under the latency ``azure``.
    """

    acceptance: float = 20.0
    activation: float = 3 * 3600.0
    update: float = 1800.0
    deletion: float = 900.0
    address_lag: float = 120.0
    link_lingers: float = 2 * 3600.0
    connection: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateDnsRules:
    """What private DNS may do either way.

    Lists lag ``list_lag`` seconds behind writes. ``lower_case_ids``: ids of links and record sets come back with the resource
    group, and the link's name, in lower case (recorded). ``reserves_azure_api``: a zone ``azure-api.net`` is refused (it
    was in 2022, and was created by others).
    """

    list_lag: float = 0.0
    lower_case_ids: bool = True
    reserves_azure_api: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much Azure lets through where it throttles.

    ARM's buckets hold so many ``reads``, ``writes`` and ``deletes`` of a principal in a subscription, and so many of them come back each
    second (Microsoft's *Throttling requests*, 2025). The others are limits of a resource provider in a subscription and five minutes:
    those of Microsoft.Network are documented; those of private DNS have moved in recorded answers, and are the lowest of these.
    """

    reads: int = 250
    writes: int = 200
    deletes: int = 200
    reads_a_second: int = 25
    writes_a_second: int = 10
    deletes_a_second: int = 10
    network_reads: int = 10_000
    network_writes: int = 1_000
    private_dns_reads: int = 500
    private_dns_writes: int = 800
    private_dns_entities: int = 60_000


_Part = TypeVar("_Part", GatewayTimes, PrivateDnsRules, Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One emulator's choices.

    ``if_match`` says what If-Match on subnets and rules is compared with: the resource's ``own`` etag, the whole
    ``network``'s (a sibling's write then costs a 412), or nothing. ``network_conflict`` and
    ``security_group_conflict`` say what a second write gets while one is running: 429 RetryableError,
    409 AnotherOperationInProgress, or acceptance. ``hold_operations`` keeps new operations InProgress until released.
    ``not_provisioned`` is the status of a write that refers to a resource which is not Succeeded. ``unreadable_lists``: a list that its
    caller may not read as a whole leaves out what it may not see, or is refused. ``polls_need_role``: polling an operation takes a
    role at the subscription, too.
    ``network_etag_header``: a GET of a network has an ETag header, as it had in recordings until 2025 and no longer in 2026.
    ``gateway_address`` says which api-versions show the private address of a gateway, which no version declares.
    """

    latency: LatencyName = "instant"
    time_scale: float = 1.0
    throttle: bool = False
    if_match: IfMatch = "own"
    network_conflict: Conflict = "429"
    security_group_conflict: Conflict = "off"
    not_provisioned: NotProvisioned = "429"
    unreadable_lists: UnreadableLists = "filtered"
    polls_need_role: bool = False
    network_etag_header: bool = True
    page_size: int = 50
    hold_operations: bool = False
    gateway_address: AddressVersions = "all"
    gateways: GatewayTimes = field(default_factory=GatewayTimes)
    private_dns: PrivateDnsRules = field(default_factory=PrivateDnsRules)
    limits: Limits = field(default_factory=Limits)

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
            "not_provisioned": get_args(NotProvisioned),
            "unreadable_lists": get_args(UnreadableLists),
            "polls_need_role": (True, False),
            "network_etag_header": (True, False),
            "hold_operations": (True, False),
            "gateway_address": get_args(AddressVersions),
        }
        others = ("page_size", "gateways", "private_dns", "limits")
        values = dict(changes)
        for name, value in values.items():
            if name in others:
                continue
            if name not in changeable:
                raise ValueError(f"{name} cannot be changed; what can: {', '.join([*changeable, *others])}")
            if value not in changeable[name]:
                raise ValueError(f"{name} must be one of {', '.join(map(str, changeable[name]))}")
        if not isinstance(values.get("page_size", 1), int) or values.get("page_size", 1) < 1:
            raise ValueError("page_size must be a whole number from 1 up")
        if "gateways" in values:
            values["gateways"] = _changed(self.gateways, values["gateways"], name="gateways")
        if "limits" in values:
            values["limits"] = _changed(self.limits, values["limits"], name="limits")
        if "private_dns" in values:
            values["private_dns"] = _changed(self.private_dns, values["private_dns"], name="private_dns")
            if not 0 <= values["private_dns"].list_lag <= LONGEST_LAG:
                raise ValueError(f"list_lag must be from 0 to {LONGEST_LAG:g} seconds")
        return replace(self, **values)


def _changed(part: _Part, changes: dict[str, Any], *, name: str) -> _Part:
    """A part of the settings with some of its fields changed; each keeps its type."""
    known = {each.name: type(getattr(part, each.name)) for each in fields(part)}
    unknown = changes.keys() - known.keys()
    if unknown:
        raise ValueError(f"{name} has no {', '.join(sorted(unknown))}")
    return replace(part, **{each: known[each](value) for each, value in changes.items()})
