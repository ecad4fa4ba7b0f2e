"""Under which names, and at which addresses, a gateway is reached inside the network: what is known, and what is waited for."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.gateway import ApiManagementService, Gateway
from workspace_gateway_network.model.private_dns import APEX, PRIVATE_DNS_ZONE, relative_name
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Found, Reading, Unreadable

_CORRECT = "Set spec.gateway.hostnames to the gateway's own names."


@dataclass(frozen=True, kw_only=True)
class DesiredNames:
    """What a spec asks for in private DNS."""

    is_managed: bool
    """Whether zones, links and records are written; otherwise the organisation does that, and they are only reported."""
    zone_ids: tuple[ResourceId, ...]
    """The organisation's own zones; a host goes into the one with the longest name that it lies in."""
    default_group: ResourceId
    """The resource group for zones that we create."""
    network_ids: tuple[ResourceId, ...]
    """The networks that must resolve the names: the gateway's own, then the listed ones."""
    ttl: int
    adopts: bool
    """Whether a record of somebody else that is in the way is taken over."""
    suffixes: tuple[str, ...]
    """What every hostname must lie below."""
    hostnames: tuple[str, ...] = ()
    """In place of what Azure says; empty where Azure is asked."""
    addresses: tuple[str, ...] = ()
    """In place of what Azure says; empty where Azure is asked."""

    def place(self, hostname: str) -> tuple[ResourceId, str]:
        """The zone that a host belongs in, and its relative name there."""
        named = ((zone_id, relative_name(hostname=hostname, zone=zone_id.name)) for zone_id in self.zone_ids)
        fitting = [(zone_id, name) for zone_id, name in named if name is not None]
        if fitting:
            return max(fitting, key=lambda placed: len(placed[0].name))
        own = self.default_group.resource(PRIVATE_DNS_ZONE, hostname)
        return own, APEX


@dataclass(frozen=True, kw_only=True)
class Names:
    """What is known of a gateway's names and addresses. What is not known is None, and never an empty list."""

    hostnames: tuple[str, ...] | None
    addresses: tuple[str, ...] | None
    waiting: Finding | None = None
    """Why one of them is not known yet, where that is only a matter of time."""
    findings: tuple[Finding, ...] = ()
    """Why one of them could not be read, or must not be used."""
    forbidden: frozenset[str] = frozenset()
    """The hostnames that must not be used, or are not known to be this gateway's."""
    is_complete: bool = False
    """Whether the hostnames are all there are: only then does one that is missing mean that it is gone."""

    @property
    def known(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Hostnames and addresses, where both are known and may be used."""
        return self.usable if not self.findings else None

    @property
    def usable(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Those hostnames that may be used, and the addresses: for these, what else stands in the way can be told."""
        hostnames = tuple(hostname for hostname in self.hostnames or () if hostname not in self.forbidden)
        return (hostnames, self.addresses) if hostnames and self.addresses else None


def discover(
    *,
    desired: DesiredNames,
    gateway: Gateway | None,
    connections: Reading[tuple[str, ...]],
    subnet_id: ResourceId,
    prefixes: Sequence[str] | None,
    service: ApiManagementService | None,
    others: Mapping[str, Gateway],
) -> Names:
    """Put together what the spec gives and what Azure says, and hold both to the rules that keep names from being hijacked.

    `others` are all other gateways by each name that they are known to have; the subnet's `prefixes` and the `service` are None where they
    were not read.
    """
    unread = (connections.finding.of_access,) if isinstance(connections, Unreadable) else ()
    hostnames = hostnames_of(gateway, connections, desired=desired)
    addresses = desired.addresses or (gateway.private_ip_addresses if gateway else ())
    own = _own_hostnames(gateway, connections, desired=desired)
    forbidden = dict(_forbidden_hostnames(hostnames, suffixes=desired.suffixes, own=own, service=service, others=others))
    outside = () if prefixes is None else tuple(_forbidden_addresses(addresses, subnet_id=subnet_id, prefixes=prefixes))
    must_ask = not desired.hostnames
    return Names(
        hostnames=hostnames or None,
        addresses=tuple(sorted(set(addresses))) or None,
        waiting=_waiting(gateway, connections, desired=desired, subnet_id=subnet_id, known=(hostnames, addresses)),
        findings=(*(unread if must_ask else ()), *forbidden.values(), *outside),
        forbidden=frozenset(forbidden),
        is_complete=not must_ask or _are_all_named(gateway, connections),
    )


def _are_all_named(gateway: Gateway | None, connections: Reading[tuple[str, ...]]) -> bool:
    """Whether Azure says all names that there are. A list without a connection, or with one that has no name yet, is no evidence."""
    is_settled = gateway is not None and gateway.provisioning_state == "Succeeded"
    return is_settled and isinstance(connections, Found) and bool(connections.value) and all(connections.value)


def hostnames_of(gateway: Gateway | None, connections: Reading[tuple[str, ...]], *, desired: DesiredNames) -> tuple[str, ...]:
    """The hostnames that the spec gives, else those that Azure says; in lower case."""
    given = tuple(sorted(hostname.lower() for hostname in desired.hostnames))
    return given or _found_hostnames(gateway, connections, suffixes=desired.suffixes)


def _found_hostnames(gateway: Gateway | None, connections: Reading[tuple[str, ...]], *, suffixes: Sequence[str]) -> tuple[str, ...]:
    """The gateway's own name and its connections', those below an allowed suffix. Users put all kinds of hosts into connections."""
    return tuple(name for name in _all_names(gateway, connections) if _labels_before_suffix(name, suffixes) > 1)


def _all_names(gateway: Gateway | None, connections: Reading[tuple[str, ...]]) -> tuple[str, ...]:
    """Whatever Azure says that the gateway and its connections are called, in lower case."""
    names = [gateway.default_hostname] if gateway else []
    if gateway and isinstance(connections, Found):
        names += connections.value
    return tuple(sorted(filter(None, set(map(_folded, names)))))


def _own_hostnames(gateway: Gateway | None, connections: Reading[tuple[str, ...]], *, desired: DesiredNames) -> tuple[str, ...]:
    """What the spec's hostnames must be among: all of the gateway's own, or nothing while there may be more of them."""
    if not isinstance(connections, Found) or not all(connections.value):
        return ()
    return _found_hostnames(gateway, connections, suffixes=desired.suffixes)


def _labels_before_suffix(hostname: str, suffixes: Sequence[str]) -> int:
    """How many labels a hostname has before the longest suffix that it lies below, which is its service's; 0 where it lies below none."""
    below = [suffix for suffix in suffixes if hostname.endswith(f".{suffix}")]
    return hostname.removesuffix(f".{max(below, key=len)}").count(".") + 1 if below else 0


def _waiting(
    gateway: Gateway | None,
    connections: Reading[tuple[str, ...]],
    *,
    desired: DesiredNames,
    subnet_id: ResourceId,
    known: tuple[Sequence[str], Sequence[str]],
) -> Finding | None:
    hostnames, addresses = known
    if hostnames and addresses:
        return None
    if gateway is None:
        return _wait(Reason.AWAITING_GATEWAY, f"No gateway is in subnet {subnet_id.name} yet, so there is no name to publish.")
    if not gateway.is_up:
        state = gateway.provisioning_state or "in an unknown state"
        return _wait(Reason.AWAITING_GATEWAY, f"Gateway {gateway.name} is {state}, so it has no name or address to publish yet.")
    if not hostnames and (passed_over := _all_names(gateway, connections)):
        return _wait(
            Reason.AWAITING_HOSTNAME,
            f"Gateway {gateway.name} has no hostname below {' or '.join(desired.suffixes)} yet, only {' and '.join(passed_over)}. Connect a"
            " workspace to it, or have whoever runs the operator allow the suffix of its names (WGN_GATEWAY_SUFFIXES).",
        )
    if not hostnames:
        return _wait(
            Reason.AWAITING_HOSTNAME,
            f"Gateway {gateway.name} has no hostname yet: it gets one with its first workspace. Connect a workspace to it.",
        )
    return _wait(
        Reason.PRIVATE_IP_UNKNOWN,
        f"Gateway {gateway.name} has no private IP address yet; Azure can show it some minutes after the gateway is created. If it does"
        " not, set spec.gateway.privateIPAddresses.",
    )


def _wait(reason: Reason, message: str) -> Finding:
    return Finding(condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=reason, message=message)


def _forbidden_hostnames(
    hostnames: Sequence[str],
    *,
    suffixes: Sequence[str],
    own: Sequence[str],
    service: ApiManagementService | None,
    others: Mapping[str, Gateway],
) -> Iterator[tuple[str, Finding]]:
    """Each hostname that must not be used, or not yet, and why."""
    owners = {_folded(name): other for name, other in others.items()}
    for hostname in hostnames:
        owner = owners.get(hostname)
        objection = _objection(hostname, suffixes=suffixes, own=own, service=service, owner=owner)
        if objection:
            yield hostname, _forbidden(f"Hostname {hostname} {objection}")
        elif owner:
            yield hostname, _perhaps_this_gateways(hostname, owner)


def _objection(
    hostname: str, *, suffixes: Sequence[str], own: Sequence[str], service: ApiManagementService | None, owner: Gateway | None
) -> str:
    """What speaks against a hostname, and the fix; empty where nothing does. An owner that does not say where it is may be this gateway."""
    labels = _labels_before_suffix(hostname, suffixes)
    if labels == 0:
        return (
            f"is not below {' or '.join(suffixes)}, the suffixes that WGN_GATEWAY_SUFFIXES allows. Set spec.gateway.hostnames to the"
            " gateway's own names, or have whoever runs the operator allow their suffix."
        )
    if labels == 1:
        return f"is one of an API Management service, not of a workspace gateway. {_CORRECT}"
    if service and hostname in map(_folded, service.hostnames):
        return f"belongs to API Management service {service.id.name}, not to this gateway. {_CORRECT}"
    if owner:
        return f"belongs to gateway {owner.name}, not to this gateway. {_CORRECT}" if owner.is_placed else ""
    if own and hostname not in own:
        return f"is not among the names of the gateway in this subnet: {', '.join(own)}. {_CORRECT}"
    return ""


def _folded(hostname: str) -> str:
    return hostname.lower().rstrip(".")


def _perhaps_this_gateways(hostname: str, owner: Gateway) -> Finding:
    """A field that Azure leaves out for a while neither gives a name away nor forbids it."""
    return Finding(
        condition=ConditionType.AZURE_ACCESS,
        reason=Reason.AZURE_UNAVAILABLE,
        message=(
            f"Azure does not say in which subnet gateway {owner.name} is, so it is not known whether hostname {hostname} is this subnet's."
            " It is looked for again."
        ),
    )


def _forbidden_addresses(addresses: Sequence[str], *, subnet_id: ResourceId, prefixes: Sequence[str]) -> Iterator[Finding]:
    networks = [ipaddress.ip_network(prefix, strict=False) for prefix in prefixes]
    for address in addresses:
        if not any(_lies_in(address, network) for network in networks):
            yield _forbidden(
                f"Private IP address {address} does not lie in subnet {subnet_id.name} ({', '.join(prefixes)}), so nothing is pointed at"
                " it. Set spec.gateway.privateIPAddresses to the gateway's own."
            )


def _lies_in(address: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.ip_address(address) in network
    except ValueError:
        return False


def _forbidden(message: str) -> Finding:
    return Finding(condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.SCOPE_NOT_ALLOWED, message=message)
