"""What the status and the events say of security rules that others have a say in."""

from __future__ import annotations

from typing import Any

from worlds import documents
from worlds.azure import World, trouble
from worlds.documents import Document, group, group_id, rule
from worlds.life import Life
from worlds.resources import PREFIX

THEIRS = group_id("theirs")
CALLS, STORAGE = f"{PREFIX}gateway-virtual-network", f"{PREFIX}gateway-storage"
OUT = {"direction": "Outbound", "sourceAddressPrefix": "*"}
NO_OFFICE = rule("no-office", 200, sourceAddressPrefix="10.1.2.0/24")
NO_INTERNET = rule("no-internet", 200, **OUT, destinationAddressPrefix="Internet")
NO_PARTNER = rule("no-partner", 200, **OUT, destinationAddressPrefix="20.60.0.0/16")
OPEN_STORAGE = rule("storage", 300, **OUT, access="Allow", destinationAddressPrefix="AzureCloud")

RESTRICTED = f"no-office (200) blocks TCP 80 from 10.1.2.4 before {CALLS} (1001) allows it: whom to let in is the organisation's to decide."


def life(*foreign: Document, **spec: Any) -> Life:
    """An Injection resource whose subnet has somebody's group, after a pass that did what was to be done."""
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}), groups=[group("theirs", *foreign)])
    lived = Life(world, mode="Injection", **spec)
    lived.settle()
    return lived


def rows(lived: Life) -> list[tuple[str, int | None, str, str | None]]:
    return [(row.requirement, row.priority, row.state, row.by_rule) for row in lived.status.security_rules or ()]


def warnings(lived: Life) -> list[tuple[str, str]]:
    return [(reason, note) for kind, reason, note in lived.told() if kind == "Warning"]


def test_a_restriction_is_told_and_no_failure() -> None:
    lived = life(NO_OFFICE)

    assert lived.said()[:2] == ("True", "AwaitingGateway")
    assert lived.said("SecurityRulesApplied") == (
        "True",
        "Reconciled",
        f"Network security group theirs is attached and holds all 3 wanted rules. {RESTRICTED}",
    )
    assert rows(lived)[1] == ("gateway-virtual-network", 1001, "Restricted", "no-office")
    assert warnings(lived) == [("AccessRestricted", RESTRICTED)]


def test_what_lasts_is_told_once() -> None:
    lived = life(NO_OFFICE)

    lived.look()

    assert lived.told() == []


def test_nothing_is_told_before_the_condition_says_it() -> None:
    """What is told stands in the condition; while that speaks of work to be done, it would be told anew with every pass."""
    world = World(subnet=documents.subnet(networkSecurityGroup={"id": THEIRS}), groups=[group("theirs", NO_OFFICE)])
    lived = Life(world, mode="Injection")

    lived.look()
    assert warnings(lived) == []

    lived.settle()
    assert warnings(lived) == [("AccessRestricted", RESTRICTED)]


def test_a_new_restriction_is_told_when_it_comes() -> None:
    lived = life()
    assert warnings(lived) == []
    lived.world.group(THEIRS)["properties"]["securityRules"].append(NO_OFFICE)

    lived.look()

    assert warnings(lived) == [("AccessRestricted", RESTRICTED)]
    assert lived.said("SecurityRulesApplied")[0] == "True"


def test_a_restriction_that_ends_and_comes_again_is_told_again() -> None:
    lived = life(NO_OFFICE)
    theirs = lived.world.group(THEIRS)["properties"]["securityRules"]
    gone = next(each for each in theirs if each["name"] == "no-office")
    theirs.remove(gone)
    lived.look()
    assert warnings(lived) == []

    theirs.append(gone)
    lived.look()

    assert [reason for reason, _ in warnings(lived)] == ["AccessRestricted"]


def test_a_look_that_cannot_see_the_rules_tells_nothing_of_them() -> None:
    lived = life(NO_OFFICE)
    before = rows(lived)

    lived.look(network_security_groups=lived.world.without(THEIRS, problem=trouble()))

    assert "AccessRestricted" not in {reason for reason, _ in warnings(lived)}
    assert rows(lived) == before
    lived.look()
    assert "AccessRestricted" not in {reason for reason, _ in warnings(lived)}


def test_a_shadowed_dependency_needs_a_person() -> None:
    lived = life(NO_INTERNET)
    said = (
        f"no-internet (200) blocks TCP 443 to Storage.uksouth before {STORAGE} (1000) allows it, and the gateway depends on it. Allow it"
        " before that rule, move or narrow the rule, or set spec.networkSecurityGroup.onDeny to Precede."
    )

    assert lived.said() == ("False", "ShadowedByDeny", said)
    assert lived.said("SecurityRulesApplied") == ("False", "ShadowedByDeny", said)
    assert lived.said("Stalled")[0] == "True"
    assert rows(lived)[2] == ("gateway-storage", 1000, "Shadowed", "no-internet")


def test_preceding_the_deny_ends_it() -> None:
    lived = life(NO_INTERNET)

    lived.edit(networkSecurityGroup={"onDeny": "Precede"})
    lived.settle()

    assert lived.said()[:2] == ("True", "AwaitingGateway")
    assert rows(lived)[2] == ("gateway-storage", 199, "Enforced", None)


def test_what_may_be_blocked_is_a_warning_and_the_condition_stays_true() -> None:
    lived = life(NO_PARTNER)
    said = f"no-partner (200) may block TCP 443 to Storage.uksouth, as far as that lies in 20.60.0.0/16, before {STORAGE} (1000) allows it."

    assert lived.said("SecurityRulesApplied") == (
        "True",
        "Reconciled",
        f"Network security group theirs is attached and holds all 3 wanted rules. {said}",
    )
    assert warnings(lived) == [("MayBeBlocked", said)]
    lived.look()
    assert lived.told() == []


def test_a_rule_of_somebody_else_that_serves_is_named() -> None:
    lived = life(OPEN_STORAGE)

    assert lived.said("SecurityRulesApplied")[2] == (
        "Network security group theirs is attached and holds all 3 wanted rules. Rule storage serves for gateway-storage."
    )
    assert rows(lived)[2] == ("gateway-storage", None, "Satisfied", "storage")


def test_both_what_is_wrong_and_what_is_worth_telling_stand_in_the_condition() -> None:
    lived = life(NO_INTERNET, NO_OFFICE)

    assert lived.said("SecurityRulesApplied")[:2] == ("False", "ShadowedByDeny")
    assert lived.said("SecurityRulesApplied")[2].endswith(f"to Precede. {RESTRICTED}")
    assert ("AccessRestricted", RESTRICTED) in warnings(lived)
