"""Record sets of private DNS: written at once, refused at once, by an error that nothing is wrapped around."""

from __future__ import annotations

from typing import Any

import pytest

from arm_emulator.client import Emulator
from contract.emulator.azure import RECORD, SUBSCRIPTION, ZONE, Arm, Document

HOST = ZONE.rsplit("/", 1)[1]
MARKS = {"wgn-owner": "somebody"}


def a(*addresses: str, **properties: Any) -> Document:
    return {"properties": {"ttl": 300, "aRecords": [{"ipv4Address": each} for each in addresses], **properties}}


@pytest.fixture
def zone(emulator: Emulator) -> Emulator:
    emulator.put(ZONE, {"location": "global"})
    return emulator


async def test_a_record_set_is_created_read_changed_and_deleted(arm: Arm, zone: Emulator) -> None:
    created = await arm.put(RECORD, a("10.0.1.5", metadata=MARKS), headers={"If-None-Match": "*"})
    assert created.status == 201
    assert created.headers["etag"] == created.body["etag"]
    assert '"' not in created.body["etag"]
    assert '"type":"Microsoft.Network\\/privateDnsZones\\/A"' in created.text
    assert created.body["id"] == RECORD.replace("Net-RG", "net-rg")
    assert created.properties == {
        "metadata": MARKS,
        "fqdn": f"{HOST}.",
        "ttl": 300,
        "aRecords": [{"ipv4Address": "10.0.1.5"}],
        "isAutoRegistered": False,
    }
    seen = await arm.get(RECORD)
    assert (seen.body, seen.headers["etag"]) == (created.body, created.headers["etag"])
    changed = await arm.put(RECORD, a("10.0.1.6", "10.0.1.7", ttl=60))
    assert (changed.status, changed.properties["ttl"], len(changed.properties["aRecords"])) == (200, 60, 2)
    assert "metadata" not in changed.properties
    assert changed.body["etag"] != created.body["etag"]
    deleted = await arm.delete(RECORD)
    assert (deleted.status, deleted.text) == (200, "")
    assert "content-type" not in deleted.headers
    assert (await arm.delete(RECORD)).status == 204


async def test_a_set_may_be_empty(arm: Arm, zone: Emulator) -> None:
    created = await arm.put(f"{ZONE}/A/host", {"properties": {"ttl": 3600}})
    assert (created.properties["aRecords"], created.properties["fqdn"]) == ([], f"host.{HOST}.")


async def test_a_missing_record_is_a_bare_404(arm: Arm, zone: Emulator) -> None:
    seen = await arm.get(f"{ZONE}/A/host")
    message = f"The resource record 'host' does not exist in resource group 'Net-RG' of subscription '{SUBSCRIPTION}'."
    assert seen.refusal == (404, {"code": "NotFound", "message": message})
    assert "x-ms-failure-cause" not in seen.headers


@pytest.mark.parametrize(("method", "action"), [("PUT", "write"), ("DELETE", "delete"), ("GET", "read")], ids=["PUT", "DELETE", "GET"])
async def test_a_record_below_a_missing_zone(arm: Arm, emulator: Emulator, method: str, action: str) -> None:
    seen = await arm.send(method, RECORD, a() if method == "PUT" else None)
    message = (
        f"Failed to perform '{action}' on resource(s) of type 'privateDnsZones/A', because the parent resource '{ZONE}' could not be found."
    )
    assert seen.refusal == (404, {"error": {"code": "ParentResourceNotFound", "message": message}})
    assert seen.headers["x-ms-failure-cause"] == "gateway"


async def test_conditions_fail_at_once(arm: Arm, zone: Emulator) -> None:
    first = (await arm.put(RECORD, a("10.0.1.5"))).body["etag"]
    exists = {"code": "PreconditionFailed", "message": "The Record set @ exists already and hence cannot be created again."}
    modified = {"code": "PreconditionFailed", "message": "The Record set @ has been modified (etag mismatch)."}
    assert (await arm.put(RECORD, a(), headers={"If-None-Match": "*"})).refusal == (412, exists)
    second = (await arm.put(RECORD, a("10.0.1.6"), headers={"If-Match": first})).body["etag"]
    assert (await arm.put(RECORD, a(), headers={"If-Match": first})).refusal == (412, modified)
    assert (await arm.send("PATCH", RECORD, a(), headers={"If-Match": first})).refusal == (412, modified)
    assert (await arm.delete(RECORD, headers={"If-Match": first})).refusal == (412, modified)
    assert (await arm.put(f"{ZONE}/A/other", a(), headers={"If-Match": "*"})).status == 412
    third = await arm.put(RECORD, a("10.0.1.7"), headers={"If-Match": f'"{second}"'})
    assert third.status == 200, "quoted etags count as well"
    assert (await arm.delete(RECORD, headers={"If-Match": third.body["etag"]})).status == 200


async def test_an_etag_in_the_body_is_no_condition(arm: Arm, zone: Emulator) -> None:
    await arm.put(RECORD, a("10.0.1.5"))
    assert (await arm.put(RECORD, a("10.0.1.6") | {"etag": "stale"})).status == 200


async def test_a_patch_changes_what_it_names(arm: Arm, zone: Emulator) -> None:
    await arm.put(RECORD, a("10.0.1.5", metadata=MARKS))
    seen = await arm.send("PATCH", RECORD, {"properties": {"ttl": 10}})
    assert (seen.status, seen.properties["ttl"], seen.properties["metadata"]) == (200, 10, MARKS)
    assert seen.properties["aRecords"] == [{"ipv4Address": "10.0.1.5"}]


@pytest.mark.parametrize(
    "body",
    [
        a("10.0.1"),
        a("fd00::1"),
        a("10.0.1.5", "10.0.1.5"),
        a(*(f"10.0.1.{number}" for number in range(21))),
        a(ttl=0),
        a(ttl=2**31),
        {"properties": {"aRecords": []}},
        {"properties": {"ttl": 300, "aRecords": "10.0.1.5"}},
        a(metadata={"a": 1}),
    ],
    ids=["no address", "IPv6", "twice", "21", "no time", "too long", "no ttl", "no list", "metadata"],
)
async def test_malformed_record_sets_are_refused(arm: Arm, zone: Emulator, body: Document) -> None:
    seen = await arm.put(RECORD, body)
    assert (seen.status, seen.body["code"]) == (400, "BadRequest")
    assert (await arm.get(RECORD)).status == 404


@pytest.mark.parametrize(("name", "status"), [("*", 201), ("*.a", 201), ("a.b_c-d", 201), ("a..b", 400), ("a b", 400)])
async def test_names_are_relative_to_the_zone(arm: Arm, zone: Emulator, name: str, status: int) -> None:
    assert (await arm.put(f"{ZONE}/A/{name}", a())).status == status


async def test_the_start_of_authority_is_there_from_birth(arm: Arm, zone: Emulator) -> None:
    await arm.put(RECORD, a("10.0.1.5"))
    everything = (await arm.get(f"{ZONE}/ALL")).body["value"]
    assert [each["type"].rsplit("/", 1)[1] for each in everything] == ["SOA", "A"]
    assert [each["type"].rsplit("/", 1)[1] for each in (await arm.get(f"{ZONE}/A")).body["value"]] == ["A"]
    assert everything[0]["properties"]["soaRecord"]["host"] == "azureprivatedns.net"
    assert (await arm.get(ZONE)).properties["numberOfRecordSets"] == 2
    assert (await arm.delete(f"{ZONE}/SOA/@")).status == 400


@pytest.mark.parametrize(
    ("kind", "records"),
    [
        ("AAAA", {"aaaaRecords": [{"ipv6Address": "fd00::1"}]}),
        ("CNAME", {"cnameRecord": {"cname": "example.com"}}),
        ("TXT", {"txtRecords": [{"value": ["text"]}]}),
    ],
    ids=["AAAA", "CNAME", "TXT"],
)
async def test_other_types_are_kept_apart(arm: Arm, zone: Emulator, kind: str, records: Document) -> None:
    created = await arm.put(f"{ZONE}/{kind}/x", {"properties": {"ttl": 60, **records}})
    assert created.status == 201
    assert records.items() <= created.properties.items()
    assert (await arm.get(f"{ZONE}/A/x")).status == 404


async def test_lists_come_in_pages(arm: Arm, zone: Emulator) -> None:
    for number in range(3):
        zone.put(f"{ZONE}/A/host-{number}", a("10.0.1.5"))
    zone.settings(page_size=2)
    first = (await arm.get(f"{ZONE}/A")).body
    second = (await arm.get(first["nextLink"])).body
    assert [each["name"] for each in first["value"] + second["value"]] == ["host-0", "host-1", "host-2"]
    assert "nextLink" not in second


async def test_somebody_registers_a_host(arm: Arm, zone: Emulator) -> None:
    zone.put(f"{ZONE}/A/vm", a("10.0.2.4", isAutoRegistered=True))
    assert (await arm.get(f"{ZONE}/A/vm")).properties["isAutoRegistered"] is True
    zone.patch(f"{ZONE}/A/vm", {"properties": {"aRecords": [{"ipv4Address": "10.0.2.5"}]}})
    assert (await arm.get(f"{ZONE}/A/vm")).properties["aRecords"] == [{"ipv4Address": "10.0.2.5"}]


async def test_names_are_kept_in_lower_case(arm: Arm, zone: Emulator) -> None:
    record = f"{ZONE}/A/Team-A"
    created = await arm.put(record, a("10.0.1.5"))
    assert created.body["id"].endswith("/A/team-a")
    assert (created.body["name"], created.properties["fqdn"]) == ("team-a", f"team-a.{HOST}.")
    refused = await arm.put(record, a("10.0.1.5"), headers={"If-None-Match": "*"})
    assert refused.body["message"] == "The Record set team-a exists already and hence cannot be created again."


async def test_lists_are_in_the_order_of_names_and_of_types(arm: Arm, zone: Emulator) -> None:
    for kind, name in (("TXT", "a"), ("A", "c"), ("A", "b"), ("MX", "d")):
        await arm.put(f"{ZONE}/{kind}/{name}", {"properties": {"ttl": 60}})
    assert [each["name"] for each in (await arm.get(f"{ZONE}/A")).body["value"]] == ["b", "c"]
    everything = (await arm.get(f"{ZONE}/ALL")).body["value"]
    assert [(each["type"].rsplit("/", 1)[1], each["name"]) for each in everything] == [
        ("SOA", "@"),
        ("MX", "d"),
        ("A", "b"),
        ("A", "c"),
        ("TXT", "a"),
    ]


async def test_an_alias_may_be_created_before_it_is_known_of_what(arm: Arm, zone: Emulator) -> None:
    created = await arm.put(f"{ZONE}/CNAME/alias", {"properties": {"ttl": 60}})
    assert (created.status, "cnameRecord" in created.properties) == (201, False)
