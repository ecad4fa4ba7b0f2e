"""Rights that the operator does without: what it is worse off for, and what to grant."""

from __future__ import annotations

from collections.abc import Container, Iterator

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.note import Note
from workspace_gateway_network.planning.observed import Observed


def missing_rights(*, desired: Desired, observed: Observed, told: Container[str]) -> Iterator[Note]:
    """A note for each right that is missing though nothing has to wait for it, and of which nothing was `told` in another message."""
    yield from _note("Whether a gateway is in the subnet is told by the subnet alone.", observed.gateways.incomplete, told)
    yield from hidden(desired=desired, observed=observed, told=told)
    for finding in observed.done_without:
        yield from _note("", finding, told)


def hidden(*, desired: Desired, observed: Observed, told: Container[str] = ()) -> Iterator[Note]:
    """Where something of ours may be without being seen, if no status tells its id."""
    yield from _note("Network security groups are seen only where their ids are known.", observed.network_security_groups.unreadable, told)
    if desired.names and desired.names.is_managed:
        yield from _note("Private DNS zones are seen only where their ids are known.", observed.hidden_zones, told)


def _note(effect: str, missing: Finding | None, told: Container[str]) -> Iterator[Note]:
    if missing and missing.reason is Reason.AUTHORIZATION_FAILED and missing.message not in told:
        message = " ".join(filter(None, (effect, missing.message)))
        yield Note(condition=ConditionType.AZURE_ACCESS, reason="RightMissing", message=message)
