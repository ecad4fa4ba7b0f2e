"""The whole life of a gateway, led by Azure and by those whose it is: every word of the resource is true when it is said."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pytest

from oracles.phases import Phases
from stage import seeds
from stage.injection import (
    PRIVATE_DNS,
    SWIFT,
    addresses_of,
    connect,
    look,
    private_dns,
    publish,
    put_gateway,
    record,
    said,
    show_addresses,
    written,
)
from stage.principal import Refused
from stage.stage import OPERATOR_USER, SetTheStage, Stage
from stage.world import assert_same, world

Document = dict[str, Any]
Statement = tuple[str, str, str]
"""Status, reason and message of a condition."""

ABSENCE_SECONDS = 5
MINUTES, HOURS = 60.0, 3600.0
"""On the emulator's clock, which stands still unless it is moved ahead."""

SUBNET = seeds.subnet_id("team-a")
SUCCESSOR = "billing-4e5f6a7b.gateway.uksouth-01.azure-api.net"
IN_WORK = ("Progressing", "WaitingForAzure")
PUBLISH = [("PUT", "zone"), ("PUT", "record"), ("PUT", "link")]
WITHDRAW = [("DELETE", "record"), ("DELETE", "link"), ("DELETE", "zone")]

ATTACHED: Statement = ("True", "Reconciled", "Gateway orders is in the subnet.")
NO_GATEWAY = "The network is prepared; a gateway can be created in subnet team-a."
NO_NAME = "No gateway is in subnet team-a yet, so there is no name to publish."


def awaiting(message: str) -> Statement:
    return "Unknown", "AwaitingGateway", message


@dataclass(frozen=True, kw_only=True)
class Name:
    """A gateway's name, as it is to be published."""

    hostname: str
    address: str
    gateway: str

    @property
    def hosts(self) -> list[str]:
        return [f"{self.address} {self.hostname}"]

    @property
    def statement(self) -> Statement:
        return "True", "Reconciled", f"{self.hostname} is published in private DNS with {self.address}."


class Life:
    """A gateway in team-a's subnet, its owners, and what the operator made of it so far."""

    def __init__(self, stage: Stage, *, ready_when: str) -> None:
        self.stage = stage
        self.owners = stage.principal("gateway-owners")
        self.ready_when = ready_when
        self.waiting = "True" if ready_when == "NetworkPrepared" else "Unknown"
        """What `Ready` is while nothing is missing but the gateway."""
        self.before = world(stage.azure)
        self.network: Document = {}
        """The network and the security group, as they were prepared."""
        self._phases = Phases()
        self._seen = 0

    def phase(
        self,
        name: str,
        *,
        ready: Statement,
        attached: Statement,
        published: Statement,
        names: Name | None = None,
        writes: Collection[tuple[str, str]] = (),
        on_the_way: Collection[str] = (),
    ) -> None:
        """Have the operator look, and hold all that it says, wrote and left in Azure to what is so at the end of the phase."""
        stage = self.stage
        look(stage)
        stage.wait_for(lambda: said(stage) == ready, what=f"{ready} while {name}", then=lambda: str(said(stage)))
        assert (said(stage, "GatewayAttached"), said(stage, "DNSRecordsPublished")) == (attached, published)
        assert stage.status().get("hostsEntries", []) == (names.hosts if names else [])
        assert written(stage, since=self._seen) == list(writes)
        assert_same(self.in_dns(names) if names else {}, private_dns(stage))
        if self.network:
            assert_same(self.network, network(stage))
        self._seen = stage.azure.seq()
        version = stage.get()["metadata"]["resourceVersion"]
        self._phases.over(name, version=version, status=ready[0], reason=ready[1], on_the_way=on_the_way)

    def in_dns(self, name: Name) -> Document:
        """All that private DNS is to hold for a name."""
        marks = {"wgn-owner": self.stage.mark(), "wgn-resource": f"stage/{self.stage.namespace}/team-a"}
        zone = seeds.zone_id(name.hostname)
        link = f"wgn-{self.stage.mark()}-{hashlib.sha256(seeds.NETWORK.lower().encode()).hexdigest()[:8]}"
        nothing = dict.fromkeys(("ttl", "metadata", "aRecords", "virtualNetwork", "registrationEnabled"))
        to_network = {"virtualNetwork": {"id": seeds.NETWORK}, "registrationEnabled": False}
        noted = {"ttl": 300, "metadata": {**marks, "wgn-gateway": seeds.gateway_id(name.gateway)}}
        return {
            zone: {"tags": marks, **nothing},
            f"{zone}/virtualNetworkLinks/{link}": {"tags": marks, **nothing, **to_network},
            f"{zone}/A/@": {"tags": {}, **nothing, **noted, "aRecords": [{"ipv4Address": name.address}]},
            f"{zone}/SOA/@": {"tags": {}, **nothing, "ttl": 3600},
        }

    def end(self) -> None:
        """The resource is gone: nothing of it is left, and no status that was ever written was wrong."""
        assert written(self.stage, since=self._seen) == [*WITHDRAW, ("PUT", "subnet"), ("DELETE", "group")]
        assert_same(self.before, world(self.stage.azure))
        self._phases.over("going", version=str(2**62), status="Unknown", reason="Deleting", on_the_way=IN_WORK)
        events = self.stage.control_plane.audit_events(OPERATOR_USER, namespace=self.stage.namespace)
        assert self._phases.judge(events, user=OPERATOR_USER) > 10

    # What the owners do, and what Azure does for them.

    def create_gateway(self, name: str) -> None:
        self.owners.begin_put(seeds.gateway_id(name), seeds.private_gateway(name, subnet="team-a"))

    def scale_gateway(self, name: str, *, capacity: int) -> None:
        gateway = seeds.private_gateway(name, subnet="team-a")
        self.owners.begin_put(seeds.gateway_id(name), {**gateway, "sku": {**gateway["sku"], "capacity": capacity}})

    def connect_workspace(self, name: str) -> str:
        """Gives the hostname that the gateway has from its first workspace on."""
        self.owners.put(seeds.connection_id(name), {"properties": {"sourceId": f"{seeds.SERVICE}/workspaces/orders"}})
        connection = self.owners.get(seeds.connection_id(name))
        assert connection
        hostname: str = connection["properties"]["defaultHostname"]
        return hostname

    def delete_gateway(self, name: str) -> None:
        self.owners.begin_delete(seeds.gateway_id(name))

    def pass_time(self, seconds: float) -> None:
        self.stage.azure.advance(seconds)


def network(stage: Stage) -> Document:
    """All of Azure but private DNS, gateways, and the links that they leave on their subnet."""
    everything = world(stage.azure).items()
    others = ((id, document) for id, document in everything if PRIVATE_DNS.lower() not in id.lower() and "/gateways/" not in id)
    return {id: _without_links(document) for id, document in others}


def _without_links(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_links(each) for key, each in value.items() if key != "serviceAssociationLinks"}
    return [_without_links(each) for each in value] if isinstance(value, list) else value


def has_withdrawn(stage: Stage) -> bool:
    """Has the operator look, and says whether nothing is in private DNS any more."""
    look(stage)
    return not private_dns(stage)


# Its chapters.


def is_prepared(life: Life) -> None:
    life.stage.apply(mode="Injection", readyWhen=life.ready_when, deletionPolicy="Delete")
    life.stage.wait_reason("AwaitingGateway")
    life.phase(
        "the network is prepared",
        ready=(life.waiting, "AwaitingGateway", NO_GATEWAY),
        attached=awaiting(NO_GATEWAY),
        published=awaiting(NO_NAME),
        writes=[("PUT", "group"), ("PUT", "subnet")],
        on_the_way=IN_WORK,
    )
    life.network = network(life.stage)
    life.stage.azure.stop_clock()


def is_created(life: Life, name: str) -> None:
    """Three hours, in the first seconds of which no list shows the gateway; then it is there, and nobody knows its name or address."""
    life.create_gateway(name)
    life.phase(
        "the gateway is not listed yet",
        ready=(life.waiting, "AwaitingGateway", NO_GATEWAY),
        attached=awaiting(NO_GATEWAY),
        published=awaiting(NO_NAME),
    )
    activating = f"The network is prepared; gateway {name} is Activating."
    for minutes in (1, 178):
        life.pass_time(minutes * MINUTES)
        life.phase(
            "the gateway is activated",
            ready=(life.waiting, "AwaitingGateway", activating),
            attached=awaiting(activating),
            published=awaiting(f"Gateway {name} is Activating, so it has no name or address to publish yet."),
        )
    life.pass_time(1 * MINUTES)
    nameless = f"Gateway {name} has no hostname yet: it gets one with its first workspace. Connect a workspace to it."
    life.phase(
        "the gateway has no name",
        ready=(life.waiting, "AwaitingHostname", nameless),
        attached=("True", "Reconciled", f"Gateway {name} is in the subnet."),
        published=("Unknown", "AwaitingHostname", nameless),
    )


def is_published(life: Life, name: str) -> Name:
    """The gateway has a name at once, and shows its address two minutes after its creation."""
    hostname = life.connect_workspace(name)
    life.pass_time(1 * MINUTES)
    hidden = (
        f"Gateway {name} has no private IP address yet; Azure can show it some minutes after the gateway is created."
        " If it does not, set spec.gateway.privateIPAddresses."
    )
    life.phase(
        "the gateway has no address",
        ready=("Unknown", "PrivateIPUnknown", hidden),
        attached=("True", "Reconciled", f"Gateway {name} is in the subnet."),
        published=("Unknown", "PrivateIPUnknown", hidden),
    )
    life.pass_time(1 * MINUTES)
    published = Name(hostname=hostname, address=seeds.ADDRESS, gateway=name)
    life.phase(
        "the name is published",
        ready=("True", "Reconciled", f"The network of gateway {name} is as the spec wants it."),
        attached=("True", "Reconciled", f"Gateway {name} is in the subnet."),
        published=published.statement,
        names=published,
        writes=PUBLISH,
        on_the_way=IN_WORK,
    )
    return published


def is_scaled(life: Life, published: Name) -> None:
    life.scale_gateway("orders", capacity=2)
    for minutes in (29, 1):
        life.pass_time(minutes * MINUTES)
        life.phase(
            "the gateway is scaled",
            ready=("True", "Reconciled", "The network of gateway orders is as the spec wants it."),
            attached=ATTACHED,
            published=published.statement,
            names=published,
        )
        assert life.stage.status()["gateway"]["provisioningState"] == ("Updating" if minutes == 29 else "Succeeded")


def is_moved(life: Life, published: Name) -> Name:
    show_addresses(life.stage, "10.1.0.9")
    moved = Name(hostname=published.hostname, address="10.1.0.9", gateway="orders")
    life.phase(
        "the gateway has another address",
        ready=("True", "Reconciled", "The network of gateway orders is as the spec wants it."),
        attached=ATTACHED,
        published=moved.statement,
        names=moved,
        writes=[("PUT", "record")],
        on_the_way=IN_WORK,
    )
    return moved


def fails(life: Life, published: Name) -> None:
    """Azure cannot scale it any further; it goes on serving, so its name stays."""
    life.scale_gateway("orders", capacity=3)
    *_, operation = life.stage.azure.operations()
    life.stage.azure.fail_operation(operation["id"], code="InternalServerError")
    failed = "The network is prepared; gateway orders is Failed."
    complaint = "Gateway orders is Failed: see its activity log, then repair it, or delete it and create it anew."
    takes_any = life.ready_when == "NetworkPrepared"
    life.phase(
        "the gateway is Failed",
        ready=("True", "AwaitingGateway", failed) if takes_any else ("False", "GatewayFailed", complaint),
        attached=awaiting(failed) if takes_any else ("False", "GatewayFailed", complaint),
        published=published.statement,
        names=published,
    )


def is_deleted(life: Life, published: Name) -> None:
    """Its name is withdrawn when two looks have not found it, though its link stays on the subnet for hours."""
    life.delete_gateway("orders")
    leaving = "The network is prepared; gateway orders is Terminating."
    life.phase(
        "the gateway is deleted",
        ready=(life.waiting, "AwaitingGateway", leaving),
        attached=awaiting(leaving),
        published=published.statement,
        names=published,
    )
    life.pass_time(15 * MINUTES)
    life.phase(
        "one look has not found the gateway",
        ready=(life.waiting, "AwaitingGateway", NO_GATEWAY),
        attached=awaiting(NO_GATEWAY),
        published=published.statement,
        names=published,
    )
    life.stage.wait_for(lambda: has_withdrawn(life.stage), what="the end of the name")
    life.phase(
        "the gateway is gone",
        ready=(life.waiting, "AwaitingGateway", NO_GATEWAY),
        attached=awaiting(NO_GATEWAY),
        published=awaiting(NO_NAME),
        writes=WITHDRAW,
        on_the_way=IN_WORK,
    )


def leaves_its_subnet(life: Life, successor: str) -> None:
    """Until its link is gone, after two hours, Azure lets nobody follow."""
    with pytest.raises(Refused):
        life.create_gateway(successor)
    life.pass_time(2 * HOURS)
    life.phase(
        "the subnet is free again",
        ready=(life.waiting, "AwaitingGateway", NO_GATEWAY),
        attached=awaiting(NO_GATEWAY),
        published=awaiting(NO_NAME),
    )


def outlives_its_resource(life: Life, published: Name) -> None:
    """Nothing is taken from a gateway that lives, nor while a link says that somebody may be in the subnet."""
    name, stage = published.gateway, life.stage
    advice = "or set the annotation workspacegateway.dev/deletion-policy-override: Retain to leave Azure as it is."
    attached = f"Gateway {name} still uses subnet team-a, so nothing is removed. Delete the gateway, {advice}"
    stage.kubectl("delete", "wgn", "team-a", "--wait=false")
    life.phase(
        "the resource is deleted",
        ready=("False", "GatewayStillAttached", attached),
        attached=("False", "GatewayStillAttached", attached),
        published=published.statement,
        names=published,
    )
    life.delete_gateway(name)
    life.phase(
        "resource and gateway are deleted",
        ready=("False", "GatewayStillAttached", attached),
        attached=("False", "GatewayStillAttached", attached),
        published=published.statement,
        names=published,
    )
    life.pass_time(15 * MINUTES)
    (link,) = (stage.azure.get(SUBNET) or {})["properties"]["serviceAssociationLinks"]
    in_use = (
        f"Subnet team-a has the service association link {link['name']}, so something may still use it and nothing is removed."
        f" Wait until the link is gone (it can outlive its gateway by hours), {advice}"
    )
    life.phase(
        "a link is all that is left of the gateway",
        ready=("False", "ResourceInUse", in_use),
        attached=("False", "GatewayStillAttached", attached),
        published=published.statement,
        names=published,
    )


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("ready_when", "successor"), [("NetworkPrepared", "orders"), ("GatewayPublished", "billing")])
def test_from_an_empty_subnet_to_an_empty_subnet(set_the_stage: SetTheStage, ready_when: str, successor: str) -> None:
    settings = {**SWIFT["settings"], "WGN_ABSENCE_SECONDS": str(ABSENCE_SECONDS)}
    life = Life(set_the_stage(**{**SWIFT, "settings": settings}), ready_when=ready_when)
    life.stage.azure.settings(gateway_address="preview")
    is_prepared(life)
    is_created(life, "orders")
    published = is_published(life, "orders")
    is_scaled(life, published)
    moved = is_moved(life, published)
    fails(life, moved)
    is_deleted(life, moved)
    leaves_its_subnet(life, successor)
    is_created(life, successor)
    published_anew = is_published(life, successor)
    assert (published_anew.hostname == published.hostname) is (successor == "orders")
    outlives_its_resource(life, published_anew)
    life.pass_time(2 * HOURS)
    life.stage.annotate(**{"reconcile-requested-at": "the link is gone"})
    life.stage.wait_for(lambda: life.stage.find() is None, what="the end of team-a", then=lambda: str(life.stage.find()))
    life.end()


def test_a_successor_that_came_unseen_is_not_taken_for_the_one_before(set_the_stage: SetTheStage) -> None:
    stage = set_the_stage(**SWIFT)
    publish(stage, readyWhen="GatewayPublished")
    settled, since = private_dns(stage), stage.azure.seq()

    stage.stop_operator()
    stage.azure.delete(seeds.gateway_id("orders"))
    put_gateway(stage, "billing", state="Activating")
    stage.start_operator()
    look(stage)
    assert said(stage) == ("Unknown", "AwaitingGateway", "The network is prepared; gateway billing is Activating.")

    put_gateway(stage, "billing")
    look(stage)
    nameless = "Gateway billing has no hostname yet: it gets one with its first workspace. Connect a workspace to it."
    assert said(stage) == ("Unknown", "AwaitingHostname", nameless)
    assert said(stage, "DNSRecordsPublished") == ("Unknown", "AwaitingHostname", nameless)

    connect(stage, SUCCESSOR, gateway="billing")
    hidden = (
        "Gateway billing has no private IP address yet; Azure can show it some minutes after the gateway is created."
        " If it does not, set spec.gateway.privateIPAddresses."
    )
    for _ in range(2):
        look(stage)
        assert said(stage) == ("Unknown", "PrivateIPUnknown", hidden)
        assert said(stage, "DNSRecordsPublished") == ("Unknown", "PrivateIPUnknown", hidden)
    assert stage.writes(since=since) == []
    assert_same(settled, private_dns(stage))

    put_gateway(stage, "billing", addresses=["10.1.0.8"])
    look(stage)
    stage.wait_for(lambda: stage.azure.get(seeds.zone_id()) is None, what="the end of the name before")
    stage.wait_reason("Reconciled")
    assert written(stage, since=since) == [*PUBLISH, *WITHDRAW]
    assert addresses_of(record(stage, seeds.zone_id(SUCCESSOR))) == ["10.1.0.8"]
    assert stage.status()["hostsEntries"] == [f"10.1.0.8 {SUCCESSOR}"]
