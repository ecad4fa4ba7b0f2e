"""What `kubectl apply -k deploy/kustomize/base` brings into a cluster, judged by Kubernetes itself."""

import copy
import json
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import kubernetes_validate
import pytest
import yaml

from controlplane import ControlPlane, KubectlFailed, find_or_build

ROOT = Path(__file__).parents[2]
BASE = ROOT / "deploy" / "kustomize" / "base"
NAME = "workspace-gateway-network"
ACCOUNT = f"system:serviceaccount:{NAME}:{NAME}"

pytestmark = pytest.mark.xdist_group("deploy")

Manifest: TypeAlias = dict[str, Any]


def render(directory: Path) -> list[Manifest]:
    command: list[str | Path] = [find_or_build().kubectl, "kustomize", directory]
    rendered = subprocess.run(command, capture_output=True, text=True, check=True)
    assert rendered.stderr == ""
    return list(yaml.safe_load_all(rendered.stdout))


@pytest.fixture(scope="module")
def manifests() -> list[Manifest]:
    return render(BASE)


def one(manifests: list[Manifest], kind: str) -> Manifest:
    (found,) = (manifest for manifest in manifests if manifest["kind"] == kind)
    return found


def pod(manifests: list[Manifest]) -> Manifest:
    """The pod that the Deployment's controller would make, by a name of its own."""
    template = copy.deepcopy(one(manifests, "Deployment")["spec"]["template"])
    template["metadata"] |= {"name": NAME, "namespace": NAME}
    return {"apiVersion": "v1", "kind": "Pod", **template}


@pytest.fixture(scope="module")
def cluster() -> Iterator[ControlPlane]:
    """A cluster with the base applied."""
    with ControlPlane.start() as cluster:
        cluster.apply_crds(ROOT / "crds" / "workspacegatewaynetworks.yaml")
        cluster.kubectl("apply", f"--kustomize={BASE}")
        yield cluster


def test_it_brings_these_objects_and_no_other(manifests: list[Manifest]) -> None:
    assert sorted(manifest["kind"] for manifest in manifests) == [
        "ClusterRole",
        "ClusterRoleBinding",
        "ConfigMap",
        "CustomResourceDefinition",
        "Deployment",
        "Namespace",
        "ServiceAccount",
    ]


@pytest.mark.parametrize("version", ["1.32", "1.37"])
def test_the_schemas_of_the_oldest_and_the_newest_kubernetes_accept_it(manifests: list[Manifest], version: str) -> None:
    for manifest in manifests:
        kubernetes_validate.validate(manifest, version, strict=True)


def test_the_cluster_role_is_the_least_that_works(manifests: list[Manifest]) -> None:
    assert one(manifests, "ClusterRole")["rules"] == [
        {
            "apiGroups": ["workspacegateway.dev"],
            "resources": ["workspacegatewaynetworks"],
            "verbs": ["get", "list", "watch", "patch"],
        },
        {
            "apiGroups": ["workspacegateway.dev"],
            "resources": ["workspacegatewaynetworks/status"],
            "verbs": ["patch"],
        },
        {"apiGroups": ["events.k8s.io"], "resources": ["events"], "verbs": ["create", "patch"]},
    ]


@pytest.mark.parametrize(
    ("verb", "resource", "answer"),
    [
        ("watch", "workspacegatewaynetworks.workspacegateway.dev", "yes"),
        ("patch", "workspacegatewaynetworks.workspacegateway.dev/status", "yes"),
        ("create", "events.events.k8s.io", "yes"),
        ("delete", "workspacegatewaynetworks.workspacegateway.dev", "no"),
        ("create", "events", "no"),
        ("get", "secrets", "no"),
        ("list", "namespaces", "no"),
        ("list", "customresourcedefinitions.apiextensions.k8s.io", "no"),
        ("create", "leases.coordination.k8s.io", "no"),
    ],
    ids=str,
)
def test_the_binding_gives_the_operators_account_that_and_no_more(cluster: ControlPlane, verb: str, resource: str, answer: str) -> None:
    resource, _, subresource = resource.partition("/")
    question = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": ACCOUNT,
            "resourceAttributes": {
                "namespace": "default",
                "verb": verb,
                "resource": resource.partition(".")[0],
                "group": resource.partition(".")[2],
                "subresource": subresource,
            },
        },
    }
    review = json.loads(cluster.kubectl("create", "--filename=-", "--output=json", input=json.dumps(question)))
    assert review["status"]["allowed"] is (answer == "yes")


def test_admission_takes_the_pod_in_a_restricted_namespace(cluster: ControlPlane, manifests: list[Manifest]) -> None:
    labels = one(manifests, "Namespace")["metadata"]["labels"]
    assert {mode: labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {
        "enforce": "restricted",
        "audit": "restricted",
        "warn": "restricted",
    }
    cluster.kubectl("create", "--dry-run=server", "--filename=-", input=json.dumps(pod(manifests)))


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("runAsNonRoot", "runAsNonRoot != true"),
        ("seccompProfile", "seccompProfile"),
        ("allowPrivilegeEscalation", "allowPrivilegeEscalation != false"),
        ("capabilities", "unrestricted capabilities"),
    ],
)
def test_admission_would_refuse_a_pod_with_less(cluster: ControlPlane, manifests: list[Manifest], path: str, complaint: str) -> None:
    weaker = pod(manifests)
    removed = [
        context.pop(path, None) for context in (weaker["spec"]["securityContext"], weaker["spec"]["containers"][0]["securityContext"])
    ]
    assert any(removed) or False in removed
    with pytest.raises(KubectlFailed, match=complaint):
        cluster.kubectl("create", "--dry-run=server", "--filename=-", input=json.dumps(weaker))


def test_the_container_writes_to_a_temporary_folder_only(manifests: list[Manifest]) -> None:
    spec = pod(manifests)["spec"]
    (container,) = spec["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]
    assert spec["volumes"] == [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}]


def test_there_is_never_more_than_one_writer(manifests: list[Manifest]) -> None:
    spec = one(manifests, "Deployment")["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_the_probes_ask_the_documented_port(manifests: list[Manifest]) -> None:
    (container,) = pod(manifests)["spec"]["containers"]
    assert container["ports"] == [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}


def test_the_image_is_of_this_version_and_starts_the_operator(manifests: list[Manifest]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    (container,) = pod(manifests)["spec"]["containers"]
    assert container["image"] == f"workspace-gateway-network:{version}"
    assert container["args"] == ["run"]
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert f"\nARG VERSION={version}\n" in dockerfile
    assert '\nENTRYPOINT ["wgn"]\n' in dockerfile


def test_the_cluster_id_is_asked_for_and_never_guessed(manifests: list[Manifest]) -> None:
    settings = one(manifests, "ConfigMap")
    assert settings["data"] == {"WGN_CLUSTER_ID": ""}
    (container,) = pod(manifests)["spec"]["containers"]
    assert container["envFrom"] == [{"configMapRef": {"name": settings["metadata"]["name"]}}]


def yaml_blocks(document: str) -> list[str]:
    return [block.split("```")[0] for block in (ROOT / document).read_text(encoding="utf-8").split("```yaml\n")[1:]]


def render_overlay(tmp_path: Path, kustomization: str, **files: str) -> list[Manifest]:
    for folder in ("crds", "deploy"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    directory = tmp_path / "overlay"
    directory.mkdir()
    for name, text in {"kustomization": kustomization.replace("../base", "../deploy/kustomize/base"), **files}.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    return render(directory)


def test_the_readmes_overlay_sets_what_is_asked_for(tmp_path: Path) -> None:
    manifests = render_overlay(tmp_path, yaml_blocks("deploy/kustomize/README.md")[0])
    assert one(manifests, "ConfigMap")["data"] == {"WGN_CLUSTER_ID": "prod-uk-1"}
    (container,) = pod(manifests)["spec"]["containers"]
    assert container["image"] == "registry.example.com/workspace-gateway-network:0.1.0"
    assert one(manifests, "ServiceAccount")["metadata"]["annotations"] == {
        "azure.workload.identity/client-id": "6f1c2d3e-8a4b-4c5d-9e6f-7a8b9c0d1e2f"
    }


def test_with_the_readmes_addition_the_operator_reads_the_scopes(tmp_path: Path) -> None:
    overlay, addition = map(yaml.safe_load, yaml_blocks("deploy/kustomize/README.md"))
    overlay["configMapGenerator"] += addition["configMapGenerator"]
    overlay["patches"] += addition["patches"]
    (scopes,) = yaml_blocks("docs/scopes.md")
    manifests = render_overlay(tmp_path, yaml.safe_dump(overlay), scopes=scopes)

    settings, file = (manifest for manifest in manifests if manifest["kind"] == "ConfigMap")
    assert settings["data"] == {
        "WGN_CLUSTER_ID": "prod-uk-1",
        "WGN_SCOPES": "/etc/workspace-gateway-network/scopes.yaml",
    }
    assert file["data"] == {"scopes.yaml": scopes}
    spec = pod(manifests)["spec"]
    (container,) = spec["containers"]
    assert spec["volumes"][-1] == {"name": "scopes", "configMap": {"name": file["metadata"]["name"]}}
    assert container["volumeMounts"][-1] == {"name": "scopes", "mountPath": "/etc/workspace-gateway-network", "readOnly": True}
