"""Safety rule 5: where a rule stands decides what it does, so its number is never a matter of chance."""

from __future__ import annotations

from typing import Any

import pytest

from workspace_gateway_network.model.security_rule import SecurityRule
from workspace_gateway_network.model.subnet import VirtualNetwork
from workspace_gateway_network.planning.desired import Desired
from workspace_gateway_network.planning.flows import Flows
from workspace_gateway_network.planning.numbering import Numbering, number_rules
from worlds import documents
from worlds.documents import Document, closing_deny, rule
from worlds.resources import INTERNET, LOAD_BALANCER, PREFIX, additional, desired

STORAGE = f"{PREFIX}gateway-storage"
KEY_VAULT = f"{PREFIX}gateway-key-vault"


def number(wanted: Desired, *existing: Document) -> Numbering:
    rules = [SecurityRule.from_arm(each) for each in existing]
    flows = Flows(desired=wanted, prefixes=["10.1.0.0/26"], network=VirtualNetwork.from_arm(documents.network()), existing=rules)
    return number_rules(desired=wanted, flows=flows, existing=rules)


def numbers(wanted: Desired, *existing: Document) -> dict[str, int]:
    numbering = number(wanted, *existing)
    assert numbering.findings == ()
    return dict(numbering.numbers)


def messages(wanted: Desired, *existing: Document) -> list[str]:
    return [finding.message for finding in number(wanted, *existing).findings]


def deny(name: str, priority: int, **properties: Any) -> Document:
    """A Deny of what both rules of the requirements allow."""
    return rule(name, priority, **{"sourceAddressPrefix": "*", "protocol": "Tcp", "destinationPortRange": "80", **properties})


def ours(name: str, priority: int, **properties: Any) -> Document:
    return rule(name, priority, access="Allow", **properties)


def test_new_rules_are_counted_from_1000() -> None:
    assert numbers(desired()) == {LOAD_BALANCER: 1000, INTERNET: 1001}


def test_numbers_of_others_are_skipped() -> None:
    allows = [rule("a", 1000, access="Allow"), rule("b", 1002, access="Allow")]

    assert numbers(desired(), *allows) == {LOAD_BALANCER: 1001, INTERNET: 1003}


def test_new_rules_go_behind_every_other_deny() -> None:
    assert numbers(desired(), deny("deny", 2000), deny("earlier", 1500)) == {LOAD_BALANCER: 2001, INTERNET: 2002}


def test_a_deny_below_1000_moves_nothing() -> None:
    assert numbers(desired(), deny("deny", 200)) == {LOAD_BALANCER: 1000, INTERNET: 1001}


def test_a_deny_of_everything_below_3000_is_a_decision_like_any_other() -> None:
    assert numbers(desired(), closing_deny(2999)) == {LOAD_BALANCER: 3000, INTERNET: 3001}


def test_new_rules_go_before_the_closing_deny() -> None:
    assert numbers(desired(), closing_deny(3000)) == {LOAD_BALANCER: 1000, INTERNET: 1001}


def test_new_rules_go_between_a_deny_and_the_closing_one() -> None:
    assert numbers(desired(), deny("deny", 3500), closing_deny(4000)) == {LOAD_BALANCER: 3501, INTERNET: 3502}


def test_a_deny_behind_the_closing_one_decides_nothing() -> None:
    assert numbers(desired(), closing_deny(3000), deny("idle", 4000)) == {LOAD_BALANCER: 1000, INTERNET: 1001}


def test_the_first_of_two_closing_denies_counts() -> None:
    world = [closing_deny(4000, name="late"), deny("deny", 2998), closing_deny(3001, name="early")]

    assert numbers(desired(), *world) == {LOAD_BALANCER: 2999, INTERNET: 3000}


def test_directions_are_numbered_independently() -> None:
    both = desired(requirementsVersion="2026-05-20")

    assert numbers(both, rule("in", 1000), rule("out", 1000, direction="Outbound", access="Allow")) == {STORAGE: 1001, KEY_VAULT: 1002}
    assert numbers(desired(), rule("out", 3500, direction="Outbound")) == {LOAD_BALANCER: 1000, INTERNET: 1001}


def test_a_rule_keeps_the_number_that_it_has() -> None:
    assert numbers(desired(), ours(LOAD_BALANCER, 1234), ours(INTERNET, 900)) == {LOAD_BALANCER: 1234, INTERNET: 900}


def test_a_rule_keeps_its_number_when_a_deny_comes_behind_or_before_it() -> None:
    remembers = desired(numbers={LOAD_BALANCER: 1000, INTERNET: 1001})
    there = [ours(LOAD_BALANCER, 1000), ours(INTERNET, 1001)]

    assert numbers(remembers, *there, deny("later", 2000), deny("earlier", 500)) == {LOAD_BALANCER: 1000, INTERNET: 1001}


def test_a_deleted_rule_gets_back_the_number_that_it_had() -> None:
    assert numbers(desired(numbers={INTERNET: 1500})) == {INTERNET: 1500, LOAD_BALANCER: 1000}


def test_a_flipped_number_is_healed() -> None:
    remembers = desired(numbers={LOAD_BALANCER: 1000, INTERNET: 1001})

    assert numbers(remembers, ours(LOAD_BALANCER, 4096), ours(INTERNET, 1001)) == {LOAD_BALANCER: 1000, INTERNET: 1001}


def test_a_rule_that_was_moved_to_anothers_number_does_not_get_to_keep_it() -> None:
    """Each has its own remembered number, whichever is looked at first."""
    remembers = desired(numbers={LOAD_BALANCER: 1000, INTERNET: 1001})
    taken = rule("foreign", 1000, access="Allow")

    assert numbers(remembers, taken, ours(LOAD_BALANCER, 1001)) == {LOAD_BALANCER: 1002, INTERNET: 1001}


def test_a_remembered_number_is_lost_to_somebody_elses_rule() -> None:
    remembers = desired(numbers={LOAD_BALANCER: 1000, INTERNET: 1001})

    assert numbers(remembers, rule("foreign", 1000, access="Allow")) == {LOAD_BALANCER: 1002, INTERNET: 1001}


def test_a_number_behind_a_new_closing_deny_is_given_up() -> None:
    remembers = desired(numbers={LOAD_BALANCER: 3500, INTERNET: 3501})
    there = [ours(LOAD_BALANCER, 3500), ours(INTERNET, 3501)]

    assert numbers(remembers, *there, closing_deny(3400)) == {LOAD_BALANCER: 1000, INTERNET: 1001}


@pytest.mark.parametrize("nonsense", [0, 99, 4097, -1])
def test_a_remembered_number_that_azure_would_refuse_counts_as_none(nonsense: int) -> None:
    assert numbers(desired(numbers={LOAD_BALANCER: nonsense})) == {LOAD_BALANCER: 1000, INTERNET: 1001}


def test_two_rules_that_remember_one_number_do_not_both_get_it() -> None:
    assert numbers(desired(numbers={LOAD_BALANCER: 1500, INTERNET: 1500})) == {LOAD_BALANCER: 1500, INTERNET: 1000}


def test_a_chosen_number_stands() -> None:
    wanted = desired(additional("office", 300), additional("guests", 4096))

    assert numbers(wanted, deny("deny", 400)) == {f"{PREFIX}office": 300, f"{PREFIX}guests": 4096, LOAD_BALANCER: 1000, INTERNET: 1001}


def test_ones_own_deny_is_a_decision_too() -> None:
    wanted = desired(additional("block", 1200, access="Deny"))

    assert numbers(wanted) == {f"{PREFIX}block": 1200, LOAD_BALANCER: 1000, INTERNET: 1201}


def test_ones_own_closing_deny_closes() -> None:
    closing = additional("close", 3000, access="Deny", protocol="*", peer={"prefixes": ["0.0.0.0/0"]}, ports=["*"])

    assert numbers(desired(closing)) == {f"{PREFIX}close": 3000, LOAD_BALANCER: 1000, INTERNET: 1001}


def test_a_requirements_rule_makes_way_for_a_chosen_number() -> None:
    wanted = desired(additional("office", 1000), numbers={LOAD_BALANCER: 1000, INTERNET: 1001})

    assert numbers(wanted, ours(LOAD_BALANCER, 1000), ours(INTERNET, 1001)) == {
        f"{PREFIX}office": 1000,
        LOAD_BALANCER: 1002,
        INTERNET: 1001,
    }


def test_a_number_that_is_about_to_be_left_is_not_given_away() -> None:
    """Where a rule with a chosen number is now, it may have to stay, when the chosen one is somebody's."""
    wanted = desired(additional("office", 300))

    assert numbers(wanted, ours(f"{PREFIX}office", 1000)) == {f"{PREFIX}office": 300, LOAD_BALANCER: 1001, INTERNET: 1002}


def test_a_name_is_ours_in_any_case() -> None:
    assert numbers(desired(), ours(LOAD_BALANCER.upper(), 1234)) == {LOAD_BALANCER: 1234, INTERNET: 1000}


def test_a_rule_of_another_owner_is_somebody_elses() -> None:
    other = "wgn-6d7d570123456789-gateway-load-balancer"

    assert numbers(desired(), rule(other, 1000, access="Allow")) == {LOAD_BALANCER: 1001, INTERNET: 1002}


def test_a_chosen_number_that_somebody_has_is_a_conflict() -> None:
    wanted = desired(additional("office", 300))

    assert messages(wanted, rule("theirs", 300, access="Allow")) == [
        "Rule office wants number 300 Inbound, which rule theirs has. Choose another number, or move that rule."
    ]
    assert f"{PREFIX}office" not in number(wanted, rule("theirs", 300)).numbers


def test_a_chosen_number_that_somebody_has_in_the_other_direction_is_free() -> None:
    assert messages(desired(additional("office", 300)), rule("theirs", 300, direction="Outbound")) == []


def test_no_room_behind_the_last_deny() -> None:
    numbering = number(desired(), deny("deny", 4095))

    assert numbering.numbers == {LOAD_BALANCER: 4096}
    (finding,) = numbering.findings
    assert finding.message == (
        "No number is free for rule gateway-internet: Inbound it must come behind deny (4095). Free a number there, or move the Deny rules"
        " around it."
    )


def test_no_room_before_the_closing_deny() -> None:
    crowd = [rule(f"r{n}", n, access="Allow") for n in range(1000, 3000)]

    assert messages(desired(), *crowd, closing_deny(3000))[0] == (
        "No number is free for rule gateway-load-balancer: Inbound it must come at 1000 or behind and before DenyAll (3000). Free a number"
        " there, or move the Deny rules around it."
    )


def test_no_room_between_a_deny_and_the_closing_one() -> None:
    numbering = number(desired(), deny("deny", 3998), closing_deny(4000))

    assert numbering.numbers == {LOAD_BALANCER: 3999}
    (finding,) = numbering.findings
    assert finding.message == (
        "No number is free for rule gateway-internet: Inbound it must come behind deny (3998) and before DenyAll (4000). Free a number"
        " there, or move the Deny rules around it."
    )
    assert {(finding.condition.value, finding.reason.value) for finding in numbering.findings} == {
        ("SecurityRulesApplied", "PriorityConflict")
    }
