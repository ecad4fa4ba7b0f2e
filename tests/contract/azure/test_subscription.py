"""What a subscription says of itself, read from the emulator: its registration for Microsoft.Web, and its locks."""

from __future__ import annotations

from dataclasses import replace

from contract.azure.world import GROUP, NETWORK, OPERATOR, QUERY, SUBSCRIPTION, World, fault_403, seed
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.lock import Lock
from workspace_gateway_network.model.resource_provider import is_unregistered, web_provider_of
from workspace_gateway_network.planning.observed import Found, Observed, Unreadable
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step

ASKING = replace(QUERY, reads_subscription=True)
PROVIDER = f"subscriptions/{SUBSCRIPTION}/providers/Microsoft.Web"


def register(observed: Observed) -> Plan:
    """Wants the registration."""
    state = observed.web_registration
    if not isinstance(state, Found) or not is_unregistered(state.value):
        return Plan()
    return Plan(
        steps=(
            Step(
                action=Action.REGISTER,
                target=web_provider_of(SUBSCRIPTION),
                condition=ConditionType.PREREQUISITES_MET,
                changes=(Change(path="registrationState", before=state.value, after="Registered"),),
                reads=ReadSet(web_registration=True),
                locks=frozenset(),
            ),
        )
    )


async def test_a_registration_that_is_there_is_asked_for_once(world: World) -> None:
    for _ in range(3):
        look = await world.look(ASKING)
        assert look.web_registration == Found("Registered")
        world.clock.advance(600)

    assert [path for _, path in world.sent("GET")].count(PROVIDER) == 1


async def test_nobody_asks_where_nobody_wants_to_know(world: World) -> None:
    await world.look()

    assert PROVIDER not in [path for _, path in world.sent("GET")]


async def test_one_that_is_missing_is_looked_for_at_every_look(world: World) -> None:
    world.emulator.reset({**seed(), "providers": {"Microsoft.Web": "NotRegistered"}})

    assert (await world.look(ASKING)).web_registration == Found("NotRegistered")
    world.emulator.reset(seed())
    assert (await world.look(ASKING)).web_registration == Found("Registered")


async def test_registering_is_one_post_that_nobody_waits_for(world: World) -> None:
    world.emulator.reset({**seed(), "providers": {"Microsoft.Web": "NotRegistered"}})
    world.emulator.settings(latency="azure")
    observed = await world.look(ASKING)

    outcome = await world.apply(register, observed=observed)

    assert [step.action for step in outcome.completed] == [Action.REGISTER]
    assert outcome.waiting_for is None
    assert world.sent("POST") == [("POST", f"{PROVIDER}/register")]
    assert (await world.look(ASKING)).web_registration == Found("Registering")
    assert register(await world.look(ASKING)) == Plan()


async def test_somebody_who_registered_it_first_is_noticed_before_the_post(world: World) -> None:
    world.emulator.reset({**seed(), "providers": {"Microsoft.Web": "NotRegistered"}})
    observed = await world.look(ASKING)
    world.emulator.reset(seed())

    outcome = await world.apply(register, observed=observed)

    assert outcome.moved
    assert world.sent("POST") == []


async def test_registering_without_the_right_names_the_action(world: World) -> None:
    world.emulator.reset({**seed(), "providers": {"Microsoft.Web": "NotRegistered"}})
    action, scope = "microsoft.web/register/action", f"/subscriptions/{SUBSCRIPTION}"
    observed = await world.look(ASKING)
    world.emulator.add_fault(method="POST", answer=fault_403(action, scope))

    outcome = await world.apply(register, observed=observed)

    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.AUTHORIZATION_FAILED
    assert outcome.problem.message == (
        "The operator's identity may not register resource provider Microsoft.Web: it lacks the action microsoft.web/register/action at"
        f" /subscriptions/{SUBSCRIPTION}. Grant a role with this action there; a new grant takes some minutes to work. (AuthorizationFailed)"
    )


async def test_a_registration_that_may_not_be_read_is_not_asked_for_again_for_a_while(world: World) -> None:
    action, scope = "Microsoft.Resources/subscriptions/providers/read", f"/subscriptions/{SUBSCRIPTION}"
    world.emulator.add_fault(path="/microsoft.web$", answer=fault_403(action, scope))
    for _ in range(2):
        state = (await world.look(ASKING)).web_registration
        assert isinstance(state, Unreadable)
        assert state.finding.message == (
            "The operator's identity may not read resource provider Microsoft.Web: it lacks the action"
            f" Microsoft.Resources/subscriptions/providers/read at /subscriptions/{SUBSCRIPTION}. Grant a role with this action there; a new"
            " grant takes some minutes to work. (AuthorizationFailed)"
        )

    assert [path for _, path in world.sent("GET")].count(PROVIDER) == 1


async def test_the_locks_of_the_subscription_are_seen(world: World) -> None:
    world.emulator.put_lock("keep", scope=NETWORK, level="CanNotDelete")
    world.emulator.put_lock("frozen", scope=GROUP, level="ReadOnly")

    locks = (await world.look(ASKING)).locks

    assert locks == (
        Lock(name="keep", scope=NETWORK, level="CanNotDelete"),
        Lock(name="frozen", scope=GROUP, level="ReadOnly"),
    )


async def test_locks_that_may_not_be_read_are_no_obstacle(world: World) -> None:
    world.emulator.put_lock("frozen", scope=GROUP, level="ReadOnly")
    roles = [
        {"role": {"actions": ["Microsoft.Network/*/read", "Microsoft.ApiManagement/*/read"]}, "scope": f"/subscriptions/{SUBSCRIPTION}"}
    ]
    world.emulator.put_principal(OPERATOR, secret="right", roles=roles)

    look = await world.look(ASKING)

    assert look.locks == ()
    assert isinstance(look.subnet, Found)
