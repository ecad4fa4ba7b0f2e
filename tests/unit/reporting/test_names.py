"""What the status says of a gateway, its names, and their records in private DNS. Every report is also judged by `worlds.life.judge`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workspace_gateway_network.api.conditions import ConditionType
from workspace_gateway_network.api.reasons import Reason
from workspace_gateway_network.model.resource_id import ResourceId
from workspace_gateway_network.planning.finding import Finding
from workspace_gateway_network.planning.outcome import Outcome
from workspace_gateway_network.planning.plan import NamesReport, RecordState
from workspace_gateway_network.planning.step import Action
from worlds import documents
from worlds.azure import trouble
from worlds.documents import SUBNET_ID
from worlds.life import Life
from worlds.names import (
    ADDRESS,
    AWAITING_GATEWAY,
    AWAITING_HOSTNAME,
    HOST,
    OTHER_HOST,
    PRIVATE_IP_UNKNOWN,
    InjectionLife,
    gateway,
    known,
    plan,
    record,
    record_id,
    step,
    zone_id,
)
from worlds.resources import OUR_GROUP, OUR_GROUP_ID

DNS = "DNSRecordsPublished"
BOTH = pytest.mark.parametrize("ready_when", ["NetworkPrepared", "GatewayPublished"])
PUBLISHED = f"{HOST} is published in private DNS with 10.1.0.5."
PREPARED = "The network is prepared; a gateway can be created in subnet team-a."


def waits(finding: Finding, **parts: Any) -> NamesReport:
    return NamesReport(waiting=finding, **parts)


def dns_of(life: Life) -> dict[str, Any]:
    """All that the status says of names, as it is written."""
    status = life.status.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {
        "zoneNames": status["effective"].get("zoneNames"),
        "hostnames": status.get("gateway", {}).get("hostnames"),
        "privateIPAddresses": status.get("gateway", {}).get("privateIPAddresses"),
        "records": status.get("dns", {}).get("records"),
        "hostsEntries": status.get("hostsEntries"),
    }


def gateway_of(life: Life) -> dict[str, Any] | None:
    """The gateway, as the status has it."""
    gateway: dict[str, Any] | None = life.status.model_dump(mode="json", by_alias=True, exclude_none=True).get("gateway")
    return gateway


NOTHING: dict[str, Any] = dict.fromkeys(("zoneNames", "hostnames", "privateIPAddresses", "records", "hostsEntries"))
ALL_OF_IT: dict[str, Any] = {
    "zoneNames": [HOST],
    "hostnames": [HOST],
    "privateIPAddresses": [ADDRESS],
    "records": [{"fqdn": HOST, "zoneId": str(zone_id()), "ipAddresses": [ADDRESS], "state": "Published"}],
    "hostsEntries": [f"{ADDRESS} {HOST}"],
}
LAST_GATEWAY = {"id": documents.gateway_id("gw"), "name": "gw", "hostnames": [HOST], "privateIPAddresses": [ADDRESS]}


# From the prepared network to the published name.


def test_before_the_gateway_exists_the_network_is_ready() -> None:
    life = InjectionLife()
    life.saw(waits(AWAITING_GATEWAY))

    assert life.said() == ("True", "AwaitingGateway", PREPARED)
    assert life.said("GatewayAttached") == ("Unknown", "AwaitingGateway", PREPARED)
    assert life.said(DNS) == ("Unknown", "AwaitingGateway", "There is no name to publish yet.")
    assert life.said("SubnetDelegated")[2] == "Subnet team-a is delegated to Microsoft.Web/hostingEnvironments."
    assert dns_of(life) == NOTHING


def test_or_is_not_where_it_takes_a_gateway() -> None:
    life = InjectionLife(readyWhen="GatewayPublished")
    life.saw(waits(AWAITING_GATEWAY))

    assert life.said() == ("Unknown", "AwaitingGateway", PREPARED)
    assert life.said("Reconciling") == ("True", "AwaitingGateway", PREPARED)
    assert life.said("GatewayAttached") == ("Unknown", "AwaitingGateway", PREPARED)
    assert life.said("SubnetDelegated")[:2] == ("True", "Reconciled")


def test_an_integration_gateway_can_be_waited_for_too() -> None:
    life = Life(readyWhen="GatewayPublished")
    life.settle()
    assert life.said() == ("Unknown", "AwaitingGateway", PREPARED)
    life.world.gateways.append(documents.gateway())
    life.look()

    assert life.said() == ("True", "Reconciled", "The network of gateway gw is as the spec wants it.")
    assert life.said(DNS) == ("True", "NotRequired", "An Integration gateway is reached through public DNS.")


@BOTH
def test_a_gateway_may_take_hours(ready_when: str) -> None:
    life = InjectionLife(readyWhen=ready_when, progressDeadlineSeconds=60)
    life.saw(waits(AWAITING_GATEWAY))
    for _ in range(3):
        life.wait(3600)
        life.saw(waits(AWAITING_GATEWAY), gateway("Activating"))

    assert life.said()[1:] == ("AwaitingGateway", "The network is prepared; gateway gw is Activating.")
    assert life.said("GatewayAttached") == ("Unknown", "AwaitingGateway", "The network is prepared; gateway gw is Activating.")
    assert life.status.progressing_since is None
    assert life.condition("Stalled") is None


@BOTH
def test_a_gateway_without_a_connection_has_no_name_yet(ready_when: str) -> None:
    life = InjectionLife(readyWhen=ready_when, progressDeadlineSeconds=60)
    life.saw(waits(AWAITING_HOSTNAME, addresses=(ADDRESS,)), gateway())
    life.wait(86400)
    life.saw(waits(AWAITING_HOSTNAME, addresses=(ADDRESS,)), gateway())

    ready = "True" if ready_when == "NetworkPrepared" else "Unknown"
    assert life.said() == (ready, "AwaitingHostname", "Gateway gw has no hostname yet.")
    assert life.said(DNS) == ("Unknown", "AwaitingHostname", "Gateway gw has no hostname yet.")
    assert life.said("GatewayAttached") == ("True", "Reconciled", "Gateway gw is in the subnet.")
    assert life.status.progressing_since is None
    assert dns_of(life) == {**NOTHING, "privateIPAddresses": [ADDRESS]}


@BOTH
def test_an_address_that_lags_is_work_that_goes_on(ready_when: str) -> None:
    life = InjectionLife(readyWhen=ready_when)
    life.saw(waits(AWAITING_GATEWAY), gateway("Activating"))
    life.wait(3 * 3600)
    life.saw(waits(PRIVATE_IP_UNKNOWN, hostnames=(HOST,)), gateway())

    assert life.said() == ("Unknown", "PrivateIPUnknown", "Gateway gw has no private IP address yet.")
    assert life.said("Reconciling")[1] == "PrivateIPUnknown"
    assert life.said(DNS) == ("Unknown", "PrivateIPUnknown", "Gateway gw has no private IP address yet.")
    assert life.status.progressing_since == "2026-01-02T06:04:05Z", "the hours before did not count"
    assert dns_of(life) == {**NOTHING, "hostnames": [HOST]}


@BOTH
def test_but_not_for_ever(ready_when: str) -> None:
    life = InjectionLife(readyWhen=ready_when, progressDeadlineSeconds=600)
    life.saw(waits(PRIVATE_IP_UNKNOWN, hostnames=(HOST,)), gateway())
    life.wait(600)
    life.saw(waits(PRIVATE_IP_UNKNOWN, hostnames=(HOST,)), gateway())

    assert life.said() == ("False", "ProgressDeadlineExceeded", "No progress for 600 s: Gateway gw has no private IP address yet.")
    assert life.said(DNS)[:2] == ("Unknown", "PrivateIPUnknown")


@BOTH
def test_with_its_name_published_all_is_reconciled(ready_when: str) -> None:
    life = InjectionLife(readyWhen=ready_when)
    life.published()

    assert life.said() == ("True", "Reconciled", "The network of gateway gw is as the spec wants it.")
    assert life.said("GatewayAttached") == ("True", "Reconciled", "Gateway gw is in the subnet.")
    assert life.said(DNS) == ("True", "Reconciled", PUBLISHED)
    assert dns_of(life) == ALL_OF_IT


def test_several_names_and_addresses() -> None:
    life = InjectionLife()
    life.published(record(host=OTHER_HOST, addresses=("10.1.0.6", ADDRESS)), record(addresses=("10.1.0.6", ADDRESS)))

    assert life.said(DNS)[2] == "All 2 names of the gateway are published in private DNS."
    assert life.status.hosts_entries == (
        f"10.1.0.5 {HOST}",
        f"10.1.0.5 {OTHER_HOST}",
        f"10.1.0.6 {HOST}",
        f"10.1.0.6 {OTHER_HOST}",
    )


def test_one_name_with_two_addresses() -> None:
    life = InjectionLife()
    life.published(record(addresses=(ADDRESS, "10.1.0.6")))

    assert life.said(DNS)[2] == f"{HOST} is published in private DNS with 10.1.0.5 and 10.1.0.6."


def test_what_the_spec_knows_is_published_without_a_gateway() -> None:
    life = InjectionLife()
    life.saw(known(record()), owned=[record_id()])

    assert life.said()[:2] == ("True", "AwaitingGateway")
    assert life.said(DNS) == ("True", "Reconciled", PUBLISHED)
    assert dns_of(life) == {**ALL_OF_IT, "hostnames": None, "privateIPAddresses": None}


@pytest.mark.parametrize("state", ["Updating", "Failed", "Stopped", "Terminating"])
def test_a_name_counts_in_every_state_of_the_gateway(state: str) -> None:
    life = InjectionLife()
    life.saw(known(record()), gateway(state), owned=[record_id()])
    assert life.said(DNS) == ("True", "Reconciled", PUBLISHED)

    life.saw(known(record(RecordState.MISSING)), gateway(state), steps=[step(record_id())])
    life.wait(15)
    life.saw(known(record(RecordState.MISSING)), gateway(state), steps=[step(record_id())])

    assert life.said() == ("Unknown", "CorrectingDrift", "Somebody changed Azure; it is being put back.")
    assert life.said(DNS)[:2] == ("Unknown", "CorrectingDrift")


# What is under way.


def test_a_record_that_is_still_to_be_written() -> None:
    life = InjectionLife()
    life.saw(known(record(RecordState.MISSING)), gateway(), steps=[step(zone_id()), step(record_id())])

    assert life.said()[:2] == ("Unknown", "Progressing")
    assert life.said(DNS) == ("Unknown", "Progressing", "Azure is being made as the spec wants it.")
    assert life.said("SubnetDelegated")[:2] == ("True", "Reconciled")
    assert dns_of(life) == {**ALL_OF_IT, "records": [{**ALL_OF_IT["records"][0], "state": "Missing"}]}


def test_a_zone_that_azure_is_working_on() -> None:
    life = InjectionLife()
    life.saw(known(record(RecordState.MISSING)), gateway(), outcome=Outcome(waiting_for=zone_id()))

    assert life.said(DNS) == ("Unknown", "WaitingForAzure", f"Azure is working on private DNS zone {HOST}.")


def test_what_waits_for_the_gateway_says_so_while_azure_works_on_the_rest() -> None:
    life = InjectionLife()
    life.saw(waits(AWAITING_GATEWAY), outcome=Outcome(waiting_for=ResourceId(SUBNET_ID)))

    assert life.said()[1] == "WaitingForAzure"
    assert life.said(DNS)[1] == "AwaitingGateway"


def test_observe_calls_a_missing_record_drift() -> None:
    life = InjectionLife(managementPolicy="Observe")
    life.saw(known(record(RecordState.MISSING)), gateway(), steps=[step(record_id())])

    assert life.said(DNS)[:2] == ("False", "DriftDetected")


def test_a_record_that_is_put_back_at_once_is_no_condition() -> None:
    life = InjectionLife()
    life.published()
    before = life.status.conditions
    life.wait(60)
    life.saw(known(record(RecordState.MISSING)), gateway(), steps=[step(record_id())])

    assert life.status.conditions == before


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (zone_id(), f"private DNS zone {HOST}"),
        (zone_id().child("virtualNetworkLinks", "wgn-hub"), f"virtual network link wgn-hub in private DNS zone {HOST}"),
        (record_id(), f"record {HOST} in private DNS zone {HOST}"),
        (zone_id("azure-api.net").child("A", "team-a.gateway"), "record team-a.gateway in private DNS zone azure-api.net"),
    ],
)
def test_how_what_is_in_dns_is_called(target: ResourceId, words: str) -> None:
    life = InjectionLife()
    life.saw(known(record(RecordState.MISSING)), gateway(), outcome=Outcome(waiting_for=target))

    assert life.said()[2] == f"Azure is working on {words}."


def test_a_name_that_somebody_deletes_is_drift() -> None:
    life = InjectionLife()
    life.published()
    life.saw(known(record(RecordState.MISSING)), gateway(), steps=[step(record_id())])

    assert life.told() == [("Warning", "DriftDetected", f"Somebody changed record {HOST} in private DNS zone {HOST} (gone).")]


@pytest.mark.parametrize(
    ("names", "action"),
    [
        (known(record(RecordState.MISSING, host=OTHER_HOST), record()), Action.CREATE),
        (known(record(RecordState.MISSING, addresses=("10.1.0.9",))), Action.UPDATE),
        (waits(AWAITING_GATEWAY), Action.DELETE),
    ],
    ids=["another name", "another address", "a gateway that is gone"],
)
def test_what_becomes_of_the_gateway_is_no_drift(names: NamesReport, action: Action) -> None:
    life = InjectionLife()
    life.published()
    life.saw(names, *([] if names.waiting else [gateway()]), steps=[step(record_id(), action=action)])

    assert life.said()[:2] == ("Unknown", "Progressing")
    assert life.said(DNS)[:2] == ("Unknown", "Progressing")
    assert life.status.drift is not None
    assert life.status.drift.state == "InSync"


def test_publishing_the_first_name_is_no_drift() -> None:
    life = InjectionLife()
    life.saw(waits(AWAITING_GATEWAY))
    first = plan(known(record(RecordState.MISSING)), gateway(), steps=[step(record_id())])
    life.pass_over(first=first, now=plan(known(record()), gateway(), owned=[record_id()]), outcome=Outcome(completed=first.steps))

    assert [(kind, reason) for kind, reason, _ in life.told()] == [("Normal", "Created"), ("Normal", "Reconciled")]
    assert life.status.drift is not None
    assert life.status.drift.count == 0


def test_drift_of_the_rest_is_drift_though_there_is_a_new_name() -> None:
    life = InjectionLife()
    life.saw(waits(AWAITING_GATEWAY))
    rules = step(ResourceId(OUR_GROUP_ID), condition=ConditionType.SECURITY_RULES_APPLIED)
    life.saw(known(record(RecordState.MISSING)), gateway(), steps=[rules, step(record_id())])

    assert [note for _, reason, note in life.told() if reason == "DriftDetected"] == [
        f"Somebody changed network security group {OUR_GROUP} (gone)."
    ]


# What is wrong.


def test_a_record_of_somebody_else_that_says_something_else() -> None:
    message = f"Record {HOST} is not ours and says 10.9.9.9."
    conflict = Finding(condition=ConditionType.DNS_RECORDS_PUBLISHED, reason=Reason.RECORD_CONFLICT, message=message)
    life = InjectionLife()
    life.saw(known(record(RecordState.CONFLICT)), gateway(), findings=[conflict])

    assert life.said() == ("False", "RecordConflict", message)
    assert life.condition("Stalled") is not None
    assert life.said(DNS) == ("False", "RecordConflict", message)
    assert [each.state for each in (life.status.dns.records if life.status.dns else ())] == ["Conflict"]


@BOTH
def test_a_failed_gateway_matters_only_where_it_takes_one(ready_when: str) -> None:
    life = InjectionLife(readyWhen=ready_when)
    life.published()
    life.saw(known(record()), gateway("Failed"), owned=[record_id()])

    if ready_when == "NetworkPrepared":
        assert life.said() == ("True", "AwaitingGateway", "The network is prepared; gateway gw is Failed.")
        assert life.said("GatewayAttached")[:2] == ("Unknown", "AwaitingGateway")
    else:
        message = "Gateway gw is Failed: see its activity log, then repair it, or delete it and create it anew."
        assert life.said() == ("False", "GatewayFailed", message)
        assert life.said("Stalled") == ("True", "GatewayFailed", message)
        assert life.said("GatewayAttached") == ("False", "GatewayFailed", message)
        assert ("Warning", "GatewayFailed", message) in life.told()
    assert life.said(DNS) == ("True", "Reconciled", PUBLISHED)


def test_a_failed_gateway_does_not_keep_drift_from_being_undone() -> None:
    life = InjectionLife(readyWhen="GatewayPublished")
    life.published()
    life.saw(known(record(RecordState.MISSING)), gateway("Failed"), steps=[step(record_id())])
    life.wait(60)
    life.saw(known(record()), gateway("Failed"), owned=[record_id()])

    assert life.said()[1] == "GatewayFailed"
    assert life.status.drift is not None
    assert (life.status.drift.state.value, life.status.drift.count) == ("InSync", 1)


def test_a_failed_gateway_is_not_why_something_was_not_judged() -> None:
    life = InjectionLife(readyWhen="GatewayPublished")
    life.saw(None, gateway("Failed"), findings=[trouble()], blocked=True)

    assert life.said()[1] == "GatewayFailed"
    assert life.said("SubnetDelegated") == ("Unknown", "AzureUnavailable", "Not judged: see AzureAccess.")


def test_a_failed_gateway_does_not_keep_a_resource_from_going() -> None:
    life = InjectionLife(readyWhen="GatewayPublished")
    life.published()
    going = replace(plan(None, gateway("Failed")), steps=(step(record_id(), action=Action.DELETE),))
    life.pass_over(first=going, deleting=True)

    assert life.said()[1] == "Deleting"


def test_a_gateway_that_the_spec_names_and_that_is_not_there() -> None:
    life = InjectionLife(gateway={"id": documents.gateway_id("mine")})
    life.saw(waits(AWAITING_GATEWAY), gateway(name="another"))

    message = "The network is prepared; gateway mine can be created in subnet team-a."
    assert life.said() == ("True", "AwaitingGateway", message)
    assert life.said("GatewayAttached") == ("Unknown", "AwaitingGateway", message)
    assert life.status.gateway is None


def test_a_gateway_that_the_spec_names_among_others() -> None:
    life = InjectionLife(gateway={"id": documents.gateway_id("MINE")})
    life.saw(known(record()), gateway(name="another"), gateway(name="mine"))

    assert life.said("GatewayAttached") == ("True", "Reconciled", "Gateway mine is in the subnet.")
    assert life.status.gateway is not None
    assert life.status.gateway.name == "mine"


def test_a_gateway_of_the_other_mode_leaves_dns_as_it_was_told() -> None:
    life = InjectionLife()
    life.published()
    before = dns_of(life)
    wrong = Finding(condition=ConditionType.PREREQUISITES_MET, reason=Reason.GATEWAY_REPLACEMENT_REQUIRED, message="It is External.")
    life.saw(None, gateway(), findings=[wrong], blocked=True)

    assert life.said()[1] == "GatewayReplacementRequired"
    assert life.said(DNS) == ("True", "Reconciled", PUBLISHED)
    assert dns_of(life) == before


@pytest.mark.parametrize("names", [None, known(record(RecordState.MISSING))], ids=["unread", "read"])
def test_or_says_that_it_was_not_judged(names: NamesReport | None) -> None:
    wrong = Finding(condition=ConditionType.PREREQUISITES_MET, reason=Reason.GATEWAY_REPLACEMENT_REQUIRED, message="It is External.")
    life = InjectionLife()
    life.saw(names, gateway(), findings=[wrong], blocked=True)

    assert life.said(DNS) == ("Unknown", "GatewayReplacementRequired", "Not judged: see PrerequisitesMet.")


# Unknown never removes.


@pytest.mark.parametrize(
    "names",
    [
        waits(PRIVATE_IP_UNKNOWN, hostnames=(HOST,)),
        waits(AWAITING_HOSTNAME, addresses=(ADDRESS,)),
        waits(AWAITING_HOSTNAME),
    ],
    ids=["no address", "no name", "neither"],
)
@BOTH
def test_a_look_that_brings_nothing_new_says_nothing_new(names: NamesReport, ready_when: str) -> None:
    life = InjectionLife(readyWhen=ready_when)
    life.published()
    before = life.status
    life.wait(3600)
    life.saw(names, gateway(), owned=[record_id()])
    life.wait(3600)
    life.saw(names, gateway(), owned=[record_id()])

    assert life.status.model_dump(exclude={"owned_resources"}) == before.model_dump(exclude={"owned_resources"})
    assert life.told() == []


def test_what_could_not_be_read_stays_as_it_was_told() -> None:
    life = InjectionLife()
    life.published()
    before = dns_of(life)
    life.saw(waits(AWAITING_HOSTNAME), gateway("Updating"), findings=[trouble()])

    assert life.said()[1] == "AzureUnavailable"
    assert life.said(DNS) == ("True", "Reconciled", PUBLISHED)
    assert dns_of(life) == before
    assert life.status.gateway is not None
    assert life.status.gateway.provisioning_state == "Updating"


def test_what_could_not_be_read_at_first_is_unknown() -> None:
    life = InjectionLife()
    life.saw(None, findings=[trouble()], blocked=True)

    assert life.said(DNS) == ("Unknown", "AzureUnavailable", "Not judged: see AzureAccess.")
    assert dns_of(life) == NOTHING


def test_a_record_that_somebody_deletes_while_its_address_is_unknown_is_missing() -> None:
    life = InjectionLife()
    life.published()
    life.saw(waits(PRIVATE_IP_UNKNOWN, hostnames=(HOST,)), gateway())

    assert life.said()[:2] == ("Unknown", "PrivateIPUnknown")
    assert life.said(DNS)[:2] == ("Unknown", "PrivateIPUnknown")
    assert [each.state for each in (life.status.dns.records if life.status.dns else ())] == ["Missing"]
    assert life.status.hosts_entries == (f"{ADDRESS} {HOST}",)


def test_a_right_record_of_somebody_else_is_told_for_as_long_as_the_gateway_is_there() -> None:
    life = InjectionLife()
    life.saw(known(record()), gateway())
    life.saw(waits(AWAITING_HOSTNAME), gateway())
    assert life.said(DNS) == ("True", "Reconciled", PUBLISHED)

    life.saw(waits(AWAITING_GATEWAY))

    assert life.said(DNS)[:2] == ("Unknown", "AwaitingGateway")
    assert dns_of(life) == NOTHING


def test_a_record_stays_published_until_the_gateway_is_gone_for_good() -> None:
    life = InjectionLife()
    life.published()
    life.wait(60)
    life.saw(waits(AWAITING_GATEWAY), owned=[record_id()])
    assert life.said()[:2] == ("True", "AwaitingGateway")
    assert life.said(DNS) == ("True", "Reconciled", PUBLISHED)
    assert dns_of(life) == ALL_OF_IT
    assert gateway_of(life) == LAST_GATEWAY, "or it would not be known which one must be gone"

    life.wait(600)
    life.saw(waits(AWAITING_GATEWAY), steps=[step(record_id(), action=Action.DELETE)], owned=[record_id()])
    life.wait(60)
    life.saw(waits(AWAITING_GATEWAY), steps=[step(zone_id(), action=Action.DELETE)], owned=[zone_id()])
    assert gateway_of(life) == LAST_GATEWAY
    life.saw(waits(AWAITING_GATEWAY), steps=[step(record_id(), action=Action.DELETE)], owned=[record_id()])
    assert life.said(DNS)[0] == "Unknown"

    life.wait(60)
    life.saw(waits(AWAITING_GATEWAY))

    assert life.said(DNS) == ("Unknown", "AwaitingGateway", "There is no name to publish yet.")
    assert dns_of(life) == NOTHING
    assert gateway_of(life) is None


def test_another_gateway_has_not_the_names_of_the_one_before() -> None:
    life = InjectionLife()
    life.published()
    life.saw(waits(AWAITING_HOSTNAME), gateway(name="another"))

    assert life.said(DNS)[:2] == ("Unknown", "AwaitingHostname")
    assert dns_of(life) == NOTHING


@BOTH
@pytest.mark.parametrize(
    "names",
    [waits(PRIVATE_IP_UNKNOWN, hostnames=(OTHER_HOST,)), waits(AWAITING_HOSTNAME), waits(AWAITING_HOSTNAME, addresses=(ADDRESS,))],
    ids=["no address", "no name", "a used address and no name"],
)
def test_what_is_published_of_the_gateway_before_is_no_name_of_the_next(names: NamesReport, ready_when: str) -> None:
    assert names.waiting
    life = InjectionLife(readyWhen=ready_when)
    life.published()
    for _ in range(2):
        life.wait(60)
        life.saw(names, gateway(name="another"), owned=[record_id()])
        assert life.said(DNS) == ("Unknown", names.waiting.reason, names.waiting.message)
        assert life.said()[1:] == (names.waiting.reason, names.waiting.message)
        assert life.status.hosts_entries == (f"{ADDRESS} {HOST}",), "it still is in private DNS"


def test_a_gateway_that_was_missing_for_a_look_is_still_the_same() -> None:
    life = InjectionLife(readyWhen="GatewayPublished")
    life.published()
    life.saw(waits(AWAITING_GATEWAY), owned=[record_id()])
    life.saw(waits(AWAITING_HOSTNAME), gateway(), owned=[record_id()])

    assert life.said()[:2] == ("True", "Reconciled")
    assert life.said(DNS) == ("True", "Reconciled", PUBLISHED)


def test_what_was_told_of_another_spec_is_not_told_of_this_one() -> None:
    life = InjectionLife()
    life.published()
    life.edit(dns={"ttlSeconds": 60})
    life.saw(waits(PRIVATE_IP_UNKNOWN, hostnames=(HOST,)), gateway(), owned=[record_id()])

    assert life.said()[:2] == ("Unknown", "PrivateIPUnknown")
    assert life.said(DNS)[:2] == ("Unknown", "PrivateIPUnknown")


def test_one_name_that_is_not_published_is_enough_to_wait() -> None:
    life = InjectionLife()
    life.saw(known(record(), record(RecordState.MISSING, host=OTHER_HOST)), gateway(), steps=[step(record_id(OTHER_HOST))])
    life.saw(waits(PRIVATE_IP_UNKNOWN, hostnames=(HOST, OTHER_HOST)), gateway(), owned=[record_id()])

    assert life.said(DNS)[:2] == ("Unknown", "PrivateIPUnknown")
    assert [(each.fqdn, each.state) for each in (life.status.dns.records if life.status.dns else ())] == [
        (HOST, "Published"),
        (OTHER_HOST, "Missing"),
    ]


# DNS that is kept elsewhere.


@BOTH
def test_manual_dns_is_told_what_to_answer(ready_when: str) -> None:
    life = InjectionLife(dns={"management": "Manual"}, readyWhen=ready_when)
    life.saw(known(record(RecordState.MANAGED_EXTERNALLY)), gateway())

    assert life.said()[:2] == ("True", "Reconciled")
    assert life.said(DNS) == ("True", "ManagedExternally", "DNS is managed elsewhere; status.hostsEntries says what it has to answer.")
    assert dns_of(life) == {
        "zoneNames": None,
        "hostnames": [HOST],
        "privateIPAddresses": [ADDRESS],
        "records": [{"fqdn": HOST, "ipAddresses": [ADDRESS], "state": "ManagedExternally"}],
        "hostsEntries": [f"{ADDRESS} {HOST}"],
    }


def test_manual_dns_waits_for_what_to_answer_and_keeps_it() -> None:
    life = InjectionLife(dns={"management": "Manual"})
    life.saw(waits(PRIVATE_IP_UNKNOWN, hostnames=(HOST,), managed_externally=True), gateway())
    assert life.said(DNS)[:2] == ("Unknown", "PrivateIPUnknown")
    life.saw(known(record(RecordState.MANAGED_EXTERNALLY)), gateway())
    before = life.status

    life.saw(waits(PRIVATE_IP_UNKNOWN, hostnames=(HOST,), managed_externally=True), gateway())

    assert life.status == before


# Other modes, and the end.


def test_records_that_integration_does_not_need_are_taken_back() -> None:
    life = InjectionLife()
    life.published()
    life.edit(mode="Integration")
    life.saw(None, steps=[step(record_id(), action=Action.DELETE)], owned=[record_id()])
    assert life.said(DNS)[:2] == ("Unknown", "Progressing")
    life.saw(None)

    assert life.said(DNS) == ("True", "NotRequired", "An Integration gateway is reached through public DNS.")
    assert dns_of(life) == NOTHING


def test_a_deletion_takes_dns_away() -> None:
    life = InjectionLife()
    life.published()
    life.pass_over(first=plan(None, steps=[step(record_id(), action=Action.DELETE)]), deleting=True)

    assert life.said(DNS) == ("Unknown", "Deleting", "What this resource owns in Azure is being removed.")


@pytest.mark.parametrize("managed", [True, False], ids=["ours, blocked", "not ours"])
def test_a_deletion_leaves_dns_that_it_may_not_or_need_not_touch(managed: bool) -> None:
    life = InjectionLife(**({} if managed else {"dns": {"management": "Manual"}}))
    life.saw(known(record(RecordState.PUBLISHED if managed else RecordState.MANAGED_EXTERNALLY)), gateway())
    said = life.said(DNS)
    attached = Finding(condition=ConditionType.GATEWAY_ATTACHED, reason=Reason.GATEWAY_STILL_ATTACHED, message="Gateway gw is there.")
    going = plan(None, gateway(), findings=[attached], blocked=True) if managed else plan(None)
    life.pass_over(first=going, deleting=True)

    assert life.said(DNS) == said


def test_more_than_a_status_holds_is_cut() -> None:
    life = InjectionLife()
    addresses = tuple(f"10.1.0.{number}" for number in range(100, 130))
    life.saw(known(*(record(host=f"h{number:02}.gateway.azure-api.net", addresses=addresses) for number in range(60))), gateway())

    status = life.status
    assert status.dns is not None
    assert status.gateway is not None
    assert status.effective is not None
    assert [len(part or ()) for part in (status.dns.records, status.dns.records[0].ip_addresses, status.hosts_entries)] == [50, 20, 200]
    assert [len(part or ()) for part in (status.gateway.hostnames, status.gateway.private_ip_addresses)] == [50, 20]
    assert len(status.effective.zone_names or ()) == 50
    type(status).model_validate_json(status.model_dump_json(by_alias=True))
