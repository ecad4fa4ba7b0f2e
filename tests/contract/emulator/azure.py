"""A small Azure to test on, and a plain HTTP client for it: what is asserted is what goes over the wire."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp

from arm_emulator.client import Emulator

Document = dict[str, Any]

TENANT = "b6a1cf11-0000-4000-8000-00000000000a"
SUBSCRIPTION = "6f0b1d53-0000-4000-8000-00000000000b"
CLIENT = "writer"

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/Net-RG"
NETWORKS = f"{GROUP}/providers/Microsoft.Network/virtualNetworks"
NETWORK = f"{NETWORKS}/Hub"
SUBNET = f"{NETWORK}/subnets/Gateways"
NEIGHBOUR = f"{NETWORK}/subnets/machines"
SECURITY_GROUP = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/Shield"
RULES = f"{SECURITY_GROUP}/securityRules"
ROUTES = f"{GROUP}/providers/Microsoft.Network/routeTables/routes"
ZONES = f"{GROUP}/providers/Microsoft.Network/privateDnsZones"
ZONE = f"{ZONES}/team-a.gateway.westeurope-01.azure-api.net"
LINK = f"{ZONE}/virtualNetworkLinks/Hub"
RECORD = f"{ZONE}/A/@"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/apim"
GATEWAYS = f"{GROUP}/providers/Microsoft.ApiManagement/gateways"
GATEWAY = f"{GATEWAYS}/team-a"

ALLOW_HTTPS: Document = {
    "protocol": "Tcp",
    "access": "Allow",
    "direction": "Inbound",
    "priority": 1000,
    "sourceAddressPrefix": "Internet",
    "sourcePortRange": "*",
    "destinationAddressPrefix": "10.0.1.0/26",
    "destinationPortRanges": ["80", "443"],
}


def seed() -> Document:
    """A hub with two subnets, a security group with somebody's closing rule, a route table and an API Management."""
    deny = {**ALLOW_HTTPS, "access": "Deny", "priority": 4096, "protocol": "*", "destinationPortRanges": ["*"]}
    subnets = [
        {"name": "Gateways", "properties": {"addressPrefix": "10.0.1.0/26", "aPropertyOfTomorrow": {"kept": [1, None]}}},
        {"name": "machines", "properties": {"addressPrefix": "10.0.2.0/24"}},
    ]
    return {
        "subscriptions": [{"subscriptionId": SUBSCRIPTION, "tenantId": TENANT}],
        "providers": {"Microsoft.Web": "Registered"},
        "resources": [
            {"id": GROUP, "location": "westeurope"},
            {
                "id": NETWORK,
                "location": "westeurope",
                "tags": {"team": "network"},
                "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": subnets},
            },
            {
                "id": SECURITY_GROUP,
                "location": "westeurope",
                "properties": {"securityRules": [{"name": "deny-the-rest", "properties": deny}]},
            },
            {"id": ROUTES, "location": "westeurope", "properties": {"routes": []}},
            {
                "id": SERVICE,
                "location": "West Europe",
                "sku": {"name": "Premium", "capacity": 1},
                "properties": {"publisherEmail": "api@example.com", "publisherName": "example"},
            },
        ],
    }


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer: header names in lower case, the body parsed where there is one."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Document:
        return dict(json.loads(self.text))

    @property
    def properties(self) -> Document:
        return dict(self.body["properties"])

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.body["error"]["message"])

    @property
    def refusal(self) -> tuple[int, Document]:
        """Status and body of an error, wrapped or not."""
        return self.status, self.body


@dataclass
class Arm:
    """A client that knows HTTP and nothing of ARM."""

    emulator: Emulator
    client_id: str = CLIENT
    version: str = "2024-05-01"
    token: str = ""
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)

    async def __aenter__(self) -> Self:
        tls = ssl.create_default_context(cafile=self.emulator.ca)
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls))
        self._session._retry_connection = False  # aiohttp would send a request again whose connection was dropped
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._session
        await self._session.close()

    async def log_in(self, *, scope: str = "", tenant: str = TENANT) -> str:
        answer = await self.sign_in({"scope": scope or f"{self.emulator.url}/.default"}, tenant=tenant)
        self.token = answer.body["access_token"]
        return self.token

    async def sign_in(self, form: Mapping[str, str], *, tenant: str = TENANT) -> Seen:
        defaults = {"client_id": self.client_id, "client_secret": "made-up", "grant_type": "client_credentials"}
        assert self._session
        url = f"{self.emulator.url}/{tenant}/oauth2/v2.0/token"
        async with self._session.post(url, data={**defaults, **form}) as answer:
            return Seen(answer.status, _lowered(answer.headers), await answer.text())

    async def send(
        self, method: str, path: str, body: Any = None, *, version: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Seen:
        """Send one request; ``path`` may be a whole URL, which is then taken as it is."""
        url = path
        if not path.startswith("https://"):
            wanted = self.version if version is None else version
            url = f"{self.emulator.url}{path}" + (f"?api-version={wanted}" if wanted else "")
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        assert self._session
        async with self._session.request(method, url, json=body, headers={k: v for k, v in sent.items() if v}) as answer:
            return Seen(answer.status, _lowered(answer.headers), await answer.text())

    async def get(self, path: str, **options: Any) -> Seen:
        return await self.send("GET", path, **options)

    async def put(self, path: str, body: Any, **options: Any) -> Seen:
        return await self.send("PUT", path, body, **options)

    async def delete(self, path: str, **options: Any) -> Seen:
        return await self.send("DELETE", path, **options)

    async def status(self, write: Seen) -> Document:
        """Poll the operation of a write once."""
        return (await self.get(write.headers["azure-asyncoperation"])).body


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
