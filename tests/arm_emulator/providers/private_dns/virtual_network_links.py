"""Links of private DNS zones to virtual networks."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import ClassVar

from arm_emulator.arm import ArmError, ArmPath, Call, Document, front_door_error, id_at, parse_path, resource_not_found
from arm_emulator.providers.private_dns.base import LINKS, AsynchronousType
from arm_emulator.providers.private_dns.errors import bad_request
from arm_emulator.providers.private_dns.spelling import lower_case_id
from arm_emulator.store import Resource

MOST_LINKS = 1000
MOST_LINKS_WITH_REGISTRATION = 100
REGISTRATION_SECONDS = 60.0
_NETWORKS = "microsoft.network/virtualnetworks"


class VirtualNetworkLinks(AsynchronousType):
    """Links. One is there from the first moment, and ``Completed`` when its operation has ended; where it registers machines, a
    minute later (recorded as ``InProgress`` after the operation's end).
    """

    name = LINKS
    label = "VirtualNetworkLink"
    gone_with_parent = True
    read_only = frozenset({"provisioningState", "virtualNetworkLinkState"})
    properties_since: ClassVar = {"resolutionPolicy": "2024-06-01"}

    def joins(self, document: Document) -> Iterator[tuple[str, str]]:
        network = id_at(document, "properties", "virtualNetwork")
        if network:
            yield "Microsoft.Network/virtualNetworks/join/action", network

    def new_etag(self) -> str:
        """The quotes belong to the text (recorded)."""
        return f'"{secrets.token_hex(4)}-0000-0100-0000-{int(self.world.clock.now()):08x}0000"'

    def orphaned(self, call: Call, missing: ArmError) -> ArmError:
        if not call.path.is_resource:
            return missing
        if call.method in ("GET", "HEAD"):
            return resource_not_found(call.path)
        parent = call.path.parent
        assert parent is not None
        message = f"Can not perform requested operation on nested resource. Parent resource '{parent.name}' not found."
        return front_door_error(404, "ParentResourceNotFound", message)

    def place(self, path: ArmPath, document: Document) -> Resource:
        link = super().place(path, document)
        if _registers(link):
            link.generated.setdefault("virtualNetworkLinkState", "Completed")
        return link

    def keep(self, resource: Resource) -> None:
        if not _registers(resource):
            resource.generated.pop("virtualNetworkLinkState", None)
        elif "virtualNetworkLinkState" not in resource.generated:
            resource.generated["virtualNetworkLinkState"] = "InProgress"
            self.world.timeline.after(REGISTRATION_SECONDS, lambda: self._registered(resource))
        super().keep(resource)

    @staticmethod
    def _registered(link: Resource) -> None:
        if _registers(link):
            link.generated["virtualNetworkLinkState"] = "Completed"

    def show(self, resource: Resource) -> Document:
        shown = super().show(resource)
        if _is_private_link(resource.id.split("/")[8]):
            shown["properties"].setdefault("resolutionPolicy", "Default")
        creating = resource.provisioning_state == "Creating"
        shown["properties"].setdefault("virtualNetworkLinkState", "InProgress" if creating else "Completed")
        return lower_case_id(shown, name_too=True) if self.world.settings.private_dns.lower_case_ids else shown

    def check(self, call: Call, document: Document) -> None:
        properties = document["properties"]
        network_id = network_of(document)
        if not isinstance(properties.get("registrationEnabled"), bool):
            raise bad_request("The specified virtual network link registration setting is invalid.")
        target = parse_path(network_id)
        if target is None or not target.is_resource or target.type.lower() != _NETWORKS:
            raise front_door_error(
                400,
                "LinkedInvalidPropertyId",
                f"Property id '{network_id}' at path 'properties.virtualNetwork.id' is invalid. Expect fully qualified resource Id "
                "that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.",
            )
        self._check_policy(call.path, properties)
        if self.world.store.get(network_id) is None:
            raise bad_request(f"Virtual network resource not found for '{network_id}'")
        before = self.find(call.path)
        if before is not None and network_of(before.document).lower() != network_id.lower():
            raise bad_request(f"The virtual network of the Virtual Network link '{call.path.name}' cannot be changed.")
        refusal = self._overlap(call.path, document) or self._too_many(call.path, document)
        if refusal is not None:
            raise bad_request(str(refusal["message"]))

    def conflict(self, path: ArmPath, document: Document) -> Document | None:
        return self._twin(path, document) or self._overlap(path, document) or self._too_many(path, document)

    def announce(self, path: ArmPath, document: Document) -> Resource:
        link = self.new(path, document)
        link.provisioning_state = "Creating"
        self.world.store.put(link)
        return link

    def messages(self, path: ArmPath) -> tuple[str, str]:
        zone, link = path.names
        return (
            f"The Virtual Network link {link} for the Private DNS zone {zone} exists already and hence cannot be created again.",
            f"The Virtual Network link '{link}' for the Private DNS zone '{zone}' has been modified (etag mismatch).",
        )

    # --- what else is linked ------------------------------------------------------------------------------------

    @staticmethod
    def _check_policy(path: ArmPath, properties: Document) -> None:
        policy = properties.get("resolutionPolicy", "Default")
        if policy not in ("Default", "NxDomainRedirect"):
            raise bad_request(f"The resolution policy '{policy}' is invalid.")
        if policy != "Default" and not _is_private_link(path.names[0]):
            raise bad_request(f"The resolution policy '{policy}' is only supported for privatelink zones.")

    def _linked(self, network_id: str, *, besides: ArmPath) -> Iterable[tuple[str, Resource]]:
        """The other links of a network, each with the lower-cased id of its zone."""
        for each in self.world.store.referrers(network_id):
            if each.type == self.name and each.key != besides.key:
                yield each.key.rsplit("/", 2)[0], each

    def _twin(self, path: ArmPath, document: Document) -> Document | None:
        """A zone has one link to a network (reported by clients)."""
        network_id, zone = network_of(document), path.key.rsplit("/", 2)[0]
        if all(each != zone for each, _ in self._linked(network_id, besides=path)):
            return None
        return {"code": "Conflict", "message": f"Private zone '{path.names[0]}' is already linked to the virtual network '{network_id}'."}

    def _overlap(self, path: ArmPath, document: Document) -> Document | None:
        """A network is linked to one zone of a name (reported by clients)."""
        zone = path.key.rsplit("/", 2)[0]
        for other, _ in self._linked(network_of(document), besides=path):
            name = other.rsplit("/", 1)[1]
            if other != zone and name == zone.rsplit("/", 1)[1]:
                message = (
                    "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link virtual "
                    f"network with '{name}' and '{path.names[0]}' zones."
                )
                return {"code": "BadRequest", "message": message}
        return None

    def _too_many(self, path: ArmPath, document: Document) -> Document | None:
        zone = path.key.rsplit("/", 2)[0]
        siblings = [each for each in self.world.store.children(zone, self.name) if each.key != path.key]
        of_network = [each for _, each in self._linked(network_of(document), besides=path)]
        limits = [("Private DNS zone", siblings, MOST_LINKS), ("virtual network", of_network, MOST_LINKS)]
        if document["properties"].get("registrationEnabled"):
            registering = [[each for each in links if each.properties.get("registrationEnabled")] for links in (siblings, of_network)]
            limits += [
                ("Private DNS zone with registration", registering[0], MOST_LINKS_WITH_REGISTRATION),
                ("virtual network with registration", registering[1], 1),
            ]
        for what, links, most in limits:
            if len(links) >= most:
                return {"code": "BadRequest", "message": f"The limit of {most} Virtual Network links of a {what} has been reached."}
        return None


def _registers(link: Resource) -> bool:
    return link.properties.get("registrationEnabled") is True


def _is_private_link(zone: str) -> bool:
    """Whether a zone is one of private link's: a label of its name says so, and need not be the first (recorded)."""
    return "privatelink" in zone.lower().split(".")


def network_of(document: Document) -> str:
    """The id of the network that a link names, as its writer spelled it."""
    network = document["properties"].get("virtualNetwork")
    return str(network.get("id", "")) if isinstance(network, dict) else ""
