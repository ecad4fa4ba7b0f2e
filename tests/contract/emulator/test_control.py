"""The control endpoints: the world behind everybody's back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from arm_emulator.client import Emulator, EmulatorRefusal
from contract.emulator.azure import GATEWAY, NETWORK, RULES, SECURITY_GROUP, SUBNET, SUBSCRIPTION, Arm, seed


async def test_a_resource_is_shown_as_arm_shows_it(arm: Arm, emulator: Emulator) -> None:
    assert emulator.get(SUBNET.lower()) == (await arm.get(SUBNET)).body
    assert emulator.get(f"{SUBNET}x") is None


async def test_put_replaces_what_is_writable_and_moves_the_etag(arm: Arm, emulator: Emulator) -> None:
    before = await arm.get(SUBNET)
    emulator.put(SUBNET, {"properties": {"addressPrefix": "10.0.1.0/26"}})
    after = await arm.get(SUBNET)
    assert "aPropertyOfTomorrow" not in after.properties
    assert after.body["etag"] != before.body["etag"]


async def test_patch_flips_one_field(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(f"{RULES}/deny-the-rest", {"properties": {"access": "Allow"}})
    seen = (await arm.get(f"{RULES}/deny-the-rest")).properties
    assert (seen["access"], seen["priority"]) == ("Allow", 4096)


async def test_patch_removes_a_field_with_null(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(SUBNET, {"properties": {"delegations": [{"name": "d", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}]}})
    assert (await arm.get(SUBNET)).properties["delegations"][0]["name"] == "d"
    emulator.patch(SUBNET, {"properties": {"delegations": None}})
    assert (await arm.get(SUBNET)).properties["delegations"] == []


async def test_patch_of_a_parent_leaves_its_children(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(NETWORK, {"tags": {"a": "b"}})
    emulator.patch(SECURITY_GROUP, {"tags": {"a": "b"}})
    assert len((await arm.get(NETWORK)).properties["subnets"]) == 2
    assert len((await arm.get(SECURITY_GROUP)).properties["securityRules"]) == 1


async def test_read_only_properties_can_be_set_and_removed(arm: Arm, emulator: Emulator) -> None:
    body = {
        "location": "x",
        "sku": {"name": "WorkspaceGatewayPremium"},
        "properties": {"frontend": {"inboundIPAddresses": {"private": ["10.0.1.5"]}}},
    }
    emulator.put(GATEWAY, body)
    assert (await arm.get(GATEWAY)).properties["frontend"] == {"inboundIPAddresses": {"private": ["10.0.1.5"]}}
    emulator.patch(GATEWAY, {"properties": {"frontend": None, "provisioningState": "Updating"}})
    seen = (await arm.get(GATEWAY)).properties
    assert "frontend" not in seen
    assert seen["provisioningState"] == "Updating"


async def test_delete_asks_nobody(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(SUBNET, {"properties": {"networkSecurityGroup": {"id": SECURITY_GROUP}}})
    emulator.delete(SECURITY_GROUP)
    assert (await arm.get(SECURITY_GROUP)).status == 404
    assert (await arm.get(SUBNET)).properties["networkSecurityGroup"] == {"id": SECURITY_GROUP}
    emulator.delete(NETWORK)
    assert emulator.get(SUBNET) is None


async def test_what_is_placed_brings_its_resource_group(arm: Arm, emulator: Emulator) -> None:
    other = SECURITY_GROUP.replace("Net-RG", "other")
    emulator.put(other, {"location": "northeurope"})
    assert (await arm.get(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/other")).body["location"] == "northeurope"


@pytest.mark.parametrize(
    "id",
    [f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers/Contoso.Things/things/x", f"{NETWORK}/subnets", f"{NETWORK}x/subnets/s"],
    ids=["unknown type", "collection", "orphan"],
)
async def test_what_cannot_be_held_is_refused(emulator: Emulator, id: str) -> None:
    with pytest.raises(EmulatorRefusal) as refusal:
        emulator.put(id, {})
    assert refusal.value.status == 400


async def test_all_resources_can_be_dumped_and_sown_again(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(SUBNET, {"properties": {"networkSecurityGroup": {"id": SECURITY_GROUP}}})
    before = {each["id"]: each["properties"] for each in emulator.resources()}
    emulator.reset({**seed(), "resources": emulator.resources()})
    after = {each["id"]: each["properties"] for each in emulator.resources()}
    assert after.keys() == before.keys()
    assert after[SECURITY_GROUP]["subnets"] == [{"id": SUBNET}]
    assert (await arm.get(SUBNET)).properties == before[SUBNET]


async def test_reset_brings_back_seed_settings_and_clock(arm: Arm, emulator: Emulator) -> None:
    emulator.delete(SUBNET)
    emulator.settings(page_size=1, if_match="ignored")
    emulator.add_fault(answer={"status": 500})
    emulator.reset()
    assert (await arm.get(SUBNET)).status == 200
    settings = emulator.settings()
    assert (settings["page_size"], settings["if_match"]) == (50, "own")
    assert emulator.faults() == []


async def test_a_state_that_was_kept_comes_back_as_often_as_one_likes(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(SUBNET, {"properties": {"provisioningState": "Failed"}})
    kept = emulator.resources()
    emulator.keep("failed")
    for _ in range(2):
        emulator.delete(SUBNET)
        emulator.add_fault(answer={"status": 500})
        emulator.reset()
        emulator.go_back("failed")
        assert emulator.resources() == kept
        assert emulator.faults() == []
        assert (await arm.get(SUBNET)).properties["provisioningState"] == "Failed"


def test_a_state_that_nobody_kept_is_refused(emulator: Emulator) -> None:
    with pytest.raises(EmulatorRefusal, match=r"400: .*KeyError"):
        emulator.go_back("unheard of")


async def test_a_stopped_clock_moves_only_when_it_is_told_to(arm: Arm, emulator: Emulator) -> None:
    emulator.stop_clock()
    stopped = emulator.clock()
    assert emulator.clock() == stopped
    emulator.advance(90)
    assert emulator.clock() - stopped == timedelta(seconds=90)
    emulator.start_clock()
    emulator.wait_for(lambda it: it.clock() - stopped > timedelta(seconds=90), what="time to pass again")


async def test_a_clock_that_is_told_nonsense_says_so(emulator: Emulator) -> None:
    kinds: list[dict[str, Any]] = [{"advance": -1}, {"stopped": "maybe"}, {"faster": True}, {}]
    for nonsense in kinds:
        with pytest.raises(EmulatorRefusal) as refusal:
            emulator._call("POST", "clock", nonsense)
        assert refusal.value.status == 400


@pytest.mark.parametrize(
    "changes",
    [{"latency": "slow"}, {"page_size": 0}, {"time_scale": 2}, {"gateways": {"naptime": 1}}, {"nonsense": 1}],
    ids=lambda changes: next(iter(changes)),
)
async def test_settings_that_do_not_exist_are_refused(emulator: Emulator, changes: dict[str, object]) -> None:
    with pytest.raises(EmulatorRefusal) as refusal:
        emulator.settings(**changes)
    assert refusal.value.status == 400


async def test_roles_locks_and_policies_are_listed_in_the_words_of_a_seed_without_secrets(arm: Arm, emulator: Emulator) -> None:
    role = {"role": "Reader", "scope": NETWORK}
    condition = {"field": "location", "equals": "mars"}
    emulator.put_principal("reader", secret="hidden", roles=[role])
    emulator.put_lock("keep", scope=NETWORK, level="CanNotDelete")
    emulator.put_policy("nothing-on-mars", scope=NETWORK, condition=condition)
    seen = {kind: (await arm.get(f"{emulator.url}/_emulator/{kind}")).body[kind] for kind in ("principals", "locks", "policies")}
    assert seen == {
        "principals": [{"clientId": "reader", "roles": [role]}],
        "locks": [{"name": "keep", "scope": NETWORK, "level": "CanNotDelete"}],
        "policies": [{"name": "nothing-on-mars", "displayName": "nothing-on-mars", "scope": NETWORK, "if": condition}],
    }
