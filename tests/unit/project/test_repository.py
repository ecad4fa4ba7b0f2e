"""What holds for the repository as a whole: for every file in it, or for the absence of one."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

# Put together from parts, so that this file holds none of what it looks for.
REGISTRIES = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|crates|rubygems|maven|debian|nuget)\.(?:org|io|com|apache\.org)\b"
    r"|\b(?:proxy|sum)\.golang\b"
    r"|://[^\s/]*(?:mirror|proxy|artifactory|nexus|devpi)[^\s/]*",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(r"(?<![\w.~$}/])/(?:root|home|Users|work)/[\w.]")


def tracked_texts() -> Iterator[tuple[Path, str]]:
    """Every tracked file that is text, with its path from the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (path := ROOT / name).is_file():
            content = path.read_bytes()
            if b"\0" not in content:
                yield Path(name), content.decode("utf-8")


def occurrences(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_operator_is_a_folder_and_no_package() -> None:
    assert (ROOT / "operator" / "workspace_gateway_network" / "__init__.py").exists()
    assert not (ROOT / "operator" / "__init__.py").exists()


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert occurrences(REGISTRIES) == []


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    assert occurrences(MACHINE_PATHS) == []


@pytest.mark.parametrize(
    "labels",
    [["files", "pythonhosted", "org"], ["pypi", "org"], ["proxy", "golang", "org"], ["pip-mirror", "corp", "example"]],
    ids="-".join,
)
def test_hosts_are_recognised(labels: list[str]) -> None:
    assert REGISTRIES.search(f"index = https://{'.'.join(labels)}/simple")


@pytest.mark.parametrize("folder", ["root", "home", "Users", "work"])
def test_machine_paths_are_recognised(folder: str) -> None:
    assert MACHINE_PATHS.search(f'cache = "/{folder}/someone"')


def test_every_make_command_in_the_docs_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = {
        (str(path), target)
        for path, text in tracked_texts()
        if path.suffix == ".md"
        for target in re.findall(r"(?:^\$ |`)make ([a-z][a-z-]*)", text, re.MULTILINE)
    }
    assert commands
    assert [command for command in sorted(commands) if command[1] not in targets] == []


def test_the_readme_begins_with_the_demo_and_the_tests() -> None:
    commands = re.findall(r"^\$ (.*?)(?:\s+#.*)?$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert commands[:2] == ["make demo", "make test"]
