"""The wheel as `make wheel` installs it: from the lock that ships, in an environment that knows nothing of this clone."""

import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
INSTALLED = ROOT / ".build" / "wheel"

LOOK = """
import importlib.metadata, json, operator, sys
import workspace_gateway_network
print(json.dumps({
    "versions": {d.name: d.version for d in importlib.metadata.distributions()},
    "files": [str(f) for f in importlib.metadata.files("workspace-gateway-network")],
    "package": workspace_gateway_network.__file__,
    "operator": operator.__file__,
}))
"""


def look() -> dict[str, Any]:
    """What an isolated interpreter (no PYTHONPATH, no current directory) of that environment says of itself."""
    python = INSTALLED / "bin" / "python"
    assert python.exists(), "run 'make wheel' first; 'make test' does"
    answer = subprocess.run([python, "-I", "-c", LOOK], capture_output=True, text=True, check=True, cwd="/")
    return dict(json.loads(answer.stdout))


def test_the_package_comes_from_the_wheel_and_shadows_nothing() -> None:
    seen = look()
    assert seen["package"].startswith(f"{INSTALLED}/lib/")
    assert not seen["operator"].startswith(str(ROOT))


def test_it_holds_every_file_of_the_package_and_no_other() -> None:
    source = ROOT / "operator"
    expected = {
        str(path.relative_to(source))
        for path in (source / "workspace_gateway_network").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = {name for name in look()["files"] if not name.startswith("..") and "__pycache__" not in name}
    assert {name for name in held if ".dist-info/" not in name} == expected


def test_every_package_has_the_version_of_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = {canonicalize_name(name): version for name, version in look()["versions"].items()}
    assert installed.pop(project["name"]) == project["version"]
    locked = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for line in (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8").splitlines()
        if line and line[0] not in "# "
        for pin in [Requirement(line.removesuffix("\\"))]
        if pin.marker is None or pin.marker.evaluate()
    }
    assert installed == locked
