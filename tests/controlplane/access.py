"""Who may talk to the API server, and how: its certificates, its users with their tokens, and kubeconfigs."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from controlplane.processes import LOOPBACK

ADMIN: Final = "admin"
"""The user in ``system:masters``, whom RBAC never asks."""

CONTROLLER_MANAGER: Final = "system:kube-controller-manager"
"""As mighty here, but another name in the audit log."""

_ALMIGHTY: Final = {user: ["system:masters"] for user in (ADMIN, CONTROLLER_MANAGER)}
_SERVICE_IP: Final = "10.0.0.1"
"""Of the service ``default/kubernetes``: the first address of ``commands.SERVICE_RANGE``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Files that the API server reads at start, and the tokens in them."""

    ca: Path
    certificate: Path
    private_key: Path
    service_account_key: Path
    token_file: Path
    tokens: Mapping[str, str]
    """User to bearer token."""


def create(directory: Path, *, users: Mapping[str, Sequence[str]]) -> Access:
    """Write everything into ``directory``, which must exist. ``users``: name to groups, besides the admin."""
    groups = {**users, **_ALMIGHTY}
    ca = trustme.CA()
    server = ca.issue_cert(LOOPBACK, "localhost", "kubernetes.default.svc", _SERVICE_IP)
    access = Access(
        ca=directory / "ca.pem",
        certificate=directory / "apiserver.pem",
        private_key=directory / "apiserver-key.pem",
        service_account_key=directory / "service-account-key.pem",
        token_file=directory / "tokens.csv",
        tokens={user: secrets.token_urlsafe(24) for user in groups},
    )
    ca.cert_pem.write_to_path(access.ca)
    _write_private(access.certificate, b"".join(blob.bytes() for blob in server.cert_chain_pems))
    _write_private(access.private_key, server.private_key_pem.bytes())
    _write_private(access.service_account_key, _rsa_key())
    _write_private(access.token_file, _token_lines(access.tokens, groups).encode())
    return access


def write_kubeconfig(path: Path, *, url: str, ca: Path, user: str, token: str, namespace: str) -> None:
    """A kubeconfig that needs no other file. Written as JSON, which every YAML parser reads."""
    name = "control-plane"
    cluster = {"server": url, "certificate-authority-data": base64.b64encode(ca.read_bytes()).decode()}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user, "namespace": namespace}}],
    }
    _write_private(path, json.dumps(document, indent=2).encode())


def _rsa_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _token_lines(tokens: Mapping[str, str], groups: Mapping[str, Sequence[str]]) -> str:
    """Token, user, uid, groups (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file)."""
    return "".join(f'{token},"{user}","{user}","{",".join(groups[user])}"\n' for user, token in tokens.items())


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
