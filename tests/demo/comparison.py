"""Whether two answers of Azure say the same, and if not, where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Snapshot = Mapping[str, Any]
"""Azure's answers, by the name of each thing; None for what isn't there."""


def differences(before: Any, after: Any, *, path: str = "") -> list[str]:
    """The paths at which two documents differ, such as `properties.routeTable.id`; etags are no difference."""
    return sorted(set(_differences(before, after, path=path)))


def _differences(before: Any, after: Any, *, path: str) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in before.keys() | after.keys():
            if key != "etag":
                yield from _differences(before.get(key), after.get(key), path=f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, path=f"{path}[{index}]")
    elif before != after:
        yield path
