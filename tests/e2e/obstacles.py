"""What may be so in Azure before anybody looks, and stands in the way of a gateway."""

from __future__ import annotations

import json
from collections.abc import Callable

from e2e.reasons import attach_shared, delegate
from stage import seeds
from stage.place import Place, subscription_of
from stage.stage import Document

NETWORK, SUBNET, SERVICE = seeds.NETWORK, seeds.subnet_id("team-a"), seeds.SERVICE
GROUP, SUBSCRIPTION = seeds.GROUP, f"/subscriptions/{seeds.SUBSCRIPTION}"
WANTED, SHARED = seeds.network_security_group_id("wanted"), seeds.network_security_group_id("shared")
PLAN = f"{GROUP}/providers/Microsoft.Web/serverFarms/plan"
FOREIGN_PLAN = f"/subscriptions/99999999-0000-0000-0000-000000000000/resourceGroups/x{PLAN.removeprefix(GROUP)}"
CACHE = f"{GROUP}/providers/Microsoft.Cache/redis/cache"
MACHINE = f"{GROUP}/providers/Microsoft.Network/networkInterfaces/vm/ipConfigurations"
ENDPOINT = f"{GROUP}/providers/Microsoft.Network/privateEndpoints/storage"
ZONE = seeds.zone_id("azure-api.net", group=f"{SUBSCRIPTION}/resourceGroups/names")
ZONE_ELSEWHERE = seeds.zone_id("azure-api.net", group=f"/subscriptions/{subscription_of('names')}/resourceGroups/names")
"""In a subscription that the network is not in."""
THEIR_MARK = "0123456789abcdef"


def has(**properties: object) -> Callable[[Place], None]:
    """The subnet has these properties."""
    return lambda place: place.set(SUBNET, **properties)


def link(name: str, kind: str, target: str | None) -> Document:
    """What a service puts on the subnet that it uses."""
    return {"name": name, "properties": {"linkedResourceType": kind, **({"link": target} if target else {})}}


def service(**fields: object) -> Callable[[Place], None]:
    """The API Management service is other than the seed has it."""
    return lambda place: place.patch(SERVICE, **fields)


def tier(name: str) -> Callable[[Place], None]:
    return service(sku={"name": name})


def lock(scope: str, level: str = "ReadOnly") -> Callable[[Place], None]:
    """A lock, called after its place: names of locks are the emulator's own."""
    return lambda place: place.stage.azure.put_lock(lock_of(place), scope=place.here(scope), level=level)


def lock_of(place: Place) -> str:
    """The name of the lock in a place."""
    return f"of-{place.subscription[-6:]}"


def both(*happenings: Callable[[Place], object]) -> Callable[[Place], None]:
    def happen(place: Place) -> None:
        for each in happenings:
            each(place)

    return happen


def group_elsewhere(place: Place) -> None:
    place.put({**seeds.shared_group("wanted"), "location": "westeurope"})


def gateway_elsewhere(place: Place) -> None:
    place.put({**seeds.gateway("team-a", subnet="team-a"), "location": "West US"})


def two_gateways(place: Place) -> None:
    for name in ("orders", "billing"):
        place.put(seeds.gateway(name, subnet="team-a"))


def delegated_in_use(place: Place) -> None:
    """The delegation of our own earlier mode, and a link that says that somebody is there."""
    delegate(f"wgn-{place.stage.mark()}", "Microsoft.Web/hostingEnvironments")(place)
    has(serviceAssociationLinks=[link("AppServiceLink", "Microsoft.Web/hostingEnvironments", None)])(place)


def another_resource(place: Place) -> None:
    """An older resource that wants the same subnet; of two of one second the one whose name comes first."""
    place.stage.kubectl("create", "--filename=-", input=json.dumps(place.document()))


def rules_of_another_cluster(place: Place) -> None:
    properties = {
        "direction": "Inbound",
        "access": "Allow",
        "priority": 2000,
        "protocol": "Tcp",
        "sourceAddressPrefix": "Internet",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "10.1.0.0/26",
        "destinationPortRange": "443",
    }
    rule = {"name": f"wgn-{THEIR_MARK}-gateway-internet", "properties": properties}
    tags = {"wgn-owner": THEIR_MARK, "wgn-resource": "prod-2/apim/team-a"}
    place.put({**seeds.shared_group(), "tags": tags, "properties": {"securityRules": [rule]}})
    place.set(SUBNET, networkSecurityGroup={"id": SHARED})


def obsolete_rule(place: Place) -> None:
    """A rule of ours, on a group of others, that no longer is wanted."""
    attach_shared(place)
    rule = {
        "direction": "Outbound",
        "access": "Allow",
        "priority": 3900,
        "protocol": "Tcp",
        "sourceAddressPrefix": "10.1.0.0/26",
        "sourcePortRange": "*",
        "destinationAddressPrefix": "192.0.2.1",
        "destinationPortRange": "443",
    }
    place.put({"id": seeds.security_rule_id("shared", f"wgn-{place.stage.mark()}-old"), "properties": rule})


def zone(place: Place) -> None:
    place.put({"id": ZONE, "location": "global"})


def zone_elsewhere(place: Place) -> None:
    place.put({"id": ZONE_ELSEWHERE, "location": "global"})


def linked_zone(place: Place) -> None:
    """A zone that somebody has linked to the network already, so that only records are still to come."""
    zone(place)
    properties = {"registrationEnabled": False, "virtualNetwork": {"id": NETWORK}}
    place.put({"id": f"{ZONE}/virtualNetworkLinks/corporate", "location": "global", "properties": properties})


def nothing_from_the_internet(place: Place) -> None:
    """A policy of the organisation: no rule may let the Internet in."""
    attach_shared(place)
    rules = "Microsoft.Network/networkSecurityGroups/securityRules"
    source = {"field": f"{rules}/sourceAddressPrefix", "equals": "Internet"}
    _deny(place, "no-internet", {"allOf": [{"field": "type", "equals": rules}, source]}, "Nothing from the Internet")


def cost_centre(place: Place) -> None:
    """A policy of the organisation: every group has its cost centre in a tag."""
    kind = {"field": "type", "equals": "Microsoft.Network/networkSecurityGroups"}
    _deny(place, "tags", {"allOf": [kind, {"field": "tags['costCentre']", "exists": "false"}]}, "A cost centre")


def _deny(place: Place, name: str, condition: Document, title: str) -> None:
    scope = f"/subscriptions/{place.subscription}"
    place.stage.azure.put_policy(f"{name}-{place.subscription[-6:]}", scope=scope, condition=condition, display_name=title)


def much(place: Place) -> None:
    """Something in every part, and the service is not even there."""
    place.delete(SERVICE)
    delegate("0", "Microsoft.Sql/managedInstances")(place)
    has(addressPrefix="10.1.0.0/28", ipConfigurations=[{"id": f"{MACHINE}/one"}])(place)
    attach_shared(place)
    group_elsewhere(place)
    lock(NETWORK)(place)
