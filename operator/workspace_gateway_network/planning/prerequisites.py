"""What must hold before anything is written: the network, its size, its region, its tenants, and the API Management service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.gateway import ApiManagementService, Gateway, same_region
from workspace_gateway_network.model.subnet import Subnet, VirtualNetwork
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Absent, Found, Observed, Unreadable


def reading_problems(observed: Observed) -> Iterator[Finding]:
    """What could not be read, as `AzureAccess`; what is positively missing, as `PrerequisitesMet`."""
    for reading in (observed.virtual_network, observed.subnet, observed.api_management):
        match reading:
            case Unreadable(finding):
                yield finding.of_access
            case Absent(finding):
                yield replace(finding, condition=ConditionType.PREREQUISITES_MET)
            case Found():
                pass
    incomplete = observed.gateways.incomplete
    if incomplete and not _may_go_without_the_list(observed, incomplete):
        yield incomplete.of_access


def _may_go_without_the_list(observed: Observed, incomplete: Finding) -> bool:
    """Whether a subscription-wide list of gateways that is not permitted can be done without.

    A gateway puts a service association link on its subnet before it is listed anywhere. Without a link nobody is in the subnet; with one
    there must be a gateway that we know, or its mode is unknown.
    """
    if incomplete.reason is not Reason.AUTHORIZATION_FAILED or not isinstance(observed.subnet, Found):
        return False
    subnet = observed.subnet.value
    return not subnet.has_service_association_link or bool(observed.gateways.in_subnet(subnet.id))


def unmet(
    *, desired: Desired, network: VirtualNetwork, subnet: Subnet, service: ApiManagementService, gateways: tuple[Gateway, ...]
) -> Iterator[Finding]:
    """Every prerequisite that does not hold."""
    yield from _wrong_mode(desired=desired, gateways=gateways)
    yield from _wrong_region(network=network, service=service)
    yield from _wrong_tier(desired=desired, service=service)
    yield from _wrong_size(desired=desired, subnet=subnet)
    yield from _not_dedicated(subnet=subnet, gateways=gateways)


def _unmet(reason: Reason, message: str) -> Finding:
    return Finding(condition=ConditionType.PREREQUISITES_MET, reason=reason, message=message)


def _wrong_mode(*, desired: Desired, gateways: tuple[Gateway, ...]) -> Iterator[Finding]:
    for gateway in gateways:
        if gateway.is_placed and gateway.subnet_id != desired.subnet_id:
            where = f"subnet {gateway.subnet_id.name}" if gateway.subnet_id else "no subnet"
            yield _unmet(
                Reason.GATEWAY_REPLACEMENT_REQUIRED,
                f"Gateway {gateway.name} is in {where}, but the spec says {desired.subnet_id.name}. A gateway's network cannot be changed,"
                " so nothing is touched: name another gateway in spec.gateway.id, or create this one anew in the subnet.",
            )
        if not gateway.virtual_network_type:
            yield Finding(
                condition=ConditionType.AZURE_ACCESS,
                reason=Reason.AZURE_UNAVAILABLE,
                message=(
                    f"Azure does not say how gateway {gateway.name} sits in its network (virtualNetworkType), so nothing is touched until"
                    " it does."
                ),
            )
        elif not gateway.is_of_type(desired.virtual_network_type):
            yield _unmet(
                Reason.GATEWAY_REPLACEMENT_REQUIRED,
                f"Gateway {gateway.name} sits in the subnet with virtualNetworkType {gateway.virtual_network_type}, but the spec's mode"
                f" needs {desired.virtual_network_type}. A gateway's network cannot be changed, so nothing is touched: set spec.mode to the"
                " gateway's, or delete the gateway and create it anew once this resource has converged.",
            )


def _wrong_region(*, network: VirtualNetwork, service: ApiManagementService) -> Iterator[Finding]:
    if not same_region(network.location, service.location):
        yield _unmet(
            Reason.LOCATION_MISMATCH,
            f"Virtual network {network.id.name} is in {network.location}, but API Management service {service.id.name} is in"
            f" {service.location}. Use a network in the service's region.",
        )


def _wrong_tier(*, desired: Desired, service: ApiManagementService) -> Iterator[Finding]:
    if service.sku.lower() in {tier.lower() for tier in desired.requirements.unsupported_tiers}:
        yield _unmet(
            Reason.TIER_UNSUPPORTED,
            f"API Management service {service.id.name} has the tier {service.sku}, which has no workspace gateways. Under requirements"
            f" {desired.requirements.version} use {' or '.join(desired.requirements.supported_tiers)}.",
        )


def _wrong_size(*, desired: Desired, subnet: Subnet) -> Iterator[Finding]:
    allowed = desired.requirements.subnet_prefix_length
    needs = f"a workspace gateway needs /{allowed.smallest} to /{allowed.largest}, /{allowed.recommended} recommended"
    advice = "Use another subnet; the prefix of a subnet in use cannot be changed."
    for prefix in subnet.address_prefixes:
        if ":" in prefix:
            yield _unmet(
                Reason.SUBNET_SIZE_UNSUPPORTED,
                f"Subnet {subnet.id.name} has the IPv6 prefix {prefix}: workspace gateways are not known to work in IPv6 subnets. Use a"
                " subnet with IPv4 prefixes only.",
            )
        elif not allowed.allows(prefix):
            size = "small" if int(prefix.partition("/")[2] or 32) > allowed.smallest else "large"
            yield _unmet(Reason.SUBNET_SIZE_UNSUPPORTED, f"Subnet {prefix} is too {size}: {needs}. {advice}")
    if not subnet.address_prefixes:
        yield _unmet(Reason.SUBNET_SIZE_UNSUPPORTED, f"Subnet {subnet.id.name} has no address prefix: {needs}. {advice}")


def _not_dedicated(*, subnet: Subnet, gateways: tuple[Gateway, ...]) -> Iterator[Finding]:
    placed = [gateway for gateway in gateways if gateway.is_placed]
    if len(placed) > 1:
        names = " and ".join(gateway.name for gateway in placed)
        yield _unmet(
            Reason.SUBNET_NOT_DEDICATED,
            f"Gateways {names} both name subnet {subnet.id.name}. A subnet serves one gateway: delete one of them.",
        )
    tenants = (*subnet.ip_configuration_ids, *subnet.private_endpoint_ids)
    if tenants and not gateways:
        others = f" and {len(tenants) - 1} more" if len(tenants) > 1 else ""
        yield _unmet(
            Reason.SUBNET_NOT_DEDICATED,
            f"Subnet {subnet.id.name} is used by {tenants[0]}{others}. A workspace gateway needs the subnet to itself: move them out, or"
            " use another subnet.",
        )
