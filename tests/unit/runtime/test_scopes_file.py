"""The file of `WGN_SCOPES`: what is read from it, and the one sentence about what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workspace_gateway_network.model.scope import Scope
from workspace_gateway_network.runtime.scopes_file import BadScopesFileError, read_scopes

SUBSCRIPTION = "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333"
SHAPES = "which is not /subscriptions/<guid>, /subscriptions/<guid>/resourceGroups/<group> or the ARM id of a resource"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "scopes.yaml"


def test_a_list_of_scopes_for_each_pattern(file: Path) -> None:
    file.write_text(
        f"""
        # Whoever runs the networks may use all of them.
        "*-networks": [{SUBSCRIPTION}]
        team-[ab]:
          - {SUBSCRIPTION}/resourceGroups/shared
          - {SUBSCRIPTION}/resourceGroups/Gruppe-Ä
        team-c: []
        123: [{SUBSCRIPTION}]
        """,
        encoding="utf-8",
    )

    assert read_scopes(str(file)).by_pattern == {
        "*-networks": (Scope(SUBSCRIPTION),),
        "team-[ab]": (Scope(f"{SUBSCRIPTION}/resourceGroups/shared"), Scope(f"{SUBSCRIPTION}/resourceGroups/Gruppe-Ä")),
        "team-c": (),
        "123": (Scope(SUBSCRIPTION),),
    }


def test_the_example_of_the_documentation_is_read_as_it_says(file: Path) -> None:
    document = Path(__file__).parents[3] / "docs" / "scopes.md"
    file.write_text(document.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    scopes = read_scopes(str(file))

    assert scopes.of("team-a").told == (
        f"WGN_SCOPES allows it only {SUBSCRIPTION}/resourceGroups/team-a,"
        f" {SUBSCRIPTION}/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/hub/subnets/team-a and"
        f" {SUBSCRIPTION}/resourceGroups/apim/providers/Microsoft.ApiManagement/service/contoso."
    )
    assert scopes.of("cloud-platform").told == f"WGN_SCOPES allows it only {SUBSCRIPTION}."
    assert scopes.of("shop").told == "WGN_SCOPES allows it nothing."


def test_a_file_without_a_pattern_allows_nothing_but_says_so(file: Path) -> None:
    file.write_text("{}", encoding="utf-8")

    assert read_scopes(str(file)).of("team-a").scopes == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "where there must be patterns of namespaces, each with a list of ARM scopes"),
        (f"- {SUBSCRIPTION}", "where there must be patterns of namespaces, each with a list of ARM scopes"),
        (f"*: [{SUBSCRIPTION}]", "which is not YAML at line 1, column 2: a pattern that begins with * needs quotes"),
        (f"*-a: [{SUBSCRIPTION}]", "which is not YAML at line 1, column 1: a pattern that begins with * needs quotes"),
        (f"team-a: [{SUBSCRIPTION}", "which is not YAML at line 1, column 61"),
        (f"team-a: {SUBSCRIPTION}", "where line 1 must have a list of ARM scopes for the key 'team-a'"),
        ("team-a:", "where line 1 must have a list of ARM scopes for the key 'team-a'"),
        (f"team-a: {{scopes: [{SUBSCRIPTION}]}}", "where line 1 must have a list of ARM scopes for the key 'team-a'"),
        (f"Team-A: [{SUBSCRIPTION}]", "where line 1 has the key 'Team-A', which is no pattern of namespaces"),
        (f"team-[a: [{SUBSCRIPTION}]", "where line 1 has the key 'team-[a', which is no pattern of namespaces"),
        (f"team-a/orders: [{SUBSCRIPTION}]", "where line 1 has the key 'team-a/orders', which is no pattern of namespaces"),
        (f"team-a: []\nteam-b: []\nteam-a: [{SUBSCRIPTION}]", "where line 3 has the key 'team-a' again, after line 1"),
        (f"base: &b {{team-a: [{SUBSCRIPTION}]}}\n<<: *b", "where line 1 must have a list of ARM scopes for the key 'base'"),
        (f"<<: {{team-a: [{SUBSCRIPTION}]}}", "where line 1 has the key '<<', which is no pattern of namespaces"),
        ("team-a:\n  - /subscriptions/production", f"where line 2 lists '/subscriptions/production' for the key 'team-a', {SHAPES}"),
        (f"team-a:\n  - {SUBSCRIPTION}/*", f"where line 2 lists '{SUBSCRIPTION}/*' for the key 'team-a', {SHAPES}"),
        (f"team-a:\n  - [{SUBSCRIPTION}]", f"where line 2 lists '' for the key 'team-a', {SHAPES}"),
        ("team-a: []\n---\nteam-b: []", "which is not YAML at line 2, column 1"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_key(file: Path, text: str, sentence: str) -> None:
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadScopesFileError) as raised:
        read_scopes(str(file))

    assert str(raised.value) == f"names {file}, {sentence}"


def test_a_file_that_cannot_be_read_is_told(file: Path) -> None:
    with pytest.raises(BadScopesFileError) as raised:
        read_scopes(str(file))

    assert str(raised.value) == f"names {file}, which cannot be read: No such file or directory"


def test_a_file_that_is_no_text_is_told(file: Path) -> None:
    file.write_bytes(b"team-a: \xff")

    with pytest.raises(BadScopesFileError) as raised:
        read_scopes(str(file))

    assert str(raised.value) == f"names {file}, which is not text in UTF-8"
