"""`--shell`: everything stays, and a person tries it with their own hands."""

from __future__ import annotations

import shlex
import shutil
import time
from pathlib import Path

from demo.narrator import Narrator
from demo.principal import resource_url
from demo.scene import DidNotHappen, Scene

PROMISE = """\
WorkspaceGatewayNetwork, to try by hand: a cluster, an Azure and the operator, left running until Ctrl-C.
"""


def stay(scene: Scene, narrator: Narrator) -> None:
    """Print how to reach everything, and wait for Ctrl-C. Raises `DidNotHappen` when something ends by itself."""
    environment = write_environment(scene)
    narrator.chapter("Now you")
    for line in instructions(scene, environment=environment).splitlines():
        narrator.show(line or " ")
    try:
        while not (failure := _failure(scene)):
            time.sleep(0.5)
    except KeyboardInterrupt:
        narrator.say("\nEnding the operator, Azure and the cluster.")
        return
    raise DidNotHappen(failure)


def write_environment(scene: Scene) -> Path:
    """A file to source: kubectl with its kubeconfig, and ids and certificate for curl. It goes when the demo ends."""
    plane = scene.stage.control_plane
    kubeconfig = plane.directory / "demo-kubeconfig"
    shutil.copy(plane.admin_kubeconfig, kubeconfig)
    plane.kubectl("config", "set-context", "--current", f"--namespace={scene.example.namespace}", kubeconfig=kubeconfig)
    azure = scene.stage.azure
    variables = {
        "KUBECONFIG": str(kubeconfig),
        "KUBECACHEDIR": str(plane.directory / "kubectl-cache"),
        "CURL_CA_BUNDLE": azure.ca,
        "no_proxy": "127.0.0.1",
        "TOKEN": scene.somebody.token,
        "SUBNET": resource_url(azure.url, scene.example.subnet_id),
        "WORLD": f"{azure.url}/_emulator/resources",
        "SUBNET_ID": scene.example.subnet_id,
        "RULE_ID": scene.rules()[-1]["id"],
        "GATEWAY_ID": scene.example.gateway_id,
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    path = plane.directory / "env"
    path.write_text("\n".join([*lines, f'export PATH={shlex.quote(str(plane.binaries.directory))}:"$PATH"', ""]))
    return path


def instructions(scene: Scene, *, environment: Path) -> str:
    """What to type, in the words of `write_environment`."""
    name = scene.example.name
    return f"""\
In another terminal, first:
  source {environment}

Watch:
  kubectl get wgn -o wide --watch
  kubectl events --for wgn/{name} --watch
  kubectl describe wgn {name}

Look into Azure:
  curl -s -H "Authorization: Bearer $TOKEN" "$SUBNET"

Change Azure behind the operator's back. It looks every {scene.example.resync_seconds} s.
  curl -s -X PATCH "$WORLD$SUBNET_ID" -d '{{"properties": {{"delegations": []}}}}'
  curl -s -X PATCH "$WORLD$RULE_ID" -d '{{"properties": {{"access": "Deny"}}}}'
  curl -s -X DELETE "$WORLD$RULE_ID"

Ask it to look now:
  kubectl annotate wgn {name} --overwrite workspacegateway.dev/reconcile-requested-at="$(date +%s.%N)"

Let a gateway move in, try to delete the resource, and let the gateway move out:
  curl -s -X PUT "$WORLD$GATEWAY_ID" -d '{{"location": "UK South", "properties": {{"virtualNetworkType": "External", "provisioningState": "Succeeded", "backend": {{"subnet": {{"id": "'"$SUBNET_ID"'"}}}}}}}}'
  kubectl delete wgn {name}
  curl -s -X DELETE "$WORLD$GATEWAY_ID"

Operator's log: {scene.stage.operator.log if scene.stage.operator else "none"}
Ctrl-C here ends it all."""


def _failure(scene: Scene) -> str | None:
    """What ended unasked."""
    operator = scene.stage.operator
    if operator and operator.exit_status is not None:
        return f"The operator ended with status {operator.exit_status}."
    return scene.stage.control_plane.failed()
