"""The CRD on the real API server: accepted as it is, and seen by people and tools as it should be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.crd.apiserver import RESOURCES, ApiServer
from contract.crd.bounds import CRD, nodes, root_schema
from contract.crd.specs import GATEWAY, HOSTNAME, SPOKE, SUBSCRIPTION, ZONES, at_every_maximum, changed, full, least, manifest
from controlplane import ControlPlane

pytestmark = pytest.mark.xdist_group("crd")

EXAMPLES = Path(__file__).parents[3] / "examples"
RULE = "networkSecurityGroup.additionalRules[0]"


def test_the_server_takes_it_without_a_warning(server: ApiServer) -> None:
    crd = yaml.safe_load(CRD.read_text(encoding="utf-8"))
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    stored = server.request("GET", f"{path}/{crd['metadata']['name']}").body
    assert {condition["type"]: condition["status"] for condition in stored["status"]["conditions"]} == {
        "NamesAccepted": "True",
        "Established": "True",
    }
    stored["spec"] = crd["spec"]
    answer = server.request("PUT", f"{path}/{crd['metadata']['name']}?dryRun=All&fieldValidation=Strict", stored)
    assert (answer.code, answer.warnings) == (200, ())


def test_its_names(server: ApiServer) -> None:
    (resource, status) = server.request("GET", "/apis/workspacegateway.dev/v1alpha1").body["resources"]
    assert {key: resource[key] for key in ("name", "singularName", "namespaced", "kind", "shortNames", "categories")} == {
        "name": "workspacegatewaynetworks",
        "singularName": "workspacegatewaynetwork",
        "namespaced": True,
        "kind": "WorkspaceGatewayNetwork",
        "shortNames": ["wgn"],
        "categories": ["azure", "apim"],
    }
    assert status["name"] == "workspacegatewaynetworks/status"


def test_defaults(server: ApiServer) -> None:
    sparse = {**least(), "mode": "Injection", "gateway": {}, "networkSecurityGroup": {}, "dns": {}}
    created = server.judge(manifest(sparse)).body
    assert created["spec"] == {
        **sparse,
        "requirementsVersion": "2025-06-18",
        "networkSecurityGroup": {"attach": "IfAbsent", "onDeny": "Report"},
        "dns": {"management": "AzurePrivateZone", "ttlSeconds": 300, "onConflict": "Fail"},
        "resourceProviderRegistration": "Verify",
        "managementPolicy": "Manage",
        "deletionPolicy": "Retain",
        "readyWhen": "NetworkPrepared",
        "suspend": False,
        "resyncIntervalSeconds": 60,
        "progressDeadlineSeconds": 3600,
    }
    assert created["status"] == {"observedGeneration": -1}, "or kstatus would take it for healthy before anybody looked"


def test_defaults_bring_no_part_into_being(server: ApiServer) -> None:
    """A default `dns` would be refused with Integration."""
    assert {"gateway", "dns", "networkSecurityGroup"}.isdisjoint(server.judge(manifest(least())).body["spec"])


def test_a_spec_with_every_field_is_stored_as_it_is(server: ApiServer) -> None:
    assert server.judge(manifest(full())).body["spec"] == full()


def test_everything_at_its_maximum_is_within_the_servers_cost_limits(server: ApiServer) -> None:
    """Rules are counted when they are published, and again when they run."""
    everything = manifest(at_every_maximum(), name="m" * 63)
    created = server.create(everything)
    assert (created.code, created.body.get("message")) == (201, None)
    assert server.update(everything).code == 200
    status = server.request("PUT", f"{RESOURCES}/{'m' * 63}/status?dryRun=All", {**created.body, "status": {"observedGeneration": 1}})
    assert status.code == 200


def test_the_maximum_is_the_maximum() -> None:
    """What is at every maximum is there in full: each of its lists, maps and texts has the greatest size that the CRD allows."""
    spec = at_every_maximum()
    sizes: dict[str, int] = {}

    def measure(value: Any, path: str) -> None:
        if isinstance(value, str | list | dict):
            sizes[path] = max(sizes.get(path, 0), len(value))
        if isinstance(value, list):
            for item in value:
                measure(item, f"{path}[]")
        if isinstance(value, dict):
            for key, item in value.items():
                measure(item, f"{path}{{}}" if path == "spec.tags" else f"{path}.{key}")

    measure(spec, "spec")
    limits = {
        path: next(node[limit] for limit in ("maxLength", "maxItems", "maxProperties") if limit in node)
        for path, node in nodes(root_schema()["properties"]["spec"], path="spec")
        if {"maxLength", "maxItems", "maxProperties"} & node.keys()
    }
    shapes = {path for path in limits if path.endswith(("id", "Id", "Ids[]"))}
    other = {f"spec.{RULE.replace('[0]', '[]')}.peer.prefixes[]", f"spec.{RULE.replace('[0]', '[]')}.peer.serviceTag"}
    assert {path: sizes[path] for path in limits.keys() - shapes - other} == {path: limits[path] for path in limits.keys() - shapes - other}
    assert {path.removeprefix("spec."): sizes[path] for path in shapes} == {
        "apiManagement.id": 250,
        "subnet.id": 355,
        "gateway.id": 246,
        "networkSecurityGroup.id": 288,
        "dns.zones[].id": 455,
        "dns.linkedVirtualNetworkIds[]": 266,
        "resourceGroupId": 157,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("resourceGroupId", f"{SUBSCRIPTION}/resourceGroups/R\u00e9seau_\u65e5\u672c-(1).x"),
        ("resourceGroupId", f"{SUBSCRIPTION.upper()}/RESOURCEGROUPS/network"),
        ("subnet.id", full()["subnet"]["id"].lower()),
        ("subnet.id", full()["subnet"]["id"].upper()),
        ("networkSecurityGroup.id", f"{full()['networkSecurityGroup']['id']}_.-_"),
        ("gateway.id", f"{GATEWAY[:-6]}a"),
        ("gateway", {}),
        ("gateway.hostnames", ["a.b.c", "A-1.b.xn--p1ai", f"{'h' * 63}.{'1' * 63}.net"]),
        ("gateway.privateIPAddresses", ["10.1.0.5"]),
        ("dns", {}),
        ("dns", {"management": "Manual"}),
        ("dns.zones", []),
        ("dns.zones", [{"id": f"{ZONES}/{HOSTNAME}"}, {"id": f"{ZONES.upper()}/{HOSTNAME}.X"}]),
        ("dns.zones", [{"id": f"{ZONES}/_tcp.a_b"}]),
        ("dns.linkedVirtualNetworkIds", []),
        ("dns.linkedVirtualNetworkIds", [SPOKE, f"{SPOKE}-2".upper()]),
        (f"{RULE}.name", "a"),
        (f"{RULE}.name", "A.b_c-d_"),
        (f"{RULE}.ports", ["*"]),
        (f"{RULE}.ports", ["0", "1-65535"]),
        (f"{RULE}.ports", ["0-65535"]),
        (f"{RULE}.peer.prefixes", ["0.0.0.0/0"]),
        (f"{RULE}.peer.prefixes", ["203.0.113.0/25", "203.0.113.128/25", "203.0.112.255"]),
        (f"{RULE}.peer.prefixes", ["255.255.255.255/32"]),
        (f"{RULE}.peer", {"serviceTag": "AzureFrontDoor.Backend"}),
        (f"{RULE}.description", "\u00e9" * 140),
        ("tags", {}),
        ("tags", {"hidden-link: x": "", "\u00c9": "1", "\u00e9": "2"}),
        ("networkSecurityGroup.additionalRules", []),
        ("networkSecurityGroup", {}),
    ],
)
def test_what_azure_allows_is_allowed(server: ApiServer, field: str, value: Any) -> None:
    answer = server.judge(manifest(changed(full(), field, value)))
    assert (answer.code, answer.complaint) == (201, "")


class TestColumns:
    @pytest.fixture(scope="class")
    @classmethod
    def lines(cls, cluster: ControlPlane, server: ApiServer) -> dict[str, list[str]]:
        """What kubectl prints of a resource with a status, narrow and wide."""
        created = server.create(manifest(full(), name="columns")).body

        def condition(kind: str, status: str, reason: str, message: str = "") -> dict[str, Any]:
            at = "2026-01-01T00:00:00Z"
            return {
                "type": kind,
                "status": status,
                "reason": reason,
                "message": message,
                "observedGeneration": 1,
                "lastTransitionTime": at,
            }

        created["status"] = {
            "observedGeneration": 1,
            "conditions": [
                condition("Ready", "True", "AwaitingGateway", "Create the gateway."),
                condition("SubnetDelegated", "True", "Reconciled"),
                condition("SecurityRulesApplied", "False", "PriorityConflict"),
                condition("DNSRecordsPublished", "Unknown", "AwaitingGateway"),
            ],
            "subnet": {"id": full()["subnet"]["id"], "name": "team-a", "addressPrefixes": ["10.1.0.0/24"]},
            "gateway": {"id": "/x", "name": "gw", "provisioningState": "Succeeded"},
            "drift": {"state": "InSync"},
        }
        assert server.request("PUT", f"{RESOURCES}/columns/status?fieldValidation=Strict", created).code == 200
        return {
            output: re.sub(r" +", " ", cluster.kubectl("get", "wgn", "columns", f"--output={output}")).splitlines()
            for output in ("", "wide")
        }

    def test_narrow(self, lines: dict[str, list[str]]) -> None:
        header, line = lines[""]
        assert header.strip() == "NAME READY REASON MODE SUBNET GATEWAY AGE"
        assert re.fullmatch(r"columns True AwaitingGateway Injection team-a gw \d+s", line.strip())

    def test_wide(self, lines: dict[str, list[str]]) -> None:
        header, line = lines["wide"]
        assert header.strip() == "NAME READY REASON MODE SUBNET GATEWAY AGE DELEGATED RULES DNS DRIFT POLICY SUSPENDED MESSAGE"
        assert re.fullmatch(
            r"columns True AwaitingGateway Injection team-a gw \d+s True False Unknown InSync Observe true Create the gateway\.",
            line.strip(),
        )


def _properties(server: ApiServer) -> Iterator[tuple[str, dict[str, Any]]]:
    published = server.description()["components"]["schemas"]["dev.workspacegateway.v1alpha1.WorkspaceGatewayNetwork"]
    for part in ("spec", "status"):
        yield from nodes(published["properties"][part], path=part)


def test_the_server_publishes_a_description_of_every_field(server: ApiServer) -> None:
    """It is what `kubectl explain` shows."""
    published = {path: node.get("description", "") for path, node in _properties(server) if not path.endswith(("[]", "{}"))}
    assert len(published) > 60
    assert [path for path, description in published.items() if not description] == []


def test_kubectl_explains_a_field(cluster: ControlPlane) -> None:
    explained = " ".join(cluster.kubectl("explain", "wgn.spec.networkSecurityGroup.attach").split())
    assert explained == (
        "GROUP: workspacegateway.dev KIND: WorkspaceGatewayNetwork VERSION: v1alpha1 FIELD: attach <string> ENUM: IfAbsent Replace"
        " DESCRIPTION: IfAbsent attaches the group only to a subnet without one; Replace swaps another group out, in one write."
    )


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_examples_are_accepted(cluster: ControlPlane, example: Path) -> None:
    # Some bring their namespace, which a dry run does not make.
    for document in yaml.safe_load_all(example.read_text(encoding="utf-8")):
        if document["kind"] == "WorkspaceGatewayNetwork":
            document["metadata"]["namespace"] = "default"
            cluster.kubectl("create", "--dry-run=server", "--validate=strict", "--filename=-", input=json.dumps(document))
