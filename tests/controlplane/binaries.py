"""The programs of the control plane: those in ``KUBEBUILDER_ASSETS``, else built once from our ``go.mod`` and kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from controlplane.gomodule import BinariesMissing, GoModule
from controlplane.toolchain import MODULE

__all__ = ["PACKAGES", "Binaries", "BinariesMissing", "find_or_build", "kubernetes_version"]

PACKAGES: Final[Mapping[str, str]] = {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "etcd": "go.etcd.io/etcd/server/v3",
}
"""Program to the Go package that it is built from."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """Programs in one directory. Each attribute raises ``BinariesMissing`` when its program isn't there."""

    directory: Path

    @property
    def kube_apiserver(self) -> Path:
        return self._program("kube-apiserver")

    @property
    def kube_controller_manager(self) -> Path:
        return self._program("kube-controller-manager")

    @property
    def kubectl(self) -> Path:
        return self._program("kubectl")

    @property
    def etcd(self) -> Path:
        return self._program("etcd")

    def _program(self, name: str) -> Path:
        path = self.directory / name
        if not os.access(path, os.X_OK):
            raise BinariesMissing(f"there is no program {name} in {self.directory}")
        return path


def find_or_build() -> Binaries:
    """Return at once when the programs are there; else say what is to come, and build them (minutes).

    With ``KUBEBUILDER_ASSETS`` set nothing is built. Raises ``BinariesMissing`` or ``toolchain.ToolchainMissing``.
    """
    if assets := os.environ.get("KUBEBUILDER_ASSETS"):
        binaries = Binaries(Path(assets))
        _ = (binaries.kube_apiserver, binaries.etcd, binaries.kubectl)
        return binaries
    return Binaries(_module().find_or_build())


def kubernetes_version() -> str:
    """Such as ``v1.36.3``; go.mod says it."""
    return _module().version


def _module() -> GoModule:
    module = GoModule(
        name="control plane",
        source=MODULE,
        programs=PACKAGES,
        requirement="k8s.io/kubernetes",
        product="Kubernetes",
        core_minutes=11,
    )
    # Unless told, the programs don't know their version, and kubectl refuses to compare it.
    return replace(module, linker_flags=f"-s -w -X k8s.io/component-base/version.gitVersion={module.version}")
