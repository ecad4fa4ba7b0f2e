"""The operator's judgement of a scene beside the oracle's, which shares no code with it."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

from oracles.effective_access import Opinion, Oracle
from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.planning.access import facts, judgement
from worlds.security_groups import Scene, scene

OPERATOR = SimpleNamespace(facts=facts, judgement=judgement)


@cache
def opinion(number: int) -> Opinion:
    """What the oracle says of the scene with this number."""
    return _oracle(scene(number)).opinion()


def disagreement(number: int, *, engine: SimpleNamespace = OPERATOR) -> str:
    """How the two differ on the scene with this number; empty where they agree, the operator's example of a packet included.

    `engine` has the two modules that judge: `facts` and `judgement`.
    """
    seen = scene(number)
    flow, rules = SecurityRule.from_arm(seen.flow), [SecurityRule.from_arm(rule) for rule in seen.rules]
    said = engine.judgement.EffectiveAccess([flow, *rules], facts=engine.facts.Facts.of(seen.network)).judge(flow, rules=rules)
    offender = said.offender.name if said.offender else ""
    if (said.verdict.value, offender) != (opinion(number).verdict, opinion(number).offender):
        return f"scene {number}: {said.verdict.value} by {offender or 'nobody'}, but the oracle says {opinion(number)}"
    if said.packet and not _is_real(seen, offender=offender, packet=said.packet):
        return f"scene {number}: {offender} does not deny {said.packet}"
    return ""


def _is_real(seen: Scene, *, offender: str, packet: Any) -> bool:
    oracle = _oracle(seen)
    ends = ({"address": end.address, "port": end.port, "tags": end.tags} for end in (packet.source, packet.destination))
    source, destination = ends
    return oracle.is_denied_by(offender, oracle.packet(protocol=packet.protocol, source=source, destination=destination))


def _oracle(seen: Scene) -> Oracle:
    return Oracle(flow=seen.flow, rules=seen.all_rules, network=seen.network)
