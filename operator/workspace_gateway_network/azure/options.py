"""What has to be known to talk to Azure: which cloud, as whom, in which versions of its API, and how patiently."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from workspace_gateway_network.runtime.settings import Credential, Settings

_HTTPS = 443
_SPELLED_WITH_PORT = "https://management.azure.com:443/"


@dataclass(frozen=True, kw_only=True)
class AzureEndpoints:
    """A cloud, by its addresses; the defaults are the public one's."""

    resource_manager: str = "https://management.azure.com"
    audience: str = "https://management.azure.com"
    """Whom tokens are for: the scope asked for is this and `/.default`."""
    authority_host: str = "https://login.microsoftonline.com"

    def own(self, url: str) -> str | None:
        """An address that Azure named, to be asked as it stands; None where it is not Azure Resource Manager's: tokens go nowhere else.

        Private DNS may name the public cloud's host with its port whatever host was asked (recorded: `management.azure.com:443` in
        Azure-AsyncOperation); such an address is asked at the endpoint that is configured.
        """
        if _origin(url) == _origin(self.resource_manager):
            return url
        if url.lower().startswith(_SPELLED_WITH_PORT):
            return f"{self.resource_manager.rstrip('/')}/{url[len(_SPELLED_WITH_PORT) :]}"
        return None


@dataclass(frozen=True, kw_only=True)
class AzureIdentity:
    """Whom the operator is, in azure-identity's own terms. Nothing is tried in turn: what is configured has to work."""

    credential: Credential = Credential.MANAGED_IDENTITY
    tenant_id: str = ""
    client_id: str = ""
    """Of a managed identity only where it is user-assigned."""
    client_secret: str = field(default="", repr=False)
    federated_token_file: str = ""


@dataclass(frozen=True, kw_only=True)
class ApiVersions:
    """The `api-version` for each resource provider."""

    network: str = "2025-05-01"
    resources: str = "2021-04-01"
    """Of resource providers and their registration."""
    locks: str = "2016-09-01"
    private_dns: str = "2024-06-01"
    api_management: str = "2024-05-01"
    gateway: str = "2024-06-01-preview"
    """Of gateways and their connections. No version declares a gateway's private addresses; users have read them in this one and later
    previews, and nobody in a stable one."""

    def of(self, path: str) -> str:
        """The version for the resource type that an ARM path belongs to."""
        _, _, resource_type = path.lower().rpartition("/providers/")
        if resource_type.partition("/")[0] == "microsoft.web":
            return self.resources
        if resource_type.startswith("microsoft.authorization/locks"):
            return self.locks
        if resource_type.startswith("microsoft.apimanagement/gateways"):
            return self.gateway
        if resource_type.startswith("microsoft.apimanagement/"):
            return self.api_management
        return self.private_dns if resource_type.startswith("microsoft.network/privatedns") else self.network


@dataclass(frozen=True, kw_only=True)
class AzureOptions:
    """Everything that can be chosen about the way to Azure. Times are seconds."""

    endpoints: AzureEndpoints = field(default_factory=AzureEndpoints)
    identity: AzureIdentity = field(default_factory=AzureIdentity)
    api_versions: ApiVersions = field(default_factory=ApiVersions)
    look_max_age: float = 5.0
    """A look may use a list that was begun at most so long ago."""
    poll_interval: float = 2.0
    """Between two polls of an operation where Azure does not say."""
    request_timeout: float = 60.0
    """From asking for a token to the last byte of the answer."""
    connect_timeout: float = 10.0
    budget_percent: float = 100.0
    """How much of Azure's documented limits is the operator's."""
    budget_patience: float = 15.0
    """A request may wait so long for its turn; beyond it the caller is told to come back."""
    refusal_memory: float = 300.0
    """For so long a list that was refused is not asked for again, and less is asked for instead."""
    registration_memory: float = 3600.0
    """For so long a registration of a resource provider that was there is not asked for again."""
    absence_memory: float = 300.0
    """For so long what a list lacks, and a GET did not find either, is not asked for again."""
    connections_memory: float = 600.0
    """For so long the hostnames of a gateway that looks the same are not asked for again."""
    scarce_memory: float = 1500.0
    """What is in a private DNS zone may be so much older where requests run out: later news are better than none. The thousand zones that
    a subscription may have are two thousand lists, at a hundred reads a minute."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The options that the operator's settings come to."""
        return cls(
            endpoints=AzureEndpoints(
                resource_manager=settings.azure_resource_manager_endpoint,
                audience=settings.azure_resource_manager_audience,
                authority_host=settings.azure_authority_host,
            ),
            identity=AzureIdentity(
                credential=settings.credential,
                tenant_id=settings.azure_tenant_id,
                client_id=settings.azure_client_id,
                client_secret=settings.azure_client_secret.get_secret_value(),
                federated_token_file=settings.azure_federated_token_file,
            ),
            api_versions=ApiVersions(
                network=settings.network_api_version,
                private_dns=settings.private_dns_api_version,
                api_management=settings.api_management_api_version,
                gateway=settings.gateway_api_version,
            ),
            look_max_age=settings.look_max_age_seconds,
            poll_interval=settings.operation_poll_seconds,
            budget_percent=settings.budget_percent,
            budget_patience=settings.budget_patience_seconds,
        )


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme.lower(), (parts.hostname or "").lower(), port or _HTTPS
