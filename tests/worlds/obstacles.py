"""What can stand in the way of a gateway's network, one thing at a time: how it comes into a world, and what has to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Found, Unreadable
from worlds import documents
from worlds.azure import absent, trouble
from worlds.documents import NETWORK_GROUP, NETWORK_ID, service_association_link
from worlds.injection import RELATIVE_HOST, SHARED_ZONE, ZONE, injection_gateway
from worlds.names import HOST
from worlds.preflight import PLAN_ID
from worlds.resources import MARK, OUR_GROUP, neighbour
from worlds.site import (
    Site,
    attach,
    both,
    delegate,
    deny_storage,
    hide,
    hide_groups,
    hide_zone,
    limit,
    lock,
    name_group,
    namesake,
    own_zone,
    place,
    take_number,
)

EARLIER, LATER = "2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """One thing in the way."""

    name: str
    told: str
    """Part of the message of its finding."""
    put: Callable[[Site], object]
    slots: frozenset[str] = frozenset()
    """Of what there is one only: two obstacles in one slot cannot be there at once."""
    hidden_by: frozenset[str] = frozenset()
    """Obstacles with which it cannot be known, or is none."""
    blocks: bool = True
    """Whether nothing at all may be written with it."""


NO_SUBNET = frozenset({"subnet unreadable", "no subnet"})
NO_NETWORK = frozenset({"network unreadable"})
NO_SERVICE = frozenset({"service unreadable", "no service"})
NO_GROUP = frozenset({"group unreadable", "no group", "namesake"})
SOMEBODY = frozenset(
    {"other mode", "two gateways", "gateway elsewhere", "silent gateway", "delegation under a gateway", "unlisted gateways"}
)
"""Gateways that are there or may be: what does not say whose it is may be theirs."""


def obstacle(
    name: str, told: str, put: Callable[[Site], object], *slots: str, hidden_by: Iterable[str] = (), blocks: bool = True
) -> Obstacle:
    """An entry of the table."""
    return Obstacle(name=name, told=told, put=put, slots=frozenset(slots), hidden_by=frozenset(hidden_by), blocks=blocks)


_ACTIVATING = injection_gateway(state="Activating")
_MARK_OF_OTHERS = "0123456789abcdef"
_THEIR_RULE = documents.rule(f"wgn-{_MARK_OF_OTHERS}-gateway-internet", 1000, destinationAddressPrefix="10.1.0.0/24")
_MACHINE = f"{NETWORK_GROUP}/providers/Microsoft.Network/networkInterfaces/vm/ipConfigurations/x"
_CACHE = f"{NETWORK_GROUP}/providers/Microsoft.Cache/redis/cache"

OBSTACLES = (
    obstacle(
        "service elsewhere",
        "service contoso is in West Europe",
        lambda site: site.world.service.update(location="West Europe"),
        hidden_by=NO_NETWORK | NO_SERVICE,
    ),
    obstacle("tier", "has the tier Developer", lambda site: site.world.service.update(sku={"name": "Developer"}), hidden_by=NO_SERVICE),
    obstacle(
        "small prefix", "Subnet 10.1.2.0/28 is too small", lambda site: site.add("addressPrefixes", "10.1.2.0/28"), hidden_by=NO_SUBNET
    ),
    obstacle("IPv6", "has the IPv6 prefix fd00::/64", lambda site: site.add("addressPrefixes", "fd00::/64"), hidden_by=NO_SUBNET),
    obstacle(
        "machine", f"is used by {_MACHINE}", lambda site: site.add("ipConfigurations", {"id": _MACHINE}), hidden_by=NO_SUBNET | SOMEBODY
    ),
    obstacle(
        "application",
        f"is used by {PLAN_ID}",
        lambda site: site.add("serviceAssociationLinks", service_association_link(link=PLAN_ID)),
        hidden_by=NO_SUBNET,
    ),
    obstacle(
        "cache",
        f"is used by {_CACHE}",
        lambda site: site.add("resourceNavigationLinks", service_association_link(link=_CACHE)),
        hidden_by=NO_SUBNET,
    ),
    obstacle(
        "delegation of others",
        "is delegated to Microsoft.Sql/managedInstances",
        delegate("0", "Microsoft.Sql/managedInstances"),
        "delegation",
        hidden_by=NO_SUBNET,
    ),
    obstacle(
        "delegation in use",
        "says that it is still used",
        both(
            delegate(f"wgn-{MARK}"),
            lambda site: site.add("serviceAssociationLinks", service_association_link("own")),
        ),
        "delegation",
        hidden_by=NO_SUBNET,
    ),
    obstacle(
        "delegation under a gateway",
        "is, or was, in subnet team-a and still exists",
        both(delegate(f"wgn-{MARK}"), place(_ACTIVATING)),
        "delegation",
        "gateway",
        hidden_by={*NO_SUBNET, "application"},
    ),
    obstacle(
        "delegation of a neighbour",
        "The delegation of subnet team-a belongs to WorkspaceGatewayNetwork apim/team-b",
        both(delegate(neighbour("team-b").owner.delegation_name), lambda site: site.others.append(neighbour("team-b", created=LATER))),
        "delegation",
        hidden_by=NO_SUBNET,
    ),
    obstacle(
        "delegation of another cluster",
        f"The delegation 'wgn-{_MARK_OF_OTHERS}' of subnet team-a",
        delegate(f"wgn-{_MARK_OF_OTHERS}"),
        "delegation",
        hidden_by=NO_SUBNET,
    ),
    obstacle(
        "older neighbour",
        "Subnet team-a belongs to WorkspaceGatewayNetwork apim/team-z",
        lambda site: site.others.append(neighbour("team-z", created=EARLIER)),
        hidden_by={"delegation in use", "delegation under a gateway"},
    ),
    obstacle(
        "rules of another cluster",
        "Subnet team-a is served by a WorkspaceGatewayNetwork of another cluster",
        attach("served", _THEIR_RULE),
        "group",
        hidden_by=NO_SUBNET,
    ),
    obstacle(
        "another group",
        "has network security group other attached, but wanted is wanted",
        both(name_group("wanted"), attach("other")),
        "group",
        hidden_by=NO_SUBNET,
    ),
    obstacle(
        "group elsewhere",
        "Network security group wanted is in westeurope",
        name_group("wanted", location="westeurope"),
        "group",
        hidden_by=NO_SUBNET | NO_NETWORK,
    ),
    obstacle(
        "no group", "Network security group missing does not exist", name_group("missing", exists=False), "group", hidden_by=NO_SUBNET
    ),
    obstacle("namesake", f"Network security group {OUR_GROUP} already exists", namesake, "group", hidden_by=NO_SUBNET),
    obstacle("group unreadable", "The groups cannot be listed.", hide_groups, "group", hidden_by=NO_SUBNET),
    obstacle("number taken", "wants number 300 Inbound", take_number, hidden_by=NO_SUBNET | NO_NETWORK | NO_GROUP, blocks=False),
    obstacle(
        "shadowed", "no-storage (200) blocks TCP 443 to Storage", deny_storage, hidden_by=NO_SUBNET | NO_NETWORK | NO_GROUP, blocks=False
    ),
    obstacle("unregistered", "is not registered for Microsoft.Web", hide("web_registration", Found("NotRegistered"))),
    obstacle("lock on the network", f"The lock a (ReadOnly) on {NETWORK_ID}", lock("a", NETWORK_ID), hidden_by=NO_SUBNET, blocks=False),
    obstacle(
        "lock on the resource group",
        f"The lock b (ReadOnly) on {NETWORK_GROUP}",
        lock("b", NETWORK_GROUP),
        hidden_by=NO_SUBNET,
        blocks=False,
    ),
    obstacle(
        "lock on the zone",
        f"The lock c (ReadOnly) on {SHARED_ZONE}",
        both(own_zone(documents.zone(SHARED_ZONE)), lock("c", SHARED_ZONE)),
        "zone",
        blocks=False,
    ),
    obstacle(
        "out of scope", "Namespace apim may not", limit, hidden_by={*NO_SUBNET, *NO_NETWORK, *NO_GROUP, "another group", "group elsewhere"}
    ),
    obstacle(
        "service unreadable",
        "The service cannot be read.",
        hide("api_management", Unreadable(trouble(message="The service cannot be read."))),
        "service",
    ),
    obstacle("no service", "There is no service.", hide("api_management", absent(message="There is no service.")), "service"),
    obstacle(
        "network unreadable",
        "The network cannot be read.",
        hide("virtual_network", Unreadable(trouble(message="The network cannot be read."))),
    ),
    obstacle(
        "subnet unreadable",
        "The subnet cannot be read.",
        hide("subnet", Unreadable(trouble(message="The subnet cannot be read."))),
        "subnet",
    ),
    obstacle("no subnet", "There is no subnet.", hide("subnet", absent(message="There is no subnet.")), "subnet"),
    obstacle("unlisted gateways", "The gateways cannot be listed.", lambda site: setattr(site, "gateways_unlisted", True)),
    obstacle(
        "other mode", "sits in the subnet with virtualNetworkType External", place({**documents.gateway(state="Activating")}), "gateway"
    ),
    obstacle(
        "two gateways",
        "Gateways one and two both name subnet team-a",
        place(injection_gateway(name="one", state="Activating"), injection_gateway(name="two", state="Activating")),
        "gateway",
        hidden_by=NO_SUBNET,
    ),
    obstacle(
        "gateway elsewhere", "Gateway gw is in West US", place({**_ACTIVATING, "location": "West US"}), "gateway", hidden_by=NO_NETWORK
    ),
    obstacle("silent gateway", "how gateway gw sits in its network", place(injection_gateway(kind="", state="Activating")), "gateway"),
    obstacle(
        "host of a service",
        "Hostname fabrikam.azure-api.net is one of an API Management service",
        lambda site: site.spec["gateway"]["hostnames"].append("fabrikam.azure-api.net"),
        blocks=False,
    ),
    obstacle(
        "address outside",
        "Private IP address 10.9.0.5 does not lie in subnet team-a",
        lambda site: site.spec["gateway"]["privateIPAddresses"].append("10.9.0.5"),
        hidden_by=NO_SUBNET,
        blocks=False,
    ),
    obstacle("no zone", "Private DNS zone azure-api.net does not exist", own_zone(), "zone", blocks=False),
    obstacle("zone unreadable", "The zone cannot be read.", hide_zone, "zone", blocks=False),
    obstacle(
        "zone of others",
        f"Private DNS zone {HOST} already exists",
        lambda site: site.world.private_dns.update({ResourceId(ZONE): documents.zone(ZONE)}),
        "zone",
        blocks=False,
    ),
    obstacle(
        "record of others",
        f"Record {HOST} in zone azure-api.net points to 10.9.9.9",
        own_zone(documents.zone(SHARED_ZONE), documents.record(SHARED_ZONE, "10.9.9.9", name=RELATIVE_HOST)),
        "zone",
        blocks=False,
    ),
)
"""Those about rules come after those about groups, for they go into the group that there is then."""


def build(obstacles: Iterable[Obstacle]) -> Site:
    """A site with all of these."""
    site, chosen = Site(), set(obstacles)
    for each in OBSTACLES:
        if each in chosen:
            each.put(site)
    site.world.apply()
    return site
