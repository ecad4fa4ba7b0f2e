"""Microsoft Entra's token endpoint and the discovery documents, as far as Azure's clients ask for them."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from arm_emulator.arm import Answer, ArmError, Document, Principal, front_door_error
from arm_emulator.governance.principals import Principals

LIFETIME = 3600
"""Seconds that a token is valid, on the wall's clock: clients judge by their own."""

_PUBLIC_AUDIENCES = frozenset({"https://management.azure.com", "https://management.core.windows.net"})


class Issuer:
    """Issues tokens and knows them again. They are numbered, so that those issued so far can be declared expired."""

    def __init__(self) -> None:
        self._issued = 0
        self._expired = 0

    def expire(self) -> int:
        """From now on every token issued so far counts as expired; returns how many there are."""
        self._expired = self._issued
        return self._issued

    def forgive(self) -> None:
        """Accept all tokens again."""
        self._expired = 0

    def issue(self, form: Mapping[str, str], *, tenant: str, base_url: str, principals: Principals) -> Answer:
        """Answer ``POST /{tenant}/oauth2/v2.0/token`` for the client-credentials grant.

        ``principals`` are those that a seed names. With none, every client is let in; with some, only they
        are, and a secret that a principal has must be the one that is sent.
        """
        client = form.get("client_id", "")
        if form.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.")
        if not client or not (form.get("client_secret") or form.get("client_assertion")):
            return _refused("invalid_request", "AADSTS900144: The request body must contain 'client_id' and a credential.")
        known = principals.get(client)
        if principals and known is None:
            return _refused("unauthorized_client", f"AADSTS700016: Application with identifier '{client}' was not found.")
        secret = known.get("secret") if known else None
        if secret is not None and form.get("client_secret") != secret:
            return _refused("invalid_client", "AADSTS7000215: Invalid client secret provided.", status=401)
        audience = form.get("scope", "").removesuffix("/.default").rstrip("/")
        now = int(time.time())
        self._issued += 1
        claims = {
            "aud": audience,
            "iss": f"{base_url}/{tenant}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME,
            "appid": client,
            "oid": (known or {}).get("objectId") or object_id(client),
            "tid": tenant,
            "uti": self._issued,
            "ver": "1.0",
        }
        token = f"{_segment({'typ': 'JWT', 'alg': 'none'})}.{_segment(claims)}."
        body = {"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": token}
        return Answer(status=200, body=body)

    def authenticate(self, headers: Mapping[str, str], *, base_url: str, expired: bool = False) -> Principal:
        """Who sent a request; raises the 401 of a missing, foreign or expired token. ``expired`` takes it for that whatever it says."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthorized("Authentication failed. The 'Authorization' header is missing.")
        claims = _claims(token)
        if claims is None:
            raise _unauthorized("Authentication failed. The 'Authorization' header is provided in an invalid format.")
        audience = str(claims.get("aud", "")).rstrip("/")
        if audience != base_url and audience not in _PUBLIC_AUDIENCES:
            raise _unauthorized(f"The access token has been obtained for wrong audience or resource '{audience}'.")
        if expired or claims.get("exp", 0) <= time.time() or claims.get("uti", 0) <= self._expired:
            raise _unauthorized("The access token has expired.", code="ExpiredAuthenticationToken")
        return Principal(client_id=claims["appid"], object_id=claims["oid"], tenant_id=claims["tid"])


def object_id(client_id: str) -> str:
    """The object id of an application's service principal, made from its client id where the seed has none."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, client_id))


def principal_of(headers: Mapping[str, str]) -> str | None:
    """The client id that a request's token names, valid or not."""
    claims = _claims(headers.get("authorization", "").partition(" ")[2])
    return claims.get("appid") if claims else None


def openid_configuration(*, tenant: str, base_url: str) -> Answer:
    """``GET /{tenant}/v2.0/.well-known/openid-configuration``."""
    authority = f"{base_url}/{tenant}"
    return Answer(
        status=200,
        body={
            "issuer": f"{authority}/v2.0",
            "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
            "token_endpoint": f"{authority}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{authority}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{authority}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "tenant_region_scope": None,
            "cloud_instance_name": urlsplit(base_url).netloc,
        },
    )


def cloud_metadata(*, base_url: str) -> Answer:
    """``GET /metadata/endpoints``: az and Terraform learn here where everything is."""
    return Answer(
        status=200,
        body={
            "name": "Emulator",
            "portal": base_url,
            "authentication": {
                "loginEndpoint": base_url,
                "audiences": [base_url],
                "tenant": "common",
                "identityProvider": "AAD",
            },
            "resourceManager": base_url,
            "activeDirectoryDataLake": base_url,
            "graph": base_url,
            "graphAudience": base_url,
            "microsoftGraphResourceId": base_url,
            "gallery": base_url,
            "batch": base_url,
            "media": base_url,
            "sqlManagement": base_url,
            "vmImageAliasDoc": base_url,
            "suffixes": {
                "acrLoginServer": "azurecr.localhost",
                "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.localhost",
                "azureDataLakeStoreFileSystem": "azuredatalakestore.localhost",
                "keyVaultDns": "vault.localhost",
                "sqlServerHostname": "database.localhost",
                "storage": "core.localhost",
            },
        },
    )


@lru_cache(maxsize=1024)
def _claims(token: str) -> dict[str, Any] | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) and {"appid", "oid", "tid"} <= claims.keys() else None


def _segment(value: Document) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _refused(error: str, description: str, *, status: int = 400) -> Answer:
    return Answer(status=status, body={"error": error, "error_description": description, "error_codes": []})


def _unauthorized(message: str, *, code: str = "AuthenticationFailed") -> ArmError:
    return front_door_error(
        401,
        code,
        message,
        **{
            "WWW-Authenticate": f'Bearer authorization_uri="https://login.microsoftonline.com", error="invalid_token", error_description="{message}"'
        },
    )
