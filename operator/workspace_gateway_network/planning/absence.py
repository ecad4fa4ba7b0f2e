"""Whether it is positively known that no gateway is there any more. Whatever could not be read speaks against it."""

from __future__ import annotations

from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.observed import Absent, Found, Observed


def is_gateway_gone(*, desired: Desired, observed: Observed) -> bool:
    """Whether one look proves that no gateway is there.

    Every gateway that is known by id must be missing, and a complete list of the subscription's gateways must not name the subnet. Where no
    id is known, or the list is not permitted, the subnet must also show no service association link: a gateway puts its link there before
    it is listed, and leaves it behind for hours.
    """
    gateways = observed.gateways
    if gateways.in_subnet(desired.subnet_id) or any(map(gateways.get, desired.known_gateway_ids)):
        return False
    if gateways.unread & desired.known_gateway_ids:
        return False
    if gateways.incomplete and gateways.incomplete.reason is not Reason.AUTHORIZATION_FAILED:
        return False
    if desired.known_gateway_ids and not gateways.incomplete:
        return True
    match observed.subnet:
        case Found(subnet):
            return not subnet.has_service_association_link
        case Absent():
            return True
        case _:
            return False
