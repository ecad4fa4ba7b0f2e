"""Writing: guarded, exact, one at a time, and honest about what came of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from contract.azure.world import (
    GATEWAY,
    GROUP,
    KEY,
    NETWORK,
    NEW_NSG,
    NSG,
    OPERATOR,
    ROUTES,
    SUBNET,
    SUBSCRIPTION,
    World,
    create_group,
    delegate,
    delete_group,
    fault_403,
    put_gateway,
    rule,
    rules,
    tag_group,
)
from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.azure.limits import LIMITS, Draft, Kind, Provider, Share
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.observed import Observed
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.step import Action, Change, ReadSet, Step
from workspace_gateway_network.runtime.ports import Key

OTHER = Key("apim", "team-b")


async def test_a_subnet_write_changes_what_is_ours_and_keeps_the_rest(world: World) -> None:
    before = world.properties(SUBNET)

    outcome = await world.apply(delegate)
    assert outcome.waiting_for == ResourceId(SUBNET)
    assert outcome.retry_after == pytest.approx(3.0, abs=0.1), "what Azure asked for"
    finished = await world.finish()

    assert [step.target for step in finished.completed] == [ResourceId(SUBNET)]
    assert finished.concurrent_changes == ()
    assert finished.problem is None
    after = world.properties(SUBNET)
    assert [each["name"] for each in after["delegations"]] == ["wgn-test"]
    assert after["routeTable"] == {"id": ROUTES}
    assert after["serviceEndpoints"][0]["service"] == "Microsoft.Storage"
    unchanged = before.keys() - {"delegations"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}
    assert await world.azure.poll(key=KEY) is None


async def test_nothing_is_sent_between_the_guarding_read_and_the_write(world: World) -> None:
    await world.write(delegate)

    sent = world.sent()
    put = sent.index(("PUT", SUBNET[1:]))
    assert sent[put - 1] == ("GET", SUBNET[1:])
    headers = {name.lower(): value for name, value in world.requests()[put]["headers"].items()}
    assert headers["if-match"].startswith('W/"')


async def test_a_body_holds_no_read_only_property(world: World) -> None:
    await world.write(delegate)
    await world.write(create_group)

    bodies = [request["body"] for request in world.requests() if request["method"] == "PUT"]
    assert len(bodies) == 2
    read_only = {
        "etag",
        "provisioningState",
        "resourceGuid",
        "defaultSecurityRules",
        "serviceAssociationLinks",
        "ipConfigurations",
        "actions",
    }
    for body in bodies:
        assert not read_only & names(body if isinstance(body, dict) else json.loads(body))


async def test_an_unknown_property_survives(world: World) -> None:
    world.emulator.patch(SUBNET, {"properties": {"propertyOfTheFuture": {"deep": [1, {"down": None, "up": "x"}]}}})

    await world.write(delegate)

    assert world.properties(SUBNET)["propertyOfTheFuture"]["deep"][1]["up"] == "x"


async def test_a_change_between_look_and_write_moves_the_plan(lazy_world: World) -> None:
    world = lazy_world
    observed = await world.look()
    theirs = [{"name": "theirs", "properties": {"serviceName": "Microsoft.ContainerInstance/containerGroups"}}]
    world.emulator.patch(SUBNET, {"properties": {"delegations": theirs}})

    outcome = await world.apply(delegate, observed=observed)

    assert outcome.moved
    assert world.sent("PUT") == []
    again = await world.look()
    assert delegate(again) == Plan(), "the guarding read stands in front of the older list"


async def test_a_foreign_change_before_the_guarding_read_is_kept(world: World) -> None:
    observed = await world.look()
    world.emulator.patch(SUBNET, {"properties": {"routeTable": None, "privateEndpointNetworkPolicies": "Enabled"}})

    outcome = await world.apply(delegate, observed=observed)
    assert outcome.waiting_for is not None
    finished = await world.finish()

    assert finished.concurrent_changes == ()
    assert "routeTable" not in world.properties(SUBNET)
    assert world.properties(SUBNET)["privateEndpointNetworkPolicies"] == "Enabled"


@pytest.mark.parametrize("if_match", ["own", "network"])
async def test_a_rival_behind_the_guarding_read_costs_a_412(world: World, if_match: str) -> None:
    world.emulator.settings(if_match=if_match)
    rival = {"method": "PATCH", "id": SUBNET, "body": {"properties": {"privateEndpointNetworkPolicies": "Enabled"}}}
    world.emulator.add_fault(method="PUT", path="/subnets/team-a$", meanwhile=[rival], times=1)

    outcome = await world.apply(delegate)

    assert outcome.moved
    assert outcome.problem is None
    assert world.properties(SUBNET)["privateEndpointNetworkPolicies"] == "Enabled"
    assert world.properties(SUBNET)["delegations"] == []
    await world.write(delegate)
    assert world.properties(SUBNET)["privateEndpointNetworkPolicies"] == "Enabled"
    assert [each["name"] for each in world.properties(SUBNET)["delegations"]] == ["wgn-test"]


async def test_where_azure_ignores_conditions_a_rival_behind_the_guarding_read_is_lost_unseen(world: World) -> None:
    """The one gap that no client can close. It is as wide as one request, and the documentation says so."""
    world.emulator.settings(if_match="ignored")
    rival = {"method": "PATCH", "id": SUBNET, "body": {"properties": {"privateEndpointNetworkPolicies": "Enabled"}}}
    world.emulator.add_fault(method="PUT", path="/subnets/team-a$", meanwhile=[rival], times=1)

    finished = await world.write(delegate)

    assert len(finished.completed) == 1
    assert finished.concurrent_changes == ()
    assert world.properties(SUBNET)["privateEndpointNetworkPolicies"] == "Disabled"


async def test_a_tag_leaves_everything_else_alone(world: World) -> None:
    before = world.properties(NSG)

    finished = await world.write(tag_group)

    assert len(finished.completed) == 1
    document = world.emulator.get(NSG)
    assert document is not None
    assert document["tags"] == {"team": "network", "wgn-owner": "us"}
    assert [each["name"] for each in document["properties"]["securityRules"]] == [each["name"] for each in before["securityRules"]]
    assert world.sent("PUT") == []


async def test_twenty_resources_on_one_group_take_turns(world: World) -> None:
    """Azure refuses overlapping writes here, and never has to: ours do not overlap."""
    world.emulator.settings(latency="lan", security_group_conflict="429")

    async def converge(number: int) -> None:
        key, planner = Key("apim", f"team-{number}"), rules(1000 + number)
        for _ in range(1000):
            outcome = await world.azure.poll(key=key)
            if outcome is None or not (outcome.waiting_for or outcome.problem):
                outcome = await world.apply(planner, key=key)
            assert outcome.problem is None
            if not outcome.waiting_for and planner(await world.look()) == Plan():
                return
            # Every worker that waits puts the clock forward, so that only the order of the writes takes real time.
            world.clock.advance(0.5)
            await asyncio.sleep(0.005)
        raise AssertionError(f"team-{number} never got its turn")

    await asyncio.gather(*(converge(number) for number in range(20)))

    names_there = {each["name"] for each in world.properties(NSG)["securityRules"]}
    assert names_there == {"office", *(f"wgn-{1000 + number}" for number in range(20))}
    statuses = [exchange["liveResponse"]["statusCode"] for exchange in world.emulator.exchanges(since=world.since, principal=OPERATOR)]
    assert not {"429", "409", "412"} & set(map(str, statuses))
    assert len(world.sent("PUT")) == 20


async def test_a_rival_during_our_operation_is_told_of(world: World) -> None:
    await world.apply(delegate)
    world.emulator.patch(SUBNET, {"properties": {"privateEndpointNetworkPolicies": "Enabled"}})

    finished = await world.finish()

    (change,) = finished.concurrent_changes
    assert change.resource == ResourceId(SUBNET)
    assert (change.path, change.sent, change.read) == ("properties.privateEndpointNetworkPolicies", "Disabled", "Enabled")
    assert len(finished.completed) == 1


async def test_a_group_is_born_with_its_rules_and_never_over_a_namesake(world: World) -> None:
    observed = await world.look()
    world.emulator.add_fault(
        method="PUT",
        path="/networksecuritygroups/wgn-team-a$",
        meanwhile=[{"method": "PUT", "id": NEW_NSG, "body": {"location": "uksouth", "tags": {"owner": "them"}}}],
        times=1,
    )

    outcome = await world.apply(create_group, observed=observed)

    headers = {name.lower(): value for name, value in world.requests()[-1]["headers"].items()}
    assert headers["if-none-match"] == "*"
    assert outcome.moved
    namesake = world.emulator.get(NEW_NSG)
    assert namesake is not None
    assert namesake["tags"] == {"owner": "them"}


async def test_operations_are_polled_no_sooner_than_azure_asks(world: World) -> None:
    await world.apply(delegate)
    polls = len(world.sent("GET"))

    outcome = await world.azure.poll(key=KEY)

    assert outcome is not None
    assert outcome.waiting_for == ResourceId(SUBNET)
    assert outcome.retry_after == pytest.approx(3.0, abs=0.3)
    assert len(world.sent("GET")) == polls


async def test_a_running_operation_is_waited_for_across_polls(world: World) -> None:
    world.emulator.settings(hold_operations=True)
    await world.apply(delegate)
    for _ in range(3):
        world.clock.advance(5)
        outcome = await world.azure.poll(key=KEY)
        assert outcome is not None
        assert outcome.waiting_for == ResourceId(SUBNET)
        assert outcome.completed == ()

    (operation,) = world.emulator.operations()
    world.emulator.succeed_operation(operation["id"])
    finished = await world.finish()

    assert len(finished.completed) == 1


async def test_an_operation_that_fails_is_a_problem_in_azures_words(world: World) -> None:
    world.emulator.add_fault(
        method="PUT",
        path="/subnets/team-a$",
        operation={
            "code": "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
            "message": f"Delegations of subnet {SUBNET} cannot be changed.",
        },
    )
    await world.apply(delegate)

    finished = await world.finish()

    assert finished.completed == ()
    assert finished.problem is not None
    assert finished.problem.reason is Reason.SUBNET_NOT_DEDICATED
    assert finished.problem.condition is ConditionType.SUBNET_DELEGATED
    assert finished.problem.message == (
        f"Azure does not let the operator write subnet team-a while it is in use: Delegations of subnet {SUBNET} cannot"
        " be changed. Take away what uses it. (SubnetDelegationsCannotChangeWhenSubnetUsedByResource)"
    )
    assert await world.azure.poll(key=KEY) is None


async def test_an_operation_that_a_later_write_cancelled_moves_the_plan(world: World) -> None:
    world.emulator.add_fault(
        method="PUT",
        path="/subnets/team-a$",
        operation={"code": "CanceledAndSupersededDueToAnotherOperation", "message": "Operation was canceled."},
    )
    await world.apply(delegate)

    finished = await world.finish()

    assert finished.moved
    assert finished.problem is None


@pytest.mark.parametrize(
    "answer", [{"status": 404, "body": ""}, fault_403("Microsoft.Network/locations/operations/read", "/")], ids=["expired", "refused"]
)
async def test_where_an_operation_cannot_be_read_the_resource_tells(world: World, answer: dict[str, Any]) -> None:
    world.emulator.add_fault(method="GET", path="/operations/", answer=answer)
    await world.apply(delegate)
    world.clock.advance(5)

    finished = await world.finish()

    assert len(finished.completed) == 1
    assert finished.problem is None


async def test_an_operation_at_another_host_is_never_asked(world: World) -> None:
    document = world.emulator.get(SUBNET)
    world.emulator.add_fault(
        method="PUT",
        path="/subnets/team-a$",
        answer={"status": 200, "body": document, "headers": {"Azure-AsyncOperation": "https://attacker.example/operations/1"}},
    )
    await world.apply(delegate)

    finished = await world.finish()

    assert len(finished.completed) == 1, "by the resource's own account"
    assert not [count for count in world.metrics.requests if count[2] == 0], "no connection was tried"


async def test_azure_in_trouble_while_polling_keeps_the_operation(world: World) -> None:
    await world.apply(delegate)
    world.emulator.add_fault(
        method="GET",
        path="/operations/",
        answer={"status": 500, "body": {"error": {"code": "InternalServerError", "message": "An error occurred."}}},
    )
    world.clock.advance(5)

    outcome = await world.azure.poll(key=KEY)

    assert outcome is not None
    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.AZURE_UNAVAILABLE
    assert outcome.retry_after is not None
    world.emulator.clear_faults()
    world.clock.advance(5)
    finished = await world.finish()
    assert len(finished.completed) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_write_whose_answer_is_lost_is_sent_once_and_looked_after(world: World, moment: str) -> None:
    world.emulator.add_fault(method="PUT", path="/subnets/team-a$", drop=moment, times=1)

    outcome = await world.apply(delegate)

    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.AZURE_UNAVAILABLE
    assert outcome.problem.message == (
        "Azure did not answer when asked to write subnet team-a: Server disconnected. The operator looks whether it happened."
    )
    assert len(world.sent("PUT")) == 1
    happened = delegate(await world.look()) == Plan()
    assert happened is (moment == "after")
    if not happened:
        assert len((await world.write(delegate)).completed) == 1


async def test_after_a_lost_answer_no_older_reading_is_believed(lazy_world: World) -> None:
    lazy_world.emulator.add_fault(method="PUT", path="/subnets/team-a$", drop="after", times=1)
    await lazy_world.apply(delegate)

    assert delegate(await lazy_world.look()) == Plan()


async def test_after_a_412_no_older_reading_is_believed(lazy_world: World) -> None:
    theirs = {"delegations": [{"name": "theirs", "properties": {"serviceName": "Microsoft.ContainerInstance/containerGroups"}}]}
    rival = {"method": "PATCH", "id": SUBNET, "body": {"properties": theirs}}
    lazy_world.emulator.add_fault(method="PUT", path="/subnets/team-a$", meanwhile=[rival], times=1)
    outcome = await lazy_world.apply(delegate)
    assert outcome.moved

    assert delegate(await lazy_world.look()) == Plan()


@pytest.mark.parametrize("conflict", ["429", "409"])
async def test_a_lock_of_azures_is_waited_for(world: World, conflict: str) -> None:
    world.emulator.settings(network_conflict=conflict, hold_operations=True)
    await world.apply(delegate)
    outcome = await world.apply(delegate_team_b, key=OTHER)
    assert outcome.waiting_for == ResourceId(NETWORK), "our own lock comes first"
    assert outcome.retry_after == 1.0
    assert len(world.sent("PUT")) == 1

    world.azure.forget(key=KEY)
    world.emulator.patch(SUBNET, {"properties": {"provisioningState": "Succeeded"}})
    outcome = await world.apply(delegate_team_b, key=OTHER)
    assert len(world.sent("PUT")) == 2
    assert outcome.problem is None
    assert outcome.waiting_for is not None
    assert outcome.retry_after is not None
    assert outcome.retry_after >= 10
    assert world.metrics.refused == [], "a lock is no throttle"


async def test_rules_of_one_group_are_written_one_after_another(world: World) -> None:
    planner = rules(1000, 1001)
    first = await world.write(planner)
    assert [step.target.name for step in first.completed] == ["wgn-1000"]
    second = await world.write(planner)

    assert [step.target.name for step in second.completed] == ["wgn-1001"]
    names_there = [each["name"] for each in world.properties(NSG)["securityRules"]]
    assert names_there == ["office", "wgn-1000", "wgn-1001"]


async def test_a_number_that_somebody_takes_meanwhile_moves_the_plan(world: World) -> None:
    taken = {"method": "PUT", "id": f"{NSG}/securityRules/theirs", "body": rule("theirs", priority=1000)}
    world.emulator.add_fault(method="PUT", path="/securityrules/wgn-1000$", meanwhile=[taken], times=1)

    outcome = await world.write(rules(1000))

    assert outcome.moved
    assert outcome.completed == ()


async def test_a_deletion_of_what_is_gone_is_done(world: World) -> None:
    world.emulator.add_fault(method="DELETE", path="/networksecuritygroups/shared$", meanwhile=[{"method": "DELETE", "id": NSG}], times=1)

    outcome = await world.write(delete_group)

    assert [step.target for step in outcome.completed] == [ResourceId(NSG)]


async def test_a_deletion_of_what_somebody_else_has_deleted_is_done(world: World) -> None:
    world.emulator.add_fault(method="DELETE", path="/networksecuritygroups/shared$", meanwhile=[{"method": "DELETE", "id": NSG}])

    outcome = await world.apply(delete_group)

    assert [step.target for step in outcome.completed] == [ResourceId(NSG)]


async def test_a_write_below_something_that_is_gone_moves_the_plan(world: World) -> None:
    gone = {"error": {"code": "ResourceGroupNotFound", "message": "Resource group 'net' could not be found."}}
    world.emulator.add_fault(method="PUT", path="/subnets/team-a$", answer={"status": 404, "body": gone})

    outcome = await world.apply(delegate)

    assert outcome.moved
    assert outcome.problem is None


async def test_a_creation_in_a_group_that_is_not_there_is_a_problem(world: World) -> None:
    """No look reads a resource group, so no look would ever come to another plan."""
    gone = {"error": {"code": "ResourceGroupNotFound", "message": "Resource group 'net' could not be found."}}
    world.emulator.add_fault(method="PUT", path="/networksecuritygroups/wgn-team-a$", answer={"status": 404, "body": gone})

    outcome = await world.apply(create_group)

    assert not outcome.moved
    assert outcome.problem
    assert (outcome.problem.condition, outcome.problem.reason) == (ConditionType.PREREQUISITES_MET, Reason.RESOURCE_GROUP_NOT_FOUND)
    assert outcome.problem.message == (
        f"There is no resource group net in subscription {SUBSCRIPTION}. Create it, or correct the ids in the spec. (ResourceGroupNotFound)"
    )


async def test_gateways_in_a_read_set_are_listed_anew(lazy_world: World) -> None:
    """A gateway that came after the look is seen by the guard."""

    def while_empty(observed: Observed) -> Plan:
        (step,) = delegate(observed).steps
        return Plan() if observed.gateways.found else Plan(steps=(replace(step, reads=ReadSet(subnet=True, gateways=True)),))

    observed = await lazy_world.look()
    put_gateway(lazy_world.emulator)

    outcome = await lazy_world.apply(while_empty, observed=observed)

    assert outcome.moved
    assert lazy_world.sent("PUT") == []


async def test_an_operation_that_nobody_asks_about_holds_up_nobody_for_ever(world: World) -> None:
    world.emulator.settings(network_conflict="off", hold_operations=True)
    await world.apply(delegate)
    assert (await world.apply(delegate_team_b, key=OTHER)).waiting_for == ResourceId(NETWORK)

    world.clock.advance(610)
    world.emulator.patch(SUBNET, {"properties": {"provisioningState": "Succeeded"}})
    await world.apply(delegate_team_b, key=OTHER)

    assert len(world.sent("PUT")) == 2


async def test_leave_for_a_write_that_is_not_made_goes_back(world: World) -> None:
    observed = await world.look()
    world.emulator.patch(SUBNET, {"properties": {"provisioningState": "Updating"}})
    for _ in range(20):
        await world.apply(delegate, observed=observed)

    budget = world.azure._executor._arm._budget
    left = budget._line(Share(subscription=SUBSCRIPTION, kind=Kind.WRITES)).bucket.level(0)
    assert left == LIMITS[Provider.RESOURCE_MANAGER][Kind.WRITES].capacity


async def test_a_deletion_ends_when_it_is_gone(world: World) -> None:
    outcome = await world.write(delete_group)

    assert [step.target for step in outcome.completed] == [ResourceId(NSG)]
    assert world.emulator.get(NSG) is None
    observed = await world.look()
    assert ResourceId(NSG) in observed.network_security_groups.absent


async def test_a_group_in_use_is_not_deleted(world: World) -> None:
    world.emulator.patch(SUBNET, {"properties": {"networkSecurityGroup": {"id": NSG}}})

    outcome = await world.write(delete_group)

    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.RESOURCE_IN_USE
    assert outcome.problem.message == (
        "Azure does not let the operator delete network security group shared while it is in use: Network security"
        f" group {NSG} cannot be deleted because it is in use by the following resources: {SUBNET}. Take away what uses"
        " it. (InUseNetworkSecurityGroupCannotBeDeleted)"
    )


async def test_a_write_that_is_not_allowed_names_the_action(world: World) -> None:
    world.emulator.add_fault(
        method="PUT", path="/subnets/team-a$", answer=fault_403("Microsoft.Network/virtualNetworks/subnets/write", SUBNET)
    )

    outcome = await world.apply(delegate)

    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.AUTHORIZATION_FAILED
    assert outcome.problem.message == (
        f"The operator's identity may not write subnet team-a: it lacks the action Microsoft.Network/virtualNetworks/subnets/write at {SUBNET}. "
        "Grant a role with this action there; a new grant takes some minutes to work. (AuthorizationFailed)"
    )


async def test_what_cannot_be_read_again_is_not_written(world: World) -> None:
    observed = await world.look()
    world.emulator.add_fault(method="GET", path="/subnets/team-a$", answer={"status": 503, "body": "<html></html>"})

    outcome = await world.apply(delegate, observed=observed)

    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.AZURE_UNAVAILABLE
    assert world.sent("PUT") == []


async def test_somebody_elses_running_write_is_waited_for(world: World) -> None:
    world.emulator.patch(SUBNET, {"properties": {"provisioningState": "Updating"}})

    outcome = await world.apply(delegate)

    assert outcome.waiting_for == ResourceId(SUBNET)
    assert outcome.retry_after == 5.0
    assert world.sent("PUT") == []


async def test_a_cancelled_pass_leaves_no_lock_behind(world: World) -> None:
    world.emulator.add_fault(method="PUT", path="/subnets/team-a$", hang="before")
    observed = await world.look()
    task = asyncio.create_task(world.apply(delegate, observed=observed))
    await asyncio.to_thread(world.emulator.wait_for, lambda emulator: emulator.faults()[0]["hanging"], what="the write hanging")

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    world.emulator.clear_faults()

    outcome = await world.apply(delegate_team_b, key=OTHER)
    assert outcome.waiting_for == ResourceId(SUBNET.replace("team-a", "team-b")), "its write was sent and runs"


async def test_a_429_of_a_resource_provider_holds_back_what_is_asked_of_that_provider_only(world: World) -> None:
    limit = "The limit of 1000 writes of Microsoft.Network in 5 minutes has been reached. Retry after 200 seconds."
    world.emulator.add_fault(
        method="PUT",
        path="/subnets/team-a$",
        answer={"status": 429, "headers": {"Retry-After": "200"}, "body": {"error": {"code": "TooManyRequests", "message": limit}}},
        times=1,
    )

    outcome = await world.apply(delegate)
    assert outcome.problem is not None
    assert outcome.problem.message == (
        "Azure asks the operator to slow down, and did not let it write subnet team-a. The operator tries again by itself; if this stays, raise"
        " spec.resyncIntervalSeconds. (TooManyRequests)"
    )

    budget = world.azure._executor._arm._budget
    assert world.metrics.refused == [("network", "writes")]
    assert budget.wait(Draft.of("DELETE", NSG)) > 200
    assert budget.wait(Draft.of("GET", NSG)) == 0
    assert budget.wait(Draft.of("PUT", f"{GROUP}/providers/Microsoft.Network/privateDnsZones/z")) == 0
    assert budget.wait(Draft.of("PUT", GATEWAY)) == 0


async def test_a_quota_429_holds_back_the_whole_kind_until_its_time(world: World) -> None:
    world.emulator.add_fault(
        method="PUT",
        path="/subnets/team-a$",
        answer={
            "status": 429,
            "headers": {"Retry-After": "40"},
            "body": {"error": {"code": "429", "message": "Request is temporarily throttled. Retry after 40 seconds."}},
        },
        times=1,
    )

    outcome = await world.apply(delegate)
    assert outcome.problem is not None
    assert outcome.problem.reason is Reason.AZURE_THROTTLED
    assert outcome.retry_after == pytest.approx(40.75, abs=0.6), "what Azure asked for, and a little"

    again = await world.apply(create_group)
    assert again.problem is not None
    assert again.problem.reason is Reason.AZURE_THROTTLED
    assert again.retry_after is not None
    assert again.retry_after > 39
    assert len(world.sent("PUT")) == 1, "no request goes out before its time"
    assert world.metrics.refused == [("resource-manager", "writes")]
    assert world.metrics.held_back == [("resource-manager", "writes")]

    world.clock.advance(42)
    assert len((await world.write(create_group)).completed) == 1


async def test_the_operator_says_who_it_is(world: World) -> None:
    await world.look()

    headers = {name.lower(): value for name, value in world.requests()[0]["headers"].items()}
    assert headers["user-agent"].startswith("azsdk-python-workspace-gateway-network/0.1.0 ")
    assert headers["x-ms-client-request-id"]
    assert {request["url"].split("api-version=")[1] for request in world.requests()} == {
        "2025-05-01",
        "2024-05-01",
        "2024-06-01-preview",
    }
    assert {exchange["principal"] for exchange in world.emulator.exchanges(since=world.since)} <= {OPERATOR, None}


async def test_a_look_of_somebody_else_is_refused(world: World) -> None:
    look = await world.look()
    foreign = Observed(
        virtual_network=look.virtual_network,
        subnet=look.subnet,
        network_security_groups=look.network_security_groups,
        gateways=look.gateways,
        api_management=look.api_management,
    )
    with pytest.raises(TypeError, match="only be carried out on what look"):
        await world.apply(delegate, observed=foreign)


def delegate_team_b(observed: Observed) -> Plan:
    """Wants the other subnet of the network, whatever it is now."""
    team_b = ResourceId(SUBNET.replace("team-a", "team-b"))
    step = Step(
        action=Action.UPDATE,
        target=team_b,
        condition=ConditionType.SUBNET_DELEGATED,
        changes=(Change(path="properties.delegations", before=[], after=["Microsoft.Web/serverFarms"]),),
        reads=ReadSet(subnet=True),
        locks=frozenset({ResourceId(NETWORK)}),
        body={"name": "team-b", "properties": {"addressPrefix": "10.1.1.0/24"}},
        owned=frozenset({"properties.delegations"}),
    )
    return Plan(steps=(step,))


def names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(names, value.values())) if value else set()
    return set().union(*map(names, value)) if isinstance(value, list) else set()
