"""No fights, for any world and any spec: what is fought over is left alone, Azure refuses nothing of the rest, and peace ends it all."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.planning.contest import withhold
from workspace_gateway_network.planning.plan import Plan
from workspace_gateway_network.planning.planner import plan
from workspace_gateway_network.planning.step import Field
from worlds.azure import World
from worlds.documents import Document
from worlds.resources import desired, neighbours
from worlds.strategies import GATEWAYS, specs, worlds

NO_GATEWAYS: st.SearchStrategy[list[Document]] = st.just([])
MOST_PASSES = 20


def carried_out(world: World, fields: Document, *, contested: Collection[Field] = ()) -> Plan:
    """Plan and carry out until nothing is left to do but what is contested; a World refuses what Azure would."""
    for _ in range(MOST_PASSES):
        result = withhold(plan(desired=desired(**fields), observed=world.observed(), neighbours=neighbours()), contested=contested)
        assert not {field for step in result.steps for field in step.fields}.intersection(contested)
        if not result.steps:
            return result
        world.apply(*result.steps)
    raise AssertionError("it does not come to rest")


@given(world=worlds(gateways=NO_GATEWAYS | GATEWAYS), fields=specs(), data=st.data())
def test_what_is_fought_over_is_left_alone_and_the_rest_is_done(world: World, fields: Document, data: st.DataObject) -> None:
    first = plan(desired=desired(**fields), observed=world.observed(), neighbours=neighbours())
    known = sorted({field for step in first.steps for field in step.fields}, key=lambda field: (str(field.target), field.path))
    contested = data.draw(st.sets(st.sampled_from(known)) if known else st.just(set()), label="contested")

    at_rest = carried_out(world, fields, contested=contested)

    fought_over = {field for step in at_rest.withheld for field in step.fields}.intersection(contested)
    assert bool(at_rest.withheld) is bool(fought_over)
    assert sum(finding.reason is Reason.CONTESTED for finding in at_rest.findings) == len(fought_over)
    assert carried_out(world, fields).withheld == ()
