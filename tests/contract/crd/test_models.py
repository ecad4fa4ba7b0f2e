"""The models and the API server judge alike, whatever they are given."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contract.crd.apiserver import ApiServer
from contract.crd.specs import SUBNET, Spec, changed, least, manifest
from contract.crd.strategies import GOOD, spoilt, spoilt_text
from workspace_gateway_network.api import spec as api

pytestmark = [pytest.mark.xdist_group("crd"), pytest.mark.timeout(300)]

# One request takes some milliseconds, the first of a run far more.
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def is_taken_by_models(spec: Spec) -> bool:
    try:
        # Strict, as JSON: by default pydantic takes "300" for a number.
        api.Spec.model_validate_json(json.dumps(spec), strict=True)
    except ValidationError:
        return False
    return True


@many
@given(spec=GOOD)
def test_what_the_models_are_made_for_is_good_for_both(server: ApiServer, spec: Spec) -> None:
    assert server.judge(manifest(spec)).complaint == ""
    assert is_taken_by_models(spec)


@many
@given(spec=spoilt())
def test_a_spoilt_spec_is_judged_alike(server: ApiServer, spec: Spec) -> None:
    answer = server.judge(manifest(spec))
    taken = answer.code == 201
    event("taken" if taken else "refused")
    # Fields that nobody knows are for the server alone: the operator lives with newer CRDs.
    if "unknown field" not in answer.complaint:
        assert is_taken_by_models(spec) is taken, answer.complaint


@many
@given(text=spoilt_text(SUBNET))
def test_a_spoilt_id_is_judged_alike(server: ApiServer, text: str) -> None:
    spec = changed(least(), "subnet.id", text)
    taken = server.judge(manifest(spec)).code == 201
    event("taken" if taken else "refused")
    assert is_taken_by_models(spec) is taken


@many
@given(spec=GOOD)
def test_what_the_server_stores_is_what_the_models_read(server: ApiServer, spec: Spec) -> None:
    """Defaults included: both fill in the same ones."""
    stored = server.judge(manifest(spec)).body["spec"]
    read = api.Spec.model_validate(stored)
    assert json.loads(read.model_dump_json(by_alias=True, exclude_none=True)) == stored
    assert read == api.Spec.model_validate(spec)


@many
@given(st.data())
def test_a_null_is_never_stored_where_the_models_would_trip_over_it(server: ApiServer, data: st.DataObject) -> None:
    spec = data.draw(GOOD)
    field = data.draw(st.sampled_from(sorted(spec)))
    answer = server.judge(manifest({**spec, field: None}))
    if answer.code == 201:
        assert is_taken_by_models(answer.body["spec"])
