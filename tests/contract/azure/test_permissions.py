"""The role in deploy/azure/permissions.json is enough, and no action in it is too much: without any one the operator says which it lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from contract.azure.life import Life, allow, attach_shared, bring_gateway, rich_seed, take_gateway
from contract.azure.world import SUBSCRIPTION, World
from stage import role

SCOPE = f"/subscriptions/{SUBSCRIPTION}"
GOOD = {"AwaitingGateway", "Reconciled"}
Story = Callable[[World], Awaitable[Life]]


async def own_group(world: World) -> Life:
    """Integration, with a group that the operator makes."""
    return await told(Life(world, deletionPolicy="Delete"))


async def shared_group(world: World) -> Life:
    """Integration, with rules in a group of somebody else."""
    attach_shared(world.emulator)
    return await told(Life(world, deletionPolicy="Delete"))


async def injection(world: World) -> Life:
    """Injection, with a gateway that is published."""
    bring_gateway(world.emulator)
    return await told(Life(world, mode="Injection", deletionPolicy="Delete"))


async def observation(world: World) -> Life:
    """Integration under Observe: nothing is written."""
    return await told(Life(world, managementPolicy="Observe"))


async def registration(world: World) -> Life:
    """A subscription that has to be registered."""
    world.emulator.reset(rich_seed(providers={"Microsoft.Web": "NotRegistered"}))
    allow_all_but(world, *LACKING)
    return await told(Life(world, resourceProviderRegistration="Register"))


LACKING: list[str] = []


async def told(life: Life) -> Life:
    await life.settle()
    return life


def allow_all_but(world: World, *actions: str) -> None:
    allow(world.emulator, [each for each in role.actions() if each not in actions], scope=SCOPE)


@pytest.fixture
def rich(world: World) -> World:
    world.emulator.reset(rich_seed())
    world.emulator.settings(latency="instant", polls_need_role=True)
    LACKING.clear()
    return world


def story_of(action: str) -> Story:
    """A story in which the action is needed."""
    feature = next(each["feature"] for each in role.features() if action in each["actions"])
    by_feature = {"names": injection, "records": injection, "zones": injection, "rules": shared_group, "registration": registration}
    return injection if action == "Microsoft.ApiManagement/gateways/read" else by_feature.get(feature, own_group)


REQUIRED = [action for each in role.features() if not each.get("optional") for action in each["actions"]]
ON_DELETION = [action for action in REQUIRED if action.endswith("/delete")]
UNKNOWN_REGISTRATION = "Whether the subscription is registered for Microsoft.Web is not known. "
OPTIONAL = [action for each in role.features() if each.get("optional") for action in each["actions"]]


@pytest.mark.parametrize("story", [own_group, shared_group, injection, registration])
async def test_the_role_is_enough_from_the_first_look_to_the_last_clean_up(rich: World, story: Story) -> None:
    allow_all_but(rich)
    before = Life(rich).foreign()
    life = await story(rich)
    assert life.said()[1] in GOOD, life.said()

    if story is not registration:
        take_away(rich, story)
        life.delete()
        assert await life.settle()
        assert life.is_gone
        after = life.foreign()
        assert {key: value for key, value in after.items() if key in before} == {key: before[key] for key in before if key in after}


async def test_a_registration_that_somebody_took_back_is_made_again(rich: World) -> None:
    allow_all_but(rich)
    life = await told(Life(rich, resourceProviderRegistration="Register"))
    assert life.said()[1] == "AwaitingGateway"
    rich.emulator.reset(rich_seed(providers={"Microsoft.Web": "NotRegistered"}))
    life.wait(60)
    await life.settle()
    life.wait(60)
    assert await life.settle()

    assert life.said()[1] == "AwaitingGateway"


async def test_looking_takes_no_more_than_reading(rich: World) -> None:
    allow(rich.emulator, role.actions("look", "foresight"), scope=SCOPE)

    life = await observation(rich)

    assert life.said()[:2] == ("False", "DriftDetected")
    assert life.said("AzureAccess")[:2] == ("True", "Reconciled")


@pytest.mark.parametrize("action", [action for action in REQUIRED if action not in ON_DELETION])
async def test_without_one_action_the_operator_says_which_and_goes_on_once_it_is_granted(rich: World, action: str) -> None:
    LACKING.append(action)
    allow_all_but(rich, action)

    life = await story_of(action)(rich)

    assert life.said()[:2] == ("False", "AuthorizationFailed"), life.said()
    assert f"it lacks the action {action} at {SCOPE}".lower() in life.messages().lower()
    allow_all_but(rich)
    life.wait(600)
    assert await life.settle()
    assert life.said()[1] in GOOD, life.said()


@pytest.mark.parametrize("action", ON_DELETION)
async def test_without_one_action_a_clean_up_says_which_and_ends_once_it_is_granted(rich: World, action: str) -> None:
    allow_all_but(rich)
    story = story_of(action)
    life = await story(rich)
    assert life.said()[1] in GOOD, life.said()
    allow_all_but(rich, action)
    take_away(rich, story)
    life.delete()
    await life.settle()

    assert not life.is_gone
    assert f"it lacks the action {action} at {SCOPE}" in life.messages()
    allow_all_but(rich)
    life.wait(600)
    assert await life.settle()
    assert life.is_gone


NOTES = {
    "Microsoft.Authorization/locks/read": ("AzureAccess", f"may not read the locks of subscription {SUBSCRIPTION}: "),
    "Microsoft.Resources/subscriptions/providers/read": ("PrerequisitesMet", "may not read resource provider Microsoft.Web: "),
    "Microsoft.Network/locations/operations/read": (
        "AzureAccess",
        f"may not read the network operations of subscription {SUBSCRIPTION}: ",
    ),
    "Microsoft.Network/privateDnsOperationStatuses/read": (
        "AzureAccess",
        f"may not read the private DNS operations of subscription {SUBSCRIPTION}: ",
    ),
}


@pytest.mark.parametrize("action", OPTIONAL)
async def test_what_is_optional_holds_nothing_up_and_is_named_until_it_is_granted(rich: World, action: str) -> None:
    allow_all_but(rich, action)
    condition, attempt = NOTES[action]
    note = (
        f"The operator's identity {attempt}it lacks the action {action} at {SCOPE}. Grant a role with this action there; a new grant takes"
        " some minutes to work. (AuthorizationFailed)"
    )

    life = await (own_group if condition == "PrerequisitesMet" else injection)(rich)

    assert life.said()[1] in GOOD, life.said()
    assert life.said(condition)[:2] == ("True", "Reconciled")
    assert f"Note: {note}" in life.said(condition)[2].replace(UNKNOWN_REGISTRATION, "")
    allow_all_but(rich)
    life.wait(600)
    assert await life.settle()
    assert note not in life.messages()


def take_away(world: World, story: Story) -> None:
    """What keeps the resource from being cleaned up is gone."""
    if story is injection:
        take_gateway(world.emulator)


async def test_a_list_that_a_role_has_emptied_is_not_empty(rich: World) -> None:
    """A gateway is in the subnet, and the identity may not see gateways: it must not take the subnet for free."""
    bring_gateway(rich.emulator)
    allow_all_but(rich, "Microsoft.ApiManagement/gateways/read")
    life = Life(rich, deletionPolicy="Delete")
    await life.settle()

    assert life.said() == (
        "False",
        "AuthorizationFailed",
        (
            "The operator's identity may not read the gateways of subscription 11111111-1111-1111-1111-111111111111: it lacks the action"
            " Microsoft.ApiManagement/gateways/read at /subscriptions/11111111-1111-1111-1111-111111111111. Grant a role with this action there; a"
            " new grant takes some minutes to work. (AuthorizationFailed)"
        ),
    )
    assert rich.sent("PUT", "PATCH", "POST", "DELETE") == []
