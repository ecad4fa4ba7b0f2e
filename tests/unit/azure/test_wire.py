"""What is sent, and how readings compare: held against the specification, not against our own list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workspace_gateway_network.azure.wire import foreign_changes, same_content, writable
from workspace_gateway_network.model.resource_id import ResourceId

SPECIFICATION = Path(__file__).resolve().parents[4] / "shared/azure/openapi/specification"
VIRTUAL_NETWORK = "network/resource-manager/Microsoft.Network/stable/2024-03-01/virtualNetwork.json"
SECURITY_GROUP = "network/resource-manager/Microsoft.Network/stable/2024-03-01/networkSecurityGroup.json"
PRIVATE_DNS = "privatedns/resource-manager/Microsoft.Network/stable/2024-06-01/privatedns.json"
NETWORK = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network"
SUBNET = ResourceId(f"{NETWORK}/virtualNetworks/v/subnets/a")
NSG = ResourceId(f"{NETWORK}/networkSecurityGroups/n")
RULE = NSG.child("securityRules", "r")
ZONE = ResourceId(f"{NETWORK}/privateDnsZones/z.net")
LINK = ZONE.child("virtualNetworkLinks", "l")
RECORD = ZONE.child("A", "x")


def subnet(**properties: Any) -> dict[str, Any]:
    return {
        "id": SUBNET.text,
        "name": "a",
        "etag": 'W/"1"',
        "type": "Microsoft.Network/virtualNetworks/subnets",
        "properties": {"provisioningState": "Succeeded", "addressPrefix": "10.0.0.0/24", **properties},
    }


def test_read_only_properties_leave_a_subnet_at_every_depth() -> None:
    document = subnet(
        purpose="x",
        ipConfigurations=[{"id": "i"}],
        privateEndpoints=[{"id": "p"}],
        serviceAssociationLinks=[{"name": "l"}],
        resourceNavigationLinks=[{"name": "l"}],
        serviceEndpoints=[{"provisioningState": "Succeeded", "service": "Microsoft.Storage", "locations": ["*"]}],
        delegations=[
            {
                "name": "0",
                "id": "d",
                "etag": "e",
                "properties": {"provisioningState": "Succeeded", "serviceName": "Microsoft.Web/serverFarms", "actions": ["a"]},
            }
        ],
    )

    assert writable(SUBNET, document)["properties"] == {
        "addressPrefix": "10.0.0.0/24",
        "serviceEndpoints": [{"service": "Microsoft.Storage", "locations": ["*"]}],
        "delegations": [{"name": "0", "id": "d", "properties": {"serviceName": "Microsoft.Web/serverFarms"}}],
    }


def test_what_the_sdk_does_not_know_stays_as_it_is() -> None:
    unknown = {"deep": [1, 2.5, None, {"down": None, "flag": False}]}
    document = subnet(ofTheFuture=unknown, delegations=[{"name": "0", "properties": {"serviceName": "x", "alsoNew": unknown}}])
    document["zones"] = ["1"]

    sent = writable(SUBNET, document)

    assert sent["zones"] == ["1"]
    assert sent["properties"] == {
        "addressPrefix": "10.0.0.0/24",
        "ofTheFuture": unknown,
        "delegations": [{"name": "0", "properties": {"serviceName": "x", "alsoNew": unknown}}],
    }


def test_a_document_is_never_changed_in_place() -> None:
    document = subnet(serviceAssociationLinks=[{"name": "l"}])
    before = json.dumps(document)

    writable(SUBNET, document)

    assert json.dumps(document) == before


def test_a_group_keeps_its_rules_and_loses_what_azure_adds() -> None:
    rule = {"name": "r", "etag": "e", "properties": {"provisioningState": "Succeeded", "priority": 100, "sourceAddressPrefixes": []}}
    document: dict[str, Any] = {
        "id": NSG.text,
        "location": "uksouth",
        "tags": {"a": "b"},
        "etag": "e",
        "properties": {
            "resourceGuid": "g",
            "provisioningState": "Succeeded",
            "flushConnection": False,
            "securityRules": [rule],
            "defaultSecurityRules": [rule],
            "subnets": [{"id": "s"}],
            "networkInterfaces": [{"id": "n"}],
        },
    }

    sent = writable(NSG, document)

    assert sent["tags"] == {"a": "b"}
    assert sent["properties"] == {
        "flushConnection": False,
        "securityRules": [{"name": "r", "properties": {"priority": 100, "sourceAddressPrefixes": []}}],
    }


def test_a_type_without_a_model_is_sent_as_it_is() -> None:
    other = ResourceId(f"{NETWORK}/routeTables/r")

    assert writable(other, {"etag": "e"}) == {"etag": "e"}


@pytest.mark.skipif(not SPECIFICATION.is_dir(), reason="Azure's OpenAPI files are not beside the repository (../shared/azure)")
@pytest.mark.parametrize(
    ("resource_id", "file", "definition"),
    [
        (SUBNET, VIRTUAL_NETWORK, "SubnetPropertiesFormat"),
        (NSG, SECURITY_GROUP, "NetworkSecurityGroupPropertiesFormat"),
        (RULE, SECURITY_GROUP, "SecurityRulePropertiesFormat"),
        (ZONE, PRIVATE_DNS, "PrivateZoneProperties"),
        (LINK, PRIVATE_DNS, "VirtualNetworkLinkProperties"),
        (RECORD, PRIVATE_DNS, "RecordSetProperties"),
    ],
    ids=["subnet", "group", "rule", "zone", "link", "record"],
)
def test_what_leaves_is_exactly_what_the_specification_calls_read_only(resource_id: ResourceId, file: str, definition: str) -> None:
    properties = json.loads((SPECIFICATION / file).read_text())["definitions"][definition]["properties"]
    document: dict[str, Any] = {"id": resource_id.text, "properties": {name: sample(schema) for name, schema in properties.items()}}

    sent = writable(resource_id, document)["properties"]

    assert isinstance(sent, dict)
    read_only = {name for name, schema in properties.items() if schema.get("readOnly")}
    assert properties.keys() - sent.keys() == read_only
    assert read_only
    assert sent or resource_id == ZONE, "a zone has nothing but its tags"


def test_only_what_is_not_ours_and_differs_is_a_foreign_change() -> None:
    sent = subnet(
        routeTable={"id": "r1"}, delegations=[{"name": "ours"}], serviceEndpoints=[{"service": "a", "provisioningState": "Succeeded"}]
    )
    read = subnet(
        delegations=[{"name": "theirs"}],
        serviceEndpoints=[{"provisioningState": "Updating", "service": "a"}],
        provisioningState="Updating",
        natGateway={"id": "n"},
    )

    changes = list(foreign_changes(SUBNET, sent=sent, read=read, owned=frozenset({"properties.delegations"})))

    assert [(change.path, change.sent, change.read) for change in changes] == [
        ("properties.natGateway", None, {"id": "n"}),
        ("properties.routeTable", {"id": "r1"}, None),
    ]


def test_whole_properties_and_tags_may_be_ours() -> None:
    sent: dict[str, Any] = {"tags": {"a": "1"}, "properties": {"priority": 1}}
    read: dict[str, Any] = {"tags": {"a": "2"}, "properties": {"priority": 2}}

    assert [each.path for each in foreign_changes(RULE, sent=sent, read=read, owned=frozenset({"properties"}))] == ["tags.a"]
    assert not list(foreign_changes(RULE, sent=sent, read=read, owned=frozenset({"properties", "tags"})))


def test_of_tags_and_metadata_each_entry_may_be_somebody_elses() -> None:
    sent: dict[str, Any] = {
        "tags": {"wgn-owner": "us", "a.b": "1"},
        "properties": {"metadata": {"wgn-owner": "us", "team": "x"}, "ttl": 300},
    }
    read: dict[str, Any] = {"tags": {"a.b": "2"}, "properties": {"metadata": {"team": "y", "new": "z"}, "ttl": 60}}
    owned = frozenset({"tags.wgn-owner", "properties.metadata.wgn-owner", "properties.ttl"})

    changes = list(foreign_changes(RECORD, sent=sent, read=read, owned=owned))

    assert [(change.path, change.sent, change.read) for change in changes] == [
        ("properties.metadata.new", None, "z"),
        ("properties.metadata.team", "x", "y"),
        ("tags.a.b", "1", "2"),
    ]


def test_no_tags_are_the_same_as_none_at_all() -> None:
    assert not list(foreign_changes(ZONE, sent={"location": "global", "tags": {}}, read={"location": "global"}, owned=frozenset()))


def test_what_private_dns_adds_leaves_and_the_etag_with_it() -> None:
    zone: dict[str, Any] = {
        "id": ZONE.text,
        "name": "z.net",
        "type": "Microsoft.Network/privateDnsZones",
        "etag": "e",
        "location": "global",
        "tags": {"a": "b"},
        "properties": {"numberOfRecordSets": 1, "internalId": "SW1t", "provisioningState": "Succeeded", "ofTheFuture": [1, None]},
    }
    record: dict[str, Any] = {
        "id": RECORD.text,
        "name": "x",
        "etag": "e",
        "properties": {
            "fqdn": "x.z.net.",
            "isAutoRegistered": False,
            "ttl": 300,
            "metadata": {"k": "v"},
            "aRecords": [{"ipv4Address": "10.0.0.1", "weight": 5}],
        },
    }

    assert writable(ZONE, zone) == {"location": "global", "tags": {"a": "b"}, "properties": {"ofTheFuture": [1, None]}}
    assert writable(RECORD, record) == {
        "properties": {"ttl": 300, "metadata": {"k": "v"}, "aRecords": [{"ipv4Address": "10.0.0.1", "weight": 5}]}
    }


def test_readings_of_private_dns_are_the_same_in_any_spelling() -> None:
    listed: dict[str, Any] = {
        "id": RECORD.text.replace("/g/", "/G/"),
        "name": "X",
        "properties": {"virtualNetwork": {"id": "/A"}, "value": "V"},
    }

    assert same_content(listed, {"id": RECORD.text, "name": "x", "properties": {"virtualNetwork": {"id": "/a"}, "value": "V"}})
    assert not same_content(listed, {"id": RECORD.text, "name": "x", "properties": {"virtualNetwork": {"id": "/a"}, "value": "v"}})


def test_readings_are_the_same_etags_aside() -> None:
    assert same_content({"etag": "1", "a": [{"etag": "2", "b": 1}]}, {"a": [{"b": 1, "etag": "3"}]})
    assert not same_content({"a": [{"b": 1}]}, {"a": [{"b": 2}]})
    assert not same_content({"a": 1}, None)
    assert same_content(None, None)


def sample(schema: dict[str, Any]) -> Any:
    samples = {"string": "x", "boolean": True, "integer": 1, "array": [{"id": "x"}]}
    return samples.get(schema.get("type", ""), {"id": "x"})
