"""Whatever happens to a resource: every status is one that all tools read alike (`worlds.life.judge`), and rest makes no noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Gateways, Unreadable
from workspace_gateway_network.planning.outcome import Outcome
from worlds import documents
from worlds.azure import absent, trouble
from worlds.documents import SUBNET_ID, gateway
from worlds.life import Life
from worlds.resources import OUR_GROUP_ID

GROUP = ResourceId(OUR_GROUP_ID)
Act = Callable[[Life], Any]


def break_rule(life: Life) -> None:
    """Somebody changes a rule of ours, where there is one."""
    for properties in life.world.rules(GROUP).values() if GROUP in life.world.groups else ():
        properties["access"] = "Deny"


def undelegate(life: Life) -> None:
    """Somebody takes the delegation away."""
    life.world.subnet["properties"]["delegations"] = []


def looks() -> st.SearchStrategy[Act]:
    """Looks at Azure, whole and partial, and passes in which something happens."""
    parts: list[dict[str, Any]] = [
        {},
        {"subnet": Unreadable(trouble())},
        {"subnet": absent()},
        {"api_management": absent(Reason.API_MANAGEMENT_NOT_FOUND, "There is no service.")},
        {"gateways": Gateways(found=(), incomplete=trouble())},
    ]
    problem = Finding(condition=ConditionType.SECURITY_RULES_APPLIED, reason=Reason.POLICY_DENIED, message="A policy says no.")
    outcomes = [Outcome(waiting_for=ResourceId(SUBNET_ID), retry_after=4), Outcome(moved=True), Outcome(problem=problem)]
    return st.one_of(
        st.sampled_from(parts).map(lambda each: lambda life: life.look(**each)),
        st.sampled_from(outcomes).map(lambda each: lambda life: life.pass_over(first=life.plan(), outcome=each)),
        st.just(lambda life: life.settle() if life.spec.get("managementPolicy") != "Observe" else life.look()),
        st.just(lambda life: life.suspend()),
        st.just(lambda life: life.refuse()),
    )


def changes() -> st.SearchStrategy[Act]:
    """What people, other tools and time do in between."""
    fields: list[dict[str, Any]] = [
        {"requirementsVersion": "2026-08-26"},
        {"requirementsVersion": "2025-06-18"},
        {"managementPolicy": "Observe"},
        {"managementPolicy": "Manage"},
        {"suspend": True},
        {"progressDeadlineSeconds": 60},
    ]
    return st.one_of(
        st.sampled_from([1, 14, 20, 100]).map(lambda seconds: lambda life: life.wait(seconds)),
        st.sampled_from(fields).map(lambda each: lambda life: life.edit(**each)),
        st.sampled_from([break_rule, undelegate]),
        st.sampled_from(["External", "Internal"]).map(lambda kind: lambda life: life.world.gateways.append(gateway(kind=kind))),
        st.just(lambda life: life.world.gateways.clear()),
    )


LIVES = st.lists(st.one_of(looks(), changes()), max_size=12)


@given(acts=LIVES)
def test_every_status_of_any_life_is_one_that_all_tools_read_alike(acts: list[Act]) -> None:
    life = Life()
    for act in acts:
        act(life)


@given(acts=LIVES)
def test_every_status_of_any_end_is_one_that_all_tools_read_alike(acts: list[Act]) -> None:
    life = Life()
    for act in acts:
        act(life)
    life.delete()
    life.world.subnet["properties"]["serviceAssociationLinks"] = [documents.service_association_link()]
    life.delete(subnet=Unreadable(trouble()))
    life.delete()


@given(acts=LIVES)
def test_a_third_look_at_the_same_has_nothing_new_to_say(acts: list[Act]) -> None:
    """The first may bring news, the second the first answer to it: drift that was just seen was not under repair before."""
    life = Life()
    for act in acts:
        act(life)
    life.look()
    life.look()
    before = life.status

    life.look()

    assert life.status == before
    assert life.told() == []


@given(acts=LIVES)
def test_green_always_means_that_there_is_nothing_left_to_do_or_a_repair_is_young(acts: list[Act]) -> None:
    life = Life()
    for act in acts:
        act(life)
    life.look()

    if life.said()[0] == "True":
        drifted = life.status.drift is not None and life.status.drift.state == "Drifted"
        assert not life.plan().steps or drifted
