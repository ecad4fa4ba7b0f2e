"""What an operator of the operator can set: environment variables, each with its meaning, its default and its limits.

They are read once, at the start, and never change afterwards. `wgn run --help` prints this list.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticUndefined
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from workspace_gateway_network.api.spec import ManagementPolicy
from workspace_gateway_network.planning.scopes import NO_LIMITS, NamespaceScopes
from workspace_gateway_network.runtime.logs import LogFormat, LogLevel
from workspace_gateway_network.runtime.scopes_file import read_scopes

PREFIX: Final = "WGN_"
MAX_DEFAULT_TAGS: Final = 3


class Credential(StrEnum):
    """The ways to authenticate to Microsoft Entra ID. Exactly one is used: none stands in for another that fails."""

    AUTO = "auto"
    WORKLOAD_IDENTITY = "workload-identity"
    CLIENT_SECRET = "client-secret"  # noqa: S105 (the kind's name)
    MANAGED_IDENTITY = "managed-identity"


_NEEDED: Final = {
    Credential.WORKLOAD_IDENTITY: ("azure_tenant_id", "azure_client_id", "azure_federated_token_file"),
    Credential.CLIENT_SECRET: ("azure_tenant_id", "azure_client_id", "azure_client_secret"),
    Credential.MANAGED_IDENTITY: (),
}


class BadSettings(Exception):
    """Settings that nothing can start with; one sentence for each."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def _https(url: str) -> str:
    if not url.startswith("https://") or len(url) == len("https://"):
        raise ValueError("must begin with https://, because tokens are sent there")
    return url.rstrip("/")


def _from_json(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("is not JSON") from None


def _from_commas(value: object) -> object:
    return tuple(part.strip().strip(".").lower() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _from_file(value: object) -> object:
    return read_scopes(value) if isinstance(value, str) else value


def _few_tags(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > MAX_DEFAULT_TAGS:
        raise ValueError(f"has {len(tags)} tags, and may have {MAX_DEFAULT_TAGS}")
    return tags


HttpsUrl = Annotated[str, AfterValidator(_https)]
ApiVersion = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}(-preview)?$")]
ScopesFile = Annotated[NamespaceScopes, NoDecode, BeforeValidator(_from_file)]
Suffixes = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_from_commas), Field(min_length=1)]
Tags = Annotated[dict[str, str], NoDecode, BeforeValidator(_from_json), AfterValidator(_few_tags)]


class Settings(BaseSettings):
    """The environment, checked. An empty variable counts as one that isn't set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        extra="ignore",
    )

    cluster_id: str = Field(
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$",
        description="A name that only this cluster has, and that a rebuilt cluster gets again: 1 to 63 letters, digits, '-', '_' and "
        "'.', beginning and ending with a letter or digit. Marks in Azure are made from it.",
    )

    workers: int = Field(default=8, ge=1, le=256, description="How many resources are reconciled at a time.")
    pass_seconds: float = Field(default=120, gt=0, description="When one pass over one resource is given up and tried again later.")
    retry_seconds: float = Field(
        default=1, gt=0, le=300, description="The first wait after a failure; it doubles with each, up to five minutes."
    )
    sweep_seconds: float = Field(
        default=900, ge=1, description="How often all resources are listed, beside the watch; up to a third earlier."
    )
    shutdown_seconds: float = Field(
        default=45, ge=0, description="How long passes may go on after SIGTERM. Keep it below the pod's terminationGracePeriodSeconds."
    )

    log_format: LogFormat = Field(default="json", description="Log lines as 'json' or as 'text'.")
    log_level: LogLevel = Field(default="INFO", description="The least level that is logged: DEBUG, INFO, WARNING or ERROR.")

    http_host: str = Field(default="0.0.0.0", description="The address for /metrics, /healthz and /readyz.")  # noqa: S104 (in a pod)
    http_port: int = Field(default=8080, ge=0, le=65535, description="The port of these; 0 takes a free one and logs it.")

    # A subnet is written whole, so what the version does not know could be lost: a recent one. Not past 2025-07-01, from which on what
    # is left out of a new network's subnets means something else.
    network_api_version: ApiVersion = Field(
        default="2025-05-01", description="The API version for virtual networks and network security groups."
    )
    private_dns_api_version: ApiVersion = Field(default="2024-06-01", description="The API version for private DNS.")
    api_management_api_version: ApiVersion = Field(default="2024-05-01", description="The API version for API Management services.")
    gateway_api_version: ApiVersion = Field(
        default="2024-06-01-preview",
        description="The API version for workspace gateways: one that shows their private addresses, which no version declares.",
    )
    default_tags: Tags = Field(
        default_factory=dict,
        description='Tags on everything the operator creates in Azure, as JSON such as {"costCentre": "4711"}; at most 3.',
    )
    gateway_suffixes: Suffixes = Field(
        default=("azure-api.net", "azure-api.us", "azure-api.cn"),
        description="What every hostname that is published must lie below, separated by commas.",
    )
    scopes: ScopesFile = Field(
        default=NO_LIMITS,
        description="A YAML file that says which ARM scopes the resources of each namespace may use: a pattern of namespaces, and a list. "
        "Without it, resources may use all that the operator's identity may.",
    )
    max_policy: ManagementPolicy = Field(
        default=ManagementPolicy.MANAGE,
        description="Observe has every resource only looked at, whatever its managementPolicy: nothing is written to Azure, and nothing is "
        "cleaned up for a resource that is deleted meanwhile. Manage is no limit.",
    )
    absence_seconds: float = Field(
        default=600, ge=0, description="How far apart two looks must lie that find a gateway gone before its record is taken away."
    )
    contest_seconds: float = Field(
        default=60,
        gt=0,
        le=3600,
        description="The first wait before something that somebody keeps changing back is put right once more; each is twice the one "
        "before, up to an hour.",
    )
    operation_poll_seconds: float = Field(
        default=2, gt=0, description="How often a long-running operation is looked at where Azure doesn't say."
    )
    look_max_age_seconds: float = Field(
        default=5, ge=0, description="How old a list read from Azure may be to serve another resource as well. Writes always read anew."
    )
    budget_percent: float = Field(
        default=100,
        gt=0,
        le=100,
        description="How much of what Azure lets through in a subscription the operator may use, in percent: leave something where others "
        "share its identity, or where much else uses private DNS or Microsoft.Network there.",
    )
    budget_patience_seconds: float = Field(
        default=15,
        ge=1,
        le=60,
        description="How long a request may wait for Azure's limits before its resource is put off, and the worker takes another.",
    )
    azure_credential: Credential = Field(
        default=Credential.AUTO,
        description="How to authenticate: workload-identity, client-secret or managed-identity; auto takes workload-identity where "
        "AZURE_FEDERATED_TOKEN_FILE is set, and client-secret where AZURE_CLIENT_SECRET is.",
    )

    azure_resource_manager_endpoint: HttpsUrl = Field(
        default="https://management.azure.com",
        validation_alias="AZURE_RESOURCE_MANAGER_ENDPOINT",
        description="Where Azure Resource Manager answers.",
    )
    azure_resource_manager_audience: str = Field(
        default="https://management.azure.com",
        validation_alias="AZURE_RESOURCE_MANAGER_AUDIENCE",
        description="Whom tokens for Azure Resource Manager are for.",
    )
    azure_authority_host: HttpsUrl = Field(
        default="https://login.microsoftonline.com",
        validation_alias="AZURE_AUTHORITY_HOST",
        description="Where Microsoft Entra ID gives tokens.",
    )
    azure_tenant_id: str = Field(default="", validation_alias="AZURE_TENANT_ID", description="The tenant of the operator's identity.")
    azure_client_id: str = Field(
        default="",
        validation_alias="AZURE_CLIENT_ID",
        description="The client id of the operator's identity; of a managed identity only where it is user-assigned.",
    )
    azure_client_secret: SecretStr = Field(default=SecretStr(""), validation_alias="AZURE_CLIENT_SECRET", description="For client-secret.")
    azure_federated_token_file: str = Field(
        default="",
        validation_alias="AZURE_FEDERATED_TOKEN_FILE",
        description="For workload-identity; set in the pod by the webhook of Microsoft Entra Workload ID.",
    )

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises BadSettings with a sentence for each variable that is missing or wrong."""
        try:
            return cls()
        except ValidationError as error:
            raise BadSettings(tuple(_sentence(details) for details in error.errors())) from None

    @property
    def credential(self) -> Credential:
        """The way to authenticate, with `auto` resolved."""
        if self.azure_credential is not Credential.AUTO:
            return self.azure_credential
        return Credential.WORKLOAD_IDENTITY if self.azure_federated_token_file else Credential.CLIENT_SECRET

    @model_validator(mode="after")
    def _has_credential(self) -> Self:
        if self.azure_credential is Credential.AUTO and not (
            self.azure_federated_token_file or self.azure_client_secret.get_secret_value()
        ):
            raise ValueError(
                "WGN_AZURE_CREDENTIAL is auto, and neither AZURE_FEDERATED_TOKEN_FILE nor AZURE_CLIENT_SECRET is set: label the pod "
                'azure.workload.identity/use: "true" so that the webhook of Microsoft Entra Workload ID sets the first, or choose '
                "another way."
            )
        missing = " and ".join(variable(name) for name in _NEEDED[self.credential] if not _is_set(getattr(self, name)))
        if missing:
            raise ValueError(f"WGN_AZURE_CREDENTIAL is {self.azure_credential}, and {self.credential} needs {missing} to be set.")
        return self


@dataclass(frozen=True, kw_only=True)
class Described:
    """One setting as the help shows it."""

    variable: str
    default: str
    """Empty where there is none."""
    required: bool
    description: str


def described() -> tuple[Described, ...]:
    """All settings, in the order in which they are declared."""
    return tuple(
        Described(
            variable=variable(name),
            default=_default_text(field),
            required=field.is_required(),
            description=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    )


def variable(name: str) -> str:
    """The environment variable of a field."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else PREFIX + name.upper()


def _sentence(error: ErrorDetails) -> str:
    """What is wrong, and what the setting is. The value is left out: it may be a secret."""
    own_words = str(error["ctx"]["error"]) if error["type"] == "value_error" else ""
    if not error["loc"]:
        return own_words
    name = _field_at(str(error["loc"][0]))
    if error["type"] == "missing":
        told = "is required, and not set"
    elif error["type"] == "string_pattern_mismatch":
        told = "has the wrong form"
    else:
        told = own_words or f"is wrong: {error['msg'][0].lower()}{error['msg'][1:]}"
    return f"{variable(name)} {told}. {Settings.model_fields[name].description}"


def _field_at(location: str) -> str:
    """The field that pydantic speaks of, by its name or by its alias."""
    return next(name for name in Settings.model_fields if location in (name, variable(name)))


def _default_text(field: FieldInfo) -> str:
    default: Any = field.get_default(call_default_factory=True, validated_data={})
    if default is PydanticUndefined or isinstance(default, SecretStr | NamespaceScopes):
        return ""
    return json.dumps(default) if isinstance(default, dict) else str(default)


def _is_set(value: str | SecretStr) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)
