"""The fault matrix has every kind of request that lives without a fault make; `make covered` holds it to all that other tests ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from contract.azure.matrix import __main__ as command
from contract.azure.matrix.kinds import KINDS, kind, kinds
from contract.azure.matrix.requests import REQUESTS
from contract.azure.world import SUBSCRIPTION, World

IN = f"/subscriptions/{SUBSCRIPTION}"


def of_a_request(exchanges: Iterable[dict[str, Any]]) -> set[str]:
    """The kinds of those exchanges that are of a request in the matrix."""
    asked = [(found, path.partition("?")[0].lower()) for found, path in kinds(exchanges)]
    return {
        found
        for found, path in asked
        if any(found.startswith(f"{each.method} ") and re.search(each.path, path) for each in REQUESTS.values())
    }


async def test_lives_without_a_fault_make_no_other_requests(world: World) -> None:
    for scene in {each.scene.begin.__name__ + str(each.scene.then): each.scene for each in REQUESTS.values()}.values():
        life = await scene.life(world, {})
        await life.settle()
        world.clock.advance(86_400)  # Nothing is remembered of the life before.
    exchanges = world.emulator.exchanges(since=world.since)

    assert {found for found, _ in kinds(exchanges)} == KINDS
    assert of_a_request(exchanges) == KINDS


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        (
            "GET",
            f"{IN}/providers/Microsoft.Network/virtualNetworks?api-version=1",
            "GET list of microsoft.network/virtualnetworks in a subscription",
        ),
        ("GET", f"{IN}/resourceGroups/a/providers/M.N/v", "GET list of m.n/v in a resource group"),
        ("GET", f"{IN}/resourceGroups/a/providers/M.N/v/x/s", "GET list of m.n/v/s"),
        ("GET", f"{IN}/resourceGroups/a/providers/M.N/v/x/s/y", "GET m.n/v/s"),
        ("POST", f"{IN}/providers/Microsoft.Web/register", "POST microsoft.web/register"),
        ("GET", f"{IN}/providers/Microsoft.Web", "GET microsoft.web"),
        ("GET", "/subscriptions?page=2", ""),
    ],
)
def test_a_kind_is_method_type_and_scope(method: str, path: str, expected: str) -> None:
    assert kind(method, path) == expected


def test_the_command_names_what_the_matrix_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    headers = '{"user-agent": "workspace-gateway-network/1"}'
    path = f"{IN}/providers/Microsoft.Network/publicIPAddresses"
    (tmp_path / "one.jsonl").write_text(f'{{"liveRequest": {{"method": "GET", "url": "{path}", "headers": {headers}}}}}\n')

    assert command.main(tmp_path) == 1

    assert capsys.readouterr().out.endswith(f"  GET list of microsoft.network/publicipaddresses in a subscription, such as {path}\n")
    (tmp_path / "one.jsonl").unlink()
    assert command.main(tmp_path) == 1, "nothing recorded is nothing proven"
