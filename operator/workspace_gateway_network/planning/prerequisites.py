"""What must hold before anything is written: the network, its size and region, the API Management service, and the registration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.gateway import ApiManagementService, Gateway, same_region
from workspace_gateway_network.model.resource_provider import WEB, is_unregistered
from workspace_gateway_network.model.subnet import Subnet, VirtualNetwork
from workspace_gateway_network.planning.dedication import lingering, not_dedicated
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.note import Note
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


def unmet(*, desired: Desired, observed: Observed, gateways: tuple[Gateway, ...]) -> Iterator[Finding]:
    """Every prerequisite that does not hold, as far as what it rests on was read: none is kept for the next look."""
    network, subnet, service = observed.virtual_network, observed.subnet, observed.api_management
    yield from _wrong_mode(desired=desired, gateways=gateways)
    if isinstance(network, Found) and isinstance(service, Found):
        yield from _wrong_region(network=network.value, service=service.value)
    if isinstance(network, Found):
        yield from _gateway_elsewhere(network=network.value, gateways=gateways)
    if isinstance(service, Found):
        yield from _wrong_tier(desired=desired, service=service.value)
    if isinstance(subnet, Found):
        yield from _wrong_size(desired=desired, subnet=subnet.value)
        incomplete = observed.gateways.incomplete
        are_all_known = incomplete is None or _may_go_without_the_list(observed, incomplete)
        yield from not_dedicated(subnet=subnet.value, gateways=gateways, are_all_known=are_all_known)
    yield from _unregistered(desired=desired, observed=observed, gateways=gateways)


def notes(*, desired: Desired, observed: Observed, gateways: tuple[Gateway, ...]) -> Iterator[Note]:
    """What is allowed, or not certain, and worth knowing before a gateway is created: its network cannot be changed afterwards."""
    if isinstance(observed.api_management, Found):
        yield from _unlisted_tier(desired=desired, service=observed.api_management.value)
    if isinstance(observed.subnet, Found):
        yield from _small_size(desired=desired, subnet=observed.subnet.value)
        yield from lingering(subnet=observed.subnet.value, gateways=gateways)
    unread = observed.web_registration
    if isinstance(unread, Unreadable) and unread.finding.reason is Reason.AUTHORIZATION_FAILED and not is_in_use(gateways):
        yield _note("RegistrationUnknown", f"Whether the subscription is registered for {WEB} is not known. {unread.finding.message}")


def is_in_use(gateways: tuple[Gateway, ...]) -> bool:
    """Whether a gateway has come up here: then the registration that it took is there, or was."""
    return any(gateway.is_up for gateway in gateways)


def _unmet(reason: Reason, message: str) -> Finding:
    return Finding(condition=ConditionType.PREREQUISITES_MET, reason=reason, message=message)


def _note(reason: str, message: str) -> Note:
    return Note(condition=ConditionType.PREREQUISITES_MET, reason=reason, message=message)


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
    if not network.location or not service.location:
        silent = f"virtual network {network.id.name}" if not network.location else f"API Management service {service.id.name}"
        yield Finding(
            condition=ConditionType.AZURE_ACCESS,
            reason=Reason.AZURE_UNAVAILABLE,
            message=f"Azure does not say in which region {silent} is, so nothing is written until it does.",
        )
    elif not same_region(network.location, service.location):
        yield _unmet(
            Reason.LOCATION_MISMATCH,
            f"Virtual network {network.id.name} is in {network.location}, but API Management service {service.id.name} is in"
            f" {service.location}. Use a network in the service's region.",
        )


def _gateway_elsewhere(*, network: VirtualNetwork, gateways: tuple[Gateway, ...]) -> Iterator[Finding]:
    for gateway in gateways:
        if gateway.location and network.location and not same_region(gateway.location, network.location):
            yield _unmet(
                Reason.LOCATION_MISMATCH,
                f"Gateway {gateway.name} is in {gateway.location}, but virtual network {network.id.name} is in {network.location}. A"
                " gateway's network is in its own region: create the gateway anew there, or use a network in its region.",
            )


def _wrong_tier(*, desired: Desired, service: ApiManagementService) -> Iterator[Finding]:
    if service.sku.lower() in {tier.lower() for tier in desired.requirements.unsupported_tiers}:
        yield _unmet(
            Reason.TIER_UNSUPPORTED,
            f"API Management service {service.id.name} has the tier {service.sku}, which has no workspace gateways. Under requirements"
            f" {desired.requirements.version} use {' or '.join(desired.requirements.supported_tiers)}.",
        )


def _unlisted_tier(*, desired: Desired, service: ApiManagementService) -> Iterator[Note]:
    known = {tier.lower() for tier in (*desired.requirements.supported_tiers, *desired.requirements.unsupported_tiers)}
    if service.sku and service.sku.lower() not in known:
        yield _note(
            "TierNotListed",
            f"Requirements {desired.requirements.version} do not list the tier {service.sku} of API Management service {service.id.name}:"
            " whether it has workspace gateways is for Azure to say.",
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


def _small_size(*, desired: Desired, subnet: Subnet) -> Iterator[Note]:
    allowed = desired.requirements.subnet_prefix_length
    small = [prefix for prefix in subnet.address_prefixes if allowed.allows(prefix) and not allowed.is_recommended(prefix)]
    if small:
        yield _note(
            "SubnetSmallerThanRecommended",
            f"Subnet {' and '.join(small)} is smaller than the recommended /{allowed.recommended}, and cannot be enlarged once a gateway is"
            " in it.",
        )


def _unregistered(*, desired: Desired, observed: Observed, gateways: tuple[Gateway, ...]) -> Iterator[Finding]:
    state = observed.web_registration
    if desired.registers or is_in_use(gateways) or not isinstance(state, Found) or not is_unregistered(state.value):
        return
    subscription = desired.subnet_id.subscription
    yield _unmet(
        Reason.RESOURCE_PROVIDER_NOT_REGISTERED,
        f"Subscription {subscription} is not registered for {WEB}, without which Azure does not delegate the subnet. Run `az provider"
        f" register --namespace {WEB} --subscription {subscription}`, or set spec.resourceProviderRegistration to Register.",
    )
