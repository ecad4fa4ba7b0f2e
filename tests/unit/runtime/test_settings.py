"""The environment becomes settings, or one sentence for each thing that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workspace_gateway_network.runtime.settings import BadSettings, Credential, Settings, described, variable

Load = Callable[..., Settings]
"""Loads the settings from these variables and no others."""

ENOUGH = {"WGN_CLUSTER_ID": "prod-1", "WGN_AZURE_CREDENTIAL": "managed-identity"}
SECRET = {"AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client", "AZURE_CLIENT_SECRET": "hush"}
FEDERATED = {"AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client", "AZURE_FEDERATED_TOKEN_FILE": "/var/token"}


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)

    def load_from(**environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return Settings.load()

    return load_from


def test_the_defaults(load: Load) -> None:
    settings = load(**ENOUGH)
    assert settings.model_dump() == {
        "cluster_id": "prod-1",
        "workers": 8,
        "pass_seconds": 120,
        "retry_seconds": 1,
        "sweep_seconds": 900,
        "shutdown_seconds": 45,
        "log_format": "json",
        "log_level": "INFO",
        "http_host": "0.0.0.0",  # noqa: S104
        "http_port": 8080,
        "network_api_version": "2025-05-01",
        "private_dns_api_version": "2024-06-01",
        "api_management_api_version": "2024-05-01",
        "gateway_api_version": "2024-06-01-preview",
        "default_tags": {},
        "gateway_suffixes": ("azure-api.net", "azure-api.us", "azure-api.cn"),
        "scopes": {"by_pattern": None},
        "max_policy": "Manage",
        "absence_seconds": 600,
        "contest_seconds": 60,
        "operation_poll_seconds": 2,
        "look_max_age_seconds": 5,
        "budget_percent": 100,
        "budget_patience_seconds": 15,
        "azure_credential": Credential.MANAGED_IDENTITY,
        "azure_resource_manager_endpoint": "https://management.azure.com",
        "azure_resource_manager_audience": "https://management.azure.com",
        "azure_authority_host": "https://login.microsoftonline.com",
        "azure_tenant_id": "",
        "azure_client_id": "",
        "azure_client_secret": settings.azure_client_secret,
        "azure_federated_token_file": "",
    }
    assert settings.azure_client_secret.get_secret_value() == ""


def test_settings_come_from_their_variables(load: Load) -> None:
    settings = load(
        **ENOUGH,
        WGN_WORKERS="3",
        WGN_DEFAULT_TAGS='{"costCentre": "4711"}',
        AZURE_RESOURCE_MANAGER_ENDPOINT="https://127.0.0.1:8443/",
        WGN_LOG_FORMAT="text",
    )
    assert (settings.workers, settings.default_tags) == (3, {"costCentre": "4711"})
    assert settings.azure_resource_manager_endpoint == "https://127.0.0.1:8443"
    assert settings.log_format == "text"


def test_scopes_are_read_from_the_file_that_is_named(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "scopes.yaml"
    file.write_text("team-*: [/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333]", encoding="utf-8")

    assert load(**ENOUGH, WGN_SCOPES=str(file)).scopes.of("team-a").told == (
        "WGN_SCOPES allows it only /subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333."
    )


def test_settings_cannot_be_changed(load: Load) -> None:
    with pytest.raises(Exception, match="frozen"):
        setattr(load(**ENOUGH), "workers", 9)  # noqa: B010 (mypy knows as well)


CLUSTER_ID = (
    "A name that only this cluster has, and that a rebuilt cluster gets again: 1 to 63 letters, digits, '-', '_' and '.', "
    "beginning and ending with a letter or digit. Marks in Azure are made from it."
)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"WGN_CLUSTER_ID": ""}, f"WGN_CLUSTER_ID is required, and not set. {CLUSTER_ID}"),
        ({"WGN_CLUSTER_ID": "my cluster"}, f"WGN_CLUSTER_ID has the wrong form. {CLUSTER_ID}"),
        ({"WGN_CLUSTER_ID": "x" * 64}, f"WGN_CLUSTER_ID has the wrong form. {CLUSTER_ID}"),
        (
            {"WGN_WORKERS": "many"},
            (
                "WGN_WORKERS is wrong: input should be a valid integer, unable to parse string as an integer. "
                "How many resources are reconciled at a time."
            ),
        ),
        (
            {"WGN_WORKERS": "0"},
            "WGN_WORKERS is wrong: input should be greater than or equal to 1. How many resources are reconciled at a time.",
        ),
        (
            {"WGN_LOG_FORMAT": "xml"},
            "WGN_LOG_FORMAT is wrong: input should be 'json' or 'text'. Log lines as 'json' or as 'text'.",
        ),
        (
            {"WGN_DEFAULT_TAGS": "costCentre=4711"},
            'WGN_DEFAULT_TAGS is not JSON. Tags on everything the operator creates in Azure, as JSON such as {"costCentre": "4711"}; at most 3.',
        ),
        (
            {"WGN_DEFAULT_TAGS": '{"a": "1", "b": "2", "c": "3", "d": "4"}'},
            (
                "WGN_DEFAULT_TAGS has 4 tags, and may have 3. Tags on everything the operator creates in Azure, as JSON such as "
                '{"costCentre": "4711"}; at most 3.'
            ),
        ),
        (
            {"WGN_SCOPES": "/nowhere/scopes.yaml"},
            (
                "WGN_SCOPES names /nowhere/scopes.yaml, which cannot be read: No such file or directory. A YAML file that says which ARM"
                " scopes the resources of each namespace may use: a pattern of namespaces, and a list. Without it, resources may use all"
                " that the operator's identity may."
            ),
        ),
        (
            {"WGN_MAX_POLICY": "Approve"},
            (
                "WGN_MAX_POLICY is wrong: input should be 'Manage' or 'Observe'. Observe has every resource only looked at, whatever its"
                " managementPolicy: nothing is written to Azure, and nothing is cleaned up for a resource that is deleted meanwhile. Manage"
                " is no limit."
            ),
        ),
        (
            {"AZURE_AUTHORITY_HOST": "http://login.microsoftonline.com"},
            "AZURE_AUTHORITY_HOST must begin with https://, because tokens are sent there. Where Microsoft Entra ID gives tokens.",
        ),
        (
            {"WGN_NETWORK_API_VERSION": "latest"},
            "WGN_NETWORK_API_VERSION has the wrong form. The API version for virtual networks and network security groups.",
        ),
        (
            {"WGN_AZURE_CREDENTIAL": "auto"},
            (
                "WGN_AZURE_CREDENTIAL is auto, and neither AZURE_FEDERATED_TOKEN_FILE nor AZURE_CLIENT_SECRET is set: label the pod "
                'azure.workload.identity/use: "true" so that the webhook of Microsoft Entra Workload ID sets the first, or choose another way.'
            ),
        ),
        (
            {"WGN_AZURE_CREDENTIAL": "auto", "AZURE_CLIENT_SECRET": "hush"},
            "WGN_AZURE_CREDENTIAL is auto, and client-secret needs AZURE_TENANT_ID and AZURE_CLIENT_ID to be set.",
        ),
        (
            {"WGN_AZURE_CREDENTIAL": "workload-identity", **SECRET},
            "WGN_AZURE_CREDENTIAL is workload-identity, and workload-identity needs AZURE_FEDERATED_TOKEN_FILE to be set.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(load: Load, environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSettings) as raised:
        load(**ENOUGH | environment)
    assert raised.value.sentences == (sentence,)


def test_everything_that_is_wrong_is_said_at_once_and_no_value_with_it(load: Load) -> None:
    with pytest.raises(BadSettings) as raised:
        load(**ENOUGH | {"WGN_WORKERS": "s3cret", "WGN_HTTP_PORT": "s3cret"})
    assert [sentence.split()[0] for sentence in raised.value.sentences] == ["WGN_WORKERS", "WGN_HTTP_PORT"]
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("environment", "credential"),
    [
        (ENOUGH, Credential.MANAGED_IDENTITY),
        ({"WGN_AZURE_CREDENTIAL": "auto", **SECRET}, Credential.CLIENT_SECRET),
        ({"WGN_AZURE_CREDENTIAL": "auto", **FEDERATED}, Credential.WORKLOAD_IDENTITY),
        ({"WGN_AZURE_CREDENTIAL": "auto", **SECRET, **FEDERATED}, Credential.WORKLOAD_IDENTITY),
        ({"WGN_AZURE_CREDENTIAL": "client-secret", **SECRET, **FEDERATED}, Credential.CLIENT_SECRET),
    ],
)
def test_exactly_one_way_to_authenticate_is_chosen(load: Load, environment: dict[str, str], credential: Credential) -> None:
    assert load(**ENOUGH | environment).credential is credential


def test_the_secret_shows_nowhere(load: Load) -> None:
    settings = load(**ENOUGH, **SECRET)
    assert settings.azure_client_secret.get_secret_value() == "hush"
    assert "hush" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_every_setting_says_what_it_means() -> None:
    assert [setting.variable for setting in described() if not setting.description] == []
    assert [setting.variable for setting in described() if setting.required] == ["WGN_CLUSTER_ID"]
