"""The operator dies by SIGKILL at every write of a private gateway's story, and a new one ends where an undisturbed one does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stage import seeds
from stage.injection import connect, links, put_gateway, show_addresses
from stage.stage import Document, SetTheStage, Stage
from stage.story import TOLD_AGAIN, Scenario, Story
from stage.zones import IN_NAMED, with_named_zone, zone, zone_of_others

GATEWAY, CONNECTION = seeds.gateway_id("orders"), seeds.connection_id("orders")
OWN_ZONE, NAMESAKE = seeds.zone_id(), zone_of_others(seeds.HOSTNAME)
OTHER_SPOKE = f"{seeds.SPOKE}-2"
SEEN_FROM_SPOKE: Document = {"linkedVirtualNetworkIds": [seeds.SPOKE]}


# What Azure is at first.


def without_gateway() -> Document:
    """The networks, and zones of the organisation: one above the gateway's name, and one of this very name."""
    return with_named_zone({**seeds.spoke(), "id": OTHER_SPOKE}, *zone(NAMESAKE))


def with_gateway() -> Document:
    """The same with a gateway, in a subnet that was delegated by hand."""
    seed = without_gateway()
    (hub,) = (resource for resource in seed["resources"] if resource["id"] == seeds.NETWORK)
    (subnet,) = hub["properties"]["subnets"]
    subnet["properties"]["delegations"] = [{"name": "by-hand", "properties": {"serviceName": "Microsoft.Web/hostingEnvironments"}}]
    gateway = seeds.private_gateway("orders", subnet="team-a", addresses=[seeds.ADDRESS])
    seed["resources"] += [gateway, {"id": CONNECTION, **seeds.connection()}]
    return seed


# What happens.


def apply(**spec: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.apply(**{"mode": "Injection", **spec})


def published(**spec: Any) -> Callable[[Stage], None]:
    """Applies the resource, and a gateway comes into the prepared network; told again, it is there already."""

    def given(stage: Stage) -> None:
        stage.apply(mode="Injection", **spec)
        if stage.azure.get(GATEWAY) is None:
            stage.wait_reason("AwaitingGateway")
            put_gateway(stage, addresses=[seeds.ADDRESS])
            connect(stage)

    return given


def end_gateway(stage: Stage) -> None:
    stage.azure.delete(CONNECTION)
    stage.azure.delete(GATEWAY)


def drift(stage: Stage) -> None:
    """Three things at once, so that the repair takes several writes."""
    (link,) = links(stage)
    stage.azure.delete(link["id"])
    stage.azure.patch(OWN_ZONE, {"tags": {"wgn-resource": None}})
    stage.azure.patch(f"{OWN_ZONE}/A/@", {"properties": {"aRecords": [{"ipv4Address": "10.1.0.66"}]}})


def ask(stage: Stage) -> None:
    stage.annotate(**{"reconcile-requested-at": "now"})


def delete(stage: Stage) -> None:
    stage.kubectl("delete", "wgn", "team-a", "--wait=false")


SCENARIOS = {
    "publication": Scenario(seed=with_gateway(), happens=apply(dns=SEEN_FROM_SPOKE), fewest=6),
    "change of address": Scenario(
        seed=without_gateway(),
        given=published(),
        meanwhile=lambda stage: show_addresses(stage, "10.1.0.7", "10.1.0.9"),
        happens=ask,
        fewest=1,
    ),
    "change of TTL and networks": Scenario(
        seed=without_gateway(),
        given=published(dns=SEEN_FROM_SPOKE),
        happens=apply(dns={"ttlSeconds": 60, "linkedVirtualNetworkIds": [OTHER_SPOKE]}),
        fewest=3,
    ),
    "healing of drift": Scenario(seed=without_gateway(), given=published(), meanwhile=drift, happens=ask, fewest=3),
    "move into a zone of others": Scenario(seed=without_gateway(), given=published(), happens=apply(dns=IN_NAMED), fewest=5),
    "move into a zone of its own": Scenario(seed=without_gateway(), given=published(dns=IN_NAMED), happens=apply(), fewest=5),
    "move into a zone of the same name": Scenario(
        seed=without_gateway(), given=published(), happens=apply(dns={"zones": [{"id": NAMESAKE}]}), fewest=5
    ),
    "change of mode": Scenario(
        seed=without_gateway(), given=published(), meanwhile=end_gateway, happens=apply(mode="Integration"), fewest=7
    ),
    "deletion with a zone of its own": Scenario(
        seed=without_gateway(),
        given=published(deletionPolicy="Delete", dns=SEEN_FROM_SPOKE),
        meanwhile=end_gateway,
        happens=delete,
        fewest=6,
    ),
    "deletion with a zone of others": Scenario(
        seed=without_gateway(),
        given=published(deletionPolicy="Delete", dns=IN_NAMED),
        meanwhile=end_gateway,
        happens=delete,
        fewest=4,
    ),
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kill_at_any_write_leads_to_the_same_end(set_the_stage: SetTheStage, subtests: pytest.Subtests, scenario: str) -> None:
    stage = set_the_stage(seed=SCENARIOS[scenario].seed, **TOLD_AGAIN)
    kills = Story(stage, SCENARIOS[scenario]).tell_with_every_kill(subtests)
    print(f"{scenario}: {kills} kills")
