"""Looking afresh: somebody who asks how Azure is now gets no answer from before."""

from __future__ import annotations

from contract.azure.world import QUERY, SUBNET, World
from workspace_gateway_network.model.json import items, text
from workspace_gateway_network.planning.observed import Found, Observed


def endpoints(observed: Observed) -> list[str]:
    assert isinstance(observed.subnet, Found)
    return [text(each, "service") for each in items(observed.subnet.value.properties, "serviceEndpoints")]


async def test_a_fresh_look_sees_what_happened_since_the_last_one(lazy_world: World) -> None:
    before = endpoints(await lazy_world.look())
    lazy_world.emulator.patch(SUBNET, {"properties": {"serviceEndpoints": [{"service": "Microsoft.Sql"}]}})

    assert endpoints(await lazy_world.look()) == before, "a look is shared for its age"
    assert endpoints(await lazy_world.azure.look(query=QUERY, urgency=0, fresh=True)) == ["Microsoft.Sql"]


async def test_a_fresh_look_serves_those_who_look_later(lazy_world: World) -> None:
    await lazy_world.azure.look(query=QUERY, urgency=0, fresh=True)
    sent = len(lazy_world.sent())

    await lazy_world.look()

    assert len(lazy_world.sent()) == sent
