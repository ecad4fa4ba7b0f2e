"""Somebody else writes while the operator does: what is theirs stays as they wrote it, and where both wrote at once it is told."""

from __future__ import annotations

from stage import seeds
from stage.stage import BRISK, CLIENT_ID, SetTheStage, Stage

SUBNET = seeds.subnet_id("team-a")
STAYS = "somebody wrote at the same time. It is not this resource's, so it stays."


def wait_told(stage: Stage, *said: str) -> None:
    """All that was ever said of rivals."""

    def told() -> list[str]:
        return [event["note"] for event in stage.events() if event["reason"] == "ConcurrentChange"]

    stage.wait_for(lambda: told() == list(said), what="the warnings", then=lambda: str(told()))


def tags(stage: Stage) -> dict[str, str]:
    group = stage.azure.get(stage.own_group())
    assert group
    found: dict[str, str] = group["tags"]
    return found


def test_what_a_rival_writes_during_ours_stays_and_is_told_where_it_cannot_be_kept_apart(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(**BRISK)
    routes = f"{seeds.GROUP}/providers/Microsoft.Network/routeTables/to-firewall"
    of_subnet = (
        f"properties.privateEndpointNetworkPolicies of subnet team-a was sent as Disabled and reads Enabled: {STAYS}",
        f'properties.routeTable of subnet team-a was sent as {{"id":"{routes}"}} and reads none: {STAYS}',
    )
    group = stage.own_group().rsplit("/", 1)[1]
    of_group = f"tags.team of network security group {group} was sent as network and reads theirs: {STAYS}"

    change_the_subnet_while_its_put_is_under_way(stage)
    wait_told(stage, *of_subnet)

    stage.azure.patch(stage.own_group(), {"tags": {"team": "network", "floor": "1"}})
    ours = tags(stage)
    change_a_tag_right_before_our_write(stage, group)
    assert tags(stage) == {**ours, "floor": "2", "costCentre": "4711"}

    change_tags_right_after_our_write(stage, group)
    wait_told(stage, *of_subnet, of_group)
    stage.wait_for(lambda: tags(stage)["costCentre"] == "4712", what="our own tag, put back in silence")
    assert tags(stage) == {**ours, "floor": "2", "team": "theirs", "costCentre": "4712"}


def change_the_subnet_while_its_put_is_under_way(stage: Stage) -> None:
    stage.azure.add_fault(method="PUT", path="/subnets/team-a$", operation="hold", times=1)
    stage.apply()
    held = stage.wait_for(lambda: [each for each in stage.azure.operations() if each["held"]], what="the write to the subnet")
    stage.azure.patch(SUBNET, {"properties": {"privateEndpointNetworkPolicies": "Enabled", "routeTable": None}})
    stage.azure.succeed_operation(held[0]["id"])
    stage.wait_ready()
    assert [write["liveRequest"]["method"] for write in stage.writes() if "/subnets/" in write["liveRequest"]["url"]] == ["PUT"]
    properties = (stage.azure.get(SUBNET) or {})["properties"]
    assert properties["privateEndpointNetworkPolicies"] == "Enabled"
    assert "routeTable" not in properties
    assert [each["name"] for each in properties["delegations"]] == [f"wgn-{stage.mark()}"]


def change_a_tag_right_before_our_write(stage: Stage, group: str) -> None:
    """Between the read that guards it and the write itself: Azure refuses that, and the operator looks again."""
    rival = {"method": "PATCH", "id": stage.own_group(), "body": {"tags": {"floor": "2"}}}
    stage.azure.add_fault(method="PATCH", path=f"/{group}$", principal=CLIENT_ID, meanwhile=[rival], times=1)
    stage.apply(tags={"costCentre": "4711"})
    stage.wait_for(lambda: tags(stage).get("costCentre") == "4711", what="our tag")
    stage.wait_ready()
    stage.azure.clear_faults()


def change_tags_right_after_our_write(stage: Stage, group: str) -> None:
    """The first GET of the group guards the write, the second one reads it back."""
    rival = {"method": "PATCH", "id": stage.own_group(), "body": {"tags": {"team": "theirs", "costCentre": "0815"}}}
    stage.azure.add_fault(method="GET", path=f"/{group}$", principal=CLIENT_ID, nth=2, meanwhile=[rival])
    stage.apply(tags={"costCentre": "4712"})
