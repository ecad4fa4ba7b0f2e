"""A real API server with the CRD, and what people do to resources in it."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from controlplane import AuditEvent, ControlPlane
from workspace_gateway_network.runtime.ports import Key

ROOT = Path(__file__).parents[3]
CRDS = ROOT / "crds" / "workspacegatewaynetworks.yaml"
ROLE = ROOT / "deploy" / "kustomize" / "base" / "clusterrole.yaml"
OPERATOR = "operator"
STRANGER = "stranger"
SECONDS = 20.0

_SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
SPEC = {
    "mode": "Integration",
    "apiManagement": {"id": f"{_SUBSCRIPTION}/Microsoft.ApiManagement/service/contoso"},
    "subnet": {"id": f"{_SUBSCRIPTION}/Microsoft.Network/virtualNetworks/hub/subnets/team"},
}


def bind_role(plane: ControlPlane) -> None:
    """Let the operator do what the ClusterRole that ships says, and nothing else."""
    plane.kubectl("apply", "--filename", str(ROLE))
    plane.kubectl("create", "clusterrolebinding", OPERATOR, "--clusterrole=workspace-gateway-network", f"--user={OPERATOR}")


async def until(condition: Callable[[], Any], what: str) -> Any:
    """What the condition gives as soon as that is true."""
    deadline = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {SECONDS:.0f} s for {what}"
        await asyncio.sleep(0.02)
    return found


class Ear:
    """A listener of a store that remembers."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Key]] = []

    def changed(self, key: Key) -> None:
        self.heard.append(("changed", key))

    def gone(self, key: Key) -> None:
        self.heard.append(("gone", key))

    def about(self, key: Key) -> list[str]:
        return [what for what, about in self.heard if about == key]


class Requests:
    """A RequestObserver that remembers."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def kubernetes_request(self, *, method: str, code: str, host: str) -> None:
        assert host.startswith("127.0.0.1:")
        self.seen.append((method, code))

    def counted(self) -> list[tuple[str, str]]:
        """A copy: mypy takes it that an attribute stays what it was last compared with."""
        return list(self.seen)


class Team:
    """A namespace of one test, and kubectl in it."""

    _numbers = itertools.count(1)

    def __init__(self, plane: ControlPlane) -> None:
        self.plane = plane
        self.namespace = f"team-{next(self._numbers)}"
        plane.kubectl("create", "namespace", self.namespace)

    def key(self, name: str = "a") -> Key:
        return Key(self.namespace, name)

    def kubectl(self, *arguments: str, input: str | None = None) -> str:  # noqa: A002
        return self.plane.kubectl("--namespace", self.namespace, *arguments, input=input)

    def make(self, name: str = "a", **metadata: object) -> Any:
        document = {
            "apiVersion": "workspacegateway.dev/v1alpha1",
            "kind": "WorkspaceGatewayNetwork",
            "metadata": {"name": name, **metadata},
            "spec": SPEC,
        }
        self.kubectl("create", "--filename", "-", input=json.dumps(document))
        return self.get(name)

    def get(self, name: str = "a") -> Any:
        return json.loads(self.kubectl("get", "wgn", name, "--output", "json"))

    def names(self) -> list[str]:
        return self.kubectl("get", "wgn", "--output", "name").split()

    def annotate(self, *changes: str, name: str = "a") -> Any:
        self.kubectl("annotate", "wgn", name, "--overwrite", *changes)
        return self.get(name)

    def events(self) -> list[Any]:
        return list(json.loads(self.kubectl("get", "events.v1.events.k8s.io", "--output", "json"))["items"])

    def delete(self, name: str = "a") -> None:
        self.kubectl("delete", "wgn", name, "--wait=false")

    def writes(self) -> list[AuditEvent]:
        """What the operator has written in this namespace, in order."""
        return [
            event
            for event in self.plane.audit_events(OPERATOR)
            if event.namespace == self.namespace and event.verb not in ("get", "list", "watch")
        ]
