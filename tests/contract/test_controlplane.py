"""What other tests rely on when they talk to the control plane: it is a real one, and it leaves nothing behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from controlplane import AuditEvent, ControlPlane, ControlPlaneFailed, KubectlFailed, server
from controlplane.processes import free_ports

T = TypeVar("T")

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "workspacegatewaynetworks.workspacegateway.dev"},
    "spec": {
        "group": "workspacegateway.dev",
        "scope": "Namespaced",
        "names": {"plural": "workspacegatewaynetworks", "kind": "WorkspaceGatewayNetwork", "shortNames": ["wgn"]},
        "versions": [
            {
                "name": "v1test",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {"prefix": {"type": "string"}},
                                "x-kubernetes-validations": [{"rule": "isCIDR(self.prefix)", "message": "prefix must be a CIDR"}],
                            },
                            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                        },
                    }
                },
            }
        ],
    },
}
"""The operator's resource in name, and in nothing else."""


def network(name: str, *, prefix: str = "10.0.0.0/24", namespace: str = "default") -> str:
    metadata = {"name": name, "namespace": namespace}
    spec = {"prefix": prefix}
    kind = {"apiVersion": "workspacegateway.dev/v1test", "kind": "WorkspaceGatewayNetwork"}
    return json.dumps({**kind, "metadata": metadata, "spec": spec})


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    home = tmp_path_factory.mktemp("plane")
    users = {"alice": ["gardeners"]}
    with ControlPlane.start(directory=home / "run", controller_manager=True, users=users) as started:
        (home / "crds").mkdir()
        (home / "crds" / "networks.json").write_text(json.dumps(CRD))
        started.apply_crds(home / "crds")
        yield started


def until(look: Callable[[], T], *, seconds: float = 30.0) -> T:
    """What ``look`` returns, once that is true."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not in time: {seen!r}"
        time.sleep(0.05)
    return seen


def processes_of(directory: Path) -> list[str]:
    """Command lines that name the directory."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(directory) in command:
            found.append(command)
    return found


def test_it_is_ready_in_less_than_ten_seconds(plane: ControlPlane) -> None:
    assert 0 < plane.ready_seconds < 10
    assert plane.kubectl("get", "--raw", "/readyz") == "ok"
    assert json.loads(plane.kubectl("version", "--output=json"))["serverVersion"]["major"] == "1"


def test_cel_rules_are_enforced(plane: ControlPlane) -> None:
    with pytest.raises(KubectlFailed, match="prefix must be a CIDR"):
        plane.kubectl("create", "-f-", input=network("bad", prefix="10.0.0.0/33"))


def test_an_unknown_user_may_do_nothing(plane: ControlPlane) -> None:
    alice = plane.kubeconfig_for("alice")
    with pytest.raises(KubectlFailed) as failure:
        plane.kubectl("get", "wgn", kubeconfig=alice)
    assert 'User "alice" cannot list resource "workspacegatewaynetworks" in API group "workspacegateway.dev"' in failure.value.stderr
    refused = until(lambda: [event for event in plane.audit_events("alice") if event.resource])
    assert {(event.verb, event.resource, event.code) for event in refused} == {("list", "workspacegatewaynetworks", 403)}


def test_a_user_has_its_groups(plane: ControlPlane) -> None:
    review = json.loads(plane.kubectl("auth", "whoami", "-ojson", kubeconfig=plane.kubeconfig_for("alice")))
    assert review["status"]["userInfo"]["groups"] == ["gardeners", "system:authenticated"]


def test_a_service_account_has_exactly_the_rights_of_its_role(plane: ControlPlane) -> None:
    plane.kubectl("create", "namespace", "rights")
    plane.kubectl("create", "serviceaccount", "reader", "-nrights")
    plane.kubectl("create", "role", "reader", "-nrights", "--verb=list", "--resource=configmaps")
    plane.kubectl("create", "rolebinding", "reader", "-nrights", "--role=reader", "--serviceaccount=rights:reader")
    reader = plane.service_account_kubeconfig("rights", "reader")
    # The server's authoriser sees a new binding a moment later.
    until(lambda: plane.kubectl("auth", "can-i", "list", "cm", "-nrights", "--as=system:serviceaccount:rights:reader"))
    assert "kube-root-ca.crt" not in plane.kubectl("get", "configmaps", kubeconfig=reader)
    with pytest.raises(KubectlFailed, match='"system:serviceaccount:rights:reader" cannot list resource "secrets"'):
        plane.kubectl("get", "secrets", kubeconfig=reader)


def test_a_service_account_that_is_not_there_gets_no_token(plane: ControlPlane) -> None:
    with pytest.raises(KubectlFailed, match='serviceaccounts "nobody" not found'):
        plane.service_account_kubeconfig("default", "nobody")


def test_the_audit_log_has_both_bodies_of_a_status_write(plane: ControlPlane) -> None:
    plane.kubectl("create", "-f-", input=network("audited"))
    patch = {"status": {"observedGeneration": 1}}
    plane.kubectl("patch", "wgn", "audited", "--subresource=status", "--type=merge", "-p", json.dumps(patch))

    def status_writes() -> list[AuditEvent]:
        # kubectl reads the subresource before it writes.
        return [event for event in plane.audit_events("admin") if event.subresource == "status" and event.verb != "get"]

    (write,) = until(status_writes)
    assert (write.verb, write.group, write.resource) == ("patch", "workspacegateway.dev", "workspacegatewaynetworks")
    assert (write.namespace, write.name, write.code) == ("default", "audited", 200)
    assert write.request_object == patch
    assert write.response_object["status"] == {"observedGeneration": 1}


def test_the_audit_log_has_the_request_of_other_writes(plane: ControlPlane) -> None:
    plane.kubectl("create", "-f-", input=network("labelled"))
    plane.kubectl("label", "wgn", "labelled", "who=me")

    def label_writes() -> list[AuditEvent]:
        events = plane.audit_events("admin")
        return [event for event in events if (event.verb, event.name) == ("patch", "labelled")]

    (write,) = until(label_writes)
    assert write.request_object == {"metadata": {"labels": {"who": "me"}}}
    assert write.response_object is None


def test_a_namespace_is_deleted_with_all_that_is_in_it(plane: ControlPlane) -> None:
    plane.kubectl("create", "namespace", "doomed")
    plane.kubectl("create", "-f-", input=network("inside", namespace="doomed"))
    plane.kubectl("delete", "namespace", "doomed", "--timeout=60s")
    assert {event.verb for event in plane.audit_events("system:kube-controller-manager")} >= {"deletecollection"}
    assert plane.kubectl("get", "wgn", "-ndoomed", "--ignore-not-found") == ""


def test_a_restart_keeps_address_objects_and_log(plane: ControlPlane) -> None:
    plane.kubectl("create", "-f-", input=network("lasting"))
    address, events = plane.url, len(plane.audit_events())
    plane.apiserver_stop()
    with pytest.raises(KubectlFailed, match="refused"):
        plane.kubectl("get", "wgn", "lasting")
    plane.apiserver_start()
    assert plane.url == address
    assert plane.kubectl("get", "wgn", "lasting", "-oname").strip().endswith("/lasting")
    assert len(plane.audit_events()) > events
    assert plane.failed() is None


def test_a_port_that_somebody_took_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        taken = somebody.getsockname()[1]
        offers = [(taken, *free_ports(2)), (*free_ports(2), taken), free_ports(3)]
        monkeypatch.setattr(server, "free_ports", lambda _count: offers.pop(0))
        with ControlPlane.start(directory=tmp_path / "run") as plane:
            assert plane.kubectl("get", "--raw", "/readyz") == "ok"
    assert offers == []


def test_it_starts_from_nothing(tmp_path: Path) -> None:
    (tmp_path / "rest").touch()
    with pytest.raises(ControlPlaneFailed, match=f"^{tmp_path} is not empty; a control plane starts from nothing$"):
        ControlPlane.start(directory=tmp_path)


def test_a_server_that_cannot_start_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.commands.SERVICE_RANGE", "tea")
    with pytest.raises(ControlPlaneFailed, match=r"(?s)^kube-apiserver ended with status 1:.*service-cluster-ip-range"):
        ControlPlane.start(directory=tmp_path)
    assert processes_of(tmp_path) == []


def test_nothing_is_left_after_the_block() -> None:
    with ControlPlane.start() as plane:
        assert len(processes_of(plane.directory)) == 4, "two servers with a supervisor each"
    assert processes_of(plane.directory) == []
    assert not plane.directory.exists()


def test_nothing_is_left_when_the_process_is_killed(tmp_path: Path) -> None:
    """Also not when the servers were started by a thread, and live on when that thread ends."""
    script = f"""
import threading, time
from pathlib import Path
from typing import TypeVar
from controlplane import ControlPlane

planes = []
thread = threading.Thread(target=lambda: planes.append(
    ControlPlane.start(directory=Path({str(tmp_path / "run")!r}), controller_manager=True)))
thread.start()
thread.join()
print(planes[0].url, planes[0].kubectl("get", "--raw", "/readyz"), flush=True)
time.sleep(600)
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True) as starter:
        try:
            assert starter.stdout is not None
            url, answer = starter.stdout.readline().split()
            assert answer == "ok"
            until(lambda: len(processes_of(tmp_path)) == 7)  # three servers with a supervisor each, and who started them
        finally:
            starter.kill()
    until(lambda: not processes_of(tmp_path))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5)
