"""The role of the documentation, feature by feature: it is enough, and each action that is missing is named, with nothing concluded from that.

On every other stage the operator has the whole role and no other, so that no story takes an action beyond it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from documents import permissions
from stage import role, seeds
from stage.injection import SWIFT, look, publish, said
from stage.stage import SetTheStage, Stage
from stage.story import named
from stage.world import assert_same, world
from stage.zones import IN_NAMED, zone

Document = dict[str, Any]

SUBSCRIPTION = f"/subscriptions/{seeds.SUBSCRIPTION}"
SUBNET = seeds.subnet_id("team-a")
POLICY = f"{seeds.GROUP}/providers/Microsoft.Network/serviceEndpointPolicies/storage"
GATEWAY = seeds.gateway_id("orders")


def seed(**more: Any) -> Document:
    """The hub, with a subnet on which everything is attached that its write has to name again."""
    subnet = seeds.plain_subnet("team-a", prefix="10.1.0.0/26")
    subnet["properties"]["serviceEndpointPolicies"] = [{"id": POLICY}]
    policy = {"id": POLICY, "location": seeds.REGION, "properties": {}}
    return {**seeds.hub(subnets=[subnet], resources=[policy, *more.pop("resources", [])]), **more}


def without(*actions: str) -> list[str]:
    """The whole role, but for some actions."""
    left_out = {action.lower() for action in actions}
    return [action for action in role.actions() if action.lower() not in left_out]


def take_the_gateway(stage: Stage) -> None:
    """The gateway goes, and its link on the subnet with it."""
    for id in [seeds.connection_id("orders"), GATEWAY]:
        if stage.azure.get(id):
            stage.azure.delete(id)
    stage.azure.patch(SUBNET, {"properties": {"serviceAssociationLinks": []}})


def delete(stage: Stage) -> None:
    stage.kubectl("delete", "wgn", "team-a", "--wait=false")


def wait_gone(stage: Stage) -> None:
    stage.wait_for(lambda: stage.find() is None, what="the end of team-a", then=lambda: str(stage.find()))


# --- each feature's actions are enough ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Use:
    """One of the uses in the documentation."""

    spec: Mapping[str, Any]
    reason: str = "AwaitingGateway"
    seed: Document = field(default_factory=seed)
    is_published: bool = False
    besides: str = ""
    """The use that this one goes with."""

    def actions(self, name: str) -> list[str]:
        features = (*permissions.USES[name], *(permissions.USES[self.besides] if self.besides else ()))
        return role.actions(*features)


SHARED = {"networkSecurityGroup": {"id": seeds.network_security_group_id("shared")}}
OWN_GROUP = "Integration, with a network security group of its own"
USES = {
    "`resourceProviderRegistration: Register`, besides": Use(
        spec={"resourceProviderRegistration": "Register"}, seed=seed(providers={"Microsoft.Web": "NotRegistered"}), besides=OWN_GROUP
    ),
    "Observe, Integration": Use(spec={"managementPolicy": "Observe"}, reason="DriftDetected"),
    "Observe, Injection": Use(spec={"managementPolicy": "Observe", "mode": "Injection"}, reason="DriftDetected"),
    OWN_GROUP: Use(spec={}),
    "Integration, with a network security group of somebody else": Use(spec=SHARED, seed=seed(resources=[seeds.shared_group()])),
    "Injection, with zones of its own": Use(spec={}, is_published=True),
    "Injection, with zones of somebody else (`spec.dns.zones`)": Use(
        spec={"dns": IN_NAMED}, seed=seed(resources=zone()), is_published=True
    ),
    "Injection, `dns.management: Manual`": Use(spec={"dns": {"management": "Manual"}}, is_published=True),
}


def test_the_features_of_each_use_are_enough_from_the_first_look_to_the_last_clean_up(
    set_the_stage: SetTheStage, subtests: pytest.Subtests
) -> None:
    assert USES.keys() == permissions.USES.keys()
    stage = set_the_stage(**SWIFT)
    for name, use in USES.items():
        with subtests.test(name):
            stage.reset_azure(use.seed)
            stage.grant(*use.actions(name))
            before, since = world(stage.azure), stage.azure.seq()
            observes = use.spec.get("managementPolicy") == "Observe"
            spec = use.spec if observes else {**use.spec, "deletionPolicy": "Delete"}
            if use.is_published:
                publish(stage, **spec)
                take_the_gateway(stage)
            else:
                stage.apply(**{"mode": "Integration", **spec})
                stage.wait_reason(use.reason)
                look(stage)
                assert said(stage, "AzureAccess") == ("True", "Reconciled", "Azure answers what is asked of it.")
            delete(stage)
            wait_gone(stage)
            if observes:
                assert_same(before, world(stage.azure))
                assert stage.writes(since=since) == []
            refused = [each for each in stage.azure.exchanges(since=since) if each["liveResponse"]["statusCode"] in {"403", 403}]
            assert refused == []


# --- each action is needed, and named where it is missing -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Lack:
    """An action that is missing, what the operator may not do without it, and where it is missing."""

    action: str
    attempt: str
    scope: str
    is_linked: bool = False

    def told(self) -> str:
        doubt, code = (", unless that resource is gone", "LinkedAuthorizationFailed") if self.is_linked else ("", "AuthorizationFailed")
        return (
            f"The operator's identity may not {self.attempt}: it lacks the action {self.action} at {self.scope}. Grant a role with this"
            f" action there{doubt}; a new grant takes some minutes to work. ({code})"
        )


class Names:
    """What a stage's resource has in Azure."""

    def __init__(self, stage: Stage) -> None:
        digest = hashlib.sha256(seeds.NETWORK.lower().encode()).hexdigest()[:8]
        self.zone = seeds.zone_id()
        self.record = f"{self.zone}/A/@"
        self.link = f"{self.zone}/virtualNetworkLinks/wgn-{stage.mark()}-{digest}"
        self.group = stage.own_group()
        self.rule = f"{self.group}/securityRules/wgn-{stage.mark()}-gateway-storage"
        self.partner = f"{self.group}/securityRules/wgn-{stage.mark()}-partner"

    def reading(self) -> list[Lack]:
        """What every look takes, of a process that has written nothing yet."""
        return [
            Lack(action="Microsoft.Network/virtualNetworks/read", attempt="read virtual network hub", scope=seeds.NETWORK),
            Lack(
                action="Microsoft.Network/networkSecurityGroups/read",
                attempt=f"read network security group {_name(self.group)}",
                scope=self.group,
            ),
            Lack(action="Microsoft.ApiManagement/service/read", attempt="read API Management service contoso", scope=seeds.SERVICE),
            Lack(action="Microsoft.ApiManagement/gateways/read", attempt="read gateway orders", scope=GATEWAY),
            Lack(
                action="Microsoft.ApiManagement/gateways/configConnections/read",
                attempt="read the connections of gateway orders",
                scope=GATEWAY,
            ),
            Lack(action="Microsoft.Network/privateDnsZones/read", attempt=f"read private DNS zone {seeds.HOSTNAME}", scope=self.zone),
            Lack(
                action="Microsoft.Network/privateDnsZones/A/read",
                attempt=f"read the A records of private DNS zone {seeds.HOSTNAME}",
                scope=self.zone,
            ),
            Lack(
                action="Microsoft.Network/privateDnsZones/virtualNetworkLinks/read",
                attempt=f"read the virtual network links of private DNS zone {seeds.HOSTNAME}",
                scope=self.zone,
            ),
        ]

    def writing_the_subnet(self) -> list[Lack]:
        """What it takes to give the subnet its group again."""
        attached = {
            "networkSecurityGroups": self.group,
            "routeTables": f"{seeds.GROUP}/providers/Microsoft.Network/routeTables/to-firewall",
            "natGateways": f"{seeds.GROUP}/providers/Microsoft.Network/natGateways/egress",
            "serviceEndpointPolicies": POLICY,
        }
        return [
            Lack(action="Microsoft.Network/virtualNetworks/subnets/read", attempt="read subnet team-a", scope=SUBNET),
            Lack(action="Microsoft.Network/virtualNetworks/subnets/write", attempt="write subnet team-a", scope=SUBNET),
            *(
                Lack(action=f"Microsoft.Network/{kind}/join/action", attempt="write subnet team-a", scope=id, is_linked=True)
                for kind, id in attached.items()
            ),
        ]

    def writing(self) -> dict[str, Lack]:
        """What it takes to put back each other thing that somebody changed."""
        zone = f"private DNS zone {seeds.HOSTNAME}"
        return {
            "rule": Lack(
                action="Microsoft.Network/networkSecurityGroups/securityRules/write",
                attempt=f"write security rule {_name(self.rule)}",
                scope=self.rule,
            ),
            "group": Lack(
                action="Microsoft.Network/networkSecurityGroups/write",
                attempt=f"tag network security group {_name(self.group)}",
                scope=self.group,
            ),
            "zone": Lack(action="Microsoft.Network/privateDnsZones/write", attempt=f"tag {zone}", scope=self.zone),
            "record": Lack(action="Microsoft.Network/privateDnsZones/A/write", attempt=f"write A record @ of {zone}", scope=self.record),
            "link": Lack(
                action="Microsoft.Network/privateDnsZones/virtualNetworkLinks/write",
                attempt=f"write virtual network link {_name(self.link)} of {zone}",
                scope=self.link,
            ),
            "link to its network": Lack(
                action="Microsoft.Network/virtualNetworks/join/action",
                attempt=f"write virtual network link {_name(self.link)} of {zone}",
                scope=seeds.NETWORK,
                is_linked=True,
            ),
            "rule that is not wanted any more": Lack(
                action="Microsoft.Network/networkSecurityGroups/securityRules/delete",
                attempt=f"delete security rule {_name(self.partner)}",
                scope=self.partner,
            ),
        }

    def deleting(self) -> list[Lack]:
        """What a clean-up takes, in its order."""
        zone = f"private DNS zone {seeds.HOSTNAME}"
        return [
            Lack(action="Microsoft.Network/privateDnsZones/A/delete", attempt=f"delete A record @ of {zone}", scope=self.record),
            Lack(
                action="Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete",
                attempt=f"delete virtual network link {_name(self.link)} of {zone}",
                scope=self.link,
            ),
            Lack(action="Microsoft.Network/privateDnsZones/delete", attempt=f"delete {zone}", scope=self.zone),
            Lack(
                action="Microsoft.Network/networkSecurityGroups/delete",
                attempt=f"delete network security group {_name(self.group)}",
                scope=self.group,
            ),
        ]


def _name(id: str) -> str:
    return id.rpartition("/")[2]


def told(stage: Stage, lack: Lack, *others: Lack) -> None:
    """Take the action away, others too, have the operator look, and wait until it says so."""
    stage.grant(*without(lack.action, *(other.action for other in others)))
    stage.annotate(**{"reconcile-requested-at": f"without-{stage.azure.seq()}"})
    refused = ("False", "AuthorizationFailed", lack.told())
    stage.wait_for(lambda: said(stage) == refused, what=lack.told(), then=lambda: str(said(stage)))


def recovered(stage: Stage) -> None:
    """Grant the whole role again: all is well."""
    stage.grant(*role.actions())
    look(stage)
    stage.wait_reason("Reconciled")


def successes(stage: Stage, *, since: int) -> list[str]:
    """What the operator has written, and Azure has taken."""
    return [named(each) for each in stage.writes(since=since) if int(each["liveResponse"]["statusCode"]) < 300]


@pytest.mark.timeout(240)
def test_each_missing_action_is_named_and_nothing_follows_from_it(set_the_stage: SetTheStage, subtests: pytest.Subtests) -> None:
    stage = set_the_stage(seed=seed(providers={"Microsoft.Web": "NotRegistered"}), running=False, **SWIFT)
    names = Names(stage)
    register(stage, subtests)
    publish(stage, **SPEC, **PARTNER)
    stage.kill_operator()
    stage.start_operator()
    read(stage, names.reading(), subtests)
    write_the_subnet(stage, names.writing_the_subnet(), subtests)
    write(stage, names, subtests)
    clean_up(stage, names.deleting(), subtests)


SPEC: dict[str, Any] = {"deletionPolicy": "Delete", "resourceProviderRegistration": "Register"}
PARTNER: dict[str, Any] = {"networkSecurityGroup": {"additionalRules": [seeds.additional_rule("partner", priority=300, port="443")]}}


def register(stage: Stage, subtests: pytest.Subtests) -> None:
    lack = Lack(action="Microsoft.Web/register/action", attempt="register resource provider Microsoft.Web", scope=SUBSCRIPTION)
    stage.grant(*without(lack.action))
    stage.start_operator()
    stage.apply(mode="Injection", **SPEC, **PARTNER)
    with subtests.test(lack.action):
        told(stage, lack)
        assert successes(stage, since=0) == []
    stage.grant(*role.actions())


def read(stage: Stage, lacks: list[Lack], subtests: pytest.Subtests) -> None:
    before, since = world(stage.azure), stage.azure.seq()
    for lack in lacks:
        with subtests.test(lack.action):
            told(stage, lack)
    assert stage.writes(since=since) == []
    assert_same(before, world(stage.azure))
    recovered(stage)


def write_the_subnet(stage: Stage, lacks: list[Lack], subtests: pytest.Subtests) -> None:
    stage.grant(*without(*(lack.action for lack in lacks)))
    since = stage.azure.seq()
    stage.azure.patch(SUBNET, {"properties": {"networkSecurityGroup": None}})
    for lack in lacks:
        with subtests.test(lack.action):
            told(stage, lack)
    assert successes(stage, since=since) == []
    recovered(stage)


def write(stage: Stage, names: Names, subtests: pytest.Subtests) -> None:
    azure = stage.azure
    drifts: dict[str, Callable[[], object]] = {
        "rule": lambda: azure.delete(names.rule),
        "group": lambda: azure.patch(names.group, {"tags": {"wgn-owner": None}}),
        "zone": lambda: azure.patch(names.zone, {"tags": {"wgn-resource": None}}),
        "record": lambda: azure.delete(names.record),
        "link": lambda: azure.delete(names.link),
        "link to its network": lambda: azure.delete(names.link),
        "rule that is not wanted any more": lambda: stage.apply(mode="Injection", **SPEC),
    }
    for what, lack in names.writing().items():
        with subtests.test(lack.action):
            stage.grant(*without(lack.action))
            since = azure.seq()
            drifts[what]()
            told(stage, lack)
            assert successes(stage, since=since) == []
            recovered(stage)


def clean_up(stage: Stage, lacks: list[Lack], subtests: pytest.Subtests) -> None:
    stage.grant(*without(*(lack.action for lack in lacks)))
    take_the_gateway(stage)
    delete(stage)
    for number, lack in enumerate(lacks):
        with subtests.test(lack.action):
            told(stage, *lacks[number:])
            assert stage.azure.get(lack.scope)
    stage.grant(*role.actions())
    stage.annotate(**{"reconcile-requested-at": "granted"})
    wait_gone(stage)


def test_what_can_be_done_without_is_named_beside_what_is_well(set_the_stage: SetTheStage) -> None:
    optional = [action for each in role.features() if each.get("optional") for action in each["actions"]]
    stage = set_the_stage(running=False, **SWIFT)
    stage.grant(*without(*optional))
    stage.start_operator()
    publish(stage)

    status, reason, message = said(stage, "AzureAccess")
    assert (status, reason) == ("True", "Reconciled")
    prefix, _, notes = message.partition(" Note: ")
    assert prefix == "Azure answers what is asked of it."
    lacks = [
        Lack(
            action="Microsoft.Authorization/locks/read", attempt=f"read the locks of subscription {seeds.SUBSCRIPTION}", scope=SUBSCRIPTION
        ),
        Lack(
            action="Microsoft.Network/locations/operations/read",
            attempt=f"read the network operations of subscription {seeds.SUBSCRIPTION}",
            scope=SUBSCRIPTION,
        ),
        Lack(
            action="Microsoft.Network/privateDnsOperationStatuses/read",
            attempt=f"read the private DNS operations of subscription {seeds.SUBSCRIPTION}",
            scope=SUBSCRIPTION,
        ),
    ]
    assert notes == " ".join(lack.told() for lack in lacks)
