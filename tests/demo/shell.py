"""`--shell`: everything stays, and a person tries it with their own hands."""

from __future__ import annotations

import json
import shlex
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from demo import world
from demo.narrator import Narrator
from demo.scene import DidNotHappen, Scene

PROMISE = """\
WorkspaceGatewayNetwork, to try by hand: a cluster, an Azure and the operator, left running until Ctrl-C.
"""

_LOOK_SECONDS = 0.5


def stay(scene: Scene, narrator: Narrator) -> None:
    """Print how to reach everything, and wait for Ctrl-C. Raises `DidNotHappen` when something ends by itself."""
    environment = write_environment(scene)
    narrator.chapter("Now you")
    narrator.print_as_is(instructions(scene, environment=environment))
    try:
        while not (failure := _failure(scene)):
            time.sleep(_LOOK_SECONDS)
    except KeyboardInterrupt:
        narrator.say("\nEnding the operator, Azure and the cluster.")
        return
    raise DidNotHappen(failure)


def write_environment(scene: Scene) -> Path:
    """A file to source, for kubectl and curl. It goes when the demo ends."""
    plane, azure = scene.stage.control_plane, scene.stage.azure
    kubeconfig = plane.directory / "demo-kubeconfig"
    shutil.copy(plane.admin_kubeconfig, kubeconfig)
    plane.kubectl("config", "set-context", "--current", f"--namespace={scene.example.namespace}", kubeconfig=kubeconfig)
    gateway = plane.directory / "gateway.json"
    gateway.write_text(json.dumps(world.gateway(scene.example), indent=2))
    variables = {
        "KUBECONFIG": str(kubeconfig),
        "KUBECACHEDIR": str(plane.directory / "kubectl-cache"),
        "CURL_CA_BUNDLE": azure.ca,
        "no_proxy": "127.0.0.1",
        "JSON": "Content-Type: application/json",
        "AZURE": f"{azure.url}/_emulator/resources",
        "SUBNET": scene.example.subnet_id,
        "RULE": scene.rules()[-1]["id"],
        "GATEWAY": scene.example.gateway_id,
        "GATEWAY_BODY": str(gateway),
    }
    path = plane.directory / "env"
    path.write_text(environment_lines(variables, programs=plane.binaries.directory))
    return path


def environment_lines(variables: Mapping[str, str], *, programs: Path) -> str:
    """Shell text that exports variables, and puts a directory of programs first in PATH."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join([*lines, f'export PATH={shlex.quote(str(programs))}:"$PATH"', ""])


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
  tail -f {scene.stage.operator.log if scene.stage.operator else ""}

Look into Azure:
  curl -s "$AZURE$SUBNET" | python3 -m json.tool

Change Azure behind the operator's back; it looks every {scene.example.resync_seconds} s:
  curl -s -X PATCH -H "$JSON" "$AZURE$SUBNET" -d '{{"properties": {{"delegations": []}}}}'
  curl -s -X PATCH -H "$JSON" "$AZURE$RULE" -d '{{"properties": {{"access": "Deny"}}}}'
  curl -s -X DELETE "$AZURE$RULE"

Ask it to look now:
  kubectl annotate wgn {name} workspacegateway.dev/reconcile-requested-at=$(date +%s) --overwrite

Let a gateway move in, try to delete the resource, let the gateway move out:
  curl -s -X PUT -H "$JSON" "$AZURE$GATEWAY" -d @"$GATEWAY_BODY"
  kubectl delete wgn {name}
  curl -s -X DELETE "$AZURE$GATEWAY"

Ctrl-C here ends it all."""


def _failure(scene: Scene) -> str | None:
    """What ended unasked."""
    operator = scene.stage.operator
    if operator and operator.exit_status is not None:
        return f"The operator ended with status {operator.exit_status}."
    return scene.stage.control_plane.failed()
