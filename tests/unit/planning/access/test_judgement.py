"""What a group does with the flows of an Injection gateway, by cases that people meet."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.planning.access.facts import Facts
from workspace_gateway_network.planning.access.judgement import EffectiveAccess, Judgement
from workspace_gateway_network.planning.access.sentence import sentence
from worlds import documents
from worlds.documents import NETWORK_GROUP, Document

ASG = f"{NETWORK_GROUP}/providers/Microsoft.Network/applicationSecurityGroups/web"
SUBNET, NETWORK = "10.1.0.0/26", "10.1.0.0/16"


def inbound(peer: str, *ports: str, **properties: Any) -> Document:
    sides = {"sourceAddressPrefix": peer, "destinationAddressPrefix": SUBNET}
    return _flow(direction="Inbound", destinationPortRanges=list(ports), **{**sides, **properties})


def outbound(peer: str, *ports: str, **properties: Any) -> Document:
    sides = {"sourceAddressPrefix": SUBNET, "destinationAddressPrefix": peer}
    return _flow(direction="Outbound", destinationPortRanges=list(ports), **{**sides, **properties})


def _flow(**properties: Any) -> Document:
    return documents.rule("ours", 1000, access="Allow", protocol="Tcp", destinationPortRange=None, **properties)


CALLS = inbound("VirtualNetwork", "80", "443")
PROBES = inbound("AzureLoadBalancer", "80")
STORAGE = outbound("Storage", "443")
PUBLIC = inbound("Internet", "443")


def deny(*, priority: int = 200, **properties: Any) -> Document:
    return documents.rule("deny", priority, **{"sourceAddressPrefix": "*", "destinationAddressPrefix": "*", **properties})


def deny_out(peer: str, **properties: Any) -> Document:
    return deny(direction="Outbound", destinationAddressPrefix=peer, **properties)


def judged(flow: Document, *rules: Document) -> Judgement:
    """What becomes of a flow when the rule that allows it is in the group as well."""
    ours, others = SecurityRule.from_arm(flow), [SecurityRule.from_arm(rule) for rule in rules]
    access = EffectiveAccess([ours, *others], facts=Facts.of([NETWORK]))
    return access.judge(ours, rules=[ours, *others])


def told(flow: Document, *rules: Document) -> str:
    ours = SecurityRule.from_arm(flow)
    return sentence(judged(flow, *rules), rule=ours, flow=ours)


@pytest.mark.parametrize("flow", [CALLS, PROBES, STORAGE, PUBLIC])
def test_without_any_other_rule_all_is_allowed(flow: Document) -> None:
    assert judged(flow).verdict == "Allowed"
    assert judged(flow).offender is None


@pytest.mark.parametrize(
    ("flow", "rule", "verdict"),
    [
        (CALLS, deny(), "Blocked"),
        (CALLS, deny(priority=1001), "Allowed"),
        (CALLS, deny(access="Allow"), "Allowed"),
        (CALLS, deny(direction="Outbound"), "Allowed"),
        (CALLS, deny(protocol="Udp"), "Allowed"),
        (CALLS, deny(destinationPortRange="80"), "PartlyBlocked"),
        (CALLS, deny(destinationPortRange="0-442"), "PartlyBlocked"),
        (CALLS, deny(destinationPortRange="81-442"), "Allowed"),
        (CALLS, deny(destinationPortRange="https"), "MayBeBlocked"),
        (CALLS, deny(protocol="Sctp"), "MayBeBlocked"),
        (CALLS, deny(sourcePortRange="1024-65535"), "PartlyBlocked"),
        (CALLS, deny(destinationAddressPrefix="10.1.0.63"), "PartlyBlocked"),
        (CALLS, deny(destinationAddressPrefix="10.1.0.64/26"), "Allowed"),
        (CALLS, deny(destinationAddressPrefix="VirtualNetwork"), "Blocked"),
        (CALLS, deny(destinationAddressPrefix="Internet"), "Allowed"),
        (CALLS, deny(sourceAddressPrefix="Internet"), "Allowed"),
        (CALLS, deny(sourceAddressPrefix="10.0.0.0/8"), "PartlyBlocked"),
        (CALLS, deny(sourceAddressPrefix="10.2.0.0/16"), "MayBeBlocked"),
        (CALLS, deny(sourceAddressPrefix=None, sourceApplicationSecurityGroups=[{"id": ASG}]), "MayBeBlocked"),
        (CALLS, deny(sourceAddressPrefix="::/0"), "Allowed"),
        (CALLS, deny(sourceAddressPrefix="0.0.0.0/0"), "Blocked"),
        (CALLS, deny(sourceAddressPrefix="789"), "MayBeBlocked"),
        (PROBES, deny(), "Blocked"),
        (PROBES, deny(sourceAddressPrefix="Internet"), "Allowed"),
        (PROBES, deny(sourceAddressPrefix="168.63.129.16"), "Blocked"),
        (PROBES, deny(sourceAddressPrefix="VirtualNetwork"), "MayBeBlocked"),
        (PROBES, deny(sourceAddressPrefix=None, sourceApplicationSecurityGroups=[{"id": ASG}]), "Allowed"),
        (STORAGE, deny_out("*"), "Blocked"),
        (STORAGE, deny_out("Internet"), "Blocked"),
        (STORAGE, deny_out("AZURECLOUD"), "Blocked"),
        (STORAGE, deny_out("VirtualNetwork"), "Allowed"),
        (STORAGE, deny_out("10.0.0.0/8"), "Allowed"),
        (STORAGE, deny_out("20.60.0.0/16"), "MayBeBlocked"),
        (STORAGE, deny_out("Storage.WestUS"), "PartlyBlocked"),
        (STORAGE, deny_out("AzureMonitor"), "MayBeBlocked"),
        (outbound("Storage.UKSouth", "443"), deny_out("Storage.WestUS"), "Allowed"),
        (outbound("Storage.UKSouth", "443"), deny_out("AzureCloud.UKSouth"), "Blocked"),
        (outbound("Storage.UKSouth", "443"), deny_out("AzureCloud.WestUS"), "Allowed"),
        (outbound("Storage.FranceCentral", "443"), deny_out("AzureCloud.centralfrance"), "Blocked"),
        (outbound("Storage.GermanyWestCentral", "443"), deny_out("Storage.GermanyWC"), "Blocked"),
        (outbound("Storage.GermanyWestCentral", "443"), deny_out("AzureCloud.germanyn"), "Allowed"),
        (outbound("Storage.UKSouth", "443"), deny_out("Storage.Atlantis"), "MayBeBlocked"),
        (PUBLIC, deny(sourceAddressPrefix="AzureCloud"), "PartlyBlocked"),
        (PUBLIC, deny(sourceAddressPrefix="203.0.113.0/24"), "MayBeBlocked"),
        (PUBLIC, deny(sourceAddressPrefix="10.1.0.0/16"), "Allowed"),
    ],
)
def test_one_rule_before_ours(flow: Document, rule: Document, verdict: str) -> None:
    assert judged(flow, rule).verdict == verdict


def test_what_several_rules_do_together_counts() -> None:
    halves = [deny(sourceAddressPrefix="0.0.0.0/1"), documents.rule("other-half", 201, sourceAddressPrefix="128.0.0.0/1")]

    assert judged(CALLS, *halves).verdict == "Blocked"
    assert judged(CALLS, halves[0]).verdict == "PartlyBlocked"


def test_an_earlier_allow_takes_a_denys_effect() -> None:
    allow = documents.rule("allow", 150, access="Allow", sourceAddressPrefix="VirtualNetwork")

    assert judged(CALLS, allow, deny()).verdict == "Allowed"


def test_the_first_rule_that_denies_something_is_the_offender() -> None:
    rules = [
        deny(),
        documents.rule("early", 150, sourceAddressPrefix="10.1.9.0/24"),
        documents.rule("idle", 120, sourceAddressPrefix="Internet"),
    ]

    assert told(CALLS, *rules) == "early (150) blocks TCP 80 from 10.1.9.4 before ours (1000) allows it"


def test_a_certain_offender_goes_before_a_possible_one() -> None:
    rules = [documents.rule("perhaps", 150, sourceAddressPrefix="10.2.0.0/16"), deny(destinationPortRange="443")]

    assert told(CALLS, *rules) == "deny (200) blocks TCP 443 from 10.1.0.4 before ours (1000) allows it"


def test_an_earlier_allow_of_the_internet_does_not_settle_what_cannot_be_read() -> None:
    """The address may be one of a network that is connected to this one, and what `789` stands for as well."""
    public = inbound("203.0.113.0/24", "443")
    allow = documents.rule("allow", 150, access="Allow", sourceAddressPrefix="Internet", destinationAddressPrefix="*")

    assert judged(public, allow, deny(sourceAddressPrefix="789")).verdict == "MayBeBlocked"
    assert judged(public, deny(sourceAddressPrefix="789")).verdict == "MayBeBlocked"


@pytest.mark.timeout(60)
def test_many_pairs_of_application_security_groups_are_judged() -> None:
    """Each pair may hold any packet or none, so that there are more answers to which holds what than can be looked at."""
    pairs = [
        documents.rule(
            f"pair-{number}",
            200 + number,
            sourceAddressPrefix=None,
            destinationAddressPrefix=None,
            sourceApplicationSecurityGroups=[{"id": f"{ASG}-source-{number}"}],
            destinationApplicationSecurityGroups=[{"id": f"{ASG}-destination-{number}"}],
        )
        for number in range(60)
    ]

    assert told(CALLS, *pairs) == (
        "pair-0 (200) may block TCP 80 from VirtualNetwork, as far as that lies in web-source-0, before ours (1000) allows it"
    )
    assert judged(CALLS, documents.rule("allow", 150, access="Allow", sourceAddressPrefix="*"), *pairs).verdict == "Allowed"


@pytest.mark.parametrize("rules", [1, 2, 3, 4])
def test_the_example_is_the_first_packet_whatever_is_cut_away_before(rules: int) -> None:
    allows = [
        documents.rule("last", 150, access="Allow", destinationPortRange="443", sourceAddressPrefix="10.1.0.0/24"),
        documents.rule("middle", 151, access="Allow", destinationPortRange="81-90", sourceAddressPrefix="10.1.0.0/23"),
        documents.rule("one", 152, access="Allow", sourceAddressPrefix="10.1.0.200", destinationAddressPrefix="10.1.0.4"),
        documents.rule("low", 153, access="Allow", destinationAddressPrefix="10.1.0.0/28"),
    ]

    assert told(inbound("10.1.0.0/16", "80-443"), *allows[:rules], deny()) == (
        "deny (200) blocks TCP 80 from 10.1.0.4 before ours (1000) allows it"
    )


def test_what_lies_outside_of_the_network_is_told_by_that() -> None:
    """An address would be a guess: it may be one of a connected network, which the other rule lets in."""
    allow = documents.rule("allow", 150, access="Allow", sourceAddressPrefix="VirtualNetwork", destinationAddressPrefix="*")

    assert told(inbound("*", "443"), allow, deny()) == "deny (200) blocks TCP 443 from Internet before ours (1000) allows it"


@pytest.mark.parametrize(
    ("flow", "rule", "said"),
    [
        (PROBES, deny(), "deny (200) blocks TCP 80 from 168.63.129.16 before ours (1000) allows it"),
        (STORAGE, deny_out("Internet"), "deny (200) blocks TCP 443 to Storage before ours (1000) allows it"),
        (STORAGE, deny_out("Storage.WestUS"), "deny (200) blocks TCP 443 to Storage.WestUS before ours (1000) allows it"),
        (STORAGE, deny_out("Storage.GermanyWC"), "deny (200) blocks TCP 443 to Storage.GermanyWC before ours (1000) allows it"),
        (PUBLIC, deny(), "deny (200) blocks TCP 443 from Internet before ours (1000) allows it"),
        (
            STORAGE,
            deny_out("20.60.0.0/16"),
            "deny (200) may block TCP 443 to Storage, as far as that lies in 20.60.0.0/16, before ours (1000) allows it",
        ),
        (
            CALLS,
            deny(sourceAddressPrefix=None, sourceApplicationSecurityGroups=[{"id": ASG}]),
            "deny (200) may block TCP 80 from VirtualNetwork, as far as that lies in web, before ours (1000) allows it",
        ),
        (
            CALLS,
            deny(destinationPortRange="https"),
            "deny (200) may block TCP 80 from VirtualNetwork, depending on what Azure makes of it, before ours (1000) allows it",
        ),
        (
            CALLS,
            deny(sourceAddressPrefix=None, sourceAddressPrefixes=[f"10.{n}.0.0/16" for n in range(2, 8)]),
            "deny (200) may block TCP 80 from VirtualNetwork, as far as that lies in 10.2.0.0/16, 10.3.0.0/16 and 4 more, before ours (1000) allows it",
        ),
    ],
)
def test_what_people_are_told(flow: Document, rule: Document, said: str) -> None:
    assert told(flow, rule) == said


def test_nothing_is_told_where_nothing_is_denied() -> None:
    with pytest.raises(ValueError, match="nothing is denied"):
        told(CALLS)


def test_ipv6_is_judged_by_itself() -> None:
    both = inbound("VirtualNetwork", "443", destinationAddressPrefix=None, destinationAddressPrefixes=[SUBNET, "fd00:1::/64"])

    assert judged(both, deny(sourceAddressPrefix="::/0")).verdict == "MayBeBlocked"
    assert judged(both, deny(sourceAddressPrefix="0.0.0.0/0")).verdict == "PartlyBlocked"
    assert judged(both, deny()).verdict == "Blocked"


def test_a_rule_covers_a_flow_or_meets_it() -> None:
    flow = SecurityRule.from_arm(STORAGE)
    whole, part = (SecurityRule.from_arm(deny_out(peer)) for peer in ("AzureCloud", "Storage.UKSouth"))
    other, inward = SecurityRule.from_arm(deny_out("10.0.0.0/8")), SecurityRule.from_arm(deny())
    access = EffectiveAccess([flow, whole, part, other, inward], facts=Facts.of([NETWORK]))

    assert [access.covers(rule, flow) for rule in (whole, part, other, inward)] == [True, False, False, False]
    assert [access.overlap(flow, rule) for rule in (whole, part, other, inward)] == [True, True, False, False]
