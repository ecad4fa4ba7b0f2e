"""Somebody else who asks Azure for things in the same subscription."""

from __future__ import annotations

import http.client
import json
import ssl
from urllib.parse import urlencode, urlsplit

from arm_emulator.client import Emulator
from fleet.seed import GROUP, TENANT

ZONES = f"{GROUP}/Microsoft.Network/privateDnsZones"


class Rival:
    """Another principal. It asks and waits for the answer while everybody else stands still."""

    def __init__(self, emulator: Emulator, *, client_id: str = "rival") -> None:
        address = urlsplit(emulator.url)
        tls = ssl.create_default_context(cafile=emulator.ca)
        self._connection = http.client.HTTPSConnection(str(address.hostname), address.port, context=tls)
        form = {"client_id": client_id, "client_secret": "made-up", "grant_type": "client_credentials", "scope": f"{emulator.url}/.default"}
        self._connection.request(
            "POST", f"/{TENANT}/oauth2/v2.0/token", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        self._token = json.loads(self._connection.getresponse().read())["access_token"]

    def close(self) -> None:
        """Ask no more."""
        self._connection.close()

    def list_zones(self) -> int:
        """List the private DNS zones, and return the status."""
        self._connection.request("GET", f"{ZONES}?api-version=2024-06-01", headers={"Authorization": f"Bearer {self._token}"})
        answer = self._connection.getresponse()
        answer.read()
        return answer.status
