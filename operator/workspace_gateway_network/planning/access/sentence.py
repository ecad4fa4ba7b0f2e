"""A judgement in words for people."""

from __future__ import annotations

from workspace_gateway_network.model.security_rule import ANY_ADDRESS, Address, Direction, SecurityRule, Side
from workspace_gateway_network.planning.access.judgement import Judgement, Verdict
from workspace_gateway_network.planning.access.packet import Packet
from workspace_gateway_network.planning.access.regions import canonical

_MOST_NAMED = 2
_SPELLED = {"azurecloud": "AzureCloud", "internet": "Internet", "virtualnetwork": "VirtualNetwork"}
"""Tags that no rule needs to name for packets to be told by them."""


def sentence(judgement: Judgement, *, rule: SecurityRule, flow: SecurityRule) -> str:
    """What somebody's Deny does to a flow before a rule would allow it, by the example of one packet; without a full stop."""
    offender, packet = judgement.offender, judgement.packet
    if offender is None or packet is None:
        raise ValueError("nothing is denied")
    way = "from" if flow.direction is Direction.INBOUND else "to"
    is_sure = judgement.verdict is not Verdict.MAY_BE_BLOCKED
    peer = _example(packet, flow=flow, offender=offender) if is_sure else named(flow.peer)
    what = f"{packet.protocol.upper()} {packet.destination.port} {way} {peer}"
    deny, allow = (f"{each.name} ({each.priority})" for each in (offender, rule))
    if is_sure:
        return f"{deny} blocks {what} before {allow} allows it"
    is_any = Address(ANY_ADDRESS) in offender.peer.addresses
    doubt = "depending on what Azure makes of it" if is_any else f"as far as that lies in {named(offender.peer)}"
    return f"{deny} may block {what}, {doubt}, before {allow} allows it"


def named(side: Side) -> str:
    """The addresses and application security groups of a side, or the first of them."""
    words = [*sorted(map(str, side.addresses)), *sorted(group.name for group in side.application_security_groups)]
    more = len(words) - _MOST_NAMED
    shown = words if more <= 0 else [*words[:_MOST_NAMED], f"{more} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "nothing"


def _example(packet: Packet, *, flow: SecurityRule, offender: SecurityRule) -> str:
    """The far end of a packet: its address or, where only a tag is known to hold it, the narrowest, which is the longest, of its tags.

    A tag that one of the two rules names goes before others.
    """
    end = packet.source if flow.direction is Direction.INBOUND else packet.destination
    if not end.tags:
        return end.address
    spelled = [str(address) for address in (*flow.peer.addresses, *offender.peer.addresses) if canonical(address.key) in end.tags]
    others = [_SPELLED.get(tag, tag) for tag in end.tags if tag[0].isalpha()]
    return max(spelled or others, key=lambda tag: (len(tag), tag), default=end.address)
