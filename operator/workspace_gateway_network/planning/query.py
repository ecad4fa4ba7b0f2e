"""What to look at for one custom resource, and which of the gateways that a look finds it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from workspace_gateway_network.model.gateway import API_GATEWAY, Gateway
from workspace_gateway_network.model.resource_id import MalformedResourceIdError, ResourceId
from workspace_gateway_network.planning.observed import Found, Gateways, Reading, ZoneContents


@dataclass(frozen=True, kw_only=True)
class Query:
    """What to look at for one custom resource.

    Azure's reads and the planner both choose the gateway by this, so that the names that were read are those of the gateway that is planned
    for.
    """

    subnet_id: ResourceId
    api_management_id: ResourceId
    network_security_group_ids: frozenset[ResourceId]
    """Groups to know about whether or not they are attached: the one in the spec, the one we would create, those we once owned."""
    gateway_id: ResourceId | None = None
    """The gateway that the spec names: no other will do."""
    known_gateway_ids: frozenset[ResourceId] = frozenset()
    """Gateways to know about whether or not a list shows them: by the spec, by the status, and by what records of ours say."""
    reads_subscription: bool = False
    """Whether the subscription's registration for `Microsoft.Web`, and its locks, are wanted."""
    reads_connections: bool = False
    """Whether the hostnames of the gateway in question are wanted."""
    reads_other_connections: bool = False
    """Whether the hostnames of all other gateways are wanted as well, as far as they may be read: the spec must not take one of them."""
    owner_mark: str = ""
    """Zones that carry this mark are read as well, wherever a list shows one."""
    zone_ids: Callable[[Gateway | None, Reading[tuple[str, ...]]], frozenset[ResourceId]] | None = None
    """Which private DNS zones to read, once the gateway in question and its hostnames are known."""

    def knowing(self, zones: Mapping[ResourceId, ZoneContents]) -> Query:
        """The same query with the gateways that our records in these zones were made for, which a lost status no longer tells."""
        return replace(self, known_gateway_ids=self.known_gateway_ids | frozenset(_gateways_of_records(zones, mark=self.owner_mark)))

    def gateways_concerned(self, gateways: Gateways) -> tuple[Gateway, ...]:
        """The gateway that the spec names, where it exists, then those that name the subnet.

        Without any, those known from before that do not say where they are: a field that Azure leaves out for a while is no other subnet.
        """
        named = gateways.get(self.gateway_id) if self.gateway_id else None
        inside = gateways.in_subnet(self.subnet_id)
        if named:
            return (named, *(gateway for gateway in inside if gateway.id != named.id))
        return inside or self._unplaced(gateways)

    def gateway_in_question(self, gateways: Gateways) -> Gateway | None:
        """The gateway whose network this is: the one that the spec names and no other, else the one of those concerned, if it is one."""
        if self.gateway_id:
            return gateways.get(self.gateway_id)
        concerned = self.gateways_concerned(gateways)
        return concerned[0] if len(concerned) == 1 else None

    def _unplaced(self, gateways: Gateways) -> tuple[Gateway, ...]:
        known = filter(None, map(gateways.get, sorted(self.known_gateway_ids, key=lambda each: each.key)))
        return tuple(gateway for gateway in known if not gateway.is_placed)


def _gateways_of_records(zones: Mapping[ResourceId, ZoneContents], *, mark: str) -> Iterator[ResourceId]:
    readable = (contents.records.value for contents in zones.values() if isinstance(contents.records, Found))
    for record in (record for records in readable for record in records):
        try:
            gateway_id = ResourceId.parse(record.gateway_mark)
        except MalformedResourceIdError:
            continue
        if record.owner_mark == mark and gateway_id.type == API_GATEWAY.lower():
            yield gateway_id
