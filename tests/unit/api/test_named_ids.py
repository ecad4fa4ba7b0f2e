"""Every ARM id of a spec is found, whichever field it is in."""

from __future__ import annotations

import re

from contract.crd.bounds import nodes, root_schema
from contract.crd.specs import full, least
from workspace_gateway_network.api.named_ids import named_ids
from workspace_gateway_network.api.spec import Spec


def test_they_are_all_the_fields_that_take_an_id_by_the_published_crd() -> None:
    fields = dict(nodes(root_schema()["properties"]["spec"], path="spec"))
    by_rule = {
        field
        for field, node in fields.items()
        if any(each["rule"].startswith("self.lowerAscii().matches(r'^/subscriptions/") for each in node.get("x-kubernetes-validations", ()))
    }
    by_name = {field for field in fields if field.endswith(("id", "Id", "Ids[]"))}

    found = {re.sub(r"\[[0-9]+\]", "[]", named.field) for named in named_ids(Spec.model_validate(full()))}

    assert found == by_rule == by_name


def test_each_is_told_with_its_field_in_the_order_of_the_fields() -> None:
    spec = full()

    assert [(named.field, str(named.id)) for named in named_ids(Spec.model_validate(spec))] == [
        ("spec.apiManagement.id", spec["apiManagement"]["id"]),
        ("spec.subnet.id", spec["subnet"]["id"]),
        ("spec.gateway.id", spec["gateway"]["id"]),
        ("spec.networkSecurityGroup.id", spec["networkSecurityGroup"]["id"]),
        ("spec.dns.zones[0].id", spec["dns"]["zones"][0]["id"]),
        ("spec.dns.zones[1].id", spec["dns"]["zones"][1]["id"]),
        ("spec.dns.linkedVirtualNetworkIds[0]", spec["dns"]["linkedVirtualNetworkIds"][0]),
        ("spec.resourceGroupId", spec["resourceGroupId"]),
    ]


def test_a_text_that_only_looks_like_an_id_is_none() -> None:
    spec = least() | {"tags": {"owner": least()["subnet"]["id"]}}

    assert [named.field for named in named_ids(Spec.model_validate(spec))] == ["spec.apiManagement.id", "spec.subnet.id"]
