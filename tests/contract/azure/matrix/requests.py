"""Every kind of request of ours to Azure, and the scene that leads to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contract.azure.matrix import scenes
from contract.azure.matrix.faults import FAULTS, OF_OPERATIONS
from contract.azure.matrix.scenes import Scene


@dataclass(frozen=True, kw_only=True)
class Request:
    """One kind of request. `path` is a regular expression found in the lower-cased path."""

    method: str
    path: str
    scene: Scene
    has_operation: bool = False

    def faults(self) -> list[str]:
        """What can go wrong with it."""
        return [name for name in FAULTS if self.has_operation or name not in OF_OPERATIONS]


IN_SUBSCRIPTION = "^/subscriptions/[^/]+/providers/"
IN_GROUP = "^/subscriptions/[^/]+/resourcegroups/[^/]+/providers/"
NETWORKS, GROUPS, ZONES = (
    "microsoft.network/virtualnetworks$",
    "microsoft.network/networksecuritygroups$",
    "microsoft.network/privatednszones$",
)
GATEWAYS = "microsoft.apimanagement/gateways$"
SUBNET, GROUP, RULE = "/virtualnetworks/hub/subnets/team-a$", "/networksecuritygroups/wgn-[^/]+$", "/securityrules/wgn-[^/]+$"
ZONE, LINK, RECORD = "/privatednszones/[^/]+$", "/virtualnetworklinks/[^/]+$", "/privatednszones/[^/]+/a/@$"

OWN_GROUP, SHARED_GROUP = Scene(begin=scenes.own_group), Scene(begin=scenes.shared_group)
INJECTION, UNLISTED = Scene(begin=scenes.injection), Scene(begin=scenes.unlisted)
OWN_GROUP_DELETED = Scene(begin=scenes.own_group, then=scenes.delete)
SHARED_GROUP_DELETED = Scene(begin=scenes.shared_group, then=scenes.delete)
INJECTION_DELETED = Scene(begin=scenes.injection, then=scenes.delete_after_gateway)


def _read(path: str, scene: Scene) -> Request:
    return Request(method="GET", path=path, scene=scene)


def _write(method: str, path: str, scene: Scene, *, has_operation: bool = True) -> Request:
    return Request(method=method, path=path, scene=scene, has_operation=has_operation)


REQUESTS: Mapping[str, Request] = {
    "list networks": _read(IN_SUBSCRIPTION + NETWORKS, OWN_GROUP),
    "list networks of group": _read(IN_GROUP + NETWORKS, UNLISTED),
    "read network": _read("/virtualnetworks/hub$", Scene(begin=scenes.told_by_id)),
    "read subnet": _read(SUBNET, OWN_GROUP),
    "list NSGs": _read(IN_SUBSCRIPTION + GROUPS, OWN_GROUP),
    "list NSGs of group": _read(IN_GROUP + GROUPS, UNLISTED),
    "ask for any NSG": _read("/wgn-may-we-list/.*/networksecuritygroups/none$", OWN_GROUP),
    "read NSG": _read(GROUP, OWN_GROUP),
    "read service": _read("/service/contoso$", OWN_GROUP),
    "read registration": _read("/providers/microsoft.web$", OWN_GROUP),
    "list locks": _read("microsoft.authorization/locks$", OWN_GROUP),
    "list gateways": _read(IN_SUBSCRIPTION + GATEWAYS, OWN_GROUP),
    "list gateways of group": _read(IN_GROUP + GATEWAYS, UNLISTED),
    "ask for any gateway": _read("/wgn-may-we-list/.*/gateways/none$", OWN_GROUP),
    "read gateway": _read("/gateways/team-a$", INJECTION_DELETED),
    "list connections": _read("/configconnections$", INJECTION),
    "ask for any connection": _read("/configconnections/wgn-may-we-list$", Scene(begin=scenes.unconnected)),
    "list zones": _read(IN_SUBSCRIPTION + ZONES, INJECTION),
    "list zones of group": _read(IN_GROUP + ZONES, UNLISTED),
    "ask for any zone": _read("/wgn-may-we-list/.*/privatednszones/none$", INJECTION),
    "read zone": _read(ZONE, INJECTION),
    "list records": _read("/a$", INJECTION),
    "read record": _read(RECORD, INJECTION),
    "list links": _read("/virtualnetworklinks$", INJECTION),
    "read link": _read(LINK, INJECTION),
    "poll": _read("/locations/uksouth/operations/", OWN_GROUP),
    "poll private DNS": _read("/privatednsoperationstatuses/", INJECTION),
    "register": _write("POST", "/microsoft.web/register$", Scene(begin=scenes.registration), has_operation=False),
    "create NSG": _write("PUT", GROUP, OWN_GROUP),
    "repair NSG": _write("PUT", GROUP, Scene(begin=scenes.own_group, then=scenes.break_group)),
    "tag NSG": _write("PATCH", GROUP, Scene(begin=scenes.own_group, then=scenes.unmark_group), has_operation=False),
    "delete NSG": _write("DELETE", GROUP, OWN_GROUP_DELETED),
    "create rule": _write("PUT", RULE, SHARED_GROUP),
    "update rule": _write("PUT", RULE, Scene(begin=scenes.shared_group, then=scenes.change_rule)),
    "delete rule": _write("DELETE", RULE, SHARED_GROUP_DELETED),
    "write subnet": _write("PUT", SUBNET, OWN_GROUP),
    "leave subnet": _write("PUT", SUBNET, OWN_GROUP_DELETED),
    "create zone": _write("PUT", ZONE, INJECTION),
    "tag zone": _write("PATCH", ZONE, Scene(begin=scenes.injection, then=scenes.unmark_zone)),
    "delete zone": _write("DELETE", ZONE, INJECTION_DELETED),
    "create link": _write("PUT", LINK, INJECTION),
    "update link": _write("PUT", LINK, Scene(begin=scenes.injection, then=scenes.register_by_link)),
    "tag link": _write("PATCH", LINK, Scene(begin=scenes.injection, then=scenes.unmark_link)),
    "delete link": _write("DELETE", LINK, INJECTION_DELETED),
    "create record": _write("PUT", RECORD, INJECTION, has_operation=False),
    "update record": _write("PUT", RECORD, Scene(begin=scenes.injection, then=scenes.move_gateway), has_operation=False),
    "delete record": _write("DELETE", RECORD, INJECTION_DELETED, has_operation=False),
}
"""By name. Which resource provider answers with an operation, and to what, is Azure's (recorded answers)."""
