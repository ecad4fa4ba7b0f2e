"""What Azure's own refusals become: roles, locks, policies and limits as the emulator keeps them, not answers made for the test."""

from __future__ import annotations

from typing import Any

from contract.azure.world import GROUP, NEW_NSG, NSG, OPERATOR, ROUTES, SUBNET, World, create_group, delegate, delete_group, rule, rules
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.observed import Found, Unreadable

SUBSCRIPTION = GROUP.partition("/resourceGroups")[0]
GRANT = "Grant a role with this action there; a new grant takes some minutes to work."


def allow(world: World, *actions: str) -> None:
    """Give the operator's identity these actions in the group, besides all reads of the subscription."""
    roles: list[dict[str, Any]] = [{"role": "Reader", "scope": SUBSCRIPTION}, {"role": {"actions": list(actions)}, "scope": GROUP}]
    world.emulator.put_principal(OPERATOR, secret="right", roles=roles)


def said(problem: Finding | None, reason: Reason) -> str:
    """What is said of a problem with this reason."""
    assert problem is not None
    assert problem.reason is reason
    return problem.message


async def test_a_role_without_the_write(world: World) -> None:
    allow(world)

    outcome = await world.apply(delegate)

    assert said(outcome.problem, Reason.AUTHORIZATION_FAILED) == (
        f"The operator's identity may not write subnet team-a: it lacks the action Microsoft.Network/virtualNetworks/subnets/write at {SUBNET}. "
        f"{GRANT} (AuthorizationFailed)"
    )
    assert world.properties(SUBNET)["delegations"] == []


async def test_a_role_that_may_not_join_what_the_subnet_has(world: World) -> None:
    allow(world, "Microsoft.Network/virtualNetworks/subnets/write")

    outcome = await world.apply(delegate)

    assert said(outcome.problem, Reason.AUTHORIZATION_FAILED) == (
        f"The operator's identity may not write subnet team-a: it lacks the action Microsoft.Network/routeTables/join/action at {ROUTES}. "
        "Grant a role with this action there, unless that resource is gone; a new grant takes some minutes to work. (LinkedAuthorizationFailed)"
    )
    allow(world, "Microsoft.Network/virtualNetworks/subnets/write", "Microsoft.Network/routeTables/join/action")
    assert (await world.write(delegate)).problem is None
    assert len(world.properties(SUBNET)["delegations"]) == 1


async def test_writes_of_rules_need_no_write_of_their_group(world: World) -> None:
    allow(world, "Microsoft.Network/networkSecurityGroups/securityRules/write")

    assert (await world.write(rules(1000))).problem is None

    assert said((await world.apply(create_group)).problem, Reason.AUTHORIZATION_FAILED) == (
        "The operator's identity may not write network security group wgn-team-a: it lacks the action "
        f"Microsoft.Network/networkSecurityGroups/write at {NEW_NSG}. {GRANT} (AuthorizationFailed)"
    )


async def test_polls_that_are_refused_leave_it_to_the_resource(world: World) -> None:
    world.emulator.settings(polls_need_role=True)
    world.emulator.put_principal(OPERATOR, secret="right", roles=[{"role": "Contributor", "scope": GROUP}])

    finished = await world.write(delegate)

    assert finished.problem is None
    assert len(finished.completed) == 1


async def test_a_read_only_lock(world: World) -> None:
    world.emulator.put_lock("frozen", scope=GROUP, level="ReadOnly")

    outcome = await world.apply(delegate)

    assert said(outcome.problem, Reason.SCOPE_LOCKED) == (
        f"A lock on {GROUP} does not allow the operator to write subnet team-a. Remove the lock, or lift it for a while. (ScopeLocked)"
    )
    world.emulator.delete_lock("frozen")
    assert (await world.write(delegate)).problem is None


async def test_a_lock_against_deletion(world: World) -> None:
    world.emulator.put_lock("keep", scope=NSG, level="CanNotDelete")

    assert (await world.write(rules(1000))).problem is None

    assert said((await world.apply(delete_group)).problem, Reason.SCOPE_LOCKED) == (
        f"A lock on {NSG} does not allow the operator to delete network security group shared. "
        "Remove the lock, or lift it for a while. (ScopeLocked)"
    )


async def test_a_policy(world: World) -> None:
    untagged = {
        "allOf": [
            {"field": "type", "equals": "Microsoft.Network/networkSecurityGroups"},
            {"field": "tags['owner']", "exists": "false"},
        ]
    }
    world.emulator.put_policy("owners", scope=SUBSCRIPTION, condition=untagged, display_name="Security groups have an owner")

    outcome = await world.apply(create_group)

    assert said(outcome.problem, Reason.POLICY_DENIED) == (
        "Azure Policy 'Security groups have an owner' does not allow the operator to write network security group wgn-team-a. "
        "Set what it asks for (tags in spec.tags), or have this scope exempted. (RequestDisallowedByPolicy)"
    )
    assert world.emulator.get(NEW_NSG) is None


async def test_a_group_that_is_full(world: World) -> None:
    full = [rule(f"r{number}", priority=100 + number) for number in range(1000)]
    world.emulator.patch(NSG, {"properties": {"securityRules": full}})

    outcome = await world.apply(rules(4000))

    assert said(outcome.problem, Reason.QUOTA_EXCEEDED).endswith(
        "A security group cannot have more than 1000 security rules. Remove what is no longer used, or have Azure raise the limit."
        " (SecurityRuleCountLimitReached)"
    )


async def test_a_token_that_is_not_taken_any_more_is_replaced_at_once(world: World) -> None:
    assert isinstance((await world.look()).subnet, Found)
    world.emulator.expire_tokens()

    assert isinstance((await world.look()).subnet, Found)


async def test_where_no_token_is_taken_the_identity_platform_is_left_alone(world: World) -> None:
    world.emulator.add_fault(expired_token=True)
    world.emulator.add_fault(service="entra", name="tokens")

    for _ in range(3):
        subnet = (await world.look()).subnet
        assert isinstance(subnet, Unreadable)
        assert said(subnet.finding, Reason.CREDENTIAL_UNAVAILABLE) == (
            "Azure does not accept the operator's token: The access token has expired. Check the tenant and the audience"
            " that the operator is set up with. (ExpiredAuthenticationToken)"
        )

    asked = next(each["seen"] for each in world.emulator.faults() if each["name"] == "tokens")
    assert asked == 2, "the first, and one to see whether another one is taken"
