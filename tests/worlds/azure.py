"""A world of one subnet that carries out steps the way Azure does: PUT replaces, numbers are unique, what is in use stays."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.gateway import ApiManagementService, Gateway
from workspace_gateway_network.model.json import canonical
from workspace_gateway_network.model.network_security_group import NetworkSecurityGroup
from workspace_gateway_network.model.private_dns import PrivateZone, RecordSet, VirtualNetworkLink
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.subnet import Subnet, VirtualNetwork
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Absent, Found, Gateways, NetworkSecurityGroups, Observed, ZoneContents
from workspace_gateway_network.planning.query import Query
from workspace_gateway_network.planning.step import Action, Step
from worlds import documents
from worlds.documents import Document

RULES = "microsoft.network/networksecuritygroups/securityrules"
GROUPS = "microsoft.network/networksecuritygroups"
SUBNETS = "microsoft.network/virtualnetworks/subnets"
ZONES = "microsoft.network/privatednszones"
LINKS = f"{ZONES}/virtualnetworklinks"
RECORDS = f"{ZONES}/a"
PRIVATE_DNS = frozenset({ZONES, LINKS, RECORDS})


class Refused(Exception):
    """Azure would not have taken this write; the text begins with Azure's code."""


def trouble(reason: Reason = Reason.AZURE_UNAVAILABLE, message: str = "Azure could not be reached.") -> Finding:
    """Why something could not be read."""
    return Finding(condition=ConditionType.AZURE_ACCESS, reason=reason, message=message)


def forbidden(message: str = "The operator's identity may not read it.") -> Finding:
    """A read that is not permitted."""
    return trouble(Reason.AUTHORIZATION_FAILED, message)


def absent(reason: Reason = Reason.SUBNET_NOT_FOUND, message: str = "There is no subnet team-a in virtual network hub.") -> Absent:
    """A positive 404."""
    return Absent(Finding(condition=ConditionType.PREREQUISITES_MET, reason=reason, message=message))


class World:
    """What there is in Azure. Its documents may be changed in place: whatever is handed out is a copy."""

    def __init__(
        self,
        *,
        subnet: Document | None = None,
        groups: Iterable[Document] = (),
        gateways: Iterable[Document] = (),
        service: Document | None = None,
        network: Document | None = None,
        connections: Iterable[str] = (),
        private_dns: Iterable[Document] = (),
    ) -> None:
        """A fresh subnet in a network of the right region, unless told otherwise."""
        self.network = network or documents.network()
        self.subnet = subnet or documents.subnet()
        self.groups: dict[ResourceId, Document] = {ResourceId(each["id"]): each for each in groups}
        self.gateways = list(gateways)
        self.service = service or documents.service()
        self.connections = list(connections)
        self.private_dns: dict[ResourceId, Document] = {ResourceId(each["id"]): each for each in private_dns}
        self.other_record_sets: dict[ResourceId, int] = {}
        self._writes = 1
        self._refer_back()

    def observed(self, **parts: Any) -> Observed:
        """A complete look at everything, some of its parts exchanged."""
        look = Observed(
            virtual_network=Found(VirtualNetwork.from_arm(copy.deepcopy(self.network))),
            subnet=Found(Subnet.from_arm(copy.deepcopy(self.subnet))),
            network_security_groups=NetworkSecurityGroups(
                found=tuple(NetworkSecurityGroup.from_arm(copy.deepcopy(each)) for each in self.groups.values())
            ),
            gateways=Gateways(found=tuple(Gateway.from_arm(copy.deepcopy(each)) for each in self.gateways)),
            api_management=Found(ApiManagementService.from_arm(copy.deepcopy(self.service))),
            hostnames=Found(tuple(self.connections)),
            zones={zone_id: self.zone(zone_id) for zone_id in self.zone_ids()},
        )
        return replace(look, **parts)

    def looked(self, query: Query, **parts: Any) -> Observed:
        """A look that knows of private DNS what the query asks for and what carries our mark, and of each gateway that is known by its id."""
        look = self.observed(**parts)
        marked = {each for each in self.zone_ids() if (self.private_dns[each].get("tags") or {}).get("wgn-owner") == query.owner_mark}
        zones = {each: self.zone(each) for each in self._asked(query, look) | marked}
        knowing = query.knowing(zones)
        zones |= {each: self.zone(each) for each in self._asked(knowing, look)}
        there = {ResourceId(each["id"]) for each in self.gateways}
        listed = look.gateways if "gateways" in parts else replace(look.gateways, absent=knowing.known_gateway_ids - there)
        return replace(look, gateways=listed, zones={**zones, **parts.get("zones", {})})

    def _asked(self, query: Query, look: Observed) -> frozenset[ResourceId]:
        return query.zone_ids(query.gateway_in_question(look.gateways), look.hostnames) if query.zone_ids else frozenset()

    def zone_ids(self) -> list[ResourceId]:
        """The private DNS zones that there are."""
        return [each for each in self.private_dns if each.type == ZONES]

    def zone(self, zone_id: ResourceId) -> ZoneContents:
        """A zone with what is in it."""
        document = self.private_dns.get(zone_id)
        if document is None:
            missing = absent(Reason.PRIVATE_DNS_ZONE_NOT_FOUND, f"There is no private DNS zone {zone_id.name}.")
            return ZoneContents(zone=missing, links=missing, records=missing)
        inside = [(each, copy.deepcopy(document)) for each, document in self.private_dns.items() if each.parent == zone_id]
        records = tuple(RecordSet.from_arm(document) for each, document in inside if each.type == RECORDS)
        counted = copy.deepcopy(document)
        if "numberOfRecordSets" in counted["properties"]:
            counted["properties"]["numberOfRecordSets"] = 1 + len(records) + self.other_record_sets.get(zone_id, 0)
        return ZoneContents(
            zone=Found(PrivateZone.from_arm(counted)),
            links=Found(tuple(VirtualNetworkLink.from_arm(document) for each, document in inside if each.type == LINKS)),
            records=Found(records),
        )

    def without(self, *group_ids: str, problem: Finding | None = None) -> NetworkSecurityGroups:
        """The groups of a look that could not read all of them."""
        hidden = set(map(ResourceId, group_ids))
        found = (group for group in self.observed().network_security_groups.found if group.id not in hidden)
        return NetworkSecurityGroups(found=tuple(found), unreadable=problem or trouble())

    def group(self, group_id: str | ResourceId) -> Document:
        """The document of a group."""
        return self.groups[group_id if isinstance(group_id, ResourceId) else ResourceId(group_id)]

    def rules(self, group_id: str | ResourceId) -> dict[str, Document]:
        """The properties of a group's rules, by name."""
        return {rule["name"]: rule["properties"] for rule in self.group(group_id)["properties"]["securityRules"]}

    def snapshot(self) -> str:
        """Everything in canonical JSON, but for the entity tags, which every write moves."""
        return canonical(
            _untagged([self.network, self.subnet, {str(key): value for key, value in self.groups.items()}, self.gateways, self.names()])
        )

    def names(self) -> Document:
        """All of private DNS, by id in lower case."""
        return {key.key: value for key, value in sorted(self.private_dns.items(), key=lambda item: item[0].key)}

    def apply(self, *steps: Step) -> None:
        """Carry out steps in their order; without any, only let back-references follow what a test has changed.

        Raises:
            Refused: Azure would not have done it.
        """
        self._refer_back()
        for step in steps:
            self._writes += 1
            match step.target.type:
                case kind if kind == SUBNETS:
                    self._put_subnet(step)
                case kind if kind == GROUPS:
                    self._write_group(step)
                case kind if kind == RULES:
                    self._write_rule(step)
                case kind if kind in PRIVATE_DNS:
                    self._write_name(step)
                case kind:
                    raise Refused(f"InvalidResourceType: {kind}")
            self._refer_back()

    def _put_subnet(self, step: Step) -> None:
        body = body_of(step)
        if ResourceId(self.subnet["id"]) != step.target or step.action is not Action.UPDATE:
            raise Refused("InvalidRequest: a subnet is only updated")
        link = body["properties"].get("networkSecurityGroup")
        if link and ResourceId(link["id"]) not in self.groups:
            raise Refused("InvalidResourceReference: no such network security group")
        entries = body["properties"].get("delegations", [])
        body["properties"]["delegations"] = [
            documents.delegation(each["name"], each["properties"]["serviceName"]) | each for each in entries
        ]
        for each in body["properties"]["delegations"]:
            each["properties"] = documents.delegation(each["name"], each["properties"]["serviceName"])["properties"] | each["properties"]
        if body["properties"].get("provisioningState") == "Failed":
            body["properties"]["provisioningState"] = "Succeeded"
        self.subnet = {**body, "etag": f'W/"subnet-{self._writes}"'}

    def _write_group(self, step: Step) -> None:
        there = self.groups.get(step.target)
        if (there is None) is not (step.action is Action.CREATE):
            raise Refused("PreconditionFailed: a group is created where there is none, else changed")
        if step.action is Action.CREATE:
            body = body_of(step)
            made = documents.group(step.target.name, location=body["location"], tags=body["tags"])
            self.groups[step.target] = {**made, "id": str(step.target)}
            for entry in body["properties"]["securityRules"]:
                self._put_rule(step.target, entry["name"], entry)
        elif step.action is Action.TAG and there is not None:
            there["tags"] = body_of(step)["tags"]
        elif there is not None and there["properties"].keys() & {"subnets", "networkInterfaces"}:
            raise Refused("InUseNetworkSecurityGroupCannotBeDeleted")
        else:
            del self.groups[step.target]

    def _write_rule(self, step: Step) -> None:
        group_id, name = step.target.parent, step.target.name
        rules = self.group(group_id)["properties"]["securityRules"]
        there = next((each for each in rules if each["name"].lower() == name.lower()), None)
        if (there is None) is not (step.action is Action.CREATE):
            raise Refused("PreconditionFailed: a rule is created where there is none, else changed")
        if step.action is Action.DELETE:
            rules.remove(there)
        else:
            self._put_rule(group_id, name, body_of(step))

    def _put_rule(self, group_id: ResourceId, name: str, body: Document) -> None:
        rules = self.group(group_id)["properties"]["securityRules"]
        sent = body["properties"]
        others = [each for each in rules if each["name"].lower() != name.lower()]
        if any(_slot(each["properties"]) == _slot(sent) for each in others):
            raise Refused(f"SecurityRuleConflict: {sent['direction']} {sent['priority']}")
        if len(others) >= 1000:
            raise Refused("SecurityRuleCountLimitExceeded: a group holds 1,000 rules")
        if not 100 <= sent["priority"] <= 4096:
            raise Refused(f"SecurityRuleInvalidPriority: {sent['priority']}")
        blank = dict.fromkeys(("sourcePortRange", "destinationPortRange", "sourceAddressPrefix", "destinationAddressPrefix"))
        properties = {key: value for key, value in {**blank, **sent}.items() if key != "priority"}
        rule = documents.rule(name, sent["priority"], group=str(group_id), **properties)
        self.group(group_id)["properties"]["securityRules"] = [*others, rule]

    def _write_name(self, step: Step) -> None:
        there = self.private_dns.get(step.target)
        if (there is None) is not (step.action is Action.CREATE):
            raise Refused("PreconditionFailed: it is created where there is none, else changed")
        if step.target.type != ZONES and step.target.parent not in self.private_dns:
            raise Refused("ParentResourceNotFound: no such zone")
        if there is None:
            self._create_name(step.target, body_of(step))
        elif step.action is Action.DELETE:
            self._delete_name(step.target)
        elif step.action is Action.TAG:
            there["tags"] = body_of(step)["tags"]
        else:
            body = body_of(step)
            self.private_dns[step.target] = {**there, **body, "properties": {**there["properties"], **body["properties"]}}

    def _create_name(self, target: ResourceId, body: Document) -> None:
        if target.type == ZONES:
            self.private_dns[target] = documents.zone(str(target), tags=body["tags"])
        elif target.type == RECORDS:
            made = documents.record(str(target.parent), name=target.name)
            self.private_dns[target] = {**made, "properties": {**made["properties"], **body["properties"]}}
        else:
            network_id = ResourceId(body["properties"]["virtualNetwork"]["id"])
            linked = [each for each in self.private_dns.values() if ResourceId(each["id"]).type == LINKS]
            for other in linked:
                zone_name = ResourceId(other["id"]).parent.name.lower()
                to_same = ResourceId(other["properties"]["virtualNetwork"]["id"]) == network_id
                if to_same and zone_name == target.parent.name.lower():
                    raise Refused("Conflict: a network is linked to one zone of a name")
            self.private_dns[target] = documents.link(str(target.parent), target.name, network_id=str(network_id), tags=body["tags"])

    def _delete_name(self, target: ResourceId) -> None:
        inside = [each for each in self.private_dns if each.parent == target]
        if any(each.type == LINKS for each in inside):
            raise Refused("CannotDeleteResource: a zone with links stays")
        for each in (target, *inside):
            del self.private_dns[each]

    def _refer_back(self) -> None:
        """Name the subnet in the group that it has, and in no other."""
        attached = self.subnet["properties"].get("networkSecurityGroup")
        for group_id, document in self.groups.items():
            elsewhere = [
                each for each in document["properties"].get("subnets", []) if ResourceId(each["id"]) != ResourceId(self.subnet["id"])
            ]
            here = [{"id": self.subnet["id"]}] if attached and ResourceId(attached["id"]) == group_id else []
            document["properties"] = {key: value for key, value in document["properties"].items() if key != "subnets"}
            if here or elsewhere:
                document["properties"]["subnets"] = [*elsewhere, *here]


def _slot(properties: Mapping[str, Any]) -> tuple[str, int]:
    return (properties["direction"].lower(), properties["priority"])


def body_of(step: Step) -> Document:
    """The document that a step sends, as a copy."""
    body: Document = copy.deepcopy(dict(step.body or {}))
    return body


def _untagged(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _untagged(inner) for key, inner in value.items() if key != "etag"}
    return [_untagged(inner) for inner in value] if isinstance(value, list) else value
