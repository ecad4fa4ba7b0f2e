"""What the API server says to bad input."""

from __future__ import annotations

import pytest

from contract.crd.apiserver import ApiServer
from contract.crd.bounds import bounds, root_schema
from contract.crd.case import UNCHECKED, Case
from contract.crd.cases import MUST_HAVE_SHORT_NAME, MUST_NOT_CHANGE, cases
from contract.crd.specs import SUBNET, changed, full, least, manifest

pytestmark = pytest.mark.xdist_group("crd")

ALL = cases()
BEYOND_THE_TABLE = {
    ("", "required: spec"),
    ("", f"{MUST_HAVE_SHORT_NAME} (.metadata.name)"),
    ("spec.subnet.id", MUST_NOT_CHANGE),
}
"""What has a test of its own below."""


@pytest.mark.parametrize("case", ALL, ids=[f"{number}-{case.set}" for number, case in enumerate(ALL)])
def test_the_message_names_just_what_is_wrong(server: ApiServer, case: Case) -> None:
    answer = server.judge(manifest(case.spec))
    assert (answer.code, answer.complaint) == (422, case.answer)


def test_every_rule_and_every_bound_has_a_case() -> None:
    schema = root_schema()
    status = schema["properties"].pop("status")
    assert status
    in_the_crd = set(bounds(schema, path=""))
    assert {(case.broken, case.bound) for case in ALL} | BEYOND_THE_TABLE == in_the_crd


def test_a_resource_has_a_spec(server: ApiServer) -> None:
    without = {key: value for key, value in manifest(least()).items() if key != "spec"}
    assert server.judge(without).complaint == f"[spec: Required value, {UNCHECKED}]"


def test_a_name_must_fit_into_a_label(server: ApiServer) -> None:
    assert server.judge(manifest(least(), name="n" * 63)).code == 201
    assert server.judge(manifest(least(), name="n" * 64)).complaint == "metadata.name: Invalid value: must have at most 63 characters"


def test_an_unknown_field_is_refused_where_kubectl_asks_for_it(server: ApiServer) -> None:
    answer = server.judge(manifest({**least(), "novelty": {}}))
    assert answer.code == 400
    assert answer.complaint == (
        'WorkspaceGatewayNetwork in version "v1alpha1" cannot be handled as a WorkspaceGatewayNetwork:'
        ' strict decoding error: unknown field "spec.novelty"'
    )


@pytest.mark.parametrize(
    "field", ["apiManagement.id", "gateway.id", "networkSecurityGroup.id", "resourceGroupId", "subnet.id", "dns.zones[0].id"]
)
@pytest.mark.parametrize("parts", range(14))
def test_an_id_of_any_number_of_parts_gets_one_message(server: ApiServer, field: str, parts: int) -> None:
    """A rule that compares two ids splits them, and must not complain of an index as well."""
    complaint = server.judge(manifest(changed(full(), field, "/x" * parts))).complaint
    assert complaint.startswith(f'spec.{field}: Invalid value: "{"/x" * parts}": must be the ARM id of ')
    assert complaint.count("Invalid value") == 1


@pytest.fixture(scope="module")
def stored(server: ApiServer) -> str:
    """The name of a resource that is there, with every field."""
    assert server.create(manifest(full(), name="stored")).code == 201
    return "stored"


def test_the_subnet_stays(server: ApiServer, stored: str) -> None:
    other = manifest(changed(full(), "subnet.id", f"{SUBNET}-2"), name=stored)
    assert server.update(other).complaint == (
        "spec.subnet.id: Forbidden: the subnet of a gateway cannot be changed: create another WorkspaceGatewayNetwork for the other subnet"
    )


def test_but_its_spelling_may_change(server: ApiServer, stored: str) -> None:
    assert server.update(manifest(changed(full(), "subnet.id", SUBNET.upper()), name=stored)).code == 200


def test_everything_else_may_change(server: ApiServer, stored: str) -> None:
    assert server.update(manifest({**least(), "apiManagement": {"id": f"{full()['apiManagement']['id']}-2"}}, name=stored)).code == 200


def test_what_was_good_can_become_bad(server: ApiServer, stored: str) -> None:
    bad = manifest(changed(full(), "networkSecurityGroup.additionalRules[0].ports", ["443", "443"]), name=stored)
    assert server.update(bad).complaint == (
        "spec.networkSecurityGroup.additionalRules[0].ports: Invalid value: must name each port or range once"
    )
