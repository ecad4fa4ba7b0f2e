"""The real API server as one who applies a resource sees it: what it says, whole and word for word."""

from __future__ import annotations

import json
import ssl
import time
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError

from controlplane import ControlPlane

Manifest = dict[str, Any]

RESOURCES = "/apis/workspacegateway.dev/v1alpha1/namespaces/default/workspacegatewaynetworks"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server answered to one request."""

    code: int
    body: Manifest
    warnings: tuple[str, ...]

    @property
    def complaint(self) -> str:
        """What is wrong with the resource; empty when nothing is."""
        if self.code < 300:
            return ""
        _, separator, complaint = str(self.body["message"]).partition(" is invalid: ")
        return complaint if separator else str(self.body["message"])


class ApiServer:
    """Requests of the admin. A request takes some milliseconds, where kubectl takes a good part of a second."""

    def __init__(self, cluster: ControlPlane) -> None:
        self._url = cluster.url
        self._token = json.loads(cluster.admin_kubeconfig.read_text())["users"][0]["user"]["token"]
        context = ssl.create_default_context(cafile=str(cluster.ca_path))
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))

    def judge(self, manifest: Manifest) -> Answer:
        """What a create would be answered; nothing is stored."""
        return self.request("POST", f"{RESOURCES}?dryRun=All&fieldValidation=Strict", manifest)

    def create(self, manifest: Manifest) -> Answer:
        """Create a resource."""
        return self.request("POST", f"{RESOURCES}?fieldValidation=Strict", manifest)

    def update(self, manifest: Manifest) -> Answer:
        """What an update of the spec would be answered; nothing is stored."""
        path = f"{RESOURCES}/{manifest['metadata']['name']}"
        stored = self.request("GET", path).body
        return self.request("PUT", f"{path}?dryRun=All&fieldValidation=Strict", {**stored, "spec": manifest["spec"]})

    def description(self) -> Manifest:
        """The OpenAPI document of our kinds, which the server publishes some time after it serves them, and until then answers 404."""
        deadline = time.monotonic() + 60
        while True:
            try:
                with self._opener.open(self._request("GET", "/openapi/v3/apis/workspacegateway.dev/v1alpha1"), timeout=30) as response:
                    document: Manifest = json.load(response)
                    return document
            except HTTPError as error:
                if error.code != HTTPStatus.NOT_FOUND or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def request(self, method: str, path: str, body: Manifest | None = None) -> Answer:
        """Any request."""
        try:
            with self._opener.open(self._request(method, path, body), timeout=30) as response:
                return Answer(code=response.status, body=json.load(response), warnings=tuple(response.headers.get_all("Warning") or ()))
        except HTTPError as error:
            with error:
                return Answer(code=error.code, body=json.load(error), warnings=tuple(error.headers.get_all("Warning") or ()))

    def _request(self, method: str, path: str, body: Manifest | None = None) -> urllib.request.Request:
        request = urllib.request.Request(self._url + path, method=method, data=json.dumps(body).encode() if body else None)
        request.add_header("Authorization", f"Bearer {self._token}")
        request.add_header("Content-Type", "application/json")
        return request
