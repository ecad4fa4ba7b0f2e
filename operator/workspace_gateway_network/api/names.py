"""The names under which Kubernetes knows the custom resource and everything that belongs to it."""

GROUP = "workspacegateway.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"
KIND = "WorkspaceGatewayNetwork"
PLURAL = "workspacegatewaynetworks"
SINGULAR = "workspacegatewaynetwork"
SHORT_NAME = "wgn"

FINALIZER = f"{GROUP}/finalizer"
"""On a resource only while its deletion would have something to do in Azure."""

RECONCILE_REQUESTED_AT = f"{GROUP}/reconcile-requested-at"
"""Annotation, read only: any new value asks for a reconcile now, and is answered in `status.lastHandledReconcileAt`."""

DELETION_POLICY_OVERRIDE = f"{GROUP}/deletion-policy-override"
"""Annotation, read only: `Retain` lets a stuck deletion finish without touching Azure."""
