"""A place for a gateway with much in the way, and how each thing comes to be there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from workspace_gateway_network.model.lock import Lock
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.scope import Scope
from workspace_gateway_network.planning.locks import heed
from workspace_gateway_network.planning.neighbours import Neighbour
from workspace_gateway_network.planning.observed import NetworkSecurityGroups, Unreadable
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.planning.scopes import Allowance, within
from worlds import documents
from worlds.azure import World, trouble
from worlds.documents import SERVICE_ID, SUBNET_ID, SUBSCRIPTION, Document, group_id
from worlds.injection import SHARED_ZONE, wanted
from worlds.names import ADDRESS, HOST
from worlds.resources import OUR_GROUP, additional, neighbours

SCOPES = (SUBNET_ID, SERVICE_ID, SHARED_ZONE, group_id("wanted"))


@dataclass
class Site:
    """A subnet that is to get an Injection gateway whose name and address are known, and what is in the way there."""

    world: World = field(default_factory=lambda: World(subnet=documents.subnet(addressPrefix=None, addressPrefixes=["10.1.0.0/24"])))
    spec: Document = field(default_factory=lambda: {"gateway": {"hostnames": [HOST], "privateIPAddresses": [ADDRESS]}})
    unread: dict[str, Any] = field(default_factory=dict)
    """Parts of the look that are not what the world has."""
    gateways_unlisted: bool = False
    others: list[Neighbour] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)
    scopes: tuple[str, ...] = (f"/subscriptions/{SUBSCRIPTION}",)
    has_usable_group: bool = True
    """Whether there is a group that rules can be in."""

    @property
    def properties(self) -> Document:
        """The subnet's."""
        properties: Document = self.world.subnet["properties"]
        return properties

    def add(self, kind: str, *entries: object) -> None:
        """Put more into a list of the subnet's properties."""
        self.properties[kind] = [*self.properties.get(kind, []), *entries]

    def group(self) -> Document | None:
        """The group that the rules are to be in: the spec's, else the attached one, which is made where there is none."""
        if not self.has_usable_group:
            return None
        named = self.spec.get("networkSecurityGroup", {}).get("id")
        attached = self.properties.setdefault("networkSecurityGroup", {"id": group_id("theirs")})
        wanted_id = named or attached["id"]
        return self.world.groups.setdefault(ResourceId(wanted_id), documents.group(wanted_id.rpartition("/")[2]))

    def first_look(self) -> Plan:
        """The plan of the first look, as a reconciler has it."""
        desired = wanted(**self.spec)
        seen = self.world.looked(desired.query, **self.unread)
        if self.gateways_unlisted:
            seen = replace(seen, gateways=replace(seen.gateways, incomplete=trouble(message="The gateways cannot be listed.")))
        result = plan(desired=desired, observed=seen, neighbours=neighbours(*self.others))
        allowance = Allowance(namespace="apim", scopes=tuple(map(Scope.parse, self.scopes)))
        return heed(within(result, allowance=allowance), locks=self.locks, zone_ids=desired.own_zone_ids)


def delegate(name: str, service: str = documents.SERVER_FARMS) -> Callable[[Site], None]:
    """The subnet has this delegation."""
    return lambda site: site.add("delegations", documents.delegation(name, service))


def place(*gateways: Document) -> Callable[[Site], None]:
    """These gateways are there."""
    return lambda site: site.world.gateways.extend(gateways)


def name_group(name: str, *, exists: bool = True, location: str = "uksouth") -> Callable[[Site], None]:
    """The spec names a group."""

    def put(site: Site) -> None:
        site.spec["networkSecurityGroup"] = {"id": group_id(name)}
        site.has_usable_group = exists
        if exists:
            site.world.groups[ResourceId(group_id(name))] = documents.group(name, location=location)

    return put


def attach(name: str, *rules: Document) -> Callable[[Site], None]:
    """The subnet has a group with these rules."""

    def put(site: Site) -> None:
        site.properties["networkSecurityGroup"] = {"id": group_id(name)}
        site.world.groups[ResourceId(group_id(name))] = documents.group(name, *rules)

    return put


def both(*puts: Callable[[Site], object]) -> Callable[[Site], None]:
    """One and the other."""

    def put(site: Site) -> None:
        for each in puts:
            each(site)

    return put


def namesake(site: Site) -> None:
    """Somebody has a group of the name that ours would have."""
    site.world.groups[ResourceId(group_id(OUR_GROUP))] = documents.group(OUR_GROUP)
    site.has_usable_group = False


def hide_groups(site: Site) -> None:
    """No group can be read."""
    site.unread["network_security_groups"] = NetworkSecurityGroups(found=(), unreadable=trouble(message="The groups cannot be listed."))
    site.has_usable_group = False


def take_number(site: Site) -> None:
    """Somebody's rule has the number that the spec's rule wants."""
    group = site.group()
    site.spec.setdefault("networkSecurityGroup", {})["additionalRules"] = [additional("office", 300)]
    if group:
        group["properties"]["securityRules"].append(documents.rule("theirs", 300))


def deny_storage(site: Site) -> None:
    """Somebody's rule keeps the gateway from what it depends on."""
    if group := site.group():
        deny = documents.rule(
            "no-storage", 200, direction="Outbound", sourceAddressPrefix="*", destinationAddressPrefix="Storage", destinationPortRange="443"
        )
        group["properties"]["securityRules"].append(deny)


def own_zone(*contents: Document) -> Callable[[Site], None]:
    """The spec names a zone, in which there is this, if it is there at all."""

    def put(site: Site) -> None:
        site.spec["dns"] = {"zones": [{"id": SHARED_ZONE}]}
        site.world.private_dns.update({ResourceId(each["id"]): each for each in contents})

    return put


def hide_zone(site: Site) -> None:
    """The spec names a zone that cannot be read."""
    own_zone()(site)
    hidden = Unreadable(trouble(message="The zone cannot be read."))
    contents = replace(site.world.zone(ResourceId(SHARED_ZONE)), zone=hidden, links=hidden, records=hidden)
    site.unread["zones"] = {ResourceId(SHARED_ZONE): contents}


def lock(name: str, scope: str) -> Callable[[Site], None]:
    """Nothing below this scope may be written."""
    return lambda site: site.locks.append(Lock(name=name, scope=scope, level="ReadOnly"))


def hide(part: str, reading: object) -> Callable[[Site], None]:
    """A part of the look is something else than the world."""
    return lambda site: site.unread.update({part: reading})


def limit(site: Site) -> None:
    """The namespace may use little more than the subnet."""
    site.scopes = SCOPES
