"""A real Kubernetes control plane on loopback: etcd, kube-apiserver and, on request, kube-controller-manager.

Tests and the demo talk to the same programs that run in production, because only these enforce CEL rules, defaulting,
status isolation, RBAC and conflicts. ``python -m controlplane start`` runs one alone, for manual work.

    with ControlPlane.start() as cluster:
        cluster.apply_crds(Path("crds"))
        cluster.kubectl("apply", "-f", "examples/integration.yaml")
"""

from controlplane.audit import AuditEvent
from controlplane.binaries import Binaries, find_or_build
from controlplane.processes import SupervisedProcess
from controlplane.server import ControlPlane, ControlPlaneFailed, KubectlFailed

__all__ = [
    "AuditEvent",
    "Binaries",
    "ControlPlane",
    "ControlPlaneFailed",
    "KubectlFailed",
    "SupervisedProcess",
    "find_or_build",
]
