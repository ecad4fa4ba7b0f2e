"""Long-running operations: how long they take, how they are polled, and how a test decides their fate."""

from __future__ import annotations

import pytest

from arm_emulator.client import Emulator
from arm_emulator.process import EmulatorProcess
from contract.emulator.azure import NETWORK, RULES, SECURITY_GROUP, SUBNET, Arm, seed

BODY = {"properties": {"addressPrefix": "10.0.1.0/26", "defaultOutboundAccess": False}}


async def state(arm: Arm, path: str = SUBNET) -> str:
    return str((await arm.get(path)).properties["provisioningState"])


async def test_instant_ends_before_the_next_request(arm: Arm) -> None:
    await arm.put(SUBNET, BODY)
    assert await state(arm) == "Succeeded"


async def test_lan_is_polled_twice_before_it_ends(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(latency="lan")
    write = await arm.put(SUBNET, BODY)
    assert [await arm.status(write), await state(arm)] == [{"status": "InProgress"}, "Updating"]
    assert [await arm.status(write), await state(arm)] == [{"status": "InProgress"}, "Updating"]
    assert [await arm.status(write), await state(arm)] == [{"status": "Succeeded"}, "Succeeded"]


async def test_lan_ends_by_itself_when_nobody_polls(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(latency="lan")
    write = await arm.put(SUBNET, BODY)
    assert await state(arm) == "Updating"
    emulator.advance(1.1)
    assert await state(arm) == "Succeeded"
    # Its status lags behind: whoever polls still has to do so three times.
    assert [(await arm.status(write))["status"] for _ in range(3)] == ["InProgress", "InProgress", "Succeeded"]


async def test_lan_deletes_end_by_themselves_as_well(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(latency="lan")
    await arm.delete(f"{RULES}/deny-the-rest")
    emulator.advance(1.1)
    assert (await arm.get(f"{RULES}/deny-the-rest")).status == 404


async def test_azure_takes_seconds(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(latency="azure")
    write = await arm.put(SUBNET, BODY)
    for _ in range(5):
        assert await arm.status(write) == {"status": "InProgress"}
    emulator.advance(4)
    assert await arm.status(write) == {"status": "Succeeded"}


async def test_a_held_operation_runs_until_it_is_released(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True)
    write = await arm.put(SUBNET, BODY)
    emulator.advance(3600)
    assert await arm.status(write) == {"status": "InProgress"}
    emulator.release_operation(emulator.operations()[0]["id"])
    assert await arm.status(write) == {"status": "Succeeded"}
    assert await state(arm) == "Succeeded"


async def test_a_running_operation_can_be_held(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(latency="azure")
    await arm.put(SUBNET, BODY)
    emulator.hold_operation(emulator.operations()[0]["id"])
    emulator.advance(3600)
    assert await state(arm) == "Updating"


async def test_a_failed_operation_says_so_with_200_and_leaves_the_resource_failed(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True)
    write = await arm.put(SUBNET, BODY)
    emulator.fail_operation(emulator.operations()[0]["id"], code="AnotherOperationInProgress", message="Too bad.")
    seen = await arm.get(write.headers["azure-asyncoperation"])
    assert seen.status == 200
    assert seen.body == {
        "status": "Failed",
        "error": {"code": "AnotherOperationInProgress", "message": "Too bad.", "details": []},
    }
    assert await state(arm) == "Failed"
    assert await state(arm, NETWORK) == "Succeeded"


async def test_putting_the_same_again_repairs_a_failed_resource(arm: Arm, emulator: Emulator) -> None:
    emulator.patch(SUBNET, {"properties": {"provisioningState": "Failed"}})
    seen = await arm.put(SUBNET, (await arm.get(SUBNET)).body)
    assert seen.properties["provisioningState"] == "Updating"
    assert await state(arm) == "Succeeded"


async def test_a_failed_delete_leaves_the_resource(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True)
    write = await arm.delete(SECURITY_GROUP)
    emulator.fail_operation(emulator.operations()[0]["id"], code="InternalServerError")
    assert await state(arm, SECURITY_GROUP) == "Failed"
    assert (await arm.get(write.headers["location"])).code == "InternalServerError"


async def test_the_result_of_a_delete_is_202_until_it_is_204(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(hold_operations=True)
    write = await arm.delete(f"{RULES}/deny-the-rest")
    running = await arm.get(write.headers["location"])
    assert (running.status, running.text, running.headers["retry-after"]) == (202, "", "10")
    emulator.succeed_operation(emulator.operations()[0]["id"])
    assert (await arm.get(write.headers["location"])).status == 204


async def test_an_unknown_operation_is_404(arm: Arm, emulator: Emulator) -> None:
    write = await arm.put(SUBNET, BODY)
    emulator.reset()
    assert (await arm.get(write.headers["azure-asyncoperation"])).status == 404


async def test_the_time_scale_shortens_what_clients_wait(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("fast")
    with EmulatorProcess(state_dir=directory, seed=seed(), options=("--time-scale", "5")) as emulator:
        async with Arm(emulator) as arm:
            await arm.log_in()
            write = await arm.put(SUBNET, BODY)
            assert write.headers["retry-after"] == "1"  # 3 s / 5, rounded
            assert (await arm.put(f"{RULES}/x", {"properties": {}})).status == 400
            gone = await arm.delete(SUBNET)
            assert gone.headers["retry-after"] == "2"


async def test_polls_that_come_too_early_are_told_to_wait_ever_longer(arm: Arm, emulator: Emulator) -> None:
    emulator.settings(latency="azure", hold_operations=True)
    url = (await arm.put(SUBNET, BODY)).headers["azure-asyncoperation"]
    waits = [(await arm.get(url)).headers["retry-after"] for _ in range(10)]
    assert waits == ["10", "20", "20", "40", "40", "80", "160", "100", "100", "100"]
    emulator.succeed_operation(emulator.operations()[-1]["id"])
    assert "retry-after" not in (await arm.get(url)).headers
