"""One stage: an API server that many scenes may share, and for each scene an Azure and an operator of its own."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from copy import copy
from pathlib import Path
from typing import Any, TypeVar

import yaml

from arm_emulator.client import Emulator
from arm_emulator.process import EmulatorProcess
from controlplane import ControlPlane
from stage import role, seeds
from stage.operator_process import REPOSITORY, OperatorProcess
from stage.principal import Principal

Document = dict[str, Any]
T = TypeVar("T")

OPERATOR_NAMESPACE = "workspace-gateway-network"
OPERATOR_ACCOUNT = "workspace-gateway-network"
OPERATOR_USER = f"system:serviceaccount:{OPERATOR_NAMESPACE}:{OPERATOR_ACCOUNT}"
CLIENT_ID = "operator"
CLUSTER_ID = "stage"
SECRET = "made-up"


SetTheStage = Callable[..., "Stage"]
"""How a test asks for a stage: by the options of `Stage`, and `running=False` for one whose operator is not started yet."""


BRISK: Mapping[str, Any] = {
    "emulator_options": ("--latency", "lan", "--time-scale", "20"),
    "settings": {"WGN_OPERATION_POLL_SECONDS": "0.2"},
}
"""Options of a `Stage` on which every operation is polled as often as on any, but nobody waits for seconds in between."""


def install(control_plane: ControlPlane) -> None:
    """Install what `deploy/kustomize/base` ships, but for the Deployment: the operator runs here as a process, under the shipped rights."""
    control_plane.apply_crds(REPOSITORY / "crds")
    rendered = control_plane.kubectl("kustomize", str(REPOSITORY / "deploy" / "kustomize" / "base"))
    documents = [
        document for document in yaml.safe_load_all(rendered) if document["kind"] not in {"Deployment", "CustomResourceDefinition"}
    ]
    control_plane.kubectl("apply", "--filename=-", input=yaml.safe_dump_all(documents))


class Stage:
    """A scene's Azure, operator and namespace on a shared API server.

    In Azure the operator has just the role that `deploy/azure/permissions.json` asks for, and no other.
    """

    def __init__(
        self,
        *,
        control_plane: ControlPlane,
        directory: Path,
        namespace: str,
        seed: Document | None = None,
        emulator_options: tuple[str, ...] = ("--latency", "lan", "--time-scale", "10"),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.control_plane = control_plane
        self.namespace = namespace
        self._directory = directory
        self._settings = dict(settings or {})
        self._emulator_process = EmulatorProcess(
            state_dir=directory / "azure",
            seed=_with_operator(seed if seed is not None else seeds.hub()),
            options=("--polls-need-role", "on", *emulator_options),
        )
        self.azure: Emulator = self._emulator_process.start()
        self._running: list[OperatorProcess] = []
        """The one there is, if any: a list, so that it is the same one seen from any namespace."""
        self._starts = 0
        self.beside: list[Stage] = []
        """The same scene, seen from the other namespaces in which it plays."""
        self.kubectl("create", "namespace", namespace)

    def in_namespace(self, namespace: str) -> Stage:
        """The same Azure and the same operator, seen from another namespace, which is made."""
        self.control_plane.request("POST", "/api/v1/namespaces", body={"metadata": {"name": namespace}})
        seen = copy(self)
        seen.namespace = namespace
        self.beside.append(seen)
        return seen

    # The operator.

    @property
    def operator(self) -> OperatorProcess | None:
        """The one that runs."""
        return self._running[0] if self._running else None

    def start_operator(self, **settings: str) -> OperatorProcess:
        """Start the operator, with these settings on top of the scene's, and wait until it is ready."""
        self._starts += 1
        kubeconfig = self.control_plane.service_account_kubeconfig(OPERATOR_NAMESPACE, OPERATOR_ACCOUNT)
        environment = {
            "KUBECONFIG": str(kubeconfig),
            "WGN_CLUSTER_ID": CLUSTER_ID,
            **self.azure.environment(tenant=seeds.TENANT, client_id=CLIENT_ID, secret=SECRET),
            **self._settings,
            **settings,
        }
        operator = OperatorProcess(environment=environment, log=self._directory / f"operator-{self._starts}.log")
        self._running.append(operator)
        return operator.wait_until_ready()

    def kill_operator(self) -> None:
        """SIGKILL the operator."""
        if self._running:
            self._running.pop().kill()

    def stop_operator(self) -> None:
        """SIGTERM the operator."""
        if self._running:
            self._running.pop().stop()

    def close(self) -> None:
        """End the scene: the operator first, then whatever resources are left, then Azure."""
        self.stop_operator()
        for seen in (self, *self.beside):
            seen.clear()
        self._emulator_process.stop()

    # Azure.

    def reset_azure(self, seed: Document) -> None:
        """Start Azure anew from another seed. Who is known there apart from the operator is forgotten."""
        self.azure.reset(_with_operator(seed))

    def grant(self, *actions: str, scope: str = f"/subscriptions/{seeds.SUBSCRIPTION}") -> None:
        """Give the operator a role of these actions on this scope, instead of what it had."""
        self.azure.put_principal(CLIENT_ID, secret=SECRET, roles=[{"role": {"actions": actions}, "scope": scope}])

    def principal(self, name: str) -> Principal:
        """Somebody else with an identity in Azure, who may do everything."""
        self.azure.put_principal(name)
        return Principal(name, url=self.azure.url, ca=self.azure.ca, tenant=seeds.TENANT)

    @property
    def journal(self) -> Path:
        """The file of all exchanges with this scene's Azure."""
        return self._emulator_process.journal

    def clear(self) -> None:
        """Take every resource out of the scene, without its operator's consent."""

        def is_clear() -> bool:
            for name in self.names():
                unheld = {"metadata": {"finalizers": None}}
                self.control_plane.request("PATCH", self._path(name), body=unheld, content_type="application/merge-patch+json")
                self.control_plane.request("DELETE", self._path(name))
            return not self.names()

        self.wait_for(is_clear, what="an empty namespace")

    # Kubernetes.

    def kubectl(self, *arguments: str, input: str | None = None) -> str:  # noqa: A002 (kubectl's standard input)
        """Run kubectl in the scene's namespace."""
        return self.control_plane.kubectl("--namespace", self.namespace, *arguments, input=input)

    def names(self) -> list[str]:
        """The names of all WorkspaceGatewayNetworks of the scene."""
        resources = self.control_plane.request("GET", self._path())["items"]
        return [resource["metadata"]["name"] for resource in resources]

    def apply(self, name: str = "team-a", **spec: Any) -> None:
        """Apply a WorkspaceGatewayNetwork as `document` has it."""
        self.kubectl("apply", "--filename=-", input=json.dumps(self.document(name, **spec)))

    def document(self, name: str = "team-a", **spec: Any) -> Document:
        """A WorkspaceGatewayNetwork; `spec` is on top of an Integration one for the subnet of the same name."""
        return {
            "apiVersion": "workspacegateway.dev/v1alpha1",
            "kind": "WorkspaceGatewayNetwork",
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": {
                "mode": "Integration",
                "apiManagement": {"id": seeds.SERVICE},
                "subnet": {"id": seeds.subnet_id(name)},
                "resyncIntervalSeconds": 30,
                **spec,
            },
        }

    def get(self, name: str = "team-a") -> Document:
        """The resource as the API server has it."""
        found = self.find(name)
        assert found is not None, f"there is no {name}"
        return found

    def find(self, name: str = "team-a") -> Document | None:
        """The resource, or None where there is none."""
        found: Document | None = self.control_plane.request("GET", self._path(name))
        return found

    def status(self, name: str = "team-a") -> Document:
        """Its status."""
        status: Document = self.get(name).get("status", {})
        return status

    def condition(self, kind: str, name: str = "team-a") -> Document:
        """One of its conditions; an empty document where it isn't there."""
        return next((c for c in self.status(name).get("conditions", []) if c["type"] == kind), {})

    def annotate(self, name: str = "team-a", **annotations: str) -> Document | None:
        """Set annotations of ours, named without their prefix. None where there is no such resource."""
        wanted = {f"workspacegateway.dev/{key}": value for key, value in annotations.items()}
        annotated: Document | None = self.control_plane.request(
            "PATCH", self._path(name), body={"metadata": {"annotations": wanted}}, content_type="application/merge-patch+json"
        )
        return annotated

    def reconcile_now(self, name: str = "team-a", *, token: str) -> None:
        """Ask for a reconcile and wait until it is answered."""
        self.annotate(name, **{"reconcile-requested-at": token})
        self.wait_for(lambda: self.status(name).get("lastHandledReconcileAt") == token, what=f"the answer to {token}")

    def wait_ready(self, name: str = "team-a", *, seconds: int = 60) -> None:
        """`kubectl wait --for=condition=Ready`."""
        self.kubectl("wait", f"wgn/{name}", "--for=condition=Ready", f"--timeout={seconds}s")

    def wait_reason(self, reason: str, name: str = "team-a", *, seconds: float = 60) -> Document:
        """Wait until Ready has this reason for the current generation, and give the condition."""

        def reached() -> Document | None:
            resource = self.get(name)
            ready: Document = next((c for c in resource.get("status", {}).get("conditions", []) if c["type"] == "Ready"), {})
            is_current = ready.get("observedGeneration") == resource["metadata"]["generation"]
            return ready if is_current and ready.get("reason") == reason else None

        return self.wait_for(
            reached, seconds=seconds, what=f"Ready with reason {reason}", then=lambda: json.dumps(self.status(name), indent=1)
        )

    def wait_for(self, condition: Callable[[], T | None], *, seconds: float = 60, what: str, then: Callable[[], str] | None = None) -> T:
        """Poll until the condition gives something true. Raises AssertionError, with the operator's last words, when it does not."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            time.sleep(0.1)
        log = self.operator.log.read_text(errors="replace")[-3000:] if self.operator else "(no operator)"
        raise AssertionError(f"{what} did not come within {seconds:g} s\n{then() if then else ''}\n{log}")

    def events(self, name: str = "team-a") -> list[Document]:
        """The events about a resource, oldest first."""
        events = json.loads(self.kubectl("get", "events.events.k8s.io", "--output=json"))["items"]
        about = [event for event in events if event["regarding"]["name"] == name]
        return sorted(about, key=lambda event: event["eventTime"])

    def mark(self, name: str = "team-a") -> str:
        """The mark of a resource in Azure: 6 hex digits of the cluster's digest, 10 of the resource's."""
        digests = (hashlib.sha256(text.encode()).hexdigest() for text in (CLUSTER_ID, f"{self.namespace}/{name}"))
        cluster, resource = digests
        return cluster[:6] + resource[:10]

    def own_group(self, name: str = "team-a") -> str:
        """The id of the network security group that is made for a resource where there is none."""
        return seeds.network_security_group_id(f"wgn-{name}-{self.mark(name)}")

    def _path(self, name: str = "") -> str:
        return f"/apis/workspacegateway.dev/v1alpha1/namespaces/{self.namespace}/workspacegatewaynetworks/{name}".rstrip("/")

    # What was done.

    def writes(self, *, since: int = 0) -> list[Document]:
        """The operator's exchanges with Azure that are not reads, oldest first; token requests are none."""
        exchanges = self.azure.exchanges(since=since, principal=CLIENT_ID)
        return [exchange for exchange in exchanges if exchange["liveRequest"]["method"] not in {"GET", "HEAD"}]


def _with_operator(seed: Document) -> Document:
    """A seed with the operator's identity and its role in every subscription, unless it says itself what the operator may do."""
    principals = seed.get("principals", [])
    if any(each["clientId"] == CLIENT_ID for each in principals):
        return seed
    everything = {"actions": role.actions()}
    roles = [{"role": everything, "scope": f"/subscriptions/{each['subscriptionId']}"} for each in seed["subscriptions"]]
    return {**seed, "principals": [{"clientId": CLIENT_ID, "secret": SECRET, "roles": roles}, *principals]}
