"""Somebody with an identity of their own in Azure, who does what portal, CLI and Terraform do: GET and PUT."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, cast

Document = dict[str, Any]

API_VERSIONS = {"microsoft.network": "2024-03-01", "microsoft.apimanagement": "2024-05-01"}
"""By the last provider of an id."""
OPERATION_SECONDS = 30.0
_POLL_SECONDS = 0.2


class Refused(Exception):
    """Azure said no, or an operation failed."""


class Principal:
    """A client of Azure Resource Manager that signed in under `name`. Blocks; standard library only."""

    def __init__(self, name: str, *, url: str, ca: str, tenant: str) -> None:
        self._name, self._url, self._tenant = name, url, tenant
        self._token: str | None = None
        tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca))
        self._http = urllib.request.build_opener(urllib.request.ProxyHandler({}), tls)

    @property
    def token(self) -> str:
        """A bearer token from the tenant's token endpoint, asked for once."""
        if self._token is None:
            form = {
                "grant_type": "client_credentials",
                "client_id": self._name,
                "client_secret": "made-up",
                "scope": f"{self._url}/.default",
            }
            request = urllib.request.Request(f"{self._url}/{self._tenant}/oauth2/v2.0/token", data=urllib.parse.urlencode(form).encode())
            with self._http.open(request, timeout=10) as answer:
                self._token = json.load(answer)["access_token"]
        return self._token

    def get(self, id: str) -> Document | None:
        """A resource as Azure shows it; None when it isn't there."""
        try:
            return self._send("GET", resource_url(self._url, id))[0]
        except urllib.error.HTTPError as refusal:
            if refusal.code == 404:
                return None
            raise Refused(f"GET {id}: {refusal.code} {refusal.read().decode()}") from None

    def put(self, id: str, document: Document) -> None:
        """Replace a resource, and wait for Azure to finish. Raises `Refused`."""
        try:
            _, headers = self._send("PUT", resource_url(self._url, id), document)
        except urllib.error.HTTPError as refusal:
            raise Refused(f"PUT {id}: {refusal.code} {refusal.read().decode()}") from None
        if operation := headers.get("Azure-AsyncOperation"):
            self._finish(operation)

    def _finish(self, operation: str) -> None:
        deadline = time.monotonic() + OPERATION_SECONDS
        while (answer := self._send("GET", operation)[0])["status"] == "InProgress":
            if time.monotonic() > deadline:
                raise Refused(f"operation {operation} is still in progress after {OPERATION_SECONDS:g} s")
            time.sleep(_POLL_SECONDS)
        if answer["status"] != "Succeeded":
            raise Refused(f"operation {operation}: {json.dumps(answer)}")

    def _send(self, method: str, url: str, body: Document | None = None) -> tuple[Document, dict[str, str]]:
        request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        with self._http.open(request, timeout=30) as answer:
            return cast("Document", json.load(answer)), dict(answer.headers)


def resource_url(endpoint: str, id: str) -> str:
    """Where ARM has a resource, with the API version that its provider is asked with."""
    provider = id.lower().rpartition("/providers/")[2].partition("/")[0]
    return f"{endpoint}{id}?api-version={API_VERSIONS[provider]}"
