"""How private DNS spells ids that others gave it."""

from __future__ import annotations

from arm_emulator.arm import Document


def lower_case_id(shown: Document, *, name_too: bool = False) -> Document:
    """The same with the resource group of its id in lower case, and its name where that is wanted."""
    segments = str(shown["id"]).split("/")
    segments[4] = segments[4].lower()
    if name_too:
        segments[-1] = segments[-1].lower()
    return shown | {"id": "/".join(segments), "name": segments[-1]}
