"""Somebody with an identity of their own in Azure, who does what portal, CLI and Terraform do: GET, PUT and DELETE."""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, cast

Document = dict[str, Any]

API_VERSIONS = {
    "microsoft.network": "2024-03-01",
    "microsoft.network/privatednszones": "2024-06-01",
    "microsoft.apimanagement": "2024-05-01",
}
"""By the last provider of an id, and by its type where that has versions of its own."""
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
        if operation := self.begin_put(id, document):
            self._finish(operation)

    def begin_put(self, id: str, document: Document) -> str | None:
        """Replace a resource, and wait for nothing: gives the URL of the operation that goes on. Raises `Refused`."""
        return self._begin("PUT", id, document)

    def begin_delete(self, id: str) -> str | None:
        """Delete a resource likewise."""
        return self._begin("DELETE", id)

    def _begin(self, method: str, id: str, document: Document | None = None) -> str | None:
        try:
            _, headers = self._send(method, resource_url(self._url, id), document)
        except urllib.error.HTTPError as refusal:
            raise Refused(f"{method} {id}: {refusal.code} {refusal.read().decode()}") from None
        return headers.get("Azure-AsyncOperation")

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
            return cast("Document", json.loads(answer.read() or b"{}")), dict(answer.headers)


def resource_url(endpoint: str, id: str) -> str:
    """Where ARM has a resource, with the API version that its provider is asked with."""
    provider, kind, *_ = [*id.lower().rpartition("/providers/")[2].split("/"), ""]
    return f"{endpoint}{id}?api-version={API_VERSIONS.get(f'{provider}/{kind}') or API_VERSIONS[provider]}"
