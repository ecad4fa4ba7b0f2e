"""A client of the control endpoints, for tests and demos. Standard library only, and synchronous."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
import urllib.parse
import weakref
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, cast

Document = dict[str, Any]


class EmulatorRefusal(Exception):
    """The control endpoint said no. ``status`` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class Emulator:
    """A running emulator, seen from outside.

    ``url`` is its endpoint, ``ca`` the file with its certificate authority; both are in its ``endpoint.json``.
    """

    def __init__(self, *, url: str, ca: Path | str) -> None:
        self.url = url
        self.ca = str(ca)
        self._tls = ssl.create_default_context(cafile=self.ca)
        self._connections = threading.local()

    @classmethod
    def at(cls, state_dir: Path) -> Emulator:
        """The emulator that runs with this state directory."""
        endpoint = json.loads((state_dir / "endpoint.json").read_text())
        return cls(url=endpoint["url"], ca=endpoint["ca"])

    # --- the world ----------------------------------------------------------------------------------------------

    def get(self, id: str) -> Document | None:
        """A resource as a GET of ARM would show it, ``None`` if there is none. Not in the journal."""
        try:
            return cast("Document", self._call("GET", f"resources{_quoted(id)}"))
        except EmulatorRefusal as refusal:
            if refusal.status == 404:
                return None
            raise

    def put(self, id: str, document: Document) -> Document:
        """Place a resource, or replace its writable document, asking nobody and without an operation."""
        return cast("Document", self._call("PUT", f"resources{_quoted(id)}", document))

    def patch(self, id: str, merge: Document) -> Document:
        """Change a resource by a JSON merge patch; read-only properties can be set and removed as well."""
        return cast("Document", self._call("PATCH", f"resources{_quoted(id)}", merge))

    def delete(self, id: str) -> None:
        """Take a resource out of the world, asking nobody."""
        self._call("DELETE", f"resources{_quoted(id)}")

    def resources(self) -> list[Document]:
        """Everything there is."""
        return cast("list[Document]", self._call("GET", "resources")["resources"])

    def reset(self, seed: Document | None = None) -> None:
        """Start anew from the given seed or the one it was started with. The journal goes on."""
        self._call("POST", "reset", seed or {})

    def keep(self, name: str) -> None:
        """Keep all resources as they are now under a name, for `go_back`."""
        self._call("PUT", f"states/{_quoted(name)[1:]}")

    def go_back(self, name: str) -> None:
        """Start anew from resources that were kept. Principals, locks and policies are those of the seed it was started with."""
        self._call("POST", f"states/{_quoted(name)[1:]}")

    # --- the journal --------------------------------------------------------------------------------------------

    def seq(self) -> int:
        """The number of the newest exchange."""
        return int(self._call("GET", f"requests?since={2**62}")["latest"])

    def exchanges(self, *, since: int = 0, principal: str | None = None) -> list[Document]:
        """The exchanges after number ``since``, oldest first, of one client id or of all."""
        exchanges: list[Document] = self._call("GET", f"exchanges?since={since}")["exchanges"]
        return [each for each in exchanges if principal is None or each["principal"] == principal]

    def counts(self, *, since: int = 0) -> list[Document]:
        """Number of exchanges after ``since`` by principal, method and resource type."""
        return cast("list[Document]", self._call("GET", f"requests?since={since}")["counts"])

    # --- faults -------------------------------------------------------------------------------------------------

    def add_fault(
        self,
        *,
        method: str | list[str] | None = None,
        path: str = "",
        nth: int | None = None,
        principal: str | None = None,
        probability: float | None = None,
        seed: int | None = None,
        service: str | None = None,
        **effect: Any,
    ) -> str:
        """Add a rule and return its name.

        It strikes requests of a method (or one of several) whose lower-cased path matches a regular expression: the ``nth`` of
        them, or some of them by ``probability``, the same ones for the same ``seed``. ``service="entra"`` strikes requests for tokens
        instead of ARM's.

        ``effect``: ``answer`` ``{status, body, headers, moment}``, ``delay`` and ``slow`` seconds, ``drop`` or ``hang`` ``"before"`` or
        ``"after"`` the effect, ``operation`` ``"hold"`` or ``{code, message}``, ``meanwhile`` ``[{method, id, body}]``, ``stale``
        seconds, ``expired_token``, ``times``, ``name``.
        """
        match = {"method": method, "path": path, "nth": nth, "principal": principal, "probability": probability}
        match |= {"seed": seed, "service": service}
        rule = {"match": {name: value for name, value in match.items() if value is not None}, **effect}
        name: str = self._call("POST", "faults", rule)["faults"][0]["name"]
        return name

    def faults(self) -> list[Document]:
        """The rules in force: name, requests seen and hit, requests that hang now."""
        return cast("list[Document]", self._call("GET", "faults")["faults"])

    def clear_faults(self) -> None:
        """Forget all rules; requests that hang lose their connection."""
        self._call("DELETE", "faults")

    def expire_tokens(self) -> int:
        """Take every token issued so far for expired; returns how many there are."""
        return int(self._call("POST", "tokens", {"expire": True})["expired"])

    # --- roles, locks, policies ---------------------------------------------------------------------------------

    def put_principal(self, client_id: str, **principal: Any) -> None:
        """Add a principal or replace it: ``secret``, ``objectId``, and ``roles`` ``[{"role", "scope"}]``, where a role is the name of a
        built-in one or ``{"actions", "notActions"}``. Once there is one, only those that there are get tokens.
        """
        self._call("PUT", f"principals/{_quoted(client_id)[1:]}", principal)

    def put_lock(self, name: str, *, scope: str, level: str) -> None:
        """Lock a scope: ``level`` is ``CanNotDelete`` or ``ReadOnly``."""
        self._call("PUT", f"locks/{_quoted(name)[1:]}", {"scope": scope, "level": level})

    def delete_lock(self, name: str) -> None:
        self._call("DELETE", f"locks/{_quoted(name)[1:]}")

    def put_policy(self, name: str, *, scope: str, condition: Document, display_name: str | None = None) -> None:
        """Deny what a condition holds for; it is the ``if`` of an Azure Policy rule."""
        self._call("PUT", f"policies/{_quoted(name)[1:]}", {"scope": scope, "if": condition, "displayName": display_name or name})

    def delete_policy(self, name: str) -> None:
        self._call("DELETE", f"policies/{_quoted(name)[1:]}")

    # --- time, operations, settings -----------------------------------------------------------------------------

    def clock(self) -> datetime:
        """The emulator's time."""
        return datetime.fromisoformat(self._call("GET", "clock")["now"])

    def advance(self, seconds: float) -> None:
        """Move the emulator's clock ahead."""
        self._call("POST", "clock", {"advance": seconds})

    def stop_clock(self) -> None:
        """Have the emulator's clock stand still, so that only `advance` moves it."""
        self._call("POST", "clock", {"stopped": True})

    def start_clock(self) -> None:
        """Have it run again."""
        self._call("POST", "clock", {"stopped": False})

    def operations(self) -> list[Document]:
        """All operations, oldest first: id, kind, target, state, held, polls, error."""
        return cast("list[Document]", self._call("GET", "operations")["operations"])

    def hold_operation(self, id: str) -> None:
        self._call("POST", f"operations/{id}", {"hold": True})

    def release_operation(self, id: str) -> None:
        self._call("POST", f"operations/{id}", {"release": True})

    def succeed_operation(self, id: str) -> None:
        self._call("POST", f"operations/{id}", {"succeed": True})

    def fail_operation(self, id: str, *, code: str, message: str = "") -> None:
        self._call("POST", f"operations/{id}", {"fail": {"code": code, "message": message}})

    def settings(self, **changes: Any) -> Document:
        """The settings, after changing some: ``latency``, ``if_match``, ``network_conflict``, ``page_size`` …"""
        return cast("Document", self._call("PATCH", "settings", changes))

    # --- both sides ---------------------------------------------------------------------------------------------

    def wait_for(self, condition: Callable[[Emulator], Any], *, seconds: float = 30.0, what: str = "condition") -> Any:
        """Poll until the condition gives something true, and return that; raises ``TimeoutError``."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = condition(self)
            if found:
                return found
            time.sleep(0.05)
        raise TimeoutError(f"{what} did not come true within {seconds:g} s")

    def environment(self, *, tenant: str, client_id: str, secret: str) -> dict[str, str]:
        """What a client process needs in its environment to take this emulator for Azure."""
        return {
            "AZURE_RESOURCE_MANAGER_ENDPOINT": self.url,
            "AZURE_RESOURCE_MANAGER_AUDIENCE": self.url,
            "AZURE_AUTHORITY_HOST": self.url,
            "AZURE_TENANT_ID": tenant,
            "AZURE_CLIENT_ID": client_id,
            "AZURE_CLIENT_SECRET": secret,
            "SSL_CERT_FILE": self.ca,
        }

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else json.dumps(body)
        answer, text = self._exchange(method, f"/_emulator/{path}", content)
        if answer.status >= 400:
            raise EmulatorRefusal(answer.status, text)
        return json.loads(text)

    def _exchange(self, method: str, path: str, content: str | None) -> tuple[http.client.HTTPResponse, str]:
        """Over the thread's own connection, which stays open: a handshake costs more than most answers."""
        connection: http.client.HTTPSConnection | None = getattr(self._connections, "own", None)
        while True:
            is_new = connection is None
            if connection is None:
                host, _, port = self.url.partition("//")[2].rpartition(":")
                connection = http.client.HTTPSConnection(host, int(port), context=self._tls, timeout=30)
                self._connections.own = connection
                weakref.finalize(self, connection.close)
            try:
                connection.request(method, path, body=content, headers={"Content-Type": "application/json"})
                answer = connection.getresponse()
                return answer, answer.read().decode()
            except (ConnectionError, http.client.HTTPException):
                # The emulator was started anew meanwhile, and has not heard of this request.
                connection.close()
                if is_new:
                    raise
                connection = None


def _quoted(id: str) -> str:
    return urllib.parse.quote("/" + id.lstrip("/"))
