"""Writes the reference."""

from documents import DOCS, DOCUMENTS, ROLE, emulator, permissions

for name, render in DOCUMENTS.items():
    (DOCS / name).write_text(render(), encoding="utf-8")
emulator.write(DOCS / "emulator.md")
ROLE.write_text(permissions.role(), encoding="utf-8")
