"""Dependencies are declared, locked with hashes and without addresses, and have a reason."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ["az.txt", "build.txt", "dev.txt", "node.txt", "run.txt"]
NPM = ROOT / "tests" / "oracles" / "openapi" / "validator"

ENTRY = re.compile(r"^(?P<requirement>[^\s#][^\\]*?) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def declared(*groups: str) -> list[Requirement]:
    """What these dependency groups ask for, groups within groups included."""
    found: list[Requirement] = []
    for group in groups:
        for entry in PROJECT["dependency-groups"][group]:
            found += [Requirement(entry)] if isinstance(entry, str) else declared(entry["include-group"])
    return found


SHIPPED = [Requirement(entry) for entry in PROJECT["project"]["dependencies"]]
DECLARED = {
    "az.txt": declared("az"),
    "build.txt": declared("build"),
    "dev.txt": [*SHIPPED, *declared("dev")],
    "node.txt": declared("node"),
    "run.txt": SHIPPED,
}


def lock(name: str) -> str:
    return (ROOT / "requirements" / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, Requirement]:
    """Canonical name to the locked requirement, as in ``cffi==2.1.1 ; platform_python_implementation != 'PyPy'``."""
    entries = [Requirement(match["requirement"]) for match in ENTRY.finditer(lock(name))]
    return {canonicalize_name(entry.name): entry for entry in entries}


def version(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return specifier.version


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_pins_hashes_and_comments_only(name: str) -> None:
    rest = ENTRY.sub("", lock(name))
    assert [line for line in rest.splitlines() if not line.lstrip().startswith("#")] == []
    assert len(pins(name)) == len(ENTRY.findall(lock(name)))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_no_address(name: str) -> None:
    assert "//" not in lock(name)
    assert "--index" not in lock(name)
    assert "--find-links" not in lock(name)


def test_the_locks_were_made_from_these_declarations() -> None:
    check = subprocess.run([sys.executable, "requirements/lock.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (check.returncode, check.stderr) == (0, "")


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_locked_meets_what_is_declared(name: str) -> None:
    locked = pins(name)
    unmet = [
        str(wanted)
        for wanted in DECLARED[name]
        if not (pin := locked.get(canonicalize_name(wanted.name))) or version(pin) not in wanted.specifier
    ]
    assert unmet == []


def test_development_uses_the_versions_that_ship() -> None:
    development = pins("dev.txt")
    differing = {name: str(pin) for name, pin in pins("run.txt").items() if str(development.get(name)) != str(pin)}
    assert differing == {}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_supported_python_gets_all_that_is_declared(python: str) -> None:
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    for name in LOCKS:
        locked = pins(name)
        for wanted in DECLARED[name]:
            marker: Marker | None = locked[canonicalize_name(wanted.name)].marker
            assert marker is None or marker.evaluate({**environment, "sys_platform": "linux"}), wanted


def test_the_classifiers_name_every_supported_python() -> None:
    wanted = PROJECT["project"]["requires-python"]
    assert wanted == ">=3.11,<3.14"
    prefix = "Programming Language :: Python :: 3."
    minors = [entry.removeprefix(prefix) for entry in PROJECT["project"]["classifiers"] if entry.startswith(prefix)]
    assert minors == ["11", "12", "13"]


def test_the_npm_lock_pins_what_is_declared_with_hashes_and_without_addresses() -> None:
    declared_there = json.loads((NPM / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages: dict[str, dict[str, str]] = json.loads((NPM / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages.pop("")["dependencies"] == declared_there
    assert {name: packages[f"node_modules/{name}"]["version"] for name in declared_there} == declared_there
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_every_dependency_has_its_reason_and_every_reason_its_dependency() -> None:
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    reasons = {name: reason.strip() for name, reason in rows if name != "package"}
    npm = json.loads((NPM / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert reasons.keys() == {canonicalize_name(wanted.name) for wants in DECLARED.values() for wanted in wants} | npm.keys()
    assert all(len(reason.split()) > 3 for reason in reasons.values())
