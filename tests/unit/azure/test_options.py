"""Which addresses are Azure's, as whom the operator comes, and in which versions."""

from __future__ import annotations

import pytest
from azure.identity.aio import ClientSecretCredential, ManagedIdentityCredential, WorkloadIdentityCredential

from workspace_gateway_network.azure.credentials import open_credential
from workspace_gateway_network.azure.options import ApiVersions, AzureEndpoints, AzureIdentity, AzureOptions
from workspace_gateway_network.runtime.settings import Credential, Settings

PUBLIC = AzureEndpoints()


@pytest.mark.parametrize(
    "url",
    [
        "https://management.azure.com/subscriptions/s/providers/x/operations/1?t=2&c=3",
        "https://management.azure.com:443/subscriptions/s",
        "https://MANAGEMENT.azure.com/",
    ],
)
def test_azures_own_addresses_are_known(url: str) -> None:
    assert PUBLIC.own(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://management.azure.com/",
        "https://management.azure.com:8443/",
        "https://management.azure.com.attacker.example/",
        "https://attacker.example/management.azure.com",
        "https://management.azure.com@attacker.example/",
        "https://management.azure.com:port/",
        "//management.azure.com/",
        "/subscriptions/s",
        "",
    ],
)
def test_no_token_goes_anywhere_else(url: str) -> None:
    assert PUBLIC.own(url) is None


def test_the_public_clouds_host_with_its_port_stands_for_the_endpoint_that_is_configured() -> None:
    endpoints = AzureEndpoints(resource_manager="https://management.chinacloudapi.cn")

    assert (
        endpoints.own("https://management.azure.com:443/subscriptions/s?t=1") == "https://management.chinacloudapi.cn/subscriptions/s?t=1"
    )
    assert endpoints.own("https://management.azure.com/subscriptions/s") is None
    assert endpoints.own("https://management.azure.com:443@attacker.example/") is None


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/subscriptions/s/providers/Microsoft.Network/virtualNetworks", "n"),
        ("/subscriptions/s/resourceGroups/g/providers/microsoft.apimanagement/service/x", "a"),
        ("/subscriptions/s/resourceGroups/g/providers/microsoft.apimanagement/service/x/gateways/self-hosted", "a"),
        ("/subscriptions/s/providers/Microsoft.ApiManagement/gateways", "g"),
        ("/subscriptions/s/resourceGroups/g/providers/microsoft.apimanagement/gateways/x/configConnections", "g"),
        ("/subscriptions/s/providers/Microsoft.Network/privateDnsZones", "d"),
        ("/subscriptions/s/resourceGroups/g/providers/microsoft.network/privatednszones/z/A/@", "d"),
    ],
)
def test_each_resource_type_has_its_version(path: str, version: str) -> None:
    assert ApiVersions(network="n", private_dns="d", api_management="a", gateway="g").of(path) == version


def test_options_come_from_the_settings() -> None:
    settings = Settings(
        cluster_id="c",
        network_api_version="2025-01-01",
        gateway_api_version="2025-09-01-preview",
        look_max_age_seconds=7,
        operation_poll_seconds=3,
        azure_resource_manager_endpoint="https://arm.local",
        azure_resource_manager_audience="https://audience.local",
        azure_authority_host="https://login.local",
        azure_tenant_id="t",
        azure_client_id="i",
        azure_client_secret="x",  # type: ignore[arg-type]  # pydantic takes the text
    )

    options = AzureOptions.of(settings)

    assert options.endpoints == AzureEndpoints(
        resource_manager="https://arm.local", audience="https://audience.local", authority_host="https://login.local"
    )
    assert options.identity == AzureIdentity(credential=Credential.CLIENT_SECRET, tenant_id="t", client_id="i", client_secret="x")
    assert options.api_versions == ApiVersions(
        network="2025-01-01", private_dns="2024-06-01", api_management="2024-05-01", gateway="2025-09-01-preview"
    )
    assert (options.look_max_age, options.poll_interval) == (7, 3)
    assert "'x'" not in repr(options)


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        (
            AzureIdentity(credential=Credential.WORKLOAD_IDENTITY, tenant_id="t", client_id="c", federated_token_file="/f"),
            WorkloadIdentityCredential,
        ),
        (AzureIdentity(credential=Credential.CLIENT_SECRET, tenant_id="t", client_id="c", client_secret="s"), ClientSecretCredential),
        (AzureIdentity(credential=Credential.MANAGED_IDENTITY), ManagedIdentityCredential),
    ],
    ids=["workload identity", "client secret", "managed identity"],
)
async def test_one_credential_is_chosen_and_none_stands_in(identity: AzureIdentity, kind: type) -> None:
    async with open_credential(identity=identity, endpoints=PUBLIC) as credential:
        assert type(credential._credential) is kind
