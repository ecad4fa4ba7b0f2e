"""An Injection resource whose plans are made by hand: what a look knows of the gateway's names, and nothing else to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.gateway import Gateway
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.model.security_rule import Direction
from workspace_gateway_network.model.subnet import Subnet
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import NamesReport, Plan, RecordReport, RecordState, RuleReport, RuleState
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step
from workspace_gateway_network.reporting.report import Report
from worlds import documents
from worlds.life import Life
from worlds.resources import INTERNET, OUR_GROUP_ID

HOST = "team-a-1a2b.gateway.uksouth-01.azure-api.net"
OTHER_HOST = "team-b-3c4d.gateway.uksouth-01.azure-api.net"
ADDRESS = "10.1.0.5"

AWAITING_GATEWAY = Finding(
    condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.AWAITING_GATEWAY, message="There is no name to publish yet."
)
AWAITING_HOSTNAME = Finding(
    condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.AWAITING_HOSTNAME, message="Gateway gw has no hostname yet."
)
PRIVATE_IP_UNKNOWN = Finding(
    condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.PRIVATE_IP_UNKNOWN, message="Gateway gw has no private IP address yet."
)


def zone_id(host: str = HOST) -> ResourceId:
    """The zone of one host."""
    return ResourceId(f"{documents.NETWORK_GROUP}/providers/Microsoft.Network/privateDnsZones/{host}")


def record_id(host: str = HOST) -> ResourceId:
    """The record of that host."""
    return zone_id(host).child("A", "@")


def record(state: RecordState = RecordState.PUBLISHED, *, host: str = HOST, addresses: tuple[str, ...] = (ADDRESS,)) -> RecordReport:
    """The record of a host, by default a good one."""
    zone = None if state is RecordState.MANAGED_EXTERNALLY else zone_id(host)
    return RecordReport(fqdn=host, zone_id=zone, addresses=addresses, state=state)


def known(*records: RecordReport) -> NamesReport:
    """All is known: these records."""
    return NamesReport(
        hostnames=tuple(each.fqdn for each in records),
        addresses=tuple(sorted({address for each in records for address in each.addresses})),
        zone_names=tuple(each.zone_id.name for each in records if each.zone_id),
        records=records,
        managed_externally=any(each.state is RecordState.MANAGED_EXTERNALLY for each in records),
    )


def gateway(state: str = "Succeeded", *, name: str = "gw") -> Gateway:
    """An Injection gateway in the subnet."""
    return Gateway.from_arm(documents.gateway(name, kind="Internal", state=state))


def step(target: ResourceId, *, condition: ConditionType = ConditionType.DNS_RECORDS_PUBLISHED, action: Action = Action.CREATE) -> Step:
    """Something to do."""
    return Step(
        action=action,
        target=target,
        condition=condition,
        changes=(Change(path="", before=None, after={}),),
        reads=ReadSet(),
        locks=frozenset(),
    )


def plan(
    names: NamesReport | None,
    *gateways: Gateway,
    steps: Iterable[Step] = (),
    findings: Iterable[Finding] = (),
    blocked: bool = False,
    owned: Iterable[ResourceId] = (),
) -> Plan:
    """A plan of a subnet that is as it should be."""
    rule = RuleReport(
        name=INTERNET, requirement="gateway-internet", direction=Direction.INBOUND, priority=1001, state=RuleState.NOT_ENFORCED
    )
    return Plan(
        steps=tuple(steps),
        findings=tuple(findings),
        blocked=blocked,
        subnet=Subnet.from_arm(documents.subnet()),
        network_security_group_id=ResourceId(OUR_GROUP_ID),
        rules=(rule,),
        gateways=gateways,
        names=names,
        owned=tuple(owned),
    )


class InjectionLife(Life):
    """The life of an Injection resource: each pass is told what it found."""

    def __init__(self, **spec: Any) -> None:
        super().__init__(None, **{"mode": "Injection", **spec})

    def saw(self, names: NamesReport | None, *gateways: Gateway, outcome: Outcome | None = None, **parts: Any) -> Report:
        """A pass that saw this, and wrote nothing."""
        return self.pass_over(first=plan(names, *gateways, **parts), outcome=outcome)

    def published(self, *records: RecordReport) -> Report:
        """A pass with a gateway that works and whose names are published, by records of ours."""
        told = records or (record(),)
        return self.saw(known(*told), gateway(), owned=[record_id(each.fqdn) for each in told])
