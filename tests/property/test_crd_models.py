"""What the models of the spec promise to everything behind them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contract.crd import specs
from contract.crd.strategies import GOOD, TRICKY, spoilt, spoilt_text
from workspace_gateway_network.api import arm_ids
from workspace_gateway_network.api.schema import sentences
from workspace_gateway_network.api.spec import Spec
from workspace_gateway_network.model.resource_id import ResourceId

IDS = {
    "apiManagement": (arm_ids.ApiManagementId, specs.API_MANAGEMENT, "microsoft.apimanagement/service"),
    "subnet": (arm_ids.SubnetId, specs.SUBNET, "microsoft.network/virtualnetworks/subnets"),
    "networkSecurityGroup": (arm_ids.NetworkSecurityGroupId, specs.NETWORK_SECURITY_GROUP, "microsoft.network/networksecuritygroups"),
    "resourceGroup": (arm_ids.ResourceGroupId, specs.GROUP, ""),
}


@pytest.mark.parametrize("kind", IDS)
@given(data=st.data())
def test_an_id_that_is_taken_cannot_lead_a_request_elsewhere(kind: str, data: st.DataObject) -> None:
    id_type, good, resource_type = IDS[kind]
    text = data.draw(spoilt_text(good) | st.builds(lambda name: f"{good.rpartition('/')[0]}/{name}", st.text(TRICKY, max_size=5)))
    try:
        TypeAdapter(id_type).validate_python(text)
    except ValidationError:
        return
    address = urlsplit(f"https://management.azure.com{text}?api-version=2024-05-01")
    assert (address.netloc, address.path, address.query) == ("management.azure.com", text, "api-version=2024-05-01")
    assert not {".", "..", ""} & set(text.split("/")[1:])
    assert quote(text, safe="/()").isascii()
    assert "%" not in quote("".join(filter(str.isascii, text)), safe="/()"), "in ASCII nothing is left to be escaped"
    assert ResourceId.parse(text).type == resource_type
    assert str(ResourceId.parse(text)) == text


@given(spec=GOOD)
def test_a_spec_survives_the_way_through_yaml(spec: specs.Spec) -> None:
    read = Spec.model_validate(spec)
    assert Spec.model_validate_json(read.model_dump_json(by_alias=True, exclude_none=True)) == read


@given(spec=spoilt())
def test_a_refusal_says_which_field_and_why(spec: specs.Spec) -> None:
    try:
        Spec.model_validate(spec)
    except ValidationError as error:
        for sentence in sentences(error):
            field, separator, reason = sentence.partition(": ")
            assert (field.split(".")[0], separator) == ("spec", ": ")
            assert reason
