"""The file that `WGN_SCOPES` names: YAML with a list of ARM scopes for each pattern of namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from workspace_gateway_network.model.scope import MalformedScopeError, Scope
from workspace_gateway_network.planning.scopes import NamespaceScopes

_PATTERN: Final = re.compile(r"([a-z0-9*?-]|\[!?[a-z0-9-]+\])+")
_SHAPES: Final = "/subscriptions/<guid>, /subscriptions/<guid>/resourceGroups/<group> or the ARM id of a resource"


class BadScopesFileError(ValueError):
    """A file that no scopes can be read from; the text goes on after the name of the setting, and names file, line and key."""


def read_scopes(path: str) -> NamespaceScopes:
    """Read the file. An error in any part of it is an error: what is left out by mistake would be refused or, worse, allowed.

    Raises:
        BadScopesFileError: it cannot be read, or is not what it should be.
    """
    try:
        root = yaml.compose(Path(path).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise BadScopesFileError(f"names {path}, which cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadScopesFileError(f"names {path}, which is not text in UTF-8") from error
    except yaml.YAMLError as error:
        raise BadScopesFileError(f"names {path}, which is not YAML{_where(error)}") from error
    try:
        return NamespaceScopes(by_pattern=dict(_entries(root)))
    except ValueError as error:
        raise BadScopesFileError(f"names {path}, where {error}") from error


def _entries(root: yaml.Node | None) -> Iterator[tuple[str, tuple[Scope, ...]]]:
    """The pairs of the file, from YAML's nodes: these know their lines, and still have keys that occur twice."""
    if not isinstance(root, yaml.MappingNode):
        raise ValueError("there must be patterns of namespaces, each with a list of ARM scopes")  # noqa: TRY004 (the file's value)
    seen: dict[str, int] = {}
    for key, value in root.value:
        pattern = key.value if isinstance(key, yaml.ScalarNode) else ""
        if not _PATTERN.fullmatch(pattern):
            raise ValueError(f"{_line(key)} has the key {pattern!r}, which is no pattern of namespaces")
        if pattern in seen:
            raise ValueError(f"{_line(key)} has the key {pattern!r} again, after line {seen[pattern]}")
        seen[pattern] = key.start_mark.line + 1
        yield pattern, tuple(_scopes(pattern, value))


def _scopes(pattern: str, node: yaml.Node) -> Iterator[Scope]:
    if not isinstance(node, yaml.SequenceNode):
        raise ValueError(f"{_line(node)} must have a list of ARM scopes for the key {pattern!r}")  # noqa: TRY004
    for item in node.value:
        text = item.value if isinstance(item, yaml.ScalarNode) else ""
        try:
            yield Scope.parse(text)
        except MalformedScopeError as error:
            raise ValueError(f"{_line(item)} lists {text!r} for the key {pattern!r}, which is not {_SHAPES}") from error


def _line(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"{where}: a pattern that begins with * needs quotes" if "alias" in str(error) else where
