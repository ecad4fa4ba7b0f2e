"""The command line of each server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from controlplane.access import Access
from controlplane.binaries import Binaries
from controlplane.processes import LOOPBACK

SERVICE_RANGE: Final = "10.0.0.0/24"
CONTROLLERS: Final = ("namespace-controller", "garbage-collector-controller")
"""What deletes a namespace with all that is in it, and objects whose owner is gone."""


def etcd(binaries: Binaries, *, directory: Path, client_port: int, peer_port: int) -> list[str]:
    """One member, without encryption: it listens on loopback for one client."""
    client, peer = (f"http://{LOOPBACK}:{port}" for port in (client_port, peer_port))
    flags = {
        "data-dir": directory,
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"default={peer}",
        "unsafe-no-fsync": "true",  # nothing here is to survive a power cut
        "log-level": "error",
    }
    return _command(binaries.etcd, flags)


def kube_apiserver(
    binaries: Binaries, *, access: Access, etcd_port: int, secure_port: int, audit_policy: Path, audit_log: Path
) -> list[str]:
    """Default admission, RBAC on, every request in the audit log."""
    flags = {
        "etcd-servers": f"http://{LOOPBACK}:{etcd_port}",
        "bind-address": LOOPBACK,
        "advertise-address": LOOPBACK,
        "secure-port": secure_port,
        "endpoint-reconciler-type": "none",  # it would refuse to publish a loopback address
        "tls-cert-file": access.certificate,
        "tls-private-key-file": access.private_key,
        "cert-dir": access.certificate.parent,
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": access.service_account_key,
        "service-account-signing-key-file": access.service_account_key,
        "service-cluster-ip-range": SERVICE_RANGE,
        "token-auth-file": access.token_file,
        "authorization-mode": "RBAC",
        # No controller makes the service account that each pod would have to name.
        "disable-admission-plugins": "ServiceAccount",
        "audit-policy-file": audit_policy,
        "audit-log-path": audit_log,
        "audit-log-mode": "blocking",
        "audit-log-maxsize": 10_000,  # megabytes; a rotated log would hide its beginning
        "profiling": "false",
    }
    return _command(binaries.kube_apiserver, flags)


def kube_controller_manager(binaries: Binaries, *, kubeconfig: Path) -> list[str]:
    """Only the ``CONTROLLERS``."""
    flags = {
        "kubeconfig": kubeconfig,
        "controllers": ",".join(CONTROLLERS),
        "leader-elect": "false",
        "secure-port": 0,
        "profiling": "false",
    }
    return _command(binaries.kube_controller_manager, flags)


def _command(program: Path, flags: Mapping[str, object]) -> list[str]:
    return [str(program), *(f"--{name}={value}" for name, value in flags.items())]
