"""Starts, watches and ends one control plane, and lets a test act on it."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from controlplane import access, audit, commands
from controlplane.access import ADMIN, CONTROLLER_MANAGER
from controlplane.audit import AuditEvent
from controlplane.binaries import Binaries, find_or_build
from controlplane.processes import LOOPBACK, SupervisedProcess, free_ports

READY_SECONDS: Final = 60.0
"""How long to wait for a server at most; measured are 3 s."""
START_ATTEMPTS: Final = 3
"""Somebody else may take a port between the moment it was free and the moment our server binds it."""

_KUBECTL_CACHE: Final = "kubectl-cache"
_AGGREGATED_DISCOVERY: Final = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
"""What kubectl asks for, and what shows a new kind later than the discovery of its own group does."""
_PORT_TAKEN: Final = "address already in use"


class ControlPlaneFailed(Exception):
    """A server ended or never became ready; the message has the end of its log."""


class KubectlFailed(Exception):
    """The command kubectl ended with another status than 0; ``stderr`` says why."""

    def __init__(self, arguments: Sequence[str], *, status: int, stderr: str) -> None:
        super().__init__(f"kubectl {' '.join(arguments)}: exit {status}\n{stderr}")
        self.status = status
        self.stderr = stderr


class ControlPlane:
    """etcd, kube-apiserver and perhaps kube-controller-manager, with RBAC on, as long as the ``with`` block lasts.

    The servers listen on 127.0.0.1 only, and end with this process even when it dies by SIGKILL. All methods block.
    """

    def __init__(self, *, directory: Path, binaries: Binaries, users: Mapping[str, Sequence[str]], temporary: bool) -> None:
        """Use ``start``: this only writes the files that the servers read."""
        self.directory = directory
        self.binaries = binaries
        self.ready_seconds = 0.0
        """From the first process to readiness."""
        self._temporary = temporary
        self._processes: dict[str, SupervisedProcess] = {}
        for name in ("access", "kubeconfigs", "logs"):
            (directory / name).mkdir()
        self._audit_log = directory / "audit.jsonl"
        self._audit_policy = directory / "audit-policy.json"
        self._audit_policy.write_text(json.dumps(audit.POLICY))
        self._access = access.create(directory / "access", users=users)
        # A loopback address is never to go through a proxy, whatever the environment says.
        self._http = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self._access.ca)),
        )

    @classmethod
    def start(
        cls,
        *,
        directory: Path | None = None,
        controller_manager: bool = False,
        users: Mapping[str, Sequence[str]] | None = None,
        binaries: Binaries | None = None,
    ) -> Self:
        """Return when the API server is ready and the namespace ``default`` is there.

        ``directory`` must be empty or absent and stays behind; without it a temporary one goes when the servers stop.
        ``users`` are names with their groups, for ``kubeconfig_for``; what they may do is RBAC's business.
        With ``controller_manager`` namespaces and owned objects are really deleted. Raises ``ControlPlaneFailed``.
        """
        binaries = binaries or find_or_build()
        if directory is not None and directory.exists() and any(directory.iterdir()):
            raise ControlPlaneFailed(f"{directory} is not empty; a control plane starts from nothing")
        home = directory or Path(tempfile.mkdtemp(prefix="control-plane-"))
        home.mkdir(parents=True, exist_ok=True)
        plane = cls(directory=home.resolve(), binaries=binaries, users=users or {}, temporary=directory is None)
        try:
            plane._start_servers(controller_manager=controller_manager)
        except BaseException:
            plane.stop()
            raise
        return plane

    # What tests and people reach it by.

    @property
    def url(self) -> str:
        """Such as ``https://127.0.0.1:40123``; the same for the whole life."""
        return f"https://{LOOPBACK}:{self._secure_port}"

    @property
    def ca_path(self) -> Path:
        """The certificate (PEM) to verify the server with."""
        return self._access.ca

    @property
    def admin_kubeconfig(self) -> Path:
        """For the user in ``system:masters``."""
        return self.kubeconfig_for(ADMIN)

    def kubeconfig_for(self, user: str) -> Path:
        """For the admin or a user that ``start`` was told of."""
        return self._kubeconfig(user.replace(":", "."), user=user, token=self._access.tokens[user])

    def service_account_kubeconfig(self, namespace: str, name: str) -> Path:
        """For a service account that exists, with a token of the TokenRequest API that lasts a day.

        To the audit log it is ``system:serviceaccount:NAMESPACE:NAME``.
        """
        token = self.kubectl("create", "token", name, "--namespace", namespace, "--duration", "24h").strip()
        return self._kubeconfig(f"{namespace}.{name}", user=name, token=token, namespace=namespace)

    def _kubeconfig(self, name: str, *, user: str, token: str, namespace: str = "default") -> Path:
        path = self.directory / "kubeconfigs" / f"{name}.json"
        access.write_kubeconfig(path, url=self.url, ca=self.ca_path, user=user, token=token, namespace=namespace)
        return path

    def kubectl(self, *arguments: str, input: str | None = None, kubeconfig: Path | None = None) -> str:  # noqa: A002
        """Standard output of kubectl, run as the admin unless ``kubeconfig`` says otherwise. Raises ``KubectlFailed``."""
        answer = subprocess.run(
            [
                self.binaries.kubectl,
                f"--kubeconfig={kubeconfig or self.admin_kubeconfig}",
                # The usual discovery cache is keyed by address, and another control plane may have had the same port.
                f"--cache-dir={self.directory / _KUBECTL_CACHE}",
                *arguments,
            ],
            input=input,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            raise KubectlFailed(arguments, status=answer.returncode, stderr=answer.stderr)
        return answer.stdout

    def request(self, method: str, path: str, *, body: Any = None, content_type: str = "application/json") -> Any:
        """What the API server answers to the admin, as JSON; ``None`` for 404. Much cheaper than a process of kubectl.

        Raises ``urllib.error.HTTPError`` for any other refusal, with the server's Status as its body.
        """
        request = self._request(path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", content_type)
        try:
            with self._http.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            if refusal.code == HTTPStatus.NOT_FOUND:
                return None
            raise

    def apply_crds(self, path: Path) -> None:
        """Apply CustomResourceDefinitions and wait until the server serves each of them.

        ``path`` is a file, a directory of files, or a directory with a ``kustomization.yaml``.
        """
        source = "kustomize" if (path / "kustomization.yaml").exists() else "filename"
        answer = json.loads(self.kubectl("apply", "--server-side", f"--{source}={path}", "--output=json"))
        for definition in answer.get("items", [answer]):
            name, spec = definition["metadata"]["name"], definition["spec"]
            self._wait_for(partial(self._is_established, name), f"{name} to be established")
            for version in (served["name"] for served in spec["versions"] if served["served"]):
                self._wait_until_served(spec["group"], version, spec["names"]["plural"])
        # What kubectl knew before: it would go on not knowing the new kinds.
        shutil.rmtree(self.directory / _KUBECTL_CACHE, ignore_errors=True)

    def audit_events(self, user: str | None = None, *, namespace: str | None = None) -> list[AuditEvent]:
        """All requests so far, or those of one user or in one namespace.

        A request is logged when its answer has been sent: who looks right after an answer may be a moment too early.
        """
        log = self._audit_log.read_text(encoding="utf-8") if self._audit_log.exists() else ""
        events = audit.parse(log, mentioning=f'"{namespace}"' if namespace else "")
        return [event for event in events if user in (None, event.user) and namespace in (None, event.namespace)]

    # Life and death.

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """End all servers, those first that use the others. Safe to call twice."""
        for name in ("kube-controller-manager", "kube-apiserver", "etcd"):
            if process := self._processes.pop(name, None):
                process.stop()
        if self._temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def failed(self) -> str | None:
        """The name and the end of the log of a server that ended unasked; ``None`` while all run."""
        for name, process in self._processes.items():
            if process.exit_status is not None:
                return f"{name} ended with status {process.exit_status}:\n{process.log_tail()}"
        return None

    def apiserver_stop(self) -> None:
        """An outage: connections break, new ones are refused. What etcd holds stays."""
        self._processes.pop("kube-apiserver").stop()

    def apiserver_start(self) -> None:
        """The end of an outage, at the same address; returns when the server is ready."""
        self._start_apiserver()
        self._wait_until_ready()

    def apiserver_restart(self) -> None:
        """An outage of some three seconds."""
        self.apiserver_stop()
        self.apiserver_start()

    def _start_servers(self, *, controller_manager: bool) -> None:
        started = time.monotonic()
        for attempt in range(1, START_ATTEMPTS + 1):
            try:
                self._start_storage_and_api()
                break
            except ControlPlaneFailed as failure:
                if _PORT_TAKEN not in str(failure) or attempt == START_ATTEMPTS:
                    raise
                self._forget_attempt()
        if controller_manager:
            command = commands.kube_controller_manager(self.binaries, kubeconfig=self.kubeconfig_for(CONTROLLER_MANAGER))
            self._run("kube-controller-manager", command)
        self.ready_seconds = time.monotonic() - started

    def _start_storage_and_api(self) -> None:
        self._etcd_port, peer_port, self._secure_port = free_ports(3)
        command = commands.etcd(
            self.binaries,
            directory=self.directory / "etcd",
            client_port=self._etcd_port,
            peer_port=peer_port,
        )
        self._run("etcd", command)
        self._start_apiserver()
        self._wait_until_ready()

    def _start_apiserver(self) -> None:
        command = commands.kube_apiserver(
            self.binaries,
            access=self._access,
            etcd_port=self._etcd_port,
            secure_port=self._secure_port,
            audit_policy=self._audit_policy,
            audit_log=self._audit_log,
        )
        self._run("kube-apiserver", command)

    def _run(self, name: str, command: Sequence[str]) -> None:
        log = self.directory / "logs" / f"{name}.log"
        self._processes[name] = SupervisedProcess(command, log=log, grace_seconds=2.0)

    def _forget_attempt(self) -> None:
        for process in self._processes.values():
            process.stop()
            process.log.unlink()
        self._processes.clear()
        shutil.rmtree(self.directory / "etcd", ignore_errors=True)

    # Readiness.

    def _wait_until_ready(self) -> None:
        self._wait_for(lambda: self._get("/readyz") is not None, "the API server to be ready")
        # Made by a controller inside the server, a moment later.
        self._wait_for(lambda: self._get("/api/v1/namespaces/default") is not None, "namespace default")

    def _is_established(self, name: str) -> bool:
        # kubectl wait fails on a definition that has no conditions yet, and a moment after its creation it has none.
        definition = self.request("GET", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}") or {}
        conditions = definition.get("status", {}).get("conditions") or []
        return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)

    def _wait_until_served(self, group: str, version: str, plural: str) -> None:
        def served() -> bool:
            answer = self._get("/apis", accept=_AGGREGATED_DISCOVERY)
            groups = json.loads(answer)["items"] if answer else []
            versions = [each for found in groups if found["metadata"]["name"] == group for each in found["versions"]]
            if plural not in {each["resource"] for found in versions if found["version"] == version for each in found["resources"]}:
                return False
            # Discovery shows a kind before its storage is ready, and until then the server answers 429.
            return self._get(f"/apis/{group}/{version}/{plural}?limit=1") is not None

        self._wait_for(served, f"{plural}.{version}.{group} to be served")

    def _wait_for(self, condition: Callable[[], bool], awaited: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not condition():
            if failure := self.failed():
                raise ControlPlaneFailed(failure)
            if time.monotonic() > deadline:
                logs = "\n".join(f"{name}:\n{process.log_tail()}" for name, process in self._processes.items())
                raise ControlPlaneFailed(f"waited {READY_SECONDS:.0f} s for {awaited}\n{logs}")
            time.sleep(0.05)

    def _get(self, path: str, *, accept: str = "application/json") -> bytes | None:
        """The body of an answer 200 to the admin; ``None`` for any other, or none."""
        request = self._request(path)
        request.add_header("Accept", accept)
        try:
            with self._http.open(request, timeout=2) as answer:
                body: Any = answer.read()
                return bytes(body)
        except OSError:  # refused, reset, or an HTTPError, which is one too
            return None

    def _request(self, path: str, *, method: str = "GET") -> urllib.request.Request:
        headers = {"Authorization": f"Bearer {self._access.tokens[ADMIN]}"}
        return urllib.request.Request(self.url + path, method=method, headers=headers)
