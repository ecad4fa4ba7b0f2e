"""Whether it is positively known that no gateway is there any more. Whatever could not be read speaks against it."""

from __future__ import annotations

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Found, Observed, Unreadable


def is_gateway_gone(*, desired: Desired, observed: Observed) -> bool:
    """Whether one look proves that no gateway is there."""
    return why_not_gone(desired=desired, observed=observed) is None


def why_not_gone(*, desired: Desired, observed: Observed) -> Finding | None:
    """What one look lacks to prove that no gateway is there; None where it proves it.

    Every gateway that is known by id (from the spec, the status, or a record of ours) must have been asked for and be missing, and a
    complete list of the subscription's gateways must not name the subnet. Where no id is known, or the list is not permitted, the subnet
    must also show no service association link: a gateway puts its link there before it is listed, and leaves it behind for hours.
    """
    gateways, known = observed.gateways, desired.query.knowing(observed.zones).known_gateway_ids
    there = {gateway.id: gateway for gateway in (*gateways.in_subnet(desired.subnet_id), *filter(None, map(gateways.get, known)))}
    if there:
        return _still_there(desired, names=sorted(gateway.name for gateway in there.values()))
    is_forbidden = gateways.incomplete is not None and gateways.incomplete.reason is Reason.AUTHORIZATION_FAILED
    if gateways.incomplete and not (is_forbidden and known <= gateways.absent):
        return gateways.incomplete.of_access
    if not known <= gateways.absent:
        return _not_asked_for(names=sorted(gateway_id.name for gateway_id in known - gateways.absent))
    if unread := _unread_records(observed):
        return unread.of_access
    return None if known and not gateways.incomplete else _sign_of_use(desired, observed)


def _unread_records(observed: Observed) -> Finding | None:
    """Why there may be records of ours that were not read, and with them gateways that nobody asked for."""
    unread = (contents.records.finding for contents in observed.zones.values() if isinstance(contents.records, Unreadable))
    return observed.unlisted_zones or next(unread, None)


def _sign_of_use(desired: Desired, observed: Observed) -> Finding | None:
    if isinstance(observed.subnet, Unreadable):
        return observed.subnet.finding.of_access
    if not isinstance(observed.subnet, Found) or not observed.subnet.value.service_association_links:
        return None
    link = observed.subnet.value.service_association_links[0].name
    return _in_use(
        f"Subnet {desired.subnet_id.name} has the service association link {link}, so a gateway may still be in it. Wait until the link is"
        " gone: it can outlive its gateway by hours."
    )


def _still_there(desired: Desired, *, names: list[str]) -> Finding:
    return _in_use(
        f"Gateway {' and '.join(names)} is, or was, in subnet {desired.subnet_id.name} and still exists, so nothing that it may need is"
        " taken away. Delete the gateway, or use another subnet."
    )


def _not_asked_for(*, names: list[str]) -> Finding:
    return _in_use(
        f"Whether gateway {' and '.join(names)} still exists is not known yet, so nothing that it may need is taken away. It is asked for"
        " again."
    )


def _in_use(message: str) -> Finding:
    return Finding(condition=ConditionType.SUBNET_DELEGATED, reason=Reason.RESOURCE_IN_USE, message=message)
