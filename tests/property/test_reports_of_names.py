"""Whatever a look knows of a gateway and its names, and whenever the resource is to be Ready: the status is true, and all tools read it alike.

Every report is judged by `worlds.life.judge`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import NamesReport, Plan, RecordState
from workspace_gateway_network.planning.step import Action
from worlds.azure import trouble
from worlds.names import (
    ADDRESS,
    AWAITING_GATEWAY,
    AWAITING_HOSTNAME,
    HOST,
    OTHER_HOST,
    PRIVATE_IP_UNKNOWN,
    InjectionLife,
    gateway,
    known,
    plan,
    record,
    record_id,
    step,
    zone_id,
)

DNS = "DNSRecordsPublished"
Act = Callable[[InjectionLife], Any]

FOR_THE_GATEWAY = NamesReport(waiting=AWAITING_GATEWAY)
FOR_ITS_NAMES = st.sampled_from(
    [
        NamesReport(waiting=AWAITING_HOSTNAME),
        NamesReport(waiting=AWAITING_HOSTNAME, addresses=(ADDRESS,)),
        NamesReport(waiting=PRIVATE_IP_UNKNOWN, hostnames=(HOST,)),
    ]
)
WAITING = st.just(FOR_THE_GATEWAY) | FOR_ITS_NAMES
GATEWAYS = st.none() | st.builds(
    gateway, st.sampled_from(["Succeeded", "Updating", "Activating", "Failed", "Deleting", ""]), name=st.sampled_from(["gw", "another"])
)
FINDINGS = {
    RecordState.CONFLICT: Finding(condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.RECORD_CONFLICT, message="It is not ours."),
}


@st.composite
def known_names(draw: st.DrawFn) -> Plan:
    """All is known, and each record as it may be: what is Missing is to be made, what is in Conflict is told."""
    hosts = draw(st.lists(st.sampled_from([HOST, OTHER_HOST]), min_size=1, unique=True))
    states = [draw(st.sampled_from([RecordState.PUBLISHED, RecordState.MISSING, RecordState.CONFLICT])) for _ in hosts]
    addresses = draw(st.sampled_from([(ADDRESS,), ("10.1.0.6", "10.1.0.7")]))
    records = [record(state, host=host, addresses=addresses) for host, state in zip(hosts, states, strict=True)]
    return plan(
        known(*records),
        *filter(None, [draw(GATEWAYS)]),
        steps=[step(record_id(each.fqdn)) for each in records if each.state is RecordState.MISSING],
        findings=[FINDINGS[each.state] for each in records if each.state in FINDINGS],
        owned=[record_id(each.fqdn) for each in records if each.state is RecordState.PUBLISHED and draw(st.booleans())],
    )


@st.composite
def unknown_names(draw: st.DrawFn) -> Plan:
    """Some of it is not known: whatever was published may still be there, or go."""
    owned = draw(st.lists(st.sampled_from([record_id(HOST), record_id(OTHER_HOST)]), unique=True))
    goes = draw(st.booleans())
    there = draw(GATEWAYS)
    return plan(
        draw(FOR_ITS_NAMES) if there and there.is_up else FOR_THE_GATEWAY,
        *filter(None, [there]),
        steps=[step(each, action=Action.DELETE) for each in owned] if goes else [],
        owned=owned,
    )


UNREAD = st.builds(
    lambda names, blocked: plan(None if blocked else names, findings=[trouble()], blocked=blocked), st.none() | WAITING, st.booleans()
)
PLANS: st.SearchStrategy[Plan] = st.one_of(known_names(), unknown_names(), UNREAD)


def acts() -> st.SearchStrategy[Act]:
    """Passes that see something, time that goes by, and edits."""
    outcomes = st.sampled_from([None, Outcome(moved=True), Outcome(waiting_for=zone_id()), Outcome(problem=trouble())])
    return st.one_of(
        st.builds(lambda found, outcome: lambda life: life.pass_over(first=found, outcome=outcome), PLANS, outcomes),
        st.builds(lambda first, now: lambda life: life.pass_over(first=first, now=now), PLANS, PLANS),
        st.sampled_from([1, 14, 20, 100]).map(lambda seconds: lambda life: life.wait(seconds)),
        st.sampled_from(["NetworkPrepared", "GatewayPublished"]).map(lambda when: lambda life: life.edit(readyWhen=when)),
        st.sampled_from(["Manage", "Observe"]).map(lambda policy: lambda life: life.edit(managementPolicy=policy)),
        st.just(lambda life: life.suspend()),
        st.just(lambda life: life.published()),
    )


LIVES = st.lists(acts(), max_size=10)


def lived(deeds: list[Act]) -> InjectionLife:
    life = InjectionLife(progressDeadlineSeconds=60)
    for act in deeds:
        act(life)
    return life


@given(deeds=LIVES, found=PLANS)
def test_the_end_is_read_alike_too(deeds: list[Act], found: Plan) -> None:
    life = lived(deeds)
    life.pass_over(first=found, deleting=True)


@given(deeds=LIVES, found=PLANS)
def test_a_third_look_at_the_same_has_nothing_new_to_say(deeds: list[Act], found: Plan) -> None:
    life = lived(deeds)
    life.pass_over(first=found)
    life.wait(100)
    life.pass_over(first=found)
    before = life.status
    life.wait(100)

    life.pass_over(first=found)

    assert life.status.model_dump(exclude={"conditions", "drift"}) == before.model_dump(exclude={"conditions", "drift"})
    if life.said()[1] != "ProgressDeadlineExceeded":
        assert life.status == before
        assert life.told() == []


@given(deeds=LIVES, found=PLANS)
def test_ready_is_what_it_takes(deeds: list[Act], found: Plan) -> None:
    """Reconciled: a gateway that is up, and every name published. Where it takes a gateway, Ready is True of nothing else."""
    life = lived(deeds)
    life.pass_over(first=found)

    ready, reason, _ = life.said()
    if ready == "True" and life.status.drift is not None and life.status.drift.state == "InSync":
        assert not found.steps
        assert not found.findings
        assert reason in {"Reconciled", "AwaitingGateway", "AwaitingHostname"}
        if reason == "Reconciled":
            assert life.said(DNS)[0] == "True"
            assert life.said("GatewayAttached")[0] == "True"
        else:
            assert life.spec.get("readyWhen", "NetworkPrepared") == "NetworkPrepared"


@given(deeds=LIVES, found=PLANS)
def test_what_is_said_of_dns_agrees_with_its_records(deeds: list[Act], found: Plan) -> None:
    life = lived(deeds)
    life.pass_over(first=found)

    states = {each.state for each in life.status.dns.records} if life.status.dns else set()
    hosts = {f"{address} {each.fqdn}" for each in (life.status.dns.records if life.status.dns else ()) for address in each.ip_addresses}
    assert set(life.status.hosts_entries or ()) == hosts
    silent = life.status.drift is not None and life.status.drift.state == "Drifted"
    if life.said(DNS)[0] == "True" and not silent and not found.blocked:
        assert states == {"Published"}


@given(deeds=LIVES, names=WAITING, state=st.sampled_from(["Succeeded", "Updating", "Activating", "Failed"]))
def test_a_published_name_stays_published_while_a_look_brings_nothing_new(deeds: list[Act], names: NamesReport, state: str) -> None:
    life = lived(deeds)
    life.published()
    before = life.status

    life.saw(names, gateway(state), owned=[record_id()])

    assert life.said(DNS) == ("True", "Reconciled", f"{HOST} is published in private DNS with 10.1.0.5.")
    assert (life.status.dns, life.status.hosts_entries) == (before.dns, before.hosts_entries)
