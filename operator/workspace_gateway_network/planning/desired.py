"""What a spec comes to, once the requirements of its version and mode are looked up: everything planning needs, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workspace_gateway_network.api.additional_rule import AdditionalRule
from workspace_gateway_network.api.dns import DnsManagement, DnsSpec, OnConflict
from workspace_gateway_network.api.gateway import GatewaySpec
from workspace_gateway_network.api.spec import Attach, Mode, OnDeny, ResourceProviderRegistration, Spec
from workspace_gateway_network.model.gateway import Gateway, VirtualNetworkType
from workspace_gateway_network.model.network_security_group import NETWORK_SECURITY_GROUP
from workspace_gateway_network.model.owner import Owner
from workspace_gateway_network.model.ports import ANY_PORT, Ports
from workspace_gateway_network.model.private_dns import PRIVATE_DNS_ZONE
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import Access, Address, Direction, SecurityRule, Side
from workspace_gateway_network.model.subnet import Delegation
from workspace_gateway_network.planning.names import DesiredNames, hostnames_of
from workspace_gateway_network.planning.observed import Reading
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.requirements.requirements import (
    ModeRequirements,
    RequiredRule,
    Requirements,
    RuleKind,
    load,
)

_TYPE_OF_MODE = {Mode.INTEGRATION: VirtualNetworkType.EXTERNAL, Mode.INJECTION: VirtualNetworkType.INTERNAL}

DEFAULT_GATEWAY_SUFFIXES = ("azure-api.net", "azure-api.us", "azure-api.cn")
"""What the hostnames of gateways end with in Azure's clouds."""

_GROUP_NAME_LIMIT = 80
"""Characters in the name of a network security group (Microsoft Learn, "Naming rules and restrictions for Azure resources")."""


@dataclass(frozen=True, kw_only=True)
class WantedRule:
    """A rule that must be in the network security group, as far as it is known before the subnet was looked at.

    `priority` is the number that the organisation chose, or None where any number that works will do.
    """

    requirement: str
    kind: RuleKind | None
    direction: Direction
    access: Access
    protocol: str
    peer: frozenset[Address]
    ports: Ports
    description: str
    priority: int | None
    regional: bool = False
    """Whether the part of the peer, a service tag, that is the network's own region is enough."""

    def name(self, owner: Owner) -> str:
        """The rule's name in Azure, which is also its mark of ownership."""
        return owner.name_prefix + self.requirement

    def numbered(self, *, owner: Owner, priority: int, prefixes: Iterable[str]) -> SecurityRule:
        """The rule as it goes to Azure. The near side is the subnet's prefixes, so that no rule opens somebody else's subnet."""
        near = frozenset(map(Address, prefixes))
        source, destination = (self.peer, near) if self.direction is Direction.INBOUND else (near, self.peer)
        return SecurityRule(
            name=self.name(owner),
            direction=self.direction,
            priority=priority,
            access=self.access,
            protocol=self.protocol.lower(),
            source=Side(addresses=source, ports=Ports.parse([ANY_PORT])),
            destination=Side(addresses=destination, ports=self.ports),
            description=self.description,
        )


@dataclass(frozen=True, kw_only=True)
class Desired:
    """What one custom resource wants."""

    owner: Owner
    subnet_id: ResourceId
    api_management_id: ResourceId
    virtual_network_type: VirtualNetworkType
    requirements: Requirements
    mode_requirements: ModeRequirements
    rules: tuple[WantedRule, ...]
    network_security_group_id: ResourceId | None
    """The group that the spec names."""
    attach: Attach
    on_deny: OnDeny
    new_group_id: ResourceId
    """The group that we would create where there is none."""
    tags: Mapping[str, str]
    """For what we create: the spec's and the operator's default tags, then our marks."""
    owned_hint: frozenset[ResourceId]
    """What once carried our marks, by the status: where to look, and which lost mark may be put back."""
    numbers: Mapping[str, int]
    """The number that each rule had, by name: what a rule whose number was changed goes back to."""
    names: DesiredNames | None = None
    """What private DNS shall hold; None in a mode without private names."""
    gateway_id: ResourceId | None = None
    """The gateway that the spec names."""
    known_gateway_ids: frozenset[ResourceId] = frozenset()
    """Every gateway that is known to be, or to have been, in the subnet: by the spec and by the status."""
    registers: bool = False
    """Whether the subscription may be registered for what it lacks."""
    gateway_is_gone: bool = False
    """Whether looks that lie far enough apart have all proved that no gateway is there."""

    @property
    def delegation(self) -> Delegation:
        """The delegation that the mode needs, under this owner's mark."""
        return Delegation(name=self.owner.delegation_name, service_name=self.mode_requirements.delegation)

    @property
    def own_zone_ids(self) -> tuple[ResourceId, ...]:
        """The organisation's own zones, where records are written there."""
        return self.names.zone_ids if self.names and self.names.is_managed else ()

    @property
    def query(self) -> Query:
        """What to look at."""
        return Query(
            subnet_id=self.subnet_id,
            api_management_id=self.api_management_id,
            network_security_group_ids=frozenset(self._groups()),
            gateway_id=self.gateway_id,
            known_gateway_ids=self.known_gateway_ids,
            reads_subscription=True,
            reads_connections=self.names is not None,
            reads_other_connections=self.names is not None and bool(self.names.hostnames),
            zone_ids=self._zones,
            owner_mark=self.owner.mark,
        )

    def _groups(self) -> set[ResourceId]:
        groups = {self.network_security_group_id or self.new_group_id, self.new_group_id}
        for hint in self.owned_hint:
            groups.update(each for each in (hint, hint.parent) if each.type == NETWORK_SECURITY_GROUP.lower())
        return groups

    def _zones(self, gateway: Gateway | None, connections: Reading[tuple[str, ...]]) -> frozenset[ResourceId]:
        """The zones to read: those that something of ours is in by the status, those of the spec, and those that the hosts belong in."""
        hinted = (each for hint in self.owned_hint for each in (hint, hint.parent) if each.type == PRIVATE_DNS_ZONE.lower())
        if self.names is None:
            return frozenset(hinted)
        hostnames = hostnames_of(gateway, connections, desired=self.names)
        return frozenset((*hinted, *self.names.zone_ids, *(self.names.place(hostname)[0] for hostname in hostnames)))


def desire(
    *,
    spec: Spec,
    owner: Owner,
    default_tags: Mapping[str, str],
    gateway_suffixes: Sequence[str] = DEFAULT_GATEWAY_SUFFIXES,
    owned_hint: Iterable[ResourceId] = (),
    numbers: Mapping[str, int] | None = None,
    last_gateway_id: ResourceId | None = None,
) -> Desired:
    """What a spec comes to.

    Args:
        spec: What a person asks for.
        owner: Who asks.
        default_tags: The operator's own, for everything that it creates.
        gateway_suffixes: What every hostname must lie below.
        owned_hint: What once carried our marks, by the status.
        numbers: The number that each rule had, by the status.
        last_gateway_id: The gateway that was in the subnet, by the status.
    """
    requirements = load(spec.requirements_version)
    mode_requirements = requirements.modes[spec.mode]
    subnet_id = ResourceId.parse(spec.subnet.id)
    group = spec.network_security_group
    default_group = ResourceId.parse(spec.resource_group_id) if spec.resource_group_id else subnet_id.resource_group
    additional = (group.additional_rules if group else None) or ()
    gateway_id = ResourceId.parse(spec.gateway.id) if spec.gateway and spec.gateway.id else None
    return Desired(
        owner=owner,
        subnet_id=subnet_id,
        api_management_id=ResourceId.parse(spec.api_management.id),
        virtual_network_type=_TYPE_OF_MODE[spec.mode],
        requirements=requirements,
        mode_requirements=mode_requirements,
        rules=(*map(_required, mode_requirements.rules), *map(_additional, additional)),
        network_security_group_id=ResourceId.parse(group.id) if group and group.id else None,
        attach=group.attach if group else Attach.IF_ABSENT,
        on_deny=group.on_deny if group else OnDeny.REPORT,
        new_group_id=default_group.resource(NETWORK_SECURITY_GROUP, new_group_name(owner)),
        tags={**default_tags, **(spec.tags or {}), **owner.tags},
        owned_hint=frozenset(owned_hint),
        numbers=numbers or {},
        names=_names(spec, default_group=default_group, suffixes=gateway_suffixes) if spec.mode is Mode.INJECTION else None,
        gateway_id=gateway_id,
        registers=spec.resource_provider_registration is ResourceProviderRegistration.REGISTER,
        known_gateway_ids=frozenset(filter(None, (gateway_id, last_gateway_id))),
    )


def _names(spec: Spec, *, default_group: ResourceId, suffixes: Sequence[str]) -> DesiredNames:
    dns, gateway = spec.dns or DnsSpec(), spec.gateway or GatewaySpec()
    linked = (ResourceId.parse(spec.subnet.id).parent, *map(ResourceId.parse, dns.linked_virtual_network_ids or ()))
    return DesiredNames(
        is_managed=dns.management is DnsManagement.AZURE_PRIVATE_ZONE,
        zone_ids=tuple(ResourceId.parse(zone.id) for zone in dns.zones or ()),
        default_group=default_group,
        network_ids=tuple(dict.fromkeys(linked)),
        ttl=dns.ttl_seconds,
        adopts=dns.on_conflict is OnConflict.ADOPT,
        suffixes=tuple(suffix.lower() for suffix in suffixes),
        hostnames=gateway.hostnames or (),
        addresses=gateway.private_ip_addresses or (),
    )


def new_group_name(owner: Owner) -> str:
    """The name of a group that we create: readable, unique to the owner, and never longer than Azure allows."""
    room = _GROUP_NAME_LIMIT - len(f"wgn--{owner.mark}")
    return f"wgn-{owner.name[:room]}-{owner.mark}"


def _required(row: RequiredRule) -> WantedRule:
    return WantedRule(
        requirement=row.name,
        kind=row.kind,
        direction=row.direction,
        access=Access.ALLOW,
        protocol=row.protocol,
        peer=frozenset({Address(row.peer)}),
        ports=Ports.parse(row.ports),
        description=row.purpose,
        priority=None,
        regional=row.regional,
    )


def _additional(rule: AdditionalRule) -> WantedRule:
    far = [rule.peer.service_tag] if rule.peer.service_tag else list(rule.peer.prefixes or ())
    return WantedRule(
        requirement=rule.name,
        kind=None,
        direction=rule.direction,
        access=rule.access,
        protocol=rule.protocol,
        peer=frozenset(map(Address, far)),
        ports=Ports.parse(rule.ports),
        description=rule.description or "",
        priority=rule.priority,
    )
