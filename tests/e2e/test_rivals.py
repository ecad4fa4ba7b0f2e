"""Two resources that want one thing: who has it keeps it, the other says so, and nobody who restarts or restores anything changes that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from stage import seeds
from stage.injection import SWIFT, bring_gateway, connect, look, private_dns, publish, put_gateway, said
from stage.stage import SetTheStage, Stage
from stage.world import assert_same, world
from stage.zones import IN_NAMED, NAMED, RELATIVE, SUFFIX, with_named_zone

Document = dict[str, Any]
SUBNETS = [seeds.plain_subnet("team-a", prefix="10.1.0.0/26"), seeds.plain_subnet("team-b", prefix="10.1.0.64/26")]
OTHER_CLUSTER = {"wgn-owner": hashlib.sha256(b"elsewhere").hexdigest()[:6] + "0123456789", "wgn-resource": "elsewhere/apim/team-a"}
DELETE_ONE = "Delete one of the two resources, or have them use different zones."


@dataclass(frozen=True, kw_only=True)
class Rivalry:
    """Something that team-a has, what team-b asks for to want it as well, and what it is told then."""

    dns: Document
    subnet: str
    told: str

    @property
    def rival(self) -> Document:
        return {"mode": "Injection", "dns": self.dns, "subnet": {"id": seeds.subnet_id(self.subnet)}}


RIVALRIES = {
    "subnet": Rivalry(
        dns={"ttlSeconds": 300},
        subnet="team-a",
        told="The delegation of subnet team-a belongs to WorkspaceGatewayNetwork {namespace}/team-a. A subnet serves one gateway: delete one of"
        " the two resources. (1 more finding: see the other conditions and the events.)",
    ),
    "zone": Rivalry(
        dns={"ttlSeconds": 300},
        subnet="team-b",
        told=f"Private DNS zone {seeds.HOSTNAME} belongs to WorkspaceGatewayNetwork stage/{{namespace}}/team-a. {DELETE_ONE}",
    ),
    "record": Rivalry(
        dns=IN_NAMED,
        subnet="team-b",
        told=f"Record {seeds.HOSTNAME} in zone {SUFFIX} belongs to WorkspaceGatewayNetwork stage/{{namespace}}/team-a. {DELETE_ONE}",
    ),
}


@pytest.mark.parametrize("what", RIVALRIES)
def test_who_has_it_keeps_it_through_restarts_and_restores(set_the_stage: SetTheStage, what: str) -> None:
    stage, rivalry = set_the_stage(seed=with_named_zone(subnets=SUBNETS), **SWIFT), RIVALRIES[what]
    publish(stage, dns=rivalry.dns)
    if rivalry.subnet == "team-b":
        stage.apply("team-b", **rivalry.rival)
        stage.wait_reason("AwaitingGateway", "team-b")
        put_gateway(stage, "billing", subnet="team-b", addresses=["10.1.0.70"])
        connect(stage, gateway="billing")
    settled, since = world(stage.azure), stage.azure.seq()
    stage.apply("team-b", **rivalry.rival)

    def have_what_they_had() -> None:
        for name in ("team-b", "team-a"):
            look(stage, name)
        stage.wait_reason("OwnershipConflict", "team-b")
        stage.wait_reason("Reconciled", "team-a")
        assert said(stage, name="team-b") == ("False", "OwnershipConflict", rivalry.told.format(namespace=stage.namespace))
        assert stage.condition("Stalled", "team-b")["status"] == "True"
        assert said(stage) == ("True", "Reconciled", "The network of gateway orders is as the spec wants it.")
        assert stage.writes(since=since) == []
        assert_same(settled, world(stage.azure))

    have_what_they_had()
    stage.stop_operator()
    stage.start_operator()
    have_what_they_had()

    stage.stop_operator()
    stage.kubectl("delete", "wgn", "team-a", "team-b")
    stage.apply("team-b", **rivalry.rival)
    wait_for_another_second(stage)
    stage.apply("team-a", mode="Injection", dns=rivalry.dns)
    stage.start_operator()
    have_what_they_had()


def wait_for_another_second(stage: Stage) -> None:
    """So that what is created from now on is younger: Kubernetes notes seconds."""
    now = datetime.now(UTC).second
    stage.wait_for(lambda: datetime.now(UTC).second != now, what="another second")


def test_nobody_having_it_the_older_resource_gets_it(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(running=False, **SWIFT)
    elder, younger = "z-elder", "a-younger"
    on_the_subnet = {"mode": "Injection", "subnet": {"id": seeds.subnet_id("team-a")}}
    stage.apply(elder, **on_the_subnet)
    wait_for_another_second(stage)
    stage.apply(younger, **on_the_subnet)
    stage.start_operator()
    stage.wait_reason("AwaitingGateway", elder)
    stage.wait_reason("OwnershipConflict", younger)
    look(stage, younger)
    assert said(stage, name=younger)[2] == (
        f"The delegation of subnet team-a belongs to WorkspaceGatewayNetwork {stage.namespace}/{elder}."
        " A subnet serves one gateway: delete one of the two resources."
    )
    (delegation,) = (stage.azure.get(seeds.subnet_id("team-a")) or {})["properties"]["delegations"]
    assert delegation["name"] == f"wgn-{stage.mark(elder)}"
    assert stage.azure.get(stage.own_group(younger)) is None


# Another cluster.


def of_another_cluster(what: str) -> list[Document]:
    """A zone, or a record, that an operator of another cluster made and keeps."""
    if what == "zone":
        return [{"id": seeds.zone_id(), "location": "global", "tags": OTHER_CLUSTER, "properties": {}}]
    properties = {"ttl": 300, "metadata": OTHER_CLUSTER, "aRecords": [{"ipv4Address": "10.8.0.5"}]}
    return [{"id": f"{NAMED}/A/{RELATIVE}", "properties": properties}]


@pytest.mark.parametrize("what", ["zone", "record"])
def test_what_another_cluster_keeps_is_never_taken_not_even_by_adoption(set_the_stage: SetTheStage, what: str) -> None:
    stage = set_the_stage(seed=with_named_zone(*of_another_cluster(what)), **SWIFT)
    before = private_dns(stage)
    bring_gateway(stage, dns={**(IN_NAMED if what == "record" else {}), "onConflict": "Adopt"})
    stage.wait_reason("OwnershipConflict")
    thing = f"Record {seeds.HOSTNAME} in zone {SUFFIX}" if what == "record" else f"Private DNS zone {seeds.HOSTNAME}"
    told = f"{thing} belongs to WorkspaceGatewayNetwork elsewhere/apim/team-a. {DELETE_ONE}"
    assert said(stage) == ("False", "OwnershipConflict", told)
    assert said(stage, "DNSRecordsPublished") == ("False", "OwnershipConflict", told)
    assert stage.condition("Stalled")["status"] == "True"
    assert [entry["state"] for entry in stage.status()["dns"]["records"]] == ["Conflict"]
    look(stage)
    assert_same(before, private_dns(stage))


def test_a_subnet_that_another_cluster_keeps_is_never_taken(set_the_stage: SetTheStage) -> None:
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/26")
    name = f"wgn-{OTHER_CLUSTER['wgn-owner']}"
    subnet["properties"]["delegations"] = [{"name": name, "properties": {"serviceName": "Microsoft.Web/hostingEnvironments"}}]
    stage = set_the_stage(seed=seeds.hub(subnets=[subnet]), **SWIFT)
    before = world(stage.azure)
    stage.apply(mode="Injection")
    ready = stage.wait_reason("OwnershipConflict")
    assert ready["message"] == (
        f"The delegation '{name}' of subnet team-a carries the mark of an operator in another cluster (WGN_CLUSTER_ID). A subnet serves one"
        " gateway: delete the resource there, or use another subnet."
    )
    look(stage)
    assert stage.writes() == []
    assert_same(before, world(stage.azure))
